"""The matrix on the desk: who sees what, each cell with what met it or the form to do it, waivers, export."""

from datetime import UTC, datetime

import owed
import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)


@pytest.fixture
def house(house, monkeypatch):
    monkeypatch.setattr("bihuan.lib.clock._now", lambda: NOW, raising=False)
    return owed.land()


def body(answer):
    return " ".join(answer.content.decode().split())


def test_pages(house):
    client = house.client("vvv_above")
    for path in ("desk:obligations",):
        answer = client.get(reverse(path))
        assert answer.status_code == 200
        print(body(answer)[:4000])
