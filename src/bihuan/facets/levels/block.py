"""The facet `levels`: which pools a kind has, and that its actions keep to them."""

from collections.abc import Iterator

from pydantic import Field, model_validator

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Action, Kind, Programme, Turn, Verb

FILE = "matters.toml"
ENTER, LEAVE = "level.enter", "level.leave"


class LevelsSpec(Strict):
    """Pools, the lowest first: each is a level of organisations, and a matter lies in the pool of one
    of them. `owner` is the role that is told of what comes into its pool; `field` the choice of the
    kind that says in which pool it lies.
    """

    pools: tuple[Name, ...] = Field(min_length=2)
    owner: Name
    field: Name = "pool"

    @model_validator(mode="after")
    def _each_once(self) -> "LevelsSpec":
        if len(set(self.pools)) < len(self.pools):
            msg = "a pool is named twice"
            raise ValueError(msg)
        return self


def _problems(programme: Programme, kind_id: str, one: LevelsSpec) -> Iterator[Problem]:
    """A role or a field that is none; pools that guards name and that are none."""
    path = f"{kind_id}.levels"
    roles = [role.id for role in programme.manifest.roles]
    if one.owner not in roles:
        cause = f"there is no role {one.owner!r}"
        yield Problem(FILE, f"{path}.owner", cause, f"one of {sorted(roles)}")
    kind = programme.kinds[kind_id]
    field = kind.fields.get(one.field)
    if field is None or field.type != "choice" or set(field.choices) != set(one.pools):
        cause = f"the kind has no choice {one.field!r} of its pools"
        choices = ", ".join(f'"{name}"' for name in one.pools)
        remedy = f'declare {one.field} = {{ type = "choice", choices = [{choices}], later = true }}'
        yield Problem(FILE, f"{path}.field", cause, remedy)
    for where, verb in _all(kind_id, kind):
        pool = verb.args.get("pool")
        if verb.do == "level.is" and pool is not None and pool not in one.pools:
            cause = f"there is no pool {pool!r}"
            yield Problem(FILE, f"{where}.with.pool", cause, f"one of {list(one.pools)}")


def _all(kind_id: str, kind: Kind) -> Iterator[tuple[str, Verb]]:
    for name, action in kind.actions.items():
        path = f"{kind_id}.actions.{name}"
        yield from ((f"{path}.guards.{n}", verb) for n, verb in enumerate(action.guards))
        for t, turn in enumerate(action.turns):
            yield from ((f"{path}.turns.{t}.when.{n}", verb) for n, verb in enumerate(turn.when))


def _does(verb: str, action: Action, turn: Turn | None) -> bool:
    effects = (*action.effects, *(turn.effects if turn is not None else ()))
    return any(one.do == verb for one in effects)


def _meant(
    programme: Programme, kind_id: str, one: LevelsSpec, around: Around
) -> Iterator[Problem]:
    """A matter lies in a pool from its opening, and in none when it is over."""
    del around
    kind = programme.kinds[kind_id]
    if all(verb.do != ENTER for verb in kind.on_open):
        cause = "a matter of this kind comes into no pool"
        yield Problem(FILE, f"{kind_id}.on_open", cause, f"add {ENTER}")
    if not kind.fields.get(one.field, _LATER).later:
        cause = f"{one.field!r} is asked when it opens, and the tree says it"
        yield Problem(FILE, f"{kind_id}.fields.{one.field}.later", cause, "make it later = true")
    for name, action in kind.actions.items():
        yield from _ends(f"{kind_id}.actions.{name}", kind, action)


def _ends(path: str, kind: Kind, action: Action) -> Iterator[Problem]:
    ways: list[tuple[str, str | None, Turn | None]] = [(path, action.to, None)]
    ways += [(f"{path}.turns.{n}", t.to or action.to, t) for n, t in enumerate(action.turns)]
    comes_from = {kind.states[one].phase for one in kind.sources_of(action)}
    for where, to, turn in ways:
        if to is None:
            continue
        ends = kind.states[to].phase == "done"
        if ends and comes_from != {"done"} and not _does(LEAVE, action, turn):
            cause = "it ends here and goes on lying in its pool"
            yield Problem(FILE, f"{where}.effects", cause, f"add {LEAVE}")
        if not ends and "done" in comes_from and not _does(ENTER, action, turn):
            cause = "it goes on and lies in no pool"
            yield Problem(FILE, f"{where}.effects", cause, f"add {ENTER}")


class _Unasked(Strict):
    later: bool = True


_LATER = _Unasked()


LEVELS: Facet[LevelsSpec] = facets.register(
    Facet(
        "levels",
        LevelsSpec,
        problems=_problems,
        meant=_meant,
        sets=lambda one: (one.field,),
        roles=lambda one: (one.owner,),
    )
)
