"""Who belongs where: by whom it is said, what never overlaps, whom a roster means on a day."""

from datetime import date

import branches as place
import pytest
from branches import AT, DAY, ON, PARTY
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, DeniedError
from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import OrgError
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import ROSTERS, PeopleError, Wanted
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.rules.spans import Span

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return place.build()


def programme(town):
    return programmes.held("party_members", town.org("root").path, ON).programme


def named(town, roster, org="root", on=ON):
    return [
        (one.name, one.exempt) for one in people.resolve(programme(town), roster, town.org(org), on)
    ]


def test_who_keeps_the_list_and_of_whom(town):
    assert town.begin("wants", "one", "activist", "one_secretary").status == "activist"
    for by, org in (
        ("two_secretary", "one"),
        ("head", "one"),
        ("a", "one"),
        ("one_secretary", "two"),
    ):
        with pytest.raises(DeniedError):
            town.begin("f", org, "applicant", by)
    with pytest.raises(RefusedError) as refused:
        town.begin("one_secretary", "one", "applicant", "one_secretary")
    assert refused.value.key == "people.not_yourself"
    # Decided by a matter; who brings in what was so before is an administrator.
    with pytest.raises(PeopleError) as by_matter:
        town.begin("one_deputy", "one", "full", "one_secretary")
    assert by_matter.value.key == "people.by_matter"
    assert town.begin("one_deputy", "one", "full", "registrar").since is None
    assert list(audit.everything()) == []


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"status": "baron"}, "people.no_status"),
        ({"start": ON + DAY}, "people.no_such_day"),
        ({"start": date(1900, 1, 1)}, "people.no_such_day"),
        ({"since": ON + DAY}, "people.no_such_day"),
        ({"end": ON - DAY}, "orgs.ends_before_start"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(town, said, key):
    with pytest.raises(ProblemError) as refused:
        town.begin("one_deputy", "one", said.pop("status", "applicant"), "office", **said)
    assert refused.value.key == key


def test_nobody_is_in_two_branches_at_once(town):
    with pytest.raises(OrgError) as refused:
        town.begin("a", "two", "applicant", "office")
    assert (refused.value.key, refused.value.values["org"]) == ("orgs.member_elsewhere", "第一支部")
    people.leave(town.memberships["a"], last=ON - DAY, at=AT, actor=town.actor("one_secretary"))
    assert town.begin("a", "two", "applicant", "two_secretary").org_id == town.org("two").pk


def test_a_roster_means_those_of_the_day_and_names_the_exempt(town):
    assert [name for name, _ in named(town, "members", "one")] == ["丁四", "安一", "曹三", "白二"]
    assert len(named(town, "members")) == 6
    assert [name for name, _ in named(town, "full_members", "one")] == ["丁四", "安一", "白二"]
    assert [name for name, _ in named(town, "branches")] == ["第一支部", "第二支部", "第三支部"]
    assert [name for name, _ in named(town, "secretaries", "one")] == ["己副书", "戊支书"]
    keeper = town.actor("one_secretary")
    free = people.exempt(
        town.memberships["a"], "infirm", start=ON, end=ON + 9 * DAY, at=AT, actor=keeper
    )
    assert dict(named(town, "members", "one"))["安一"] == "infirm"
    assert dict(named(town, "members", "one", ON + 10 * DAY))["安一"] == ""
    with pytest.raises(OrgError):
        people.exempt(town.memberships["a"], "leave", start=ON + DAY, at=AT, actor=keeper)
    people.end_exemption(free.pk, last=ON + DAY, at=AT, actor=keeper)
    people.exempt(town.memberships["a"], "leave", start=ON + 2 * DAY, at=AT, actor=keeper)
    with pytest.raises(LookupError):
        people.exempt(
            town.memberships["a"], "away", start=ON, at=AT, actor=town.actor("two_secretary")
        )
    # Of yesterday it stays told as it was.
    people.leave(town.memberships["b"], last=ON - DAY, at=AT, actor=keeper)
    assert "白二" not in dict(named(town, "members", "one"))
    assert "白二" in dict(named(town, "members", "one", ON - DAY))


def test_an_exemption_and_the_day_of_joining_go_along(town):
    people.exempt(town.memberships["e"], "away", start=ON, at=AT, actor=town.actor("two_secretary"))
    there = people.Beginning(town.org("three"), PARTY, "full", ON)
    row = people.move(town.memberships["e"], there, at=AT, actor=SYSTEM)
    assert (row.status, row.since, row.org_id) == ("full", date(2010, 7, 1), town.org("three").pk)
    assert named(town, "members", "three") == [("鄂六", "away")]
    assert "鄂六" not in dict(named(town, "members", "two"))


def test_members_go_along_when_their_branch_is_merged(town):
    upkeep.merge_orgs(town.org("two").pk, town.org("three").pk, at=AT, actor=SYSTEM)
    assert [name for name, _ in named(town, "members", "three")] == ["方七", "鄂六"]
    assert [name for name, _ in named(town, "members", "root", ON - DAY)][-2:] == ["方七", "鄂六"]
    assert len(named(town, "members")) == 6
    # No organisation is there twice, and the closed one owes nothing.
    assert [name for name, _ in named(town, "branches")] == ["第一支部", "第三支部"]
    assert list(audit.everything()) == []


def test_the_list_shows_what_one_keeps_or_reads(town):
    def shown(by, **wanted):
        found = people.listed(town.actor(by), Wanted(**wanted), ON)
        return sorted(row.person.name for row, _ in found.rows)

    assert shown("one_secretary") == ["丁四", "万五", "安一", "曹三", "白二"]
    assert len(shown("head")) == len(shown("registrar")) == 7
    assert shown("a") == []
    assert shown("office", status="applicant") == ["万五"]
    assert shown("office", text="方") == ["方七"]
    assert shown("two_secretary", org=town.org("one").path) == []
    assert shown("office", full="nothing.such") == []


def test_a_member_opens_what_members_open_and_hears_no_complaint_about_theirs(town):
    assert town.actor("a").belongs == (town.org("one").path,)
    assert town.actor("a", date(2026, 1, 4)).belongs == ()
    assert town.person("a") in access.people_at(town.org("one").path, ON)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["one", "two"]),
        st.sampled_from(["applicant", "activist"]),
        st.integers(-20, 0),
        st.none() | st.integers(0, 25),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@given(STEPS)
@settings(max_examples=40)
def test_whatever_is_recorded_nobody_belongs_twice(town, steps):
    with transaction.atomic():
        for org, status, day, length, leaves in steps:
            start = ON + day * DAY
            end = None if length is None else start + length * DAY
            try:
                row = town.begin("one_deputy", org, status, "office", start=start, end=end)
                if leaves:
                    people.leave(row.pk, last=start, at=AT, actor=town.actor("office"))
            except ProblemError:
                continue
        rows = memberships.memberships_of(town.person("one_deputy"))
        spans = [Span.through(row.start, row.end) for row in rows]
        transaction.set_rollback(True)
    assert rows
    met = (one.meets(other) for n, one in enumerate(spans) for other in spans[n + 1 :])
    assert not any(met)
    assert all(row.kind == PARTY for row in rows)


def transfer(town, by, home, who, to):
    opening = Opening(
        "party_members",
        "transfer",
        town.org(home),
        "工作调动。",
        fields={"person_meant": town.person(who), "to": town.org(to).pk, "category": "work"},
    )
    return matters.open_matter(opening, actor=town.actor(by), at=AT).matter


def test_a_step_changes_only_who_belongs_to_its_own_organisation_and_never_oneself(town):
    # 第二支部 sends somebody of 第一支部: nobody there is told of it, so nothing may come of it.
    found = transfer(town, "two_secretary", "two", "a", "three")
    with pytest.raises(RefusedError):
        matters.act(found.pk, "receive", actor=town.actor("three_secretary"), at=AT, data={})
    assert "安一" in dict(named(town, "members", "one"))
    town.begin("office", "one", "full", "registrar", start=ON - DAY)
    own = transfer(town, "one_secretary", "one", "office", "two")
    with pytest.raises(RefusedError) as refused:
        matters.act(own.pk, "receive", actor=town.actor("office"), at=AT, data={})
    assert refused.value.key == "people.not_yourself"
    matters.act(own.pk, "receive", actor=town.actor("office2"), at=AT, data={})
    assert "甲组织" in dict(named(town, "members", "two"))


def test_who_is_only_on_the_list_is_no_member_and_bars_nobody(town):
    town.begin("office", "one", "applicant", "one_secretary")
    assert town.actor("office").belongs == ()
    assert town.person("office") not in access.people_at(town.org("one").path, ON)
    town.begin("head", "one", "full", "registrar")
    assert town.actor("head").belongs == (town.org("one").path,)


def test_whom_they_left_has_no_business_with_them(town):
    keeper = town.actor("one_secretary")
    people.leave(town.memberships["a"], last=ON - DAY, at=AT, actor=keeper)
    with pytest.raises(PeopleError) as refused:
        people.exempt(town.memberships["a"], "leave", start=ON, at=AT, actor=keeper)
    assert refused.value.key == "people.no_longer"
    # A choosing box does not tell of which branch somebody is a member.
    assert orgs.places_of([town.person("b")], ON) == {}


def test_nobody_is_put_on_a_list_from_another_city(town):
    other = orgs.create_org("邻市", parent=None, at=AT, actor="system")
    stranger = orgs.create_person("stranger-elsewhere", "外地人", at=AT, actor="system")
    orgs.give_post(stranger.pk, other.pk, start=date(2026, 1, 5), at=AT, actor="system")
    said = {"start": ON, "at": AT}
    with pytest.raises(InputError):
        people.begin(
            stranger.pk,
            town.org("one"),
            PARTY,
            "applicant",
            actor=town.actor("one_secretary"),
            **said,
        )
    # Nor in bulk, by whoever administers here.
    wanted = people.Beginning(town.org("one"), PARTY, "activist", ON, stranger.pk)
    for by in ("one_secretary", "registrar"):
        (answer,) = people.begin_all([wanted], people.Keeper(town.actor(by), ON), at=AT)
        assert isinstance(answer, InputError), by


def test_a_roster_is_asked_for_some_of_it_alone(town):
    """Those of a lot are the same as those of the whole that are in it."""
    for roster in ROSTERS.of(programme(town)):
        whole = people.resolve(programme(town), roster, town.org("root"), ON)
        some = {one.person_id or one.org_id for one in whole[::2]}
        part = people.resolve(programme(town), roster, town.org("root"), ON, among=some)
        assert [one.key for one in part] == [
            o.key for o in whole if (o.person_id or o.org_id) in some
        ]


def test_a_status_that_a_matter_leads_into_is_not_left_by_one_act(town):
    with pytest.raises(OrgError) as refused:
        town.begin("a", "one", "applicant", "one_secretary")
    assert refused.value.key == "orgs.status_kept"
    assert town.begin("a", "one", "applicant", "registrar").status == "applicant"
