"""When an event was written and by whom, beside when it happened and for whom.

`at` and `actor` of a happening are told: a table that is imported tells of last month, and its rows
are opened in nobody's name. What is told may be wrong or forged; these two are not told to anybody's
door. The clock is the installation's (`settings.CLOCK`), read by the log alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings

_doer: ContextVar[str] = ContextVar("doer", default="")
_told: ContextVar[bool] = ContextVar("told", default=False)


@contextmanager
def done_by(ref: str) -> Iterator[None]:
    """Within, events in another's name (the house's, a sender's) also say who really wrote them."""
    token = _doer.set(ref)
    try:
        yield
    finally:
        _doer.reset(token)


@contextmanager
def on_behalf(ref: str) -> Iterator[None]:
    """As `done_by`, unless it is said already who is at work: for verbs that do in the house's name
    what follows from somebody's step."""
    token = _doer.set(_doer.get() or ("" if ref == "system" else ref))
    try:
        yield
    finally:
        _doer.reset(token)


@contextmanager
def as_told() -> Iterator[None]:
    """Within, everything is recorded when it happened and by whom it is said: for stories, which are
    told at once by one teller."""
    token, teller = _told.set(True), _doer.set("")
    try:
        yield
    finally:
        _told.reset(token)
        _doer.reset(teller)


def instant(at: datetime) -> datetime:
    """When what happens `at` is being recorded."""
    if _told.get():
        return at
    found: datetime = settings.CLOCK()
    return found


def doer(actor: str) -> str:
    """Who really acts when `actor` is said to; '' when it is they themselves."""
    found = _doer.get()
    return "" if found == actor else found
