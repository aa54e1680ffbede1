"""Who may see a matter and who may move it. Absent and forbidden look alike."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import standing_org, standing_person, tree
from bihuan.foundation.sql.lookup import Columns, Lookup
from bihuan.foundation.sql.statements import answers
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import hanging, membership, narrowed, subjects, taking_part
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.matters.narrowed import SIDES, Sides
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import sight
from bihuan.spec.schema import OPENER, SUBJECT, Input, Kind, Permits, Programme

CO_UNIT_CAP = 2000
OWN_CAP = 2000
BARRED = ("recused", "named")
_by_pk = Lookup(Matter.objects.filter(pk=-1), -1)
# An empty index is no code; saying so lets the database use the index of those that have one.
_parties = Lookup(Party.objects.filter(matter_id=-1), -1)


def _scopes(actor: Actor) -> dict[str, Sides]:
    """programme → side → subtree roots within which the actor sees matters."""
    found: dict[str, Sides] = {}
    for programme in programmes.known():
        roles = [(role.id, role.at) for role in programme.manifest.roles]
        found[programme.id] = narrowed.sides_of(actor, programme.id, roles)
    return found


def _within(column: str, paths: Iterable[str]) -> Q:
    q = Q(pk__in=[])
    for path in sorted(paths):
        low, high = tree.bounds(path)
        q |= Q(**{f"{column}__gte": low, f"{column}__lt": high})
    return q


def _side_query(sides: Sides) -> Q:
    q = _within("unit_path", sides["unit"])
    if sides["home"] - sides["unit"]:
        q |= _within("home_path", sides["home"])
    return q


def bars(named_path: str) -> bool:
    """Whether naming an organisation keeps its people away. A root does not: its people are
    everybody, and a complaint about a whole city must still be seen by somebody in it."""
    return len(named_path) > tree.STEP


def _own_paths(actor: Actor) -> set[str]:
    """Organisations the actor belongs to, by a grant, a post or a membership: complaints naming
    one are kept from them."""
    return {p for at in membership.places(actor) for p in tree.ancestors(at) if bars(p)}


def barred_people(held: Iterable[tuple[int | None, str]], on: date) -> set[int]:
    """Those who may not hear of a matter with these barred (person, organisation path): recused,
    complained of, or at an organisation that is."""
    found: set[int] = set()
    for person_id, path in held:
        if person_id is not None:
            found.add(person_id)
        if bars(path):
            found |= grants.people_at(path, on)
    return found


def kept_away(found: Matter, on: date) -> set[int]:
    """Those who may not hear of one matter on a day."""
    held = [(p.person_id, p.org_path) for p in parties(found) if p.role in BARRED]
    return barred_people(held, on)


def _party_ids(
    actor: Actor, roots: "_Roots"
) -> tuple[list[int], list[tuple[int, str]], list[int], list[tuple[int, str]]]:
    """(matters one opened or that are about oneself, those one's units work along in, each with the
    unit's path, matters one is recused from; matters about organisations one speaks for, each with the
    organisation's path)."""
    parts, units = _part_queries(actor)
    held: dict[bool, set[int]] = {True: set(), False: set()}
    ours: list[tuple[int, str]] = []
    for matter_id, role, path in parts():
        if role == SUBJECT and path:
            ours.append((matter_id, path))
        else:
            held[role in roots.own].add(matter_id)
    along: list[tuple[int, str]] = units() if units is not None else []
    mine, others = sorted(held[True])[-OWN_CAP:], sorted(ours)[-OWN_CAP:]
    return mine, along, sorted(held[False]), others


@standing.kept
def _part_queries(actor: Actor) -> tuple[Columns, Columns | None]:
    """The queries for the parts that somebody has in matters (matter, role, path), and for those that their
    units have (matter, path): where they look is standing data."""
    roots = _by_role(actor)[1]
    roles = (*BARRED, *roots.own)
    who = Q(role__in=roles, person_id=actor.person_id) if actor.person_id else Q(pk__in=[])
    own = _own_paths(actor)
    if own:
        who |= Q(role="named", org_path__in=sorted(own))
    spoken = {path for _, paths in roots.voices for path in paths}
    if spoken:
        who |= Q(role=SUBJECT, org_path__in=sorted(spoken))
    parts = Party.objects.filter(who).values_list("matter_id", "role", "org_path").distinct()
    units = {path for _, paths in roots.units for path in paths}
    if not units:
        return Columns(parts), None
    rows = Party.objects.filter(_within("org_path", units), role="co_unit").order_by("-pk")
    return Columns(parts), Columns(rows.values_list("matter_id", "org_path")[:CO_UNIT_CAP])


def _working_along(rows: Iterable[tuple[int, str]], roots: "_Roots") -> Q:
    """Matters one's units work along in, by a role of their programme that sees their kind."""
    rows = list(rows)

    def below(units: Iterable[str]) -> list[int]:
        return sorted({pk for pk, at in rows if any(tree.covers(root, at) for root in units)})

    q = Q(pk__in=[])
    for programme_ids, units in roots.units:
        theirs = Q(pk__in=below(units))
        q |= theirs & Q(programme__in=programme_ids) if programme_ids else theirs
    for mine, sides in roots.hidden:
        q &= ~mine | Q(pk__in=below(sides["unit"]))
    return q


@dataclass(frozen=True)
class _Roots:
    """Within which subtrees one has a part as a unit, in which programmes (none named: in all); which
    parts of one's `own` (opener, subject) may let one see what lies outside of all that one sees by
    role; for which organisations one's `voices` do so, by programme; and of which matters one sees less
    than that (`narrowed.hidden_from`)."""

    units: tuple[tuple[tuple[str, ...], frozenset[str]], ...]
    own: tuple[str, ...]
    voices: tuple[tuple[str, frozenset[str]], ...]
    hidden: tuple[tuple[Q, Sides], ...]


@standing.kept
def _by_role(actor: Actor) -> tuple[Q, _Roots]:
    """The condition that roles alone give, and where to look for a part that one has otherwise."""
    scopes = _scopes(actor)
    distinct = {repr(sorted((s, sorted(p)) for s, p in sides.items())) for sides in scopes.values()}
    q = Q(pk__in=[])
    if len(distinct) == 1:
        # The common case, kept free of a programme condition so that an index can serve it.
        q = _side_query(next(iter(scopes.values())))
    else:
        # Programmes that are seen alike are asked for together: there may be thirty.
        alike: dict[str, list[str]] = {}
        for programme_id, sides in scopes.items():
            if sides["home"] or sides["unit"]:
                key = repr(sorted((side, sorted(paths)) for side, paths in sides.items()))
                alike.setdefault(key, []).append(programme_id)
        for ids in alike.values():
            q |= Q(programme__in=ids) & _side_query(scopes[ids[0]])
    # Each takes away from what the roles show, so that the index that served them still does.
    hidden = tuple(narrowed.hidden_from(actor, scopes))
    for mine, sides in hidden:
        q &= ~mine | _side_query(sides)
    alone = actor.person_id is not None and (bool(hidden) or not _covers_all(scopes))
    if alone:
        q |= Q(assignee_id=actor.person_id)
    theirs = taking_part.of_members(actor)
    if theirs is not None:
        q |= theirs
    naming = subjects.naming() if alone else {}
    own = tuple(name for name, those in naming.items() if those)
    voices = ((one.id, membership.voices(actor, one)) for one in naming.get(SUBJECT, ()))
    spoken = tuple((programme_id, paths) for programme_id, paths in voices if paths)
    return q, _Roots(_units(scopes), own, spoken, hidden)


def _units(scopes: Mapping[str, Sides]) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """Subtrees in which one has a role at a unit, with the programmes of those that are alike; no
    programme is named where all are."""
    alike: dict[frozenset[str], list[str]] = {}
    for programme_id, sides in scopes.items():
        alike.setdefault(frozenset(sides["unit"]), []).append(programme_id)
    if len(alike) == 1:
        return tuple(((), units) for units in alike if units)
    return tuple((tuple(ids), units) for units, ids in alike.items() if units)


def visible(actor: Actor) -> Q:
    """The condition under which the actor sees a matter: by role, as assignee, working along, as its
    opener, as whom it is about or as a member where its kind names them; never when recused or complained of."""
    q, roots = _by_role(actor)
    own, along, recused, spoken = _party_ids(actor, roots)
    if own:
        q |= Q(pk__in=own)
    for programme_id, paths in roots.voices if spoken else ():
        q |= Q(pk__in=[pk for pk, at in spoken if at in paths], programme=programme_id)
    if along:
        q |= _working_along(along, roots)
    return q & ~Q(pk__in=recused) if recused else q


def _covers_all(scopes: dict[str, Sides]) -> bool:
    """Whether the role conditions alone already reach a whole tree from its root."""
    return bool(scopes) and all(
        any(len(path) == tree.STEP for path in sides["unit"]) for sides in scopes.values()
    )


def parties(found: Matter) -> list[Party]:
    """The parties of a matter, read once for each version of it: they change by its events only."""
    if found.known_parties is None or found.known_parties[0] != found.version:
        found.known_parties = (found.version, _parties(found.pk))
    return found.known_parties[1]


def know_parties(rows: Sequence[Matter]) -> None:
    """Reads the parties of several matters in one query."""
    held: dict[int, list[Party]] = {}
    for party in Party.objects.filter(matter_id__in=[m.pk for m in rows]):
        held.setdefault(party.matter_id, []).append(party)
    for one in rows:
        one.known_parties = (one.version, held.get(one.pk, []))


def sees(actor: Actor, matter: Matter) -> bool:
    """Whether one matter is visible to the actor."""
    if actor.ref == "system":
        return True
    if actor.person_id is None:
        return False
    held = parties(matter)
    if _is_barred(actor, held):
        return False
    programme = programmes.spec_of(matter.release_id)
    own = matter.assignee_id == actor.person_id or _opened(actor, held)
    if own or subjects.speaks(actor, held, programme) or taking_part.may(actor, matter, programme):
        return True
    return by_role(actor, matter)


def by_role(actor: Actor, found: Matter) -> bool:
    """Whether a role of theirs shows the actor a matter, from which nothing keeps them away."""
    if actor.ref == "system":
        return True
    programme, held = programmes.spec_of(found.release_id), parties(found)
    seeing = sight.roles(programme, programme.kinds[found.kind])
    return any(
        _holds(actor, role.id, role.at, found, programme=programme, held=held)
        for role in programme.manifest.roles
        if role.id in seeing
    )


def reads(actor: Actor, found: Matter, one: Input, by: Collection[str] = ()) -> bool:
    """Whether somebody who sees a matter, or is told of it, may know what was filled in there: asked of
    every value before it leaves the house's own hands. `by` are those who filled it in."""
    if not one.seen_by or actor.ref == "system" or actor.ref in by:
        return True
    programme = programmes.spec_of(found.release_id)
    names = sight.named(programme, one.seen_by)
    if actor.person_id is None:
        return actor.ref in names
    return bool(_one_of(actor, found, names, programme))


def _opened(actor: Actor, held: list[Party]) -> bool:
    return any(p.role == OPENER and p.person_id == actor.person_id for p in held)


def _is_barred(actor: Actor, held: list[Party]) -> bool:
    barring = [p for p in held if p.role in BARRED]
    if not barring:
        return False
    own = _own_paths(actor)
    return any(
        (p.person_id is not None and p.person_id == actor.person_id) or p.org_path in own
        for p in barring
    )


def oversees(held: Iterable[grants.Held], found: Matter) -> bool:
    """Whether somebody with these grants answers for the unit from above it: has a role that sees the
    matter over an organisation that the unit lies below."""
    spec = programmes.spec_of(found.release_id)
    roles = sight.roles(spec, spec.kinds[found.kind])
    return any(
        role in roles
        and programme in ("", found.programme)
        and at != found.unit_path
        and tree.covers(at, found.unit_path)
        for role, at, programme in held
    )


def receives(actor: Actor, found: Matter) -> bool:
    """Whether the actor works at the desk that received the matter: has a role there that the
    programme lets act for the organisation that received it."""
    programme = programmes.spec_of(found.release_id)
    names = {name for one in programme.kinds[found.kind].actions.values() for name in one.by}
    return any(
        role.at == "home" and role.id in names and actor.has(role.id, found.home_path, programme.id)
        for role in programme.manifest.roles
    )


def _holds(
    actor: Actor,
    role: str,
    at: str,
    matter: Matter,
    *,
    programme: Programme,
    held: list[Party],
) -> bool:
    paths = [getattr(matter, f"{side}_path") for side in SIDES[at]]
    if "unit" in SIDES[at]:
        paths += [p.org_path for p in held if p.role == "co_unit"]
    return any(actor.has(role, path, programme.id) for path in paths)


def _whole(pk: int, *, to_act: bool) -> Matter | None:
    """A matter with what is asked of it next, in one message. It is read before what hangs on it:
    whoever changes that changes the matter's version, so an older matter meets a conflict."""
    asked = [_by_pk.question(pk), _parties.question(pk)]
    if to_act:
        asked.append(clocks.of_stream.question(f"{Matter.STREAM}:{pk}"))
    rows, held, *running = answers(asked)
    found = next(iter(_by_pk.rows(rows)), None)
    if found is not None:
        found.known_parties = (found.version, _parties.rows(held))
        for answer in running:
            found.known_clocks = (found.version, clocks.of_stream.rows(answer))
    return found


def matter(actor: Actor, pk: int, *, to_act: bool = False) -> Matter:
    """Loads and authorises in one call; with its clocks, for a step `to_act`.

    Raises LookupError when there is no such matter or the actor may not know of it.
    """
    found = _whole(pk, to_act=to_act) if 0 < pk < 2**63 else None
    if found is None or not actor.may_scope("matters:read") or not sees(actor, found):
        raise LookupError(pk)
    return placed(found)


def placed(found: Matter) -> Matter:
    """The matter with its organisations and its person, which every face shows beside it, from
    standing data: not to be changed through it."""
    found.home = standing_org(found.home_id)
    found.unit = standing_org(found.unit_id)
    if found.assignee_id is not None:
        found.assignee = standing_person(found.assignee_id)
    return found


def may_act(actor: Actor, found: Matter, action: Permits, programme: Programme) -> bool:
    """Whether one of the actors the programme names for an action (a paper) is this one. Whom a matter is about
    decides nothing in it by a role: as its subject where the action names them, or as who opened it."""
    return bool(acts_as(actor, found, action, programme))


def acts_as(actor: Actor, found: Matter, action: Permits, programme: Programme) -> str:
    """As whom of those the programme names for an action the actor may take it; '' for nobody."""
    if actor.ref in ("sender", "system"):
        return actor.ref if actor.ref in action.by else ""
    if not actor.may_scope("matters:write"):
        return ""
    names: Collection[str] = action.by
    if SUBJECT not in names and subjects.is_about(actor, parties(found)):
        names = {OPENER} & {*names}
    return _one_of(actor, found, names, programme)


def may_contact(actor: Actor, found: Matter) -> bool:
    """Whether the actor may see how to reach the sender, and renew the sender's query code."""
    if actor.ref == "system":
        return True
    programme = programmes.spec_of(found.release_id)
    names = programme.contacts_by(found.kind)
    # Who wrote about somebody is not told to them.
    if actor.person_id is None or subjects.is_about(actor, parties(found)):
        return False
    return bool(_one_of(actor, found, names, programme))


def may_order(actor: Actor, found: Matter) -> bool:
    """Whether the actor may order what the matter orders: of a directive and the like, whoever may
    open one there. Of other kinds nobody orders anything."""
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    return (
        hanging.hangs(kind)
        and actor.may_scope("matters:write")
        and bool(_one_of(actor, found, kind.opened_by, programme))
    )


def _one_of(actor: Actor, found: Matter, names: Iterable[str], programme: Programme) -> str:
    held = parties(found)
    if _is_barred(actor, held):
        return ""
    return next((name for name in names if _is(actor, name, found, programme, held)), "")


def _is(actor: Actor, name: str, found: Matter, programme: Programme, held: list[Party]) -> bool:
    if name == "assignee" and found.assignee_id == actor.person_id:
        return True
    if name == OPENER and actor.person_id is not None and _opened(actor, held):
        return True
    if name == SUBJECT and actor.person_id is not None and subjects.speaks(actor, held, programme):
        return True
    if programme.means_members([name]):
        return taking_part.belongs(actor, found)
    role = programme.role(name)
    return role is not None and _holds(actor, name, role.at, found, programme=programme, held=held)


def may_open(actor: Actor, kind: Kind, programme: Programme, home_path: str) -> bool:
    """Whether the actor may open a matter of a kind at an organisation."""
    if actor.ref in ("sender", "system"):
        return actor.ref in kind.opened_by or actor.ref == "system"
    return actor.may_scope("matters:write") and (
        opens_by_role(actor, kind, programme, home_path)
        or (kind.for_members() and membership.is_member(actor, home_path))
    )


def opens_by_role(actor: Actor, kind: Kind, programme: Programme, home_path: str) -> bool:
    """Whether it is by a role that the actor may open a matter of a kind at an organisation."""
    return any(actor.has(name, home_path, programme.id) for name in kind.opened_by)
