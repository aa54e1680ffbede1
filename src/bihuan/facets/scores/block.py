"""The facet `scores`: by which items those who were there grade a matter, what each grade is worth, who is told
the averages; that every item is asked for, and nothing of the kind lets out who gave what."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Action, Input, Kind, Programme, Verb

FILE = "matters.toml"
GIVE, SHEET, CLOSE = "score.give", "score.sheet", "score.average"
# What figures may ask of a result: which item.
SAID = "scored"
# The column of rows that says of which item a row is.
ITEM = "item"
LEAST = 5


class ScoresSpec(Strict):
    """Lets people grade matters of a kind once each, by `items`: inputs of type choice whose choices are
    `grades`, each worth so many points. Who gave what nobody is shown; how many did everybody who sees the
    matter; the averages, once it is closed, whom `seen_by` names (roles, duties, subject, assignee, opener),
    and only of at least so many forms: `minimum`, a number or a setting of type int, never below 5."""

    items: tuple[Name, ...] = Field(min_length=1, max_length=8)
    grades: dict[Name, Annotated[int, Field(ge=0, le=100)]] = Field(min_length=2, max_length=10)
    minimum: Annotated[int, Field(ge=LEAST, le=100)] | Name = LEAST
    seen_by: tuple[Name, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each(self) -> Self:
        if len({*self.items}) < len(self.items):
            msg = "an item is named twice"
            raise ValueError(msg)
        if len({*self.grades.values()}) < len(self.grades):
            msg = "two grades are worth the same"
            raise ValueError(msg)
        return self

    @property
    def reading(self) -> Input:
        """What a reader must be allowed to read to be told the averages."""
        return Input(type="int", seen_by=self.seen_by)


def doing(kind: Kind, verb: str) -> list[tuple[str, Action]]:
    """The actions of a kind with an effect, by their names."""
    return [
        (name, action)
        for name, action in kind.actions.items()
        if any(one.do == verb for one in action.effects)
    ]


def _problems(programme: Programme, kind_id: str, one: ScoresSpec) -> Iterator[Problem]:
    """Items that nobody is asked for, grades that are none, rows that no sheet fills."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.scores"
    if isinstance(one.minimum, str):
        setting = programme.settings.get(one.minimum)
        if setting is None or setting.type != "int":
            cause = f"{one.minimum!r} is no setting of type int"
            yield Problem(FILE, f"{path}.minimum", cause, "write a number, or name an int")
    for name, action in doing(kind, GIVE):
        for item in one.items:
            yield from _asked(f"{kind_id}.actions.{name}", item, one, action.inputs.get(item))
    for name, action in doing(kind, SHEET):
        for verb in action.effects:
            if verb.do == SHEET:
                yield from _counted(f"{kind_id}.actions.{name}", verb, one, action)


def _asked(where: str, item: str, one: ScoresSpec, found: Input | None) -> Iterator[Problem]:
    if found is None or found.type != "choice":
        cause = f"nobody is asked for the item {item!r}"
        remedy = (
            f'add inputs.{item} = {{ type = "choice", choices = {[*one.grades]}, private = true }}'
        )
        yield Problem(FILE, where, cause, remedy)
    elif strange := sorted({*found.choices} - {*one.grades}):
        cause = f"{strange} are worth nothing"
        yield Problem(FILE, f"{where}.inputs.{item}", cause, f"some of {sorted(one.grades)}")


def _counted(where: str, verb: Verb, one: ScoresSpec, action: Action) -> Iterator[Problem]:
    name = str(verb.args.get("rows"))
    rows = action.inputs.get(name)
    if rows is None or rows.type != "rows":
        return
    item = rows.columns.get(ITEM)
    if item is None or item.type != "choice" or {*item.choices} != {*one.items}:
        cause = "no column says of which item a row is"
        remedy = f'add {ITEM} = {{ type = "choice", choices = {[*one.items]}, required = true }}'
        yield Problem(FILE, f"{where}.inputs.{name}", cause, remedy)
    for grade in one.grades:
        column = rows.columns.get(grade)
        if column is None or column.type != "int":
            cause = f"no column counts the grade {grade!r}"
            yield Problem(
                FILE, f"{where}.inputs.{name}", cause, f'add {grade} = {{ type = "int" }}'
            )
    for more in sorted(rows.columns.keys() - {ITEM, *one.grades}):
        cause = f"nothing becomes of the column {more!r}"
        yield Problem(FILE, f"{where}.inputs.{name}", cause, "leave it out")


def _meant(
    programme: Programme, kind_id: str, one: ScoresSpec, around: Around
) -> Iterator[Problem]:
    """Grades that nobody gives or closes; whoever is no person; words that would tell who gave what."""
    del around
    kind, path = programme.kinds[kind_id], f"{kind_id}.scores"
    for needed, what in ((GIVE, "gives any"), (CLOSE, "closes them")):
        if not doing(kind, needed):
            yield Problem(FILE, path, f"nobody {what}", f"add an action with {needed}")
    for name, action in doing(kind, GIVE):
        where = f"{kind_id}.actions.{name}"
        nobody = sorted(
            {*action.by} & ({*BUILT_IN_ACTORS} - {"assignee", "member", "opener", "subject"})
        )
        if nobody:
            cause = f"{nobody[0]} is no person with an account, who alone can give one"
            yield Problem(FILE, f"{where}.by", cause, "name roles, or member")
        for item in one.items:
            found = action.inputs.get(item)
            if found is not None and not found.private:
                cause = "what was given would stand in the open half of the log"
                yield Problem(FILE, f"{where}.inputs.{item}", cause, "make it private")
    for name, action in doing(kind, SHEET):
        for verb in action.effects:
            found = action.inputs.get(str(verb.args.get("rows"))) if verb.do == SHEET else None
            if found is not None and not found.private:
                cause = "the time line would tell what few forms said"
                where = f"{kind_id}.actions.{name}.inputs.{verb.args['rows']}"
                yield Problem(FILE, where, cause, "make it private")


def _asks(one: ScoresSpec) -> Iterable[str]:
    return [one.minimum] if isinstance(one.minimum, str) else []


def _said(one: ScoresSpec) -> Mapping[str, tuple[str, ...]]:
    return {SAID: one.items}


SCORES: Facet[ScoresSpec] = facets.register(
    Facet(
        "scores",
        ScoresSpec,
        problems=_problems,
        meant=_meant,
        settings=_asks,
        said=_said,
        numbers=lambda one: ("forms", "points"),
    )
)
