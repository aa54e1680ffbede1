"""The board of those for whom a matter opened others, and beside each of these from where it comes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.each import board
from bihuan.facets.each.block import EACH
from bihuan.facets.each.models import EachMissed, EachOf
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

# Rows of each list on a page, and of those that could not be opened; the counts are of all.
ROWS, MISSED = 20, 20


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """How many are due one, have it, have done it, are late; the rows that the reader sees, the late
    ones first; for whom none could be opened and why. None of kinds without."""
    del at
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    block = EACH.of(kind)
    if block is None:
        return None
    run = board.run_of(found)
    told: dict[str, Any] = {
        "roster": _called(programme, f"rosters.{block.roster}"),
        "kind": _called(programme, f"kinds.{block.kind}"),
        "since": run.since if run is not None else None,
    }
    if run is None:
        return told
    counts = board.counts(found, run)
    names = ("due", "exempt", "opened", "missed", "done", "late", "open", "left")
    keeps = any(access.may_act(who, found, one, programme) for one in kind.actions.values())
    return {
        **told,
        **{name: getattr(counts, name) for name in names},
        "going_on": counts.going_on,
        "lists": [
            _listed(found, who, name, getattr(counts, name))
            for name in board.LISTS
            if getattr(counts, name)
        ],
        "not_opened": _missed(found) if keeps else [],
    }


def _called(programme: Programme, key: str) -> dict[str, str]:
    return {locale: text.get(key, key) for locale, text in programme.strings.items()}


def _listed(found: Matter, who: Actor, name: str, count: int) -> dict[str, Any]:
    rows = told(board.rows(found, who, name)[:ROWS])
    return {"list": name, "count": count, "rows": rows, "more": count - len(rows)}


def told(rows: Iterable[Matter]) -> list[dict[str, Any]]:
    """Matters that were opened for somebody, each with whose it is and how it stands."""
    rows = list(rows)
    of = {one.matter_id: one for one in EachOf.objects.filter(matter_id__in=[r.pk for r in rows])}
    return [_one(row, of[row.pk]) for row in rows if row.pk in of]


def _one(row: Matter, of: EachOf) -> dict[str, Any]:
    programme = programmes.spec_of(row.release_id)
    org = {"id": of.org_id, "name": standing_org(of.org_id).name}
    return {
        "id": row.pk,
        "number": row.number,
        "whom": called(of.person_id, of.org_id),
        "org": org,
        "state": row.state,
        "state_label": _called(programme, f"states.{row.kind}.{row.state}"),
        "phase": row.phase,
        "level": row.level,
        "due_at": row.due_at,
        "closed_at": row.closed_at,
        "left": of.left,
    }


def called(person_id: int | None, org_id: int) -> str:
    """The name of whom one is for."""
    return standing_person(person_id).name if person_id else standing_org(org_id).name


def _missed(found: Matter) -> list[Mapping[str, Any]]:
    rows = EachMissed.objects.filter(stream=found.stream).order_by("pk")[:MISSED]
    return [{"whom": called(one.person_id, one.org_id), "why": one.why} for one in rows]


def lists(found: Matter) -> tuple[str, ...]:
    """The kind of those that the board shows."""
    block = EACH.of(programmes.spec_of(found.release_id).kinds[found.kind])
    return (block.kind,) if block is not None else ()


def register() -> None:
    """Puts the part on every matter that opens others so."""
    attach(Attached(name="each", shown=shown, lists=lists))
