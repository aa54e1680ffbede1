"""The plan of a matter, as somebody who sees it may read it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.plan import chapters, events, owed, standing
from bihuan.facets.plan.block import JOURNAL, PLAN, JournalSpec
from bihuan.facets.plan.models import (
    JournalEntry,
    JournalRemark,
    PlanLine,
    PlanMember,
    PlanRun,
)
from bihuan.facets.plan.owed import Square
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, Part, change
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.parts import blanked
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Kind, Programme

# What people wrote, by part, and what is left when it is erased.
_WORDS: dict[type[Part], dict[str, Any]] = {
    PlanLine: {"title": "", "why": ""},
    PlanMember: {"part": ""},
    JournalEntry: {"texts": {}, "first": {}},
    JournalRemark: {"text": ""},
}


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Milestones, the team, the journal by period with what was written, as far as there are any; of its
    chapters how much stands in each. None of a kind without a plan."""
    programme = programmes.spec_of(found.release_id)
    block = PLAN.of(programme.kinds[found.kind])
    if block is None:
        return None
    today = timezone.localtime(at).date()
    lines = [_line(row, today) for row in _rows(PlanLine, found)]
    kept = [one for one in lines if one["state"] != "dropped"]
    run = PlanRun.objects.filter(stream=found.stream).first()
    told = {
        "started": run.started if run else None,
        "milestones": lines,
        "done": sum(one["state"] in ("in_time", "late") for one in kept),
        "of": len(kept),
        "late": sum(one["overdue"] for one in kept),
        "people": [_member(row) for row in _team(found)],
        "journal": _journal(found, block.journal, run, programme, today),
        "has": {"milestones": block.milestones, "people": block.people},
    }
    counted = chapters.counted(found, who, told) if block.chapters else []
    return {**told, "chapters": counted}


def _rows(model: type[Part], found: Matter) -> list[Any]:
    rows = model.objects.filter(stream=found.stream)  # type: ignore[attr-defined]  # - every model has its manager
    return sorted(rows, key=lambda row: int(row.key))


def _line(row: PlanLine, today: date) -> dict[str, Any]:
    return {
        "line": int(row.key),
        "title": row.title,
        "due": row.due,
        "first": row.first,
        "moved": row.moved,
        "person": _person(row.person_id),
        "percent": row.percent,
        "state": row.state,
        "ended_on": row.ended_on,
        "why": row.why,
        "overdue": row.state == "open" and row.due < today,
    }


def _person(pk: int | None) -> dict[str, Any] | None:
    return {"id": pk, "name": standing_person(pk).name} if pk is not None else None


def _team(found: Matter) -> list[PlanMember]:
    rows = PlanMember.objects.filter(stream=found.stream).order_by("pk")
    return sorted(rows, key=lambda row: (row.until is not None, not row.lead))


def _member(row: PlanMember) -> dict[str, Any]:
    return {
        "person": _person(row.person_id),
        "part": row.part,
        "lead": row.lead,
        "since": row.since,
        "until": row.until,
    }


def _journal(
    found: Matter, one: JournalSpec | None, run: PlanRun | None, spec: Programme, today: date
) -> dict[str, Any] | None:
    """None without a journal, or before the plan was started."""
    if one is None or run is None or not run.every:
        return None
    rows = {row.key: row for row in JournalEntry.objects.filter(stream=found.stream)}
    remarks: dict[str, list[JournalRemark]] = {}
    for row in JournalRemark.objects.filter(stream=found.stream).order_by("at", "pk"):
        remarks.setdefault(row.period, []).append(row)
    timing = {key: row.timing for key, row in rows.items()}
    over = standing.over(found)
    squares = owed.squares(standing.run_of(run.values(), over), timing, today, one.grace)
    count = owed.count(squares)
    return {
        "every": run.every,
        "started": run.started,
        "ended": run.ended or over,
        "owed": count.owed,
        "written": count.written,
        "late": count.late,
        "missed": count.missed,
        "periods": [_square(square) for square in squares],
        "entries": [
            _entry(rows[key], one, remarks.get(key, []), spec) for key in sorted(rows, reverse=True)
        ],
    }


def _numbered(period: str) -> dict[str, int]:
    """The year of a period, and which week, month, quarter or half of it (a year: 0)."""
    year, _, n = period.partition("-")
    return {"year": int(year), "n": int(n.lstrip("WQH") or 0)}


def _square(one: Square) -> dict[str, Any]:
    return {
        "period": one.period,
        "from": one.start,
        "to": one.last,
        "due": one.due,
        "state": one.state,
        "owed": one.owed,
        **_numbered(one.period),
    }


def _entry(
    row: JournalEntry, one: JournalSpec, remarks: list[JournalRemark], spec: Programme
) -> dict[str, Any]:
    def told(texts: Mapping[str, str]) -> list[dict[str, Any]]:
        return [
            {"part": name, "label": _label(spec, name), "text": texts[name]}
            for name in (*one.parts, *(key for key in texts if key not in one.parts))
            if texts.get(name)
        ]

    return {
        "period": row.key,
        **_numbered(row.key),
        "parts": told(row.texts),
        "first": told(row.first),
        "by": _person(row.person_id),
        "at": row.at,
        "timing": row.timing,
        "changed_by": _person(row.changed_by),
        "changed_at": row.changed_at,
        "remarks": [
            {"by": _person(said.person_id), "at": said.at, "text": said.text} for said in remarks
        ],
    }


def _label(spec: Programme, name: str) -> dict[str, str]:
    key = f"fields.{name}"
    return {locale: told.get(key, key) for locale, told in spec.strings.items()}


def _unsaid(kind: Kind, action: Action) -> list[str]:
    """The parts of a journal, which stand in the journal."""
    block = PLAN.of(kind)
    if block is None or block.journal is None:
        return []
    writes = any(verb.do == JOURNAL for verb in action.effects)
    return list(block.journal.parts) if writes else []


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """What people wrote goes; which journals there were, and which dates were kept, stays."""
    parts = blanked(found.stream, _WORDS)
    if parts:
        change(found, Happening(events.FORGOTTEN, at, actor, set={"changed_at": at}, parts=parts))


def register() -> None:
    """Puts the part on every matter with a plan."""
    attach(Attached(name="plan", shown=shown, unsaid=_unsaid, forgotten=forgotten))
