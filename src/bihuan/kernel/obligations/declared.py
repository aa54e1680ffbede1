"""obligations.toml: who owes what how often, what meets it, who is free of it, what happens when it is missed."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from bihuan.kernel.obligations import checks
from bihuan.rules.periods import Grain
from bihuan.spec import files
from bihuan.spec.arguments import Args
from bihuan.spec.base import Name, Strict
from bihuan.spec.files import SpecFile
from bihuan.spec.handbook import table
from bihuan.spec.schema import Programme
from bihuan.spec.ways import WAYS, Way, WayName

Number = Annotated[int, Field(ge=0, le=100)] | Name


class MeetingSpec(Strict):
    """One thing that meets an obligation: in which way, with that way's arguments."""

    by: WayName
    args: dict[str, Any] = Field(default_factory=dict, alias="with")

    def use(self) -> tuple[Way[Any], Args]:
        """The way and its arguments. Raises KeyError where no installed app knows it."""
        way = WAYS[self.by]
        return way, way.args.model_validate(self.args)


class SpareSpec(Strict):
    """A rule that frees an organisation: it has fewer people on a `roster` of members than `fewer` (a
    number, or a setting of type int) on the last day of the period."""

    roster: Name
    fewer: Annotated[int, Field(ge=1, le=1000)] | Name


class OpensSpec(Strict):
    """The matter that is opened, once, when a period was missed, or by one press: of which kind, with which
    fields."""

    kind: Name
    fields: dict[Name, str | int | bool] = Field(default_factory=dict)


class ObligationSpec(Strict):
    """One obligation: `who` of a roster (organisations of types, or people) owes it so many `times`
    `every` period, each a number or a setting of type int, dated and local as settings are. `met_by`
    says what counts, each thing once; `shares`: it may count for others that say so too. What comes in
    the days of `grace` after a period makes up for it, late.

    `exempt` are reasons for which those with a role of `waived_by` above an organisation free it for a
    time, `spare` rules that free it by themselves. `press` is what one press does that meets it, where
    there is nothing to fill in: it opens a matter with these fields. Whoever holds a role of `told` is reminded `remind`
    days before the period ends (people who owe it: they themselves). When it is `missed`, nothing
    happens, those with a role of `above` are told, or a matter opens.
    """

    who: Name
    every: Literal["week", "month", "quarter", "half", "year"]
    times: Number = 1
    grace: Number = 0
    met_by: tuple[MeetingSpec, ...] = Field(min_length=1, max_length=12)
    shares: bool = False
    exempt: tuple[Name, ...] = ()
    waived_by: tuple[Name, ...] = ()
    spare: dict[Name, SpareSpec] = Field(default_factory=dict)
    remind: Annotated[int, Field(ge=0, le=90)] | None = None
    told: tuple[Name, ...] = ()
    missed: Literal["nothing", "told", "matter"] = "nothing"
    above: tuple[Name, ...] = ()
    opens: OpensSpec | None = None
    press: OpensSpec | None = None
    clause: str = ""

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.missed == "matter") != (self.opens is not None):
            msg = 'opens says which matter, where missed = "matter"'
            raise ValueError(msg)
        if bool(self.exempt) != bool(self.waived_by):
            msg = "exempt and waived_by stand together: for which reasons, by whom"
            raise ValueError(msg)
        return self

    @model_serializer(mode="wrap")
    def _said(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A key that comes later leaves the digests of releases before it as they are.
        found: dict[str, Any] = dump(self)
        return {name: one for name, one in found.items() if one not in (None, (), [], {}, "")}

    @property
    def grain(self) -> Grain:
        """How long its periods are."""
        return Grain(self.every)

    def uses(self) -> list[tuple[Way[Any], Args]]:
        """What meets it, as far as an installed app knows it."""
        return [one.use() for one in self.met_by if one.by in WAYS]

    @property
    def unit(self) -> str:
        """What is counted, where all that meets it counts the same: hours, or ('') things."""
        units = {way.unit for way, _ in self.uses()}
        return units.pop() if len(units) == 1 else ""

    def settings(self) -> list[str]:
        """The settings it asks."""
        said = (self.times, self.grace, *(one.fewer for one in self.spare.values()))
        return [one for one in said if isinstance(one, str)]

    def reasons(self) -> tuple[str, ...]:
        """All that may free somebody of it: what people say, and rules."""
        return (*self.exempt, *self.spare)


def _words(programme: Programme) -> Iterable[str]:
    for name, one in OBLIGATIONS.of(programme).items():
        yield f"obligations.{name}"
        yield f"owed.{name}"
        yield from (f"exempted.{name}.{reason}" for reason in one.reasons())
        if one.press is not None:
            yield f"pressed.{name}"


def _roles(programme: Programme) -> Iterable[str]:
    for one in OBLIGATIONS.of(programme).values():
        yield from (*one.waived_by, *one.told, *one.above)


def _settings(programme: Programme) -> Iterable[str]:
    return (name for one in OBLIGATIONS.of(programme).values() for name in one.settings())


def _page(programme: Programme) -> list[str]:
    """Obligations, for the handbook."""
    rows = [
        (
            f"`{name}`",
            f"`{one.who}`",
            f"{one.times} a {one.every}",
            one.grace,
            "; ".join(f"`{each.by}` {_said(each.args)}" for each in one.met_by),
            ", ".join(f"`{each}`" for each in one.reasons()) or "–",
            one.missed,
            one.clause or "–",
        )
        for name, one in OBLIGATIONS.of(programme).items()
    ]
    header = ("Obligation", "Who", "How often", "Grace", "Met by", "Free for", "Missed", "Clause")
    return ["## Obligations", "", *table(header, rows)]


def _said(args: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in args.items())


OBLIGATIONS: SpecFile[ObligationSpec] = SpecFile(
    checks.FILE.removesuffix(".toml"),
    ObligationSpec,
    problems=lambda programme: checks.problems(programme, OBLIGATIONS.of(programme)),
    meant=lambda programme, uses, around: checks.meant(
        programme, OBLIGATIONS.of(programme), around
    ),
    words=_words,
    roles=_roles,
    page=_page,
    settings=_settings,
    noun="obligation",
)


def register() -> None:
    """Makes the file known to the format."""
    files.register(OBLIGATIONS)
