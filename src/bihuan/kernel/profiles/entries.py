"""What was recorded of somebody, for their own eyes: when, by whom, why, and where they can say that it is
wrong. Each app that records something of people registers it, when it is ready."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bihuan.foundation.access.api import OFFICERS
from bihuan.foundation.access.models import Grant
from bihuan.foundation.access.own_data import Code
from bihuan.foundation.audit.api import Event
from bihuan.foundation.orgs.api import Person
from bihuan.foundation.orgs.models import Post

MOST = 200
Text = Mapping[str, str]
Said = str | Text | Code


@dataclass(frozen=True)
class Entry:
    """One thing recorded of somebody. `said`: words of the house, in which the `values` stand; `by`: the
    reference of who entered it; `why`: what they gave as reason; `matter`: the one in which it was entered,
    where one says that it is wrong; `keepers`: who else corrects it."""

    at: datetime
    said: str
    by: str
    values: Mapping[str, Said] = field(default_factory=dict)
    why: Said = ""
    matter: int | None = None
    keepers: tuple[int, ...] = ()


Source = Callable[[Person, datetime], Iterable[Entry]]
_SOURCES: list[Source] = []


def register(one: Source) -> None:
    """Registers what an app records of people."""
    _SOURCES.append(one)


def entries(found: Person, at: datetime, *, most: int = MOST) -> list[Entry]:
    """What was recorded of somebody, the newest first. To be shown to nobody else."""
    every = [one for source in _SOURCES for one in source(found, at)]
    return sorted(every, key=lambda one: one.at, reverse=True)[:most]


def happened(streams: Iterable[str], *types: str) -> dict[str, Event]:
    """The first event of one of these types in each stream."""
    found: dict[str, Event] = {}
    for event in Event.objects.filter(stream__in=list(streams), type__in=types).order_by("pk"):
        found.setdefault(event.stream, event)
    return found


def entered_by(event: Event) -> str:
    """Who really entered what an event tells."""
    return event.done_by or event.actor


def by_whom(told: Iterable[tuple[str, datetime]]) -> dict[tuple[str, datetime], str]:
    """Who entered what in each stream at an instant."""
    wanted = set(told)
    rows = Event.objects.filter(
        stream__in={stream for stream, _ in wanted}, at__in={at for _, at in wanted}
    )
    found = {(one.stream, one.at): entered_by(one) for one in rows.order_by("-pk")}
    return {key: ref for key, ref in found.items() if key in wanted}


def _posts(found: Person, at: datetime) -> Iterable[Entry]:
    del at
    rows = list(Post.objects.filter(person_id=found.pk).select_related("org"))
    events = happened((one.stream for one in rows), "post.given")
    for one in rows:
        if (event := events.get(one.stream)) is not None:
            values = {"org": one.org.name, "title": one.title}
            said = "entries.post_titled" if one.title else "entries.post"
            yield Entry(event.at, said, entered_by(event), values)


def _grants(found: Person, at: datetime) -> Iterable[Entry]:
    del at
    rows = list(Grant.objects.filter(person_id=found.pk).select_related("org"))
    events = happened((one.stream for one in rows), "grant.given")
    for one in rows:
        if (event := events.get(one.stream)) is not None:
            word = f"studio.role.{one.role}" if one.role in OFFICERS else f"roles.{one.role}"
            values: dict[str, Said] = {
                "org": one.org.name,
                "role": Code(one.role, word, one.programme),
            }
            yield Entry(event.at, "entries.grant", entered_by(event), values)


register(_posts)
register(_grants)
