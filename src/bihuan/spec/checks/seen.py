"""Who sees: `seen_by` of kinds and inputs names who there is, hides nothing from who must act or is told,
and what is not everybody's is not shown by what is done with it."""

from collections.abc import Iterable, Iterator, Mapping

from bihuan.spec import facets, sight
from bihuan.spec.base import DUTIES
from bihuan.spec.checks.actors import Place, told_people
from bihuan.spec.checks.uses import Use
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Input, Kind, Programme

FILE = "matters.toml"
# Columns of every list of matters.
_LISTED = ("category", "channel")
# Who reads without being named: the sender by the code, the house to do its work.
_NEVER_OF_KIND = {
    "sender": "whoever has the code sees it anyway",
    "system": "the house reads nothing",
}
_NEVER_OF_INPUT = {"system": "the house reads nothing"}


def problems(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Kinds that somebody who must act on them would not see, and inputs that no `seen_by` can hide."""
    for kind_id, kind in programme.kinds.items():
        if kind.seen_by:
            yield from _names(programme, f"{kind_id}.seen_by", kind.seen_by, _NEVER_OF_KIND)
            yield from _acting(programme, kind_id, kind)
        for path, name, one in _inputs(kind_id, kind):
            if one.seen_by:
                yield from _names(programme, f"{path}.seen_by", one.seen_by, _NEVER_OF_INPUT)
                yield from _readers(programme, path, kind_id, one)
                yield from _hideable(path, name, one, kind)
            for column, each in one.columns.items():
                if each.seen_by:
                    cause = "seen_by is said of the rows as a whole"
                    remedy = "say it of the field"
                    yield Problem(FILE, f"{path}.columns.{column}.seen_by", cause, remedy)
    yield from _shown(programme, uses)


def meant(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Who is told of what they do not see."""
    for file, path, kind_id, name in told_people(programme, uses):
        kind = programme.kinds.get(kind_id)
        role = programme.role(name)
        if kind is not None and role is not None and name not in sight.roles(programme, kind):
            cause = f"{name!r} is told of a {kind_id}, and does not see it"
            yield Problem(file, path, cause, f"add it to {kind_id}.seen_by, or tell others")


def _inputs(kind_id: str, kind: Kind) -> Iterator[tuple[str, str, Input]]:
    for name, one in kind.fields.items():
        yield f"{kind_id}.fields.{name}", name, one
    for action_id, action in kind.actions.items():
        for name, one in action.inputs.items():
            yield f"{kind_id}.actions.{action_id}.inputs.{name}", name, one


def _names(
    programme: Programme, path: str, names: Iterable[str], never: Mapping[str, str]
) -> Iterator[Problem]:
    roles = [role.id for role in programme.manifest.roles]
    actors = [name for name in BUILT_IN_ACTORS if name not in never]
    for index, name in enumerate(names):
        where = f"{path}.{index}"
        if name in never:
            yield Problem(FILE, where, f"{name}: {never[name]}", "leave it out")
        elif name not in (*roles, *actors, *DUTIES.names()):
            remedy = f"a role, a duty or one of {sorted(actors)}: one of {sorted(roles)}"
            yield Problem(FILE, where, f"{name!r} is no role, duty or actor", remedy)
        elif not sight.named(programme, [name]):
            cause = f"no role has the duty {name!r}"
            yield Problem(FILE, where, cause, "give it to a role by does, or name a role")


def _acting(programme: Programme, kind_id: str, kind: Kind) -> Iterator[Problem]:
    """An open matter is never invisible to all who could act on it."""
    seeing = sight.roles(programme, kind)
    if not seeing:
        cause = "no role would see it when whoever has it, or opened it, is gone"
        yield Problem(FILE, f"{kind_id}.seen_by", cause, "name a role or a duty too")
        return
    acting: list[Place] = [
        *(
            (FILE, f"{kind_id}.actions.{action_id}.by", name)
            for action_id, action in kind.actions.items()
            for name in action.by
        ),
        *((FILE, f"{kind_id}.contact_by", name) for name in kind.contact_by),
        *(
            (FILE, f"{kind_id}.{facet.name}", name)
            for facet in facets.registered()
            if (block := facet.of(kind)) is not None
            for name in facet.roles(block)
        ),
    ]
    for file, path, name in acting:
        if programme.role(name) is not None and name not in seeing:
            cause = f"{name!r} acts on a {kind_id}, and would not see it"
            remedy = f"add it to {kind_id}.seen_by, or let others act"
            yield Problem(file, path, cause, remedy)


def _readers(programme: Programme, path: str, kind_id: str, one: Input) -> Iterator[Problem]:
    """Whoever reads a value sees its matter."""
    seeing = sight.roles(programme, programme.kinds[kind_id])
    for name in sorted(sight.named(programme, one.seen_by)):
        if programme.role(name) is not None and name not in seeing:
            cause = f"{name!r} does not see a {kind_id}, and so nothing of it"
            yield Problem(
                FILE, f"{path}.seen_by", cause, f"add it to {kind_id}.seen_by, or drop it"
            )


def _hideable(path: str, name: str, one: Input, kind: Kind) -> Iterator[Problem]:
    where = f"{path}.seen_by"
    if one.type == "file":
        cause = "a file stands among the matter's files, for everybody who sees the matter"
        yield Problem(FILE, where, cause, "drop seen_by")
    if name in _LISTED and name in kind.fields:
        yield Problem(FILE, where, f"{name} stands in every list", "drop seen_by, or rename it")
    for facet in facets.registered():
        if (block := facet.of(kind)) is not None and name in facet.sets(block):
            cause = f"{facet.name} says itself what {name!r} is, to everybody who sees the matter"
            yield Problem(FILE, where, cause, "drop seen_by")


def _shown(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """What an effect or a clock would tell everybody who sees the matter."""
    for use in uses:
        for path, one in use.names("input") if use.sort == "effect" else ():
            found = use.inputs.get(str(one.name))
            if found is not None and found.seen_by:
                cause = f"{use.verb.do} shows {one.name!r} to everybody who sees what it changes"
                yield Problem(FILE, path, cause, "drop seen_by of the input, or name another")
    for clock_id, clock in programme.clocks.items():
        kind = programme.kinds.get(clock.kind)
        if clock.from_input is None or kind is None:
            continue
        if any(name == clock.from_input and one.seen_by for _, name, one in _inputs("", kind)):
            cause = f"its limit shows what {clock.from_input!r} is"
            remedy = "drop seen_by of the input, or limit the clock by another"
            yield Problem("clocks.toml", f"{clock_id}.from_input", cause, remedy)
