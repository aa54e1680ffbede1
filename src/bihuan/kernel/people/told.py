"""What is told of where somebody belongs: to themselves, and on the page of a person or an organisation to
whom the list of members is shown."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.foundation.access import own_data
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.own_data import Code
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import Org, Person
from bihuan.foundation.orgs.models import Membership
from bihuan.kernel.people.keeping import Sort, keepers, reads, sort_of
from bihuan.kernel.people.listing import roots
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.profiles import entries


def _belonged(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    for row in memberships.memberships_of(person_id):
        programme, _, name = row.kind.partition(".")
        yield {
            "org": row.org.name,
            "membership": Code(row.kind, f"memberships.{name}", programme),
            "status": Code(row.status, f"statuses.{name}.{row.status}", programme),
            "joined": row.since,
            "start": row.start,
            "end": row.end,
        }


def _exempted(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    for row in memberships.exemptions_for(person_id):
        programme, _, name = row.kind.partition(".")
        reason = Code(row.reason, f"exempt.{name}.{row.reason}", programme)
        yield {"reason": reason, "note": row.note, "start": row.start, "end": row.end}


def _words(sort: Sort, key: str) -> dict[str, str]:
    """What the programme calls something, by locale."""
    return {locale: told.get(key, key) for locale, told in sort.programme.strings.items()}


def _row(row: Membership, sort: Sort) -> dict[str, Any]:
    return {
        "id": row.pk,
        "org": {"id": row.org_id, "name": row.org.name},
        "membership": row.kind,
        "membership_label": _words(sort, f"memberships.{sort.name}"),
        "status": row.status,
        "status_label": _words(sort, f"statuses.{sort.name}.{row.status}"),
        "since": row.since,
        "start": row.start,
        "end": row.end,
    }


def _of_person(found: Person, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Where somebody belongs and belonged, as far as the reader is shown the lists; to themselves all."""
    del at
    rows = []
    for row in memberships.memberships_of(found.pk):
        sort = sort_of(row.kind)
        if sort is None:
            continue
        kept = reads(who, sort, row.org.path)
        if kept or found.pk == who.person_id:
            rows.append({**_row(row, sort), "kept": kept})
    return {"rows": rows} if rows else None


def _of_org(found: Org, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """How many members an organisation has, with those below it, by status; to whom its list is shown."""
    on = timezone.localtime(at).date()
    told = []
    for full, (sort, _) in roots(who).items():
        if not reads(who, sort, found.path):
            continue
        rows = memberships.memberships_within(found.path, on, kinds=[full])
        counts = Counter(rows.order_by().values_list("status", flat=True))
        if counts:
            told.append(
                {
                    "membership": full,
                    "membership_label": _words(sort, f"memberships.{sort.name}"),
                    "statuses": [
                        {
                            "status": one,
                            "status_label": _words(sort, f"statuses.{sort.name}.{one}"),
                            "count": counts[one],
                        }
                        for one in sort.spec.statuses
                        if counts[one]
                    ],
                }
            )
    return {"lists": told} if told else None


def _entered(found: Person, at: datetime) -> Iterator[entries.Entry]:
    """Who put somebody on a list, and exempted them, with those who keep the list now."""
    on = timezone.localtime(at).date()
    rows = memberships.memberships_of(found.pk)
    begun = entries.happened((one.stream for one in rows), "membership.begun")
    for row in rows:
        programme, _, name = row.kind.partition(".")
        sort, event = sort_of(row.kind), begun.get(row.stream)
        if sort is None or event is None:
            continue
        values: dict[str, entries.Said] = {
            "org": row.org.name,
            "membership": Code(row.kind, f"memberships.{name}", programme),
            "status": Code(row.status, f"statuses.{name}.{row.status}", programme),
            "start": row.start.isoformat(),
        }
        by = entries.entered_by(event)
        kept = keepers(sort, row.org.path, on)
        yield entries.Entry(event.at, "entries.membership", by, values, keepers=kept)
    freed = memberships.exemptions_for(found.pk)
    given = entries.happened((one.stream for one in freed), "exemption.given")
    places = {row.kind: row.org.path for row in reversed(rows)}
    for one in freed:
        programme, _, name = one.kind.partition(".")
        sort, event = sort_of(one.kind), given.get(one.stream)
        if sort is None or event is None:
            continue
        reason = Code(one.reason, f"exempt.{name}.{one.reason}", programme)
        path = places.get(one.kind)
        yield entries.Entry(
            event.at,
            "entries.exemption",
            entries.entered_by(event),
            {"reason": reason, "start": one.start.isoformat()},
            why=one.note,
            keepers=keepers(sort, path, on) if path else (),
        )


def register() -> None:
    """Registers what is told."""
    entries.register(_entered)
    own_data.register("memberships", _belonged)
    own_data.register("exemptions", _exempted)
    profiles.register(profiles.Profile("members", of_person=_of_person, of_org=_of_org))
