"""Mistakes planted in the blocks `questions` and `quiz` and their verbs: each is named."""

import planting
import pytest
from riddles import FOLDER

from bihuan.kernel.programmes import api as programmes

M = "matters.toml"
BLOCK = 'quiz = { drawn = "each_gets"'
GUESSED = 'inputs.guessed = { type = "rows", required = true, private = true'
ANSWER = 'effects = [{ do = "quiz.answer", with = { answers = "guessed", attempt = "nth_guess" } }]'
CLOSE = 'effects = [{ do = "quiz.close" }]'
GUESS = '[contest.actions.guess]\nfrom = ["guessing"]\nby = ["member"]'
ACTIONS = "contest.actions"
# what is wrong: (old, new, path, part of the cause, part of the remedy)
PLANTED = {
    "a key that is none": (BLOCK, 'quiz = { draw = 5, drawn = "each_gets"', "contest.quiz.draw", "", ""),
    "a sort that is none": ('sorts = ["one", "several"', 'sorts = ["essay", "several"', "contest.questions.sorts.0", "", ""),
    "no questions": ('questions = { sorts = ["one", "several", "yes_no", "number", "words"], most = 60 }\n', "", "contest.quiz", "holds no questions", "questions = {}"),
    "nobody should answer": ('roll = "regulars"\n', "", "contest.quiz", "no roll", "roll = "),
    "as many as a field that is none": (BLOCK, 'quiz = { drawn = "each_get"', "contest.quiz", "no field 'each_get' of type int", "fields.each_get"),
    "as often as a setting that is none": ('attempts = "guesses"', 'attempts = "guess"', "contest.quiz", "no setting that counts", "int"),
    "nobody opens it": ('effects = [{ do = "roll.take" }, { do = "quiz.open" }]', 'effects = [{ do = "roll.take" }]', "contest.quiz", "nobody opens it", "quiz.open"),
    "nobody ends it": (CLOSE, "", "contest.quiz", "nobody ends it", "quiz.close"),
    "an answer that cannot be erased": (GUESSED, GUESSED.replace(", private = true", ""), f"{ACTIONS}.guess.effects.0.with.answers", "never be erased", "private"),
    "answers that may be left out": (GUESSED, GUESSED.replace("required = true, ", ""), f"{ACTIONS}.guess.effects.0.with.answers", "may be left empty", "required"),
    "what is right, for everybody": ('inputs.riddles = { type = "rows", required = true, private = true, columns = { text', 'inputs.riddles = { type = "rows", required = true, columns = { text', f"{ACTIONS}.put_in.effects.0.with.rows", "everybody reads", "private"),
    "no column for what is right": (', right = { type = "text", max = 200, required = true } } }\neffects', " } }\neffects", f"{ACTIONS}.put_in.effects.0.with.rows", "no column 'right'", "right"),
    "a column of nothing": ("columns = { question = {", 'columns = { sure = { type = "bool" }, question = {', f"{ACTIONS}.guess.effects.0.with.answers", "nothing becomes of the column 'sure'", "known are"),
    "a number that is words": ('question = { type = "int"', 'question = { type = "text"', f"{ACTIONS}.guess.effects.0.with.answers", "of type text", "int"),
    "questions that change meanwhile": ('[contest.actions.strike]\nfrom = ["thought_up"]', '[contest.actions.strike]\nfrom = ["thought_up", "guessing"]', f"{ACTIONS}.strike.effects.0", "change while they are answered", "before it is opened"),
    "answered by the house": (GUESS, GUESS.replace('"member"', '"member", "system"'), f"{ACTIONS}.guess.by", "system is no person", "people"),
    "those who should do not see it": (GUESS, GUESS.replace('"member"', '"rrr_riddler"'), "contest.quiz", "do not see it", "member"),
    "the roll is told, and the test is not": (CLOSE, 'effects = [{ do = "roll.done" }, { do = "quiz.close" }]', f"{ACTIONS}.end_guessing.effects", "does not know it", "answers"),
    "nobody puts a question": ('effects = [{ do = "questions.put", with = { rows = "riddles" } }]\n\n[box', "\n[box", "box.questions", "nobody puts a question", "questions.put"),
    "a kind without the block": (BLOCK, '#quiz = { drawn = "each_gets"', f"{ACTIONS}.begin_guessing.guards.0", "only for kinds with `quiz`", "quiz = "),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    planting.is_named(FOLDER, M, PLANTED[name], tmp_path)


def test_what_is_tested_with_has_none():
    assert list(programmes.check_folder(FOLDER)) == []
