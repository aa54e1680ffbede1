"""A gathering as somebody who sees its matter may read it: when and where, who came, whether enough did, what
was said, what was corrected since."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.gathering import attending, events, joining, planning, standing
from bihuan.facets.gathering.block import (
    AGENDA,
    BY_ONESELF,
    GATHERING,
    GUESTS,
    HOLD,
    MARK,
    MINUTE,
    STATES,
    GatheringSpec,
)
from bihuan.facets.gathering.models import (
    AgendaLine,
    Attendance,
    AttendanceMend,
    MinutesSignature,
    MinutesText,
    Sitting,
)
from bihuan.facets.gathering.standing import Columns
from bihuan.facets.roll import counting, sight
from bihuan.facets.roll.block import effects
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.shown import placed
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, Part, change
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters import access
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.parts import blanked
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Kind, Programme
from bihuan.web import fields

# Names of each state on a page; the counts are of all.
NAMES = 60
# What people wrote, by part, and what is left when it is erased.
_WORDS: dict[type[Part], dict[str, Any]] = {
    Sitting: {"why": ""},
    Attendance: {"name": "", "whence": "", "reason": "", "exemption": ""},
    AgendaLine: {"title": "", "outcome": ""},
    MinutesText: {"texts": {}},
    AttendanceMend: {"why": "", "texts": {}},
}


def step_of(found: Matter, who: Actor, at: datetime) -> Step:
    """What a step would stand on that somebody takes at an instant, to ask what holds."""
    programme = programmes.spec_of(found.release_id)
    return Step(found, programme, programme.kinds[found.kind], who, at, "")


def listed(found: Matter) -> dict[str, Columns]:
    """The list of a gathering by its keys."""
    rows = Attendance.objects.filter(stream=found.stream).order_by("pk")
    return {row.key: row.values() for row in rows}


def progress(row: Sitting) -> str:
    """How far it has come: planned, announced, begun, held or off."""
    if row.off:
        return "off"
    steps = (("held", row.held_at), ("begun", row.begun_at), ("announced", row.announced_at))
    return next((name for name, at in steps if at is not None), "planned")


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Everything of it that the reader may know. None of a kind without gatherings, and of a matter that was
    opened before it had them."""
    programme = programmes.spec_of(found.release_id)
    block = GATHERING.of(programme.kinds[found.kind])
    if block is None:
        return None
    row = Sitting.objects.filter(stream=found.stream, key=standing.SITTING).first()
    if row is None:
        return None
    return {
        **_when(found, block, row),
        "room": placed(programme.kinds[found.kind], found),
        **counted(found, row, who, at),
        **_people(found, row, who, at),
        "agenda": _agenda(found, who),
        "minutes": _minutes(found, block, programme),
        "signatures": [
            {"as": one.key, "person": _person(one.person_id), "at": one.at}
            for one in MinutesSignature.objects.filter(stream=found.stream).order_by("at", "pk")
        ],
        "mends": _mends(found, who, programme),
    }


def _when(found: Matter, block: GatheringSpec, row: Sitting) -> dict[str, Any]:
    counts = planning.period(block, row.held_from or row.begins)
    return {
        "progress": progress(row),
        "begins": row.begins,
        "ends": row.ends,
        "place": found.facts.get(block.place, "") if block.place is not None else "",
        "first_begins": row.first_begins,
        "moved": row.moved,
        "why": row.why,
        "announced_at": row.announced_at,
        "held_from": row.held_from,
        "held_to": row.held_to,
        "counts_in": counts.text if counts is not None else "",
        "moved_over": counts != planning.period(block, row.first_begins),
        "holiday": row.holiday,
        "wanted": row.wanted,
        "series": row.series,
        "on_paper": row.on_paper,
    }


def counted(found: Matter, row: Sitting, who: Actor, at: datetime) -> dict[str, Any]:
    """How many should, came, are excused, are missing; and the quorum, live until it was held."""
    on = timezone.localtime(at).date()
    every = list(counting.rows(found).values())
    rows = counting.counting(every, found, on)
    said, closed = listed(found), row.held_at is not None
    told = standing.states(rows, said, closed=closed)
    quorum = row.quorum or None
    if quorum is None and rows and not row.off:
        enough = standing.enough(step_of(found, who, at))
        quorum = enough.columns() if enough is not None else None
    names = ("should", *STATES[:-1], "missing", "exempt")
    counts = {name: told[name] for name in names}
    counts["guest"] = sum(one["state"] == "guest" for one in said.values())
    counts["minutes"] = sum(one["numbers"].get("minutes", 0) for one in said.values())
    taken = min((one.since for one in every), default=None)
    here = counts["came"] + counts["guest"]
    told_of = {"taken": taken, "aside": len(every) - len(rows), "here": here}
    return {"counts": counts, "quorum": quorum, **told_of}


def _people(found: Matter, row: Sitting, who: Actor, at: datetime) -> dict[str, Any]:
    on = timezone.localtime(at).date()
    every = counting.rows(found)
    rows, said = counting.counting(every.values(), found, on), listed(found)
    is_named, may, keeps = (
        sight.named(found, who),
        sight.reasons(found, who),
        sight.keeps(found, who),
    )
    lists = []
    for state in (*STATES[:-1], "missing"):
        some = [one for one in rows if _state(one, said, row) == state]
        seen = [one for one in some if is_named(one)]
        if some:
            told = [_attendee(one, said.get(one.key), may=may(one)) for one in seen[:NAMES]]
            more = max(0, len(seen) - NAMES)
            unnamed = len(some) - len(seen)
            lists.append(
                {"state": state, "count": len(some), "who": told, "more": more, "unnamed": unnamed}
            )
    guests = [one for one in said.values() if one["state"] == "guest"]
    mine = [one for one in counting.mine(who, every.values()) if one.person_id is not None]
    return {
        "lists": lists,
        "guests": [_guest(one) for one in guests] if keeps else [],
        "mine": [_state(one, said, row) for one in mine],
        "marks": marks(found, who, at, row, is_named=is_named),
        "screen": chairs(found, who),
    }


def _state(one: Row, said: Mapping[str, Columns], row: Sitting) -> str:
    if one.key in said:
        return str(said[one.key]["state"])
    if one.state == "exempt":
        return "exempt"
    return "absent" if row.held_at is not None else "missing"


def _attendee(one: Row, said: Columns | None, *, may: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": one.person_id,
        "name": one.name,
        "org": {"id": one.org_id, "name": standing_org(one.org_id).name},
    }
    if said is None:
        return told
    return {
        **told,
        "how": said["how"],
        "at": said["at"],
        "minutes": said["numbers"].get("minutes", 0),
        "made_up_on": said["made_up_on"],
        "reason": said["reason"] if may else "",
    }


def _guest(one: Columns) -> dict[str, Any]:
    return {
        **{name: one[name] for name in ("name", "whence", "speaks")},
        "minutes": one["numbers"].get("minutes", 0),
    }


def _person(pk: int | None) -> dict[str, Any] | None:
    return {"id": pk, "name": standing_person(pk).name} if pk is not None else None


def _agenda(found: Matter, who: Actor) -> list[dict[str, Any]]:
    """The agenda; a matter on it is named to who sees it, to others it is one they may not know: nor what came
    of it, nor who spoke to it."""
    rows = sorted(AgendaLine.objects.filter(stream=found.stream), key=lambda row: int(row.key))
    seen = {one.pk: one for one in matters.by_ids(who, [r.about_id for r in rows if r.about_id])}
    told = []
    for row in rows:
        hidden = row.about_id is not None and row.about_id not in seen
        told.append(
            {
                "line": int(row.key),
                "title": "" if hidden else row.title,
                "matter": _matter(seen.get(row.about_id)) if row.about_id is not None else None,
                "hidden": hidden,
                "person": None if hidden else _person(row.person_id),
                "outcome": "" if hidden else row.outcome,
            }
        )
    return told


def _matter(one: Matter | None) -> dict[str, Any] | None:
    return {"id": one.pk, "number": one.number, "subject": one.subject} if one is not None else None


def _minutes(found: Matter, block: GatheringSpec, spec: Programme) -> dict[str, Any] | None:
    row = MinutesText.objects.filter(stream=found.stream).first()
    if row is None:
        return None
    told = [
        {"part": name, "label": _label(spec, name), "text": row.texts.get(name, "")}
        for name in block.minutes
    ]
    return {"parts": told, "by": _person(row.by), "at": row.at}


def _label(spec: Programme, name: str) -> dict[str, str]:
    key = f"fields.{name}"
    return {locale: told.get(key, key) for locale, told in spec.strings.items()}


def _mends(found: Matter, who: Actor, spec: Programme) -> list[dict[str, Any]]:
    """Corrections, oldest first: everybody sees that there was one, by whom and when; of whom and why those
    who read the name; of the minutes everybody."""
    every, is_named = counting.rows(found), sight.named(found, who)
    may = sight.keeps(found, who)
    told = []
    for row in sorted(
        AttendanceMend.objects.filter(stream=found.stream), key=lambda row: int(row.key)
    ):
        whom = every.get(row.whom)
        named = whom is not None and is_named(whom)
        own = whom is not None and whom.person_id == who.person_id
        reads = not row.whom or may or own
        told.append(
            {
                "whom": whom.name if whom is not None and named else "",
                "before": row.before,
                "after": row.after,
                "parts": [
                    {"label": _label(spec, name), "text": row.texts.get(name, "")}
                    for name in (row.parts if reads else ())
                ],
                "why": row.why if reads else "",
                "signed": row.signed,
                "by": _person(row.by),
                "at": row.at,
            }
        )
    return told


def chairs(found: Matter, who: Actor) -> bool:
    """Whether somebody has the chair's screen: may hold the gathering."""
    programme = programmes.spec_of(found.release_id)
    return any(
        any(verb.do == HOLD for verb in effects(action))
        and access.may_act(who, found, action, programme)
        for action in programme.kinds[found.kind].actions.values()
    )


def marks(
    found: Matter, who: Actor, at: datetime, row: Sitting, *, is_named: sight.Asked
) -> dict[str, Any] | None:
    """The chair's list: by which actions the reader marks with one press those who came (`who`), or all others
    (`but`), which ask for nothing but that; and of whom nothing is said yet."""
    if row.off or row.held_at is not None or timezone.localtime(at) < _morning(row):
        return None
    presses: dict[str, dict[str, str]] = {}
    for one in matters.offered(found, who, at):
        for verb in one.action.effects if one.refusal is None else ():
            for key in ("who", "but"):
                name = str(verb.args.get(key, ""))
                if verb.do == MARK and name and _asks_only(one.action, name):
                    press = {"action": one.id, "posted": fields.posted_name(name)}
                    presses.setdefault(key, press)
    if not presses:
        return None
    said = listed(found)
    there = counting.counting(counting.rows(found).values(), found, timezone.localtime(at).date())
    rows = [one for one in there if one.key not in said and is_named(one)]
    told = [{"id": r.person_id, "name": r.name, "exempt": r.state == "exempt"} for r in rows]
    return {**presses, "people": told} if told else None


def _asks_only(action: Action, name: str) -> bool:
    """Whether an action asks for people under a name, and must be told nothing else."""
    wanted = {each for each, asked in action.inputs.items() if asked.required}
    return action.inputs[name].type == "people" and wanted <= {name}


def _morning(row: Sitting) -> datetime:
    return timezone.localtime(row.begins).replace(hour=0, minute=0)


def unsaid(kind: Kind, action: Action) -> set[str]:
    """What stands on the list, in the agenda and in the minutes stands in no time line."""
    block = GATHERING.of(kind)
    if block is None:
        return set()
    found: set[str] = set()
    for verb in effects(action):
        if verb.do == MINUTE:
            found |= {*block.minutes}
        if verb.do in (AGENDA, GUESTS, MARK, *BY_ONESELF) or "who" in verb.args:
            names = ("who", "but", "reason", "how", "rows", "code", "state")
            found |= {str(verb.args[name]) for name in names if name in verb.args}
    return found & action.inputs.keys()


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """What people wrote goes, with the names of guests; who came and how many stays."""
    parts = blanked(found.stream, _WORDS)
    if parts:
        change(found, Happening(events.FORGOTTEN, at, actor, set={"changed_at": at}, parts=parts))


def on_day(row: Sitting) -> date:
    """The day of which it counts: on which it was held, or is to be."""
    return timezone.localtime(row.held_from or row.begins).date()


def register() -> None:
    """Puts the part on every gathering."""
    attach(
        Attached(
            name="gathering",
            within=planning.keep,
            before=attending.paced,
            shown=shown,
            unsaid=unsaid,
            forgotten=forgotten,
            instead=("roll",),
            given=joining.given,
        )
    )
