"""Every verb a programme uses: where it stands, its arguments as read, and what they name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from bihuan.spec import arguments
from bihuan.spec.arguments import Args, Named, Noun
from bihuan.spec.checks.around import Verbs
from bihuan.spec.schema import Action, Input, Kind, Programme, Verb

Sort = Literal["guard", "effect"]


@dataclass(frozen=True)
class Use:
    """One use of a verb. `action_id` is empty for what happens on opening; `inputs` are those its
    arguments may name; `args` are None when they cannot be read, which is a problem of its own."""

    kind_id: str
    kind: Kind
    action_id: str
    inputs: Mapping[str, Input]
    path: str
    sort: Sort
    verb: Verb
    model: type[Args] | None
    args: Args | None
    named: tuple[Named, ...] = ()
    faults: tuple[tuple[str, str], ...] = field(default=())

    def names(self, *nouns: Noun) -> Iterator[tuple[str, Named]]:
        """(path in the file, what is named) of everything of these sorts."""
        for one in self.named:
            if one.names.noun in nouns:
                yield f"{self.path}.with.{one.path}", one

    def beside(self, one: Named) -> Any:
        """The value of the argument that a named one belongs to."""
        return getattr(self.args, one.names.of, None)


def _read(verb: Verb, model: type[Args] | None) -> tuple[Args | None, tuple[tuple[str, str], ...]]:
    if model is None:
        return None, ()
    try:
        return model.model_validate(verb.args), ()
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, tuple((".".join(str(p) for p in one["loc"]), one["msg"]) for one in found)


def _placed(action: Action) -> Iterator[tuple[str, Sort, Verb]]:
    for index, verb in enumerate(action.guards):
        yield f"guards.{index}", "guard", verb
    for index, verb in enumerate(action.effects):
        yield f"effects.{index}", "effect", verb
    for n, turn in enumerate(action.turns):
        for index, verb in enumerate(turn.when):
            yield f"turns.{n}.when.{index}", "guard", verb
        for index, verb in enumerate(turn.effects):
            yield f"turns.{n}.effects.{index}", "effect", verb


def _of_kind(kind_id: str, kind: Kind, verbs: Verbs) -> Iterator[Use]:
    places: list[tuple[str, Mapping[str, Input], str, Sort, Verb]] = [
        ("", kind.fields, f"{kind_id}.on_open.{index}", "effect", verb)
        for index, verb in enumerate(kind.on_open)
    ]
    for name, action in kind.actions.items():
        places += [
            (name, action.inputs, f"{kind_id}.actions.{name}.{where}", sort, verb)
            for where, sort, verb in _placed(action)
        ]
    for name, inputs, path, sort, verb in places:
        model = (verbs.guards if sort == "guard" else verbs.effects).get(verb.do)
        args, faults = _read(verb, model)
        named = tuple(arguments.named(args)) if args is not None else ()
        yield Use(kind_id, kind, name, inputs, path, sort, verb, model, args, named, faults)


def of(programme: Programme, verbs: Verbs) -> list[Use]:
    """Every use of a verb in every kind."""
    return [
        use for kind_id, kind in programme.kinds.items() for use in _of_kind(kind_id, kind, verbs)
    ]


def effects_of(uses: Iterable[Use], kind_id: str) -> list[Use]:
    """The effects of one kind whose arguments can be read."""
    return [
        one
        for one in uses
        if one.kind_id == kind_id and one.sort == "effect" and one.args is not None
    ]
