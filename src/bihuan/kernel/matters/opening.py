"""Opening a matter: the first event, the first clock, the query code."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import RepeatedError, create, earlier, vault
from bihuan.foundation.files.api import Stored
from bihuan.foundation.orgs.api import Org
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import access, inputs, verbs
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.problems import InputError, MatterError, NotAllowedError
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.lib import codes
from bihuan.spec.schema import Input, Kind, Programme

SUBJECT = Input(type="text", max=200)
BODY = Input(type="longtext", required=True, max=20_000)
NAME = Input(type="text", max=60)
PHONE = Input(type="text", max=30)
EMAIL = Input(type="text", max=120)
SUBJECT_FROM_BODY = 40
CONTACT_YEARS = 2


@dataclass(frozen=True)
class Opening:
    """What is opened. `fields` are the kind's own; `named_*` are complained of and kept away."""

    programme: str
    kind: str
    home: Org
    body: str
    subject: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    contact: vault.Person = field(default_factory=vault.Person)
    anonymous: bool = False
    files: Sequence[Stored] = ()
    unit: Org | None = None
    assignee_id: int | None = None
    parent: Matter | None = None
    named_orgs: Sequence[int] = ()
    named_people: Sequence[int] = ()


@dataclass(frozen=True)
class Opened:
    """The matter and the code by which its sender follows it."""

    matter: Matter
    code: str
    repeated: bool = False


def _digest_key(key: str | None, *parts: str) -> str | None:
    if key is None:
        return None
    return codes.blind(settings.SECRETS["blind"].encode(), "|".join([*parts, key]))


def event_key(key: str | None, *parts: str) -> str | None:
    """An idempotency key as the log keeps it: bound to who used it and for what."""
    return _digest_key(key, *parts)


def _code(digest: str | None) -> str:
    # From the request's own key: a retried request gets the same code without its being stored.
    label = digest or secrets.token_hex(32)
    return codes.derive(settings.SECRETS["code"].encode(), label)


def _texts(opening: Opening) -> tuple[str, str, vault.Person]:
    declared = {"subject": SUBJECT, "body": BODY, "name": NAME, "phone": PHONE, "email": EMAIL}
    given = {
        "subject": opening.subject,
        "body": opening.body,
        "name": opening.contact.name,
        "phone": opening.contact.phone,
        "email": opening.contact.email,
    }
    taken = inputs.take(declared, given)
    email = taken.get("email", "")
    if email and ("@" not in email or email.startswith("@") or " " in email):
        raise InputError({"email": ("input.not_an_email", {})})
    phone = taken.get("phone", "")
    if phone and not any(c.isdigit() for c in phone):
        raise InputError({"phone": ("input.not_a_phone", {})})
    subject = taken.get("subject") or " ".join(taken["body"].split())[:SUBJECT_FROM_BODY]
    who = vault.Person(taken.get("name", ""), phone, email)
    return subject, taken["body"], who


def _row(
    opening: Opening, release_id: int, kind: Kind, subject: str, at: datetime, code: str
) -> Matter:
    unit = opening.unit or opening.home
    return Matter(
        programme=opening.programme,
        release_id=release_id,
        kind=opening.kind,
        prefix=kind.prefix,
        state=kind.initial,
        phase=kind.states[kind.initial].phase,
        home=opening.home,
        home_path=opening.home.path,
        unit=unit,
        unit_path=unit.path,
        assignee_id=opening.assignee_id,
        subject=subject,
        anonymous=opening.anonymous,
        opened_at=at,
        changed_at=at,
        parent=opening.parent,
        code_index=access.code_index(code),
    )


def _parties(opening: Opening) -> dict[tuple[str, str], dict[str, Any] | None]:
    found: dict[tuple[str, str], dict[str, Any] | None] = {}
    for org in Org.objects.filter(pk__in=opening.named_orgs) if opening.named_orgs else ():
        found[("party", f"named-org-{org.pk}")] = {
            "role": "named",
            "person_id": None,
            "org_id": org.pk,
            "org_path": org.path,
        }
    for person_id in opening.named_people:
        found[("party", f"named-person-{person_id}")] = {
            "role": "named",
            "person_id": person_id,
            "org_id": None,
            "org_path": "",
        }
    for index, stored in enumerate(opening.files, 1):
        found[("file", f"open-{index}")] = stored.part()
    return found


def _first_step(
    opening: Opening, programme: Programme, kind: Kind, row: Matter, actor: Actor, at: datetime
) -> Step:
    values = inputs.take(kind.fields, opening.fields)
    step = Step(row, programme, kind, actor, at, "open", values)
    step.take_facts(kind.fields, values)
    step.parts.update(_parties(opening))
    verbs.apply(step, kind.on_open)
    for name, value in step.set.items():
        setattr(row, name, value)
    return step


def keep_until(at: datetime) -> date:
    """When a contact is forgotten unless the matter is still open then."""
    return timezone.localtime(at).date() + timedelta(days=365 * CONTACT_YEARS)


def open_matter(
    opening: Opening, *, actor: Actor, at: datetime, key: str | None = None
) -> Opened:
    """Opens a matter; with the same key twice, the second call returns the first's.

    Raises InputError (every bad field), NotAllowedError, ProgrammeError (not in force there),
    MatterError when the programme knows no such kind or does not admit anonymous senders.
    """
    on = timezone.localtime(at).date()
    force = programmes.in_force(opening.programme, opening.home.path, on)
    programme = programmes.spec_of(force.release_id)
    kind = programme.kinds.get(opening.kind)
    if kind is None:
        raise MatterError("matters.unknown_kind", kind=opening.kind)
    if not access.may_open(actor, kind, programme, opening.home.path):
        raise NotAllowedError("matters.may_not_open")
    if opening.anonymous and not kind.anonymous:
        raise MatterError("matters.not_anonymous")
    digest = event_key(key, actor.ref, "open", opening.programme, opening.kind)
    code = _code(digest)
    first = earlier(digest)
    if first is not None:
        return Opened(_of_stream(first.stream), code, repeated=True)
    subject, body, who = _texts(opening)
    row = _row(opening, force.release_id, kind, subject, at, code)
    try:
        with transaction.atomic():
            step = _first_step(opening, programme, kind, row, actor, at)
            step.private["body"] = body
            create(row, step.happening("matter.opened", digest))
            if not opening.anonymous:
                vault.store(
                    row.stream, who, actor=actor.ref, at=at, keep_until=keep_until(at)
                )
            search.put_new("m", row.pk, subject, body)
            step.follow_up()
    except RepeatedError as repeated:
        return Opened(_of_stream(repeated.event.stream), code, repeated=True)
    return Opened(row, code)


def _of_stream(stream: str) -> Matter:
    return Matter.objects.get(pk=int(stream.partition(":")[2]))


def open_child(step: Step, programme: str, kind: str, subject: str, fields: dict[str, Any]) -> Matter:
    """Opens a matter under the one of a step, in the same transaction, on the same unit."""
    parent = step.matter
    home = Org.objects.get(pk=step.value("home_id"))
    opening = Opening(
        programme=programme,
        kind=kind,
        home=home,
        unit=Org.objects.get(pk=step.value("unit_id")),
        assignee_id=step.value("assignee_id"),
        subject=f"{subject} {parent.number}",
        body=str(fields.pop("body", "") or subject),
        fields={**fields, "ordered_by": step.actor.ref},
        parent=parent,
    )
    return open_matter(opening, actor=SYSTEM, at=step.at).matter
