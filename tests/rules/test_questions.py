"""Marking: what counts as right, what is drawn, what a set of answers is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.questions import taken
from bihuan.rules import questions as rules
from bihuan.rules.questions import LETTERS, SORTS, AnswerError, Question

ABC = ("水", "布", "土")
# sort, options, right, given: what an answer is read as, whether it is right
READ = {
    "a letter": ("one", ABC, "A", "A", "A", True),
    "a small one, full width": ("one", ABC, "B", " ｂ ", "B", True),
    "another": ("one", ABC, "A", "C", "C", False),
    "several in any order": ("several", ABC, "AC", "c、A", "AC", True),
    "one too few": ("several", ABC, "AC", "A", "A", False),
    "one too many": ("several", ABC, "AC", "ABC", "ABC", False),
    "yes": ("yes_no", (), "yes", "√", "yes", True),
    "no": ("yes_no", (), "yes", "错误", "no", False),
    "a number": ("number", (), "3.5", "３．５０", "3.5", True),
    "a thousand": ("number", (), "1000", "1,000", "1000", True),
    "minus nothing": ("number", (), "0", "-0.00", "0", True),
    "words": ("words", (), "山|大山", " 大 山。", "大 山。", True),
    "other words": ("words", (), "山|大山", "水", "水", False),
    "nothing": ("words", (), "山", "  ", "", False),
    "no option": ("one", ABC, "A", "", "", False),
}
REFUSED = {
    "two of one": ("one", ABC, "AB", "questions.only_one"),
    "a letter that is none": ("several", ABC, "AD", "questions.no_option"),
    "a maybe": ("yes_no", (), "也许", "questions.yes_or_no"),
    "a comma for a point": ("number", (), "3,5", "questions.not_a_number"),
    "a comma too many": ("number", (), "1,0000", "questions.not_a_number"),
    "no digits": ("number", (), "三", "questions.not_a_number"),
    "endless words": ("words", (), "山" * 201, "questions.too_long"),
}
# cells: sort, options, right of the question that they are
TAKEN = {
    "one": ({"text": "x", "a": "1", "b": "2", "right": "b"}, "one", 2, "B"),
    "several": ({"text": "x", "a": "1", "b": "2", "c": "3", "right": "A,C"}, "several", 3, "AC"),
    "several with one": ({"text": "x", "sort": "多选题", "a": "1", "b": "2", "right": "A"}, "several", 2, "A"),
    "judged": ({"text": "x", "right": "对"}, "yes_no", 0, "yes"),
    "judged, with options": ({"text": "x", "sort": "判断", "a": "对", "b": "错", "right": "错"}, "yes_no", 0, "no"),
    "a number": ({"text": "x", "right": "32"}, "number", 0, "32"),
    "a letter alone": ({"text": "x", "right": "N"}, "words", 0, "N"),
    "a letter that is said to be a judgement": ({"text": "x", "sort": "判断", "right": "N"}, "yes_no", 0, "no"),
    "a mark alone": ({"text": "x", "right": "×"}, "yes_no", 0, "no"),
    "a number that is words": ({"text": "x", "sort": "填空", "right": "2021"}, "words", 0, "2021"),
    "words": ({"text": "x", "right": "实事求是|求是"}, "words", 0, "实事求是|求是"),
}  # fmt: skip
NONE = {
    "nothing right": ({"text": "x", "a": "1", "b": "2"}, "questions.nothing_right"),
    "no words": ({"right": "对"}, "questions.no_text"),
    "words that nobody can get right": ({"text": "x", "sort": "填空", "right": "？"}, "questions.never_right"),
    "one of two that nobody can get right": ({"text": "x", "right": "山|。"}, "questions.never_right"),
    "one option": ({"text": "x", "a": "1", "right": "A"}, "questions.options_missing"),
    "a gap": ({"text": "x", "a": "1", "c": "3", "right": "A"}, "questions.option_between"),
    "right is none of them": ({"text": "x", "a": "1", "b": "2", "right": "D"}, "questions.no_option"),
    "a sort that is none": ({"text": "x", "sort": "论述", "right": "长"}, "questions.no_sort"),
    "options of words": ({"text": "x", "sort": "填空", "a": "1", "b": "2", "right": "A"}, "questions.options_unasked"),
    "nothing but a stroke": ({"text": "x", "sort": "填空", "right": "|"}, "questions.nothing_right"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_an_answer_has_one_exact_form(name):
    sort, options, right, raw, read, holds = READ[name]
    question = Question("1", sort, "x", options, right)
    assert (rules.read(question, raw), rules.is_right(question, read)) == (read, holds)
    assert rules.read(question, read) == read


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_answer_is_refused(name):
    sort, options, raw, key = REFUSED[name]
    with pytest.raises(AnswerError) as error:
        rules.read(Question("1", sort, "x", options, "A"), raw)
    assert error.value.key == key


@pytest.mark.parametrize("name", TAKEN)
def test_a_row_is_the_question_it_must_mean(name):
    cells, sort, options, right = TAKEN[name]
    found = taken(cells)
    assert (found.sort, len(found.options), found.right) == (sort, options, right)
    assert rules.wrong_with(found) == ""


@pytest.mark.parametrize("name", NONE)
def test_a_row_that_is_no_question_says_why(name):
    cells, key = NONE[name]
    with pytest.raises(AnswerError) as error:
        taken(cells)
    assert error.value.key == key


@st.composite
def asked(draw):
    """Some questions that can be marked."""
    found = []
    for n in range(draw(st.integers(0, 12))):
        sort = draw(st.sampled_from([*SORTS]))
        options = ("x",) * draw(st.integers(2, 8)) if SORTS[sort].chosen else ()
        known = LETTERS[: len(options)]
        right = {
            "one": st.sampled_from(known or "A"),
            "several": st.sets(st.sampled_from(known or "A"), min_size=1).map(
                lambda some: "".join(sorted(some))
            ),
            "yes_no": st.sampled_from([rules.YES, rules.NO]),
            "number": st.integers(-(10**6), 10**6).map(str),
            "words": st.sampled_from(["山", "大山|山", "a b"]),
        }[sort]
        found.append(Question(f"{n}", sort, "x", options, draw(right)))
    return found


@given(asked(), st.data())
def test_marks_add_up_and_one_right_answer_more_is_one_more(questions, data):
    right = {one.key: one.right.split(rules.OR)[0] for one in questions}
    some = data.draw(st.sets(st.sampled_from([*right]))) if right else set()
    some_answers = {key: right[key] for key in some}
    score = rules.score(questions, some_answers)
    assert (score.right, score.among) == (len(some), len(questions))
    assert {*score.wrong} == right.keys() - some
    assert score.right + len(score.wrong) == score.among
    assert 0 <= score.percent <= 100
    # Whole per cent are rounded down, and who has them passes exactly then.
    for percent in (1, 60, 100):
        assert score.passes(percent) == (bool(questions) and score.percent >= percent)
    full = rules.score(questions, right)
    assert full.passes(100) == bool(questions)
    assert not full.wrong
    # Answers to what was not asked are worth nothing.
    assert rules.score(questions, {**some_answers, "nobody": "A"}) == score


@given(
    st.lists(st.integers(1, 500).map(str), unique=True, max_size=60),
    st.integers(0, 60),
    st.binary(min_size=1, max_size=32),
)
def test_what_is_drawn_hangs_on_the_seed_alone(keys, n, seed):
    found = rules.drawn(keys, n, seed)
    assert {*found} <= {*keys}
    assert len({*found}) == len(found) == (min(n, len(keys)) or (0 if n else len(keys)))
    assert rules.drawn(reversed(keys), n, seed) == found
    # Fewer of the same seed are the first of more.
    assert rules.drawn(keys, 0, seed)[: len(found)] == found


def test_everybody_is_drawn_about_as_often():
    keys = [f"{n}" for n in range(20)]
    counts = dict.fromkeys(keys, 0)
    for n in range(2000):
        for key in rules.drawn(keys, 5, f"{n}".encode()):
            counts[key] += 1
    assert all(400 <= count <= 600 for count in counts.values()), counts
