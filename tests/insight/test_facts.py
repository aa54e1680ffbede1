"""Facts are what the events say: complete, once each, without private text, whatever happens."""

import json
import random
import subprocess
import threading
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction
from house import BODY, settled
from place import Places, asked_of

from bihuan.foundation.audit.api import Event, vault
from bihuan.insight import api as insight
from bihuan.insight.facts import shape, source, streams
from bihuan.insight.facts import store as stores
from bihuan.kernel.matters import api as matters

pytestmark = pytest.mark.django_db(transaction=True)


def facts():
    return insight.store()


def export():
    return insight.export(facts())


def findings():
    return [(one.where, one.key) for one in insight.findings(facts())]


def steps():
    """All facts there are, in the order of events."""
    files = [facts().path(one) for one in facts().manifest().steps]
    rows = pa.concat_tables([pq.read_table(path, partitioning=None) for path in files])
    return rows.sort_by("event").to_pylist()


def of(matter):
    return [row for row in steps() if (row["source"], row["row"]) == ("matter", matter.pk)]


@settled
def closed(house):
    opened = house.closed()
    export()
    return opened


@settled
def handled(house):
    opened = house.handling()
    export()
    return opened


# What reads the log, and waits for its writers, is asked of either database; what is made of the events that
# were read, and of the folder, hangs on neither.
def test_a_life_as_facts(house):
    """Every event of a matter is one fact, and tells how the matter stood after it."""
    opened = house.open(contact=vault.Person("王某", "13900000000"))
    closed = house.closed(opened).matter
    export()
    rows = of(closed)
    assert [r["action"] for r in rows] == ["open", "accept", "dispatch", "sign", "reply", "rate"]
    assert [r["from_state"] for r in rows[1:]] == [r["to_state"] for r in rows[:-1]]
    assert [r["seq"] for r in rows] == [1, 2, 3, 4, 5, 6]
    first, last = rows[0], rows[-1]
    assert (first["home"], first["unit"]) == (house.org("center").pk,) * 2
    assert [r["from_unit"] for r in rows] == [None, *(r["unit"] for r in rows[:-1])]
    assert (last["unit"], last["unit_path"]) == (
        house.org("vehicles").pk,
        house.org("vehicles").path,
    )
    assert {r["category"] for r in rows} == {"complaint"}
    assert dict(last["said"]) == {"rating": "satisfied"}
    assert {r["person"] for r in rows} == {None}
    kept = next(r for r in rows if r["action"] == "reply")
    assert (kept["late"], kept["paused"]) == (False, 0)
    assert kept["done"] < kept["due"]
    assert [r["late"] for r in rows if r is not kept] == [None] * 5
    assert findings() == []


@pytest.mark.once
def test_no_private_text_leaves_the_log(house):
    house.closed(
        house.open(contact=vault.Person("王某", "13900000000"), fields={"place": "人民路"})
    )
    export()
    text = json.dumps(steps(), default=str, ensure_ascii=False)
    code_index = matters.Matter.objects.latest("pk").code_index
    for private in (BODY[:12], "王某", "13900000000", "人民路", "经查，已修复", code_index):
        assert private not in text


@pytest.mark.once
def test_waiting_is_not_counted_against_the_unit(house):
    """The sender was asked on the first day and answered a month later; then the reply came."""
    opened = house.handling()
    house.act(opened, "ask_more", "desk", at=house.after(hours=1), missing="车牌号")
    house.act(opened, "supplement", "sender", at=house.after(days=30), text="京A")
    house.act(opened, "reply", "handler", at=house.after(days=31), reply="已办。")
    export()
    told = of(opened.matter)[-1]
    assert (told["late"], told["paused"]) == (False, 30 * 86400 - 3600)
    assert told["age"] == 31 * 86400


@pytest.mark.once
def test_a_broken_promise_is_late(house):
    opened = house.handling()
    house.act(opened, "reply", "handler", at=house.after(days=60), reply="已办。")
    export()
    assert of(opened.matter)[-1]["late"] is True


@pytest.mark.once
def test_a_directive_reported_in_time_is_in_time(house):
    """Its clock stands still while the report is verified, however long that takes."""
    opened = house.handling()
    house.act(opened, "instruct", "leader", words="速办", days=5)
    directive = matters.open_children(opened.matter)[0]
    house.act(directive, "report", "handler", at=house.after(days=1), result="已办。")
    house.act(directive, "confirm", "leader", at=house.after(days=90))
    export()
    told = of(directive)[-1]
    assert (told["action"], told["late"]) == ("confirm", False)


@pytest.mark.once
def test_persons_are_kept_only_where_allowed(house, settings):
    opened = handled(house)
    settings.FACTS_PERSONS = True
    with pytest.raises(insight.InsightError) as caught:
        export()
    assert caught.value.key == "insight.persons_changed"
    insight.rebuild(facts())
    handler = house.person("handler").pk
    assert [r["person"] for r in of(opened.matter)][-1] == handler
    house.act(opened, "transfer", "leader", unit=house.org("streets").pk, reason="不属于我们")
    export()
    # Taken off somebody, by the event and so by the fact.
    assert of(opened.matter)[-1]["person"] is None
    assert findings() == []


@pytest.mark.once
def test_twice_writes_nothing(house):
    house.closed()
    assert export().rows > 0
    before = (facts().folder / stores.MANIFEST).read_bytes()
    assert export().rows == 0
    assert (facts().folder / stores.MANIFEST).read_bytes() == before


@pytest.mark.parametrize("by_name", [0, 1000])
def test_in_small_stretches_as_at_once(house, monkeypatch, by_name):
    """A matter whose events fall into several stretches has the same facts as in one, whether what
    came before is looked for by name or, where there are too many names, by the database."""
    monkeypatch.setattr(source, "_BY_NAME", by_name)
    for _ in range(2):
        house.closed()
    insight.export(facts(), stretch=7)
    apart = steps()
    assert findings() == []
    insight.rebuild(facts())
    assert steps() == apart
    assert len(facts().manifest().steps) < len(apart)


@pytest.mark.once
def test_a_later_step_adds_and_leaves_the_rest_alone(house):
    opened = handled(house)
    before = facts().manifest()
    house.act(opened, "reply", "handler", at=house.after(days=40), reply="已办。")
    assert export().rows == 1
    after = facts().manifest()
    assert after.steps[: len(before.steps)] == before.steps
    assert of(opened.matter)[-1]["from_state"] == "handling"
    assert findings() == []


@pytest.mark.once
def test_a_late_event_comes_as_new_rows_of_an_old_month(house):
    """What is imported today about last year lies in last year's months, in a file of its own."""
    closed(house)
    before = facts().manifest()
    old = house.at - timedelta(days=32)
    house.open(by="desk", at=old)
    export()
    added = [one for one in facts().manifest().steps if one not in before.steps]
    assert [one.month for one in added] == [f"{old:%Y-%m}"]
    assert set(before.steps) < set(facts().manifest().steps)


def test_what_commits_late_is_not_missed(house):
    """One writer has its numbers and does not commit; another is done after it. The export stops
    short of both, and the next one has all."""
    held, go = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                house.open(by="desk")
                held.set()
                go.wait(30)
        finally:
            connection.close()

    house.open()
    export()
    writer = threading.Thread(target=slow)
    writer.start()
    assert held.wait(30)
    if connection.vendor == "postgresql":
        house.closed()
    first = export()
    go.set()
    writer.join()
    assert first.waiting == (connection.vendor == "postgresql")
    second = export()
    assert second.rows > 0
    assert second.horizon >= Event.objects.latest("pk").pk
    assert findings() == []


def test_who_does_not_write_is_not_waited_for(house):
    """A transaction that has written elsewhere, and stays open, says nothing about the log."""
    house.open()
    held, go = threading.Event(), threading.Event()

    def elsewhere():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("CREATE TEMPORARY TABLE elsewhere (id int)")
                held.set()
                go.wait(30)
        finally:
            connection.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    assert held.wait(30)
    try:
        done = export()
    finally:
        go.set()
        other.join()
    assert not done.waiting
    assert done.horizon >= Event.objects.latest("pk").pk


def test_exporting_while_others_write(house):
    stop = threading.Event()

    def write():
        try:
            while not stop.is_set():
                house.open()
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            export()
    finally:
        stop.set()
        writer.join()
    export()
    assert len(steps()) == Event.objects.filter(stream__startswith="matter:").count()
    assert findings() == []


@pytest.mark.once
def test_two_exports_at_once(house):
    house.closed()
    with facts().alone(), pytest.raises(insight.InsightError) as caught:
        export()
    assert caught.value.key == "insight.busy"


@pytest.mark.once
def test_leftovers_of_a_killed_run_go(house):
    export()
    for name in (".new-1.parquet", "000009-000000000009-matter.parquet"):
        (facts().folder / "steps" / name).write_bytes(b"half")
    house.closed()
    export()
    assert findings() == []
    named = {one.path for one in facts().manifest().files()}
    there = {str(p.relative_to(facts().folder)) for p in facts().folder.rglob("*.parquet")}
    assert there == named


@pytest.mark.once
def test_facts_of_another_log_are_refused(house):
    closed(house)
    state = facts().manifest()
    path = facts().folder / stores.MANIFEST
    raw = json.loads(path.read_text())
    path.write_text(json.dumps(raw | {"tail_hash": "0" * 64}))
    with pytest.raises(insight.InsightError) as caught:
        export()
    assert caught.value.key == "insight.other_log"
    assert [key for _, key in findings()] == ["other_log"]
    assert insight.rebuild(facts()).horizon == state.horizon
    assert findings() == []


@pytest.mark.once
@pytest.mark.parametrize("damage", ["[]", "{", '{"format": 99}', '{"format": 1, "origin": 2}'])
def test_a_damaged_manifest_is_refused(house, damage):
    export()
    (facts().folder / stores.MANIFEST).write_text(damage)
    with pytest.raises(insight.InsightError) as caught:
        export()
    assert caught.value.key == "insight.bad_manifest"


@pytest.mark.once
def test_facts_of_an_earlier_format_are_made_anew(house):
    """Their files lack columns: readers are told to wait, the next export makes all of them again."""
    handled(house)
    before = facts().manifest()
    path = facts().folder / stores.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 1}))
    with pytest.raises(insight.InsightError) as caught:
        facts().manifest()
    assert caught.value.key == "insight.old_format"
    assert export().horizon == before.horizon
    after = facts().manifest()
    assert after.batch > before.batch
    assert not {f.path for f in after.steps} & {f.path for f in before.steps}
    assert findings() == []


@pytest.mark.once
def test_verify_names_what_differs(house):
    opened = closed(house)
    state = facts().manifest()
    file = next(one for one in state.steps if one.rows)
    path = facts().folder / file.path
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    assert findings() == [(file.path, "file_altered")]
    path.unlink()
    assert findings() == [(file.path, "file_gone")]
    # A forger who mends the manifest too is found by the log.
    path.write_bytes(whole)
    rows = pq.read_table(path, partitioning=None)
    forged = pc.if_else(pc.equal(rows["seq"], 6), "complaint_", rows["category"])
    where = rows.schema.get_field_index("category")
    pq.write_table(rows.set_column(where, rows.schema.field(where), forged), path)
    raw = json.loads((facts().folder / stores.MANIFEST).read_text())
    next(f for f in raw["steps"] if f["path"] == file.path)["digest"] = stores.digest(path)
    (facts().folder / stores.MANIFEST).write_text(json.dumps(raw))
    last = Event.objects.get(stream=opened.matter.stream, seq=6).pk
    assert findings() == [(f"matter #{last}", "missing"), (f"matter #{last}", "unfounded")]


@pytest.mark.once
def test_few_events_are_read_by_the_names_they_have_as_many_by_all(house, monkeypatch):
    house.closed(house.open(contact=vault.Person("王某", "13900000000")))
    house.act(house.handling(), "ask_more", "handler", missing="车牌号")
    house.apply()
    export()
    few = steps()
    monkeypatch.setattr(shape, "_FEW", 0)
    insight.rebuild(facts())
    assert steps() == few
    assert findings() == []


@pytest.mark.once
def test_a_stream_with_a_hole_is_refused(house, settings):
    opened = closed(house)
    with source.opened() as log:
        events = log.events([streams.MATTERS], 0, log.last())["matter"]
    torn = events.filter(pc.not_equal(events["seq"], 3))
    engine = shape.engine(settings.TIME_ZONE)
    with pytest.raises(insight.InsightError) as caught:
        shape.steps(engine, torn, streams.MATTERS, streams.vocabulary(), persons=False)
    assert caught.value.key == "insight.torn_stream"
    assert caught.value.values == {"stream": opened.matter.stream}


@pytest.mark.once
def test_days_are_local(house):
    """An hour after midnight in Beijing is the day before in UTC."""
    opened = house.open(at=house.at.replace(hour=17, minute=30))
    export()
    assert of(opened.matter)[0]["day"] == house.day + timedelta(days=1)
    assert isinstance(of(opened.matter)[0]["day"], date)


LIVES = """
import house
h = house.House()
for _ in range(12):
    h.closed()
"""


# `make bench-R5` kills a hundred times.
KILLS = 2


@pytest.mark.parametrize("vendor", asked_of("postgresql"))
def test_killed_at_random_instants(vendor, tmp_path):
    """The command killed again and again: what stands is always a whole state, and the last run
    makes it complete."""
    places = Places(tmp_path)
    place = places.built(vendor)
    chance = random.Random(7)
    try:
        place.python(LIVES)
        for n in range(KILLS):
            running = place.start("facts", "export")
            try:
                running.wait(chance.uniform(0.5, 2.5))
            except subprocess.TimeoutExpired:
                running.kill()
            running.wait()
            goes_on = [LIVES] if n + 1 < KILLS else [["facts", "export"], ["facts", "verify"]]
            *done, told = place.together(["facts", "verify"], *goes_on, ["facts", "status"])
            for one in done:
                assert one.returncode == 0, one.stdout + one.stderr
        assert f"holds    {KILLS * 12 * 6}" in told.stdout
    finally:
        places.close()
