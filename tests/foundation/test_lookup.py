"""What is asked by SQL that was composed once is what a query composed anew finds."""

from datetime import date, timedelta

import pytest
from django.db.models import Q

from bihuan.foundation.access.models import Grant
from bihuan.foundation.orgs.api import Org, Person
from bihuan.foundation.sql.lookup import NO_DAY, Columns, Lookup

pytestmark = [pytest.mark.django_db, pytest.mark.both]
HELD = Columns(
    Grant.objects.filter(
        Q(end__isnull=True) | Q(end__gte=NO_DAY),
        Q(programme="") | Q(programme="?programme"),
        person_id=-1,
        start__lte=NO_DAY,
        org__path__in=["?0", "?1"],
    ).order_by("pk").values_list("role", "start", "org__path", "person__is_active"),
    -1, NO_DAY, "?programme", "?0", "?1",
)  # fmt: skip
ORG = Lookup(Org.objects.filter(code="?"), "?")


def plainly(person, day, programme, *paths):
    lasting = Q(end__isnull=True) | Q(end__gte=day)
    of = Q(programme="") | Q(programme=programme)
    rows = Grant.objects.filter(lasting, of, person_id=person, start__lte=day, org__path__in=paths)
    return list(rows.order_by("pk").values_list("role", "start", "org__path", "person__is_active"))


def test_columns_by_several_values_days_among_them(house):
    paths = house.org("city").path, house.org("center").path
    Grant.objects.filter(person=house.person("desk")).update(end=house.day, programme="voice")
    found = 0
    for one in Person.objects.all():
        for day in (date(2000, 1, 1), house.day, house.day + timedelta(days=1)):
            for programme in ("", "voice"):
                told = HELD(one.pk, day, programme, *paths)
                assert told == plainly(one.pk, day, programme, *paths)
                found += len(told)
    assert found
    assert all(isinstance(start, date) and active is True for _, start, _, active in told)


def test_rows_are_as_new_each_time(house):
    (first,), (second,) = ORG("center"), ORG("center")
    assert first == second == house.org("center")
    assert first is not second
    assert ORG("nowhere") == []
