"""The facet `each`: for whom a kind opens matters under its own, of which kind; that they can be opened."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from bihuan.facets.each.arguments import Open
from bihuan.kernel.people.api import ROSTERS
from bihuan.kernel.people.declared import RosterName
from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks import children
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Input, Kind, Programme, Verb

FILE = "matters.toml"
OPEN = "each.open"


class EachSpec(Strict):
    """Opens a matter of another `kind` of this programme for each of a `roster`, by an action with
    `each.open`: at the organisation, or at the person's and given to them. Who comes on the roster
    while this one is open gets theirs; who is exempt gets none. `names` is a field of that kind, of type
    person or org, that holds whom it is for. `but` is a field of this kind, of such a type: whom it names
    gets none.
    """

    roster: RosterName
    kind: Name = Field(examples=["promise"])
    names: Name | None = None
    but: Name | None = None

    @model_serializer(mode="wrap")
    def _spread(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Optional: a block without them keeps its digest.
        found: dict[str, Any] = dump(self)
        return {k: one for k, one in found.items() if k not in ("names", "but") or one is not None}


def _problems(programme: Programme, kind_id: str, block: EachSpec) -> Iterator[Problem]:
    """A roster or a kind that is none; a kind that would open itself without end."""
    known = ROSTERS.of(programme)
    if block.roster not in known:
        remedy = f"one of {sorted(known)}" if known else f"declare it in {ROSTERS.name}"
        cause = f"there is no roster {block.roster!r}"
        yield Problem(FILE, f"{kind_id}.each.roster", cause, remedy)
    path = f"{kind_id}.each.kind"
    if block.kind not in programme.kinds:
        cause = f"there is no kind {block.kind!r}"
        yield Problem(FILE, path, cause, f"one of {sorted(programme.kinds)}")
        return
    yield from _named(programme, kind_id, block)
    opens = {one: each.kind for one, each in EACH.kinds(programme)}
    below = block.kind
    for _ in opens:
        below = opens.get(below, below)
    if below in opens:
        cause = "it would open matters under matters without end"
        yield Problem(FILE, path, cause, "name a kind that does not lead back to this one")


def _named(programme: Programme, kind_id: str, block: EachSpec) -> Iterator[Problem]:
    """Fields that hold nobody, or others than the roster has; who gets none, and cannot be known."""
    rule = ROSTERS.of(programme).get(block.roster)
    if rule is None:
        return
    wanted = "org" if rule.of_orgs else "person"
    for key, kind, name in (("names", block.kind, block.names), ("but", kind_id, block.but)):
        fields = programme.kinds[kind].fields
        fitting = sorted(
            field
            for field, one in fields.items()
            if one.type == wanted and (key == "names" or not one.apart)
        )
        if name is not None and name not in fitting:
            cause = f"{kind} has no field {name!r} of type {wanted}"
            remedy = f"one of {fitting}" if fitting else f"add a field of type {wanted}"
            yield Problem(FILE, f"{kind_id}.each.{key}", cause, remedy)


def uses(kind_id: str, kind: Kind) -> Iterator[tuple[str, str, Mapping[str, Input], Verb]]:
    """Every `each.open` of a kind: in which action ('' at the opening), where it stands, which inputs
    it may name, the verb."""
    for n, verb in enumerate(kind.on_open):
        if verb.do == OPEN:
            yield "", f"{kind_id}.on_open.{n}", kind.fields, verb
    for name, action in kind.actions.items():
        placed = [("effects", action.effects)]
        placed += [(f"turns.{n}.effects", turn.effects) for n, turn in enumerate(action.turns)]
        for where, verbs in placed:
            for n, verb in enumerate(verbs):
                if verb.do == OPEN:
                    yield name, f"{kind_id}.actions.{name}.{where}.{n}", action.inputs, verb


def _meant(
    programme: Programme, kind_id: str, block: EachSpec, around: Around
) -> Iterator[Problem]:
    """Matters that nobody opens, or that lack what they ask for."""
    del around
    kind, child = programme.kinds[kind_id], programme.kinds.get(block.kind)
    found = list(uses(kind_id, kind))
    if not found:
        remedy = f"add an action with {OPEN}, or put it into on_open"
        yield Problem(FILE, f"{kind_id}.each", "nobody opens any", remedy)
    if child is None:
        return
    if block.names is not None:
        asked = {name: one for name, one in child.fields.items() if name != block.names}
        child = child.model_copy(update={"fields": asked})
    for action, path, inputs, verb in found:
        try:
            args = Open.model_validate(verb.args)
        except ValidationError:
            # Said of every verb elsewhere.
            continue
        use = Use(kind_id, kind, action, inputs, path, "effect", verb, Open, args)
        yield from children.filled(use, child)


EACH: Facet[EachSpec] = facets.register(
    Facet("each", EachSpec, problems=_problems, meant=_meant, titled=True)
)
