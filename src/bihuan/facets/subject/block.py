"""The facet `subject`: a field of the kind says whom a matter is about, for good; every name it speaks of
exists."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import SUBJECT, Kind, Programme, Verb

FILE = "matters.toml"
CLEAR = "subject.clear"

Sort = Literal["person", "org"]
# A kind (or what stands in another file) by itself, or as `programme.kind`.
KindNamed = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$")]


class SubjectSpec(Strict):
    """Whom matters of a kind are about: the person or organisation (`is`) in a `field` that is filled in
    when one is opened, and stays.

    `once`: one matter of the kind about one subject in a year, half, quarter or month, by the day of
    its opening; those that are in one of the states `void` do not count. `oneself`: a member who opens
    one, without a role that opens it, opens it about themselves. `another`: whoever opens one opens it about
    somebody else.
    """

    is_: Sort = Field(alias="is")
    field: Name
    once: Literal["year", "half", "quarter", "month"] | None = None
    void: tuple[Name, ...] = ()
    oneself: bool = False
    another: bool = False


def _problems(programme: Programme, kind_id: str, block: SubjectSpec) -> Iterator[Problem]:
    """A field that is none, of another type, not sure to be there, not everybody's, or that a step changes;
    states that are none."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.subject"
    yield from _field(kind, kind_id, block)
    for index, name in enumerate(block.void):
        state = kind.states.get(name)
        if state is None:
            cause, remedy = f"there is no state {name!r}", f"one of {sorted(kind.states)}"
            yield Problem(FILE, f"{path}.void.{index}", cause, remedy)
        elif state.phase != "done":
            cause = f"a matter that is {name!r} still goes on, and counts"
            yield Problem(FILE, f"{path}.void.{index}", cause, "name states of phase done")
    if block.void and block.once is None:
        cause = "nothing is counted that a state could be left out of"
        yield Problem(FILE, f"{path}.void", cause, "say once, or drop void")
    if block.oneself and (block.is_ != "person" or not kind.for_members()):
        cause = "there are no people who open it without a role, to be about themselves"
        remedy = 'drop oneself, or make it is = "person" with doors = { member = true }'
        yield Problem(FILE, f"{path}.oneself", cause, remedy)
    for where, verb in _clears(kind_id, kind):
        for index, named in enumerate(verb.args.get("kinds", ())):
            owner, other = owner_of(programme.id, str(named))
            if owner == programme.id:
                yield from _fits(f"{where}.with.kinds.{index}", programme, other, block)
            elif owner not in programme.manifest.needs:
                cause = f"the programme {owner!r} is not among those it needs"
                remedy = "name it in needs, or a kind of its own"
                yield Problem(FILE, f"{where}.with.kinds.{index}", cause, remedy)


def _field(kind: Kind, kind_id: str, block: SubjectSpec) -> Iterator[Problem]:
    where, one = f"{kind_id}.subject.field", kind.fields.get(block.field)
    fits = sorted(name for name, field in kind.fields.items() if field.type == block.is_)
    remedy = f"one of {fits}" if fits else f'declare a field of type = "{block.is_}"'
    if one is None:
        yield Problem(FILE, where, f"there is no field {block.field!r}", remedy)
        return
    if one.type != block.is_:
        cause = f"{block.field!r} is of type {one.type}, and the subject a {block.is_}"
        yield Problem(FILE, where, cause, remedy)
    path = f"{kind_id}.fields.{block.field}"
    if one.later or not one.required:
        cause = "a matter could be about nobody"
        yield Problem(FILE, path, cause, "make it required, and not later")
    if one.apart:
        cause = "whom a matter is about is known to everybody who sees it, and stays"
        yield Problem(FILE, path, cause, "drop private and seen_by; narrow seen_by of the kind")
    for name, action in kind.actions.items():
        for given, target in action.sets().items():
            if target == block.field:
                cause = f"{name} changes whom a matter is about, and that is for good"
                remedy = "drop sets; about somebody else another matter is opened"
                yield Problem(FILE, f"{kind_id}.actions.{name}.inputs.{given}.sets", cause, remedy)


def owner_of(programme: str, named: str) -> tuple[str, str]:
    """(programme, kind) of a kind named by itself, or as `programme.kind`."""
    owner, _, kind = named.rpartition(".")
    return owner or programme, kind


def _fits(path: str, other: Programme, name: str, block: SubjectSpec) -> Iterator[Problem]:
    """The kind is there, and is about what this one is about."""
    kind = other.kinds.get(name)
    there = sorted(k for k, one in SUBJECTS.kinds(other) if one.is_ == block.is_)
    if kind is None:
        yield Problem(FILE, path, f"there is no kind {name!r}", f"one of {there}")
        return
    theirs = SUBJECTS.of(kind)
    if theirs is None or theirs.is_ != block.is_:
        cause = f"no {name} is about a {block.is_}"
        yield Problem(FILE, path, cause, f"one of {there}")


def _clears(kind_id: str, kind: Kind) -> Iterator[tuple[str, Verb]]:
    """Every use of `subject.clear` in a kind, with where it stands."""
    for name, action in kind.actions.items():
        placed = [("guards", action.guards)]
        placed += [(f"turns.{n}.when", turn.when) for n, turn in enumerate(action.turns)]
        for where, verbs in placed:
            for n, verb in enumerate(verbs):
                if verb.do == CLEAR:
                    yield f"{kind_id}.actions.{name}.{where}.{n}", verb


def _meant(
    programme: Programme, kind_id: str, block: SubjectSpec, around: Around
) -> Iterator[Problem]:
    """Kinds that another programme lacks, states that none of the kinds has, a subject of whom nothing
    comes."""
    kind = programme.kinds[kind_id]
    for where, verb in _clears(kind_id, kind):
        known: set[str] = set()
        for index, named in enumerate(verb.args.get("kinds", ())):
            owner, name = owner_of(programme.id, str(named))
            other = programme if owner == programme.id else around.programme(owner)
            if other is None:
                continue
            if owner != programme.id:
                yield from _fits(f"{where}.with.kinds.{index}", other, name, block)
            if (theirs := other.kinds.get(name)) is not None:
                known |= {s for s, state in theirs.states.items() if state.phase == "done"}
        for index, state in enumerate(verb.args.get("ended", ())):
            if state not in known:
                cause = f"no matter of these kinds ends as {state!r}"
                yield Problem(FILE, f"{where}.with.ended.{index}", cause, f"one of {sorted(known)}")


SUBJECTS: Facet[SubjectSpec] = facets.register(
    Facet("subject", SubjectSpec, problems=_problems, meant=_meant, actors=(SUBJECT,))
)
