"""The facets `pair` and `partners`: a round that pairs those of its rosters and opens a matter for each two,
and the matter that two are partners in. Every name they speak of exists, and their verbs can work."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import Field, ValidationError

from bihuan.facets.pair.arguments import Confirm
from bihuan.facets.pair.skills import SKILLS
from bihuan.kernel.people.api import ROSTERS
from bihuan.kernel.people.declared import RosterName
from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks import children
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import SUBJECT, Action, Kind, Programme, Verb

FILE = "matters.toml"
GATHER, SUGGEST, CONFIRM = "pair.gather", "pair.suggest", "pair.confirm"
SWAP, JOIN, BAR, UNBAR = "pair.swap", "pair.join", "pair.bar", "pair.unbar"
LEAVE_OUT, BRING_BACK = "pair.leave_out", "pair.bring_back"
EDITS = (SWAP, JOIN, BAR, UNBAR, LEAVE_OUT, BRING_BACK)
# What figures may ask of those in rounds, and of pairs.
OF_SIDES, OF_PAIRS = "pairing_side", "pairing_match"
State = Literal["waiting", "paired", "alone", "out", "exempt", "gone"]
STATES: tuple[State, ...] = get_args(State)
Match = Literal["within", "across", "again"]
MATCHES: tuple[Match, ...] = get_args(Match)
# Rules that a hand may break with a reason, unless the round holds them `firm`.
Breakable = Literal["same_group", "before", "poor"]
# All of them stand in one event, which must stay readable.
MOST = 2000


class PairSpec(Strict):
    """A round that pairs those of one roster with each other, or those of the first of two `rosters`
    with those of the second, by what they can do and need (skills.toml); each two get a matter of the
    kind `of`, which has `partners`. `said_by` are roles that say for others, where they have the role,
    what these can and need.

    `other_group`: never two of one organisation (of organisations: under the same one); or a field of
    type bool that says so. `not_before`: nobody gets their last partner again, or any they ever had.
    `least`: in how many things two have to complete each other; or a field of type int that says so
    (empty: one). `room`: with how many one of the
    second roster may be paired; or a setting. `firm`: rules that no hand may break; the others it may,
    with a reason.
    """

    of: Name = Field(examples=["two_together"])
    rosters: tuple[RosterName, ...] = Field(min_length=1, max_length=2, examples=[["members"]])
    said_by: tuple[Name, ...] = ()
    other_group: bool | Name = False
    not_before: Literal["last", "ever"] | None = None
    least: Annotated[int, Field(ge=0, le=20)] | Name = 1
    room: Annotated[int, Field(ge=1, le=200)] | Name = 1
    firm: tuple[Breakable, ...] = ()

    @property
    def two_sided(self) -> bool:
        """Whether those of one roster are paired with those of another."""
        return len(self.rosters) > 1


class PartnersSpec(Strict):
    """A matter that two are partners in: the persons or organisations (`is`) in two `fields` that are
    filled in when it is opened, and stay. Both see it and act in it as `subject`."""

    is_: Literal["person", "org"] = Field(alias="is")
    fields: tuple[Name, Name]


def sort_of(programme: Programme, block: PairSpec) -> str:
    """Whether a round pairs persons or organisations."""
    rule = ROSTERS.of(programme).get(block.rosters[0])
    return "org" if rule is not None and rule.of_orgs else "person"


def effects(action: Action) -> list[Verb]:
    """The effects of an action, those of its turns included."""
    return [*action.effects, *(verb for turn in action.turns for verb in turn.effects)]


def _problems(programme: Programme, kind_id: str, one: PairSpec) -> Iterator[Problem]:
    """Rosters, roles, fields, settings and kinds that are none, or do not fit."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.pair"
    yield from _rosters(programme, path, one)
    roles = {role.id for role in programme.manifest.roles}
    for role in sorted({*one.said_by} - roles):
        yield Problem(FILE, f"{path}.said_by", f"no role {role!r}", f"one of {sorted(roles)}")
    yield from _named(programme, kind, path, one)
    if one.room != 1 and not one.two_sided:
        cause = "those of one roster are paired with one each"
        yield Problem(FILE, f"{path}.room", cause, "give two rosters, or drop room")
    if one.least and not SKILLS.of(programme):
        cause = "nothing is declared in which two could complete each other"
        yield Problem(FILE, path, cause, f"declare skills in {SKILLS.name}, or write least = 0")
    if one.firm and "before" in one.firm and one.not_before is None:
        cause = "a rule is held firm that there is not"
        yield Problem(FILE, f"{path}.firm", cause, 'say not_before = "last", or drop before')
    yield from _paired(programme, path, one)


def _named(programme: Programme, kind: Kind, path: str, one: PairSpec) -> Iterator[Problem]:
    """Fields and settings that rules ask and that are none."""
    for key, named, wanted in (
        ("other_group", one.other_group, "bool"),
        ("least", one.least, "int"),
    ):
        asked = kind.fields.get(named) if isinstance(named, str) else None
        if isinstance(named, str) and (asked is None or asked.type != wanted or asked.apart):
            cause = f"{named!r} is no field of type {wanted} that everybody reads"
            yield Problem(FILE, f"{path}.{key}", cause, "name one, or write the value itself")
    if isinstance(one.room, str):
        setting = programme.settings.get(one.room)
        if setting is None or setting.type != "int":
            cause = f"{one.room!r} is no setting of type int"
            yield Problem(FILE, f"{path}.room", cause, "name one, or write a number")


def _rosters(programme: Programme, path: str, one: PairSpec) -> Iterator[Problem]:
    known = ROSTERS.of(programme)
    for n, name in enumerate(one.rosters):
        if name not in known:
            remedy = f"one of {sorted(known)}" if known else f"declare it in {ROSTERS.name}"
            yield Problem(FILE, f"{path}.rosters.{n}", f"there is no roster {name!r}", remedy)
    sorts = {known[name].of_orgs for name in one.rosters if name in known}
    if len(sorts) > 1:
        cause = "one roster means persons, the other organisations"
        yield Problem(
            FILE, f"{path}.rosters", cause, "name two of persons, or two of organisations"
        )
    if one.two_sided and one.rosters[0] == one.rosters[1]:
        cause = "both sides are the same"
        yield Problem(
            FILE, f"{path}.rosters", cause, "name one roster: those of it meet each other"
        )


def _paired(programme: Programme, path: str, one: PairSpec) -> Iterator[Problem]:
    child = programme.kinds.get(one.of)
    fitting = sorted(kind_id for kind_id, _ in PARTNERS.kinds(programme))
    remedy = f"one of {fitting}" if fitting else "declare a kind with partners"
    if child is None:
        yield Problem(FILE, f"{path}.of", f"there is no kind {one.of!r}", remedy)
        return
    block = PARTNERS.of(child)
    if block is None:
        yield Problem(FILE, f"{path}.of", f"nobody are partners in a {one.of}", remedy)
    elif block.is_ != sort_of(programme, one):
        cause = f"partners in a {one.of} are of type {block.is_}, those of the roster not"
        yield Problem(FILE, f"{path}.of", cause, remedy)


def uses(kind_id: str, kind: Kind) -> Iterator[tuple[str, str, Action | None, Verb]]:
    """(action, where, the action itself, verb) of every verb of rounds in a kind."""
    for n, verb in enumerate(kind.on_open):
        yield "", f"{kind_id}.on_open.{n}", None, verb
    for name, action in kind.actions.items():
        placed = [("effects", action.effects)]
        placed += [(f"turns.{n}.effects", turn.effects) for n, turn in enumerate(action.turns)]
        for where, verbs in placed:
            for n, verb in enumerate(verbs):
                yield name, f"{kind_id}.actions.{name}.{where}.{n}", action, verb


def _meant(programme: Programme, kind_id: str, one: PairSpec, around: Around) -> Iterator[Problem]:
    """Rounds that cannot be gathered, solved or opened; inputs that name others than they pair; children
    that lack what they ask for."""
    del around
    kind = programme.kinds[kind_id]
    there = list(uses(kind_id, kind))
    does = {verb.do for _, _, _, verb in there}
    for verb_name, what in ((GATHER, "gathers"), (SUGGEST, "pairs"), (CONFIRM, "confirms")):
        if verb_name not in does:
            cause, remedy = f"nobody {what} anybody", f"add {verb_name} to an action"
            yield Problem(FILE, f"{kind_id}.pair", cause, remedy)
    sort = sort_of(programme, one)
    for name, path, action, verb in there:
        if verb.do in EDITS and action is not None:
            yield from _edit(path, action, verb, sort)
        if verb.do == CONFIRM:
            yield from _opened(programme, one, kind_id, Placed(name, path, action, verb))


def _edit(path: str, action: Action, verb: Verb, sort: str) -> Iterator[Problem]:
    for key, named in verb.args.items():
        found = action.inputs.get(str(named))
        if found is None:
            continue
        where = f"{path}.with.{key}"
        if key == "reason":
            if not found.private:
                cause = "why would stand in the open half of the log"
                yield Problem(FILE, where, cause, f"make the input {named} private")
        elif found.type != sort:
            cause = f"{named!r} is of type {found.type}, and the round pairs {sort}s"
            yield Problem(FILE, where, cause, f"make it {sort}")
        elif not found.required:
            yield Problem(FILE, where, f"{verb.do} may be told nobody", "make the input required")


class Placed(NamedTuple):
    """A verb and where it stands: in an action, or in the opening."""

    name: str
    path: str
    action: Action | None
    verb: Verb


def _opened(programme: Programme, one: PairSpec, kind_id: str, placed: Placed) -> Iterator[Problem]:
    child = programme.kinds.get(one.of)
    name, path, action, verb = placed
    block = PARTNERS.of(child) if child is not None else None
    if child is None or block is None:
        return
    try:
        args = Confirm.model_validate(verb.args)
    except ValidationError:
        # Said of every verb elsewhere.
        return
    asked = {field: spec for field, spec in child.fields.items() if field not in block.fields}
    kind = programme.kinds[kind_id]
    inputs = action.inputs if action is not None else kind.fields
    use = Use(kind_id, kind, name, inputs, path, "effect", verb, Confirm, args)
    yield from children.filled(use, child.model_copy(update={"fields": asked}))


def _partners(programme: Programme, kind_id: str, one: PartnersSpec) -> Iterator[Problem]:
    """Fields that are none, of another type, that may be empty, apart or changed; two of the same."""
    kind, path = programme.kinds[kind_id], f"{kind_id}.partners"
    if one.fields[0] == one.fields[1]:
        cause = "both partners stand in one field"
        yield Problem(FILE, f"{path}.fields", cause, "name two fields")
    for n, name in enumerate(one.fields):
        found = kind.fields.get(name)
        if found is None or found.type != one.is_:
            cause = f"there is no field {name!r} of type {one.is_}"
            remedy = f'add {name} = {{ type = "{one.is_}", required = true }}'
            yield Problem(FILE, f"{path}.fields.{n}", cause, remedy)
        elif found.later or found.apart or not found.required:
            cause = (
                f"who is a partner is known from the beginning, to all who see it; {name!r} is not"
            )
            remedy = "make it required, neither later nor private nor seen_by some"
            yield Problem(FILE, f"{path}.fields.{n}", cause, remedy)
        for action_id, action in kind.actions.items():
            if name in action.sets().values():
                cause = f"{action_id} changes who is a partner, and that is for good"
                remedy = "drop sets; other two are another matter"
                yield Problem(FILE, f"{kind_id}.actions.{action_id}.inputs", cause, remedy)
    if "subject" in kind.blocks:
        cause = "it would be about one and about two"
        yield Problem(FILE, path, cause, "drop subject, or partners")


PAIR: Facet[PairSpec] = facets.register(
    Facet(
        "pair",
        PairSpec,
        problems=_problems,
        titled=True,
        meant=_meant,
        roles=lambda one: one.said_by,
        settings=lambda one: [one.room] if isinstance(one.room, str) else [],
        said=lambda one: {OF_SIDES: (*STATES,)},
    )
)


def _pairs_said(one: PartnersSpec) -> Mapping[str, tuple[str, ...]]:
    del one
    return {OF_PAIRS: (*MATCHES,)}


PARTNERS: Facet[PartnersSpec] = facets.register(
    Facet("partners", PartnersSpec, problems=_partners, actors=(SUBJECT,), said=_pairs_said)
)
