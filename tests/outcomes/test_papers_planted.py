"""Mistakes planted in papers and their words: each is named where it stands."""

import shutil

import planting
import pytest

from bihuan.kernel.programmes import api as programmes

PLATE, BOOK, WORDS = "papers/plate.toml", "papers/handbook.toml", "strings/zh-Hans.toml"
TEXT = "papers.plate.text"
POST = "{{value.on_plate_post}}"
SEEN = 'seen_by = ["anybody"]\n'
# what is wrong: programme, file, (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a kind that is none": ("commitments", PLATE, ('of = "member_promise"', 'of = "member"', "of", "no kind 'member'", "member_promise")),
    "a form that is none": ("commitments", PLATE, ('form = "name_plate"', 'form = "poster"', "form", "", "")),
    "a key that is none": ("commitments", PLATE, ("needs = ", "wants = ", "wants", "", "")),
    "nobody of that name issues it": ("commitments", PLATE, ('by = ["subject", "secretary"]', 'by = ["clerk"]', "by", "'clerk' issues no paper", "secretary")),
    "nobody of that name reads it": ("commitments", PLATE, (SEEN, 'seen_by = ["clerk"]\n', "seen_by", "'clerk' reads no paper", "anybody")),
    "a state that is none": ("commitments", PLATE, ('when = ["kept_to"', 'when = ["kept"', "when", "no state 'kept'", "kept_to")),
    "a size it is not set on": ("commitments", PLATE, ('form = "name_plate"', 'form = "name_plate"\npage = "A4"', "page", "not set on A4", "card")),
    "a plate to be signed": ("commitments", PLATE, ('form = "name_plate"', 'form = "name_plate"\nseal = true', "seal", "no room", "letter")),
    "a value it needs and nobody gives": ("commitments", PLATE, ('needs = ["on_plate_post"', 'needs = ["house_number"', "needs", "no field or input 'house_number'", "on_plate_post")),
    "what is kept apart, to whom": ("commitments", PLATE, (SEEN, "", "seen_by", "is kept apart, and does not say to whom", "anybody")),
    "a handbook, to whom": ("task_force", BOOK, ('seen_by = ["proposer", "tackler", "centre_office", "centre_head", "company_office"]\n', "", "seen_by", "does not say for whom", "seen_by")),
    "a value that is none": ("commitments", WORDS, (POST, "{{value.poste}}", TEXT, "no value 'poste'", "on_plate_post")),
    "a tag that is none": ("commitments", WORDS, (POST, "{{posts}}", TEXT, "no tag 'posts'", "about")),
    "an action that is none": ("commitments", WORDS, ("{{day.accept}}", "{{day.accepted}}", "papers.pledge.text", "no day 'accepted'", "accept")),
    "a count that there is not": ("commitments", WORDS, (POST, "{{roll.should}}", TEXT, "no roll 'should'", "this kind has none")),
    "a choice that nobody has": ("commitments", WORDS, (POST, "{{stances.fine}}", TEXT, "no stances 'fine'", "mostly")),
    "braces that do not close": ("commitments", WORDS, (POST, "{{value.on_plate_post}", TEXT, "line 1", "braces")),
    "chapters amid a line": ("task_force", WORDS, ("\n{{plan}}", "\n计划：{{plan}}", "papers.handbook.text", "needs a line of its own", "alone")),
    "chapters that the kind has not": ("commitments", WORDS, (POST, "{{plan}}", TEXT, "no tag 'plan'", "about")),
    "a word that is missing": ("commitments", WORDS, ('series = "承诺牌"\n', "", "papers.plate.series", "", "")),
    "a signature without a name": ("commitments", WORDS, ('[papers.pledge.signs]\npromiser = "承诺人"\n', "[papers.pledge.signs]\n", "papers.pledge.signs.promiser", "missing", "add it")),
    "a step that takes back none": ("commitments", "matters.toml", ('paper = "pledge"', 'paper = "letter"', "member_promise.actions.excuse.effects.1.with.paper", "letter", "pledge")),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    programme, file, planted = PLANTED[name]
    shipped = next(one for one in programmes.folders() if one.name == programme)
    planting.is_named(shipped, file, planted, tmp_path)


SEEN_BY = 'seen_by = ["centre_office"]'
# What the chapters of a book print, and not all who read the book may read: programme, old, new, its name.
IN_CHAPTERS = {
    "a field of a chapter": ("demo_posts", "post_aim = { type = \"text\", max = 400, later = true }", f"post_aim = {{ type = \"text\", max = 400, later = true, {SEEN_BY} }}", "post_aim"),
    "an input of a chapter's step": ("demo_posts", "inputs.to_do_better = { type = \"longtext\", private = true,", f"inputs.to_do_better = {{ type = \"longtext\", {SEEN_BY},", "to_do_better"),
    "a field, without chapters": ("task_force", "aim = { type = \"text\", max = 400, later = true }", f"aim = {{ type = \"text\", max = 400, later = true, {SEEN_BY} }}", "aim"),
    "an input of the acceptance": ("task_force", "inputs.finding = { type = \"longtext\", required = true, private = true,", f"inputs.finding = {{ type = \"longtext\", required = true, {SEEN_BY},", "finding"),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_CHAPTERS)
def test_a_book_shows_nobody_what_they_do_not_read(name, tmp_path):
    programme, old, new, field = IN_CHAPTERS[name]
    shipped = next(one for one in programmes.folders() if one.name == programme)
    copy = tmp_path / programme
    shutil.copytree(shipped, copy)
    text = (copy / "matters.toml").read_text(encoding="utf-8")
    assert old in text
    (copy / "matters.toml").write_text(text.replace(old, new), encoding="utf-8")
    found = [one for one in programmes.check_folder(copy) if one.file == BOOK]
    assert {one.path for one in found} == {"by", "seen_by"}
    assert {f"it shows {field!r} to centre_head, who does not read it"} <= {
        one.cause for one in found
    }
