"""Drafts: nothing typed is lost, nobody else reads it, nothing of it stays once it is sent."""

from datetime import timedelta

import pytest

from bihuan.foundation.audit.api import Event
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
TYPED = "经现场核查，信号灯控制箱进水"


@pytest.fixture
def handled(house):
    return house.handling().matter


def drafts(house, matter, who="handler"):
    return workbench.drafts_of(matter.pk, house.person(who).pk)


def page(response):
    return response.content.decode()


def keep(house, matter, text=TYPED, who="handler", **headers):
    url = f"/desk/matters/{matter.pk}/draft/reply"
    return house.client(who).post(url, {"reply": text}, headers=headers)


def test_the_button_keeps_it_for_its_writer_alone_and_out_of_the_log(house, handled):
    before = Event.objects.count()
    assert keep(house, handled).status_code == 302
    assert TYPED in page(house.client("handler").get(f"/desk/matters/{handled.pk}"))
    assert TYPED not in page(house.client("leader").get(f"/desk/matters/{handled.pk}"))
    assert Event.objects.count() == before


def test_htmx_gets_a_line_and_no_page(house, handled):
    answer = keep(house, handled, **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert "草稿已于" in page(answer)
    assert "<html" not in page(answer)


def test_an_emptied_form_keeps_nothing(house, handled):
    keep(house, handled)
    keep(house, handled, text="  ")
    assert drafts(house, handled) == {}


def test_a_failed_submit_keeps_what_was_typed(house, handled):
    url = f"/desk/matters/{handled.pk}/act/transfer"
    answer = house.client("leader").post(url, {"reason": TYPED, "unit": ""})
    assert answer.status_code == 422
    assert drafts(house, handled, "leader")["transfer"]["reason"] == TYPED
    assert TYPED in page(house.client("leader").get(f"/desk/matters/{handled.pk}"))


def test_the_preview_keeps_it_and_sending_forgets_it(house, handled):
    url = f"/desk/matters/{handled.pk}/act/reply"
    client = house.client("handler")
    assert client.post(url, {"reply": TYPED, "key": "d1"}).status_code == 200
    assert drafts(house, handled)["reply"]["reply"] == TYPED
    for _ in range(2):
        assert client.post(url, {"reply": TYPED, "key": "d1", "confirm": "1"}).status_code == 302
        assert drafts(house, handled) == {}, "not after a second click either"


def test_closing_forgets_everybodys(house):
    answered = house.answered()
    workbench.save_draft(
        answered.matter.pk, "close", {"callback": TYPED}, actor=house.actor("leader"), at=now()
    )
    url = f"/desk/matters/{answered.matter.pk}/act/close"
    assert house.client("desk").post(url, {"key": "d2"}).status_code == 302
    assert drafts(house, answered.matter, "leader") == {}


def test_old_ones_are_forgotten(house, handled):
    keep(house, handled)
    assert workbench.forget_drafts(now() + timedelta(days=89)) == 0
    assert workbench.forget_drafts(now() + timedelta(days=91)) == 1


@pytest.mark.parametrize("who", ["outsider", "stranger", "other_handler"])
def test_who_may_not_see_the_matter_keeps_no_draft_of_it(house, handled, who):
    assert keep(house, handled, who=who).status_code == 404
    assert drafts(house, handled, who) == {}
