"""Mistakes planted in the block `thresholds` and in what one press does: each is named."""

import gauges
import owed
import planting
import pytest

M, O = "matters.toml", "obligations.toml"  # noqa: E741 - the file, as M is
RED = "reading.thresholds.red_here"
WEIGHED = '[{ do = "counts.take", with = { table = "marks" } }, { do = "threshold.weigh" }]'
OPENS = 'opens = { kind = "warning", fields = { hue = "red" }, value = "how_many", least = "from_how_many" }'
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a table that is none": ('table = "marks"\nnumber', 'table = "mark"\nnumber', f"{RED}.table", "nothing in a table 'mark'", "marks"),
    "a number that is none": ('number = "n"', 'number = "m"', f"{RED}.number", "no number 'm'", "n"),
    "a group that is none": ('groups = ["red"]', 'groups = ["green"]', f"{RED}.groups", "no group 'green'", "blue"),
    "a day that is no date": ('day = "read_on"', 'day = "marks"', f"{RED}.day", "no field of type date", "read_on"),
    "a limit that is no setting": ('limit = "a_limit"', 'limit = "b_limit"', RED, "no setting of type int", "a_limit"),
    "neither limit nor trend": ('limit = "a_limit"\n', "", RED, "nothing ever crosses it", ""),
    "a role that is none": ('goes_to = "ttt_watch"', 'goes_to = "ttt_watcher"', f"{RED}.goes_to", "no role", "ttt_watch"),
    "a kind that is none": (OPENS, OPENS.replace("warning", "warnings"), f"{RED}.opens.kind", "no kind", "warning"),
    "a field that is none": (OPENS, OPENS.replace("hue", "shade"), f"{RED}.opens.fields.shade", "with a field 'shade'", "hue"),
    "a required field that nothing gives": (OPENS, OPENS.replace('hue = "red"', ""), f"{RED}.opens.fields", "requires 'hue'", "hue"),
    "a number into a choice": (OPENS, OPENS.replace('value = "how_many"', 'value = "hue"'), f"{RED}.opens", "of type int", "how_many"),
    "what is counted and not weighed": (f"on_open = {WEIGHED}", 'on_open = [{ do = "counts.take", with = { table = "marks" } }]', "reading.on_open", "crosses no threshold", "threshold.weigh"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    planting.is_named(gauges.FOLDER, M, PLANTED[name], tmp_path)


PRESS = {
    "a kind that does not meet it": ('who = "cells"\nevery = "quarter"', 'who = "cells"\npress = { kind = "slip", fields = { sort = "first" } }\nevery = "quarter"', "lessons.press.kind", "does not meet it", "met_by"),
    "for people": ('who = "sworn"', 'who = "sworn"\npress = { kind = "walk" }', "walks.press", "people owe it", "orgs"),
}  # fmt: skip


@pytest.mark.parametrize("name", PRESS)
def test_a_press_that_would_do_nothing_is_named(name, tmp_path):
    planting.is_named(owed.FOLDER, O, PRESS[name], tmp_path)
