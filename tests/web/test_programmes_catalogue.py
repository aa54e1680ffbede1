"""The catalogue of programmes: in force, installed, to come."""

import re

import pytest
from django.utils import timezone

from bihuan.kernel.programmes import api as programmes
from bihuan.lib import clock

pytestmark = pytest.mark.django_db


def parts(house, who):
    page = house.client(who).get("/desk/programmes").content.decode()
    found = re.split("<h2>", page)[1:4]
    # Nothing waits to be put in force: no room is kept for it.
    return found if len(found) == 3 else [found[0], "", found[1]]


def test_each_programme_stands_where_it_belongs(house):
    here, waiting, later = parts(house, "desk")
    assert "民意直通" in here
    assert "您的角色：" in here
    assert 'href="/desk/?tab=active&amp;programme=public_voice"' in here
    assert waiting == ""
    assert "关爱帮扶" in later
    at = clock.now()
    today = timezone.localtime(at).date()
    for row in programmes.current("public_voice", today):
        programmes.end_in_force(row.pk, on=today, at=at, actor=house.actor("system"))
    here, waiting, _ = parts(house, "desk")
    assert "民意直通" not in here
    assert "民意直通" in waiting


def test_who_belongs_nowhere_sees_what_there_is(house):
    here, waiting, later = parts(house, "stranger")
    assert "empty-state" in here
    assert "民意直通" in waiting
    assert "关爱帮扶" in later
