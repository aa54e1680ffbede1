"""The facet `links`: what a kind may be linked to, and that every name it speaks of exists."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import StringConstraints

from bihuan.spec import facets
from bihuan.spec.base import Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Action, Input, Kind, Programme, Verb

FILE = "matters.toml"
# Short, for the id of a matter stands beside it in the key of a part.
LinkName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
KindRef = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$")]
ACT, GATHER = "linked.act", "link.gather"
VERBS = (
    "link.add",
    "link.drop",
    GATHER,
    ACT,
    "linked.closed",
    "linked.some",
    "linked.visible",
)


class LinkSpec(Strict):
    """A link to matters of a `kind` of this programme, or of one it needs (`programme.kind`); to
    one at a time, or to `many`."""

    kind: KindRef
    many: bool = False


Links = dict[LinkName, LinkSpec]


def owner_of(programme: Programme, one: LinkSpec) -> tuple[str, str]:
    """The programme and the kind that a link of a programme goes to."""
    owner, _, kind = one.kind.rpartition(".")
    return owner or programme.id, kind


def _problems(programme: Programme, kind_id: str, block: Links) -> Iterator[Problem]:
    """Kinds that are none of its own, programmes it does not need, links that it does not have."""
    for name, one in block.items():
        owner, kind = owner_of(programme, one)
        path = f"{kind_id}.links.{name}.kind"
        if owner == programme.id and kind not in programme.kinds:
            remedy = f"one of {sorted(programme.kinds)}"
            yield Problem(FILE, path, f"there is no kind {kind!r}", remedy)
        elif owner not in (programme.id, *programme.manifest.needs):
            cause = f"the programme {owner!r} is not among those it needs"
            yield Problem(FILE, path, cause, "name it in needs, or a kind of its own")
    for path, verb, _ in _uses(kind_id, programme.kinds[kind_id]):
        named = verb.args.get("link", "")
        if named and named not in block:
            cause = f"there is no link {named!r}"
            yield Problem(FILE, f"{path}.with.link", cause, f"one of {sorted(block)}")


def _uses(kind_id: str, kind: Kind) -> Iterator[tuple[str, Verb, Action | None]]:
    """Every use of a verb of links: where it stands, and in which action."""
    for n, verb in enumerate(kind.on_open):
        if verb.do in VERBS:
            yield f"{kind_id}.on_open.{n}", verb, None
    for name, action in kind.actions.items():
        placed = [("guards", action.guards), ("effects", action.effects)]
        for n, turn in enumerate(action.turns):
            placed += [(f"turns.{n}.when", turn.when), (f"turns.{n}.effects", turn.effects)]
        for where, verbs in placed:
            for n, verb in enumerate(verbs):
                if verb.do in VERBS:
                    yield f"{kind_id}.actions.{name}.{where}.{n}", verb, action


def _meant(programme: Programme, kind_id: str, block: Links, around: Around) -> Iterator[Problem]:
    """Kinds that another programme lacks; actions on linked matters that could never be taken."""
    kind = programme.kinds[kind_id]
    for name, one in block.items():
        other, target = _target(programme, one, around)
        if other is not None and target is None:
            cause = f"{other.id} has no kind {owner_of(programme, one)[1]!r}"
            path = f"{kind_id}.links.{name}.kind"
            yield Problem(FILE, path, cause, f"one of {sorted(other.kinds)}")
    for path, verb, action in _uses(kind_id, kind):
        link = block.get(str(verb.args.get("link")))
        target = _target(programme, link, around)[1] if link is not None else None
        if verb.do == GATHER and target is not None:
            for state in verb.args.get("states", ()):
                if state not in target.states:
                    cause = f"the linked kind has no state {state!r}"
                    remedy = f"one of {sorted(target.states)}"
                    yield Problem(FILE, f"{path}.with.states", cause, remedy)
        if verb.do == GATHER and target is not None:
            yield from _alike(f"{path}.with.alike", verb.args, kind, target)
        if verb.do == ACT and action is None:
            cause = "nothing is linked before a matter is there"
            yield Problem(FILE, path, cause, "put it into an action")
        elif verb.do == ACT and target is not None and action is not None:
            yield from _acted(f"{path}.with", verb.args, target, action.inputs)


def _alike(path: str, given: Mapping[str, Any], kind: Kind, target: Kind) -> Iterator[Problem]:
    """Fields that both kinds have, of one type whose values are the same or not, for everybody."""
    for name in given.get("alike", ()):
        ours, theirs = kind.fields.get(name), target.fields.get(name)
        fits = {one.type for one in (ours, theirs) if one is not None and not one.apart}
        if ours is None or theirs is None or len(fits) != 1 or fits - _SAME:
            cause = f"{name!r} is no field of both kinds that can say the same"
            remedy = f"name one of type {', '.join(sorted(_SAME))} that both have"
            yield Problem(FILE, path, cause, remedy)


def _target(
    programme: Programme, one: LinkSpec, around: Around
) -> tuple[Programme | None, Kind | None]:
    owner, kind = owner_of(programme, one)
    other = programme if owner == programme.id else around.programme(owner)
    return other, other.kinds.get(kind) if other is not None else None


def _acted(
    path: str, given: Mapping[str, Any], target: Kind, inputs: Mapping[str, Input]
) -> Iterator[Problem]:
    """The action is one of the linked kind, the house may take it where it does, and it is given all
    that it asks for, of the types it asks for."""
    name = str(given.get("action"))
    found = target.actions.get(name)
    if found is None:
        remedy = f"one of {sorted(target.actions)}"
        yield Problem(FILE, f"{path}.action", f"the linked kind has no action {name!r}", remedy)
        return
    if given.get("by", "house") == "house" and "system" not in found.by:
        cause = f"the house may not take {name!r}"
        remedy = 'add system to its by, or let the actor take it: by = "actor"'
        yield Problem(FILE, f"{path}.action", cause, remedy)
    filled, fixed = dict(given.get("inputs", {})), dict(given.get("given", {}))
    for theirs in [*filled, *fixed]:
        if theirs not in found.inputs:
            part = "inputs" if theirs in filled else "given"
            cause = f"{name!r} has no input {theirs!r}"
            remedy = f"one of {sorted(found.inputs)}"
            yield Problem(FILE, f"{path}.{part}.{theirs}", cause, remedy)
    for theirs, one in found.inputs.items():
        ours = inputs.get(str(filled.get(theirs)))
        if one.required and theirs not in fixed and (ours is None or not ours.required):
            cause = f"{name!r} requires {theirs!r}, and nothing is sure to give it"
            yield Problem(FILE, path, cause, f"give {theirs} a required input, or a value")
        if ours is not None and ours.type != one.type and {ours.type, one.type} - _TEXTS:
            cause = f"{theirs!r} is of type {one.type}, this input of type {ours.type}"
            yield Problem(FILE, f"{path}.inputs.{theirs}", cause, "give an input of that type")


_TEXTS = {"text", "longtext"}
# Types of which two values are the same or not, whoever typed them.
_SAME = {"choice", "org", "person", "month", "period"}


LINKS: Facet[Links] = facets.register(
    Facet(
        "links",
        Links,
        problems=_problems,
        meant=_meant,
        words=lambda kind_id, block: [
            key for name in block for key in (f"links.{kind_id}.{name}", f"linked.{kind_id}.{name}")
        ],
    )
)
