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


def test_events_that_nothing_announces_are_named(house):
    admin = house.client("admin")
    told = "public_voice.open public_voice.reply roundup.made public_voice.opne"
    page = admin.post(URL, given(house, types=told), follow=True).content.decode()
    assert "目前没有这些事件：public_voice.opne。" in page
    (made,) = Webhook.objects.all()
    assert len(made.types) == 4


def test_what_is_wrong_keeps_what_was_typed(house):
    page = house.client("admin").post(URL, given(house, types="")).content.decode()
    assert "https://example.org/hook" in page
    assert not Webhook.objects.exists()
