"""The facet `thresholds`: which numbers of a kind are added up where, over which period, and which matter is
opened when they reach a limit or rise too fast."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from bihuan.facets.counts.block import COUNTS, TAKE
from bihuan.rules.periods import Grain
from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Kind, Programme, Verb

FILE = "matters.toml"
WEIGH = "threshold.weigh"
Percent = Annotated[int, Field(ge=101, le=10_000)] | Name
Least = Annotated[int, Field(ge=1, le=1_000_000)] | Name


class TrendSpec(Strict):
    """A rise: `percent` of the mean of so many periods `back`, where that is `at_least` so many. Each is a
    number, or a setting of type int. A place that has not reported for so long yet has no trend."""

    back: int = Field(ge=2, le=12)
    percent: Percent
    at_least: Least


class CrossedSpec(Strict):
    """The matter that is opened when it is crossed: of which kind, with which fields. `value` and `least` are
    fields of it of type int, for what it was and from which number on it is crossed."""

    kind: Name = Field(examples=["alert"])
    fields: dict[Name, str | int | bool] = Field(default_factory=dict)
    value: Name | None = None
    least: Name | None = None


class ThresholdSpec(Strict):
    """What one `number` of some `groups` of a table of `counts` adds up to `every` period, at the nearest
    organisation of a `level` at or above where it was counted (absent: right there), by the `day` that a field
    says (absent: of the opening). It is crossed where it reaches the setting `limit`, as it holds there on the
    day, or rises by `trend`: then a matter `opens` at that organisation, in the hands of whoever nearest has the role
    `goes_to` and fewest of them. While that is open, later periods are added to it, and each time that the number
    grows by as much again; once it is done, such growth opens another. A `day` may lie `days_back` at most (a number,
    or a setting of type int; absent: a year).
    """

    table: Name
    number: Name
    groups: tuple[Name, ...] = Field(min_length=1, max_length=30)
    day: Name | None = None
    days_back: Annotated[int, Field(ge=1, le=3660)] | Name | None = None
    every: Literal["week", "month", "quarter"]
    level: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")] | None = None
    limit: Name | None = None
    trend: TrendSpec | None = None
    opens: CrossedSpec
    goes_to: Name

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.limit is None and self.trend is None:
            msg = "nothing ever crosses it: say limit, or trend, or both"
            raise ValueError(msg)
        return self

    @model_serializer(mode="wrap")
    def _said(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = dump(self)
        return {name: one for name, one in found.items() if one is not None}

    @property
    def grain(self) -> Grain:
        """How long its periods are."""
        return Grain(self.every)

    def settings(self) -> list[str]:
        """The settings that it asks."""
        said = [self.limit, self.days_back if isinstance(self.days_back, str) else None]
        if self.trend is not None:
            said += [
                one for one in (self.trend.percent, self.trend.at_least) if isinstance(one, str)
            ]
        return [one for one in said if one is not None]


Thresholds = dict[Name, ThresholdSpec]


def full(programme: str, kind: str, name: str) -> str:
    """How a threshold is named from everywhere."""
    return f"{programme}.{kind}.{name}"


def _verbs(kind_id: str, kind: Kind) -> Iterator[tuple[str, tuple[Verb, ...]]]:
    """The effects of a kind, as they are taken together, and where they stand."""
    yield f"{kind_id}.on_open", kind.on_open
    for name, action in kind.actions.items():
        yield f"{kind_id}.actions.{name}.effects", action.effects
        for n, turn in enumerate(action.turns):
            yield f"{kind_id}.actions.{name}.turns.{n}.effects", (*action.effects, *turn.effects)


def _problems(programme: Programme, kind_id: str, block: Thresholds) -> Iterator[Problem]:
    """What it adds up that is not there, settings and roles that are none, a matter that cannot be opened."""
    for name, one in block.items():
        path = f"{kind_id}.thresholds.{name}"
        yield from _counted(programme.kinds[kind_id], path, one)
        for key in one.settings():
            setting = programme.settings.get(key)
            if setting is None or setting.type != "int":
                there = sorted(k for k, each in programme.settings.items() if each.type == "int")
                cause = f"{key!r} is no setting of type int"
                yield Problem(FILE, path, cause, f"one of {there}")
        roles = sorted(role.id for role in programme.manifest.roles)
        if one.goes_to not in roles:
            cause = f"there is no role {one.goes_to!r}"
            yield Problem(FILE, f"{path}.goes_to", cause, f"one of {roles}")
        yield from _opened(programme, f"{path}.opens", one.opens)


def _counted(kind: Kind, path: str, one: ThresholdSpec) -> Iterator[Problem]:
    tables = COUNTS.of(kind) or {}
    table = tables.get(one.table)
    if table is None:
        cause = f"the kind counts nothing in a table {one.table!r}"
        yield Problem(FILE, f"{path}.table", cause, f"one of {sorted(tables)}")
        return
    if one.number not in table.numbers:
        cause = f"the table has no number {one.number!r}"
        yield Problem(FILE, f"{path}.number", cause, f"one of {sorted(table.numbers)}")
    for group in one.groups:
        if group not in table.groups:
            cause = f"the table has no group {group!r}"
            yield Problem(FILE, f"{path}.groups", cause, f"one of {sorted(table.groups)}")
    if one.day is not None and (one.day not in kind.fields or kind.fields[one.day].type != "date"):
        dates = sorted(key for key, each in kind.fields.items() if each.type == "date")
        cause = f"{one.day!r} is no field of type date"
        yield Problem(FILE, f"{path}.day", cause, f"one of {dates}, or leave it out")


def _opened(programme: Programme, path: str, opens: CrossedSpec) -> Iterator[Problem]:
    kind = programme.kinds.get(opens.kind)
    if kind is None:
        cause = f"there is no kind {opens.kind!r}"
        yield Problem(FILE, f"{path}.kind", cause, f"one of {sorted(programme.kinds)}")
        return
    asked = kind.asked(of_sender=False)
    ints = sorted(key for key, each in asked.items() if each.type == "int")
    numbers = [one for one in (opens.value, opens.least) if one is not None]
    for number in numbers:
        if number not in ints:
            cause = f"{opens.kind} is opened with no field {number!r} of type int"
            yield Problem(FILE, path, cause, f"one of {ints}")
    for field in sorted({*opens.fields} - {*asked}):
        cause = f"{opens.kind} is not opened with a field {field!r}"
        yield Problem(FILE, f"{path}.fields.{field}", cause, f"one of {sorted(asked)}")
    for field, each in asked.items():
        if each.required and field not in opens.fields and field not in numbers:
            cause = f"{opens.kind} requires {field!r}, and nothing gives it"
            yield Problem(FILE, f"{path}.fields", cause, f"give {field}")


def _meant(
    programme: Programme, kind_id: str, block: Thresholds, around: Around
) -> Iterator[Problem]:
    """Numbers that are filled in and not weighed."""
    del around
    tables = {one.table for one in block.values()}
    for where, verbs in _verbs(kind_id, programme.kinds[kind_id]):
        names = [verb.do for verb in verbs]
        taken = [
            n
            for n, verb in enumerate(verbs)
            if (verb.do == TAKE and verb.args.get("table") in tables) or verb.do == "counts.drop"
        ]
        weighed = [n for n, name in enumerate(names) if name == WEIGH]
        if taken and (not weighed or weighed[-1] < taken[-1]):
            cause = "what is counted here crosses no threshold"
            yield Problem(FILE, where, cause, f'add {{ do = "{WEIGH}" }} behind it')


def _words(kind_id: str, block: Thresholds) -> Iterable[str]:
    return (f"thresholds.{kind_id}.{name}" for name in block)


THRESHOLDS: Facet[Thresholds] = facets.register(
    Facet(
        "thresholds",
        Thresholds,
        problems=_problems,
        meant=_meant,
        words=_words,
        settings=lambda block: [name for one in block.values() for name in one.settings()],
        roles=lambda block: [one.goes_to for one in block.values()],
    )
)
