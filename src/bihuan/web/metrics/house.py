"""What the apps of the house say of themselves in numbers, asked when a monitor asks: the worker and what
waits for it, open matters, backups, seals. No person, no organisation, no text."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

import bihuan
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import backlog
from bihuan.kernel.matters import tally

BACKUP = "backup.made"


def _gauge(
    name: str, what: str, labels: tuple[str, ...], rows: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"bihuan_{name}", what, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _number(name: str, what: str, number: float | None) -> GaugeMetricFamily:
    """One number; without a sample where there is none yet."""
    return _gauge(name, what, (), [] if number is None else [((), number)])


def _worker(at: datetime) -> Iterator[Metric]:
    duties = backlog.duties()
    ran = [((one.name,), one.last_run.timestamp()) for one in duties if one.last_run is not None]
    yield _number(
        "worker_last_timestamp_seconds",
        "When a worker brought a duty to its end last.",
        max((when for _, when in ran), default=None),
    )
    yield _gauge("duty_last_timestamp_seconds", "When each duty ended last.", ("name",), ran)
    yield _gauge(
        "duty_under_way",
        "1 for a duty that a worker has in hand, or that failed and waits a minute.",
        ("name",),
        [((one.name,), float(one.is_taken(at))) for one in duties],
    )
    tasks = backlog.tasks(at)
    yield _gauge(
        "tasks_waiting",
        "Tasks that could run now: mails, webhooks, what follows from steps.",
        ("name",),
        [((name,), float(count)) for name, count in tasks.waiting.items()],
    )
    yield _number("tasks_waiting_seconds", "How long the oldest of them waits.", tasks.oldest)
    yield _number("tasks_failed", "Tasks that were given up.", tasks.failed)


def _matters() -> Iterator[Metric]:
    rows = tally.by_state()
    names = ("programme", "kind", "state")
    yield _gauge(
        "matters_open",
        "Matters that are not closed.",
        names,
        [((one.programme, one.kind, one.state), float(one.open)) for one in rows],
    )
    yield _gauge(
        "matters_late",
        "Those of them of which a limit has passed.",
        names,
        [((one.programme, one.kind, one.state), float(one.late)) for one in rows],
    )


def _proofs() -> Iterator[Metric]:
    made = audit.security.entries(audit.security.Wanted(None, types=(BACKUP,)), 1)
    sealed = audit.proofs.newest()
    yield _number(
        "backup_last_timestamp_seconds",
        "When a backup was made last.",
        made[0][0].at.timestamp() if made else None,
    )
    yield _number(
        "seal_last_timestamp_seconds",
        "When the log was sealed last; a house in which nothing happens seals nothing.",
        datetime.fromisoformat(sealed.at).timestamp() if sealed else None,
    )


class _House(Collector):
    def __init__(self, at: datetime) -> None:
        self._at = at

    @override
    def collect(self) -> Iterator[Metric]:
        version = [((bihuan.__version__,), 1.0)]
        yield _gauge("version", "Which version runs.", ("version",), version)
        yield from _worker(self._at)
        yield from _matters()
        yield from _proofs()


def told(at: datetime) -> bytes:
    """Everything, as Prometheus reads it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_House(at))
    return generate_latest(registry)
