"""Entries of the mobile unit that could not be taken in: handed on by whoever entered them, registered
or dropped by whoever is in charge of the hall."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Id, Reason, Strict
from bihuan.api.matter_shapes import ContactIn, ContactOut
from bihuan.api.visits import PART, EntryIn, Step
from bihuan.kernel.afield import api as afield

READ, WRITE, REVEAL = "matters:read", "matters:write", "contacts:reveal"
router = Router(tags=["matters"])


class OutingRef(Schema):
    """The outing at which something was entered."""

    id: int
    org: shapes.Ref
    place: str
    day: date


class HeldEntry(Schema):
    """An entry that waits, without a word of it: who entered it, and where. `own`: the caller did;
    `in_charge`: the caller may open, register and drop it."""

    id: int
    key: str
    person: shapes.Ref
    visit: OutingRef
    own: bool
    in_charge: bool


class HeldList(Schema):
    items: list[HeldEntry]


class OpenedEntry(HeldEntry):
    """Its words as they were typed; `told` is why it could not be taken in, as its owner was told."""

    taken: datetime
    step: str
    service: int | None
    contact: ContactOut
    remark: str
    told: str


class EntryState(Schema):
    """What the house knows of an entry: `taken` in or `registered` under a number, `held` for
    whoever is in charge, or `dropped`."""

    key: str
    state: Literal["taken", "registered", "held", "dropped"]
    number: str


class WhichEntries(Schema):
    of: Literal["all", "own", "in_charge"] = "all"


class HandOnIn(EntryIn):
    """One's own as it was entered; `told` is why it was refused."""

    told: str = Field("", max_length=2000)


class GiveUpIn(Strict):
    """By its key and who entered it, the caller unless somebody else is named."""

    key: str = Field(pattern=r"^[!-~]{1,100}$")
    owner: Id | None = None
    reason: str = Field(max_length=1000)


class CorrectedIn(Strict):
    """What is registered in place of what was typed, at the hall `org`."""

    org: Id
    step: Step
    service: Id | None = None
    contact: ContactIn = ContactIn()
    remark: str = Field("", max_length=20_000)


def _held(row: afield.PhoneEntry, caller: int | None, charge: Collection[int]) -> dict[str, Any]:
    # A held one always has its outing.
    visit = row.visit
    assert visit is not None
    return {
        "id": row.pk,
        "key": row.key,
        "person": {"id": row.person_id, "name": row.person.name},
        "visit": {
            "id": visit.pk,
            "org": shapes.ref(visit.org),
            "place": visit.place,
            "day": visit.day,
        },
        "own": row.person_id == caller,
        "in_charge": row.pk in charge,
    }


def _state(row: afield.PhoneEntry) -> dict[str, Any]:
    number = row.matter.number if row.matter else ""
    return {"key": row.key, "state": row.state, "number": number}


@router.get("/entries", response={200: HeldList, **ERRORS}, operation_id="list_entries")
def list_entries(request: HttpRequest, wanted: Query[WhichEntries]) -> dict[str, Any]:
    """Those that wait, oldest first: which the caller entered, and which they are in charge of."""
    actor = base.who(request, READ)
    charge = {one.pk: one for one in afield.held(actor)}
    own = {one.pk: one for one in afield.own_held(actor)}
    rows = {"all": own | charge, "own": own, "in_charge": charge}[wanted.of]
    return {"items": [_held(rows[pk], actor.person_id, charge) for pk in sorted(rows)]}


@router.post("/entries/{pk}/open", response={200: OpenedEntry, **ERRORS}, operation_id="open_entry")
def open_entry(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """What was typed, for whoever is in charge; the log keeps that they looked."""
    actor = base.who(request, READ, REVEAL)
    row = afield.held_entry(pk, actor)
    found = afield.read_entry(pk, actor=actor, at=base.now())
    who = found.contact
    return {
        **_held(row, actor.person_id, {row.pk}),
        "taken": found.taken,
        "step": found.step,
        "service": found.service,
        "contact": {"name": who.name, "phone": who.phone, "email": who.email},
        "remark": found.remark,
        "told": row.told,
    }


@router.post(
    "/entries/{pk}/register",
    response={201: shapes.MatterRow, **ERRORS},
    operation_id="register_entry",
)
def register_entry(request: HttpRequest, pk: Id, given: CorrectedIn) -> Status[dict[str, Any]]:
    """Takes it in as corrected, at a hall where the caller may open it; it counts from when it was
    taken, and what was kept of it is erased."""
    afield.held_entry(pk, base.who(request, READ, WRITE))
    home = base.org_at(given.org, "org")
    actor = base.clerk(request, home, PART)
    corrected = afield.Corrected(
        step=given.step,
        service=given.service,
        contact=given.contact.person(),
        remark=given.remark,
    )
    found = afield.register_entry(pk, corrected, home, actor=actor, at=base.now())
    return Status(201, shapes.row(found))


@router.post("/entries/{pk}/drop", response={204: None, **ERRORS}, operation_id="drop_entry")
def drop_entry(request: HttpRequest, pk: Id, given: Reason) -> Status[None]:
    """It will not come in, and why; what was kept of it is erased."""
    actor = base.who(request, WRITE)
    afield.drop_entry(pk, given.reason, actor=actor, at=base.now())
    return Status(204, None)


@router.post(
    "/visits/{pk}/entries/hand-on",
    response={200: EntryState, **ERRORS},
    operation_id="hand_on_entry",
)
def hand_on_entry(request: HttpRequest, pk: Id, given: HandOnIn) -> dict[str, Any]:
    """Gives one that the caller entered, and that is refused, to whoever is in charge of the hall.
    One that they can correct is handed in again under its key instead."""
    actor = base.who(request, WRITE)
    entered = afield.Entered(
        key=given.key,
        visit=pk,
        taken=given.taken,
        step=given.step,
        service=given.service,
        contact=given.contact.person(),
        remark=given.remark,
    )
    return _state(afield.hand_on_own(entered, given.told, actor=actor, at=base.now()))


@router.post(
    "/visits/{pk}/entries/give-up",
    response={200: EntryState, **ERRORS},
    operation_id="give_up_entry",
)
def give_up_entry(request: HttpRequest, pk: Id, given: GiveUpIn) -> dict[str, Any]:
    """One that was never handed on is not to come in, and why: its owner says so, or whoever is in
    charge of the hall."""
    actor = base.who(request, WRITE)
    owner = base.person_at(given.owner or actor.person_id or 0, "owner").pk
    row = afield.give_up(given.key, owner, pk, given.reason, actor=actor, at=base.now())
    return _state(row)
