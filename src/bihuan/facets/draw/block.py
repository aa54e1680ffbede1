"""The facet `draw`: from which list of a kind rows are drawn, once in which period."""

from collections.abc import Iterator
from typing import Literal

from bihuan.rules.periods import Grain
from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Action, Input, Kind, Programme, Verb

FILE = "matters.toml"
OPEN = "draw.open"
WEEK_DAYS = 7
_LACKS = "add one, or name another"


class DrawSpec(Strict):
    """Rows of the field `among` are drawn by lot, once `every` period."""

    among: Name
    every: Literal["week", "month", "quarter", "half", "year"]

    @property
    def grain(self) -> Grain:
        """How long its periods are."""
        return Grain(self.every)


def _uses(kind: Kind) -> Iterator[tuple[str, Action, Verb]]:
    for name, action in kind.actions.items():
        placed = [("effects", action.effects)]
        placed += [(f"turns.{n}.effects", turn.effects) for n, turn in enumerate(action.turns)]
        for where, verbs in placed:
            for n, verb in enumerate(verbs):
                if verb.do == OPEN:
                    yield f"actions.{name}.{where}.{n}", action, verb


def _problems(programme: Programme, kind_id: str, block: DrawSpec) -> Iterator[Problem]:
    """A list that is none, columns that it lacks."""
    kind = programme.kinds[kind_id]
    rows = kind.fields.get(block.among)
    if rows is None or rows.type != "rows" or rows.apart:
        cause = f"{block.among!r} is no field of type rows that everybody reads who sees the matter"
        yield Problem(FILE, f"{kind_id}.draw.among", cause, _LACKS)
        return
    for where, _, verb in _uses(kind):
        yield from _columns(f"{kind_id}.{where}.with", rows, verb)
        yield from _says(f"{kind_id}.{where}.with.says", kind, rows, verb)


# What is told alike in every language, and is nobody's name.
_SAYS = ("text", "org", "date", "time", "month", "int", "number")


def _says(where: str, kind: Kind, rows: Input, verb: Verb) -> Iterator[Problem]:
    for n, name in enumerate(verb.args.get("says", ())):
        one = rows.columns.get(name) or kind.fields.get(name)
        if one is None or one.apart or one.type not in _SAYS:
            cause = f"{name!r} is no column and no field that can stand in a subject"
            yield Problem(FILE, f"{where}.{n}", cause, f"name one of type {', '.join(_SAYS)}")


def _columns(where: str, rows: Input, verb: Verb) -> Iterator[Problem]:
    said = verb.args
    wanted = {f"columns.{name}": (one, "") for name, one in dict(said.get("columns", {})).items()}
    wanted |= {
        key: (str(said[key]), type_)
        for key, type_ in (("unit", "org"), ("person", "person"), ("weekday", "choice"))
        if said.get(key) is not None
    }
    for key, (column, type_) in wanted.items():
        found = rows.columns.get(column)
        if found is None:
            cause = f"the rows have no column {column!r}"
            yield Problem(FILE, f"{where}.{key}", cause, f"one of {sorted(rows.columns)}")
        elif type_ and found.type != type_:
            cause = f"the column {column!r} is of type {found.type}"
            yield Problem(FILE, f"{where}.{key}", cause, f"name a column of type {type_}")
    found = rows.columns.get(str(said.get("weekday")))
    if found is not None and (len(found.choices) > WEEK_DAYS or not found.required):
        cause = "a week has seven days, and each row is of one"
        remedy = "give it at most seven choices, Monday first, and required = true"
        yield Problem(FILE, f"{where}.weekday", cause, remedy)


def _meant(
    programme: Programme, kind_id: str, block: DrawSpec, around: Around
) -> Iterator[Problem]:
    """A list from which nothing is drawn; a day of the week in a period of another length."""
    del around
    uses = [*_uses(programme.kinds[kind_id])]
    if not uses:
        yield Problem(FILE, f"{kind_id}.draw", "nothing is drawn", f"add an action with {OPEN}")
    for where, _, verb in uses:
        if verb.args.get("weekday") is not None and block.grain is not Grain.WEEK:
            cause = f"a {block.every} has a day of the week more than once"
            remedy = 'draw every = "week", or drop it'
            yield Problem(FILE, f"{kind_id}.{where}.with.weekday", cause, remedy)


DRAW: Facet[DrawSpec] = facets.register(Facet("draw", DrawSpec, problems=_problems, meant=_meant))
