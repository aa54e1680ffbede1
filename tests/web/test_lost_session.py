"""A log-in that ends while somebody works: they are led through it and back, never to a bare page."""

import pytest

pytestmark = pytest.mark.django_db

HERE = {"referer": "http://testserver/desk/matters/7?tab=all"}


def page(response):
    return response.content.decode()


def test_a_form_sent_without_a_session_leads_back_to_its_page(house):
    opened = house.open()
    url = f"/desk/matters/{opened.matter.pk}"
    sent = {"referer": f"http://testserver{url}"}
    client = house.client()
    answer = client.post(f"{url}/act/accept", {"key": "k"}, headers=sent)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/desk/login?next=%2Fdesk%2Fmatters%2F{opened.matter.pk}"
    login = page(client.get(answer.headers["Location"]))
    assert "登录后回到刚才的页面" in login
    given = {"username": "desk", "password": "Bihuan-loop-2026", "next": url}
    assert client.post("/desk/login", given).headers["Location"] == url


@pytest.mark.parametrize(
    "foreign", ["https://evil.example/desk/", "//evil.example/", "", "javascript:1"]
)
def test_it_leads_nowhere_else(house, foreign):
    headers = {"referer": foreign} if foreign else {}
    answer = house.client().post("/desk/matters/1/act/accept", {}, headers=headers)
    assert answer.headers["Location"] == "/desk/login"


def test_the_day_begins_without_a_word_about_lost_pages(house):
    assert "登录后回到刚才的页面" not in page(house.client().get("/desk/login"))


def test_a_part_that_asks_by_itself_makes_the_page_ask_anew(house):
    """No log-in stands in a box of suggestions."""
    answer = house.client().get("/desk/find?q=路灯", headers={"HX-Request": "true"}, follow=True)
    assert answer.headers["HX-Refresh"] == "true"
    assert page(answer) == ""


@pytest.mark.parametrize("path", ["/desk/me", "/ask", "/desk/login", "/language"])
def test_a_form_of_before_gets_a_page_of_the_house(house, path):
    client = house.client("desk", enforce_csrf_checks=True)
    answer = client.post(path, {"email": "a@b.example"}, headers=HERE)
    assert answer.status_code == 403
    told = page(answer)
    assert "页面已过期，没有提交" in told
    assert 'href="/desk/matters/7?tab=all"' in told
    assert "data-nothing-taken" in told


def test_in_a_part_it_takes_the_place_of_everything(house):
    client = house.client("desk", enforce_csrf_checks=True)
    part = {**HERE, "HX-Request": "true", "HX-Boosted": "true"}
    answer = client.post("/desk/matters/7/act/accept", {}, headers=part)
    assert answer.status_code == 403
    assert answer.headers["HX-Retarget"] == "body"
