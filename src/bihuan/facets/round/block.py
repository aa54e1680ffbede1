"""The facets `round` and `nomination`: which awards a round gives to how many, on which conditions, and what
a nomination goes through; every name they speak of exists."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from bihuan.facets.subject.block import SUBJECTS, KindNamed, owner_of
from bihuan.kernel.people.api import ROSTERS
from bihuan.kernel.people.declared import RosterName
from bihuan.outcomes.publicity.declared.honours import HONOURS
from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Kind, Programme, Verb

FILE = "matters.toml"
EACH, BAR, VOTER = "round.each", "nomination.bar", "nomination.voter"
HOW = ("self", "branch", "masses")
# The effects without which there is nothing to award, nor anybody to be awarded.
NEEDED = ("round.open", "round.rank", "round.seat")


class ConditionSpec(Strict):
    """One condition of an award, read from what the house has. One of these says it:

    `clear`: nothing of these kinds is about the candidate (with `of = "unit"`: is in the hands of the
    candidate) and stands in one of the `states` (none named: is open), within so many `days` where they
    are states of an end. `roster`: the candidate is meant by a roster, asked at the organisation of the
    round. `listed`: the organisation stands on a list of honour of the last full period (`over`).
    `fresh`: no such award of the same year, half or quarter stands.
    """

    clear: tuple[KindNamed, ...] = ()
    of: Literal["subject", "unit"] = "subject"
    states: tuple[Name, ...] = ()
    days: int | None = Field(default=None, ge=1, le=3660)
    roster: RosterName | None = None
    listed: KindNamed | None = None
    over: Literal["month", "quarter", "half", "year"] = "quarter"
    fresh: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        said = (bool(self.clear), self.roster is not None, self.listed is not None, self.fresh)
        if sum(said) != 1:
            msg = "give one of clear, roster, listed, fresh"
            raise ValueError(msg)
        if (self.states or self.days or self.of != "subject") and not self.clear:
            msg = "states, days and of belong to clear"
            raise ValueError(msg)
        if self.days is not None and not self.states:
            msg = "days say how far back states count: name states"
            raise ValueError(msg)
        return self


class AwardSpec(Strict):
    """A kind of award: by which kind candidates for it are nominated, how many there are of it at the
    most (a setting of type int), on which of the round's conditions."""

    nomination: Name
    quota: Name
    eligibility: tuple[Name, ...] = ()


class RoundSpec(Strict):
    """Makes a kind a round of commendation. The field `award` says which of the `awards` it is for;
    nominations come in while it is in one of the states `open`. One award of a kind is given to the same
    candidate once in a year, half or quarter (`once`)."""

    award: Name
    awards: dict[Name, AwardSpec] = Field(min_length=1)
    conditions: dict[Name, ConditionSpec] = Field(default_factory=dict)
    open_: tuple[Name, ...] = Field(alias="open", min_length=1)
    once: Literal["year", "half", "quarter"] = "year"


class NominationSpec(Strict):
    """Makes a kind, which has a `subject`, a nomination under a round. The fields `award` and `how` come
    from the round and from who nominates: self, branch (by a role), masses.

    `ballot` is the action with `stance.take` by which the jury votes, `counts` the choice that is
    counted, in the state `counted`. `seat` and `ready` are the actions that the house takes on those who
    have a place and those who come next; `seated` are the states in which a place is taken, `reserve` the
    one of who comes next, `void` those in which the candidate may be nominated again.
    """

    award: Name
    how: Name
    ballot: Name
    counts: Name
    counted: Name
    seat: Name
    ready: Name
    seated: tuple[Name, ...] = Field(min_length=1)
    reserve: Name
    void: tuple[Name, ...] = ()


def _problems(programme: Programme, kind_id: str, one: RoundSpec) -> Iterator[Problem]:
    """A field that does not choose, awards that are none, kinds that nominate nobody, conditions of which
    nothing is known."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.round"
    field = kind.fields.get(one.award)
    if field is None or field.type != "choice" or not field.required or field.later:
        remedy = f'declare fields.{one.award} = {{ type = "choice", choices = …, required = true }}'
        yield Problem(
            FILE, f"{path}.award", f"{one.award!r} is no field that chooses an award", remedy
        )
    elif {*field.choices} != {*one.awards}:
        cause = f"its choices {sorted(field.choices)} are not the awards {sorted(one.awards)}"
        yield Problem(FILE, f"{path}.award", cause, "name the same in both")
    for name in one.open_:
        if name not in kind.states:
            cause = f"there is no state {name!r}"
            yield Problem(FILE, f"{path}.open", cause, f"one of {sorted(kind.states)}")
    for name, award in one.awards.items():
        yield from _award(programme, f"{path}.awards.{name}", one, award)
    for name, asked in one.conditions.items():
        yield from _condition(programme, f"{path}.conditions.{name}", asked)


def _award(programme: Programme, path: str, one: RoundSpec, award: AwardSpec) -> Iterator[Problem]:
    nominating = sorted(name for name, _ in NOMINATION.kinds(programme))
    if award.nomination not in nominating:
        cause = f"{award.nomination!r} nominates nobody"
        remedy = f"one of {nominating}" if nominating else "give a kind the block `nomination`"
        yield Problem(FILE, f"{path}.nomination", cause, remedy)
    setting = programme.settings.get(award.quota)
    if setting is None or setting.type != "int":
        fit = sorted(name for name, found in programme.settings.items() if found.type == "int")
        cause = f"{award.quota!r} is no setting of type int"
        yield Problem(FILE, f"{path}.quota", cause, f"one of {fit}")
    for name in award.eligibility:
        if name not in one.conditions:
            cause = f"there is no condition {name!r}"
            yield Problem(FILE, f"{path}.eligibility", cause, f"one of {sorted(one.conditions)}")


def _condition(programme: Programme, path: str, asked: ConditionSpec) -> Iterator[Problem]:
    rosters = ROSTERS.of(programme)
    if asked.roster is not None and asked.roster not in rosters:
        cause = f"there is no roster {asked.roster!r}"
        yield Problem(FILE, f"{path}.roster", cause, f"one of {sorted(rosters)}")
    named = [("clear", one) for one in asked.clear]
    named += [("listed", asked.listed)] if asked.listed is not None else []
    for key, full in named:
        owner, _ = owner_of(programme.id, full)
        if owner not in (programme.id, *programme.manifest.needs):
            cause = f"the programme {owner!r} is not among those it needs"
            yield Problem(FILE, f"{path}.{key}", cause, f"add {owner!r} to needs")


def _verbs(kind_id: str, kind: Kind) -> Iterator[tuple[str, Verb]]:
    """(where, verb) of every effect of a kind's actions."""
    for name, action in kind.actions.items():
        placed = [(f"effects.{n}", one) for n, one in enumerate(action.effects)]
        for t, turn in enumerate(action.turns):
            placed += [(f"turns.{t}.effects.{n}", one) for n, one in enumerate(turn.effects)]
        yield from ((f"{kind_id}.actions.{name}.{where}", verb) for where, verb in placed)


def _meant(programme: Programme, kind_id: str, one: RoundSpec, around: Around) -> Iterator[Problem]:
    """Rounds that nobody opens or ranks, conditions of other programmes that there are not, steps that no
    nomination can take."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.round"
    does = {verb.do for _, verb in _verbs(kind_id, kind)}
    for needed in NEEDED:
        if needed not in does:
            yield Problem(FILE, path, f"no action has {needed}", f"add an action with {needed}")
    for name, asked in one.conditions.items():
        yield from _known(programme, f"{path}.conditions.{name}", asked, around)
        if not any(name in award.eligibility for award in one.awards.values()):
            cause = "no award asks for it"
            yield Problem(FILE, f"{path}.conditions.{name}", cause, "name it in an eligibility")
    kinds = [
        programme.kinds[a.nomination]
        for a in one.awards.values()
        if a.nomination in programme.kinds
    ]
    for where, verb in _verbs(kind_id, kind):
        if verb.do != EACH:
            continue
        wanted = str(verb.args.get("action"))
        for nominating in kinds:
            action = nominating.actions.get(wanted)
            if action is None:
                cause = f"no nomination has the action {wanted!r}"
                remedy = f"one of {sorted(nominating.actions)}"
                yield Problem(FILE, f"{where}.with.action", cause, remedy)
            elif "system" not in action.by:
                cause = f"the house takes {wanted!r}, which it may not"
                yield Problem(FILE, f"{where}.with.action", cause, "add system to the action's by")


def _known(
    programme: Programme, path: str, asked: ConditionSpec, around: Around
) -> Iterator[Problem]:
    """Kinds, their states and lists of honour that there are."""
    states: set[str] = set()
    for full in asked.clear:
        owner, name = owner_of(programme.id, full)
        other = programme if owner == programme.id else around.programme(owner)
        kind = other.kinds.get(name) if other is not None else None
        if kind is None or other is None:
            there = sorted(other.kinds) if other is not None else []
            yield Problem(FILE, f"{path}.clear", f"{owner} has no kind {name!r}", f"one of {there}")
            continue
        states |= {*kind.states}
        if asked.of == "subject" and SUBJECTS.of(kind) is None:
            fit = sorted(each for each, _ in SUBJECTS.kinds(other))
            cause = f"no {name} is about anybody"
            yield Problem(FILE, f"{path}.clear", cause, f'one of {fit}, or of = "unit"')
    for state in asked.states:
        if states and state not in states:
            cause = f"no matter of these kinds is ever {state!r}"
            yield Problem(FILE, f"{path}.states", cause, f"one of {sorted(states)}")
    if asked.listed is not None:
        owner, name = owner_of(programme.id, asked.listed)
        other = programme if owner == programme.id else around.programme(owner)
        lists = sorted(HONOURS.of(other)) if other is not None else []
        if name not in lists:
            cause = f"{owner} has no list of honour {name!r}"
            yield Problem(FILE, f"{path}.listed", cause, f"one of {lists}")


def _nominated(programme: Programme, kind_id: str, one: NominationSpec) -> Iterator[Problem]:
    """Names that are none; a nomination of nobody."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.nomination"
    if SUBJECTS.of(kind) is None:
        cause = "it is about nobody"
        yield Problem(FILE, path, cause, f"give {kind_id} the block `subject`")
    for key in ("award", "how"):
        name = getattr(one, key)
        field = kind.fields.get(name)
        if field is None or field.type != "choice" or not field.later:
            remedy = f'declare fields.{name} = {{ type = "choice", choices = …, later = true }}'
            yield Problem(
                FILE, f"{path}.{key}", f"{name!r} is no field that the house fills in", remedy
            )
        elif key == "how" and {*field.choices} != {*HOW}:
            cause = f"its choices are {sorted(field.choices)}"
            yield Problem(FILE, f"{path}.how", cause, f"they are {list(HOW)}")
    for key in ("ballot", "seat", "ready"):
        if getattr(one, key) not in kind.actions:
            cause = f"there is no action {getattr(one, key)!r}"
            yield Problem(FILE, f"{path}.{key}", cause, f"one of {sorted(kind.actions)}")
    states = [("counted", one.counted), ("reserve", one.reserve)]
    states += [("seated", name) for name in one.seated] + [("void", name) for name in one.void]
    for key, name in states:
        if name not in kind.states:
            cause = f"there is no state {name!r}"
            yield Problem(FILE, f"{path}.{key}", cause, f"one of {sorted(kind.states)}")


def _voted(
    programme: Programme, kind_id: str, one: NominationSpec, around: Around
) -> Iterator[Problem]:
    """A vote in which none is taken, or in which whoever has a stake takes part; moves that the house may
    not make; nominations that no round takes."""
    del around
    kind, path = programme.kinds[kind_id], f"{kind_id}.nomination"
    if not any(
        one.nomination == kind_id for _, r in ROUND.kinds(programme) for one in r.awards.values()
    ):
        yield Problem(FILE, path, "no round takes it", "name it in the awards of a round")
    ballot = kind.actions.get(one.ballot)
    if ballot is not None:
        where = f"{kind_id}.actions.{one.ballot}"
        if not any(verb.do == "stance.take" for verb in ballot.effects):
            yield Problem(FILE, f"{path}.ballot", "no vote is taken in it", "add stance.take to it")
        if not any(verb.do == VOTER for verb in ballot.guards):
            cause = "whoever has a stake in it may vote"
            yield Problem(FILE, f"{where}.guards", cause, f"add the guard {VOTER}")
        choices = getattr(kind.blocks.get("stances"), "choices", ())
        if one.counts not in choices:
            cause = f"there is no stance {one.counts!r}"
            yield Problem(FILE, f"{path}.counts", cause, f"one of {sorted(choices)}")
    if not any(verb.do == BAR for _, verb in _verbs(kind_id, kind)):
        cause = "nobody looks who of the jury has a stake in it"
        yield Problem(FILE, path, cause, f"add {BAR} to the action that puts it to the vote")
    for key, state in (("seat", one.counted), ("seat", one.reserve), ("ready", one.counted)):
        action = kind.actions.get(getattr(one, key))
        if action is not None and state not in kind.sources_of(action):
            cause = f"it cannot be taken in {state!r}"
            yield Problem(FILE, f"{path}.{key}", cause, f"add {state!r} to its from")


ROUND: Facet[RoundSpec] = facets.register(
    Facet(
        "round",
        RoundSpec,
        problems=_problems,
        meant=_meant,
        words=lambda kind_id, one: (f"conditions.{kind_id}.{name}" for name in one.conditions),
        settings=lambda one: (award.quota for award in one.awards.values()),
        apart=lambda kind_id, one: {award.nomination for award in one.awards.values()},
        orders=False,
    )
)
NOMINATION: Facet[NominationSpec] = facets.register(
    Facet(
        "nomination",
        NominationSpec,
        problems=_nominated,
        meant=_voted,
        calls=lambda one: (one.seat, one.ready),
        sets=lambda one: (one.award, one.how),
        orders=False,
    )
)
