"""What the interface answers with."""

from datetime import date, datetime
from typing import Any

from ninja import Schema

from bihuan.api import asked, words
from bihuan.api.time_line import EntryOut, entry
from bihuan.foundation.access.api import SENDER, Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org, Person
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.clocks.api import Clock
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import attached, filled
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.merging import api as merging
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.kernel.values import api as values


class Ref(Schema):
    """Something named."""

    id: int
    name: str


class MatterRow(Schema):
    """A matter as lists show it. Instants are UTC; `due_at` is null when no clock runs."""

    id: int
    number: str
    version: int
    programme: str
    kind: str
    state: str
    phase: str
    subject: str
    home: Ref
    unit: Ref
    assignee: Ref | None
    category: str
    channel: str
    anonymous: bool
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    level: str
    paused: bool


class MatterPage(Schema):
    """A page; `before` (or `page`, when ordered by due date) asks for the next one."""

    items: list[MatterRow]
    more: bool
    before: int | None
    page: int | None


class RefusalOut(Schema):
    """Why an action is not possible now."""

    code: str
    message: str
    advice: str


class ActionOut(Schema):
    """An action the caller may take, or would be allowed to were it not for `refusal`."""

    id: str
    label: str
    inputs: dict[str, asked.InputOut]
    refusal: RefusalOut | None
    bulk: bool
    clause: str


class ClockOut(Schema):
    """A clock of a matter."""

    name: str
    role: str
    state: str
    started_at: datetime
    due_at: datetime
    level: str
    provisional: bool
    limit: int
    unit: str
    source: dict[str, Any]


class DayOut(Schema):
    """One day of an explanation: its place in the count, or the reason it does not count."""

    day: date
    counted: int | None
    reason: str
    provisional: bool


class ExplanationOut(ClockOut):
    """Why a due date is what it is. `days` is empty for limits in hours."""

    zone: str
    paused_now: bool
    extensions: list[dict[str, Any]]
    days: list[DayOut]


class FileOut(Schema):
    """An attachment; fetch it by its key."""

    key: str
    name: str
    mime: str
    size: int
    sha256: str
    internal: bool


class MatterOut(MatterRow):
    """A matter with everything the caller may see of it. `told` says its facts in words, by their
    types; `attached` what hangs on it, by the name of the facet or room."""

    facts: dict[str, Any]
    told: dict[str, str]
    parent: MatterRow | None
    children: list[MatterRow]
    merged_into: int | None
    merged_here: int
    has_contact: bool
    clocks: list[ClockOut]
    actions: list[ActionOut]
    timeline: list[EntryOut]
    files: list[FileOut]
    attached: dict[str, dict[str, Any]]


class OpenedOut(Schema):
    """A matter just opened. `code` is the sender's query code: it is shown only here."""

    id: int
    number: str
    code: str
    opened_at: datetime


class SenderView(Schema):
    """A matter as its sender sees it: no names of officials, no internal steps."""

    number: str
    programme: str
    kind: str
    state: str
    state_label: str
    phase: str
    opened_at: datetime
    due_at: datetime | None
    timeline: list[EntryOut]
    actions: list[ActionOut]


class OrgOut(Schema):
    """An organisation; `level` is the code of its type, `level_name` what that is called."""

    id: int
    name: str
    short: str
    code: str
    level: str
    level_name: str
    duties: str
    active: bool
    depth: int
    parent: int | None


class OrgProfile(OrgOut):
    """An organisation, and in `parts` what each room knows of it and the caller may see, by the room's
    name: `about` are the matters about it."""

    parts: dict[str, Any]


class PlaceOut(Schema):
    """Where somebody belongs, with the title of a post there."""

    org: Ref
    title: str


class PersonProfile(Schema):
    """A person, where they belong today, and in `parts` what each room knows of them and the caller may
    see, by the room's name: `about` are the matters about them."""

    id: int
    name: str
    active: bool
    places: list[PlaceOut]
    parts: dict[str, Any]


class PersonOut(Schema):
    """A person; `username` is null for who has no account, `active` whether they are of the house still."""

    id: int
    username: str | None
    name: str
    active: bool


def ref(found: Org | Person | None) -> dict[str, Any] | None:
    """A named thing, or nothing."""
    return None if found is None else {"id": found.pk, "name": found.name}


def row(found: Matter) -> dict[str, Any]:
    """A matter as a list shows it."""
    plain = (
        "version", "programme", "kind", "state", "phase", "subject", "category", "channel",
        "anonymous", "opened_at", "changed_at", "closed_at", "due_at", "level", "paused",
    )  # fmt: skip
    return {
        "id": found.pk,
        "number": found.number,
        "home": ref(found.home),
        "unit": ref(found.unit),
        "assignee": ref(found.assignee),
        **{name: getattr(found, name) for name in plain},
    }


def offered(found: Matter, actor: Actor, at: datetime, locale: str) -> list[dict[str, Any]]:
    """The actions the actor may take, refusals in words."""
    programme = programmes.spec_of(found.release_id)
    shown = []
    for one in matters.offered(found, actor, at):
        refusal = None
        if one.refusal is not None:
            message, _, advice = words.text(
                f"error.{one.refusal.key}", locale, **one.refusal.values
            ).partition("\n")
            refusal = {"code": one.refusal.key, "message": message, "advice": advice}
        shown.append(
            {
                "id": one.id,
                "label": words.of(programme, f"actions.{found.kind}.{one.id}", locale),
                "inputs": asked.inputs_out(
                    one.action.inputs, programme, locale, f"{found.kind}.{one.id}"
                ),
                "refusal": refusal,
                "bulk": one.action.bulk,
                "clause": one.action.clause,
            }
        )
    return shown


def clock(found: Clock) -> dict[str, Any]:
    """A clock."""
    return {
        "name": found.key,
        "role": found.role,
        "state": found.state,
        "started_at": found.started_at,
        "due_at": found.due_at,
        "level": found.level,
        "provisional": found.provisional,
        "limit": found.n,
        "unit": found.unit,
        "source": found.source,
    }


def explanation(found: Clock) -> dict[str, Any]:
    """A clock with the days that make up its date."""
    told = clocks.explain(found)
    return {
        **clock(found),
        "zone": told.zone,
        "paused_now": told.paused_now,
        "extensions": told.extensions,
        "days": [
            {
                "day": d.day,
                "counted": d.counted,
                "reason": d.reason,
                "provisional": d.provisional,
            }
            for d in told.days
        ],
    }


def matter(found: Matter, actor: Actor, at: datetime, locale: str) -> dict[str, Any]:
    """A matter in full, for somebody who was found to see it."""
    parent, into = found.parent, found.merged_into
    spec, tongue = programmes.spec_of(found.release_id), words.tongue(locale)
    entries = matters.timeline(found, actor)
    said = values.all_told(spec, found.kind, values.held(found, actor, entries), tongue)
    return {
        **row(found),
        "facts": filled.facts(actor, found),
        "told": {one.name: one.text for one in said},
        "parent": row(parent) if parent and matters.sees(actor, parent) else None,
        "children": [
            row(c) for c in matters.open_children(found, beside=True) if matters.sees(actor, c)
        ],
        "merged_into": into.pk if into and matters.sees(actor, into) else None,
        "merged_here": merging.merged_here(found),
        "has_contact": senders.may_contact(actor, found) and vault.has(found.stream),
        "clocks": [clock(c) for _, c in sorted(clocks.of(found.stream).items())],
        "actions": offered(found, actor, at, locale),
        "timeline": [entry(e, found, tongue) for e in entries],
        "files": [
            {
                "key": f.key,
                "name": f.name,
                "mime": f.mime,
                "size": f.size,
                "sha256": f.sha256,
                "internal": f.internal,
            }
            for f in files.of(found.stream)
        ],
        "attached": attached.shown(found, actor, at),
    }


def for_sender(found: Matter, actor: Actor, at: datetime, locale: str) -> dict[str, Any]:
    """A matter as its sender sees it."""
    programme = programmes.spec_of(found.release_id)
    return {
        "number": found.number,
        "programme": found.programme,
        "kind": found.kind,
        "state": found.state,
        "state_label": words.of(programme, f"states.{found.kind}.{found.state}", locale),
        "phase": found.phase,
        "opened_at": found.opened_at,
        "due_at": found.due_at,
        "timeline": [
            entry(e, found, words.tongue(locale)) for e in matters.timeline(found, SENDER)
        ],
        "actions": [one for one in offered(found, actor, at, locale) if one["refusal"] is None],
    }


def org(found: Org, locale: str) -> dict[str, Any]:
    """An organisation, its type with its name in a language."""
    above = orgs.parent_of(found)
    plain = ("name", "short", "code", "level", "duties", "active", "depth")
    return {
        "id": found.pk,
        "parent": above.pk if above else None,
        "level_name": org_types.called(found.level, english=locale == "en"),
        **{name: getattr(found, name) for name in plain},
    }


def person(found: Person) -> dict[str, Any]:
    """A person."""
    return {
        "id": found.pk,
        "username": found.username,
        "name": found.name,
        "active": found.is_active,
    }
