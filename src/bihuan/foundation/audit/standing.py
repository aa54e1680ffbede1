"""Standing data: organisations, people, posts, calendars, grants, tokens, programmes in force.

They change by the hour at most and every request asks for them. Within `steady()` a `kept`
function answers from memory, as long as the edition of all standing data is the one it was asked
under. Every event of a standing row gives the house a new edition in the same transaction, so an
ended grant counts from the next request on, in every process.
"""

import secrets
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

from bihuan.foundation.audit.models import Edition

MOST = 50_000
P = ParamSpec("P")
R = TypeVar("R")
Memory = dict[Hashable, object]


@dataclass
class _Spell:
    """One request or one task. The edition is read once, when first needed."""

    memory: Memory | None = None
    over: bool = False


_spell: ContextVar[_Spell | None] = ContextVar("standing", default=None)
# One entry: the newest edition this process has met, and what it was asked under it.
_newest: dict[str, Memory] = {}


@contextmanager
def steady() -> Iterator[None]:
    """Within it, standing data is taken to stay as it was at the beginning."""
    token = _spell.set(_Spell())
    try:
        yield
    finally:
        _spell.reset(token)


def _edition() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM audit_edition")
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def _memory() -> Memory | None:
    spell = _spell.get()
    if spell is None or spell.over:
        return None
    if spell.memory is None:
        edition = _edition()
        if not edition:
            spell.over = True
            return None
        memory = _newest.get(edition)
        if memory is None or len(memory) > MOST:
            # A memory belongs to one edition for good: a slower thread goes on with its own.
            memory = {}
            _newest.clear()
            _newest[edition] = memory
        spell.memory = memory
    return spell.memory


def kept(function: Callable[P, R]) -> Callable[P, R]:
    """Makes a function of standing data answer from memory within `steady()`.

    Arguments must be hashable; what is returned is shared and must not be changed by anybody.
    """

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        memory = _memory()
        if memory is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in memory:
            memory[key] = function(*args, **kwargs)
        found: R = memory[key]  # type: ignore[assignment]  # only `function` writes under its key
        return found

    return answer


def changed() -> None:
    """A new edition, in the caller's transaction; what the caller reads from here on is fresh.

    A random one, not a number: after a rollback the old edition must stand for the old data.
    """
    spell = _spell.get()
    if spell is not None:
        spell.over = True
    Edition.objects.bulk_create(
        [Edition(pk=1, value=secrets.token_hex(16))],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["value"],
    )


def forget() -> None:
    """Empties this process's memory: for tests that change rows behind the log's back."""
    _newest.clear()


def remembered() -> dict[str, Memory]:
    """What this process remembers, by edition: for tests that begin at the same edition again."""
    return {edition: dict(memory) for edition, memory in _newest.items()}


def remember(held: dict[str, Memory]) -> None:
    """Empties this process's memory but for this."""
    _newest.clear()
    _newest.update({edition: dict(memory) for edition, memory in held.items()})
