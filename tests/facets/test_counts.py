"""Counts by group, a matter for each row or organisation, a team that has a size, a diary for whom it concerns:
told at the doors, with what goes wrong."""

import itertools
from datetime import timedelta

import pytest
from django.test import Client
from house import BUILT, SINCE
from hypothesis import given
from hypothesis import strategies as st

from bihuan.facets.counts.block import TableSpec
from bihuan.facets.counts.shown import shown
from bihuan.facets.counts.verbs import _faults
from bihuan.facets.plan.models import PlanMember
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CAST = {
    "office": ("city", "research_office"),
    "chief": ("city", "research_head"),
    "first": ("center", "researcher"),
    "second": ("center", "researcher"),
    "third": ("center", "researcher"),
    "fourth": ("center", "researcher"),
    "keeper": ("city", "contact_leader"),
    "below": ("vehicles", "grassroots"),
}
DIARY = "老张说村里的井水有味道。"


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


class Trip:
    """A drive with one team, whose visit to 车管所 waits."""

    def __init__(self, house):
        self.house, self.people = house, {}
        for key, (place, role) in CAST.items():
            who = orgs.create_person(f"cp-{key}", key, at=BUILT, actor="system", password=None)
            org = house.org(place).pk
            orgs.give_post(who.pk, org, start=SINCE, at=BUILT, actor="system")
            access.give(who.pk, role, org, start=SINCE, at=BUILT, actor="system")
            self.people[key] = who
        about = {"theme": "villagers_hopes"}
        drive = self.open("research_drive", "office", **about)
        stages = [{"title": "调研", "by": "2026-03-31"}]
        self.act(drive, "lay_out", "office", stages=stages)
        drive = self.act(drive, "set_off", "chief")
        team = {
            "leads_it": self.pk("first"),
            "base": house.org("center").pk,
            "theme": "villagers_hopes",
            "task": "听听群众最盼什么。",
        }
        self.act(drive, "form_teams", "office", teams=[team])
        (self.team,) = matters.open_children(drive)

    def pk(self, key):
        return self.people[key].pk

    def actor(self, key):
        return access.actor(self.people[key], self.house.day)

    def open(self, kind, by, **fields):
        opening = Opening(
            "contact_points", kind, self.house.org("city"), "调研。", "调研", fields=fields
        )
        return matters.open_matter(opening, actor=self.actor(by), at=self.house.at).matter

    def act(self, found, action, by, *, after=0.0, **data):
        at = self.house.at + after * DAY
        return matters.act(found.pk, action, actor=self.actor(by), at=at, data=data)

    def crew(self, *keys):
        return [{"person": self.pk(key)} for key in keys]

    def visit(self):
        stop = {
            "place": self.house.org("vehicles").pk,
            "held_on": "2026-03-03",
            "category": "home_call",
        }
        self.act(self.team, "plan_stops", "first", stops_on_it=[stop])
        return matters.open_children(self.team)[0]


@pytest.fixture
def trip(house):
    return Trip(house)


def met(**people):
    return [{"group": group, "people": n} for group, n in people.items()]


def test_a_team_of_four_is_refused_with_the_reason(trip):
    with pytest.raises(InputError) as refused:
        trip.act(trip.team, "take_along", "first", crew=trip.crew("second", "third", "fourth"))
    assert refused.value.fields == {"crew": ("plan.team_too_large", {"most": 3, "there": 4})}
    trip.act(trip.team, "take_along", "first", crew=trip.crew("second", "third"))
    # Whoever left makes room, and comes back only where there is some.
    trip.act(trip.team, "let_go", "first", person=trip.pk("third"))
    trip.act(trip.team, "take_along", "first", crew=trip.crew("fourth"))
    with pytest.raises(InputError):
        trip.act(trip.team, "take_along", "first", crew=trip.crew("third"))
    there = PlanMember.objects.filter(stream=trip.team.stream, until=None)
    assert {one.person_id for one in there} == {trip.pk(k) for k in ("first", "second", "fourth")}


def test_a_visit_is_noted_down_once_by_one_of_the_team(trip):
    trip.act(trip.team, "take_along", "first", crew=trip.crew("second"))
    visit = trip.visit()
    assert (visit.facts["place"], visit.facts["held_on"], visit.assignee_id) == (
        trip.house.org("vehicles").pk,
        "2026-03-03",
        trip.pk("first"),
    )
    with pytest.raises(RefusedError, match="plan_not_of_team"):
        trip.act(visit, "note_down", "third", met=met(villagers=3))
    trip.act(visit, "note_down", "second", met=met(villagers=3))
    with pytest.raises(RefusedError, match="wrong_state"):
        trip.act(visit, "note_down", "first", met=met(villagers=3))
    trip.act(visit, "add_diary", "first", diary="村干部很实在。")


def test_what_is_counted_is_checked_corrected_and_taken_off(trip):
    visit = trip.visit()
    forms = [{"group": "villagers", "issued": 40, "returned": 41, "valid": 38}]
    with pytest.raises(InputError) as refused:
        trip.act(visit, "note_down", "first", met=met(villagers=3), forms=forms)
    told = ("counts.rising", {"row": 1, "n": 41, "most": 40})
    assert refused.value.fields == {"forms.0.returned": told, "forms": told}
    with pytest.raises(InputError) as refused:
        trip.act(visit, "note_down", "first", met=[*met(villagers=3), *met(villagers=4)])
    assert refused.value.fields["met.1.group"] == ("counts.twice", {"row": 2})
    forms[0]["returned"] = 39
    trip.act(visit, "note_down", "first", met=met(villagers=3, village_leaders=2), forms=forms)

    def told_of(found):
        part = shown(Matter.objects.get(pk=found.pk), trip.actor("office"), trip.house.at)
        return part and {
            one["table"]: [one["value"] for one in one["sums"]] for one in part["tables"]
        }

    assert told_of(visit) == {"met": [5], "forms": [40, 39, 38]}
    # The rows take the place of those before; a table that is left empty stays.
    trip.act(visit, "set_right", "first", reason="看错了。", met=met(villagers=9))
    assert told_of(visit) == {"met": [9], "forms": [40, 39, 38]}
    trip.act(visit, "take_off", "office", reason="记到了别的单位。")
    assert told_of(visit) is None
    assert list(audit.everything()) == []


def test_a_diary_is_read_by_who_wrote_it_and_who_leads(trip):
    trip.act(trip.team, "take_along", "first", crew=trip.crew("second", "third"))
    visit = trip.visit()
    trip.act(visit, "note_down", "second", met=met(villagers=3), diary=DIARY)
    read, told = set(), {}
    for key in CAST:
        client = client_of(trip.people[key])
        page = client.get(f"/desk/matters/{visit.pk}")
        told[key] = page.status_code
        if DIARY in page.content.decode():
            read.add(key)
    assert read == {"first", "second"}
    # The unit itself sees nothing of what was said of it.
    assert {key for key, status in told.items() if status == 404} == {"below"}


def test_what_is_handed_in_on_the_sixth_day_is_late_and_named(trip):
    place = trip.house.org("vehicles").pk
    visit = trip.visit()
    trip.act(visit, "note_down", "first", met=met(villagers=3))
    team = trip.act(trip.team, "come_back", "first", units=[place])
    (sheet,) = [one for one in matters.open_children(team) if one.kind == "tasks_agreed"]
    # Five calendar days, the last one to its end.
    assert (sheet.due_at.date() - trip.house.at.date()).days == 5
    at = sheet.due_at + timedelta(seconds=2)
    matters.sweep(at)
    while notify.run(at, lanes=("inside",)):
        continue
    late = Matter.objects.get(pk=sheet.pk)
    assert (late.level, late.facts.get("pressed")) == ("late", True)
    # Who has lost the right to say that there were none may still hand them in.
    row = {"what": "井水改造。", "days": 20}
    after = (at - trip.house.at) / DAY
    with pytest.raises((NotAllowedError, LookupError)):
        trip.act(sheet, "hand_in_tasks", "first", after=after, tasks_listed=[row])
    done = trip.act(sheet, "hand_in_tasks", "below", after=after, tasks_listed=[row, row])
    orders = [one for one in matters.open_children(done) if one.kind == "directive"]
    assert len(orders) == 3
    assert {one.unit_id for one in orders} == {place}


def test_two_contact_points_of_which_one_is_merged_away(trip):
    year = trip.open("leaders_year", "office", year="2026")
    trip.act(year, "call_on", "office")
    while notify.run(trip.house.at, lanes=("inside",)):
        continue
    (duty,) = matters.open_children(year)
    old, new = trip.house.org("vehicles"), trip.house.org("streets")
    duty = trip.act(duty, "choose_units", "keeper", units=[old.pk])
    assert duty.state == "to_choose"
    with pytest.raises(InputError) as refused:
        trip.act(duty, "choose_units", "keeper", units=[new.pk, old.pk])
    ((key, told),) = [refused.value.fields["units"]]
    assert (key, told["name"]) == ("children.there_already", old.name)
    assert len(matters.open_children(duty)) == 1
    duty = trip.act(duty, "choose_units", "keeper", units=[new.pk])
    assert duty.state == "enough_chosen"
    upkeep.merge_orgs(old.pk, new.pk, at=trip.house.after(days=30), actor=SYSTEM)
    points = matters.open_children(duty)
    # Both go on, at the one that is there now; a third is chosen where two of one are too few.
    assert {one.unit_id for one in points} == {new.pk}
    trips = [{"held_on": "2026-06-01", "category": "home_call"}]
    for one in points:
        if one.facts["place"] == new.pk:
            trip.act(one, "plan_visits", "keeper", after=40, trips=trips)
            continue
        # What was left behind is no place to go to any more: it is given up, with the reason.
        with pytest.raises(InputError):
            trip.act(one, "plan_visits", "keeper", after=40, trips=trips)
        trip.act(one, "stop_keeping", "keeper", after=40, reason="已并入城管局。")
    more = [trip.house.org("schools").pk]
    assert trip.act(duty, "choose_more", "keeper", after=41, units=more).state == "enough_chosen"


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 3), max_size=6))
def test_a_falling_table_takes_what_falls_and_nothing_else(rows):
    table = TableSpec(groups=("a",), numbers=("one", "two", "three"), falling=True)
    names = itertools.count()
    given_ = [
        {"group": f"g{next(names)}", **dict(zip(table.numbers, row, strict=True))} for row in rows
    ]
    bad = dict(_faults("said", table, given_))
    falls = [row for row in rows if row[0] >= row[1] >= row[2]]
    assert (bad == {}) == (len(falls) == len(rows))
    wrong = {int(where.split(".")[1]) for where in bad if "." in where}
    assert wrong == {n for n, row in enumerate(rows) if row not in falls}
