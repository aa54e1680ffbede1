"""A line in the log about a fault of ours: where and of what kind, never what it was about.

An exception's own words may hold what somebody wrote; so may a path and a query.
"""

import logging
import secrets
import traceback
from pathlib import Path

from bihuan.lib import log_lines

_HOUSE = Path(__file__).resolve().parent.parent
log = logging.getLogger("bihuan.faults")


def report(error: BaseException, doing: str) -> str:
    """Writes the line and returns its reference, which the reader is shown so that they can name
    it. `doing` is what was asked for: the name of an address or operation, without arguments."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if Path(one.filename).is_relative_to(_HOUSE)]
    where = "?"
    for last in (ours or list(frames))[-1:]:
        path = Path(last.filename)
        within = path.relative_to(_HOUSE) if path.is_relative_to(_HOUSE) else Path(path.name)
        where = f"{within}:{last.lineno}"
    kind = type(error).__name__
    said = {"reference": reference, "kind": kind, "where": where, "doing": doing}
    log.error(
        "fault %s: %s at %s, doing %s",
        *said.values(),
        extra={log_lines.SAID: said},
    )
    return reference
