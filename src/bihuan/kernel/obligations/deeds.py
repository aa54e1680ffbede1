"""What the steps of matters count for.

Two ways of meeting an obligation stand on those that `counted` writes down: an action of a kind that was
taken, a matter of a kind that came into a state.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from pydantic import Field

from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.obligations import checks, counted
from bihuan.kernel.obligations.models import Deed
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
from bihuan.spec import ways
from bihuan.spec.arguments import Args
from bihuan.spec.base import Name
from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.schema import SUBJECT, Programme
from bihuan.spec.ways import Done, KindOf, Looked, Thing, Way, noted

KindName = Annotated[
    Full, Field(examples=["sitting"], description="a kind; of another programme as programme.kind")
]


class OfKind(Args):
    """Whose it is: of organisations the `unit` that has the matter, or its `home`, which received it; of
    people, whoever did it; or whom the matter is about (`subject`), whoever wrote it down for them; or whom a
    field names. Of a kind with a field `category` only those of some. A matter counts once for a period; one
    that joined another does not, one that was withdrawn later does for what was done before, where that state is none of `unless`."""

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

    unless: tuple[Name, ...] = Field(
        (), description="states in which a matter does not count, whatever was done before"
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


Chosen = Callable[[Any], Q]


def _asked(args: OfKind, looked: Looked, chosen: Q) -> tuple["QuerySet[Deed]", str]:
    programme, kind = args.kind_of(looked.programme)
    owner = _owner(args, looked)
    rows = _standing(with_whom(Deed.objects.filter(chosen, programme=programme, kind=kind)))
    rows = _but(rows, programme, kind, args.unless)
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


def _but(
    rows: "QuerySet[Deed]", programme: str, kind: str, states: Sequence[str]
) -> "QuerySet[Deed]":
    """Without what matters of a kind count that are in one of these states by now."""
    if not states:
        return rows
    gone = Matter.objects.filter(programme=programme, kind=kind, state__in=states)
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
        alike: dict[KindOf, tuple[str, ...]] = {}

        def apart(args: OfKind, looked: Looked) -> bool:
            first = alike.setdefault(args.kind_of(looked.programme), args.unless)
            return args.by_name(looked) or args.unless != first

        plain = [(args, looked) for args, looked in uses if not apart(args, looked)]
        for row in _rows(key, plain) if plain else ():
            found.setdefault((row[0], row[1]), []).append(row)
        return [
            [(one.owner, one.day, one.known_by, one.noted) for one in things(args, looked)]
            if apart(args, looked)
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
    for (programme, kind), states in {
        args.kind_of(looked.programme): args.unless for args, looked in uses
    }.items():
        rows = _but(rows, programme, kind, states)
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
    for state in sorted({*args.unless} - {*other.kinds[name].states}):
        cause = f"{name} has no state {state!r}"
        there = sorted(other.kinds[name].states)
        yield Problem(checks.FILE, f"{path}.unless", cause, f"one of {there}")
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
    attach(Attached(written=counted.written))
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
