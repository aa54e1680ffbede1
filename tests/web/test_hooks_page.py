"""Addresses that are told of events, on the studio's page: the secret is shown once, what is wrong is said."""

from bihuan.foundation.notify.models import Webhook

URL = "/studio/upkeep"


def given(house, **more):
    place = house.org("city").name
    told = {"do": "webhook", "url": "https://example.org/hook", "types": "public_voice.open"}
    return {**told, "org-text": place, **more}


def test_the_secret_is_shown_once(house):
    admin = house.client("admin")
    page = admin.post(URL, given(house), follow=True).content.decode()
    (made,) = Webhook.objects.all()
    assert made.secret in page
    assert made.secret not in admin.get(URL).content.decode()


def test_what_is_wrong_keeps_what_was_typed(house):
    page = house.client("admin").post(URL, given(house, types="")).content.decode()
    assert "https://example.org/hook" in page
    assert not Webhook.objects.exists()
