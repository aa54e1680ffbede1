"""A number that reaches its threshold, or rises too fast, opens one matter: whoever looks, however often, killed or
not; later periods are added to it; corrections are told beside it."""

from datetime import UTC, date, datetime, timedelta

import gauges
import house as city
import pytest
from at_once import at_once
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.facets.thresholds import crossing
from bihuan.facets.thresholds.models import Crossing, Weighed
from bihuan.facets.thresholds.rising import least_of
from bihuan.facets.thresholds.shown import shown
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify.models import Notice, Task
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import InputError

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# Wednesday of the tenth week of 2026, ten o'clock in the city.
AT = datetime(2026, 3, 4, 2, tzinfo=UTC)


@pytest.mark.django_db
class TestCrossing:
    @pytest.fixture
    def house(self, house):
        return gauges.land()

    def test_one_alone_reaches_it_and_one_matter_opens_in_somebodys_hands(self, house):
        gauges.read(house, AT, red=4, blue=9)
        gauges.looked(AT)
        assert gauges.warnings() == []
        gauges.read(house, AT + DAY, red=1)
        gauges.looked(AT + DAY)
        gauges.read(house, AT + 2 * DAY, red=7)
        gauges.looked(AT + 2 * DAY)
        (found,) = gauges.warnings()
        assert (found.facts["how_many"], found.facts["from_how_many"]) == (5, 5)
        assert (found.home.code, found.unit.code) == ("streets", "city")
        assert found.assignee_id == house.person("ttt_w").pk
        part = shown(found, house.actor("ttt_w"), AT)
        assert part["times"] == [
            {"period": "2026-W10", "crossed_by": "limit", "value": 12, "least": 10, "now": 12},
            {"period": "2026-W10", "crossed_by": "limit", "value": 5, "least": 5, "now": 12},
        ]
        assert [one["value"] for one in part["counted"]] == [7, 4, 1]
        assert [one["over"] for one in part["run"]] == [False] * 7 + [True]
        assert list(audit.everything()) == []

    def test_the_day_it_was_read_on_decides_and_no_day_is_to_come(self, house):
        gauges.read(house, AT, "2026-02-28", red=3)
        gauges.read(house, AT, red=3)
        gauges.looked(AT)
        assert gauges.warnings() == []
        with pytest.raises(InputError):
            gauges.read(house, AT, "2026-03-05", red=3)
        gauges.read(house, AT, "2026-02-23", red=2)
        gauges.looked(AT)
        assert Crossing.objects.get().period == "2026-W09"

    def test_a_later_week_is_added_while_it_is_open_and_opens_another_once_it_is_over(self, house):
        gauges.read(house, AT, red=5)
        gauges.looked(AT)
        gauges.read(house, AT + WEEK, red=6)
        gauges.looked(AT + WEEK)
        (found,) = gauges.warnings()
        periods = [one.period for one in Crossing.objects.order_by("pk")]
        assert periods == ["2026-W10", "2026-W11"]
        told = Notice.objects.filter(text="notice.crossed_again")
        assert [one.person_id for one in told] == [found.assignee_id]
        matters.act(found.pk, "end_it", actor=house.actor("ttt_w"), at=AT + WEEK)
        gauges.read(house, AT + 2 * WEEK, red=6)
        gauges.looked(AT + 2 * WEEK)
        first, second = gauges.warnings()
        assert (first.state, second.state) == ("over", "given")
        assert list(audit.everything()) == []

    def test_a_period_that_grows_is_told_and_opens_another_once_the_first_is_done(self, house):
        gauges.read(house, AT, red=5)
        gauges.looked(AT)
        (found,) = gauges.warnings()
        for more, told in ((4, 0), (1, 1), (50, 2), (4, 2)):
            gauges.read(house, AT, red=more)
            gauges.looked(AT)
            assert Notice.objects.filter(text="notice.crossed_again").count() == told
        assert [(row.n, row.value, row.least) for row in Crossing.objects.order_by("n")] == [
            (1, 5, 5),
            (2, 10, 10),
            (3, 60, 15),
        ]
        matters.act(found.pk, "end_it", actor=house.actor("ttt_w"), at=AT)
        gauges.looked(AT)
        assert len(gauges.warnings()) == 1
        gauges.read(house, AT + DAY, red=1)
        gauges.looked(AT + DAY)
        second = gauges.warnings()[-1]
        assert (second.state, second.facts["how_many"], second.facts["from_how_many"]) == (
            "given",
            65,
            65,
        )
        assert shown(second, house.actor("ttt_w"), AT)["times"][0]["now"] == 65
        assert list(audit.everything()) == []

    def test_a_false_alarm_that_was_dropped_hides_nothing_that_comes_after_it(self, house):
        false = gauges.read(house, AT, red=400)
        gauges.looked(AT)
        (found,) = gauges.warnings()
        matters.act(found.pk, "end_it", actor=house.actor("ttt_w"), at=AT)
        matters.act(false.pk, "file_it", actor=house.actor("ttt_s"), at=AT)
        gauges.looked(AT)
        gauges.read(house, AT + DAY, red=5)
        gauges.looked(AT + DAY)
        assert [one.facts["how_many"] for one in gauges.warnings()] == [400, 5]
        assert list(audit.everything()) == []

    def test_a_year_mistyped_is_refused_and_one_look_that_fails_stops_no_other(
        self, house, monkeypatch
    ):
        for day in ("0001-01-01", "0206-03-04", "2025-03-02"):
            with pytest.raises(InputError) as refused:
                gauges.read(house, AT, day, red=5)
            assert "thresholds.long_ago" in str(refused.value.fields)
        gauges.read(house, AT, red=5, blue=5)
        looked = crossing._looked

        def fails(one, at):
            if one.name == "both_rising":
                raise RuntimeError
            looked(one, at)

        monkeypatch.setattr(crossing, "_looked", fails)
        gauges.looked(AT)
        assert len(gauges.warnings()) == 1

    def test_a_day_put_right_counts_where_it_belongs(self, house):
        found = gauges.read(house, AT, "2026-02-04", red=5)
        gauges.looked(AT)
        rows = {"marks": [{"group": "red", "n": 5}], "read_on": "2026-03-03"}
        matters.act(found.pk, "mend", actor=house.actor("ttt_s"), at=AT, data=rows)
        gauges.looked(AT)
        periods = [(row.period, row.since) for row in Crossing.objects.order_by("pk")]
        assert periods == [("2026-W06", 0), ("2026-W10", None)]

    def test_what_a_merged_organisation_counted_is_counted_where_it_went(self, house):
        gauges.read(house, AT, red=4)
        streets, schools = house.org("streets"), house.org("schools")
        access.give(
            house.person("ttt_s").pk,
            "ttt_reader",
            schools.pk,
            start=city.SINCE,
            at=AT,
            actor=SYSTEM.ref,
        )
        orgs.close_into(streets.pk, schools.pk, at=AT, actor=SYSTEM.ref)
        fields = {"marks": [{"group": "red", "n": 1}]}
        opening = matters.Opening("ttt_gauges", "reading", schools, "x", fields=fields)
        matters.open_matter(opening, actor=house.actor("ttt_s"), at=AT)
        gauges.looked(AT)
        (found,) = gauges.warnings()
        part = shown(found, house.actor("ttt_w"), AT)
        assert (found.home.code, part["times"][0]["now"], len(part["counted"])) == ("schools", 5, 2)

    def test_a_past_put_right_lets_a_later_rise_be_seen(self, house):
        gauges.read(house, AT - 62 * DAY, red=4)
        past = gauges.read(house, AT - 30 * DAY, blue=1999)
        gauges.read(house, AT, blue=6)
        gauges.looked(AT)
        assert gauges.warnings() == []
        rows = {"marks": [{"group": "blue", "n": 4}]}
        matters.act(past.pk, "mend", actor=house.actor("ttt_s"), at=AT, data=rows)
        gauges.looked(AT)
        assert [row.period for row in Crossing.objects.all()] == ["2026-03"]

    def test_what_was_mended_or_dropped_counts_as_it_is_by_now(self, house):
        found = gauges.read(house, AT, red=9)
        rows = {"marks": [{"group": "red", "n": 2}]}
        matters.act(found.pk, "mend", actor=house.actor("ttt_s"), at=AT, data=rows)
        gauges.looked(AT)
        assert gauges.warnings() == []
        assert [one.value for one in Weighed.objects.filter(key="red_here")] == [2]
        matters.act(found.pk, "file_it", actor=house.actor("ttt_s"), at=AT)
        assert Weighed.objects.get(key="red_here").value == 0

    def test_a_place_sets_its_own_limit_from_a_day_on(self, house):
        spec = programmes.held("ttt_gauges", house.org("city").path, AT.date()).programme
        programmes.override(
            spec,
            "a_limit",
            value=3,
            org=house.org("streets"),
            start=date(2026, 3, 9),
            clause="本地规定",
            at=AT,
            actor=SYSTEM,
        )
        gauges.read(house, AT, red=4)
        gauges.looked(AT)
        assert gauges.warnings() == []
        gauges.read(house, AT + WEEK, red=4)
        gauges.looked(AT + WEEK)
        assert Crossing.objects.get().least == 3

    def test_a_rise_opens_one_at_the_place_above_once_there_is_a_past(self, house):
        for ago, n in ((62, 4), (30, 4)):
            gauges.read(house, AT - ago * DAY, red=n - 2, blue=2)
        gauges.read(house, AT, red=3, blue=2)
        gauges.looked(AT)
        assert gauges.warnings() == []
        gauges.read(house, AT, blue=1)
        gauges.looked(AT)
        (found,) = gauges.warnings()
        row = Crossing.objects.get()
        assert (row.crossed_by, row.value, row.least, row.period) == ("trend", 6, 6, "2026-03")
        assert (found.home.code, found.facts["hue"]) == ("city", "blue")

    def test_without_a_past_nothing_rises(self, house):
        gauges.read(house, AT - 30 * DAY, blue=1)
        gauges.read(house, AT, blue=90)
        gauges.looked(AT)
        assert gauges.warnings() == []

    def test_who_has_fewest_gets_it(self, house):
        for n in range(3):
            gauges.read(house, AT + n * WEEK, red=5)
            gauges.looked(AT + n * WEEK)
            if n == 0:
                (found,) = gauges.warnings()
        opening = matters.Opening(
            "ttt_gauges",
            "warning",
            house.org("city"),
            "x",
            fields={"hue": "red"},
            assignee_id=found.assignee_id,
        )
        matters.open_matter(opening, actor=house.actor("ttt_w"), at=AT)
        matters.act(found.pk, "end_it", actor=house.actor("ttt_w"), at=AT + 3 * WEEK)
        gauges.read(house, AT + 3 * WEEK, red=5)
        gauges.looked(AT + 3 * WEEK)
        assert gauges.warnings()[-1].assignee_id == house.person("ttt_v").pk

    def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next(self, house, monkeypatch):
        gauges.read(house, AT, red=5)
        opened = crossing.matters.open_matter

        def dies(*args, **more):
            opened(*args, **more)
            raise RuntimeError

        monkeypatch.setattr(crossing.matters, "open_matter", dies)
        gauges.looked(AT)
        assert (gauges.warnings(), Crossing.objects.count()) == ([], 0)
        monkeypatch.setattr(crossing.matters, "open_matter", opened)
        gauges.looked(AT + DAY)
        assert len(gauges.warnings()) == 1

    def test_its_page_tells_it_in_both_languages(self, house):
        gauges.read(house, AT, red=5)
        gauges.looked(AT)
        (found,) = gauges.warnings()
        client = Client()
        client.force_login(house.person("ttt_w"))
        for language, words in (("zh-hans", "2026年第10周"), ("en", "Week 10 of 2026")):
            page = client.get(
                f"/desk/matters/{found.pk}", headers={"accept-language": language}
            ).content.decode()
            assert 'id="thresholds"' in page
            assert words in page
        stranger = Client()
        stranger.force_login(house.person("handler"))
        assert stranger.get(f"/desk/matters/{found.pk}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_several_that_look_at_once_open_one(house):
    house = gauges.land()
    rows = [gauges.read(house, AT, red=3) for _ in range(2)]
    Task.objects.filter(name=crossing.LOOK).delete()
    done = at_once([lambda pk=one.pk: crossing.look({"matter": pk}, AT, "") for one in rows * 2])
    for one in rows:
        # Who met the other's lock looks again, as a task does.
        crossing.look({"matter": one.pk}, AT, "")
    assert len(gauges.warnings()) == 1, done
    assert list(audit.everything()) == []


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=12),
    st.integers(101, 10_000),
    st.integers(1, 100),
)
def test_from_which_number_on_it_has_risen(before, percent, at_least):
    least = least_of(before, percent, at_least)
    assert least >= at_least
    assert least * 100 * len(before) >= sum(before) * percent
    assert least == at_least or (least - 1) * 100 * len(before) < sum(before) * percent
