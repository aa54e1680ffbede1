"""memberships.toml: how one belongs to an organisation, in which statuses, and who keeps the list.
rosters.toml: named rules for "who": those who should come, promise, answer."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bihuan.kernel.programmes import levels
from bihuan.spec import files
from bihuan.spec.arguments import Names
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.files import SpecFile
from bihuan.spec.handbook import table
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

# A membership as other programmes name it: `programme.membership`.
Full = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,39}\.)?[a-z][a-z0-9_]{0,39}$")]
# An organisation type, as the house's dictionary spells it.
Level = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,19}$")]
MembershipName = Annotated[
    str,
    Names("membership"),
    Field(examples=["party"], description="a membership of memberships.toml"),
]
RosterName = Annotated[
    str, Names("roster"), Field(examples=["members"], description="a roster of rosters.toml")
]


class MembershipSpec(Strict):
    """A way of belonging to an organisation, with the `statuses` in which one does, in their order;
    `counted` are those in which somebody is a member (none named: all).

    `kept_by` are the roles that keep the list, `read_by` those that only read it. `by_matter` are
    statuses into which only a step of a matter leads, once somebody belongs. `exempt` are the reasons
    for which somebody need not do what the others have to. `alone`: nobody belongs in two places at
    once. `term`: it is for a time, with an end from the beginning.
    """

    statuses: tuple[Name, ...] = Field(min_length=1, max_length=12)
    counted: tuple[Name, ...] = ()
    kept_by: tuple[Name, ...] = Field(min_length=1)
    read_by: tuple[Name, ...] = ()
    by_matter: tuple[Name, ...] = ()
    exempt: tuple[Name, ...] = ()
    alone: bool = False
    term: bool = False

    @property
    def members(self) -> tuple[str, ...]:
        """The statuses in which somebody counts as a member."""
        return self.counted or self.statuses


class RosterSpec(Strict):
    """A rule for "who", asked of an organisation on a day. One of these says it:

    `members`: those of a membership (of another programme as `programme.membership`), in these
    `statuses` (none named: those that count); `roles`: whoever holds one of these roles; `staff`:
    whoever has a post; `orgs`: the organisations of these types. `reach`: of the organisation itself
    (`here`), or with all below it. `excused` false: an exemption does not count for this one.
    """

    members: Full | None = None
    statuses: tuple[Name, ...] = ()
    roles: tuple[Name, ...] = ()
    staff: bool = False
    orgs: tuple[Level, ...] = ()
    reach: Literal["here", "below"] = "below"
    excused: bool = True

    @model_validator(mode="after")
    def _one(self) -> Self:
        said = (self.members is not None, bool(self.roles), self.staff, bool(self.orgs))
        if sum(said) != 1:
            msg = "give one of members, roles, staff, orgs"
            raise ValueError(msg)
        if self.statuses and self.members is None:
            msg = "statuses are those of members"
            raise ValueError(msg)
        return self

    @property
    def of_orgs(self) -> bool:
        """Whether organisations are meant, not people."""
        return bool(self.orgs)

    def membership(self, programme: str) -> tuple[str, str]:
        """(programme, membership) of its members; the programme's own where none is named."""
        own, _, name = (self.members or "").rpartition(".")
        return own or programme, name


def _problems(programme: Programme) -> Iterator[Problem]:
    """Statuses and roles that are none."""
    roles = {role.id for role in programme.manifest.roles}
    for name, one in MEMBERSHIPS.of(programme).items():
        for key in ("counted", "by_matter"):
            for status in sorted({*getattr(one, key)} - {*one.statuses}):
                cause, remedy = f"there is no status {status!r}", f"one of {list(one.statuses)}"
                yield Problem(MEMBERSHIPS.name, f"{name}.{key}", cause, remedy)
        for key in ("statuses", "exempt"):
            said = getattr(one, key)
            for twice in sorted({each for each in said if said.count(each) > 1}):
                cause = f"{twice!r} is named twice"
                yield Problem(MEMBERSHIPS.name, f"{name}.{key}", cause, "name it once")
        for key in ("kept_by", "read_by"):
            for role in sorted({*getattr(one, key)} - roles):
                cause, remedy = f"there is no role {role!r}", f"one of {sorted(roles)}"
                yield Problem(MEMBERSHIPS.name, f"{name}.{key}", cause, remedy)
    for name, roster in ROSTERS.of(programme).items():
        for role in sorted({*roster.roles} - roles):
            cause, remedy = f"there is no role {role!r}", f"one of {sorted(roles)}"
            yield Problem(ROSTERS.name, f"{name}.roles", cause, remedy)


def _meant(programme: Programme, uses: list[Use], around: Around) -> Iterator[Problem]:
    """Memberships of other programmes that there are not, or that are not needed."""
    del uses
    for name, roster in ROSTERS.of(programme).items():
        if roster.members is None:
            continue
        of, wanted = roster.membership(programme.id)
        path = f"{name}.members"
        if of != programme.id and of not in programme.manifest.needs:
            cause = f"{of!r} is not among the programmes this one needs"
            yield Problem(ROSTERS.name, path, cause, f"add {of!r} to needs")
            continue
        other = programme if of == programme.id else around.programme(of)
        there = MEMBERSHIPS.of(other) if other is not None else {}
        if wanted not in there:
            cause = f"{of} has no membership {wanted!r}"
            yield Problem(ROSTERS.name, path, cause, f"one of {sorted(there)}")
            continue
        for status in sorted({*roster.statuses} - {*there[wanted].statuses}):
            remedy = f"one of {list(there[wanted].statuses)}"
            cause = f"there is no status {status!r}"
            yield Problem(ROSTERS.name, f"{name}.statuses", cause, remedy)


def _words(programme: Programme) -> Iterable[str]:
    for name, one in MEMBERSHIPS.of(programme).items():
        yield f"memberships.{name}"
        yield from (f"statuses.{name}.{status}" for status in one.statuses)
        yield from (f"exempt.{name}.{reason}" for reason in one.exempt)


def _roster_words(programme: Programme) -> Iterable[str]:
    return (f"rosters.{name}" for name in ROSTERS.of(programme))


def _kept(programme: Programme) -> Iterable[str]:
    return (role for one in MEMBERSHIPS.of(programme).values() for role in one.kept_by)


def _page(programme: Programme) -> list[str]:
    """Memberships, for the handbook."""
    rows = [
        (
            f"`{name}`",
            ", ".join(f"`{each}`" for each in one.statuses),
            ", ".join(f"`{each}`" for each in one.by_matter) or "–",
            ", ".join(f"`{each}`" for each in one.kept_by),
            ", ".join(f"`{each}`" for each in one.exempt) or "–",
        )
        for name, one in MEMBERSHIPS.of(programme).items()
    ]
    header = ("Membership", "Statuses", "Only by a matter", "Kept by", "Exempt for")
    return ["## Memberships", "", *table(header, rows)]


def _roster_page(programme: Programme) -> list[str]:
    """Rosters, for the handbook."""
    rows = [(f"`{name}`", _rule(one)) for name, one in ROSTERS.of(programme).items()]
    return ["## Rosters", "", *table(("Roster", "Who"), rows)]


def _rule(one: RosterSpec) -> str:
    where = "here" if one.reach == "here" else "here and below"
    if one.members is not None:
        told = f" ({', '.join(one.statuses)})" if one.statuses else ""
        return f"members `{one.members}`{told} {where}"
    if one.roles:
        return f"holders of {', '.join(f'`{role}`' for role in one.roles)} {where}"
    if one.orgs:
        return f"organisations of type {', '.join(f'`{each}`' for each in one.orgs)} {where}"
    return f"whoever has a post {where}"


MEMBERSHIPS: SpecFile[MembershipSpec] = SpecFile(
    "memberships",
    MembershipSpec,
    problems=_problems,
    words=_words,
    roles=_kept,
    page=_page,
    noun="membership",
)
ROSTERS: SpecFile[RosterSpec] = SpecFile(
    "rosters", RosterSpec, meant=_meant, words=_roster_words, page=_roster_page, noun="roster"
)


def _types(programme: Programme) -> Iterable[str]:
    """Types of organisations that rosters name."""
    return (code for one in ROSTERS.of(programme).values() for code in one.orgs)


def register() -> None:
    """Makes the two files known to the format, and what they name to the house."""
    levels.NAMED.add("rosters", _types)
    files.register(MEMBERSHIPS)
    files.register(ROSTERS)
