"""What a row of an imported table asks for, and everything that is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.exchange import own_fields
from bihuan.kernel.exchange.declared import STANDING, GuessSpec, ImportSpec
from bihuan.kernel.exchange.headers import MAY_BE_NOTHING
from bihuan.kernel.matters.asked import Opening
from bihuan.kernel.matters.opening import check_opening
from bihuan.kernel.programmes import api as programmes
from bihuan.language.tabular import blanks, moments
from bihuan.lib import canonical
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec.schema import Input, Programme

Problem = tuple[str, dict[str, Any]]
ONE_DAY = timedelta(days=1)
_ANY_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - local, as it was written
# How a cell that is formatted as a date comes out of a workbook.
_MIDNIGHT = re.compile(r"[ T]00:00(:00)?\Z")
# What came by a table came by it, where the kind has a word for that.
UNSAID = {"channel": "imported"}


@dataclass(frozen=True)
class Frame:
    """What all rows of a table share. `reading`: how tables of the kind are read; `own_time`: opened at
    the row's own time, else at `at`; `guesses`: whether what had to be assumed is taken."""

    programme: Programme
    home: Org
    kind: str
    actor: Actor
    at: datetime
    reading: ImportSpec
    own_time: bool
    guesses: bool


@dataclass(frozen=True)
class Wish:
    """The matter a row asks for, the instant it is opened at, the fields that are assumed, and
    the faults that show without opening it."""

    opening: Opening
    at: datetime
    guessed: tuple[str, ...]
    problems: Mapping[str, Problem]

    @property
    def category(self) -> str:
        return str(self.opening.fields.get("category", ""))


def said(frame: Frame, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells, empty where they only say that there is nothing to say."""
    nothing = frame.reading.nothing
    return {
        name: "" if name in MAY_BE_NOTHING and blanks.says_nothing(text, nothing) else text
        for name, text in cells.items()
    }


def wish(frame: Frame, row: int, raw: Mapping[str, str]) -> Wish:
    """What the cells of a row, by field, mean."""
    cells = said(frame, raw)
    fields, guessed, problems = _fields(frame, cells)
    came = frame.at
    try:
        came, assumed = _came(cells.get("time", ""), cells.get("hour", ""), frame.at)
        # A table without a time says that all came now; an empty cell of one that has it says nothing.
        silent = "time" in cells and not (cells["time"] or cells.get("hour"))
        guessed += ["time"] if assumed or silent else []
    except InputError as error:
        problems |= error.fields
    phone = blanks.folded(cells.get("phone", ""))
    if blanks.is_rounded(phone):
        problems["phone"] = ("intake.rounded", {"text": phone})
    if not frame.guesses:
        problems |= {name: ("intake.guessed", {}) for name in guessed}
    origin: dict[str, Any] = {"row": row}
    if cells.get("number"):
        origin["number"] = cells["number"][:60]
    if guessed:
        origin["guessed"] = guessed
    if not frame.own_time:
        origin["at"] = canonical.instant(came)
    opening = Opening(
        programme=frame.programme.id,
        kind=frame.kind,
        home=frame.home,
        body=cells.get("body") or cells.get("subject", ""),
        subject=cells.get("subject", ""),
        fields=fields,
        contact=vault.Person(cells.get("name", ""), phone, cells.get("email", "")),
        complained_of=cells.get("complained_of", ""),
        origin=origin,
        anyones=True,
    )
    return Wish(opening, came if frame.own_time else frame.at, tuple(guessed), problems)


def without_own(one: Wish) -> Opening:
    """What it asked for while tables filled in no fields but those of every message."""
    fields = {name: value for name, value in one.opening.fields.items() if name in STANDING}
    return replace(one.opening, fields=fields)


def faults(frame: Frame, one: Wish) -> dict[str, Problem]:
    """Everything that keeps the wish from being opened, at once."""
    found: dict[str, Problem] = {}
    try:
        check_opening(one.opening, actor=frame.actor, at=one.at)
    except (ProblemError, programmes.ProgrammeError, LookupError) as error:
        found = problems_of(error)
    return found | dict(one.problems)


def problems_of(
    error: ProblemError | programmes.ProgrammeError | LookupError,
) -> dict[str, Problem]:
    """An error as faults by field."""
    if isinstance(error, InputError):
        return dict(error.fields)
    if isinstance(error, LookupError):
        return {"": ("intake.no_rule_then", {})}
    return {"": (error.key, error.values)}


def _came(day: str, hour: str, now: datetime) -> tuple[datetime, bool]:
    """As `_instant`, of a day and its hour in two columns, whichever of them stands first. A second
    moment of its own, when it was written down say, tells nothing of when the matter came."""
    if not (day and hour) or (is_moment(hour) and is_moment(day)):
        return _instant(day or hour, now)
    day = _MIDNIGHT.sub("", day)
    for text in (f"{day} {hour}", f"{hour} {day}"):
        try:
            return _instant(text, now)
        except InputError as error:
            if error.fields["time"][0] == "intake.in_the_future":
                raise
    # A day that can be read, beside an hour that cannot.
    _instant(day, now)
    raise InputError({"hour": ("intake.not_a_time", {"text": hour[:40]})})


def is_moment(text: str) -> bool:
    """Whether a cell is a day, or a day and its hour, by itself."""
    try:
        moments.understood(text, _ANY_DAY)
    except (ValueError, OverflowError):
        return False
    return True


def _instant(text: str, now: datetime) -> tuple[datetime, bool]:
    """The instant a cell means, never later than `now`, and whether any of it is a guess."""
    plain = text.strip()
    if not plain:
        return now, False
    found = _with_zone(plain)
    guessed = False
    if found is None:
        try:
            moment = moments.understood(plain, timezone.make_naive(now))
        except (ValueError, OverflowError):
            raise InputError({"time": ("intake.not_a_time", {"text": text[:40]})}) from None
        found, guessed = timezone.make_aware(moment.local), bool(moment.guessed)
    if found <= now:
        return found, guessed
    # The end of today, or a clock that is fast: it came by now. A later day is a slip of the pen.
    if found > now + ONE_DAY:
        raise InputError({"time": ("intake.in_the_future", {"text": text[:40]})})
    return now, True


def _with_zone(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _choice(frame: Frame, name: str, typed: str) -> str:
    """A choice by its id or its word in any language; what is neither is left to be refused."""
    one: Input | None = frame.programme.kinds[frame.kind].fields.get(name)
    if one is None or typed in one.choices:
        return typed
    for words in frame.programme.strings.values():
        for choice in one.choices:
            if words.get(f"choices.{name}.{choice}", "").lower() == typed.lower():
                return choice
    return typed


def _guess(guesses: Sequence[GuessSpec], choices: Sequence[str], text: str) -> str:
    """The choice that a text suggests, '' for none. Where the one for any text is retired, the first."""
    for one in guesses:
        if one.is_ in choices and (not one.having or any(word in text for word in one.having)):
            return one.is_
    return choices[0] if any(not one.having for one in guesses) else ""


def _fields(
    frame: Frame, cells: Mapping[str, str]
) -> tuple[dict[str, Any], list[str], dict[str, Problem]]:
    """The kind's own fields, which of them the table does not say, and what is wrong with any."""
    asked = frame.programme.kinds[frame.kind].fields
    typed = {name: _choice(frame, name, cells.get(name, "")) for name in STANDING}
    taken: dict[str, Any] = {n: v for n, v in typed.items() if n in asked and v}
    own, wrong = own_fields.taken(frame.programme, frame.kind, cells, frame.home, frame.at)
    taken |= own
    silent = {n: one for n, one in asked.items() if n not in taken and n not in wrong}
    for name, value in {**UNSAID, **frame.reading.unsaid}.items():
        if name in silent and value in (silent[name].choices or (value,)):
            taken[name] = value
    text = f"{cells.get('subject', '')}\n{cells.get('body', '')}"
    guessed = []
    for name, guesses in frame.reading.guess.items():
        if name in silent and (found := _guess(guesses, silent[name].choices, text)):
            taken[name] = found
            guessed.append(name)
    return taken, guessed, wrong
