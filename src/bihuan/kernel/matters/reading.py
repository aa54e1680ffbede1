"""Looking: lists, counts, search, the time line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from bihuan.foundation.access.api import SENDER, Actor
from bihuan.foundation.audit.api import Event, history, read, standing
from bihuan.foundation.audit.api import find as event_type
from bihuan.foundation.orgs.api import Person, tree
from bihuan.foundation.search import api as search
from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.absences import standing_in
from bihuan.kernel.matters import access, attached, filled, left_behind
from bihuan.kernel.matters.models import RAISED, Matter, Party
from bihuan.kernel.matters.numbers import number_pk
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.spec.schema import OPENER, Kind

PAGE = 50
COUNT_CAP = 1000
COUNTED = "(SELECT count(*) FROM ({rows}) AS counted)"
SEARCH_DEPTH = 5000
# From how far on the instant of recording is told beside that of happening.
NOTICEABLE = timedelta(minutes=10)
OPEN = ("open", "waiting")
# Lists of which one turns pages by their number.
ORDERS: dict[str, tuple[Any, ...]] = {
    "due": (F("due_at").asc(nulls_last=True), "pk"),
    "unchanged": ("changed_at", "pk"),
}
_children = Lookup(Matter.objects.filter(parent_id=-1).order_by("-pk"), -1)


@dataclass(frozen=True)
class Filter:
    """What a list shows. Empty fields do not narrow. `left_by`: what goes on in the hands of somebody who had
    left by that day. `among` are triples of programme, kind and state, an
    empty state being any, of which one must hold. `before` is the last id of the page before. `order` is
    `newest`, `due` (soonest first) or `unchanged` (first what nothing happened in for longest)."""

    text: str = ""
    scope: str = ""
    programme: str = ""
    kind: str = ""
    state: str = ""
    phase: str = ""
    category: str = ""
    channel: str = ""
    level: str = ""
    unit_path: str = ""
    left_by: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    among: tuple[tuple[str, str, str], ...] = ()
    order: str = "newest"
    before: int | None = None
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of a list; `more` tells whether another follows."""

    rows: Sequence[Matter]
    more: bool
    filter: Filter


def _narrow(query: QuerySet[Matter], actor: Actor, wanted: Filter) -> QuerySet[Matter]:
    exact = {
        name: getattr(wanted, name)
        for name in ("programme", "kind", "state", "category", "channel", "level")
        if getattr(wanted, name)
    }
    if exact:
        query = query.filter(**exact)
    if wanted.among:
        query = query.filter(_among(wanted.among))
    if wanted.phase:
        query = query.filter(phase__in=OPEN if wanted.phase == "active" else (wanted.phase,))
    if wanted.scope == "mine":
        query = query.filter(_mine(actor))
    elif wanted.scope == "unassigned":
        query = query.filter(assignee_id__isnull=True)
    elif wanted.scope == "opened":
        theirs = Party.objects.filter(role__in=(OPENER, RAISED), person_id=actor.person_id)
        query = query.filter(pk__in=theirs.values("matter_id"))
    if wanted.left_by:
        query = query.filter(left_behind.rows(wanted.left_by))
    return _within(query, wanted)


def _within(query: QuerySet[Matter], wanted: Filter) -> QuerySet[Matter]:
    """Of a unit and what is below it, opened in a time."""
    if wanted.unit_path:
        query = query.filter(unit_path__gte=wanted.unit_path, unit_path__lt=f"{wanted.unit_path}[")
    if wanted.since:
        query = query.filter(opened_at__gte=wanted.since)
    if wanted.until:
        query = query.filter(opened_at__lt=wanted.until)
    return query


def _among(wanted: Sequence[tuple[str, str, str]]) -> Q:
    states: dict[tuple[str, str], list[str]] = {}
    for programme, kind, state in wanted:
        states.setdefault((programme, kind), []).append(state)
    q = Q(pk__in=[])
    for (programme, kind), some in states.items():
        one = Q(programme=programme, kind=kind)
        q |= one if "" in some else one & Q(state__in=some)
    return q


def _mine(actor: Actor) -> Q:
    """What is in somebody's own hands, and what was sent to a unit they handle for and nobody took yet."""
    q = Q(assignee_id=actor.person_id)
    units = duties.paths(actor, "handle")
    if units:
        q |= Q(assignee_id__isnull=True, unit_path__in=units) & ~Q(unit_id=F("home_id"))
    return q


def matters(actor: Actor, wanted: Filter, size: int = PAGE, *, sight: Q | None = None) -> Page:
    """A page of what the actor may see; searching finds exactly the texts that contain the words,
    or the matter whose number was typed. `sight` is `visible(actor)` of a caller who has it."""
    if not actor.may_scope("matters:read"):
        return Page([], more=False, filter=wanted)
    condition = access.visible(actor) if sight is None else sight
    if wanted.text:
        query = _narrow(Matter.objects.all(), actor, wanted).filter(condition).defer("facts")
        rows, more = _searched(query, wanted, size)
    else:
        # What one has turned to is asked once; the first page again and again.
        first = wanted.page == 1 and not wanted.before
        rows = (_first if first else _listed)(actor, wanted, size, condition)()
        rows, more = rows[:size], len(rows) > size
    return Page([access.placed(row) for row in rows], more, wanted)


def _listed(actor: Actor, wanted: Filter, size: int, sight: Q) -> Lookup[Matter]:
    """The query for a page of a list and one row more."""
    query = _narrow(Matter.objects.all(), actor, wanted).filter(sight).defer("facts")
    if wanted.order in ORDERS:
        start = (wanted.page - 1) * size
        return Lookup(query.order_by(*ORDERS[wanted.order])[start : start + size + 1])
    if wanted.before:
        query = query.filter(pk__lt=wanted.before)
    return Lookup(query.order_by("-pk")[: size + 1])


@standing.kept
def _first(actor: Actor, wanted: Filter, size: int, sight: Q) -> Lookup[Matter]:
    """The query for a first page; what a person sees by role is standing data, and so is it."""
    return _listed(actor, wanted, size, sight)


def through(channel: str) -> QuerySet[Matter]:
    """What came by a channel, whoever looks: for doors whose every matter is public."""
    return Matter.objects.filter(channel=channel).select_related("unit")


def of_kind(programme: str, kind: str, states: Sequence[str]) -> QuerySet[Matter]:
    """Matters of a kind in some states, newest first, whoever looks: for doors that show those
    states to everybody."""
    rows = Matter.objects.filter(programme=programme, kind=kind, state__in=states)
    return rows.select_related("home").order_by("-pk")


def among(actor: Actor, path: str, pks: QuerySet[Any, Any], most: int) -> list[Matter]:
    """Matters that go on at an organisation or below it (a path) and that the actor sees, of those whose
    ids a query gives: what is due first before."""
    low, high = tree.bounds(path)
    query = Matter.objects.filter(pk__in=pks, phase__in=OPEN)
    query = query.filter(unit_path__gte=low, unit_path__lt=high).filter(access.visible(actor))
    rows = query.defer("facts").order_by(F("due_at").asc(nulls_last=True), "-pk")
    return [access.placed(row) for row in rows[:most]]


def of_streams(streams: Sequence[str]) -> dict[str, Matter]:
    """Matters by their streams, whoever looks: the caller says who may know of them."""
    pks = [int(one.partition(":")[2]) for one in streams]
    rows = Matter.objects.filter(pk__in=pks).select_related("home")
    return {row.stream: row for row in rows}


def numbered(numbers: Sequence[str]) -> list[Matter]:
    """Matters by their numbers, newest first, whoever looks: the caller says which are public."""
    wanted = {n.strip().upper() for n in numbers}
    pks = [pk for n in wanted if (pk := number_pk(n)) is not None]
    rows = Matter.objects.filter(pk__in=pks).select_related("unit").order_by("-pk")
    return [m for m in rows if m.number in wanted]


def _searched(query: QuerySet[Matter], wanted: Filter, size: int) -> tuple[list[Matter], bool]:
    pk = number_pk(wanted.text)
    if pk is not None:
        found = [m for m in query.filter(pk=pk) if m.number == wanted.text.strip().upper()]
        if found:
            return found, False
    rows: list[Matter] = []
    hits = search.find("m", wanted.text)
    if wanted.before:
        hits = (pk for pk in hits if pk < wanted.before)
    looked = 0
    while len(rows) <= size and looked < SEARCH_DEPTH:
        group = list(islice(hits, 200))
        if not group:
            break
        looked += len(group)
        rows += list(query.filter(pk__in=group).order_by("-pk"))
    return rows[:size], len(rows) > size


def count(actor: Actor, wanted: Filter, cap: int = COUNT_CAP) -> int:
    """How many the list would show, counted up to `cap` so that a queue's badge stays cheap."""
    return counts(actor, [wanted], cap)[0]


def counts(
    actor: Actor, wanted: Sequence[Filter], cap: int = COUNT_CAP, *, sight: Q | None = None
) -> list[int]:
    """The same for several lists; what the actor may see is worked out once."""
    if not actor.may_scope("matters:read"):
        return [0] * len(wanted)
    condition = access.visible(actor) if sight is None else sight
    sql, params = _counting(actor, tuple(wanted), cap, condition)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchone())


@standing.kept
def _counting(
    actor: Actor, wanted: tuple[Filter, ...], cap: int, sight: Q
) -> tuple[str, tuple[Any, ...]]:
    """One statement for all counts; what a person sees by role is standing data, and so is it."""
    parts: list[str] = []
    params: list[Any] = []
    for one in wanted:
        rows = _narrow(Matter.objects.all(), actor, one).filter(sight).order_by().values("pk")
        sql, given = rows[:cap].query.sql_with_params()
        parts.append(COUNTED.format(rows=sql))
        params += given
    return "SELECT " + ", ".join(parts), tuple(params)


def by_ids(actor: Actor, ids: Sequence[int]) -> list[Matter]:
    """Those of the given matters that the actor may see, in the given order."""
    found = {m.pk: m for m in Matter.objects.filter(access.visible(actor), pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


@dataclass(frozen=True)
class Entry:
    """One line of a time line. `recorded` says when it was written, where that was not when it
    happened; `done_by` who wrote it, where it was not `who`. `inputs` are those that its reader may
    know; `data` is the rest of the event's open half."""

    seq: int
    at: datetime
    who: str
    type: str
    action: str
    inputs: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    moved_to: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    recorded: datetime | None = None
    done_by: str = ""


def _if_later(event: Event) -> datetime | None:
    """When it was recorded, where that is not about when it happened."""
    if event.recorded is None or abs(event.recorded - event.at) < NOTICEABLE:
        return None
    return event.recorded


def _for_sender(event: Event, content: dict[str, Any], kind: Kind) -> bool:
    action = kind.actions.get(content.get("action", ""))
    shown = event_type(event.type).shown == "sender"
    return shown and (event.type != "matter.acted" or bool(action and action.shown))


def shown_to_sender(matter: Matter) -> list[Event]:
    """The events of which the sender's time line tells, oldest first."""
    kind = programmes.spec_of(matter.release_id).kinds[matter.kind]
    return [one for one in history(matter.stream) if _for_sender(one, read(one), kind)]


@standing.kept
def _names(refs: frozenset[str]) -> dict[str, str]:
    pks = [int(r.partition(":")[2]) for r in refs if r.startswith("person:")]
    return {
        f"person:{pk}": name
        for pk, name in Person.objects.filter(pk__in=pks).values_list("pk", "name")
    }


def timeline(matter: Matter, reader: Actor) -> list[Entry]:
    """What happened, oldest first, to a reader who sees the matter: of what was filled in, what they may
    know (`access.reads`). The sender sees what concerns them, without notes, names of officials or
    internal steps. A constant number of queries."""
    for_sender = reader == SENDER
    events = history(matter.stream)
    names = {} if for_sender else _names(frozenset(r for e in events for r in (e.actor, e.done_by)))
    kind = programmes.spec_of(matter.release_id).kinds[matter.kind]
    entries = []
    theirs = set()
    for event in events:
        content = read(event)
        if for_sender and not _for_sender(event, content, kind):
            continue
        action, by = kind.actions.get(content.get("action", "")), (event.actor, event.done_by)
        if reader.ref not in by and attached.own(kind, action):
            continue
        private = content.pop("private", {})
        if reader.ref in by:
            theirs.add(event.seq)
        inputs = filled.read_by(reader, matter, event.type, {**content, "private": private}, by)
        unsaid = attached.unsaid(kind, action)
        entries.append(
            Entry(
                seq=event.seq,
                at=event.at,
                who=names.get(event.actor, event.actor.partition(":")[0]),
                recorded=_if_later(event),
                # Who of the house wrote it down is not the sender's to know.
                done_by=""
                if for_sender
                else names.get(event.done_by, event.done_by.partition(":")[0]),
                type=event.type,
                action=content.get("action", ""),
                inputs={name: value for name, value in inputs.items() if name not in unsaid},
                private={k: v for k, v in private.items() if k != "inputs"},
                moved_to=content.get("set", {}).get("state", ""),
                data={name: value for name, value in content.items() if name != "inputs"},
            )
        )
    return _seen_only(matter, reader, entries, theirs)


def _seen_only(
    matter: Matter, reader: Actor, entries: list[Entry], theirs: set[int]
) -> list[Entry]:
    """The entries without what names matters that the reader does not see, but for `theirs`."""

    def action_of(one: Entry) -> str:
        return "" if one.type == filled.OPENED else one.action

    others = [one for one in entries if one.inputs and one.seq not in theirs]
    seen = filled.seen_of(reader, matter, [(action_of(one), one.inputs) for one in others])
    told = {one.seq: filled.seen_only(matter, one.inputs, seen, action_of(one)) for one in others}
    return [replace(one, inputs=told.get(one.seq, one.inputs)) for one in entries]


def open_children(matter: Matter, *, beside: bool = False) -> list[Matter]:
    """Matters opened under this one, newest first; only those `beside` what rooms show of it
    themselves, which may be very many."""
    shown = attached.lists(matter) if beside else ()
    if not shown:
        return [access.placed(row) for row in _children(matter.pk)]
    rows = Matter.objects.filter(parent_id=matter.pk).exclude(kind__in=shown).order_by("-pk")
    return [access.placed(row) for row in rows]


def stood_for(matter: Matter) -> Person | None:
    """For whom the assignee of a matter stands in, if they do."""
    found = next((p.person_id for p in access.parties(matter) if p.role == standing_in.ROLE), None)
    one = standing_in.absence_of(found)
    return one.person if one is not None and one.stand_in_id == matter.assignee_id else None
