"""Drawing rows by lot: once a period, worked out again by anybody, each row's lot its own; and mistakes planted in the
block, each of which is named."""

import hashlib
import hmac
from datetime import timedelta

import evenings as place
import planting
import pytest
from evenings import AT, FOLDER
from hypothesis import given
from hypothesis import strategies as st

from bihuan.facets.draw import lots
from bihuan.facets.draw.models import DrawMade
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.matters.attached import shown
from bihuan.lib.problems import RefusedError

M, WEEK = "matters.toml", timedelta(weeks=1)
ROWS = [
    {"which_day": day, "song": song}
    for day, song in (("fire", "一"), ("wood", "二"), ("water", "三"))
]
WITH = "hearing_list.actions.cast_lots.effects.0.with"
DAY = (
    'which_day = { type = "choice", choices = ["moon", "fire", "water", "wood"], required = true }'
)
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a list that is none": ('among = "may_be_heard"', 'among = "may_be_seen"', "hearing_list.draw.among", "no field of type rows", "add one"),
    "a column that the rows lack": ('song_heard = "song" }, person', 'song_heard = "songs" }, person', f"{WITH}.columns.song_heard", "no column 'songs'", "song"),
    "a subject of no column": ('says = ["song"]', 'says = ["tune"]', f"{WITH}.says.0", "'tune' is no column", "text"),
    "a person of another type": ('person = "sings"', 'person = "song"', f"{WITH}.person", "of type text", "person"),
    "a day that may be left empty": (DAY, DAY.replace(", required = true", ""), f"{WITH}.weekday", "seven days", "required"),
    "a day of the week in a month": ('every = "week" }', 'every = "month" }', f"{WITH}.weekday", "more than once", "week"),
    "a field the child lacks": ('columns = { heard_day = "which_day"', 'columns = { heard_on = "which_day"', f"{WITH}.columns.heard_on", "no field 'heard_on'", "heard_day"),
    "neither number nor setting": ("n = 2, ", "", WITH, "not both", ""),
}  # fmt: skip


@pytest.fixture
def choir(house):
    del house
    return place.build()


@pytest.mark.django_db
def test_drawn_once_a_week_and_worked_out_again(choir):
    opening = Opening(
        place.PROGRAMME, "hearing_list", choir.org("first"), "试唱", fields={"may_be_heard": ROWS}
    )
    found = matters.open_matter(opening, actor=choir.actor("warden"), at=AT).matter
    assert "draw" not in shown(found, choir.actor("warden"), AT)
    found = choir.act(found, "cast_lots")
    children = matters.open_children(found)
    days = {"一": "2026-03-03", "二": "2026-03-05", "三": "2026-03-04"}
    assert len(children) == 2
    assert all(one.facts["heard_day"] == days[one.facts["song_heard"]] for one in children)
    for action, key in (("cast_lots", "guard.draw_due"), ("cast_again", "draw.drawn_already")):
        with pytest.raises(RefusedError) as refused:
            choir.act(found, action)
        assert refused.value.key == key
    (told,) = shown(found, choir.actor("warden"), AT)["draw"]["draws"]
    assert told["period"] == "2026-W10"
    for line in told["lines"]:
        again = hmac.new(told["seed"].encode(), line["text"].encode(), hashlib.sha256)
        assert again.hexdigest() == line["lot"]
    # The smallest two of the lots that everybody can work out.
    assert [line["drawn"] for line in told["lines"]] == [True, True, False]
    won = {ROWS[line["number"] - 1]["song"] for line in told["lines"] if line["drawn"]}
    assert won == {one.facts["song_heard"] for one in children}
    page = choir.client("warden").get(f"/desk/matters/{found.pk}").content.decode()
    assert told["seed"] in page
    assert "从3行中抽出2行" in page
    # Another week is another seed; a list with nothing in it draws nothing.
    matters.act(found.pk, "cast_lots", actor=choir.actor("warden"), at=AT + WEEK, data={})
    one, other = DrawMade.objects.order_by("pk")
    assert one.seed != other.seed
    empty = matters.open_matter(
        Opening(place.PROGRAMME, "hearing_list", choir.org("first"), "试唱"),
        actor=choir.actor("warden"),
        at=AT,
    ).matter
    with pytest.raises(RefusedError, match=r"draw\.empty"):
        choir.act(empty, "cast_lots")
    assert list(audit.everything()) == []


@given(st.lists(st.integers(0, 99), min_size=1, max_size=20, unique=True), st.integers(1, 20))
@pytest.mark.once
def test_another_row_moves_no_lot(numbers, n):
    seed = lots.seed("key", "matter:1", "2026-W10")
    rows = [{"row": one} for one in numbers]
    won = lots.drawn(seed, rows, n)
    assert len(won) == min(n, len(rows))
    # Of those that stay, whoever won against more wins against fewer, in whatever order they stand.
    fewer = rows[1:][::-1]
    left = {fewer[one - 1]["row"] for one in lots.drawn(seed, fewer, n)} if fewer else set()
    assert {rows[one - 1]["row"] for one in won} - {rows[0]["row"]} <= left


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    planting.is_named(FOLDER, M, PLANTED[name], tmp_path)
