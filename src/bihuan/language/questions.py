"""Questions as people write them in tables: of which sort one is, what stands as its right answer."""

import unicodedata
from collections.abc import Mapping

from bihuan.rules.questions import LETTERS, AnswerError, Question, read, wrong_with

# What tables call the sorts.
SORTS: Mapping[str, str] = {
    "单选": "one", "单选题": "one", "单项选择": "one", "单项选择题": "one", "选择题": "one",
    "多选": "several", "多选题": "several", "多项选择": "several", "多项选择题": "several",
    "判断": "yes_no", "判断题": "yes_no", "是非题": "yes_no",
    "数字": "number", "填数": "number", "数字题": "number",
    "填空": "words", "填空题": "words",
    "one": "one", "several": "several", "yes_no": "yes_no", "number": "number", "words": "words",
}  # fmt: skip
# A question's own words, each option's, and why the right answer is right.
TEXT, OPTION, WHY = 500, 200, 500


def taken(cells: Mapping[str, str], key: str = "") -> Question:
    """The question of a row: `text`, `sort` (may be left out), the options `a`, `b`, …, and `right`.

    Without a sort it follows from the rest: with options one or several of them by how many letters stand
    as right; without any yes or no, else a number, else words. A single Latin letter is words: it may stand for
    an option that the table lost as well as for yes or no. Raises AnswerError for what is no question.
    """
    options = _options(cells)
    right, named = cells.get("right", "").strip(), cells.get("sort", "").strip()
    if not right:
        raise AnswerError("questions.nothing_right")
    sort = SORTS.get(named) if named else _guessed(options, right)
    if sort is None:
        raise AnswerError("questions.no_sort", sort=named[:20])
    text = cells.get("text", "").strip()
    if len(text) > TEXT or len(cells.get("why", "")) > WHY:
        raise AnswerError("questions.too_long", most=TEXT)
    # Whoever names it as a judgement often writes 对 and 错 among the options, too.
    if sort == "yes_no":
        options = ()
    found = Question(key, sort, text, options, right)
    found = Question(key, sort, text, options, read(found, right))
    if (wrong := wrong_with(found)) != "":
        raise AnswerError(wrong)
    return found


def _options(cells: Mapping[str, str]) -> tuple[str, ...]:
    """The options in their order; none may be missing between two."""
    given = [cells.get(letter.lower(), "").strip() for letter in LETTERS]
    last = max((n for n, one in enumerate(given, 1) if one), default=0)
    if "" in given[:last]:
        raise AnswerError("questions.option_between", option=LETTERS[given.index("")])
    if any(len(one) > OPTION for one in given):
        raise AnswerError("questions.too_long", most=OPTION)
    return tuple(given[:last])


def _guessed(options: tuple[str, ...], right: str) -> str:
    """The sort that a row without one must mean."""
    if options:
        try:
            found = read(Question("", "several", "", options), right)
        except AnswerError:
            return "one"
        return "several" if len(found) > 1 else "one"
    if len(right) == 1 and unicodedata.normalize("NFKC", right).isascii() and right.isalpha():
        return "words"
    for sort in ("yes_no", "number"):
        try:
            read(Question("", sort, ""), right)
        except AnswerError:
            continue
        return sort
    return "words"
