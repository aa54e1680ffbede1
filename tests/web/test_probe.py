"""What arrived of a request is told to the house itself, and to nobody else."""

from datetime import timedelta

import pytest
from django.test import Client

from bihuan.foundation.access import probe
from bihuan.lib.clock import now

BEHIND = {"REMOTE_ADDR": "10.0.0.5", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}


def asked(header, **more):
    return Client().get("/healthz", HTTP_BIHUAN_PROBE=header, **more).json()


def test_the_house_is_told_what_arrived(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    told = {"remote": "10.0.0.5", "forwarded": True, "trusted": True, "secure": False}
    assert asked(probe.header(now()), **BEHIND) == {"ok": True, "seen": told}
    settings.TRUSTED_PROXIES = []
    assert asked(probe.header(now()), **BEHIND)["seen"]["trusted"] is False
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert asked(probe.header(now()), HTTP_X_FORWARDED_PROTO="https")["seen"]["secure"] is True


@pytest.mark.parametrize(
    "forged", ["", "x", "2026 ", "é ü", " " * 9, "2026-03-02T01:00:00.000000Z 00"]
)
def test_nobody_else_is_told_anything(forged):
    assert asked(forged, **BEHIND) == {"ok": True}


def test_an_old_question_is_answered_no_more():
    assert asked(probe.header(now() - timedelta(minutes=5))) == {"ok": True}
