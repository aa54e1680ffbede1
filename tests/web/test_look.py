"""The look a reader chooses: on the page that comes, without a script."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_chosen_look_is_on_the_next_page_and_is_forgotten_again(house):
    client = house.client()
    assert "data-look" not in client.get("/").content.decode()
    sent = client.post("/look", {"look": "dark", "next": "/promise"})
    assert sent.headers["Location"] == "/promise"
    assert (
        '<html lang="zh-Hans" data-accent="red" data-look="dark">'
        in client.get("/").content.decode()
    )
    client.post("/look", {"look": "", "next": "//evil.example"})
    assert "data-look" not in client.get("/").content.decode()
    client.post("/look", {"look": '"><script>'})
    assert "data-look" not in client.get("/").content.decode()


def test_nobody_is_led_elsewhere(house):
    sent = house.client().post("/look", {"look": "dark", "next": "//evil.example"})
    assert sent.headers["Location"] == "/"
