"""The log: chains, folds, seals; whatever is done behind its back is named (bar R2, small)."""

import random
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit import registry
from bihuan.foundation.audit.models import Event, Seal
from bihuan.foundation.notify.models import Webhook
from bihuan.kernel.clocks.api import Clock
from bihuan.kernel.matters.api import Matter

pytestmark = pytest.mark.django_db


def hook(house, url="https://x.example/a"):
    return audit.create(
        Webhook(url=url, secret="s", types=["a"]),
        audit.Happening("webhook.added", house.at, "system"),
    )


@pytest.mark.both
@pytest.mark.parametrize("act", ["change", "delete"])
def test_the_log_is_not_changed_unnoticed(house, act):
    """PostgreSQL refuses by a trigger; SQLite has no users to refuse, so there verify tells."""
    row = hook(house)
    events = Event.objects.filter(stream=row.stream)
    refused = ""
    try:
        with transaction.atomic():
            if act == "change":
                events.update(actor="person:9")
            else:
                events.delete()
    except DatabaseError as error:
        refused = str(error)
    if connection.vendor == "postgresql":
        assert "appended, never changed" in refused
        assert events.get().actor == "system"
    else:
        assert audit.stream(row.stream) != []


def test_a_change_from_a_stale_row_is_a_conflict(house):
    row = hook(house)
    stale = Webhook.objects.get(pk=row.pk)
    audit.change(row, audit.Happening("webhook.stopped", house.at, "system", set={"active": False}))
    with pytest.raises(audit.ConflictError):
        audit.change(
            stale, audit.Happening("webhook.stopped", house.at, "system", set={"active": False})
        )
    assert audit.stream(row.stream) == []


def test_a_key_is_used_once(house):
    happening = audit.Happening("webhook.added", house.at, "system", key="k")
    first = audit.create(Webhook(url="https://a.example", secret="s"), happening)
    with pytest.raises(IntegrityError), transaction.atomic():
        audit.create(Webhook(url="https://b.example", secret="s"), happening)
    assert audit.earlier("k").stream == first.stream
    assert Webhook.objects.count() == 1


def test_an_undeclared_type_is_refused(house):
    with pytest.raises(registry.UnknownEventTypeError):
        audit.create(
            Webhook(url="x", secret="s"), audit.Happening("webhook.exploded", house.at, "system")
        )


def test_a_type_is_declared_once():
    audit.declare([audit.EventType("contact.stored", "admin", ("set",))])
    with pytest.raises(ValueError, match="twice"):
        audit.declare([audit.EventType("contact.stored", "sender", ())])


def test_rows_rebuild_from_their_events(house):
    opened = house.closed()
    state = audit.fold(audit.history(opened.matter.stream))
    row = Matter.objects.get(pk=opened.matter.pk)
    assert state.version == row.version
    assert state.head == row.head
    assert state.row["state"] == "closed"
    assert state.row["facts"] == row.facts
    assert {k for k in state.parts if k.startswith("clock/")} == {
        f"clock/{c.key}" for c in Clock.objects.filter(stream=row.stream)
    }


def seal_all(house):
    return audit.seal(at=house.after(days=2), until=house.after(days=1))


def test_sealing_covers_what_is_old_enough_once(house):
    house.closed()
    fresh = audit.history(house.open(at=house.after(days=3)).matter.stream)
    count = Event.objects.count()
    assert seal_all(house) == count - len(fresh)
    assert seal_all(house) == 0
    assert list(audit.everything()) == []


def test_a_seal_forged_without_the_key_is_found(house, unlocked):
    house.closed()
    seal_all(house)
    Seal.objects.update(root="0" * 64)
    found = {f.what for f in audit.everything()}
    assert any("seal itself was altered" in f for f in found)


def tamperings(rng):
    """Edits an intruder might make, each as a function that returns whether it did anything."""
    events = list(Event.objects.order_by("?")) or []
    event = rng.choice(events)
    matter = Matter.objects.order_by("pk").first()
    clock = Clock.objects.filter(stream=matter.stream).order_by("pk").first()
    other = rng.choice([e for e in events if e.pk != event.pk])
    return {
        "event actor": lambda: Event.objects.filter(pk=event.pk).update(actor="person:999"),
        "event data": lambda: Event.objects.filter(pk=event.pk).update(data='{"x":1}'),
        "event type": lambda: Event.objects.filter(pk=event.pk).update(type="webhook.stopped"),
        "event time": lambda: Event.objects.filter(pk=event.pk).update(at=event.at - timedelta(days=1)),
        "event hash": lambda: Event.objects.filter(pk=event.pk).update(hash="f" * 64),
        "event prev": lambda: Event.objects.filter(pk=event.pk).update(prev="f" * 64),
        "event key": lambda: Event.objects.filter(pk=event.pk).update(key="forged"),
        "event deleted": lambda: Event.objects.filter(pk=event.pk).delete(),
        "event moved": lambda: Event.objects.filter(pk=event.pk).update(stream="matter:999999"),
        "event swapped": lambda: swap(event, other),
        "event inserted": lambda: Event(
            stream=matter.stream, seq=matter.version + 1, type="matter.noted", at=event.at,
            actor="person:1", data="{}", hash="f" * 64, prev=matter.head,
        ).save(),
        "private removed": lambda: Event.objects.filter(stream=matter.stream, seq=1).update(private=None),
        "private altered": lambda: Event.objects.filter(stream=matter.stream, seq=1).update(private="{}"),
        "row state": lambda: Matter.objects.filter(pk=matter.pk).update(state="withdrawn"),
        "row facts": lambda: Matter.objects.filter(pk=matter.pk).update(facts={"rating": "satisfied"}),
        "row version": lambda: Matter.objects.filter(pk=matter.pk).update(version=99),
        "row head": lambda: Matter.objects.filter(pk=matter.pk).update(head="f" * 64),
        "row subject": lambda: Matter.objects.filter(pk=matter.pk).update(subject="别的"),
        "part changed": lambda: Clock.objects.filter(pk=clock.pk).update(due_at=clock.due_at + timedelta(days=9)),
        "part deleted": lambda: Clock.objects.filter(pk=clock.pk).delete(),
        "part added": lambda: Clock.objects.filter(pk=clock.pk).update(key="other"),
        "part orphaned": lambda: Clock.objects.filter(pk=clock.pk).update(stream="matter:999999"),
    }  # fmt: skip


def swap(a, b):
    Event.objects.filter(pk=a.pk).update(data=b.data, private=b.private)
    Event.objects.filter(pk=b.pk).update(data=a.data, private=a.private)


NAMES = [
    "event actor", "event data", "event type", "event time", "event hash", "event prev", "event key",
    "event deleted", "event moved", "event swapped", "event inserted", "private removed", "private altered",
    "row state", "row facts", "row version", "row head", "row subject", "part changed", "part deleted",
    "part added", "part orphaned",
]  # fmt: skip


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.again)])
def test_tampering_is_found(house, unlocked, seed):
    """Each of them, of an event that chance chose."""
    house.answered()
    house.open()
    seal_all(house)
    assert list(audit.everything()) == []
    missed = []
    for name in NAMES:
        with transaction.atomic():
            tamperings(random.Random(seed))[name]()
            if not list(audit.everything()):
                missed.append(name)
            transaction.set_rollback(True)
    assert missed == []
