"""Public notices: until the last second anybody may object, and none is concluded over an objection."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from icalendar import Calendar

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.problems import GoneError, InputError, NotAllowedError, RefusedError
from bihuan.outcomes.publicity import api as publicity

TEXT = "拟评选政务服务中心三号窗口为标杆窗口。"
NOBODY = vault.Person()
# Put up on Monday 2 March 2026: the fifth working day is Monday the 9th.
LAST_SECOND = datetime(2026, 3, 9, 15, 59, 59, 999_999, tzinfo=UTC)
OVER = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)


def drafted(house, by="desk", at=None, **more):
    opening = Opening(
        "public_notice", "notice", house.org("center"), TEXT, subject="标杆窗口公示",
        fields={"category": "list"}, **more,
    )  # fmt: skip
    return matters.open_matter(opening, actor=house.actor(by), at=at or house.at).matter


@pytest.fixture
def notice(house):
    row = drafted(house)
    return house.act(row, "put_up", "publisher")


def objecting(notice, body="候选窗口去年被投诉过。", contact=NOBODY, at=None, key=None):
    return publicity.object_to(notice.pk, body, contact, at=at or notice.changed_at, key=key)


def conclude(house, notice, at=OVER):
    return house.act(notice, "conclude", "publisher", at=at, conclusion="公示期内无异议。")


def test_a_draft_is_nobodys_to_read_and_a_second_person_puts_it_up(house):
    row = drafted(house, by="publisher")
    with pytest.raises(LookupError):
        publicity.read_notice(row.pk, at=house.at)
    assert publicity.notices(at=house.at) == []
    with pytest.raises(RefusedError, match="actor_differs"):
        house.act(row, "put_up", "publisher")
    house.act(row, "correct", "leader", text="更正后的公示稿。")
    with pytest.raises(RefusedError, match="actor_differs"):
        house.act(row, "put_up", "leader")
    row = drafted(house)
    house.act(row, "put_up", "publisher")
    seen = publicity.read_notice(row.pk, at=house.at)
    assert (seen.text, seen.runs, seen.named) == (TEXT, True, False)
    assert (seen.first_day, seen.last_day) == (date(2026, 3, 2), date(2026, 3, 9))
    assert "五个工作日" in seen.clock.source["clause"]
    assert house.client().get(f"/notices/{row.pk}").status_code == 200


def test_until_the_last_second(house, notice):
    opened = objecting(notice, at=LAST_SECOND)
    objection = matters.by_code(opened.code)
    assert (objection.state, objection.parent_id, objection.anonymous) == (
        "received", notice.pk, True,
    )  # fmt: skip
    assert clocks.of(objection.stream)["reply"].due_at.date() == date(2026, 3, 16)
    before = audit.Event.objects.count()
    with pytest.raises(RefusedError, match="clock_over"):
        objecting(notice, at=OVER)
    assert audit.Event.objects.count() == before
    assert publicity.read_notice(notice.pk, at=LAST_SECOND).runs is True
    assert publicity.read_notice(notice.pk, at=OVER).runs is False


def test_it_is_concluded_after_its_last_day_and_over_no_objection(house, notice):
    with pytest.raises(RefusedError, match="clock_still_running"):
        conclude(house, notice, at=LAST_SECOND)
    opened = objecting(notice)
    # The sweep tells that the period is over; that does not conclude it.
    matters.sweep(OVER)
    with pytest.raises(RefusedError, match="children_closed") as caught:
        conclude(house, notice)
    assert opened.matter.number in caught.value.values["numbers"]
    house.act(opened.matter, "reject", "leader", at=OVER, reply="经查不属实。")
    conclude(house, notice)
    seen = publicity.read_notice(notice.pk, at=OVER)
    assert [e.action for e in seen.entries] == ["put_up", "object", "conclude"]
    assert seen.objections == 1
    with pytest.raises(RefusedError):
        objecting(notice, at=OVER)


def test_an_upheld_objection_needs_the_notice_amended_and_shown_again(house, notice):
    opened = objecting(notice)
    at = house.after(days=1)
    house.act(opened.matter, "uphold", "leader", at=at, reply="异议属实。")
    with pytest.raises(RefusedError, match="parent_acted"):
        house.act(opened.matter, "remedy", "desk", at=at, reply="已更正。")
    with pytest.raises(RefusedError, match="children_closed"):
        conclude(house, notice)
    later = house.after(days=2)
    house.act(notice, "amend", "publisher", at=later, text="拟评选五号窗口。", reason="异议成立")
    seen = publicity.read_notice(notice.pk, at=later)
    assert (seen.text, seen.last_day) == ("拟评选五号窗口。", date(2026, 3, 11))
    house.act(opened.matter, "remedy", "desk", at=later, reply="已更正并重新公示。")
    assert matters.by_code(opened.code).state == "remedied"
    with pytest.raises(RefusedError, match="clock_still_running"):
        conclude(house, notice)
    assert conclude(house, notice, at=OVER + timedelta(days=2)).state == "concluded"


def test_a_withdrawn_one_says_why_and_its_objection_is_answered(house, notice):
    opened = objecting(notice)
    house.act(opened.matter, "uphold", "leader", reply="异议属实。")
    house.act(notice, "withdraw", "publisher", reason="候选资格不符")
    house.act(opened.matter, "remedy", "desk", reply="已撤回公示。")
    page = house.client().get(f"/notices/{notice.pk}").content.decode()
    assert "候选资格不符" in page
    assert 'id="object-body"' not in page
    assert house.client().post(f"/notices/{notice.pk}", {"body": "还有"}).status_code == 409
    calendar = Calendar.from_ical(house.client().get("/notices.ics").content)
    assert [event["status"] for event in calendar.walk("VEVENT")] == ["CANCELLED"]


def test_a_name_where_the_rule_wants_one(house):
    voice = next(p for p in programmes.known() if p.id == "public_notice")
    programmes.override(
        voice, "objection_named", value=True, org=house.org("center"), start=house.day,
        clause="本市规定", at=house.at, actor=SYSTEM,
    )  # fmt: skip
    notice = house.act(drafted(house), "put_up", "publisher")
    with pytest.raises(InputError) as caught:
        objecting(notice, contact=vault.Person(" ", "13900000001"))
    assert caught.value.fields == {"name": ("notices.name_missing", {})}
    opened = objecting(notice, contact=vault.Person("来信人"))
    assert opened.matter.anonymous is False
    assert house.act(notice, "withdraw", "leader", reason="无").facts["objections"] == 1


def test_the_same_objection_twice_is_one_and_an_empty_one_none(house, notice):
    first = objecting(notice, key="once")
    again = objecting(notice, key="once")
    assert (again.repeated, again.code) == (True, first.code)
    assert publicity.read_notice(notice.pk, at=house.at).objections == 1
    with pytest.raises(InputError):
        objecting(notice, body="  ")
    assert Matter.objects.filter(parent=notice).count() == 1


def test_who_may_not(house, notice):
    for who in ("handler", "stranger", "outsider", "supervisor"):
        with pytest.raises((LookupError, NotAllowedError)):
            house.act(notice, "withdraw", who, reason="x")
    # Nobody sends what only the door of notices sends.
    with pytest.raises(NotAllowedError):
        house.act(notice, "object", "leader")


def test_on_the_pages_a_notice_is_drawn_up_put_up_and_objected_to(house):
    desk, publisher, anybody = house.client("desk"), house.client("publisher"), house.client()
    place = f"public_notice.notice.{house.org('center').pk}"
    form = {"place": place, "category": "list", "subject": "", "body": TEXT, "key": "n1"}
    refused = desk.post("/desk/notices", form)
    assert refused.status_code == 422
    assert TEXT in refused.content.decode()
    assert desk.post("/desk/notices", {**form, "subject": "名单公示"}).status_code == 302
    row = Matter.objects.get(kind="notice")
    assert desk.post("/desk/notices", {**form, "subject": "名单公示"}).status_code == 302
    assert Matter.objects.filter(kind="notice").count() == 1
    assert anybody.get(f"/notices/{row.pk}").status_code == 404
    result = house.answered().matter
    about = {**form, "subject": "结果公示", "key": "n3", "category": "result"}
    assert desk.post("/desk/notices", {**about, "under": "MY2026-999999"}).status_code == 422
    assert desk.post("/desk/notices", {**about, "under": result.number}).status_code == 302
    assert Matter.objects.get(kind="notice", parent=result).category == "result"
    publisher.post(f"/desk/matters/{row.pk}/act/put_up", {"key": "n2", "confirm": "1"})
    assert "名单公示" in anybody.get("/notices").content.decode()
    assert "名单公示" in desk.get("/desk/notices").content.decode()

    bad = anybody.post(f"/notices/{row.pk}", {"body": " ", "phone": "无", "name": "甲"})
    assert bad.status_code == 422
    assert "甲" in bad.content.decode()
    assert anybody.post(f"/notices/{row.pk}", {"body": "x", "website": "y"}).status_code == 400
    sent = {"body": "名单里有人不符合条件。", "key": "o1"}
    receipt = anybody.post(f"/notices/{row.pk}", sent)
    assert receipt.status_code == 200
    assert "YY" in receipt.content.decode()
    assert anybody.post(f"/notices/{row.pk}", sent).content.count(b"code-big") == 1
    assert publicity.read_notice(row.pk, at=now()).objections == 1
    # What was said, and who said it, stays inside.
    assert "不符合条件" not in anybody.get(f"/notices/{row.pk}").content.decode()


def test_a_calendar_of_notices_and_one_of_ones_own_dates(house, notice):
    answer = house.client().get("/notices.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["summary"] == "公示：标杆窗口公示"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        date(2026, 3, 2), date(2026, 3, 10),
    )  # fmt: skip
    assert str(event["url"]).endswith(f"/notices/{notice.pk}")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))

    mine = house.handling().matter
    page = house.client("handler").get("/desk/me").content.decode()
    link = page.partition('readonly value="')[2].partition('"')[0]
    path = "/" + link.split("/", 3)[3]
    (due,) = Calendar.from_ical(house.client().get(path).content).walk("VEVENT")
    assert mine.number in due["summary"]
    assert mine.subject not in house.client().get(path).content.decode()
    person = house.person("handler")
    person.set_password("another-Secret-2026")
    person.save()
    assert house.client().get(path).status_code == 404
    assert house.client().get("/calendar/forged.ics").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_whoever_concludes_and_whoever_objects_at_one_moment(house):
    """One of them comes first: never a concluded notice with an objection still open."""
    for turn in range(4):
        row = drafted(house)
        notice = house.act(row, "put_up", "publisher")
        # The machine that concludes has a clock that runs ahead.
        found = []

        def run(job, found=found):
            try:
                job()
            except (GoneError, RefusedError) as error:
                found.append(type(error).__name__)
            finally:
                connection.close()

        jobs = [
            lambda n=n, notice=notice: objecting(notice, body=f"异议{n}", at=LAST_SECOND)
            for n in range(3)
        ]
        jobs.insert(turn, lambda notice=notice: conclude(house, notice))
        threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads)
        row = matters.of_kind("public_notice", "notice", ("on_notice", "concluded")).get(
            pk=notice.pk
        )
        still = Matter.objects.filter(parent=row).exclude(phase="done").count()
        assert still == int(row.facts.get("objections", 0))
        assert (row.state == "concluded") == (still == 0)
        assert len(found) == (3 if row.state == "concluded" else 1)
    assert list(audit.everything()) == []
