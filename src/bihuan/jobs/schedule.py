"""What comes round, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.foundation.access import answers, logins, retries, tries
from bihuan.foundation.audit import api as audit
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs.api import calendars
from bihuan.foundation.search import api as search
from bihuan.insight import api as insight
from bihuan.insight.figures import kept
from bihuan.jobs import anchoring, digest, roundups, searched
from bihuan.kernel.absences import api as absences
from bihuan.kernel.matters import api as matters
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.upkeep import api as upkeep
from bihuan.kernel.watches import api as watches
from bihuan.kernel.workbench import api as workbench
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins

# One seal for some minutes: there are a hundred thousand of them in a year of daily use. Who sees no
# seal for longer than SEAL_GRACE_MINUTES is told by `verify`.
SEAL_EVERY, SEAL_AFTER = timedelta(minutes=5), timedelta(minutes=1)
ERASE_BATCH = 500


@dataclass(frozen=True)
class Duty:
    """`run` is called with the instant; it may run twice, so it is idempotent. One that is `slow`
    is done beside the others, which do not wait for it; one that is `heavy` needs more memory than a
    worker should keep."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    slow: bool = False
    heavy: bool = False


# Duties of apps that bring something of their own.
_OF_APPS: list[Duty] = []


def add(duty: Duty) -> None:
    """Registers a duty of an app, when it is ready."""
    if duty.name not in {one.name for one in _OF_APPS}:
        _OF_APPS.append(duty)


def _seal(at: datetime) -> None:
    audit.seal(at=at, until=at - SEAL_AFTER)


def _frequencies(at: datetime) -> None:
    del at
    for kind in searched.KINDS:
        search.refresh_frequencies(kind)


def _sessions(at: datetime) -> None:
    logins.forget(at)


def _calendars(at: datetime) -> None:
    matters.recalculate(calendars.default().pk, at)


def _facts(at: datetime) -> None:
    del at
    insight.export(insight.store())


def _kept_answers(at: datetime) -> None:
    kept.forget(at, insight.store())


def duties(words: digest.Words) -> list[Duty]:
    """All duties. `words` gives the text that takes the place of an erased subject."""

    def retention(at: datetime) -> None:
        erased, touched = words("retention.erased"), ERASE_BATCH
        while touched >= ERASE_BATCH:
            touched = upkeep.erase_due(at, words=erased, limit=ERASE_BATCH)
            if touched:
                kept.forget_all()

    day = timedelta(days=1)
    return [
        Duty("seal", SEAL_EVERY, _seal),
        Duty("views", timedelta(hours=1), publicity.views.close_days),
        Duty("anchors", day, lambda at: anchoring.everywhere(at, words), slow=True),
        Duty("mergers", timedelta(minutes=1), upkeep.follow_mergers),
        Duty("facts", timedelta(minutes=15), _facts, slow=True, heavy=True),
        Duty("kept_answers", timedelta(hours=1), _kept_answers),
        Duty("digest", timedelta(hours=1), digest.plan),
        Duty("roundups", timedelta(hours=1), roundups.plan),
        Duty("retention", day, retention),
        Duty("calendars", day, _calendars),
        Duty("search.frequencies", day, _frequencies),
        Duty("habits", day, workbench.refresh_habits, slow=True),
        Duty("sessions", day, _sessions),
        Duty("answers", day, answers.forget),
        Duty("tries", timedelta(hours=1), tries.forget),
        Duty("retries", timedelta(minutes=10), retries.forget),
        Duty("files", day, files.collect_orphans),
        Duty("bulletins", day, bulletins.compare, slow=True, heavy=True),
        Duty("stand_ins", timedelta(hours=1), absences.hand_over_due),
        Duty("deserted", timedelta(hours=1), upkeep.tell_deserted),
        Duty("watch_texts", timedelta(hours=1), watches.await_watched),
        Duty("unattended", day, upkeep.tell_unattended),
        Duty("left_behind", day, upkeep.tell_left_behind),
        Duty("obligations", timedelta(minutes=10), obligations.come_round, slow=True),
        Duty("drafts", timedelta(hours=1), workbench.forget_drafts),
        *_OF_APPS,
    ]


def names() -> list[str]:
    """How all duties are called."""
    return [one.name for one in duties(lambda key, **values: key)]
