"""Mistakes planted in the blocks `roll` and `each`, and in what stands on them: each is named."""

import planting
import pytest
from lodges import FOLDER

from bihuan.kernel.programmes import api as programmes

M, F = "matters.toml", "figures.toml"
WHY = 'inputs.why_not = { type = "longtext", required = true, private = true, max = 400 }'
THOSE = 'inputs.those = { type = "people", required = true }'
GIVEN = 'fields = { body = "words", days_left = "days" }'
# what is wrong: (file, old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a roster that is none": (M, 'roll = "sworn"', 'roll = "swore"', "drive.roll", "no roster 'swore'", "sworn"),
    "a roll that nobody takes": (M, 'on_open = [{ do = "roll.take" }]\n', "", "survey.roll", "nobody takes it", "on_open"),
    "organisations on a roll of people": (M, THOSE, THOSE.replace("people", "orgs"), "drive.actions.mark.inputs.those", "of type orgs", "person or people"),
    "nobody need be named": (M, THOSE, THOSE.replace(", required = true", ""), "drive.actions.mark.inputs.those", "told nobody", "required"),
    "a reason in the open half of the log": (M, WHY, WHY.replace(", private = true", ""), "drive.actions.excuse.inputs.why_not", "open half", "private"),
    "done by nobody with an account": (M, 'by = ["ppp_sworn"]', 'by = ["ppp_sworn", "system"]', "drive.actions.pledge.by", "system is no person", "input"),
    "a state that is none": (M, 'states = ["should"]', 'states = ["shall"]', "drive.actions.pledge.guards.0.with.states.0", "", "verbs.md"),
    "a kind without a roll": (M, 'roll = "sworn"\n', "", "drive.actions.decide.guards.1.with.of", "takes no roll", "roll = "),
    "each of a roster that is none": (M, 'each = { roster = "lodges"', 'each = { roster = "lodge"', "campaign.each.roster", "no roster 'lodge'", "lodges"),
    "each of a kind that is none": (M, 'kind = "promise" }', 'kind = "promised" }', "campaign.each.kind", "no kind 'promised'", "promise"),
    "without end": (M, 'kind = "promise" }', 'kind = "campaign" }', "campaign.each.kind", "without end", "lead back"),
    "one left out that no field names": (M, 'each = { roster = "lodges"', 'each = { but = "nobody", roster = "lodges"', "campaign.each.but", "no field 'nobody' of type org", "add a field"),
    "opened by nobody": (M, 'on_open = [{ do = "each.open", with = { subject = "个人承诺" } }]\n', "", "calling.each", "nobody opens any", "each.open"),
    "a child that lacks what it asks for": (M, GIVEN, 'fields = { body = "words" }', "campaign.actions.start.effects.0.with", "requires 'days_left'", "give days_left"),
    "a field that the child has not": (M, GIVEN, GIVEN.replace("days_left", "days_over"), "campaign.actions.start.effects.0.with.fields.days_over", "no field 'days_over'", "days_left"),
    "a share and a setting": (M, 'with = { percent = 50 } }]\n\n[vow]', 'with = { percent = 50, setting = "quorum" } }]\n\n[vow]', "calling.actions.hear_all.guards.0.with", "not both", "verbs.md"),
    "a figure of a state that is none": (F, 'last = { roll = ["done"] }', 'last = { roll = ["did"] }', "pledged.part.last.roll", "no 'did'", "done"),
    "a figure of what no part says": (F, 'last = { roll = ["done"] }', 'last = { motto = ["done"] }', "pledged.part.last.motto", "no 'done'", "declare"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    file, *planted = PLANTED[name]
    planting.is_named(FOLDER, file, tuple(planted), tmp_path)


def test_what_is_tested_with_has_none():
    assert list(programmes.check_folder(FOLDER)) == []
