"""Opening a matter: the first event, the first clock, the query code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan.foundation.access.api import SENDER, SYSTEM, Actor
from bihuan.foundation.audit.api import create, earlier, on_behalf, vault
from bihuan.foundation.files import api as attachments
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.foundation.search import api as search
from bihuan.foundation.sql.statements import together
from bihuan.kernel.absences import standing_in
from bihuan.kernel.matters import (
    access,
    asked,
    attached,
    barring,
    burden,
    cleaning,
    complained,
    hands,
    hanging,
    inputs,
    openers,
    query_code,
    said,
    verbs,
)
from bihuan.kernel.matters.asked import Opened, Opening
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.matters.named_files import Sent
from bihuan.kernel.matters.repeating import event_key
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.receivers import api as receivers
from bihuan.lib.problems import InputError, NotAllowedError, ProblemError
from bihuan.spec import facets
from bihuan.spec.schema import Input, Kind

CONTACT_YEARS = 2
# How often somebody else may take the very place one is being given, before it is called full.
TRIES = 60
ORDERED_BY = "ordered_by"


def _row(
    opening: Opening, release_id: int, kind: Kind, subject: str, *, at: datetime, code: str
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
        code_index=query_code.code_index(code),
    )


def _parties(opening: Opening) -> dict[tuple[str, str], dict[str, Any] | None]:
    found: dict[tuple[str, str], dict[str, Any] | None] = {}
    for org in Org.objects.filter(pk__in=opening.named_orgs) if opening.named_orgs else ():
        where, held = barring.named_org(org)
        found[where] = held
    if opening.parent is not None:
        # Whoever may not see a matter may not see what is opened under it either.
        for party in Party.objects.filter(matter_id=opening.parent.pk, role__in=access.BARRED):
            found[("party", party.key)] = party.values()
    for person_id in opening.named_people:
        where, held = barring.named_person(person_id)
        found[where] = held
    for index, stored in enumerate(opening.files, 1):
        found[("file", f"open-{index}")] = stored.part()
    found.update(opening.parts)
    return found


def _asked(kind: Kind, actor: Actor) -> Mapping[str, Input]:
    return kind.asked(of_sender=actor == SENDER)


def _first_step(
    opening: Opening,
    held: programmes.Held,
    kind: Kind,
    row: Matter,
    *,
    actor: Actor,
    at: datetime,
    came: Sequence[str] | None = None,
) -> Step:
    values = inputs.take(_asked(kind, actor), opening.fields, Sent.opening(opening.files, came))
    if ORDERED_BY in kind.fields and actor.person_id is not None:
        # Others are recused by it, so nobody may write another's name there.
        values[ORDERED_BY] = actor.ref
    step = Step(row, held.programme, kind, actor, at, "open", values)
    step.know_local(row.home_path, held.rows)
    step.take_facts(kind.fields, values, {name: name for name in kind.fields})
    step.data |= burden.of_opening(opening, kind, held.programme, actor)
    if opening.origin:
        step.data["origin"] = dict(opening.origin)
    step.parts.update(_parties(opening))
    if not opening.anyones and not opening.origin:
        hands.keep_opener(step)
    attached.within(step)
    _stand_in(step, opening)
    verbs.apply(step, kind.on_open)
    for name, value in step.set.items():
        setattr(row, name, value)
    return step


def _with_named(opening: Opening, on: date) -> Opening:
    """The opening with whom the words name among those complained of."""
    words = cleaning.clean(opening.complained_of)
    if not words:
        return opening
    found = complained.named(words, opening.home, on)
    return replace(
        opening,
        complained_of=words,
        named_orgs=list(dict.fromkeys([*opening.named_orgs, *found.orgs])),
        named_people=list(dict.fromkeys([*opening.named_people, *found.people])),
    )


def _stand_in(step: Step, opening: Opening) -> None:
    """What is opened for somebody who is away is with who stands in, unless kept from them."""
    person_id = opening.assignee_id
    if person_id is None:
        return
    has_it = standing_in.in_place_of(person_id, step.day())
    held = [
        (part["person_id"], part["org_path"])
        for (name, _), part in step.parts.items()
        if name == "party" and part is not None and part["role"] in access.BARRED
    ]
    barred = access.barred_people(held, step.day())
    if has_it != person_id and has_it not in barred:
        step.set["assignee_id"] = has_it
        step.parts[standing_in.PART] = standing_in.party(person_id)
        step.data["stands_in"] = {"person": person_id, "stand_in": has_it}


def keep_until(at: datetime) -> date:
    """When a contact is forgotten unless the matter is still open then."""
    return timezone.localtime(at).date() + timedelta(days=365 * CONTACT_YEARS)


def _admitted(opening: Opening, actor: Actor, at: datetime) -> tuple[programmes.Held, Kind]:
    on = timezone.localtime(at).date()
    for name, place in (("home", opening.home), ("unit", opening.unit)):
        if place is not None and place.merged_into_id is not None:
            told = {"name": place.name, "now": orgs.successor(place).name}
            raise InputError({name: ("input.merged_org", told)})
    held = programmes.held(opening.programme, opening.home.path, on)
    programme = held.programme
    kind = programme.kinds.get(opening.kind)
    if kind is None:
        raise ProblemError("matters.unknown_kind", kind=opening.kind)
    if not openers.may_open(actor, kind, programme, opening.home.path):
        raise NotAllowedError("matters.may_not_open")
    # Whoever opens it as a member only does not say who is to handle it.
    elsewhere = opening.unit is not None and opening.unit.pk != opening.home.pk
    given = elsewhere and opening.parent is None and actor.person_id is not None
    if given and not openers.opens_by_role(actor, kind, programme, opening.home.path):
        raise NotAllowedError("matters.may_not_give")
    # Staff open where they themselves work; whoever sends, or has a table taken in, sends it to
    # somebody. What hangs under a matter comes to those who have that one.
    sent = (
        (actor.person_id is None or opening.anyones)
        and opening.parent is None
        and "sender" in kind.opened_by
    )
    if sent and not receivers.receives(opening.home, programme.id, on):
        raise InputError({"home": ("input.nobody_receives", {"name": opening.home.name})})
    if opening.anonymous and not kind.anonymous:
        raise ProblemError("matters.not_anonymous")
    return held, kind


def _said(opening: Opening, kind: Kind, actor: Actor) -> tuple[str, str, vault.Person]:
    # An application or a number says by its service what is wanted; a message has its words alone.
    alone = actor == SENDER and not kind.blocks
    about = (opening.subject, opening.body, opening.contact, opening.complained_of)
    # What a meeting or a plan is, its fields say: nobody writes its title twice.
    return said.take(*about, alone=alone, titled=facets.titled(kind))


def opening_key(opening: Opening, actor: Actor, key: str | None) -> str | None:
    """The key under which the log keeps an opening asked for with `key`."""
    gist = asked.gist(opening) if key is not None else ""
    who = SYSTEM.ref if opening.anyones else actor.ref
    return event_key(key, who, "open", opening.programme, opening.kind, gist)


def check_opening(opening: Opening, *, actor: Actor, at: datetime) -> None:
    """Raises what `open_matter` would raise, all bad fields at once, and leaves nothing behind."""
    held, kind = _admitted(opening, actor, at)
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    subject = ""
    try:
        subject, _, _ = _said(opening, kind, actor)
    except InputError as error:
        bad |= error.fields
    try:
        inputs.take(_asked(kind, actor), opening.fields, Sent.opening(opening.files))
    except InputError as error:
        bad |= error.fields
    if bad:
        raise InputError(bad)
    with transaction.atomic():
        row = _row(opening, held.base_id, kind, subject, at=at, code="")
        _first_step(opening, held, kind, row, actor=actor, at=at)
        transaction.set_rollback(True)


def open_matter(
    opening: Opening,
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
    then: Callable[[Matter], object] | None = None,
) -> Opened:
    """Opens a matter; with the same key twice, the second call returns the first's. `then` is done
    with a new one at once, in the same transaction: both or neither.

    Raises what `then` raises; InputError (every bad field), NotAllowedError, ProgrammeError (not in
    force there), ProblemError when the programme knows no such kind or does not admit anonymous
    senders.
    """
    refused: ProblemError | None = None
    for _ in range(TRIES):
        try:
            with on_behalf(actor.ref):
                return _open(opening, actor, at, key, then)
        except IntegrityError as error:
            refused = attached.collided(error)
            if refused is None:
                raise
    assert refused is not None
    raise refused


def _open(
    opening: Opening,
    actor: Actor,
    at: datetime,
    key: str | None,
    then: Callable[[Matter], object] | None,
) -> Opened:
    held, kind = _admitted(opening, actor, at)
    digest = opening_key(opening, actor, key)
    code = query_code.made(digest)
    subject, body, who = _said(opening, kind, actor)
    opening = _with_named(opening, timezone.localtime(at).date())
    came = [one.name for one in opening.files]
    if opening.anonymous:
        opening = replace(opening, files=attachments.unsigned(opening.files))
    try:
        with transaction.atomic():
            release_id = programmes.release_for(held, at=at, actor=SYSTEM.ref)
            row = _row(opening, release_id, kind, subject, at=at, code=code)
            step = _first_step(opening, held, kind, row, actor=actor, at=at, came=came)
            step.private["body"] = body
            if opening.complained_of:
                step.private["complained_of"] = opening.complained_of
            attachments.keep(opening.files)
            with together():
                create(row, step.happening("matter.opened", digest))
                if not opening.anonymous:
                    vault.store(row.stream, who, actor=actor.ref, at=at, keep_until=keep_until(at))
                # As the step left it: a number given at a hall stands in the subject.
                search.put_new("m", row.pk, row.subject, body)
                attached.written(step)
            if then is not None:
                _leave_known(step)
                then(row)
    except (IntegrityError, InputError):
        # The key is what may stand only once: then this request came before, or just now. What it
        # took then (the last place, say) is not there a second time.
        first = _opened_by(digest)
        if first is None:
            raise
        return Opened(first, query_code.again(digest or "", first, code), repeated=True)
    return Opened(row, code)


def _leave_known(step: Step) -> None:
    """Who takes the next step at once need not read what this one has just written."""
    row = step.matter
    parts = step.parts.items()
    row.known_parties = (
        row.version,
        [
            Party(stream=row.stream, key=key, matter_id=row.pk, **columns)
            for (name, key), columns in parts
            if name == "party" and columns is not None
        ],
    )
    row.known_clocks = (row.version, list(step.clocks().values()))


def opened_before(opening: Opening, actor: Actor, key: str) -> Matter | None:
    """The matter that the same opening with the same key became, if it came before."""
    return _opened_by(opening_key(opening, actor, key))


def _opened_by(digest: str | None) -> Matter | None:
    first = earlier(digest)
    return Matter.objects.get(pk=int(first.stream.partition(":")[2])) if first else None


def open_under(
    parent_id: int, opening: Opening, *, actor: Actor, at: datetime, key: str | None = None
) -> Opened:
    """Opens a matter under any other that the actor sees, which is none the wiser.

    Raises what open_matter raises, LookupError when the other is absent or hidden, and
    ProblemError when the kind is not for hanging under others.
    """
    parent = access.matter(actor, parent_id)
    kind = _admitted(opening, actor, at)[1]
    if not hanging.hangs(kind):
        raise ProblemError("matters.not_attachable")
    return open_matter(replace(opening, parent=parent), actor=actor, at=at, key=key)


@transaction.atomic
def open_under_each(
    parent_id: int,
    opening: Opening,
    units: Sequence[Org],
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> list[Opened]:
    """The same under one matter for each of several organisations: all of them, or none.

    Raises what open_under raises."""
    return [
        open_under(
            parent_id,
            # Typed once, for all of them.
            replace(opening, unit=unit, typed_by=SYSTEM.ref if nth else ""),
            actor=actor,
            at=at,
            key=f"{key}:{unit.pk}" if key else None,
        )
        for nth, unit in enumerate(units)
    ]


def open_child(
    step: Step,
    programme: str,
    kind: str,
    subject: str,
    fields: dict[str, Any],
    *,
    unit_id: int | None = None,
    person_id: int | None = None,
) -> Matter:
    """Opens a matter under the one of a step, in the same transaction; on the same unit and
    person, unless others are named."""
    parent = step.matter
    home = step.org(step.value("home_id"))
    held = programmes.held(programme, home.path, step.day()).programme
    if ORDERED_BY in held.kinds[kind].fields:
        fields[ORDERED_BY] = step.actor.ref
    elsewhere = unit_id is not None and unit_id != step.value("unit_id")
    opening = Opening(
        programme=programme,
        kind=kind,
        home=home,
        unit=step.org(unit_id or step.value("unit_id")),
        assignee_id=person_id or (None if elsewhere else step.value("assignee_id")),
        subject=f"{subject} {parent.number}",
        body=str(fields.pop("body", "") or subject),
        fields=fields,
        parent=parent,
    )
    return open_matter(opening, actor=SYSTEM, at=step.at).matter
