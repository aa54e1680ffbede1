"""Seals, their tree and the file beside the secrets: whoever has the database and not the keys is named,
and never gets a forgery sealed."""

import json

import pytest
from django.conf import settings
from django.db import connection, transaction
from house import House, landing

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit import forms, outside, seals, tree
from bihuan.foundation.audit.models import Event, Node, Seal
from bihuan.foundation.sql import statements
from bihuan.kernel.matters.api import Matter
from bihuan.lib import merkle

pytestmark = pytest.mark.django_db


def sealed(house, days=1):
    return audit.seal(at=house.after(days=days, minutes=5), until=house.after(days=days))


def named(**asked):
    return [f.what for f in audit.everything(**asked)]


@landing
def sealed_twice():
    """What stands in the file beside the secrets, and who may read it."""
    house = House()
    house.closed()
    sealed(house)
    house.answered(house.open(at=house.after(days=1)))
    house.open(at=house.after(days=2))
    sealed(house, 3)
    assert named() == []
    return outside.path().read_bytes(), outside.path().stat().st_mode


@pytest.fixture
def log(house, unlocked, monkeypatch):
    """Two seals over the city and three matters; of the tree, subtrees of two and more are kept."""
    monkeypatch.setattr(tree, "LEVEL", 1)
    monkeypatch.setattr(tree, "BLOCK", 2)
    lines, mode = sealed_twice()
    if not outside.path().exists():
        outside.path().write_bytes(lines)
        outside.path().chmod(mode)
    return house


def rechained(stream):
    """What an intruder would do who knows our code: the chain of a stream made anew, row and all."""
    prev = ""
    for event in Event.objects.filter(stream=stream).order_by("seq"):
        event.prev = prev
        event.hash = prev = forms.event_hash({**statements.columns(event), "prev": prev})
        Event.objects.filter(pk=event.pk).update(prev=event.prev, hash=event.hash)
    Matter.objects.filter(pk=stream.partition(":")[2]).update(head=prev)


def the_first():
    return Matter.objects.order_by("pk").first().stream


def changed(seq, **columns):
    """An event rewritten; the chain and the row made to fit."""
    stream = the_first()
    assert Event.objects.filter(stream=stream, seq=seq).update(**columns)
    rechained(stream)


def forged():
    changed(3, actor="person:999")


def emptied():
    Seal.objects.all().delete()
    Node.objects.all().delete()


def cut_tail():
    last = Matter.objects.order_by("pk").last()
    first = Event.objects.filter(stream=last.stream).order_by("pk").first().pk
    Event.objects.filter(pk__gte=first).delete()
    Seal.objects.filter(last_id__gte=first).delete()
    take_away(last)


def take_away(matter):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE stream = %s", [matter.stream])
        for table in ("matters_party", "clocks_clock", "files_file"):
            if table in connection.introspection.table_names():
                cursor.execute(f"DELETE FROM {table} WHERE stream = %s", [matter.stream])
        cursor.execute("DELETE FROM matters_matter WHERE id = %s", [matter.pk])


def swapped():
    one, two = Seal.objects.order_by("pk")
    Seal.objects.filter(pk=one.pk).update(last_id=0)
    Seal.objects.filter(pk=two.pk).update(
        root=one.root, last_id=one.last_id, signature=one.signature
    )
    Seal.objects.filter(pk=one.pk).update(
        root=two.root, last_id=two.last_id, signature=two.signature
    )


ATTACKS = {
    "re-chained": forged,
    "re-chained, seals emptied": lambda: (forged(), emptied()),
    "re-chained, newest seal gone": lambda: (forged(), Seal.objects.order_by("pk").last().delete()),
    "seals emptied": emptied,
    "nodes emptied": lambda: Node.objects.all().delete(),
    "newest seal gone": lambda: Seal.objects.order_by("pk").last().delete(),
    "tail removed": cut_tail,
    "seals swapped": swapped,
    "a matter deleted with its events": lambda: take_away(Matter.objects.order_by("pk").first()),
    "a matter deleted, seals emptied": lambda: (
        take_away(Matter.objects.order_by("pk").first()), emptied()
    ),
    "a sealed id moved": lambda: Seal.objects.filter(pk=Seal.objects.order_by("pk").last().pk).update(
        last_id=10**9
    ),
    "recorded moved": lambda: changed(2, recorded=Event.objects.earliest("at").at),
    "form put back": lambda: changed(2, recorded=None),
    "another wrote it": lambda: changed(2, done_by="person:999"),
}  # fmt: skip


# Where the newest seal, or what is needed to go on from it, is not what was signed.
STOPS = {
    "re-chained, seals emptied",
    "re-chained, newest seal gone",
    "seals emptied",
    "nodes emptied",
    "newest seal gone",
    "tail removed",
    "seals swapped",
    "a matter deleted, seals emptied",
    "a sealed id moved",
}


@pytest.mark.once
@pytest.mark.parametrize("attack", ATTACKS)
def test_without_the_secrets_it_is_named_and_never_sealed(log, attack):
    with transaction.atomic():
        ATTACKS[attack]()
        log.open(at=log.after(days=4))
        assert named(), attack
        before = outside.path().read_bytes()
        if attack in STOPS:
            with pytest.raises(audit.BrokenLogError):
                sealed(log, 5)
            assert outside.path().read_bytes() == before
        else:
            # It goes on from what was kept of the honest tree: no root over the forgery is signed.
            sealed(log, 5)
            assert all(one.root != forged_root() for one in seals.heads(9))
        assert named(), attack
        transaction.set_rollback(True)


def forged_root():
    grown = merkle.Growing()
    for row in Event.objects.order_by("id").values_list("stream", "seq", "hash"):
        grown.add(tree.leaf(*row))
    return grown.root().hex()


def test_a_forgery_in_what_is_read_again_stops_the_sealing(log):
    if seals.newest().size % 2 == 0:
        log.open(at=log.after(days=3))
        sealed(log, 4)
    assert seals.newest().size % 2
    last = Event.objects.order_by("pk").last()
    Event.objects.filter(pk=last.pk).update(hash="f" * 64)
    log.open(at=log.after(days=5))
    with pytest.raises(audit.BrokenLogError, match="does not continue"):
        sealed(log, 6)


def test_a_database_put_back_is_named(log):
    kept = {model: list(model.objects.order_by("pk").values()) for model in (Event, Seal, Node)}
    log.open(at=log.after(days=4))
    sealed(log, 5)
    for model, rows in kept.items():
        model.objects.exclude(pk__in=[row["id"] for row in rows]).delete()
    found = named()
    assert any("put back to an earlier state" in one for one in found)
    with pytest.raises(audit.BrokenLogError, match="put back"):
        sealed(log, 6)


def test_events_without_a_seal_are_findings_after_a_while(log):
    log.open(at=log.after(days=4))
    assert named(at=log.after(days=4, minutes=29)) == []
    (found,) = audit.everything(at=log.after(days=4, minutes=31))
    assert "no seal covers it" in found.what
    assert "work" in found.do
    sealed(log, 5)
    assert named(at=log.after(days=4, minutes=31)) == []


def test_a_house_never_sealed_is_named_too(house):
    house.open()
    assert any("no seal covers it" in one for one in named(at=house.after(hours=1)))


def test_the_file_is_its_owners_and_holds_what_the_database_has(log):
    assert outside.path().stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in outside.path().read_text().splitlines()]
    assert [one["root"] for one in lines] == list(
        Seal.objects.order_by("pk").values_list("root", flat=True)
    )
    assert seals.newest() == outside.newest()


def test_the_file_gone_is_named_and_begun_anew_on_purpose_only(log):
    outside.path().unlink()
    assert any("gone or empty" in one for one in named())
    log.open(at=log.after(days=4))
    with pytest.raises(audit.BrokenLogError, match="adopt"):
        sealed(log, 5)
    seals.take_up(at=log.after(days=5), why="a new disk")
    assert sealed(log, 6)
    assert named() == []


def test_a_line_cut_by_a_crash_is_written_again(log):
    whole = outside.path().read_bytes()
    outside.path().write_bytes(whole[:-40])
    assert named() == []
    assert sealed(log, 5) == 0
    assert outside.path().read_bytes() == whole


@pytest.mark.parametrize(
    "line", ['{"size": 1}', "[]", "nonsense", '{"restored": null, "at": "", "why": ""}']
)
def test_a_line_of_anybodys_is_named(log, line):
    with outside.path().open("a") as out:
        out.write(line + "\n")
    assert named()
    with pytest.raises(audit.BrokenLogError):
        sealed(log, 5)


def test_restored_on_purpose_it_goes_on(log):
    first = seals.of_size(Seal.objects.order_by("pk").first().size)
    Event.objects.filter(pk__gt=first.last_id).delete()
    for matter in Matter.objects.order_by("pk")[1:]:
        take_away(matter)
    Seal.objects.exclude(size=first.size).delete()
    for one in Node.objects.all():
        if (one.place + 1) << one.level > first.size:
            one.delete()
    outside.add_restored(first, log.after(days=5), "restore")
    assert not [f for f in audit.everything() if f.where.startswith("seals.log")]
    log.open(at=log.after(days=6))
    assert sealed(log, 7)
    assert outside.read()[0].size == first.size


def test_seals_of_before_the_tree_are_read_and_proved(log):
    """A house of the version before: digests by HMAC, no root."""
    import hashlib
    import hmac

    from bihuan.lib import canonical

    outside.path().unlink()
    Node.objects.all().delete()
    for one in Seal.objects.order_by("pk"):
        running = hashlib.sha256()
        for e in Event.objects.filter(pk__gte=one.first_id, pk__lte=one.last_id).order_by("pk"):
            running.update(f"{e.pk}|{e.stream}|{e.seq}|{e.hash}\n".encode())
        one.digest, one.root, one.key = running.hexdigest(), "", ""
        text = canonical.dumps([one.first_id, one.last_id, one.count, one.digest, one.at])
        key = settings.SECRETS["seal"].encode()
        one.signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        one.save()
    assert named() == []
    log.open(at=log.after(days=4))
    with transaction.atomic():
        forged()
        with pytest.raises(audit.BrokenLogError):
            sealed(log, 5)
        transaction.set_rollback(True)
    assert sealed(log, 5)
    assert named() == []
    assert tree.at_size(seals.newest().size).root().hex() == seals.newest().root


def test_events_of_before_still_verify(house, unlocked):
    """The form of hashes before `recorded`, rebuilt from what such an event said."""
    from bihuan.lib import canonical

    stream = house.open().matter.stream
    event = Event.objects.get(stream=stream)
    event.recorded, event.done_by = None, ""
    event.private_digest = canonical.digest(event.private)
    told = ("seq", "type", "at", "actor", "data", "private_digest")
    said = [getattr(event, n) for n in told]
    event.hash = canonical.digest(canonical.dumps([*said, event.key or "", event.prev]))
    Event.objects.filter(pk=event.pk).update(
        recorded=None, private_digest=event.private_digest, hash=event.hash
    )
    Matter.objects.filter(pk=stream.partition(":")[2]).update(head=event.hash)
    assert audit.stream(stream) == []


# Who wrote it, and when


def test_every_event_says_when_it_was_recorded_and_who_wrote_it(house):
    with audit.done_by("person:7"):
        opened = house.open()
    event = Event.objects.get(stream=opened.matter.stream, seq=1)
    assert (event.actor, event.done_by) == ("sender", "person:7")
    assert event.recorded == house.at


def test_who_acts_themselves_is_not_said_twice(house):
    with audit.done_by(house.actor("handler").ref):
        opened = house.answered()
    said = {e.actor: e.done_by for e in audit.history(opened.matter.stream)}
    assert said[house.actor("handler").ref] == ""
    assert said["sender"] == house.actor("handler").ref


def test_the_clock_is_the_houses_and_not_the_tellers(house, settings):
    from bihuan.foundation.audit import recording

    settings.CLOCK = lambda: house.after(days=9)
    token = recording._told.set(False)
    try:
        opened = house.open()
    finally:
        recording._told.reset(token)
    event = Event.objects.get(stream=opened.matter.stream, seq=1)
    assert (event.at, event.recorded) == (house.at, house.after(days=9))
    assert audit.stream(opened.matter.stream) == []


def _lines(change):
    path = outside.path()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(lines)))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda lines: lines[1:], id="the first left out"),
        pytest.param(lambda lines: lines[:1], id="cut"),
        pytest.param(lambda lines: lines[::-1], id="in another order"),
        pytest.param(lambda lines: [*lines, lines[0]], id="put in twice"),
        pytest.param(lambda lines: [lines[0].replace(b"root", b"boot"), *lines[1:]], id="altered"),
    ],
)
def test_a_seals_file_that_was_altered_is_named_and_begun_anew(log, change):
    log.open(at=log.after(days=4))
    sealed(log, 5)
    _lines(change)
    later = log.after(days=9)
    found = [f for f in audit.everything(at=later) if f.where.startswith("seals.log")]
    assert found
    assert "--adopt" in found[0].do
    audit.take_up(at=later, why="altered")
    assert named() == []
    assert list(outside.path().parent.glob("seals.log.2*"))
    log.open(at=log.after(days=8))
    sealed(log, 9)
    assert named() == []


def test_the_line_a_crash_kept_back_is_no_finding_until_it_is_late(log):
    _lines(lambda lines: lines[:-1])
    newest = seals.newest()
    assert named() == []
    soon = log.after(days=3, minutes=6)
    assert [f for f in audit.everything(at=soon) if f.where == "seals.log"] == []
    assert newest is not None
    log.open(at=log.after(days=4))
    sealed(log, 5)
    assert named() == []


def test_what_is_written_beside_a_seals_root_is_named(log):
    Seal.objects.filter(pk=Seal.objects.latest("pk").pk).update(digest="0" * 64)
    assert any("after sealing" in one for one in named())
