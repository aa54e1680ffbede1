"""Mistakes planted in the block `plan` and its verbs: each is named."""

import planting
import pytest

from bihuan.kernel.programmes import api as programmes

M = "matters.toml"
PLAN = 'every = "journal_every"'
ROWS = 'inputs.steps = { type = "rows", required = true, private = true, max = 30, columns = { line = { type = "int" }, title = { type = "text", max = 100, required = true }, by'
MADE = 'inputs.moves_made = { type = "longtext", required = true, private = true, max = 4000 }\n'
START = '  { do = "plan.start" },\n'
FIRST = 'guards = [{ do = "plan.member", with = { holds = false } }]\neffects = [\n  { do = "plan.end" },'
WRITE = "tackling.actions.write_up.effects.0"
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a key that is none": ("acceptance = ", "accepting = ", "tackling.plan.accepting", "", ""),
    "an acceptance that is no action": ('acceptance = "pass_test"', 'acceptance = "pass"', "tackling.plan.acceptance", "no action 'pass'", "pass_test"),
    "an acceptance by anybody": (FIRST, FIRST.partition("\n")[2], "tackling.actions.pass_test.guards", "may accept it", "actor.differs"),
    "every so often": (PLAN, 'every = "fortnight"', "tackling.plan.journal.every", "no period", "month"),
    "a setting that counts": (PLAN, 'every = "limit_testing"', "tackling.plan.journal.every", "no period", "choice"),
    "a part nobody is asked for": (MADE, "", WRITE, "nobody is asked for the part 'moves_made'", "inputs.moves_made"),
    "a part that cannot be erased": (MADE, MADE.replace("private = true, ", ""), WRITE, "half of the log that stays", "private"),
    "a part that some may read": (MADE, MADE.replace("private", 'seen_by = ["centre_head"], private'), WRITE, "not for everybody", "seen_by"),
    "milestones that cannot be erased": (ROWS, ROWS.replace("private = true, ", ""), "tackling.actions.lay_out.effects.0", "could never be erased", "private"),
    "nothing starts it": (START, "", "tackling.plan", "nothing starts the plan", "plan.start"),
    "it never goes on": ('  { do = "plan.resume" },\n', "", "tackling.plan", "never goes on", "plan.resume"),
    "no journal is declared": ("plan = { journal = { every", "plan = { people = false, journal = { every", "tackling.actions.bring_in.effects.0", "has no people", "declare people"),
    "no milestones are declared": ("plan = { journal", "plan = { milestones = false, journal", "tackling.actions.lay_out.effects.0", "has no milestones", "declare milestones"),
    "a column that is missing": (ROWS, ROWS.replace("title =", "named ="), "tackling.actions.lay_out.effects.0.with.rows", "no column 'title'", "title"),
    "a column of another type": (ROWS, ROWS.replace('line = { type = "int" }', 'line = { type = "text" }'), "tackling.actions.lay_out.effects.0.with.rows", "of type text", "int"),
    "a column of which nothing becomes": (ROWS, ROWS.replace("line =", 'cost = { type = "int" }, line ='), "tackling.actions.lay_out.effects.0.with.rows", "nothing becomes", "line"),
    "rows and a title": ('with = { rows = "steps" }', 'with = { rows = "steps", title = "steps" }', "tackling.actions.lay_out.effects.0.with", "not both", ""),
    "a kind without the block": ("plan = { journal", "#plan = { journal", WRITE, "only for kinds with `plan`", "plan = "),
    "both a number and a setting": ('with = { setting = "journals_missing_at_most" }', 'with = { setting = "journals_missing_at_most", n = 1 }', "tackling.actions.ask_for_test.guards.1.with", "not both", ""),
}  # fmt: skip
CHAPTER = '  { id = "moves", journal = "moves_made" },\n'
FOUNDING = 'fields = ["keeper", "post_type", "post_duty", "post_aim", "body"]'
CHAPTERS = "model_post.plan.chapters"
# The same of the chapters of another programme.
IN_CHAPTERS = {
    "a field that is none": (FOUNDING, 'fields = ["whose"]', f"{CHAPTERS}.0.fields", "no field 'whose'", "keeper"),
    "a part that is none": (CHAPTER, CHAPTER.replace("moves_made", "moved"), f"{CHAPTERS}.2.journal", "no part 'moved'", "moves_made"),
    "an action that is none": ('steps = ["look_round", "weigh"]', 'steps = ["look"]', f"{CHAPTERS}.4.steps", "no action 'look'", "look_round"),
    "two things in one": (CHAPTER, CHAPTER.replace("journal =", 'of = "journal", journal ='), f"{CHAPTERS}.2", "give one of", ""),
    "what the plan has not": (CHAPTER, CHAPTER.replace('journal = "moves_made"', 'of = "people"'), f"{CHAPTERS}.2.of", "no people", "declare people"),
    "the same name twice": (CHAPTER, CHAPTER.replace('"moves"', '"study"'), f"{CHAPTERS}.2.id", "named twice", "once"),
    "a part in no chapter": (CHAPTER, "", CHAPTERS, "no chapter has the part 'moves_made'", 'journal = "moves_made"'),
    "a guard for a chapter that is none": ('chapters = ["founding", "study"', 'chapters = ["founded", "study"', "model_post.actions.ask_acceptance.guards.0.with.chapters", "no chapter 'founded'", "founding"),
    "a field that no guard can ask for": ("post_duty = { type = \"text\", max = 400, later = true }", "post_duty = { type = \"text\", max = 400, private = true, later = true }", "model_post.actions.ask_acceptance.guards.0.with.chapters", "kept apart", "leave the chapter out"),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_CHAPTERS)
def test_a_planted_mistake_in_chapters_is_named(name, tmp_path):
    shipped = next(one for one in programmes.folders() if one.name == "demo_posts")
    planting.is_named(shipped, M, IN_CHAPTERS[name], tmp_path)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    shipped = next(one for one in programmes.folders() if one.name == "task_force")
    planting.is_named(shipped, M, PLANTED[name], tmp_path)
