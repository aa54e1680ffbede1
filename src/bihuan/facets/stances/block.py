"""The facet `stances`: what people may say to a matter of a kind; every name it speaks of exists, and
where it is not open nothing of the kind lets out who said what."""

from collections.abc import Iterator

from pydantic import Field

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Action, Kind, Programme, Verb

FILE = "matters.toml"
TAKE, WITHDRAW = "stance.take", "stance.withdraw"
COUNTING = ("stances.at_least", "stances.share")
# What figures may ask of the steps in which one was taken, changed or withdrawn.
SAID = "stance"
MOST_CHOICES = 12


class StancesSpec(Strict):
    """Lets people take a stance on matters of a kind, by actions with `stance.take`: one of `choices`.

    `once`: a person stands for one choice, and another instead of it is a change; without it for
    several, each once. `open`: everybody who sees the matter sees who said what; without it only how
    many took part, and when nothing can be said any more how often each was chosen, unless that told
    what somebody said. `from` are the states in which they are taken (none given: those of the
    actions).
    """

    choices: tuple[Name, ...] = Field(min_length=1, max_length=MOST_CHOICES)
    once: bool = True
    open: bool = True
    from_: tuple[Name, ...] = Field(default=(), alias="from")


def takes(action: Action) -> list[Verb]:
    """The effects of an action in which a stance is taken."""
    return [verb for verb in action.effects if verb.do == TAKE]


def taking(kind: Kind, block: StancesSpec) -> set[str]:
    """The states of a kind in which somebody may take, change or withdraw a stance."""
    found = {
        state
        for action in kind.actions.values()
        if any(verb.do in (TAKE, WITHDRAW) for verb in action.effects)
        for state in kind.sources_of(action)
    }
    return found & {*block.from_} if block.from_ else found


def _verbs(kind_id: str, kind: Kind) -> Iterator[tuple[str, Action, str, Verb]]:
    """(action, the action, path, verb) of every verb of stances."""
    for name, action in kind.actions.items():
        placed = [(f"guards.{n}", one) for n, one in enumerate(action.guards)]
        placed += [(f"effects.{n}", one) for n, one in enumerate(action.effects)]
        for n, turn in enumerate(action.turns):
            placed += [(f"turns.{n}.when.{i}", one) for i, one in enumerate(turn.when)]
            placed += [(f"turns.{n}.effects.{i}", one) for i, one in enumerate(turn.effects)]
        for where, verb in placed:
            if verb.do.startswith(("stance.", "stances.")):
                yield name, action, f"{kind_id}.actions.{name}.{where}", verb


def _problems(programme: Programme, kind_id: str, block: StancesSpec) -> Iterator[Problem]:
    """Names that are none, choices that cannot be taken."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.stances"
    for name in block.from_:
        if name not in kind.states:
            cause = f"there is no state {name!r}"
            yield Problem(FILE, f"{path}.from", cause, f"one of {sorted(kind.states)}")
    for name in sorted({one for one in block.choices if block.choices.count(one) > 1}):
        yield Problem(FILE, f"{path}.choices", f"{name!r} is named twice", "name it once")
    for _, action, where, verb in _verbs(kind_id, kind):
        named = verb.args.get("choice")
        if named is not None and named not in block.choices:
            cause = f"there is no choice {named!r}"
            yield Problem(FILE, f"{where}.with.choice", cause, f"one of {sorted(block.choices)}")
        if verb.args.get("of") == "roll" and "roll" not in kind.blocks:
            cause = "the kind takes no roll"
            remedy = f"give {kind_id} the block `roll = …`, or leave `of` out"
            yield Problem(FILE, f"{where}.with.of", cause, remedy)
        one = action.inputs.get(str(verb.args.get("input"))) if verb.do == TAKE else None
        if one is None:
            continue
        if strange := sorted({*one.choices} - {*block.choices}):
            cause = f"its choices {strange} are none of the stances"
            remedy = f"some of {sorted(block.choices)}"
            yield Problem(FILE, f"{where}.with.input", cause, remedy)
        if not one.required:
            remedy = "make the input required"
            yield Problem(FILE, f"{where}.with.input", "a stance may be left empty", remedy)


def _meant(
    programme: Programme, kind_id: str, block: StancesSpec, around: Around
) -> Iterator[Problem]:
    """Stances that nobody can take, that nobody can be asked for, or that are not kept as said."""
    del around
    kind, path = programme.kinds[kind_id], f"{kind_id}.stances"
    if not any(takes(action) for action in kind.actions.values()):
        yield Problem(FILE, path, "nobody can take one", f"add an action with {TAKE}")
    for name, action, where, verb in _verbs(kind_id, kind):
        if verb.do not in (TAKE, WITHDRAW):
            continue
        nobody = sorted(
            {*action.by} & ({*BUILT_IN_ACTORS} - {"assignee", "member", "opener", "subject"})
        )
        if nobody:
            cause = f"{nobody[0]} is no person with an account, who alone has a stance"
            yield Problem(FILE, f"{kind_id}.actions.{name}.by", cause, "name roles only")
        outside = sorted({*kind.sources_of(action)} - {*block.from_}) if block.from_ else []
        if outside:
            cause = f"it may be taken in {outside[0]!r}, and stances may not"
            remedy = f"narrow the action's from to {sorted(block.from_)}"
            yield Problem(FILE, where, cause, remedy)
    if not block.open:
        yield from _let_out(kind_id, kind, block)


def _let_out(kind_id: str, kind: Kind, block: StancesSpec) -> Iterator[Problem]:
    """What would tell others who said what, where that is nobody else's business."""
    path, during = f"{kind_id}.stances", taking(kind, block)
    if not block.once:
        remedy = "make it once, or open"
        yield Problem(FILE, f"{path}.once", "how many choices somebody has would show", remedy)
    for _, action, where, verb in _verbs(kind_id, kind):
        if verb.do == TAKE and verb.args.get("choice") is not None:
            cause = "the time line would tell what was chosen"
            yield Problem(FILE, where, cause, "let an input say it, or make stances open")
        one = action.inputs.get(str(verb.args.get("input"))) if verb.do == TAKE else None
        if one is not None and not one.private:
            cause = "what was chosen would stand in the open half of the log"
            yield Problem(FILE, f"{where}.with.input", cause, "make the input private")
        if verb.do in COUNTING and during & {*kind.sources_of(action)}:
            cause = "counted while stances are taken, each would show as it comes"
            remedy = "count them in a state in which none is taken"
            yield Problem(FILE, where, cause, remedy)
    for before, after in kind.edges():
        if after in during and before not in during and before in _after(kind, during):
            cause = f"from {before!r} stances are taken again after they were counted"
            yield Problem(FILE, path, cause, "let no state lead back to those of `from`")
            return


def _after(kind: Kind, states: set[str]) -> set[str]:
    """The states that can follow some others."""
    found, edges = set(states), kind.edges()
    while more := {b for a, b in edges if a in found} - found:
        found |= more
    return found


STANCES: Facet[StancesSpec] = facets.register(
    Facet(
        "stances",
        StancesSpec,
        problems=_problems,
        meant=_meant,
        words=lambda kind_id, one: (f"stances.{kind_id}.{choice}" for choice in one.choices),
        said=lambda one: {SAID: one.choices} if one.open else {},
    )
)
