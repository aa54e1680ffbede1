"""How a line of the log is written: as text, or as JSON for whoever gathers logs. Neither tells what
somebody wrote or who they are.

Lines of ours say what was put into them. Others' code (Django, libraries, the server) quotes requests,
so of its lines stands here only where they were said, and of an exception its kind and where it was
raised: never its own words.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from bihuan.lib import canonical

HOUSE, WARNINGS = "bihuan", "py.warnings"
# What a record of ours may bring along for JSON: `extra={SAID: {…}}`.
SAID = "said"
_FRAMES, _CAUSES = 3, 4
_request: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def within(request: str) -> Iterator[None]:
    """Every line until its end bears the id of the request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def _place(path: str, line: int | None) -> str:
    return f"{'/'.join(Path(path).parts[-3:])}:{line or 0}"


def _warned(record: logging.LogRecord) -> str:
    """Of a warning of Python's, which is `path:line: Kind: its words`, where and of what kind."""
    where, _, rest = str(record.msg).partition(": ")
    path, _, line = where.rpartition(":")
    if not line.isdecimal():
        return _place(record.pathname, record.lineno)
    return f"{rest.partition(':')[0]} at {_place(path, int(line))}"


def _told(record: logging.LogRecord) -> str:
    if record.name == WARNINGS:
        return _warned(record)
    if record.name.partition(".")[0] != HOUSE:
        return f"at {_place(record.pathname, record.lineno)}"
    try:
        return " ".join(record.getMessage().split())
    except Exception:  # noqa: BLE001 - logging would print what the sentence was to be filled with
        return f"unreadable, at {_place(record.pathname, record.lineno)}"


def _raised(record: logging.LogRecord) -> list[str]:
    """The exception of a record and those it came of: kind and last frames of each."""
    error = record.exc_info[1] if record.exc_info else None
    found: list[str] = []
    while error is not None and len(found) < _CAUSES:
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        places = " > ".join(_place(one.filename, one.lineno) for one in frames)
        found.append(f"{type(error).__name__} at {places or '?'}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


class Line(logging.Formatter):
    """`2026-03-02 09:00:00,000 WARNING name what was said`, with the request's id where there is one."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        parts = [self.formatTime(record), record.levelname, record.name, _told(record)]
        parts += [f"({one})" for one in _raised(record)]
        if _request.get():
            parts.append(f"request={_request.get()}")
        return " ".join(parts)


class Json(logging.Formatter):
    """One object a line: `time` (UTC), `level`, `logger`, `message`, what the record brought along,
    `request` and `errors` where there are any."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": canonical.instant(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "logger": record.name,
            "message": _told(record),
            **getattr(record, SAID, {}),
        }
        if _request.get():
            said["request"] = _request.get()
        errors = _raised(record)
        if errors:
            said["errors"] = errors
        return json.dumps(said, ensure_ascii=False)
