"""Matters linked to matters: only what one sees, both ways to see, one action on all or on none."""

import company as place
import pytest
from company import AT

from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.kernel.impartiality import recusal
from bihuan.kernel.matters.attached import shown
from bihuan.lib.problems import InputError, RefusedError

pytestmark = pytest.mark.django_db
DECIDED = {"gravity": "general", "cause": "多头报送。", "scheme": "合并。"}


@pytest.fixture
def company(house):
    del house
    return place.build()


def numbers(company, on, who, side="to", part="matters"):
    told = shown(company.now(on), company.actor(who), AT).get("links") or {}
    return [one["number"] for group in told.get(side, []) for one in group[part]]


def test_the_agenda_proposes_itself(company):
    new, other = company.open(), company.open(unit="south_one")
    company.act(other, "decline", "south_owner", reason="……")
    assert numbers(company, company.open("meeting", "root", "organizer"), "organizer") == [
        new.number
    ]
    # Where one sees a department only, only what lies there comes in.
    company.open(unit="south_one")
    assert numbers(company, company.open("meeting", "north", "north_organizer"), "organizer") == [
        new.number
    ]


def test_only_what_one_sees_can_be_linked_and_absent_looks_the_same(company):
    meeting = company.open("meeting", "north", "north_organizer")
    hidden = company.open(unit="south_one")
    gone = f"WT2026-{hidden.pk + 999:06d}"
    for written in (hidden.number, gone, str(hidden.pk), str(hidden.pk + 999)):
        with pytest.raises(InputError) as error:
            company.act(meeting, "put_on", "north_organizer", issues=written)
        assert error.value.fields == {"issues": ("input.unknown_matter", {"nth": 1})}


def test_what_does_not_fit_is_refused(company):
    meeting = company.open("meeting", "root", "organizer")
    other = company.open("meeting", "root", "organizer")
    with pytest.raises(InputError) as error:
        company.act(meeting, "put_on", "organizer", issues=meeting.number)
    assert error.value.fields["issues"][0] == "links.itself"
    with pytest.raises(InputError) as error:
        company.act(meeting, "put_on", "organizer", issues=other.number)
    assert error.value.fields["issues"][0] == "links.other_kind"
    with pytest.raises(InputError) as error:
        company.act(meeting, "take_off", "organizer", issues=company.open().number)
    assert error.value.fields["issues"][0] == "links.not_linked"


def test_both_pages_tell_of_joining_and_leaving(company):
    issue = company.open()
    meeting = company.open("meeting", "root", "organizer")
    assert numbers(company, issue, "organizer", "from") == [meeting.number]
    page = company.client("organizer").get(f"/desk/matters/{meeting.pk}").content.decode()
    assert "本次会议议题" in page
    assert issue.number in page
    back = company.client("organizer").get(f"/desk/matters/{issue.pk}").content.decode()
    assert "列入的会议" in back
    assert meeting.number in back
    # Whoever does not see the meeting does not read of it at the issue.
    assert company.client("one_owner").get(f"/desk/matters/{issue.pk}").status_code == 200
    assert numbers(company, issue, "one_owner", "from") == []
    company.act(meeting, "take_off", "organizer", issues=issue.number)
    assert numbers(company, meeting, "organizer") == []
    assert numbers(company, meeting, "organizer", part="left") == [issue.number]
    assert numbers(company, issue, "organizer", "from", "left") == [meeting.number]
    company.act(meeting, "put_on", "organizer", issues=issue.number)
    assert numbers(company, meeting, "organizer") == [issue.number]
    assert list(audit.everything()) == []


def test_whoever_is_kept_away_sees_neither_and_does_not_decide(company):
    issue = company.open()
    meeting = company.open("meeting", "root", "organizer")
    company.act(meeting, "hold", "organizer", present=[company.person("finder")])
    recusal.recuse(
        issue.pk, company.person("chief"), actor=company.actor("chief"), at=AT, reason="亲属。"
    )
    assert numbers(company, meeting, "chief") == []
    assert numbers(company, meeting, "organizer") == [issue.number]
    second = company.open("meeting", "root", "organizer")
    recusal.recuse(
        issue.pk,
        company.person("organizer"),
        actor=company.actor("organizer"),
        at=AT,
        reason="亲属。",
    )
    with pytest.raises(RefusedError, match=r"guard\.linked_visible"):
        company.act(second, "hold", "organizer", present=[company.person("finder")])
    with pytest.raises(RefusedError, match=r"links\.missed") as error:
        company.act(
            meeting, "decide_on", "organizer",
            issues=[issue.pk], person=company.person("one_owner"), **DECIDED,
        )  # fmt: skip
    assert issue.number not in error.value.values["told"]
    page = company.client("organizer").get(f"/desk/matters/{meeting.pk}").content.decode()
    assert issue.number not in page


def test_what_a_meeting_decides_is_done_to_all_or_to_none(company):
    ours, theirs = company.open(), company.open(unit="north_two")
    meeting = company.open("meeting", "root", "organizer")
    company.act(meeting, "hold", "organizer", present=[company.person("finder")])
    given = {"issues": f"{ours.number}、{theirs.number}", **DECIDED}
    with pytest.raises(RefusedError, match=r"links\.missed") as error:
        company.act(meeting, "decide_on", "organizer", person=company.person("one_owner"), **given)
    told = error.value.values
    assert (told["n"], told["all"]) == (1, 2)
    assert theirs.number in told["told"]
    assert {company.now(one).state for one in (ours, theirs)} == {"found"}
    for one in (ours, theirs):
        company.act(one, "push_up", "chief", reason="……")
    person = company.person("one_owner")
    for _ in range(2):
        company.act(meeting, "decide_on", "organizer", key="k", person=person, **given)
    for one in (ours, theirs):
        now = company.now(one)
        assert (now.state, now.facts["gravity"], now.assignee_id) == ("planned", "general", person)
        steps = [audit.read(e).get("action") for e in audit.history(one.stream)]
        assert steps.count("set_course") == 1
    assert list(audit.everything()) == []


def test_one_by_one_those_that_can_and_told_which_could_not(company):
    first, second = company.open(), company.open()
    batch = company.open("batch", "root", "organizer", issues=[first.pk, second.pk])
    person = company.person("one_owner")
    company.act(batch, "solve_all", "organizer", result="统一改为一张表。")
    # Meanwhile one of them is declined by somebody else.
    company.act(second, "classify", "one_owner", gravity="major", cause="……")
    company.act(second, "plan_it", "one_owner", scheme="……", person=person)
    company.act(second, "solve", "one_owner", result="……")
    company.work()
    company.work()
    assert company.now(first).facts["in_batch"] is True
    assert "in_batch" not in company.now(second).facts
    events = [e for e in audit.history(batch.stream) if e.type == "matter.linked_acted"]
    assert len(events) == 1
    assert audit.read(events[0])["done"] == 1
    told = shown(company.now(batch), company.actor("organizer"), AT)["links"]["to"][0]["matters"]
    missed = {one["number"]: one.get("missed", {}).get("key") for one in told}
    assert missed == {first.number: None, second.number: "matters.wrong_state"}
    assert "notice.linked_missed" in [n.text for n in notify.inbox(company.person("organizer"))]
    page = company.client("organizer").get(f"/desk/matters/{batch.pk}").content.decode()
    assert "没有一并办理：" in page
    assert list(audit.everything()) == []


def test_the_interface_tells_links_and_takes_numbers_and_people(company):
    issue = company.open()
    meeting = company.open("meeting", "root", "organizer")
    token = access.issue_token(
        company.person("organizer"), "t", ["matters:read", "matters:write"],
        expires=AT.date().replace(year=2035), at=AT, actor="system",
    )  # fmt: skip
    client, bearer = company.client("organizer"), {"authorization": f"Bearer {token}"}
    body = {"inputs": {"present": [company.person("finder"), company.person("chief")]}}
    done = client.post(
        f"/api/v1/matters/{meeting.pk}/actions/hold", body, "application/json", headers=bearer
    )
    assert done.status_code == 200, done.content
    told = client.get(f"/api/v1/matters/{meeting.pk}", headers=bearer).json()
    (group,) = told["attached"]["links"]["to"]
    assert group["matters"][0]["number"] == issue.number
    assert group["label"]["en"] == "On the agenda"


def test_people_are_chosen_on_the_page_by_their_names(company):
    company.open()
    meeting = company.open("meeting", "root", "organizer")
    client = company.client("organizer")
    page = client.get(f"/desk/matters/{meeting.pk}").content.decode()
    assert 'name="present-text"' in page
    wrong = {
        "key": "a",
        "version": "1",
        "present": [str(company.person("finder"))],
        "present-text": "没有此人",
    }
    answer = client.post(f"/desk/matters/{meeting.pk}/act/hold", wrong)
    assert answer.status_code == 422
    # Whom one had picked is still there, by name.
    assert "丙发现" in answer.content.decode()
    right = {
        "key": "b",
        "version": "1",
        "present": [str(company.person("finder"))],
        "present-text": "乙总管、己南主",
    }
    answer = client.post(f"/desk/matters/{meeting.pk}/act/hold", right)
    assert answer.status_code in (200, 302), answer.content.decode()[:2000]
    assert company.now(meeting).state == "held"
    page = client.get(f"/desk/matters/{meeting.pk}").content.decode()
    assert "乙总管" in page
