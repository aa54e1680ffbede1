"""Mistakes planted in the block `stances`, its verbs and in naming whoever opened: each is named."""

import shutil

import planting
import pytest

from bihuan.kernel.programmes import api as programmes
from bihuan.spec import load, release
from motions import FOLDER

M = "matters.toml"
TABLED = '{ choices = ["yes", "no"], from = ["tabled"] }'
POLL = '{ choices = ["red", "green", "blue"], open = false, from = ["asked"] }'
SAID = 'inputs.colour_said = { type = "choice", choices = ["red", "green", "blue"], required = true, private = true }'
TAKE = '{ do = "stance.take", with = { input = "stance" } }'
VOTED = 'inputs.stance = { type = "choice", choices = ["yes", "no"], required = true }'
NOBODY = 'with = { roles = ["opener"], text = "notice.backed" }'
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a state that is none": (TABLED, TABLED.replace("tabled", "tabeld"), "motion.stances.from", "no state 'tabeld'", "tabled"),
    "a choice named twice": (TABLED, TABLED.replace('"no"', '"no", "yes"'), "motion.stances.choices", "'yes' is named twice", "once"),
    "no choice at all": (TABLED, TABLED.replace('"yes", "no"', ""), "motion.stances.choices", "at least 1", ""),
    "a key that is none": (TABLED, TABLED.replace("from", "states"), "motion.stances.states", "", ""),
    "a choice that is none": ('with = { choice = "yes" } }]', 'with = { choice = "yess" } }]', "motion.actions.back.effects.0.with.choice", "no choice 'yess'", "yes"),
    "a guard of a choice that is none": ('{ choice = "yes", n = 2 }', '{ choice = "aye", n = 2 }', "motion.actions.push.guards.0.with.choice", "no choice 'aye'", "yes"),
    "an input with another choice": (VOTED, VOTED.replace('"no"', '"no", "perhaps"'), "motion.actions.vote.effects.0.with.input", "none of the stances", "yes"),
    "an input that may stay empty": (VOTED, VOTED.replace(", required = true", ""), "motion.actions.vote.effects.0.with.input", "left empty", "required"),
    "an input that there is not": (TAKE, TAKE.replace("stance\" }", "stand\" }"), "motion.actions.vote.effects.0.with.input", "no input 'stand'", "stance"),
    "an input that holds text": (VOTED, 'inputs.stance = { type = "text", required = true }', "motion.actions.vote.effects.0.with.input", "of type text", "choice"),
    "an input and a choice": (TAKE, '{ do = "stance.take", with = { input = "stance", choice = "yes" } }', "motion.actions.vote.effects.0.with", "not both", "verbs.md"),
    "neither number nor setting": ('{ choice = "yes", n = 2 }', '{ choice = "yes" }', "motion.actions.push.guards.0.with", "not both", "verbs.md"),
    "a share of neither": ("percent = 50, above = true", "above = true", "motion.actions.lapse.guards.0.with", "not both", "verbs.md"),
    "a kind without the block": (f"stances = {TABLED}\n", "", "motion.actions.vote.effects.0", "only for kinds with `stances`", "stances = "),
    "a guard of a kind without the block": (f"stances = {TABLED}\n", "", "motion.actions.take_back.guards.0", "only for kinds with `stances`", "stances = "),
    "stances that nobody takes": ('effects = [{ do = "stance.take", with = { input = "wanted" } }]\n', "", "wishlist.stances", "nobody can take one", "stance.take"),
    "a stance of somebody without an account": ('from = ["tabled"]\nby = ["qqq_member"]\ninputs.stance', 'from = ["tabled"]\nby = ["qqq_member", "sender"]\ninputs.stance', "motion.actions.vote.by", "sender is no person", "roles only"),
    "one taken where none may be": ('[motion.actions.vote]\nfrom = ["tabled"]', '[motion.actions.vote]\nfrom = ["tabled", "backed"]', "motion.actions.vote.effects.0", "'backed'", "tabled"),
    "several choices that would show": (POLL, POLL.replace("open = false", "open = false, once = false"), "poll.stances.once", "would show", "open"),
    "a choice the time line would tell": ('with = { input = "colour_said" }', 'with = { choice = "red" }', "poll.actions.answer.effects.0", "time line", "input"),
    "a choice in the open half of the log": (SAID, SAID.replace(", private = true", ""), "poll.actions.answer.effects.0.with.input", "open half", "private"),
    "counted while they come in": ('[poll.actions.adopt]\nfrom = ["counted"]', '[poll.actions.adopt]\nfrom = ["asked", "counted"]', "poll.actions.adopt.guards.0", "each would show", "none is taken"),
    "taken again after they were counted": ('[poll.actions.let_go]\nfrom = ["counted"]\nto = "dropped"', '[poll.actions.let_go]\nfrom = ["counted"]\nto = "asked"', "poll.stances", "taken again", "no state"),
    "whoever opened it opens it": ('opened_by = ["qqq_chair", "system"]', 'opened_by = ["qqq_chair", "system", "opener"]', "poll.opened_by", "nobody has yet", "roles"),
    "whoever opened it is told, and not kept": ('by = ["opener"]', 'by = ["qqq_chair"]', "motion.actions.back.turns.0.effects.0.with.roles.0", "is not kept", "by"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    planting.is_named(FOLDER, M, PLANTED[name], tmp_path)


def test_what_is_tested_with_has_none():
    assert programmes.check_folder(FOLDER) == []


def test_a_figure_asks_only_for_what_can_be_said(tmp_path):
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    path = folder / "figures.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('stance = ["yes"]', 'stance = ["red"]'), encoding="utf-8")
    (problem,) = programmes.check_folder(folder)
    # What is not open stands in no fact, so no figure can ask for it.
    assert (problem.file, problem.path) == ("figures.toml", "yeses.among.said.stance")


def test_a_release_keeps_its_text():
    programme = load.read(FOLDER)
    again = release.from_text(release.stored(programme))
    assert again == programme
    assert release.stored(again) == release.stored(programme)
