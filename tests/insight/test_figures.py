"""Figures: true ratios, by the tree as it was or as it is, the same from either engine."""

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib.util import find_spec

import pytest
from house import AT, settled

from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.insight.figures import compile as compiling
from bihuan.insight.figures import wording
from bihuan.insight.figures.question import AFTER, FIRST, UNTIL, Question
from bihuan.insight.figures.shapes import shape_of
from bihuan.kernel.matters import api as matters
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import RefusedError
from bihuan.rules import periods
from bihuan.rules.periods import Grain

pytestmark = pytest.mark.django_db(transaction=True)

# Spark is an extra and wants Java: where either is missing, the one engine stands alone.
ENGINES = ["duckdb"]
if find_spec("pyspark") and shutil.which("java"):
    ENGINES.append("spark")
YEAR = periods.parse("2026")


def figure(name, scope=None, period=YEAR, programme="public_voice", **asked):
    return insight.figure(insight.definition(programme, name), period, scope, **asked)


def by_name(result, by):
    return {row.key[by]: row for row in result.rows}


@pytest.fixture
@settled
def told(house):
    """Two answered in time, one late, one withdrawn, one outside, two still open; exported."""
    house.closed(rating="satisfied")
    house.closed(house.open(category="consult"), rating="basically")
    late = house.handling()
    house.act(late, "reply", "handler", at=house.after(days=60), reply="已办。")
    house.act(house.open(), "withdraw", "sender")
    house.act(house.open(), "outside", "desk", reply="不属我们管辖。", competent="邻市")
    house.handling()
    house.open(channel="hotline", by="desk")
    insight.export(insight.store())
    return house


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_done_in_numbers(told, settings, engine):
    settings.ENGINE = engine
    found = {
        name: figure(name).total
        for name in ("received", "consults", "complaints_outside", "answered", "on_time_rate",
                     "satisfaction_rate", "settle_rate", "answer_days", "late")
    }  # fmt: skip
    assert found["received"].value == 7
    assert found["consults"].value == 1
    assert found["complaints_outside"].value == 1
    assert found["answered"].value == 4
    # Four promises were answered, three within their limit; the withdrawn one is in neither.
    assert (found["on_time_rate"].value, found["on_time_rate"].reason) == (None, "few")
    assert found["late"].value == 0
    assert found["satisfaction_rate"].reason == "few"
    settled = found["settle_rate"]
    assert (settled.numerator, settled.denominator, settled.excluded) == (2, 6, 1)
    assert settled.value == pytest.approx(2 / 6)


def test_a_small_sample_is_not_shown_and_tells_nothing(told):
    hidden = figure("on_time_rate").total
    assert (hidden.value, hidden.numerator, hidden.denominator, hidden.sample) == (None,) * 4
    for _ in range(2):
        told.closed()
    insight.export(insight.store())
    shown = figure("on_time_rate").total
    assert (shown.numerator, shown.denominator, shown.excluded) == (5, 6, 1)
    assert shown.value == pytest.approx(5 / 6)


def test_nothing_to_divide_by_is_no_value(told):
    """Neither 0 nor 100 per cent."""
    empty = figure("on_time_rate", period=periods.parse("2019")).total
    assert (empty.value, empty.denominator, empty.reason) == (None, 0, "nothing")
    assert figure("received", period=periods.parse("2019")).total.value == 0


def test_silence_is_not_satisfaction(house):
    """Five rated, one of them badly; three never did."""
    for rating in ("satisfied", "satisfied", "basically", "basically", "not_satisfied"):
        house.closed(rating=rating)
    for _ in range(3):
        house.answered()
    insight.export(insight.store())
    found = figure("satisfaction_rate").total
    assert (found.numerator, found.denominator, found.value) == (4, 5, pytest.approx(0.8))
    again = figure("reopen_rate").total
    assert (again.numerator, again.denominator) == (1, 8)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_stands_open_and_for_how_long(house, settings, engine):
    """As each stood when the period ended, whatever became of it later."""
    settings.ENGINE = engine
    for days in (40, 20, 4, 0):
        house.open(by="desk", at=house.at - timedelta(days=days))
    late = house.handling(house.open(by="desk", at=house.at - timedelta(days=10)))
    march = periods.parse("2026-03")
    insight.export(insight.store())
    # The period has not ended: ages are counted up to the newest event.
    found = figure("backlog", house.org("city"), march, by=("age",), compare=True)
    assert {row.key["age"]: row.value for row in found.rows} == {0: 1, 3: 1, 7: 1, 15: 1, 30: 1}
    assert found.total.value == 5
    assert found.last.value == 4
    assert found.year_ago.value == 0
    house.act(late, "reply", "handler", at=house.after(days=40), reply="已办。")
    insight.export(insight.store())
    again = figure("backlog", house.org("city"), march, by=("age",))
    # At the end of March, the 31st at midnight.
    assert {row.key["age"]: row.value for row in again.rows} == {15: 1, 30: 3, 60: 1}
    assert figure("backlog", period=periods.parse("2026-04")).total.value == 4
    asked = {"key": {"age": 15}}
    (behind,) = insight.matters_behind(
        insight.definition("public_voice", "backlog"), march, **asked
    )
    assert matters.Matter.objects.get(pk=behind).opened_at == house.at


@pytest.mark.parametrize("engine", ENGINES)
def test_from_which_unit_to_which(house, settings, engine):
    """Twice the centre gave to 车辆管理所, which gave one on to the streets."""
    settings.ENGINE = engine
    center, vehicles, streets = (house.org(k) for k in ("center", "vehicles", "streets"))
    house.handling()
    one = house.handling()
    house.act(one, "transfer", "leader", unit=streets.pk, reason="归街道管")
    insight.export(insight.store())
    flows = figure("flows", house.org("city"), by=("from", "org"), depth=3)
    assert {(r.key["from"], r.key["org"]): r.value for r in flows.rows} == {
        (center.pk, vehicles.pk): 2,
        (vehicles.pk, streets.pk): 1,
    }
    assert flows.total.value == 3
    found = insight.definition("public_voice", "flows")
    key = {"from": vehicles.pk, "org": streets.pk}
    assert insight.matters_behind(found, YEAR, key=key, depth=3) == [one.matter.pk]


@pytest.mark.parametrize("engine", ENGINES)
def test_common_problems_by_what_they_were_merged_into(house, settings, engine):
    settings.ENGINE = engine
    lead, other = house.open(), house.open()
    for one in (lead, other):
        house.act(one, "accept", "desk")
    joined = [house.open() for _ in range(3)]
    for one, into in zip(joined, (lead, lead, other), strict=True):
        house.act(one, "merge", "desk", into=into.matter.pk)
    # One is taken out again: it was merged in the period all the same, but is part of nothing now.
    house.act(joined[2], "unmerge", "desk", at=house.after(days=1))
    insight.export(insight.store())
    found = figure("common", house.org("city"), by=("into",))
    assert {r.key["into"]: r.value for r in found.rows} == {lead.matter.pk: 2, other.matter.pk: 1}
    key = {"into": lead.matter.pk}
    behind = insight.matters_behind(insight.definition("public_voice", "common"), YEAR, key=key)
    assert behind == [one.matter.pk for one in joined[:2]]


def test_by_the_unit_that_received_or_by_the_one_that_handles(told):
    """A centre receives and gives away: by handling unit nearly nothing is its own."""
    center, vehicles = told.org("center"), told.org("vehicles")
    assert figure("answered", center).place == "unit"
    # What it found outside its jurisdiction it answered itself.
    assert figure("answered", center).total.value == 1
    received = figure("answered", center, place="home")
    assert (received.place, received.total.value) == ("home", 4)
    assert figure("answered", vehicles).total.value == 3
    assert figure("answered", vehicles, place="home").total.value == 0
    found = insight.definition("public_voice", "answered")
    assert len(insight.matters_behind(found, YEAR, center, place="home")) == 4
    with pytest.raises(insight.InsightError) as caught:
        figure("published", center, place="unit")
    assert caught.value.key == "insight.one_place"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("grain", [g for g in Grain if g is not Grain.FREE])
def test_by_period(told, settings, engine, grain):
    settings.ENGINE = engine
    rows = by_name(figure("received", by=("period",), grain=grain), "period")
    start = periods.Period.of(grain, told.day).start
    assert {day: row.value for day, row in rows.items()} == {start: 7}


def test_by_category_and_channel(told):
    rows = figure("received", by=("category", "channel")).rows
    found = {(r.key["category"], r.key["channel"]): r.value for r in rows}
    assert found == {("complaint", "hotline"): 1, ("complaint", "web"): 5, ("consult", "web"): 1}


def test_the_period_before_and_the_year_before(told):
    for days, count in ((20, 2), (365, 3)):
        for _ in range(count):
            told.open(by="desk", at=told.at - timedelta(days=days))
    insight.export(insight.store())
    month = periods.Period.of(Grain.MONTH, told.day)
    found = figure("received", period=month, compare=True)
    assert found.total.value == 7
    assert found.last.value == 2
    assert found.year_ago.value == 3


def test_a_month_that_goes_on_is_compared_with_as_many_days(house):
    """On the second of March with the first two of February: two days are no fall against a month. Shares are
    compared as ever: parts of a period would tell what is withheld."""
    for days in (0, 10, 28, 29, 357, 365):
        house.open(by="desk", at=house.at - timedelta(days=days))
    insight.export(insight.store())
    month = periods.Period.of(Grain.MONTH, house.day)
    found = figure("received", period=month, compare=True, so_far=True)
    assert (found.total.value, found.last.value, found.year_ago.value) == (1, 2, 1)
    assert found.so_far
    whole = figure("received", period=month, compare=True)
    assert (whole.last.value, whole.year_ago.value, whole.so_far) == (3, 2, False)
    assert not figure("received", period=month.before(), compare=True, so_far=True).so_far
    assert not figure("settle_rate", period=month, compare=True, so_far=True).so_far


@pytest.mark.parametrize("engine", ENGINES)
def test_an_organisation_that_moved_and_was_renamed(house, settings, engine):
    """Two matters before 车辆管理所 moved under 城管局, one after it: as things stood two are the
    one's and one the other's; by the tree as it is all three are 城管局's."""
    settings.ENGINE = engine
    city, streets, vehicles = (house.org(k) for k in ("city", "streets", "vehicles"))
    for _ in range(2):
        house.answered()
    at = house.after(days=1)
    moved = orgs.move_org(vehicles.pk, under=streets.pk, at=at, actor="system")
    upkeep.follow_moves(moved, at=at, actor="system")
    orgs.change_org(vehicles.pk, name="车辆与驾驶管理所", at=at, actor="system")
    # Somebody else now stands where it stood.
    orgs.create_org("新设窗口", parent=orgs.org(city.pk), at=at, actor="system")
    house.answered()
    insight.export(insight.store())

    then = by_name(figure("answered", city, by=("org",), depth=2), "org")
    assert {pk: row.value for pk, row in then.items()} == {vehicles.pk: 2, streets.pk: 1}
    now = by_name(figure("answered", city, by=("org",), depth=2, as_it_is=True), "org")
    assert {pk: row.value for pk, row in now.items()} == {streets.pk: 3}
    assert figure("answered", orgs.org(streets.pk), as_it_is=True).total.value == 3
    assert figure("answered", orgs.org(streets.pk)).total.value == 1
    assert figure("answered", orgs.org(vehicles.pk)).total.value == 3
    assert figure("answered", house.org("neighbour")).total.value == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_the_matters_behind(told, settings, engine):
    settings.ENGINE = engine
    found = insight.definition("public_voice", "settle_rate")
    every = insight.matters_behind(found, YEAR)
    assert len(every) == 6
    assert every == sorted(every)
    part = insight.matters_behind(found, YEAR, side="part")
    assert len(part) == 2
    assert set(part) < set(every)
    (out,) = insight.matters_behind(found, YEAR, side="excluded")
    assert matters.Matter.objects.get(pk=out).state == "withdrawn"
    assert out not in every
    consults = insight.matters_behind(found, YEAR, key={"category": "consult"})
    assert len(consults) == 1
    assert insight.matters_behind(found, YEAR, limit=2, after=every[1]) == every[2:4]


def way_of(spec):
    """What a grouping meets of a figure: how it is computed, of what, by which column of places."""
    conditions = {mark for mark in ("part", "excluded") if getattr(spec, mark)}
    return (spec.measure, spec.of, spec.tally is not None, frozenset(conditions), spec.org)


@pytest.mark.parametrize(
    "of_each", [way_of, pytest.param("shape", marks=pytest.mark.again)], ids=["way", "shape"]
)
def test_every_declared_figure_computes(told, of_each):
    """And its drill-down lists what a count counts: once of each shape, which differ in names only. With
    every grouping it allows: once of those that are computed in one way; again, of each shape."""
    city, asked, grouped = told.org("city"), set(), set()
    for one in insight.definitions():
        shape = shape_of(one.spec_json, one.programme.id).spec
        like = shape if of_each == "shape" else of_each(one.spec)
        new = {by for by in one.spec.by if (like, by) not in grouped}
        grouped |= {(like, by) for by in new}
        for by in sorted(new):
            insight.figure(one, YEAR, city, by=(by,))
        if shape in asked:
            continue
        asked.add(shape)
        behind = insight.matters_behind(one, YEAR, city, limit=200)
        if one.spec.measure == "count" and one.spec.of == "matters":
            assert len(behind) == insight.figure(one, YEAR, city).total.value


def test_clicks_are_counted_from_the_counters(house):
    from bihuan.outcomes.publicity import api as publicity

    answered = house.answered()
    house.act(answered, "publish", "desk")
    draft = publicity.of_subject(answered.matter.stream)[0]
    publicity.publish(draft.pk, version=draft.version, actor=house.actor("publisher"), at=house.at)
    for day in (1, 1, 40):
        publicity.read_public(draft.pk, at=house.after(days=day))
    insight.export(insight.store())
    assert figure("published").total.value == 1
    assert figure("clicks", house.org("city")).total.value == 3
    months = figure("clicks", house.org("city"), by=("period",))
    assert [row.value for row in months.rows] == [2, 1]
    publicity.read_public(draft.pk, at=house.after(days=40))
    insight.export(insight.store())
    assert figure("clicks").total.value == 4


REFUSED = [
    ({"by": ("person",)}, "insight.not_by"),
    ({"by": ("period",), "grain": Grain.FREE}, "insight.bad_grain"),
    ({"depth": 0.5}, "insight.bad_depth"),
    ({"depth": 65}, "insight.bad_depth"),
]


@pytest.mark.parametrize(("asked", "key"), REFUSED)
def test_what_cannot_be_asked(told, asked, key):
    with pytest.raises(insight.InsightError) as caught:
        figure("received", **asked)
    assert caught.value.key == key


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
def test_a_remembered_query_has_its_own_days_place_and_instant(house, dialect):
    """They are put into words that were made for others."""
    until = AT.replace(tzinfo=None, microsecond=5)
    for name, scope in (("on_time_rate", None), ("on_time_rate", 60), ("backlog", 61)):
        spec = insight.definition("public_voice", name).spec.model_dump_json(by_alias=True)
        asked = Question("public_voice", periods.parse("2026-03"), scope, ("org",), until=until)
        other = replace(asked, period=periods.parse("2026-04"), scope=scope and 70)
        told, again = (wording.figure(spec, one, dialect) for one in (asked, other))
        assert "@" not in told + again
        assert "2026-04-01" in told
        assert again == told.replace("2026-04-01", "2026-05-01").replace(
            "2026-03-01", "2026-04-01"
        ).replace(f"'{scope}'", "'70'")


@pytest.mark.parametrize(("dialect", "every"), [("duckdb", 9), ("pyspark", 40)])
def test_what_figures_of_one_shape_share_is_what_each_had_alone(house, dialect, every):
    """Names filled in afterwards make the words that are put for a figure by itself."""
    some = insight.definitions()[::every]
    assert len({one.programme.id for one in some}) > 2
    for one in some:
        until = AT.replace(tzinfo=None)
        asked = Question(one.programme.id, wording.ANY, None, one.spec.by[-1:], until=until)
        filled = wording.figure(one.spec_json, asked, dialect)
        alone = compiling.worded(one.spec, asked, None, dialect)
        for stand_in, value in ((FIRST, asked.period.start), (AFTER, asked.period.after)):
            alone = alone.replace(stand_in, str(value))
        alone = alone.replace(UNTIL, str(until))
        assert re.sub(r"\s+", "", filled) == re.sub(r"\s+", "", alone), one.name


def test_words_are_kept_for_the_next_process_and_cannot_be_falsified(told, settings, tmp_path):
    """A kept file is used as it is; one that somebody changed is made anew."""
    settings.WORDS_ROOT = tmp_path / "words"

    def asked():
        wording.forget()
        return figure("received").total.value, len(kept())

    def kept():
        return sorted(p for p in settings.WORDS_ROOT.rglob("*") if p.is_file())

    assert asked() == (7, 1)
    (file,) = kept()
    before = file.stat().st_mtime_ns
    assert asked() == (7, 1)
    assert file.stat().st_mtime_ns == before
    honest = file.read_text(encoding="utf-8")
    for spoilt in (honest.replace("COUNT", "SUM"), "SELECT 99 AS amount", "", honest[:-3]):
        file.write_text(spoilt, encoding="utf-8")
        assert asked() == (7, 1)
        assert file.read_text(encoding="utf-8") == honest
    file.unlink()
    file.mkdir()
    assert asked()[0] == 7


def test_matters_behind_a_group_of_any_kind(told):
    """By organisation, day, text and none; quotes in a text are text."""
    city, center = told.org("city"), told.org("center")
    found = insight.definition("public_voice", "received")
    behind = partial(insight.matters_behind, found, YEAR, city)
    everyone = behind()
    assert len(everyone) == 7
    assert behind(after=everyone[2], limit=2) == everyone[3:5]
    assert len(behind(key={"category": "consult"})) == 1
    assert behind(key={"category": "x' OR '1'='1"}) == []
    assert behind(key={"category": None}) == []
    # Nor is it what stands in the words for something else.
    for typed in ("@first", "stands_for_0_", "stands_for_1_", "' OR stands.for_a_ OR '"):
        assert behind(key={"category": typed}) == []
    march = {row.key["period"]: row.value for row in figure("received", by=("period",)).rows}
    for day, number in march.items():
        assert len(behind(key={"period": day})) == number
    placed = {row.key["org"]: row.value for row in figure("received", city, by=("org",)).rows}
    assert center.pk in placed
    for org, number in placed.items():
        assert len(behind(key={"org": org})) == number


def test_before_anything_was_exported(house):
    with pytest.raises(insight.InsightError) as caught:
        figure("received")
    assert caught.value.key == "insight.no_facts"


def test_a_file_that_is_gone(told):
    file = next(f for f in insight.store().manifest().steps if f.rows)
    (insight.store().folder / file.path).unlink()
    with pytest.raises(insight.InsightError) as caught:
        figure("received")
    assert caught.value.key == "insight.file_gone"


def test_engines_that_cannot_be(told, settings):
    settings.ENGINE = "abacus"
    with pytest.raises(insight.InsightError) as caught:
        figure("received")
    assert caught.value.key == "insight.unknown_engine"
    with pytest.raises(LookupError):
        insight.definition("public_voice", "happiness")


def test_a_rating_found_false_leaves_the_satisfaction_rate_and_is_reported(house):
    """Six rated, two of them badly; one of the two is found false, a month later."""
    grades = ("very_satisfied", "satisfied", "basically", "satisfied", *["not_satisfied"] * 2)
    for grade in grades:
        applied = house.apply("notice")
        house.act(applied, "settle_now", "desk")
        above = house.act(applied, "rate", "sender", rating=grade, reason="等了两小时。")
    (case,) = matters.open_children(above)
    later = house.after(days=32)
    house.act(case, "appeal", "desk", reason="评价与本窗口无关。")

    def rate():
        insight.export(insight.store())
        month = periods.parse("2026-03")
        found = figure("satisfaction_rate", period=month, programme="service_window").total
        return found.numerator, found.denominator, found.excluded

    assert rate() == (4, 6, 0)
    house.act(case, "uphold_appeal", "supervisor", reason="已调阅录像。", at=later)
    assert rate() == (4, 5, 1)
    above.refresh_from_db()
    assert above.facts["rating_void"] is True
    assert (above.state, above.facts["rating"]) == ("settled", "not_satisfied")
    with pytest.raises(RefusedError):
        house.act(above.pk, "rate", "desk", rating="satisfied", at=later)
