"""Mistakes planted in the block `counts`, in the size of a team, in what is opened for each row or gathered
alike: each is named."""

import planting
import pytest

from bihuan.kernel.programmes import api as programmes

M, F = "matters.toml", "figures.toml"
NOTE = "grassroots_visit.actions.note_down.effects"
TIMES = 'times = { type = "int", required = true, max = 9999 }'
HELPED = f'inputs.helped = {{ type = "rows", max = 2, columns = {{ group = {{ type = "choice", choices = ["tips", "deeds"], required = true }}, {TIMES}'
STOPS = 'each = "stops_on_it", says = ["place", "held_on"]'
STOP = "research_team.actions.plan_stops.effects.0.with"
CHOOSE = "contact_duty.actions.choose_units"
NAMES = 'each = "units", names = "place", keep_person = true'
ENOUGH = 'setting = "least_points", without = ["given_up"]'
MOST = 'most = "team_at_most"'
GATHER = "research_team.on_open.2.with"
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a group named twice": ('groups = ["tips", "deeds"]', 'groups = ["tips", "tips"]', "grassroots_visit.counts.helped", "a group is named twice", ""),
    "one number that falls": ('numbers = ["times"]', 'numbers = ["times"]\nfalling = true', "grassroots_visit.counts.helped", "falls below none", ""),
    "a table that is none": ('table = "helped"', 'table = "help"', f"{NOTE}.2.with.table", "no table 'help'", "helped"),
    "a table that nobody fills": ("[grassroots_visit.counts.helped]", '[grassroots_visit.counts.tested]\ngroups = ["a"]\nnumbers = ["n"]\n\n[grassroots_visit.counts.helped]', "grassroots_visit.counts.tested", "nobody fills", "counts.take"),
    "rows without the group": (HELPED, HELPED.replace("group =", "sort ="), f"{NOTE}.2.with.table", "of which group", "group ="),
    "a group that is none": (HELPED, HELPED.replace('"deeds"]', '"deeds", "words"]'), f"{NOTE}.2.with.table", "of which group", "group ="),
    "a number of another type": (HELPED, HELPED.replace('times = { type = "int"', 'times = { type = "text"'), f"{NOTE}.2.with.table", "no column holds the number 'times'", "int"),
    "a number that may be empty": (HELPED, HELPED.replace(TIMES, TIMES.replace("required = true, ", "")), f"{NOTE}.2.with.table", "may be left empty", "required"),
    "a column of which nothing becomes": (HELPED, HELPED.replace(TIMES, f'more = {{ type = "text" }}, {TIMES}'), f"{NOTE}.2.with.table", "nothing becomes", "leave it out"),
    "rows that some may read": ('inputs.helped = { type = "rows", max', 'inputs.helped = { type = "rows", private = true, max', f"{NOTE}.2.with.table", "stands on the matter's page", "private"),
    "a team without people": ("milestones = false, most", "milestones = true, people = false, most", "research_team.plan.most", "there is no team", "people"),
    "a size that no setting counts": (MOST, 'most = "limit_paper"', "research_team.plan.most", "no setting that counts", "int"),
    "a column that the rows lack": (STOPS, f'{STOPS}, unit = "office"', f"{STOP}.unit", "no column 'office'", "place"),
    "a unit of another type": (STOPS, f'{STOPS}, unit = "held_on"', f"{STOP}.unit", "of type date", "org"),
    "a choice in a subject": (STOPS, STOPS.replace('"held_on"', '"category"'), f"{STOP}.says", "no column that can stand", "date"),
    "what is private in a subject": ('each = "views", columns', 'each = "views", says = ["what"], columns', f"{NOTE}.3.with.says", "every list shows", "private"),
    "a field the child lacks": ('columns = { place = "place", held_on', 'columns = { places = "place", held_on', f"{STOP}.columns.places", "no field 'places'", "place"),
    "an organisation has no columns": (NAMES, f'{NAMES}, columns = {{ place = "place" }}', f"{CHOOSE}.effects.0.with.columns.place", "no columns", "rows"),
    "a field that holds no organisation": (NAMES, NAMES.replace('"place"', '"category"'), f"{CHOOSE}.effects.0.with.names", "of type org", "orgs"),
    "a state that does not count": (ENOUGH, ENOUGH.replace("given_up", "gone"), f"{CHOOSE}.turns.0.when.0.with.without", "no state 'gone'", "given_up"),
    "neither number nor setting": (ENOUGH, 'without = ["given_up"]', f"{CHOOSE}.turns.0.when.0.with", "not both", ""),
    "alike in a field of one kind": ('alike = ["theme"]', 'alike = ["leads_it"]', f"{GATHER}.alike", "no field of both kinds", "choice"),
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped():
    return next(one for one in programmes.folders() if one.name == "contact_points")


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, shipped, tmp_path):
    planting.is_named(shipped, M, PLANTED[name], tmp_path)


def test_a_figure_adds_up_only_what_is_counted(shipped, tmp_path):
    wrong = ('input = "times"', 'input = "hours"', "tips_given.input", "no number 'hours'", "int")
    planting.is_named(shipped, F, wrong, tmp_path)
