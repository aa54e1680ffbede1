"""Children: what `child.open` and `children.open` open exists, and is given all it asks for."""

from collections.abc import Iterator, Mapping
from typing import Any

from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.load import Problem
from bihuan.spec.schema import Input, Kind, Programme

FILE = "matters.toml"
# What the opening takes beside the fields, and what the house fills in itself.
BODY, ORDERED_BY = "body", "ordered_by"


def problems(programme: Programme, uses: list[Use], around: Around) -> Iterator[Problem]:
    """Kinds that are not there, fields that they lack or that are lacking, values that do not fit."""
    for use in uses:
        for path, one in use.names("kind"):
            owner = str(use.beside(one))
            found = programme if owner == programme.id else around.programme(owner)
            # Of a programme that is not there, or not needed, it is said elsewhere.
            if found is None:
                continue
            kind = found.kinds.get(str(one.name))
            if kind is None:
                cause = f"{owner} has no kind {one.name!r}"
                yield Problem(FILE, path, cause, f"one of {sorted(found.kinds)}")
            elif use.sort == "guard":
                yield from _states(use, kind)
            else:
                yield from _columns(use, kind)
                yield from filled(use, kind)


def _states(use: Use, kind: Kind) -> Iterator[Problem]:
    """States that are left out of a count, and that the kind has not."""
    for name in getattr(use.args, "without", ()):
        if name not in kind.states:
            cause = f"the kind has no state {name!r}"
            remedy = f"one of {sorted(kind.states)}"
            yield Problem(FILE, f"{use.path}.with.without", cause, remedy)


def _columns(use: Use, kind: Kind) -> Iterator[Problem]:
    """Columns that the rows lack or that are of another type, and rows that have none."""
    rows = use.inputs.get(str(getattr(use.args, "each", "")))
    if rows is None:
        return
    where, columns = f"{use.path}.with", _part(use, "columns")
    wanted = {f"columns.{name}": (column, "") for name, column in columns.items()}
    wanted |= {
        key: (column, type_)
        for key, type_ in (("unit", "org"), ("person", "person"))
        if (column := getattr(use.args, key, None)) is not None
    }
    yield from _says(use, rows)
    names = getattr(use.args, "names", None)
    if names is not None and (
        rows.type == "rows" or names not in kind.fields or kind.fields[names].type != "org"
    ):
        cause = f"the child has no field {names!r} of type org for an organisation of the input"
        yield Problem(FILE, f"{where}.names", cause, "name one, of an input of type org or orgs")
    if not use.action_id:
        cause = "nothing can be opened under a matter before it is there"
        yield Problem(FILE, use.path, cause, "put it into an action")
    for key, (column, type_) in wanted.items():
        if rows.type != "rows":
            cause = "an organisation has no columns"
            yield Problem(FILE, f"{where}.{key}", cause, "name an input of type rows, or drop it")
        elif column not in rows.columns:
            cause = f"the rows have no column {column!r}"
            yield Problem(FILE, f"{where}.{key}", cause, f"one of {sorted(rows.columns)}")
        elif type_ and rows.columns[column].type != type_:
            cause = f"the column {column!r} is of type {rows.columns[column].type}"
            yield Problem(FILE, f"{where}.{key}", cause, f"name a column of type {type_}")


def _part(use: Use, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(use.args, name, {})
    return found


def filled(use: Use, kind: Kind) -> Iterator[Problem]:
    """What an effect gives a child of a kind that it lacks or does not ask for, and the other way."""
    asked = kind.asked(of_sender=False)
    where = f"{use.path}.with"
    for part in ("fields", "facts", "given", "columns"):
        for name in _part(use, part):
            if name not in asked and not (part in ("fields", "columns") and name == BODY):
                cause = f"the child has no field {name!r} that is asked when it opens"
                yield Problem(FILE, f"{where}.{part}.{name}", cause, f"one of {sorted(asked)}")
    for name, one in asked.items():
        yield from _field(use, name, one)


# What is told alike in every language, and is nobody's name.
_SAYS = ("text", "org", "date", "time", "month", "int", "number")


def _says(use: Use, rows: Input) -> Iterator[Problem]:
    """What would stand in a subject, which every list shows, and is not for that."""
    where = f"{use.path}.with.says"
    for column in getattr(use.args, "says", ()):
        one = rows.columns.get(column)
        if one is None or one.type not in _SAYS:
            cause = f"{column!r} is no column that can stand in a subject"
            yield Problem(FILE, where, cause, f"name one of type {', '.join(_SAYS)}")
        elif rows.apart:
            cause = f"every list shows the subject, and {column!r} is not everybody's"
            yield Problem(FILE, where, cause, "take private from the rows, or drop it")


def _source(use: Use, name: str) -> tuple[str, Input | None]:
    """Which part of the effect says what a field of the child is filled with, and by which input or
    column of one."""
    column = _part(use, "columns").get(name)
    if column is not None:
        rows = use.inputs.get(str(getattr(use.args, "each", "")))
        return "columns", rows.columns.get(column) if rows is not None else None
    return "fields", use.inputs.get(str(_part(use, "fields").get(name)))


def _field(use: Use, name: str, one: Input) -> Iterator[Problem]:
    where = f"{use.path}.with"
    part, source = _source(use, name)
    if one.type == "file":
        parts = ("fields", "facts", "given", "columns")
        if one.required or any(name in _part(use, part) for part in parts):
            cause = f"the child's {name!r} is a file, which only somebody can hand in"
            yield Problem(FILE, where, cause, f"leave {name} optional in the child, and empty here")
        return
    given = _part(use, "given").get(name)
    if one.required and name != ORDERED_BY:
        said = name in _part(use, "facts") or name in _part(use, "columns")
        said = said or name == getattr(use.args, "names", None)
        if source is None and given is None and not said:
            cause = f"the child requires {name!r}, and nothing gives it"
            remedy = f"give {name} in fields, facts or given"
            yield Problem(FILE, where, cause, remedy)
        if source is not None and not source.required and given is None:
            cause = f"the child requires {name!r}, and this input may be left empty"
            yield Problem(FILE, f"{where}.{part}.{name}", cause, "make the input required")
    if source is not None:
        yield from _alike(f"{where}.{part}.{name}", name, one, source)
    if given is not None and one.type == "choice" and given not in one.choices:
        cause = f"{given!r} is no choice of the child's {name!r}"
        yield Problem(FILE, f"{where}.given.{name}", cause, f"one of {sorted(one.choices)}")


def _alike(path: str, name: str, one: Input, source: Input) -> Iterator[Problem]:
    texts = ("text", "longtext")
    if one.type != source.type and not (one.type in texts and source.type in texts):
        cause = f"the child's {name!r} is of type {one.type}, this input of type {source.type}"
        yield Problem(FILE, path, cause, "give it an input of the same type")
    elif one.columns != source.columns:
        cause = f"the child's {name!r} has other columns than this input"
        yield Problem(FILE, path, cause, "declare the same columns")
    elif extra := sorted(set(source.choices) - set(one.choices)):
        cause = f"the child's {name!r} has no choice {', '.join(extra)}"
        yield Problem(FILE, path, cause, f"one of {sorted(one.choices)}")
