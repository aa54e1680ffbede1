"""The facet `attested`: matters that say what whom they are about attended, and how long: what whoever held it
confirmed, and nothing that anybody typed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from pydantic import Field

from bihuan.facets.gathering import spans, standing
from bihuan.facets.gathering.block import GATHERING
from bihuan.facets.gathering.models import Attendance, AttestedLines, Sitting
from bihuan.facets.roll.block import effects
from bihuan.facets.subject.block import SUBJECTS
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org, tree
from bihuan.kernel.matters import access, subjects, verbs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import RefusedError
from bihuan.outcomes.papers.api import CHAPTERS, COUNTED, Chapter, Counted, May
from bihuan.outcomes.press.blocks import Block, Run
from bihuan.spec import facets
from bihuan.spec.arguments import Args
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Input, Kind, Programme
from bihuan.web import words

FILE = "matters.toml"
KEEP = "attested.keep"
# More are no list for a page or a paper; the sums are of all.
MOST = 300
_NAMES = ("time", "hours", "times", "first", "last")
_COLUMNS = ("what", "day", "by", "from", "to", "minutes")


class AttestedSpec(Strict):
    """Matters of the kind say what whom they are about attended: the gatherings of the kinds `of` that were held by
    the organisation that received the matter, or below it, from the day in the field `since` until the one in
    `until` (absent, or empty: all). Only those count who came, for the minutes that whoever held it confirmed."""

    of: tuple[Name, ...] = Field(min_length=1)
    since: Name | None = None
    until: Name | None = None


class OfAttested(Args):
    """Arguments of a verb that only a kind with `attested` can use."""

    facet: ClassVar[str] = "attested"


@dataclass(frozen=True)
class Line:
    """One gathering that somebody attended: when they were there, what it was, who held it."""

    begins: datetime
    ends: datetime
    subject: str
    org: str
    minutes: int

    @property
    def day(self) -> date:
        """On which day it was."""
        return standing.local(self.begins).date()


def lines(found: Matter) -> list[Line]:
    """What whom a matter is about attended, as the kind's block means it, the earliest first: as it was certified,
    or, while it is not, as it stands. Time at which they were at two gatherings is that of the earlier one."""
    block = ATTESTED.of(_kind(found))
    party = subjects.of(access.parties(found))
    if block is None or party is None or party.person_id is None:
        return []
    kept = AttestedLines.objects.filter(stream=found.stream).first()
    if kept is not None:
        return _certified(kept)
    return [line for _, line in _now(found, block, party.person_id)]


def _certified(kept: AttestedLines) -> list[Line]:
    there = Matter.objects.in_bulk({row[0] for row in kept.lines})
    return [
        Line(
            datetime.fromisoformat(begins),
            datetime.fromisoformat(ends),
            there[matter].subject,
            standing_org(there[matter].home_id).name,
            minutes,
        )
        for matter, begins, ends, minutes in kept.lines
        if matter in there
    ]


def _now(found: Matter, block: AttestedSpec, person: int) -> list[tuple[int, Line]]:
    """(the gathering's number, what was attended there) of somebody, as it stands."""
    low, high = tree.bounds(found.home_path)
    held = Matter.objects.filter(
        programme=found.programme, kind__in=block.of, merged_into__isnull=True
    )
    mine = Attendance.objects.filter(person_id=person, state="came")
    there = {
        one.pk: one
        for one in held.filter(home_path__gte=low, home_path__lt=high).filter(
            pk__in=mine.values("matter_id")
        )
    }
    came = {one.matter_id: one for one in mine.filter(matter_id__in=there)}
    sittings = Sitting.objects.filter(matter_id__in=there, held_at__isnull=False, off=False)
    told = [
        (one.matter_id, _line(there[one.matter_id], one, came[one.matter_id])) for one in sittings
    ]
    since, until = (_day(found, name) for name in (block.since, block.until))
    within = [one for one in told if since <= one[1].day.isoformat() <= (until or "9999")]
    within.sort(key=lambda one: (one[1].begins, one[1].ends, one[0]))
    alone = spans.alone((line.begins, line.ends) for _, line in within)
    once = [
        (
            pk,
            replace(
                line,
                begins=first,
                ends=last,
                minutes=min(line.minutes, spans.minutes((first, last))),
            ),
        )
        for (pk, line), (first, last) in zip(within, alone, strict=True)
    ]
    return [one for one in once if one[1].minutes]


def keep(step: Step, args: OfAttested) -> None:
    """What was attended is written down as it is now: the matter, and its papers, say that from now on.

    Refuses where nothing was attended.
    """
    del args
    block, party = ATTESTED.of(step.kind), subjects.of(access.parties(step.matter))
    some = (
        _now(step.matter, block, party.person_id)
        if block is not None and party is not None and party.person_id is not None
        else []
    )
    if not some:
        raise RefusedError("guard.attested_something")
    rows = [
        [
            pk,
            one.begins.astimezone(UTC).isoformat(),
            one.ends.astimezone(UTC).isoformat(),
            one.minutes,
        ]
        for pk, one in some
    ]
    step.parts[(AttestedLines.PART, "lines")] = {"lines": rows, "at": step.at}


def _kind(found: Matter) -> Kind:
    return programmes.spec_of(found.release_id).kinds[found.kind]


def _day(found: Matter, name: str | None) -> str:
    return str(found.facts.get(name) or "") if name is not None else ""


def _line(found: Matter, row: Sitting, said: Attendance) -> Line:
    begun, ended = row.held_from or row.begins, row.held_to or row.ends
    since, until = max(begun, said.came_at or begun), min(ended, said.left_at or ended)
    org = standing_org(found.home_id).name
    return Line(since, max(since, until), found.subject, org, int(said.numbers.get("minutes", 0)))


def length(minutes: int) -> str:
    """So many minutes in words, exactly."""
    hours, rest = divmod(minutes, 60)
    key = "gathering.attested_time" if rest else "gathering.attested_hours"
    return words.text(key, hours=hours, minutes=rest)


def _sums(some: list[Line]) -> dict[str, str]:
    """What papers may say of it; nothing where nothing was attended."""
    if not some:
        return {}
    total = sum(one.minutes for one in some)
    tenths = total // 6
    days = [one.day.isoformat() for one in (some[0], some[-1])]
    said = (length(total), f"{tenths // 10}.{tenths % 10}", f"{len(some)}", *days)
    return dict(zip(_NAMES, said, strict=True))


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """What it says by now: how often, how long, the gatherings themselves. None of kinds that say nothing."""
    del who, at
    if ATTESTED.of(_kind(found)) is None:
        return None
    some = lines(found)
    total = sum(one.minutes for one in some)
    return {
        "times": len(some),
        "minutes": total,
        "hours": total // 60,
        "rest": total % 60,
        "lines": [
            {
                name: getattr(one, name)
                for name in ("day", "begins", "ends", "subject", "org", "minutes")
            }
            for one in some[-MOST:]
        ],
        "more": max(len(some) - MOST, 0),
    }


def _told(found: Matter, who: Actor, at: datetime, may: May) -> Iterator[Block]:
    """A table of them, the earliest first; of more than there is room for, the latest."""
    del who, at, may
    some = lines(found)
    if not some:
        return
    head = [words.text(f"gathering.attested_column.{name}") for name in _COLUMNS]
    rows = [head, *(_cells(one) for one in some[-MOST:])]
    yield Block("table", rows=tuple(tuple(Run(cell) for cell in row) for row in rows))
    if len(some) > MOST:
        more = words.text("gathering.attested_more", count=len(some) - MOST)
        yield Block("paragraph", (Run(more),))


def _cells(one: Line) -> list[str]:
    since, until = standing.local(one.begins), standing.local(one.ends)
    clocks = (f"{since:%H:%M}", f"{until:%H:%M}")
    return [one.subject, one.day.isoformat(), one.org, *clocks, f"{one.minutes}"]


def _on_paper(found: Matter, who: Actor, at: datetime) -> dict[str, str]:
    del who, at
    return _sums(lines(found))


def something(step: Step, args: OfAttested) -> Refusal | None:
    """Something was attended that the matter can say."""
    del args
    return None if lines(step.matter) else Refusal("guard.attested_something", {})


def _there(kind: Kind) -> bool:
    return ATTESTED.of(kind) is not None


def _nothing_typed(kind: Kind) -> Iterable[tuple[str, Input]]:
    del kind
    return ()


def _problems(programme: Programme, kind_id: str, one: AttestedSpec) -> Iterator[Problem]:
    """A matter that is about nobody; kinds without gatherings; days that are none."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.attested"
    subject = SUBJECTS.of(kind)
    if subject is None or subject.is_ != "person":
        remedy = 'add subject = { is = "person", field = "…" }'
        yield Problem(FILE, path, "it is about nobody who could have attended anything", remedy)
    known = sorted(name for name, _ in GATHERING.kinds(programme))
    for n, name in enumerate(one.of):
        if name not in known:
            cause = f"{name!r} is no kind with gatherings"
            yield Problem(FILE, f"{path}.of.{n}", cause, f"one of {known}")
    for key, field in (("since", one.since), ("until", one.until)):
        given = kind.fields.get(field) if field is not None else None
        if field is not None and (given is None or given.type != "date" or given.apart):
            cause = f"there is no open field {field!r} of type date"
            yield Problem(FILE, f"{path}.{key}", cause, f'add fields.{field} = {{ type = "date" }}')


def _meant(
    programme: Programme, kind_id: str, one: AttestedSpec, around: Around
) -> Iterator[Problem]:
    """What somebody attended, for everybody with a role to read; what is said on paper, and changes afterwards."""
    del one, around
    kind = programme.kinds[kind_id]
    if not any(verb.do == KEEP for action in kind.actions.values() for verb in effects(action)):
        cause = "what it says changes after somebody certified it"
        remedy = f"add {KEEP} to the effects of the action that certifies it"
        yield Problem(FILE, f"{kind_id}.attested", cause, remedy)
    if not kind.seen_by:
        cause = "every role would read what somebody attended, and when"
        remedy = "name in seen_by of the kind whom it is for, subject among them"
        yield Problem(FILE, f"{kind_id}.seen_by", cause, remedy)


ATTESTED: Facet[AttestedSpec] = facets.register(
    Facet("attested", AttestedSpec, problems=_problems, meant=_meant)
)


def register() -> None:
    """Puts the part on such matters and papers, and declares its guard."""
    attach(Attached(name="attested", shown=shown))
    verbs.guard("attested.something", OfAttested, something)
    verbs.effect(KEEP, OfAttested, keep)
    about = "what whom the matter is about attended: how long, how often, from when to when"
    COUNTED.add(
        "attested",
        Counted("attested", about, lambda kind: _NAMES if _there(kind) else (), _on_paper),
    )
    every = "each gathering that whom the matter is about attended, as a table"
    CHAPTERS.add("attested", Chapter("attested", every, _there, _nothing_typed, _told))
