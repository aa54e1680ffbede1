"""One address, whole and in part: what htmx swaps in, and what everybody else gets."""

import pytest

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true", "HX-Boosted": "true"}
BACK = {"HX-Request": "true", "HX-History-Restore-Request": "true"}


def page(response):
    return response.content.decode()


def test_the_queue_is_filtered_and_turned_without_the_rest_of_the_page(house):
    opened = house.open()
    client = house.client("desk")
    whole = client.get("/desk/?tab=all")
    part = client.get("/desk/?tab=all", headers=PART)
    assert "<html" in page(whole)
    assert "<html" not in page(part)
    assert page(part).strip().startswith('<div id="queue"')
    assert opened.matter.number in page(part)
    assert "HX-Boosted" in part.headers["Vary"]
    assert "HX-Boosted" in whole.headers["Vary"]
    assert "<html" in page(client.get("/desk/?tab=all", headers=BACK))


def test_an_action_answers_with_the_matter_alone_and_says_so(house):
    opened = house.open()
    url = f"/desk/matters/{opened.matter.pk}"
    client = house.client("desk")
    part = client.post(f"{url}/act/accept", {"key": "k"}, headers=PART, follow=True)
    assert page(part).strip().startswith('<div id="matter"')
    assert "已完成：受理" in page(part)
    assert part.headers["HX-Replace-Url"] == url


def test_a_refused_action_stays_at_the_address_of_the_matter(house):
    opened = house.open()
    house.act(opened, "accept", "desk")
    url = f"/desk/matters/{opened.matter.pk}"
    part = house.client("desk").post(f"{url}/act/dispatch", {}, headers=PART)
    assert part.status_code == 422
    assert part.headers["HX-Replace-Url"] == url
    assert 'aria-invalid="true"' in page(part)


def test_an_answer_goes_back_from_its_preview_with_its_text(house):
    opened = house.handling()
    url = f"/desk/matters/{opened.matter.pk}/act/reply"
    client = house.client("handler")
    seen = page(client.post(url, {"reply": "经查，已修复。"}, headers=PART))
    assert 'name="confirm"' in seen
    assert "<html" not in seen
    back = client.post(url, {"reply": "经查，已修复。", "edit": "1"})
    assert back.status_code == 200
    assert ">经查，已修复。</textarea>" in page(back)


def test_who_is_logged_out_meanwhile_gets_the_whole_page_anew(house):
    answer = house.client().get("/desk/", headers=PART, follow=True)
    assert answer.headers["HX-Refresh"] == "true"


def test_a_page_of_an_error_takes_the_place_of_everything(house):
    answer = house.client("stranger").get("/desk/matters/424242", headers=PART)
    assert answer.status_code == 404
    assert answer.headers["HX-Retarget"] == "body"
    assert "HX-Retarget" not in house.client("desk").get("/desk/matters/424242").headers
