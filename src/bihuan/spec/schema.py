"""The programme format, version 1, as frozen objects. Unknown keys are refused."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

from pydantic import (
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from bihuan.rules.periods import Grain
from bihuan.rules.worktime import Unit
from bihuan.spec import facets, files
from bihuan.spec.base import Duty, Name, Strict, is_stored
from bihuan.spec.fieldtypes import FieldType
from bihuan.spec.figures import FigureSpec
from bihuan.spec.registry import Open

SPEC_VERSION = 1
BUILT_IN_ACTORS = ("assignee", "member", "opener", "sender", "subject", "system")
# Who opened the matter with an account: a party of it, where the kind lets them act.
OPENER = "opener"
# Whom the matter is about, where a facet of its kind says so: a party likewise.
SUBJECT = "subject"
# Whoever belongs to the matter's unit, or to an organisation below it: no party, asked anew each time. A
# programme that has a role of this name means its role (`Programme.means_members`).
MEMBER = "member"

# What a number or an amount holds, so that its smallest part is still exact in every program's JSON.
MOST_PLACES = 4
MOST_AMOUNT = 10**12
MOST_ROWS = 50

Grade = Literal["A", "B", "C", "U", "H"]
# What an input of an action is for the house (`spec.answering`).
As = Literal["answer", "draft", "grade", "more", "told"]


class Source(Strict):
    """Where a rule comes from: a seed document, a law, a custom seen. Only a `national` one is a ground
    that every organisation may name to the public as its own."""

    id: Name
    kind: Literal["seed", "law", "practice", "house"]
    title: str
    ref: str = ""
    national: bool = False


class Role(Strict):
    """Who may act. `at` says which organisation of the matter the grant must cover:
    the one that received it, the one now responsible, or either. `does` are its duties for the
    house (`spec.duties`): several, or none."""

    id: Name
    at: Literal["home", "unit", "any"]
    does: tuple[Duty, ...] = ()


class Manifest(Strict):
    """programme.toml"""

    id: Name
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    spec: Literal[1]
    needs: tuple[Name, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)


class Input(Strict):
    """One thing a person fills in. `private` text lives apart and can be erased.

    Of a kind's fields: one that comes `later` is not asked when a matter is opened, only steps give
    it; `senders` are the choices that are open to whoever has no account (absent: all of them).

    Of a number: with so many `places` always (absent: up to four); it and money lie between
    `at_least` (absent: 0) and `at_most`, money in yuan. Of a period: which `grains` it may have
    (absent: year, half, quarter, month). Of rows: the `columns` of each, with at most `max` rows.

    `seen_by` names who reads what is filled in, of those who see the matter: roles, duties, assignee,
    opener, subject, sender (absent: all of them). Whoever filled it in reads it too.

    Of an action's inputs: it `sets` the field of the kind that has its name, or another that is named;
    `as` says what it is for the house (`spec.answering`).
    """

    type: FieldType
    required: bool = False
    private: bool = False
    max: int = Field(default=2000, ge=1, le=10_000_000)
    choices: tuple[Name, ...] = ()
    later: bool = False
    senders: tuple[Name, ...] = ()
    places: int | None = Field(default=None, ge=0, le=MOST_PLACES)
    at_least: int | None = Field(default=None, ge=-MOST_AMOUNT, le=MOST_AMOUNT)
    at_most: int | None = Field(default=None, ge=-MOST_AMOUNT, le=MOST_AMOUNT)
    grains: tuple[Grain, ...] = ()
    columns: dict[Name, "Input"] = Field(default_factory=dict)
    seen_by: tuple[Name, ...] = ()
    sets: bool | Name = False
    as_: As | None = Field(default=None, alias="as")

    @property
    def apart(self) -> bool:
        """Whether what is filled in is kept apart from what lists, figures and facts are made of."""
        return self.private or bool(self.seen_by)

    def of_sender(self) -> "Input":
        """As whoever has no account is asked it."""
        return self.model_copy(update={"choices": self.senders}) if self.senders else self


class Verb(Strict):
    """A guard or an effect: the name of a kernel verb and its typed arguments."""

    do: str
    args: dict[str, Any] = Field(default_factory=dict, alias="with")


class Permits(Protocol):
    """What some may do: an action, a paper. `by` names who: roles, built-in actors."""

    @property
    def by(self) -> tuple[str, ...]: ...


class Turn(Strict):
    """Another way an action can end: the first turn whose guards hold is taken."""

    when: tuple[Verb, ...] = Field(min_length=1)
    to: Name | None = None
    effects: tuple[Verb, ...] = ()


class Action(Strict):
    """A move somebody may make. Without `to` the state stays. Without `by` nobody could: refused."""

    from_: tuple[str, ...] = Field(alias="from", min_length=1)
    to: Name | None = None
    by: tuple[str, ...] = Field(min_length=1)
    inputs: dict[Name, Input] = Field(default_factory=dict)
    guards: tuple[Verb, ...] = ()
    effects: tuple[Verb, ...] = ()
    turns: tuple[Turn, ...] = ()
    clause: str = ""
    bulk: bool = False
    shown: bool = False
    tone: Literal["primary", "plain", "danger"] = "plain"

    def sets(self) -> dict[str, str]:
        """Which of its inputs set which field of the kind."""
        said = ((name, one.sets) for name, one in self.inputs.items())
        return {name: name if sets is True else str(sets) for name, sets in said if sets}


class State(Strict):
    """`phase` is what queues and figures group by."""

    phase: Literal["open", "waiting", "done"]


class Doors(Strict):
    """The faces at which a kind is opened by a page that is made from its fields. `member` lets whoever
    belongs to an organisation, or to one below it, open it there, without a role."""

    portal: bool = False
    member: bool = False
    desk: bool = False


def _setting_alike(kind: Any) -> Any:
    """A kind of a stored release, where an input that does not say what it sets sets the field of its
    name: releases of before had no word for it, and those since say where one does not."""
    if not isinstance(kind, Mapping):
        return kind
    actions = {
        action_id: {
            **action,
            "inputs": {
                name: {"sets": True, **one} if name in kind.get("fields", {}) else one
                for name, one in action.get("inputs", {}).items()
            },
        }
        for action_id, action in kind.get("actions", {}).items()
    }
    return {**kind, "actions": actions}


class Kind(Open):
    """A kind of matter: what it holds, its states, its moves.

    `contact_by` names who may see how to reach the sender and renew their query code; without it
    whoever may take one of the actions. `doors` says which faces open it (`Programme.doors`);
    `seen_by` whose matters of this kind are, by roles and duties (`spec.sight`; absent: every role);
    `blocks` what facets it has, each beside the other keys (`spec.facets`).
    """

    BESIDE = facets.ALL

    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}$")]
    initial: Name
    opened_by: tuple[str, ...] = Field(min_length=1)
    contact_by: tuple[str, ...] = ()
    anonymous: bool = False
    doors: Doors | None = None
    seen_by: tuple[Name, ...] = ()
    fields: dict[Name, Input] = Field(default_factory=dict)
    states: dict[Name, State] = Field(min_length=1)
    actions: dict[Name, Action] = Field(min_length=1)
    on_open: tuple[Verb, ...] = ()
    blocks: Annotated[dict[str, Any], PlainValidator(facets.ALL.read)] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _set_alike(cls, given: Any, info: ValidationInfo) -> Any:
        return _setting_alike(given) if is_stored(info) else given

    def asked(self, *, of_sender: bool) -> dict[str, Input]:
        """The fields that somebody fills in to open a matter, with the choices open to them."""
        return {
            name: one.of_sender() if of_sender else one
            for name, one in self.fields.items()
            if not one.later
        }

    def staff(self) -> tuple[str, ...]:
        """The roles with an account that may open it."""
        return tuple(
            name for name in self.opened_by if name == MEMBER or name not in BUILT_IN_ACTORS
        )

    def contacts_by(self) -> tuple[str, ...]:
        """The roles that may see the contact: those declared, or else all that act."""
        acting = dict.fromkeys(name for action in self.actions.values() for name in action.by)
        # Whoever opened one for a sender has no more to do with the contact than others of their role.
        acting.pop(OPENER, None)
        # Nor has whom it is about.
        acting.pop(SUBJECT, None)
        return self.contact_by or tuple(acting)

    def for_members(self) -> bool:
        """Whether members of an organisation may open it there."""
        return self.doors is not None and self.doors.member

    @cached_property
    def named(self) -> frozenset[str]:
        """All whom its actions and whatever has a `seen_by` name."""
        asked = (self.fields, *(action.inputs for action in self.actions.values()))
        found = {*self.seen_by}
        found.update(*(action.by for action in self.actions.values()))
        found.update(*(one.seen_by for inputs in asked for one in inputs.values()))
        return frozenset(found)

    def names(self, who: str) -> bool:
        """Whether some action names a built-in actor, or a `seen_by`: who opened a matter, or whom it is
        about, has a part in it later only where that is so."""
        return who in self.named

    def sources_of(self, action: Action) -> list[str]:
        """The states an action may start from; `*open`, `*waiting`, `*done` name a whole phase."""
        found: list[str] = []
        for name in action.from_:
            if name.startswith("*"):
                found += [s for s, state in self.states.items() if state.phase == name[1:]]
            else:
                found.append(name)
        return list(dict.fromkeys(found))

    def edges(self) -> list[tuple[str, str]]:
        """Every possible step (from, to), turns included."""
        pairs = []
        for action in self.actions.values():
            targets = [action.to, *(turn.to for turn in action.turns)]
            pairs += [(a, b) for a in self.sources_of(action) for b in targets if b]
        return pairs


_NUMBER = r"\d{1,3}|\{[a-z][a-z0-9_]{0,39}\}"
# Asked with `fullmatch`: with re, `$` would let a line end follow.
STEP_AT = re.compile(
    rf"(?:(?P<share>{_NUMBER})%"
    rf"|\+(?P<n>{_NUMBER}) (?P<unit>workdays|days|workhours|hours|minutes))"
)


class Step(Strict):
    """Something that happens when a share of the limit has passed, or some time after its end.

    In `at`, `{name}` stands for the setting of that name: `{warn_yellow}%`.
    """

    id: Name
    at: Annotated[str, StringConstraints(pattern=f"^{STEP_AT.pattern}$")]
    level: Literal["none", "near", "urgent", "late"] = "none"
    notify: tuple[str, ...] = ()
    act: Name | None = None

    def setting(self) -> str | None:
        """The setting that `at` names, if it names one."""
        found = re.search(r"\{(.+)\}", self.at)
        return found[1] if found else None


class ClockSpec(Strict):
    """A clock of a kind: which setting limits it, whose promise it is, what its steps do.

    `from_input` names an input or a fact that goes before the setting: one of a type that can limit a
    clock, such as a number of working days that somebody ordered. `after_pause` names the setting
    that says how much must be left at least when it runs on after a pause.
    """

    kind: Name
    setting: Name | None = None
    from_input: Name | None = None
    after_pause: Name | None = None
    role: Literal["promise", "slice", "window"]
    steps: tuple[Step, ...] = ()


class SettingValue(Strict):
    """One dated value. `example` marks local practice that is shown but not in force.

    Grades: A clause read, B quoted officially, C local practice, U unverified, H the house's own
    choice where no rule speaks: in force, and said to be no more than that.
    """

    value: int | str | bool
    scope: dict[Name, str] = Field(default_factory=dict)
    from_: date = Field(alias="from")
    until: date | None = None
    clause: str
    source: Name
    grade: Grade
    example: bool = False


class SettingSpec(Strict):
    """A number, switch or word of the method, with its unit and its dated values.

    `at_least` and `at_most` bound what an organisation may set a number to. `only_from = "above"`:
    whoever is bound by it does not set it, only an administrator above them (a root its own).
    """

    type: Literal["limit", "int", "switch", "choice"]
    unit: Unit | None = None
    choices: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    only_from: Literal["above"] | None = None
    why: bool = False
    values: tuple[SettingValue, ...] = Field(min_length=1)


class Programme(Open):
    """A whole programme, as loaded from its folder or from a release. `parts` are the files that the
    apps of the house know (`spec.files`)."""

    BESIDE = files.ALL

    manifest: Manifest
    kinds: dict[Name, Kind]
    clocks: dict[Name, ClockSpec] = Field(default_factory=dict)
    settings: dict[Name, SettingSpec] = Field(default_factory=dict)
    figures: dict[Name, FigureSpec] = Field(default_factory=dict)
    strings: dict[str, dict[str, str]]
    parts: Annotated[dict[str, Any], PlainValidator(files.ALL.read)] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.manifest.id

    def means_members(self, names: Collection[str]) -> bool:
        """Whether names of who may act or read mean the members of a unit: there is such a word among
        them, and no role of the programme is called so."""
        return MEMBER in names and self.role(MEMBER) is None

    def takes_part(self, kind_id: str) -> bool:
        """Whether members have a part in matters of a kind."""
        return self.role(MEMBER) is None and self.kinds[kind_id].names(MEMBER)

    def contacts_by(self, kind_id: str) -> tuple[str, ...]:
        """The roles that may see the contact in matters of a kind: whoever takes part in one as a member
        has no more to do with it than others of the unit."""
        names = self.kinds[kind_id].contacts_by()
        return tuple(name for name in names if not self.means_members([name]))

    def apart(self, kind_id: str) -> bool:
        """Whether a page of its own opens a kind, as a facet says, or another matter does."""
        return any(
            kind_id in facet.apart(name, block) for facet, name, block in facets.blocks(self)
        )

    def doors(self, kind_id: str) -> Doors:
        """The faces that open a kind: those it declares. Of a release that says nothing: every face
        of whoever may open it, but where a page of its own does."""
        kind = self.kinds[kind_id]
        if kind.doors is not None:
            return kind.doors
        if self.apart(kind_id):
            return Doors()
        return Doors(portal="sender" in kind.opened_by, desk=bool(kind.staff()))

    def decides(self, kind_id: str, name: str) -> bool:
        """Whether a field of a kind decides how long one of its limits is."""
        of_kind = [clock for clock in self.clocks.values() if clock.kind == kind_id]
        scopes = (
            value.scope
            for clock in of_kind
            if clock.setting in self.settings
            for value in self.settings[clock.setting].values
        )
        return any(name in scope for scope in scopes) or any(
            clock.from_input == name for clock in of_kind
        )

    def role(self, role_id: str) -> Role | None:
        return next((r for r in self.manifest.roles if r.id == role_id), None)
