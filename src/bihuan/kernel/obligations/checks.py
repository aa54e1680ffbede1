"""What is wrong with an obligations.toml: names that are none, what could never be met, what says two things."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bihuan.kernel.people.api import ROSTERS, RosterSpec
from bihuan.spec.base import Name
from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme
from bihuan.spec.ways import WAYS

if TYPE_CHECKING:
    from bihuan.kernel.obligations.declared import ObligationSpec, OpensSpec

    Declared = Mapping[str, ObligationSpec]

FILE = "obligations.toml"
# The days of the shortest period of each length.
SHORTEST = {"week": 7, "month": 28, "quarter": 90, "half": 181, "year": 365}


def problems(programme: Programme, found: "Declared") -> Iterator[Problem]:
    """What a programme could not run with."""
    for name, one in found.items():
        yield from _names(programme, name, one)
        yield from _numbers(programme, name, one)
        yield from _told(programme, name, one)
        yield from _opened(programme, f"{name}.opens", one.opens)
        yield from _opened(programme, f"{name}.press", one.press)
        yield from _pressed(programme, name, one)


def _names(programme: Programme, name: str, one: "ObligationSpec") -> Iterator[Problem]:
    rosters = ROSTERS.of(programme)
    if one.who not in rosters:
        remedy = (
            f"one of {sorted(rosters)} of rosters.toml" if rosters else "say who in rosters.toml"
        )
        yield Problem(FILE, f"{name}.who", f"there is no roster {one.who!r}", remedy)
    roles = {role.id for role in programme.manifest.roles}
    for key in ("waived_by", "told", "above"):
        for role in sorted({*getattr(one, key)} - roles):
            cause = f"there is no role {role!r}"
            yield Problem(FILE, f"{name}.{key}", cause, f"one of {sorted(roles)}")
    said = one.reasons()
    for twice in sorted({reason for reason in said if said.count(reason) > 1}):
        cause = f"{twice!r} is a reason twice"
        yield Problem(FILE, f"{name}.exempt", cause, "name it once, in exempt or in spare")
    for reason, rule in one.spare.items():
        roster = rosters.get(rule.roster)
        if roster is None or roster.members is None:
            cause = f"{rule.roster!r} is no roster of members"
            those = sorted(key for key, each in rosters.items() if each.members is not None)
            yield Problem(FILE, f"{name}.spare.{reason}.roster", cause, f"one of {those}")


def _numbers(programme: Programme, name: str, one: "ObligationSpec") -> Iterator[Problem]:
    numbers = {"times": one.times, "grace": one.grace}
    numbers |= {f"spare.{reason}.fewer": rule.fewer for reason, rule in one.spare.items()}
    for key, said in numbers.items():
        if not isinstance(said, str):
            continue
        setting = programme.settings.get(said)
        if setting is None or setting.type != "int":
            there = sorted(k for k, each in programme.settings.items() if each.type == "int")
            cause = f"{said!r} is no setting of type int"
            yield Problem(FILE, f"{name}.{key}", cause, f"write a number, or one of {there}")
    if one.times == 0:
        cause, remedy = "nought times is never owed", "write how often, or name a setting"
        yield Problem(FILE, f"{name}.times", cause, remedy)
    shortest = SHORTEST[one.every]
    if isinstance(one.grace, int) and one.grace >= shortest:
        cause = f"a {one.every} has {shortest} days: in {one.grace} the next but one has begun"
        yield Problem(FILE, f"{name}.grace", cause, f"at most {shortest - 1}")
    if one.remind is not None and one.remind >= shortest:
        cause = f"a {one.every} has {shortest} days: {one.remind} before its end it has not begun"
        yield Problem(FILE, f"{name}.remind", cause, f"at most {shortest - 1}")


def _told(programme: Programme, name: str, one: "ObligationSpec") -> Iterator[Problem]:
    roster = ROSTERS.of(programme).get(one.who)
    if roster is None:
        return
    if roster.of_orgs and one.remind is not None and not one.told:
        cause = "an organisation is reminded, and nobody there reads it"
        yield Problem(FILE, f"{name}.told", cause, "name the roles that are reminded")
    if not roster.of_orgs and one.told:
        cause = "people who owe it are reminded themselves"
        yield Problem(FILE, f"{name}.told", cause, "leave told out")
    if one.told and one.remind is None:
        cause = "nobody is reminded"
        yield Problem(FILE, f"{name}.told", cause, "say in remind how many days before the end")
    if one.missed == "told" and not one.above:
        cause = "what was missed is told to nobody"
        yield Problem(FILE, f"{name}.above", cause, "name the roles that are told")
    if one.missed != "told" and one.above:
        cause = "nobody is told of what was missed"
        yield Problem(FILE, f"{name}.above", cause, 'leave it out, or say missed = "told"')
    if not roster.of_orgs and (one.spare or one.missed == "matter"):
        cause = "this frees, or opens a matter for, organisations, and people owe it"
        where = "spare" if one.spare else "missed"
        yield Problem(
            FILE, f"{name}.{where}", cause, "leave it out, or let a roster of orgs owe it"
        )


def _opened(programme: Programme, path: str, opens: "OpensSpec | None") -> Iterator[Problem]:
    if opens is None:
        return
    kind = programme.kinds.get(opens.kind)
    if kind is None:
        cause = f"there is no kind {opens.kind!r}"
        remedy = f"one of {sorted(programme.kinds)}"
        yield Problem(FILE, f"{path}.kind", cause, remedy)
        return
    asked = kind.asked(of_sender=False)
    for field in sorted({*opens.fields} - {*asked}):
        cause = f"{opens.kind} is not opened with a field {field!r}"
        yield Problem(FILE, f"{path}.fields.{field}", cause, f"one of {sorted(asked)}")
    for field, each in asked.items():
        if each.required and field not in opens.fields:
            cause = f"{opens.kind} requires {field!r}, and nothing gives it"
            yield Problem(FILE, f"{path}.fields", cause, f"give {field}")


def _pressed(programme: Programme, name: str, one: "ObligationSpec") -> Iterator[Problem]:
    """One press that would not meet it."""
    if one.press is None:
        return
    meets = {way.opens(args, programme.id) for way, args in one.uses()}
    if (programme.id, one.press.kind) not in meets:
        cause = f"a matter of kind {one.press.kind!r} does not meet it"
        remedy = 'name it in met_by, by its action "open" or the state in which it begins'
        yield Problem(FILE, f"{name}.press.kind", cause, remedy)
    roster = ROSTERS.of(programme).get(one.who)
    if roster is not None and not roster.of_orgs:
        cause = "one press is for an organisation, and people owe it"
        yield Problem(FILE, f"{name}.press", cause, "leave it out, or let a roster of orgs owe it")


def meant(programme: Programme, found: "Declared", around: Around) -> Iterator[Problem]:
    """What meets an obligation, and what would count for two that do not share it."""
    known: dict[str, set[str]] = {}
    for name, one in found.items():
        roster = ROSTERS.of(programme).get(one.who)
        if roster is not None:
            yield from _reach(name, roster)
        mine: set[str] = set()
        for nth, each in enumerate(one.met_by):
            path, way = f"{name}.met_by.{nth}.with", WAYS[each.by]
            try:
                args = way.args.model_validate(each.args)
            except ValidationError as error:
                for item in error.errors(include_url=False):
                    place = ".".join((path, *map(str, item["loc"])))
                    yield Problem(FILE, place, item["msg"], "see ways of meeting in verbs.md")
                continue
            yield from way.problems(programme, path, args, around)
            marks = way.marked(args, programme.id)
            if any(_meet(mark, there) for mark in marks for there in mine):
                cause = "what it counts counts by another of the same obligation already"
                remedy = "say each thing once"
                yield Problem(FILE, f"{name}.met_by.{nth}", cause, remedy)
            mine |= marks
            for other in sorted(_others(known, marks, name)):
                if not (one.shares and found[other].shares):
                    cause = f"what it counts counts for {other!r} already"
                    remedy = "say shares = true in both, or let different things meet them"
                    yield Problem(FILE, f"{name}.met_by.{nth}", cause, remedy)


def _others(known: dict[str, set[str]], marks: Iterable[str], name: str) -> set[str]:
    """The obligations named before that count things with these marks. A mark that goes on after another
    and a space is of some of the things that have the other."""
    found: set[str] = set()
    for mark in marks:
        for there, names in known.items():
            if _meet(mark, there):
                found |= names
        known.setdefault(mark, set()).add(name)
    return found - {name}


def _meet(mark: str, other: str) -> bool:
    return mark == other or mark.startswith(f"{other} ") or other.startswith(f"{mark} ")


def _reach(name: str, roster: RosterSpec) -> Iterator[Problem]:
    if roster.of_orgs and roster.reach == "here":
        cause = "each organisation owes for itself: a roster of those here alone means one place"
        yield Problem(FILE, f"{name}.who", cause, "let the roster reach below")


def kind_of(
    programme: Programme, path: str, said: str, around: Around
) -> tuple[Programme | None, Name, list[Problem]]:
    """The programme and the kind that arguments name (of another as `programme.kind`), None where
    there is none, with what is wrong."""
    own, _, name = said.rpartition(".")
    of = own or programme.id
    if of != programme.id and of not in programme.manifest.needs:
        cause = f"{of!r} is not among the programmes this one needs"
        return None, name, [Problem(FILE, f"{path}.kind", cause, f"add {of!r} to needs")]
    other = programme if of == programme.id else around.programme(of)
    there = other.kinds if other is not None else {}
    if other is None or name not in there:
        cause = f"{of} has no kind {name!r}"
        return None, name, [Problem(FILE, f"{path}.kind", cause, f"one of {sorted(there)}")]
    return other, name, []
