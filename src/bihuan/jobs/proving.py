"""Everything that can be proved of the house, in one row: `bihuan verify` and a restore ask the same."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import Finding, Head
from bihuan.foundation.files import api as files
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import passwords
from bihuan.jobs import schedule, searched
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.upkeep import api as upkeep
from bihuan.outcomes.publicity import api as publicity


def everything(*, at: datetime | None = None, anchors: Iterable[Head] = ()) -> Iterator[Finding]:
    """Findings about the log and what follows from it, stored files, passwords, search, notices,
    views; with the instant `at` also about what should have been done by then (seals, duties) and
    open matters that nobody sees.

    Where a date is none nothing can be compared, and only such are named.
    """
    readable = yield from audit.everything(at=at, anchors=anchors)
    if not readable:
        return
    yield from files.verify()
    yield from passwords.exchanged()
    yield from searched.misfound()
    yield from notify.misled()
    yield from publicity.views.miscounted()
    yield from _without_their_apps()
    if at is not None:
        yield from _left_undone()
        yield from upkeep.unattended(at)


def _without_their_apps() -> Iterator[Finding]:
    """Programmes that say something which no installed app understands."""
    do = "install the app that brought it again (BIHUAN_APPS), or put another release in force"
    for where, what in programmes.not_understood():
        yield Finding(where, f"no installed app understands {what}", do)


def _left_undone() -> Iterator[Finding]:
    """Duties whose rows are gone, or older than what the duty has left behind."""
    known = notify.duties_done()
    sealed = audit.proofs.newest()
    if not known and sealed is None:
        # The worker never ran.
        return
    do = "the worker (`bihuan work`) does it again; find out who could write to the database"
    for name in schedule.names():
        if name not in known:
            yield Finding(f"duty {name}", "when it was done last is not written down any more", do)
    done = known.get("seal")
    if done is not None and sealed is not None and datetime.fromisoformat(sealed.at) > done:
        yield Finding("duty seal", f"there is a seal of {sealed.at}, later than it was done", do)
