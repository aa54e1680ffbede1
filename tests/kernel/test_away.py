"""Handing over while somebody is away: whatever the programme, with an event, and back when said."""

import re
from datetime import timedelta

import pytest
from at_once import at_once

from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.kernel.absences import api as absences
from bihuan.kernel.absences.api import Absence
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.problems import NotAllowedError, ProblemError, RefusedError

pytestmark = pytest.mark.django_db


def away(house, who="handler", instead="handler2", *, by=None, days=(0, 4), at=None):
    today = house.day
    return absences.say_away(
        house.person(who).pk,
        house.person(instead).pk,
        today + timedelta(days=days[0]),
        today + timedelta(days=days[1]),
        actor=house.actor(by or who),
        at=at or house.at,
    )


def fresh(one):
    return Matter.objects.get(pk=getattr(one, "matter", one).pk)


def name(one):
    assignee = fresh(one).assignee
    return assignee.username if assignee else None


def types(one):
    return [event.type for event in audit.history(fresh(one).stream)]


def test_what_is_open_goes_over_and_comes_back_only_when_said(house):
    """A message and an application: it serves every programme."""
    letter = house.handling()
    applied = house.apply()
    house.act(applied, "accept", "handler")
    done = house.answered()
    row = away(house)
    assert [name(one) for one in (letter, applied)] == ["handler2", "handler2"]
    assert types(letter)[-1] == "matter.handed_over"
    assert matters.stood_for(fresh(letter)) == house.person("handler")
    assert name(done) == "handler2", "what waits for a rating is open too"
    assert [n.text for n in notify.inbox(house.person("handler2").pk)][:1] == ["notice.stands_in"]

    # Given to the one who is away, it is with the one who stands in.
    new = house.dispatched(person=True)
    assert name(new) == "handler2"
    assert matters.stood_for(fresh(new)) == house.person("handler")
    # The last day is over: what comes new is the handler's own again, the rest stays until said.
    later = house.after(days=6)
    absences.hand_over_due(later)
    passed = house.apply(at=later)
    house.act(passed, "accept", "desk", at=later)
    house.act(passed, "hand_over", "leader", person=house.person("handler").pk, at=later)
    assert name(passed) == "handler"
    assert name(letter) == "handler2"
    house.act(letter, "reply", "handler2", reply="已修复。", at=later)

    absences.say_back(row.pk, actor=house.actor("handler"), at=later)
    assert [name(one) for one in (letter, applied, new)] == ["handler"] * 3
    assert types(applied)[-1] == "matter.handed_back"
    assert matters.stood_for(fresh(applied)) is None
    version = fresh(applied).version
    absences.say_back(row.pk, actor=house.actor("handler"), at=later)
    assert fresh(applied).version == version
    assert list(audit.everything()) == []


def test_it_begins_on_its_first_day_and_once(house):
    letter = house.handling()
    away(house, days=(2, 4))
    absences.hand_over_due(house.after(days=1))
    assert name(letter) == "handler"
    for _ in range(2):
        absences.hand_over_due(house.after(days=2))
    assert name(letter) == "handler2"
    assert types(letter).count("matter.handed_over") == 1


def test_given_to_another_meanwhile_it_stays_there(house):
    letter = house.handling()
    row = away(house)
    unit = house.org("streets").pk
    house.act(letter, "transfer", "leader", unit=unit, reason="职责调整。")
    absences.say_back(row.pk, actor=house.actor("handler"), at=house.at)
    assert fresh(letter).unit_id == unit
    assert name(letter) != "handler"


def test_who_may_say_it(house):
    for who in ("other_handler", "stranger", "outsider", "handler2"):
        with pytest.raises(NotAllowedError):
            away(house, by=who)
    row = away(house, by="leader")
    with pytest.raises(NotAllowedError):
        absences.say_back(row.pk, actor=house.actor("handler2"), at=house.at)
    absences.say_back(row.pk, actor=house.actor("leader"), at=house.at)


def test_who_may_not_stand_in(house):
    letter = house.handling()

    def refused(**more):
        before = Absence.objects.count()
        with pytest.raises((RefusedError, ProblemError)) as told:
            away(house, **more)
        assert Absence.objects.count() == before
        assert name(letter) == "handler"
        if told.value.key == "away.no_right":
            # By what the role is called, not by its id.
            assert not re.search("[a-z]", str(told.value.values["roles"]))
            assert told.value.values["roles"].within("en").isascii()
        return told.value.key

    assert refused(instead="handler") == "away.nobody"
    assert refused(instead="other_handler") == "away.no_right"
    assert refused(instead="stranger") == "away.no_right"
    assert refused(days=(-9, -3)) == "away.bad_days"
    assert refused(days=(0, 900)) == "away.bad_days"
    assert refused(days=(3, 1)) == "orgs.ends_before_start"
    leader = house.actor("leader")
    impartiality.recuse(
        letter.matter.pk, house.person("handler2").pk, actor=leader, at=house.at, reason="亲属"
    )
    assert refused() == "away.recused"


def test_nobody_stands_in_who_is_away_or_goes_while_standing_in(house):
    access.give(
        house.person("stranger").pk, "handler", house.org("vehicles").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    away(house, "handler2", "stranger", days=(2, 9))
    with pytest.raises(RefusedError) as told:
        away(house)
    assert told.value.key == "away.stand_in_away"
    row = away(house, days=(0, 1))
    with pytest.raises(RefusedError) as told:
        away(house, days=(20, 21))
    assert told.value.key == "away.already"
    for instead, why in (("handler2", "away.stand_in_away"), ("handler", "away.stands_in")):
        with pytest.raises(RefusedError) as told:
            away(house, "stranger", instead, days=(2, 3))
        assert told.value.key == why
    absences.say_back(row.pk, actor=house.actor("handler"), at=house.at)
    away(house, days=(0, 1))


def test_recused_later_it_is_not_handed_to_them(house):
    away(house)
    applied = house.apply()
    house.act(applied, "accept", "desk")
    leader, other = house.actor("leader"), house.person("handler2").pk
    impartiality.recuse(applied.matter.pk, other, actor=leader, at=house.at, reason="亲属")
    with pytest.raises(RefusedError) as told:
        house.act(applied, "hand_over", "leader", person=house.person("handler").pk)
    assert told.value.key == "guard.stand_in_recused"
    assert name(applied) == "desk"


def test_what_stays_behind_is_told_to_the_leader_once(house):
    letter, other = house.handling(), house.handling()
    away(house, days=(2, 4))
    leader, stand_in = house.actor("leader"), house.person("handler2").pk
    impartiality.recuse(letter.matter.pk, stand_in, actor=leader, at=house.at, reason="亲属")
    for _ in range(2):
        absences.hand_over_due(house.after(days=2))
    assert (name(letter), name(other)) == ("handler", "handler2")

    def told(who):
        found = notify.inbox(house.person(who).pk)
        return [one.ref for one in found if one.text == "notice.stays_behind"]

    assert told("leader") == [letter.matter.stream]
    assert told("handler2") == []


@pytest.mark.django_db(transaction=True)
def test_said_twice_at_one_instant_is_one_absence(house):
    letter = house.handling()
    results = at_once([lambda: away(house)] * 6)
    assert sum(isinstance(one, Absence) for one in results) == 1, results
    assert all(isinstance(one, (Absence, RefusedError)) for one in results), results
    absences.hand_over_due(house.at)
    assert name(letter) == "handler2"
    assert types(letter).count("matter.handed_over") == 1
    assert list(audit.everything()) == []
