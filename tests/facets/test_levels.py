"""Pools on the tree: up with a reason or because time ran out, down by order, refused where there is none."""

import company as place
import pytest
from company import AT, DAY
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.attached import shown
from bihuan.lib.problems import InputError, RefusedError
from bihuan.rules import periods

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(house):
    del house
    return place.build()


def stays(company, issue):
    told = shown(company.now(issue), company.actor("chief"), AT)["levels"]["stays"]
    return [(one["pool"], one["name"], one["how"], one["until"] is None) for one in told[::-1]]


def limit(issue):
    return clocks.of(issue.stream)["in_pool"]


def test_it_lies_where_it_was_found_and_goes_up_with_a_reason(company):
    issue = company.open()
    assert stays(company, issue) == [("team", "北一班", "opened", True)]
    first = limit(issue)
    moved = company.act(issue, "push_up", "one_owner", at=AT + DAY, reason="本班解决不了。")
    assert (moved.unit.name, moved.facts["lies_in"], moved.assignee_id) == (
        "北部",
        "department",
        None,
    )
    assert stays(company, issue) == [
        ("team", "北一班", "opened", False),
        ("department", "北部", "raised", True),
    ]
    # Each pool has its own limit, and the owner of the new one is told.
    assert (first.n, limit(issue).n) == (10, 20)
    told = [one.text for one in notify.inbox(company.person("north_owner"))]
    assert "notice.level_raised" in told
    assert list(audit.everything()) == []


def test_it_goes_up_by_itself_when_its_time_ran_out_and_stays_at_the_top(company):
    issue = company.open()
    for days in range(0, 150, 5):
        matters.sweep(AT + days * DAY)
    assert [one[2] for one in stays(company, issue)] == ["opened", "late", "late"]
    assert company.now(issue).unit.name == "公司"
    told = [one.text for one in notify.inbox(company.person("chief"))]
    assert "notice.overdue_at_top" in told
    assert "notice.act_refused" not in told
    assert list(audit.everything()) == []


def test_down_by_order_into_the_next_pool_below_only(company):
    issue = company.open()
    company.act(issue, "push_up", "one_owner", reason="本班解决不了。")
    for unit in ("south_one", "north", "root", "annex"):
        with pytest.raises(InputError) as error:
            company.act(
                issue, "hand_down", "north_owner", unit=company.unit(unit), instruction="办。"
            )
        assert error.value.fields["unit"][0] == "levels.not_below"
    company.act(
        issue, "hand_down", "north_owner", unit=company.unit("north_two"), instruction="办。"
    )
    assert stays(company, issue)[-1] == ("team", "北二班", "lowered", True)
    assert "notice.level_lowered" in [one.text for one in notify.inbox(company.person("two_owner"))]


def test_it_is_refused_clearly_where_there_is_none(company):
    top = company.open(unit="root")
    with pytest.raises(RefusedError, match=r"guard\.level_below_top"):
        company.act(top, "push_up", "chief", reason="……")
    lone = company.open(unit="annex_one", by="finder")
    with pytest.raises(RefusedError, match=r"levels\.none_above"):
        company.act(lone, "push_up", "chief", reason="……")
    # A room without a level brings it to the nearest above that has one.
    assert company.open(unit="annex").unit.name == "公司"
    orgs.change_org(company.unit("root"), at=AT, actor="system", level="")
    with pytest.raises(RefusedError, match=r"levels\.nowhere"):
        company.open(unit="annex")


def test_the_page_and_the_interface_tell_the_climb(company):
    issue = company.open()
    company.act(issue, "push_up", "one_owner", at=AT + DAY, reason="五个部门都要报表。")
    page = company.client("chief").get(f"/desk/matters/{issue.pk}").content.decode()
    assert "逐级经过" in page
    assert "五个部门都要报表。" in page
    assert "1 天 0 小时" in page
    english = company.client("chief").get(
        f"/desk/matters/{issue.pk}", headers={"accept-language": "en"}
    )
    assert "Level by level" in english.content.decode()
    token = access.issue_token(
        company.person("chief"), "t", ["matters:read"],
        expires=AT.date().replace(year=2035), at=AT, actor="system",
    )  # fmt: skip
    client = company.client("chief")
    told = client.get(f"/api/v1/matters/{issue.pk}", headers={"authorization": f"Bearer {token}"})
    assert told.status_code == 200, told.content
    climb = told.json()["attached"]["levels"]["stays"]
    assert [(one["pool"], one["days"]) for one in climb][1] == ("team", 1)


@pytest.mark.django_db(transaction=True)
def test_days_in_a_pool_are_a_figure(company):
    for days in (2, 4, 6):
        issue = company.open()
        company.act(issue, "push_up", "one_owner", at=AT + days * DAY, reason="……")
    insight.export(insight.store())
    root = company.stage.root
    found = {}
    for name in ("days_in_team", "days_in_department"):
        definition = insight.definition(place.PROGRAMME, name)
        found[name] = insight.figure(definition, periods.parse("2026-03"), root).total.value
    assert found == {"days_in_team": 4.0, "days_in_department": None}


def test_over_it_lies_nowhere_and_taken_up_again_where_it_lay_last(company):
    issue = company.open()
    company.act(issue, "decline", "one_owner", at=AT + DAY, reason="不属于本班。")
    assert [one[3] for one in stays(company, issue)] == [False]
    other = company.open(unit="north_two")
    company.act(other, "push_up", "two_owner", reason="……")
    company.act(
        other, "set_course", "north_owner",
        gravity="major", cause="……", scheme="……", person=company.person("two_owner"),
    )  # fmt: skip
    company.act(other, "solve", "two_owner", result="……")
    company.act(other, "confirm_end", "finder", contentment="content")
    company.act(other, "report_back", "organizer")
    company.act(other, "take_up_again", "finder", reason="又来了。")
    assert stays(company, other)[-1] == ("department", "北部", "again", True)
    assert list(audit.everything()) == []


MOVES = st.lists(st.sampled_from(["up", "north_one", "north_two", "north", "south"]), max_size=8)


@settings(max_examples=15)
@given(moves=MOVES)
def test_however_it_is_moved_it_lies_in_one_pool_that_is_its_units(company, moves):
    issue = company.open()
    for n, move in enumerate(moves):
        at = AT + n * DAY
        try:
            if move == "up":
                company.act(issue, "push_up", "chief", at=at, reason="……")
            else:
                company.act(
                    issue, "hand_down", "chief", at=at, unit=company.unit(move), instruction="……"
                )
        except (RefusedError, InputError):
            pass
        now = company.now(issue)
        told = shown(now, company.actor("chief"), AT)["levels"]["stays"]
        assert [one["org"] for one in told if one["until"] is None] == [now.unit_id]
        assert now.facts["lies_in"] == told[0]["pool"] == orgs.org(now.unit_id).level
        ends = [one["since"] for one in told[:-1]]
        assert [one["until"] for one in told[1:]] == ends


def test_whoever_raises_it_out_of_their_sight_may_repeat_that_and_nothing_else(company):
    """The answer was lost and the request comes again: it is done, once, and not "not found"."""
    issue = company.open()
    company.act(issue, "push_up", "one_owner", reason="本班解决不了。")
    raised = {
        "action": "push_up",
        "by": "north_owner",
        "key": "a" * 20,
        "reason": "本部门解决不了。",
    }
    first = company.act(issue, **raised)
    with pytest.raises(LookupError):
        matters.matter(company.actor("north_owner"), issue.pk)
    again = company.act(issue, **raised)
    assert (again.pk, again.version, again.facts["lies_in"]) == (
        first.pk,
        first.version,
        "company",
    )
    with pytest.raises(RefusedError, match="key_used"):
        company.act(issue, **{**raised, "reason": "别的话。"})
    company.act(issue, "classify", "chief", gravity="major", cause="……")
    with pytest.raises(RefusedError, match="done_unseen"):
        company.act(issue, **raised)
    for other in ({"key": "b" * 20}, {"by": "two_owner"}, {"action": "solve"}, {"key": None}):
        with pytest.raises(LookupError):
            company.act(issue, **{**raised, **other})
    with pytest.raises(LookupError):
        matters.act(10**9, "push_up", actor=company.actor("north_owner"), at=AT, key="a" * 20)
