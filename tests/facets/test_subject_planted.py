"""Mistakes planted in the block `subject`, its verbs and in naming whom a matter is about: each is named."""

import shutil

import aliens
import planting
import pytest

from bihuan.kernel.programmes import api as programmes
from bihuan.spec import load, release

M = "matters.toml"
FOLDER = aliens.HERE / "ppp_reviews"
BLOCK = 'subject = { is = "person", field = "whose", once = "year", void = ["dropped"] }\n'
WHOSE = 'whose = { type = "person", required = true }'
CLEAR = '{ kinds = ["review", "tip"], ended = ["broken"], days = 365 }'
WHERE = 'subject = { is = "org", field = "where", once = "month" }\n'
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a field that is none": (BLOCK, BLOCK.replace("whose", "who"), "review.subject.field", "no field 'who'", "whose"),
    "a field of another type": (WHERE, WHERE.replace('"org"', '"person"'), "check_up.subject.field", "of type org", "type = \"person\""),
    "a field that may be empty": (WHOSE, WHOSE.replace(", required = true", ""), "review.fields.whose", "about nobody", "required"),
    "a field that comes later": (WHOSE, WHOSE.replace("required", "later = true, required"), "review.fields.whose", "about nobody", "not later"),
    "a field that is not everybody's": (WHOSE, WHOSE.replace("true", 'true, seen_by = ["ppp_head"]'), "review.fields.whose", "everybody who sees it", "seen_by of the kind"),
    "a field kept apart": (WHOSE, WHOSE.replace("true", "true, private = true"), "review.fields.whose", "everybody who sees it", "drop private"),
    "a field that a step changes": ("inputs.words = {", 'inputs.other = { type = "person", required = true, sets = "whose" }\ninputs.words = {', "review.actions.answer.inputs.other.sets", "for good", "another matter"),
    "a sort that is none": (BLOCK, BLOCK.replace('"person"', '"team"'), "review.subject.is", "", ""),
    "a period that is none": (BLOCK, BLOCK.replace('"year"', '"week"'), "review.subject.once", "", ""),
    "a state that is none": (BLOCK, BLOCK.replace("dropped", "droped"), "review.subject.void.0", "no state 'droped'", "dropped"),
    "a state that goes on": (BLOCK, BLOCK.replace("dropped", "begun"), "review.subject.void.0", "still goes on", "phase done"),
    "void of nothing": (BLOCK, BLOCK.replace(' once = "year",', ""), "review.subject.void", "nothing is counted", "say once"),
    "an actor that the kind has not": (BLOCK, "", "review.actions.answer.by", "a review has no subject", "field = "),
    "one who is told and is not there": (BLOCK, "", "review.actions.praise.effects.0.with.roles.0", "has no subject", "name others"),
    "a reader that the kind has not": (WHERE, "", "check_up.seen_by", "a check_up has no subject", "field = "),
    "the subject opens it": ('opened_by = ["ppp_office", "ppp_head", "system"]', 'opened_by = ["ppp_office", "ppp_head", "system", "subject"]', "review.opened_by", "no matter yet", "roles"),
    "a kind that is none": (CLEAR, CLEAR.replace('"tip"', '"tipp"'), "choice.actions.agree.guards.0.with.kinds.1", "no kind 'tipp'", "tip"),
    "a kind about something else": (CLEAR, CLEAR.replace('"tip"', '"check_up"'), "choice.actions.agree.guards.0.with.kinds.1", "no check_up is about a person", "review"),
    "a kind of a programme it does not need": (CLEAR, CLEAR.replace('"tip"', '"others.tip"'), "choice.actions.agree.guards.0.with.kinds.1", "not among those it needs", "needs"),
    "an end that none of them has": (CLEAR, CLEAR.replace("broken", "begun"), "choice.actions.agree.guards.0.with.ended.0", "no matter of these kinds ends", "broken"),
    "a length of nothing": (CLEAR, CLEAR.replace('ended = ["broken"], ', ""), "choice.actions.agree.guards.0.with", "how far back", "verbs.md"),
    "a guard of a kind without the block": ('subject = { is = "person", field = "chosen" }\n', "", "choice.actions.agree.guards.1", "only for kinds with `subject`", "subject = "),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_about_subjects_is_named(name, tmp_path):
    planting.is_named(FOLDER, M, PLANTED[name], tmp_path)


def test_whoever_is_told_of_it_without_seeing_it_is_named(tmp_path):
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    text = (folder / M).read_text(encoding="utf-8")
    weigh = 'by = ["ppp_head", "ppp_hand"]\neffects = ['
    told = weigh + '\n  { do = "tell", with = { roles = ["subject"], text = "notice.reviewed" } },'
    assert weigh in text
    (folder / M).write_text(text.replace(weigh, told, 1), encoding="utf-8")
    (problem,) = programmes.check_folder(folder)
    assert problem.path == "tip.actions.weigh.effects.0.with.roles.0"
    assert "does not see it" in problem.cause


def test_the_programme_has_no_fault_and_keeps_its_text():
    assert programmes.check_folder(FOLDER) == []
    programme = load.read(FOLDER)
    again = release.from_text(release.stored(programme))
    assert again == programme
