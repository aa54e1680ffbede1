"""The shipped calendar years against two independent libraries, day by day."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

import bihuan
from bihuan.rules.worktime import Calendar, Special

SHIPPED = Path(bihuan.__file__).parent / "foundation" / "orgs" / "holidays"
YEARS = sorted(int(p.stem.removeprefix("cn-")) for p in SHIPPED.glob("cn-*.toml"))


def shipped(year: int) -> Calendar:
    raw = tomllib.loads((SHIPPED / f"cn-{year}.toml").read_text(encoding="utf-8"))
    assert raw["year"] == year
    specials = {date.fromisoformat(d): Special(working=False, name=n) for d, n in raw["off"]}
    specials |= {date.fromisoformat(d): Special(working=True, name=n) for d, n in raw["work"]}
    return Calendar(specials, {year: raw["status"]})


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_the_years_in_use_are_shipped():
    assert {2025, 2026} <= set(YEARS)


@pytest.mark.parametrize("year", YEARS)
def test_every_day_as_chinesecalendar_has_it(year):
    calendar = shipped(year)
    wrong = [d for d in days_of(year) if calendar.is_working(d) != chinese_calendar.is_workday(d)]
    assert wrong == []


@pytest.mark.parametrize("year", YEARS)
def test_every_day_as_holidays_has_it(year):
    calendar = shipped(year)
    country = holidays.country_holidays("CN", years=year)
    wrong = [d for d in days_of(year) if calendar.is_working(d) != country.is_working_day(d)]
    assert wrong == []


@pytest.mark.parametrize("year", YEARS)
def test_special_days_are_special(year):
    """A make-up day that is a weekday anyway would be a typing error."""
    for day, special in shipped(year).specials.items():
        assert day.year == year
        if special.working:
            assert day.weekday() >= 5, day


@pytest.mark.parametrize("year", YEARS)
def test_each_year_names_its_notice(year):
    raw = tomllib.loads((SHIPPED / f"cn-{year}.toml").read_text(encoding="utf-8"))
    assert raw["status"] == "announced"
    assert f"关于{year}年部分节假日安排的通知" in raw["source"]
