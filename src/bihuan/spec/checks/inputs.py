"""Fields and inputs: choices, what senders are asked, what a step writes back on the matter."""

from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from bihuan.spec import facets
from bihuan.spec.load import Problem
from bihuan.spec.schema import Action, As, Input, Kind, Programme

FILE = "matters.toml"
# Keys that only some types have.
_OF_TYPES = {
    "places": ("number",),
    "at_least": ("number", "money"),
    "at_most": ("number", "money"),
    "grains": ("period",),
    "columns": ("rows",),
}
# What a column of rows may be: what one types or finds in a line, and no list of its own.
IN_ROWS = (
    *("text", "choice", "bool", "int", "number", "money"),
    *("date", "time", "month", "period"),
    *("org", "person"),
)
MOST_COLUMNS = 12


def problems(programme: Programme) -> Iterator[Problem]:
    """Choices that there are not; fields that nobody could fill in."""
    for kind_id, kind in programme.kinds.items():
        for name, one in kind.fields.items():
            where = f"{kind_id}.fields.{name}"
            yield from _choices(where, one)
            yield from _of_its_type(where, one)
            if one.sets:
                cause = "a field is what is set; sets belongs to inputs of actions"
                yield Problem(FILE, f"{where}.sets", cause, "drop it")
            yield from _for_the_house(where, {name: one}, ())
            if one.later and one.required:
                cause = "nobody could open a matter: required, and not asked"
                yield Problem(FILE, f"{where}.later", cause, "drop required or later")
        for action_id, action in kind.actions.items():
            path = f"{kind_id}.actions.{action_id}.inputs"
            yield from _for_the_house(path, action.inputs, get_args(As))
            for name, one in action.inputs.items():
                where = f"{kind_id}.actions.{action_id}.inputs.{name}"
                yield from _choices(where, one)
                yield from _of_its_type(where, one)
                if action.bulk and one.type in ("file", "rows"):
                    cause = f"many matters at once cannot be asked for {one.type}"
                    yield Problem(FILE, f"{where}.type", cause, "drop bulk, or the input")
                target = action.sets().get(name)
                if target is not None and target not in kind.fields:
                    cause = f"the kind has no field {target!r} to set"
                    remedy = f"name one of {sorted(kind.fields)}, or drop sets"
                    yield Problem(FILE, f"{where}.sets", cause, remedy)
                if one.later or one.senders:
                    cause = "later and senders belong to fields that are filled in when opening"
                    yield Problem(FILE, where, cause, "drop them")


def _for_the_house(
    path: str, inputs: Mapping[str, Input], may: Collection[str]
) -> Iterator[Problem]:
    """What is for the house where it cannot be: fields and columns are told by where they stand, an
    action has one answer, and that is a text."""
    answers = [name for name, one in inputs.items() if one.as_ in ("answer", "draft")]
    for name, one in inputs.items():
        where = f"{path}.{name}.as" if may else f"{path}.as"
        if one.as_ is not None and one.as_ not in may:
            yield Problem(FILE, where, "only inputs of an action say it", "remove as")
        elif name in answers and one.type not in ("text", "longtext"):
            yield Problem(
                FILE, where, f"an answer is no {one.type}", "give it to a text, or say told"
            )
        elif name in answers[1:]:
            cause = f"{answers[0]} is the answer of this action already"
            yield Problem(FILE, where, cause, "keep one; say told of the other")
        for column, each in one.columns.items():
            yield from _for_the_house(f"{path}.{name}.columns.{column}", {column: each}, ())


def kept(programme: Programme) -> Iterator[Problem]:
    """Fields that nothing fills in, or that a step would fill with what does not fit."""
    for kind_id, kind in programme.kinds.items():
        yield from _later(kind_id, kind)
        for name, one in kind.fields.items():
            yield from _twice(f"{kind_id}.fields.{name}", one)
            if one.senders and "sender" not in kind.opened_by:
                cause = "no sender opens this kind, so none is ever asked"
                remedy = "drop senders, or add sender to opened_by"
                yield Problem(FILE, f"{kind_id}.fields.{name}.senders", cause, remedy)
        for action_id, action in kind.actions.items():
            for name, one in action.inputs.items():
                path = f"{kind_id}.actions.{action_id}.inputs.{name}"
                yield from _twice(path, one)
                field = kind.fields.get(action.sets().get(name, ""))
                if field is not None:
                    yield from _written_back(path, action.sets()[name], one, field)
            yield from _set_twice(f"{kind_id}.actions.{action_id}", action)


def _twice(where: str, one: Input) -> Iterator[Problem]:
    for choice in sorted({c for c in one.choices if one.choices.count(c) > 1}):
        yield Problem(FILE, f"{where}.choices", f"{choice!r} is named twice", "name it once")


def _choices(where: str, one: Input) -> Iterator[Problem]:
    if (one.type == "choice") != bool(one.choices):
        cause = "choices belong to the type choice"
        yield Problem(FILE, where, cause, "give or drop choices")
    for choice in sorted(set(one.senders) - set(one.choices)):
        remedy = "name choices of the field"
        yield Problem(FILE, f"{where}.senders", f"no choice {choice!r}", remedy)


def _of_its_type(where: str, one: Input) -> Iterator[Problem]:
    """Keys that its type has no use for, bounds the wrong way round, columns that cannot be."""
    for key, types in _OF_TYPES.items():
        if getattr(one, key) not in (None, (), {}) and one.type not in types:
            cause = f"{key} belongs to the type {' and '.join(types)}"
            yield Problem(FILE, f"{where}.{key}", cause, "drop it, or change the type")
    low = 0 if one.at_least is None else one.at_least
    if one.at_most is not None and one.at_most < low:
        cause = f"nothing is between {low} and {one.at_most}"
        yield Problem(FILE, f"{where}.at_most", cause, "raise at_most, or lower at_least")
    if len(set(one.grains)) < len(one.grains):
        yield Problem(FILE, f"{where}.grains", "a grain is named twice", "name it once")
    if one.type == "file" and one.private:
        cause = "a file stands among the matter's files, for everybody who sees the matter"
        yield Problem(FILE, f"{where}.private", cause, "drop private")
    if one.type == "rows":
        yield from _columns(where, one)


def _columns(where: str, one: Input) -> Iterator[Problem]:
    if not 0 < len(one.columns) <= MOST_COLUMNS:
        cause = f"rows have one to {MOST_COLUMNS} columns, not {len(one.columns)}"
        yield Problem(FILE, f"{where}.columns", cause, "declare what a row consists of")
    for name, column in one.columns.items():
        path = f"{where}.columns.{name}"
        if column.type not in IN_ROWS:
            cause = f"a column cannot be of type {column.type}"
            yield Problem(FILE, f"{path}.type", cause, f"one of {list(IN_ROWS)}")
            continue
        if column.private or column.later or column.senders or column.sets:
            cause = "private, later, senders and sets are said of the rows as a whole"
            yield Problem(FILE, path, cause, "say it of the field")
        yield from _choices(path, column)
        yield from _of_its_type(path, column)


def _later(kind_id: str, kind: Kind) -> Iterator[Problem]:
    """A field that comes later is filled in by some step, or set by the house."""
    given = {field for action in kind.actions.values() for field in action.sets().values()}
    for facet in facets.registered():
        if (block := facet.of(kind)) is not None:
            given.update(facet.sets(block))
    for name, one in kind.fields.items():
        if one.later and one.type != "bool" and name not in given:
            cause = "it comes later, and no action fills it in"
            remedy = "let an input of an action set it (sets = true), or drop later"
            yield Problem(FILE, f"{kind_id}.fields.{name}.later", cause, remedy)


def _set_twice(path: str, action: Action) -> Iterator[Problem]:
    """One field set by two inputs of a step: which of them it is would be chance."""
    fields = list(action.sets().values())
    for field in sorted({one for one in fields if fields.count(one) > 1}):
        names = sorted(name for name, one in action.sets().items() if one == field)
        cause = f"{' and '.join(names)} both set the field {field!r}"
        yield Problem(FILE, f"{path}.inputs.{names[-1]}.sets", cause, "let one of them set it")


def _written_back(path: str, name: str, one: Input, field: Input) -> Iterator[Problem]:
    """What an input that sets a field must be."""
    if one.type != field.type:
        cause = f"it sets the field {name!r}, which is of type {field.type}"
        yield Problem(FILE, f"{path}.type", cause, "give both one type, or drop sets")
    elif one.columns != field.columns:
        cause = f"it sets the field {name!r}, whose rows have other columns"
        yield Problem(FILE, f"{path}.columns", cause, "declare the same columns")
    elif extra := sorted(set(one.choices) - set(field.choices)):
        cause = f"it sets the field {name!r}, which has no choice {', '.join(extra)}"
        yield Problem(FILE, f"{path}.choices", cause, f"one of {sorted(field.choices)}")
    if one.seen_by != field.seen_by:
        cause = f"not the same people see it here and in the field {name!r}, which it sets"
        yield Problem(FILE, f"{path}.seen_by", cause, "give both the same, or drop sets")
    if one.private and not field.private:
        cause = f"what is private here would stand open in the field {name!r}"
        yield Problem(FILE, f"{path}.private", cause, "make both private, or drop sets")
