"""The clerk's window: the next in one press, the usual case in three, and the screen that calls."""

import re
from datetime import timedelta

import pytest
import time_machine
from at_once import at_once
from django.db import IntegrityError

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.search import api as search
from bihuan.jobs import searched
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
URL = "/desk/window"


@pytest.fixture
def hall(house):
    return f"/halls/{house.org('center').pk}"


def number(ticket):
    return ticket.facts["queue_number"]


def take(house, hall, **given):
    page = house.client().post(hall, given)
    assert page.status_code == 200
    return Matter.objects.filter(kind="ticket").latest("pk")


def called(house, hall):
    answer = house.client().get(f"{hall}/screen", headers={"HX-Request": "true"})
    return answer.content.decode()


def test_nobody_is_known_who_takes_a_number(house, hall):
    ticket = take(house, hall)
    assert ticket.anonymous
    assert number(ticket) in house.client().get(f"{hall}/screen").content.decode()
    assert audit.history(ticket.stream)[0].actor == "sender"


def test_the_next_person_in_one_press_and_the_last_one_is_done(house, hall):
    first, second = take(house, hall), take(house, hall)
    clerk = house.client("desk")
    clerk.post(URL, {"do": "next", "label": "3"})
    assert number(first) in called(house, hall)
    clerk.post(URL, {"do": "next"})
    states = [Matter.objects.get(pk=t.pk).state for t in (first, second)]
    assert states == ["served", "called"]
    assert Matter.objects.get(pk=second.pk).facts["window"] == "3"


def test_a_number_says_what_for_and_begins_anew_each_day(house, hall):
    got = [
        number(take(house, hall, line=line))
        for line in ("business", "question", "business", "collection")
    ]
    assert got == ["A001", "B001", "A002", "C001"]
    assert len(list(search.find("m", "B001"))) == 1
    assert list(searched.misfound()) == [], "as the number left it"
    assert number(take(house, hall)) == "A003", "who says nothing stands in the first line"
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert number(take(house, hall, line="question")) == "B001"


def test_the_machine_asks_what_for_and_says_how_many_are_before(house, hall):
    page = house.client().get(hall).content.decode()
    for text in ("您来办什么？", "办理业务", "咨询", "领取证照"):
        assert text in page
    assert 'value="booking"' not in page, "who booked comes by their code"
    for _ in range(2):
        page = house.client().post(hall, {"line": "business", "key": "machine-1"}).content.decode()
    assert "A001" in page
    assert Matter.objects.filter(kind="ticket").count() == 1, "a double press takes one number"
    page = house.client().post(hall, {"line": "question"}).content.decode()
    assert "B001" in page
    assert "您前面还有1人" in page


def test_every_face_tells_the_number(house, hall):
    ticket = take(house, hall, line="question")
    page = house.client("desk").get(f"/desk/matters/{ticket.pk}").content.decode()
    assert "取号 B001" in page
    assert list(audit.everything()) == []


@pytest.mark.parametrize("line", ["booking", "nothing", "x" * 500])
def test_a_line_that_is_not_offered_gives_no_number(house, hall, line):
    answer = house.client().post(hall, {"line": line})
    assert answer.status_code in (400, 422)
    assert not Matter.objects.filter(kind="ticket").exists()


@pytest.mark.parametrize("step", ["settle_now", "accept", "answer"])
def test_the_number_ends_with_what_they_came_for_and_a_slip_is_handed_out(house, hall, step):
    ticket = take(house, hall)
    clerk = house.client("desk")
    clerk.post(URL, {"do": "next", "label": "3"})
    answer = clerk.post(URL, {"do": step, "service": house.service("notice").pk})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert Matter.objects.get(pk=ticket.pk).state == "served"
    code = re.search(r'code-big.*?nowrap">([^<]+)<', page, re.DOTALL)[1].replace(" ", "")
    followed = house.client().post("/follow", {"code": code})
    assert followed.status_code == 200
    assert "窗口空闲" in page


def first_of(page):
    """What a page offers as the one thing to do next."""
    return re.findall(r'<button [^>]*class="btn btn-primary"[^>]*>([^<]*)<', page)


def test_one_thing_is_to_be_done_next_in_each_state(house, hall):
    clerk = house.client("desk")
    assert first_of(clerk.get(URL).content.decode()) == ["当场办结"], "who came without a number"
    take(house, hall)
    assert first_of(clerk.get(URL).content.decode()) == ["下一位（x）"]
    clerk.post(URL, {"do": "next"})
    assert first_of(clerk.get(URL).content.decode()) == ["当场办结"]
    given = {"do": "accept", "service": house.service("notice").pk}
    assert first_of(clerk.post(URL, given).content.decode()) == ["打印小票"], "nobody waits"
    take(house, hall)
    page = clerk.post(URL, {**given, "key": "k2"}).content.decode()
    assert first_of(page) == ["下一位（x）"]
    assert page.count('value="next"') == 1, "it stands with the receipt"


def test_a_counter_keeps_its_name_for_who_comes_next(house, hall):
    take(house, hall)
    clerk = house.client("desk")
    clerk.post(URL, {"do": "next", "label": "三号"})
    kept = clerk.cookies["counter"].value
    other = house.client("desk")
    other.cookies["counter"] = kept
    assert 'value="三号"' in other.get(URL).content.decode()
    ticket = take(house, hall)
    other.post(URL, {"do": "next"})
    assert Matter.objects.get(pk=ticket.pk).facts["window"] == "三号"


def test_the_same_sent_twice_opens_once_and_ends_one_number(house, hall):
    first, second = take(house, hall), take(house, hall)
    clerk = house.client("desk")
    clerk.post(URL, {"do": "next"})
    given = {"do": "accept", "service": house.service("notice").pk, "key": "k1"}
    clerk.post(URL, given)
    clerk.post(URL, {"do": "next"})
    clerk.post(URL, given)
    assert Matter.objects.filter(kind="application").count() == 1
    assert [Matter.objects.get(pk=t.pk).state for t in (first, second)] == ["served", "called"]


def test_what_they_came_for_is_not_opened_where_their_number_cannot_end(house, hall):
    ticket = take(house, hall)
    clerk = house.client("desk")
    clerk.post(URL, {"do": "next"})
    # The row is behind its log: every step on it is refused.
    row = Matter.objects.get(pk=ticket.pk)
    Matter.objects.filter(pk=ticket.pk).update(version=row.version - 1)
    with pytest.raises(IntegrityError):
        clerk.post(URL, {"do": "accept", "service": house.service("notice").pk})
    assert not Matter.objects.filter(kind="application").exists()


def test_a_terminal_begins_with_the_numbers_of_its_hall(house, hall):
    client = house.client()
    pk = re.search(r"\d+", hall)[0]
    page = client.get("/terminal").content.decode()
    assert f'<option value="{pk}">' in page
    client.post("/terminal", {"seconds": "120", "hall": pk})
    assert f'data-home="{hall}"' in client.get("/").content.decode()
    client.post("/terminal", {"seconds": "120", "hall": "999999"})
    assert 'data-home="/"' in client.get("/").content.decode()
    client.cookies["terminal"] = "120.x"
    assert 'data-home="/"' in client.get("/").content.decode()


def test_what_is_missing_is_named_in_words(house, hall):
    page = house.client("desk").post(URL, {"do": "accept"}).content.decode()
    assert "服务事项：" in page
    assert "service:" not in page


def test_a_mistake_leaves_the_number_called(house, hall):
    ticket = take(house, hall)
    clerk = house.client("desk")
    clerk.post(URL, {"do": "next"})
    clerk.post(URL, {"do": "accept"})
    assert Matter.objects.get(pk=ticket.pk).state == "called"


def test_two_clerks_never_call_the_same_person(house, hall):
    tickets = [take(house, hall) for _ in range(2)]
    for who in ("desk", "desk2"):
        house.client(who).post(URL, {"do": "next"})
    got = {Matter.objects.get(pk=t.pk).assignee.username for t in tickets}
    assert got == {"desk", "desk2"}


def test_called_again_and_missed(house, hall):
    ticket = take(house, hall)
    clerk = house.client("desk")
    for step in ("next", "call", "miss"):
        clerk.post(URL, {"do": step})
    assert Matter.objects.get(pk=ticket.pk).state == "missed"
    page = clerk.post(URL, {"do": "next"}, follow=True).content.decode()
    assert "没有人在等候" in page


def test_the_usual_case_takes_three_interactions_and_no_typing(house, hall):
    """Next; choose the service; settle. No field must be typed in."""
    take(house, hall)
    clerk = house.client("desk")
    clerk.post(URL, {"do": "next"})
    page = clerk.get(URL).content.decode()
    # The rooms of other forms, the menu say, have fields of their own.
    assert " required" not in page.partition('id="service"')[2].partition("</form>")[0]
    clerk.post(URL, {"do": "settle_now", "service": house.service("notice").pk})
    done = Matter.objects.get(kind="application")
    assert (done.state, done.facts["immediate"]) == ("settled", True)
    assert done.subject == "变更联系方式备案"


def test_what_cannot_be_settled_at_once_says_so_and_keeps_what_was_typed(house, hall):
    given = {"do": "settle_now", "service": house.service("plate").pk, "name": "甘棠"}
    answer = house.client("desk").post(URL, given)
    assert answer.status_code == 409
    assert "甘棠" in answer.content.decode()
    assert not Matter.objects.filter(kind="application").exists()
    house.client("desk").post(URL, {**given, "do": "accept"})
    assert Matter.objects.get(kind="application").state == "handling"


def test_no_service_chosen_and_a_question_needs_none(house, hall):
    assert house.client("desk").post(URL, {"do": "accept"}).status_code in (400, 422)
    house.client("desk").post(URL, {"do": "answer"})
    assert Matter.objects.get(kind="consult").state == "answered"


def test_a_double_press_registers_once(house, hall):
    given = {"do": "settle_now", "service": house.service("notice").pk, "key": "k1"}
    for _ in range(2):
        house.client("desk").post(URL, given)
    assert Matter.objects.filter(kind="application").count() == 1


def test_an_unknown_hall_and_people_without_a_desk(house, hall):
    assert house.client().get("/halls/999999").status_code == 404
    assert house.client("handler").get(URL).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_and_called_at_one_instant_are_each_somebodys_own(house):
    """Eight take a number at once; then six presses of two clerks call at once."""
    hall = f"/halls/{house.org('center').pk}"
    at_once([lambda: take_one(house, hall) for _ in range(8)])
    tickets = Matter.objects.filter(kind="ticket")
    assert sorted(map(number, tickets)) == [f"A{nth:03}" for nth in range(1, 9)]
    clerks = [house.client(who) for who in ("desk", "desk2")]
    for _ in range(3):
        answers = at_once([lambda c=c: c.post(URL, {"do": "next"}).status_code for c in clerks])
        assert set(answers) <= {302, 409}, answers
        called = [t.assignee.username for t in tickets.filter(state="called")]
        assert len(called) == len(set(called)), "a clerk has one person at a time"
    for ticket in tickets.exclude(state="waiting"):
        calls = [e for e in audit.history(ticket.stream) if audit.read(e).get("action") == "call"]
        assert len(calls) == 1, "nobody is called to two windows"
    assert list(audit.everything()) == []


def take_one(house, hall):
    assert house.client().post(hall).status_code == 200


OTHERS = {"call": "summon", "serve": "see_off", "miss": "give_up_on", "settle_now": "end_here"}


def test_a_programme_calls_the_steps_of_its_windows_as_it_likes(house, hall, tmp_path):
    shipped = next(path for path in programmes.folders() if path.name == "service_window")
    folder = tmp_path / shipped.name
    for path in shipped.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        for old, new in OTHERS.items():
            text = re.sub(rf"(?<![a-z_]){old}(?![a-z_])", new, text)
        for part, steps in (("ticket", ("call", "serve", "miss")), ("apply", ("settle_now",))):
            named = ", ".join(f'{step} = "{OTHERS[step]}"' for step in steps)
            text = text.replace(
                f'at_window = "{part}"', f'at_window = {{ is = "{part}", steps = {{ {named} }} }}'
            )
        text = re.sub(r'^version = ".*"', 'version = "99.0.0"', text, flags=re.MULTILINE)
        to = folder / path.relative_to(shipped)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, encoding="utf-8")
    release = programmes.install(folder, at=house.at, actor="system")
    programmes.put_in_force(
        release.pk, house.org("center"), start=house.day, at=house.at, actor=SYSTEM
    )
    tickets = [take(house, hall) for _ in range(3)]
    clerk = house.client("desk")
    for step in ("next", "call", "next", "miss", "next"):
        assert clerk.post(URL, {"do": step}).status_code == 302
    states = [Matter.objects.get(pk=ticket.pk).state for ticket in tickets]
    assert states == ["served", "missed", "called"]
    done = clerk.post(
        URL, {"do": "settle_now", "service": house.service("notice").pk, "name": "某"}
    )
    assert done.status_code == 200
    settled = Matter.objects.get(kind="application")
    assert (settled.phase, settled.release_id) == ("done", release.pk)
