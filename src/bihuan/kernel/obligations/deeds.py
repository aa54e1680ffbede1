"""What the steps of matters count for: each of a kind that meets obligations is written down when it is
taken, those of before are read from the log once.

Two ways of meeting an obligation stand on it: an action of a kind that was taken, a matter of a kind that
came into a state.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from pydantic import Field, ValidationError

from bihuan.foundation.audit.api import Event, read, standing
from bihuan.foundation.sql import statements
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.step import Step
from bihuan.kernel.obligations import checks
from bihuan.kernel.obligations.declared import OBLIGATIONS, MeetingSpec
from bihuan.kernel.obligations.models import CountedKind, Deed
from bihuan.kernel.obligations.whom import (
    OPEN,
    few,
    named,
    names_somebody,
    naming,
    said_on,
    with_whom,
)
from bihuan.kernel.people.declared import Full
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import ways
from bihuan.spec.arguments import Args
from bihuan.spec.base import Name
from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.schema import SUBJECT, Programme
from bihuan.spec.ways import WAYS, Done, KindOf, Looked, Thing, Way, noted

_LOG = logging.getLogger(__name__)

STEPS = ("matter.opened", "matter.acted")
BATCH = 500
# What began before a kind was to be counted, and was in the log after it was first read.
AGAIN = timedelta(hours=1)
KindName = Annotated[
    Full, Field(examples=["sitting"], description="a kind; of another programme as programme.kind")
]


class OfKind(Args):
    """Whose it is: of organisations the `unit` that has the matter, or its `home`, which received it; of
    people, whoever did it; or whom the matter is about (`subject`), whoever wrote it down for them; or whom a
    field names. Of a kind with a field `category` only those of some. A matter counts once for a period; one
    that joined another does not, one that was withdrawn later does for what was done before."""

    kind: KindName
    of: Literal["unit", "home", "subject"] = Field(
        "unit", description="whose it is; of people, who did it, or `subject`: whom it is about"
    )
    categories: tuple[Name, ...] = Field(
        (), description="only those of some, where the kind has a field category"
    )
    person: Name | None = Field(
        None,
        description="of people: whom this field of type person names, or the `opener`, instead of who did it",
    )
    on: Name | None = Field(
        None,
        description="with `person`: on which day it was, a field of type date, instead of when it was done here",
    )

    def by_name(self, looked: Looked) -> bool:
        """Whether people are counted by what the matter says of them, not by what they did."""
        return looked.persons and self.person is not None

    def whom(self, looked: Looked, matters: Collection[int]) -> Mapping[int, int] | None:
        """Of some matters whom each names, where people are counted so; None where they are not."""
        return named(self.person or "", matters) if self.by_name(looked) else None

    def kind_of(self, programme: str) -> KindOf:
        """The programme and the kind that are meant."""
        own, _, name = self.kind.rpartition(".")
        return own or programme, name


class ActionArgs(OfKind):
    """One of these actions was taken; `open`: the matter was opened."""

    actions: tuple[Name, ...] = Field(
        min_length=1, examples=[["open"]], description="one of these was taken; open: it was opened"
    )


class StateArgs(OfKind):
    """The matter came into one of these states, the one it opens in among them."""

    states: tuple[Name, ...] = Field(
        min_length=1, examples=[["held"]], description="the matter came into one of these"
    )


@standing.kept
def kinds() -> frozenset[KindOf]:
    """The kinds whose steps are written down: those that an obligation of any release speaks of."""
    found: set[KindOf] = set()
    for name, releases in programmes.releases_with(OBLIGATIONS.part):
        for spec in releases.values():
            for called, one in OBLIGATIONS.of(spec).items():
                for each in one.met_by:
                    found |= _kinds_of(each, name, called)
    return frozenset(found)


def _kinds_of(meeting: MeetingSpec, programme: str, called: str) -> set[KindOf]:
    if meeting.by not in WAYS:
        return set()
    try:
        way, args = meeting.use()
    except ValidationError:
        # An old release may say what is understood no more. That is no reason to refuse a step of a
        # matter: it is said once, and that use counts nothing.
        _not_understood(programme, called, meeting.by)
        return set()
    return {*way.kinds(args, programme)}


@cache
def _not_understood(programme: str, called: str, by: str) -> None:
    _LOG.warning("%s.%s is met by %s in a way that is not understood", programme, called, by)


def _row(step: Step) -> dict[str, Any]:
    found = step.matter
    opened = step.action == OPEN and found.version == 1
    return {
        "matter_id": found.pk,
        "seq": found.version,
        "programme": found.programme,
        "kind": found.kind,
        "action": OPEN if opened else step.action,
        "state": found.state if opened or "state" in step.set else "",
        "category": found.category,
        "day": step.day(),
        "unit_id": found.unit_id,
        "home_id": found.home_id,
        "person_id": step.actor.person_id,
    }


def _written(step: Step) -> None:
    """Writes a step down, in its own transaction."""
    if (step.matter.programme, step.matter.kind) in kinds():
        statements.send(statements.insert(Deed, [_row(step)], existing=statements.OR_LEAVE))


def catch_up(at: datetime) -> int:
    """Reads what happened before a kind was counted, a batch of matters at a time; twice, as what was
    under way when the first reading began is in the log only later. Returns how many steps were read. May
    be killed anywhere and run twice."""
    found = 0
    for programme, kind in sorted(kinds()):
        row, _ = CountedKind.objects.get_or_create(programme=programme, kind=kind)
        late = row.ended_at is not None and at - row.ended_at >= AGAIN
        if row.passes == 0 or (row.passes == 1 and late):
            found += _read_all(row, at)
    return found


@transaction.atomic
def recount(at: datetime) -> int:
    """Forgets every step that was written down and reads all of them from the log again, all or nothing.
    Returns how many there are."""
    Deed.objects.all().delete()
    CountedKind.objects.all().delete()
    return catch_up(at)


def _read_all(row: CountedKind, at: datetime) -> int:
    written = 0
    some = Matter.objects.filter(programme=row.programme, kind=row.kind).order_by("pk")
    while rows := list(some.filter(pk__gt=row.upto).only("pk", "programme", "kind")[:BATCH]):
        deeds = list(_deeds_of({one.stream: one for one in rows}))
        for first in range(0, len(deeds), BATCH):
            part = deeds[first : first + BATCH]
            statements.send(statements.insert(Deed, part, existing=statements.OR_LEAVE))
        written += len(deeds)
        row.upto = rows[-1].pk
        row.save(update_fields=["upto"])
    row.upto, row.passes, row.ended_at = 0, row.passes + 1, at
    row.save(update_fields=["upto", "passes", "ended_at"])
    return written


def _deeds_of(rows: Mapping[str, Matter]) -> Iterator[dict[str, Any]]:
    places: dict[str, dict[str, Any]] = {}
    for event in Event.objects.filter(stream__in=rows).order_by("stream", "seq").iterator():
        said, found = read(event), rows[event.stream]
        held = places.setdefault(event.stream, {})
        held |= said.get("set", {})
        if event.type not in STEPS:
            continue
        opened = event.type == STEPS[0]
        kind, _, number = event.actor.partition(":")
        yield {
            "matter_id": found.pk,
            "seq": event.seq,
            "programme": found.programme,
            "kind": found.kind,
            "action": OPEN if opened else said.get("action", ""),
            "state": said.get("set", {}).get("state", ""),
            "category": held.get("category", ""),
            "day": timezone.localtime(event.at).date(),
            "unit_id": held["unit_id"],
            "home_id": held["home_id"],
            "person_id": int(number) if kind == "person" else None,
        }


Chosen = Callable[[Any], Q]


def _asked(args: OfKind, looked: Looked, chosen: Q) -> tuple["QuerySet[Deed]", str]:
    programme, kind = args.kind_of(looked.programme)
    owner = _owner(args, looked)
    rows = _standing(with_whom(Deed.objects.filter(chosen, programme=programme, kind=kind)))
    rows = rows.filter(day__gte=looked.start)
    if not args.by_name(looked) or args.on is None:
        rows = rows.filter(day__lt=looked.after)
    if args.categories:
        rows = rows.filter(category__in=args.categories)
    if args.by_name(looked):
        if few(looked):
            of_kind = Matter.objects.filter(programme=programme, kind=kind)
            rows = rows.filter(matter_id__in=naming(args.person or "", of_kind, looked))
        return rows, owner
    if owner in _NOBODY:
        rows = rows.filter(**{f"{owner}__isnull": False})
    if looked.who is not None:
        rows = rows.filter(**{f"{owner}__in": sorted(looked.who)})
    return rows, owner


def _standing(rows: "QuerySet[Deed]") -> "QuerySet[Deed]":
    """Without the steps of what became part of another matter: that one counts, once."""
    gone = Matter.objects.filter(merged_into__isnull=False)
    return rows.exclude(matter_id__in=gone.order_by().values("pk"))


def _things(chosen: Chosen) -> Callable[[Any, Looked], Iterable[Thing]]:
    def things(args: OfKind, looked: Looked) -> Iterator[Thing]:
        rows, owner = _asked(args, looked, chosen(args))
        found = [*rows.order_by("day", "pk").values_list(owner, "day", "matter_id", "seq")]
        whom = args.whom(looked, {row[2] for row in found})
        days = said_on(args.on, set(whom)) if whom is not None and args.on is not None else {}
        for did, day, matter, seq in found:
            one = did if whom is None else whom.get(matter)
            on = days.get(matter, day)
            if one is None or not looked.start <= on < looked.after:
                continue
            if looked.who is None or one in looked.who:
                yield Thing(one, on, f"{Matter.STREAM}:{matter}", seq, noted(on, day))

    return things


# What of a step is asked, in one message for all uses.
_ASKED = (
    "programme",
    "kind",
    "action",
    "state",
    "category",
    "day",
    "unit_id",
    "home_id",
    "person_id",
    "matter_id",
)
# Beside it, where some use asks whom a matter is about.
_ABOUT = ("about_person", "about_org")
# Of these a step may have none.
_NOBODY = ("person_id", *_ABOUT)
_Step = tuple[Any, ...]


def _days(
    key: str, things: Callable[[Any, Looked], Iterable[Thing]]
) -> Callable[[Sequence[tuple[Any, Looked]]], Sequence[Iterable[Done]]]:
    def days(uses: Sequence[tuple[OfKind, Looked]]) -> Sequence[Iterable[Done]]:
        found: dict[KindOf, list[_Step]] = {}
        plain = [(args, looked) for args, looked in uses if not args.by_name(looked)]
        for row in _rows(key, plain) if plain else ():
            found.setdefault((row[0], row[1]), []).append(row)
        return [
            [(one.owner, one.day, one.known_by, one.noted) for one in things(args, looked)]
            if args.by_name(looked)
            else _of_use(key, args, looked, found)
            for args, looked in uses
        ]

    return days


def _rows(key: str, uses: Sequence[tuple[OfKind, Looked]]) -> Iterable[_Step]:
    """The steps of all kinds that uses speak of, in all of their days, of all whom they look for. No others
    are read: most steps of a matter meet nothing."""
    kinds: dict[str, set[str]] = {}
    named: set[str] = set()
    for args, looked in uses:
        programme, kind = args.kind_of(looked.programme)
        kinds.setdefault(programme, set()).add(kind)
        named |= {*getattr(args, key)}
    wanted = Q(pk__in=[])
    for programme, names in kinds.items():
        wanted |= Q(programme=programme, kind__in=sorted(names))
    every = [looked for _, looked in uses]
    column = key.removesuffix("s")
    rows = _standing(Deed.objects.filter(wanted, **{f"{column}__in": sorted(named)}))
    about = _ABOUT if any(_owner(*one) in _ABOUT for one in uses) else ()
    if about:
        rows = with_whom(rows)
    rows = rows.filter(
        day__gte=min(one.start for one in every), day__lt=max(one.after for one in every)
    )
    if all(one.who is not None for one in every):
        owned = Q(pk__in=[])
        for owner in {_owner(args, looked) for args, looked in uses}:
            who = {
                pk
                for args, looked in uses
                if _owner(args, looked) == owner
                for pk in looked.who or ()
            }
            owned |= Q(**{f"{owner}__in": sorted(who)})
        rows = rows.filter(owned)
    return rows.order_by().values_list(*_ASKED, *about)


def _owner(args: OfKind, looked: Looked) -> str:
    if args.of == SUBJECT:
        return "about_person" if looked.persons else "about_org"
    return "person_id" if looked.persons else f"{args.of}_id"


def _of_use(
    key: str, args: OfKind, looked: Looked, found: Mapping[KindOf, Sequence[_Step]]
) -> Iterator[Done]:
    wanted, column = frozenset(getattr(args, key)), _ASKED.index(key.removesuffix("s"))
    owner, categories = (*_ASKED, *_ABOUT).index(_owner(args, looked)), args.categories
    for row in found.get(args.kind_of(looked.programme), ()):
        whose, day = row[owner], row[5]
        if (
            row[column] in wanted
            and isinstance(whose, int)
            and (looked.who is None or whose in looked.who)
            and looked.start <= day < looked.after
            and (not categories or row[4] in categories)
        ):
            yield whose, day, f"{Matter.STREAM}:{row[9]}", None


def _of_kind(programme: Programme, path: str, args: OfKind, around: Around) -> Iterator[Problem]:
    other, name, wrong = checks.kind_of(programme, path, args.kind, around)
    yield from wrong
    if other is None:
        return
    category = other.kinds[name].fields.get("category")
    for one in sorted({*args.categories} - {*(category.choices if category else ())}):
        cause = f"no {name} is of category {one!r}"
        there = sorted(category.choices) if category else []
        yield Problem(checks.FILE, f"{path}.categories", cause, f"one of {there}")
    if args.of == SUBJECT and SUBJECT not in other.kinds[name].blocks:
        cause = f"a {name} is about nobody"
        yield Problem(checks.FILE, f"{path}.of", cause, "leave of out, or give the kind a subject")
    yield from names_somebody(path, args.kind, args.person, other.kinds[name], opener=True)
    day = other.kinds[name].fields.get(args.on or "")
    if args.on is not None and (args.person is None or day is None or day.type != "date"):
        cause = f"{args.on!r} is no field of type date of a kind that counts for whom it names"
        yield Problem(checks.FILE, f"{path}.on", cause, "name such a field beside person")
    wanted: tuple[str, tuple[str, ...], set[str]]
    if isinstance(args, ActionArgs):
        wanted = ("actions", args.actions, {OPEN, *other.kinds[name].actions})
    elif isinstance(args, StateArgs):
        wanted = ("states", args.states, {*other.kinds[name].states})
    else:
        return
    key, said, known = wanted
    for missing in sorted({*said} - known):
        cause = f"{name} has no {key.removesuffix('s')} {missing!r}"
        yield Problem(checks.FILE, f"{path}.{key}", cause, f"one of {sorted(known)}")


def _marks(key: str) -> Callable[[Any, str], set[str]]:
    def marks(args: OfKind, programme: str) -> set[str]:
        of, kind = args.kind_of(programme)
        among = args.categories or ("",)
        said: tuple[str, ...] = getattr(args, key)
        whom = f" of {args.person}" if args.person is not None else ""
        return {f"{of}.{kind} {key} {one} {each}".strip() + whom for one in said for each in among}

    return marks


def _doing(args: OfKind, programme: str) -> KindOf:
    return args.kind_of(programme)


def register() -> None:
    """Registers both ways, and what is written down with each step."""
    attach(Attached(written=_written))
    for name, about, model, column, key in (
        ("action", "an action of a kind that was taken", ActionArgs, "action", "actions"),
        ("state", "a matter of a kind that came into a state", StateArgs, "state", "states"),
    ):

        def chosen(args: Any, column: str = column, key: str = key) -> Q:
            return Q(**{f"{column}__in": getattr(args, key)})

        ways.register(
            Way(
                name,
                about,
                model,
                _things(chosen),
                _days(key, _things(chosen)),
                _of_kind,
                _marks(key),
                _doing,
                lambda args, programme: [args.kind_of(programme)],
            )
        )
