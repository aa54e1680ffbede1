"""Questions with right answers: what an answer to one is, which are drawn, what a set of answers is worth. Pure.

A question has a sort. Each sort says how an answer is read into one exact form and when that form is right;
a sort that asks for an opinion has an exact form and nothing that is right. Every question weighs the same, and
is right or it is not: of several options all that are right and none that is wrong.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# Options are named by letters; more are no choice at a glance.
LETTERS = "ABCDEFGH"
YES, NO = "yes", "no"
LONGEST = 200
# Between words each of which is right.
OR = "|"
_YES = frozenset({"yes", "y", "true", "t", "对", "正确", "是", "√", "✓"})
_NO = frozenset({"no", "n", "false", "f", "错", "错误", "不正确", "否", "×", "x", "✗"})
# A comma stands between thousands, and nowhere else: whoever writes 3,5 may mean 3.5 as well as 35.
_NUMBER = re.compile(r"[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{1,6})?\Z")
_EDGES = " \t\r\n。．.，,；;！!？?、"


class AnswerError(ValueError):
    """What was given is no answer to the question; `key` says why, `values` fill its words."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")


@dataclass(frozen=True)
class Question:
    """A question: by which key it is known, of which sort, its words, its options (A, B, …), and what is
    right in the exact form of its sort, '' where that is not known (any more)."""

    key: str
    sort: str
    text: str
    options: tuple[str, ...] = ()
    right: str = ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _letters(options: Sequence[str], given: str) -> str:
    named = {c for c in _folded(given).upper() if c not in " ,、;.；，."}
    known = LETTERS[: len(options)]
    if strange := sorted(named - {*known}):
        raise AnswerError("questions.no_option", option=strange[0], options=known)
    return "".join(sorted(named))


def _one(options: Sequence[str], given: str) -> str:
    found = _letters(options, given)
    if len(found) > 1:
        raise AnswerError("questions.only_one")
    return found


def _yes_no(options: Sequence[str], given: str) -> str:
    del options
    text = _folded(given).casefold()
    if text in _YES or text in _NO:
        return YES if text in _YES else NO
    if not text:
        return ""
    raise AnswerError("questions.yes_or_no")


def _number(options: Sequence[str], given: str) -> str:
    del options
    text = _folded(given)
    if not text:
        return ""
    if _NUMBER.match(text) is None:
        raise AnswerError("questions.not_a_number")
    try:
        found = Decimal(text.replace(",", "")).normalize()
    except InvalidOperation:
        raise AnswerError("questions.not_a_number") from None
    return f"{abs(found) if found == 0 else found:f}"


def _words(options: Sequence[str], given: str) -> str:
    del options
    text = _folded(given)
    if len(text) > LONGEST:
        raise AnswerError("questions.too_long", most=LONGEST)
    return text


def _plain(text: str) -> str:
    return "".join(_folded(text).strip(_EDGES).casefold().split())


def _same(right: str, given: str) -> bool:
    return right == given


def _among(right: str, given: str) -> bool:
    return _plain(given) in {_plain(one) for one in right.split(OR)} - {""}


@dataclass(frozen=True)
class Sort:
    """How an answer of a sort is read (of the options and what was given; '' for none), and whether it is what
    is right. `chosen`: it is chosen from options."""

    read: Callable[[Sequence[str], str], str]
    holds: Callable[[str, str], bool] = _same
    chosen: bool = False


SORTS: Mapping[str, Sort] = {
    "one": Sort(_one, chosen=True),
    "several": Sort(_letters, chosen=True),
    "yes_no": Sort(_yes_no),
    "number": Sort(_number),
    "words": Sort(_words, _among),
}


def read(question: Question, given: str) -> str:
    """An answer in the exact form of its sort, '' where nothing was given. Raises AnswerError."""
    return SORTS[question.sort].read(question.options, given)


def is_right(question: Question, answer: str) -> bool:
    """Whether an answer in its exact form is right; of a question without anything right, none is."""
    known = bool(question.right and answer)
    return known and SORTS[question.sort].holds(question.right, answer)


def wrong_with(question: Question) -> str:
    """The key of what is wrong with a question that is to be marked, '' where nothing is."""
    if question.sort not in SORTS:
        return "questions.no_sort"
    if not question.text:
        return "questions.no_text"
    if SORTS[question.sort].chosen != bool(question.options):
        return "questions.options_missing" if not question.options else "questions.options_unasked"
    if question.options and len(question.options) < 2:
        return "questions.options_missing"
    if not question.right.replace(OR, "").strip():
        return "questions.nothing_right"
    return "" if _can_be_right(question) else "questions.never_right"


def _can_be_right(question: Question) -> bool:
    """Whether each thing that stands as right is marked right when somebody answers it."""
    some = question.right.split(OR) if question.sort == "words" else [question.right]
    try:
        return all(is_right(question, read(question, one)) for one in some if one.strip())
    except AnswerError:
        return False


def drawn(keys: Iterable[str], n: int, seed: bytes) -> tuple[str, ...]:
    """So many of some keys, in an order of their own: the same for the same seed, and told by nothing else.
    All of them where there are no more, or none are asked for (0)."""
    ranked = sorted(keys, key=lambda key: hashlib.sha256(seed + b"/" + key.encode()).digest())
    return tuple(ranked[:n] if n else ranked)


@dataclass(frozen=True)
class Score:
    """What answers are worth: how many of how many are right, and the keys of those that are not."""

    right: int
    among: int
    wrong: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down: nobody passes by rounding."""
        return self.right * 100 // self.among if self.among else 0

    def passes(self, percent: int) -> bool:
        """Whether so many per cent are right."""
        return bool(self.among) and self.right * 100 >= percent * self.among


def score(asked: Iterable[Question], answers: Mapping[str, str]) -> Score:
    """What answers in their exact form (by the keys of the questions) are worth. What is left out is wrong."""
    every = list(asked)
    wrong = tuple(one.key for one in every if not is_right(one, answers.get(one.key, "")))
    return Score(len(every) - len(wrong), len(every), wrong)
