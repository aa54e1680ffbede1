"""Under which names the house answers, and what a page says where it does not."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PUBLIC = "https://voice.example.org"


@pytest.fixture
def encrypted(settings):
    """The installation as `BIHUAN_PUBLIC_URL=https://…` sets it."""
    settings.PUBLIC_URL = PUBLIC
    settings.CSRF_TRUSTED_ORIGINS = [PUBLIC]
    settings.ALLOWED_HOSTS = ["voice.example.org", "127.0.0.1"]
    settings.CSRF_COOKIE_SECURE = settings.SESSION_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize(("language", "word"), [("en", "BIHUAN_HOSTS"), ("zh-CN", "管理员")])
def test_another_name_is_told_the_right_one_and_what_to_set(house, encrypted, language, word):
    asked = {"Host": "192.0.2.7:8000", "Accept-Language": language}
    answer = Client().get("/", headers=asked)
    told = answer.content.decode()
    assert answer.status_code == 400
    assert f'href="{PUBLIC}"' in told
    assert "192.0.2.7" not in told
    assert word in told


def test_what_is_no_name_does_no_harm(house, encrypted):
    for host in ("<script>alert(1)</script>", "a b", "x" * 9000):
        answer = Client().get("/desk/login", headers={"Host": host, "Accept-Language": "en"})
        assert answer.status_code == 400
        assert b"<script>alert" not in answer.content
    told = Client().get("/api/v1/public/kinds", headers={"Host": "192.0.2.7"})
    assert told.status_code == 400
    assert told.json()["error"]["code"] == "api.bad_request"


def test_a_form_without_encryption_says_why_it_cannot_be_sent(house, encrypted):
    """As a browser does, the cookie that is for https only is not sent back."""
    here = {"Host": "127.0.0.1:8000", "Accept-Language": "en"}
    client = Client(enforce_csrf_checks=True)
    page = client.get("/desk/login", headers=here)
    assert page.status_code == 200
    assert page.cookies["csrftoken"]["secure"]
    typed = {"username": "receiver", "password": "wrong", "csrfmiddlewaretoken": "x" * 64}
    refused = Client(enforce_csrf_checks=True).post("/desk/login", typed, headers=here)
    told = refused.content.decode()
    assert refused.status_code == 403
    assert "X-Forwarded-Proto" in told
    assert f'href="{PUBLIC}"' in told
    # Behind the proxy it is the page of an outdated form again.
    behind = {"Host": "voice.example.org", "X-Forwarded-Proto": "https", "Accept-Language": "en"}
    stale = Client(enforce_csrf_checks=True).post("/desk/login", typed, headers=behind)
    assert stale.status_code == 403
    assert "X-Forwarded-Proto" not in stale.content.decode()
