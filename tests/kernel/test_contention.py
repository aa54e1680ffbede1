"""Many at once at one matter, on real transactions: one winner a step, the others told why."""

from collections import Counter

import pytest
from at_once import at_once

from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.lib.problems import GoneError, RefusedError

CLIENTS = 32
pytestmark = pytest.mark.django_db(transaction=True)


def told(results):
    return Counter(type(one).__name__ for one in results)


def choices(house, matter):
    """What people might do now: (action, who, data); each of them moves the matter on."""
    unit, other = house.org("vehicles").pk, house.org("streets").pk
    back = other if unit in matter.facts.get("returned_by", []) else unit
    return {
        "received": [("accept", "desk", {}), ("accept", "desk2", {}), ("settle", "desk", {"reply": "答复"})],
        "accepted": [
            ("dispatch", "desk", {"unit": unit}),
            ("dispatch", "leader", {"unit": other}),
            ("ask_more", "desk", {"missing": "请补充"}),
        ],
        "waiting": [("supplement", "desk", {"text": "已补"}), ("supplement", "desk2", {"text": "已补"})],
        "dispatched": [("sign", "handler", {}), ("sign", "handler2", {}), ("sign", "other_handler", {}), ("dispute", "handler", {"reason": "不是"})],
        "disputed": [("redispatch", "desk", {"unit": back}), ("outside", "desk2", {"reply": "不属于", "competent": "铁路"})],
        "handling": [("reply", "leader", {"reply": "好了"}), ("transfer", "leader", {"unit": unit, "reason": "转"}), ("transfer", "desk", {"unit": other, "reason": "转"})],
        "answered": [("close", "desk", {}), ("close", "leader", {}), ("rate", "desk", {"rating": "satisfied"})],
    }.get(matter.state, [])  # fmt: skip


@pytest.mark.parametrize("turn", range(2))
def test_one_winner_a_step(house, turn):
    opened = house.open()
    steps = 0
    while True:
        matter = matters.by_code(opened.code)
        options = choices(house, matter)
        if not options or steps == 8:
            break
        steps += 1
        jobs = []
        for n in range(CLIENTS):
            action, who, data = options[(n + turn) % len(options)]
            actor = house.actor(who)
            if not matters.sees(actor, matter):
                actor, action, data = house.actor("leader"), "note", {}
            jobs.append(_job(matter, action, actor, house.at, data))
        results = at_once(jobs)
        winners = [r for r in results if isinstance(r, matters.Matter)]
        losers = [r for r in results if not isinstance(r, matters.Matter)]
        assert len(winners) == 1, told(results)
        # LookupError: the winner took it away from where the loser may see.
        assert all(isinstance(r, GoneError | RefusedError | LookupError) for r in losers), told(
            results
        )
        now = matters.by_code(opened.code)
        assert now.version == matter.version + 1
        assert audit.stream(now.stream) == []
    assert steps >= 2
    assert list(audit.everything()) == []


def _job(matter, action, actor, at, data):
    def run():
        if action == "note":
            raise RefusedError("not.visible")
        return matters.act(matter.pk, action, actor=actor, at=at, data=data, version=matter.version)

    return run


def test_one_key_at_once_acts_once(house):
    opened = house.open()
    actor = house.actor("desk")
    results = at_once(
        [
            lambda: matters.act(opened.matter.pk, "accept", actor=actor, at=house.at, key="k")
            for _ in range(CLIENTS)
        ]
    )
    assert told(results) == {"Matter": CLIENTS}
    assert len(audit.history(opened.matter.stream)) == 2


def test_one_key_at_once_opens_once(house):
    opening = house.opening()
    results = at_once(
        [
            lambda: matters.open_matter(opening, actor=house.actor("sender"), at=house.at, key="k")
            for _ in range(CLIENTS)
        ]
    )
    assert told(results) == {"Opened": CLIENTS}
    assert {(r.matter.pk, r.code) for r in results} == {(results[0].matter.pk, results[0].code)}
    assert matters.Matter.objects.count() == 1
    assert list(audit.everything()) == []


def test_two_merged_into_each_other_at_once(house):
    desk = house.actor("desk")
    for _ in range(5):
        a, b = house.open().matter, house.open().matter
        results = at_once(
            [
                lambda a=a, b=b: matters.act(
                    a.pk, "merge", actor=desk, at=house.at, data={"into": b.pk}
                ),
                lambda a=a, b=b: matters.act(
                    b.pk, "merge", actor=desk, at=house.at, data={"into": a.pk}
                ),
            ]
        )
        assert told(results)["Matter"] == 1, told(results)
        assert all(isinstance(r, matters.Matter | GoneError | RefusedError) for r in results)
    assert list(audit.everything()) == []


def test_the_sweep_and_people_at_once(house):
    """Whoever is second of the sweep and a person gives way; nothing is done twice."""
    opened = [house.handling() for _ in range(6)]
    late = house.after(days=30)
    leader = house.actor("leader")

    def closes(one):
        return lambda: matters.act(
            one.matter.pk, "reply", actor=leader, at=late, data={"reply": "已办"}
        )

    results = at_once([closes(o) for o in opened] + [lambda: matters.sweep(late) for _ in range(4)])
    bad = [r for r in results if not isinstance(r, matters.Matter | GoneError | RefusedError | int)]
    assert bad == []
    for one in opened:
        matter = matters.by_code(one.code)
        assert len(matters.open_children(matter)) <= 1
        assert audit.stream(matter.stream) == []


def test_tasks_run_once_with_many_workers(house):
    target = house.open()
    sources = [house.open() for _ in range(4)]
    for source in sources:
        house.act(source, "merge", "desk", into=target.matter.pk)
    house.answered(target)
    results = at_once([lambda: notify.run(house.after(minutes=1)) for _ in range(6)])
    assert all(isinstance(r, int) for r in results), told(results)
    notify.run(house.after(hours=1))
    assert notify.failed() == []
    for source in sources:
        history = audit.history(source.matter.stream)
        actions = [audit.read(e).get("action") for e in history]
        assert actions.count("answer_joined") == 1


def test_organisations_born_at_once(house):
    from bihuan.foundation.orgs import api as orgs

    parent = house.org("schools")
    results = at_once(
        [
            lambda n=n: orgs.create_org(f"第{n}小学", parent=parent, at=house.at, actor="system")
            for n in range(8)
        ]
    )
    assert told(results) == {"Org": 8}, results
    assert len({r.path for r in results}) == 8
