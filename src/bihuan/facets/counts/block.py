"""The facet `counts`: which tables of numbers a kind has, by which groups; that rows can fill them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Action, Input, Kind, Programme, Verb

FILE = "matters.toml"
TAKE = "counts.take"
# What figures may ask of a count: the table and the group, in one word.
SAID = "counted"
# The column of rows that says of which group a row is.
GROUP = "group"
# Table and group in one word are a name.
TableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,11}$")]
GroupName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,26}$")]


class TableSpec(Strict):
    """A table: whole `numbers` of each of the `groups`. `falling`: none is more than the one before it,
    as of what was given out, came back and was valid."""

    groups: tuple[GroupName, ...] = Field(min_length=1, max_length=30)
    numbers: tuple[Name, ...] = Field(min_length=1, max_length=6)
    falling: bool = False

    @model_validator(mode="after")
    def _each(self) -> Self:
        for many, what in ((self.groups, "group"), (self.numbers, "number")):
            if len({*many}) < len(many):
                msg = f"a {what} is named twice"
                raise ValueError(msg)
        if GROUP in self.numbers:
            msg = f"{GROUP} is what a row is of, and no number"
            raise ValueError(msg)
        if self.falling and len(self.numbers) == 1:
            msg = "one number alone falls below none"
            raise ValueError(msg)
        return self


Counts = dict[TableName, TableSpec]


def word_of(table: str, group: str) -> str:
    """A table and one of its groups in one word."""
    return f"{table}_{group}"


def _words(block: Counts) -> list[str]:
    return [word_of(table, group) for table, one in block.items() for group in one.groups]


def _uses(kind_id: str, kind: Kind) -> Iterator[tuple[str, Action | None, Verb]]:
    """Every `counts.take` of a kind: where it stands, in which action."""
    for n, verb in enumerate(kind.on_open):
        if verb.do == TAKE:
            yield f"{kind_id}.on_open.{n}", None, verb
    for name, action in kind.actions.items():
        placed = [("effects", action.effects)]
        placed += [(f"turns.{n}.effects", turn.effects) for n, turn in enumerate(action.turns)]
        for where, verbs in placed:
            for n, verb in enumerate(verbs):
                if verb.do == TAKE:
                    yield f"{kind_id}.actions.{name}.{where}.{n}", action, verb


def _problems(programme: Programme, kind_id: str, block: Counts) -> Iterator[Problem]:
    """Tables that there are not, two groups of one word, rows that do not fill their table."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.counts"
    words = _words(block)
    for word in sorted({one for one in words if words.count(one) > 1}):
        cause = f"two groups are both called {word!r}"
        yield Problem(FILE, path, cause, "give a table or a group another name")
    for where, action, verb in _uses(kind_id, kind):
        name = str(verb.args.get("table"))
        if name not in block:
            cause = f"there is no table {name!r}"
            yield Problem(FILE, f"{where}.with.table", cause, f"one of {sorted(block)}")
            continue
        found = (kind.fields if action is None else action.inputs).get(name)
        if found is not None and found.type == "rows":
            yield from _filled(f"{where}.with.table", name, block[name], found)


def _filled(where: str, name: str, table: TableSpec, rows: Input) -> Iterator[Problem]:
    group = rows.columns.get(GROUP)
    if group is None or group.type != "choice" or {*group.choices} - {*table.groups}:
        cause = f"no column says of which group of {name!r} a row is"
        remedy = (
            f'add {GROUP} = {{ type = "choice", choices = {[*table.groups]}, required = true }}'
        )
        yield Problem(FILE, where, cause, remedy)
    for number in table.numbers:
        column = rows.columns.get(number)
        if column is None or column.type != "int":
            cause = f"no column holds the number {number!r}"
            remedy = f'add {number} = {{ type = "int", required = true }}'
            yield Problem(FILE, where, cause, remedy)
    for named in (GROUP, *table.numbers):
        if named in rows.columns and not rows.columns[named].required:
            cause = f"the column {named!r} may be left empty"
            yield Problem(FILE, where, cause, "make it required")
    for more in sorted(rows.columns.keys() - {GROUP, *table.numbers}):
        cause = f"nothing becomes of the column {more!r}"
        yield Problem(FILE, where, cause, f"leave it out; known are {GROUP} and the numbers")


def _meant(programme: Programme, kind_id: str, block: Counts, around: Around) -> Iterator[Problem]:
    """Tables that nobody fills; rows that only some may read, and that everybody would be shown."""
    del around
    kind = programme.kinds[kind_id]
    used = {str(verb.args.get("table")) for _, _, verb in _uses(kind_id, kind)}
    for name in block:
        if name not in used:
            cause = f"nobody fills the table {name!r}"
            remedy = f"add an action with {TAKE}, and an input {name!r} of type rows"
            yield Problem(FILE, f"{kind_id}.counts.{name}", cause, remedy)
    for where, action, verb in _uses(kind_id, kind):
        asked = kind.fields if action is None else action.inputs
        found = asked.get(str(verb.args.get("table")))
        if found is not None and found.apart:
            cause = "what is counted stands on the matter's page and in figures"
            yield Problem(FILE, f"{where}.with.table", cause, "take private and seen_by from it")


def _said(block: Counts) -> Mapping[str, tuple[str, ...]]:
    return {SAID: (*_words(block),)}


COUNTS: Facet[Counts] = facets.register(
    Facet(
        "counts",
        Counts,
        problems=_problems,
        meant=_meant,
        said=_said,
        numbers=lambda block: [number for one in block.values() for number in one.numbers],
    )
)
