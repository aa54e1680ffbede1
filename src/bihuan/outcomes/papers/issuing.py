"""Somebody issues a paper of a matter: numbered, kept with what it says, checkable; or withdraws it."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone, translation

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import ConflictError, Happening, change, create, earlier
from bihuan.kernel.matters import access
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, clean
from bihuan.kernel.matters.repeating import event_key
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import InputError, NotAllowedError
from bihuan.outcomes.papers import events, proving, words
from bihuan.outcomes.papers.composing import Asked, about, composed
from bihuan.outcomes.papers.declared import PAPERS
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.outcomes.papers.problems import PaperError
from bihuan.outcomes.papers.reading import may_withdraw, paper
from bihuan.outcomes.papers.sheets.sheet import size_on_card

_TRIES = 5


def issue(
    matter: int,
    name: str,
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
    locale: str = DEFAULT,
) -> IssuedPaper:
    """Issues the paper `name` of a matter; one that stands is replaced, where it is not issued once. The
    same request sent twice gives the same paper.

    Raises LookupError (no such matter or paper), NotAllowedError, PaperError (not in this state, one
    stands, nothing to say, too long for its size), ConflictError.
    """
    for _ in range(_TRIES):
        try:
            return _issued(matter, name, actor, at, key=key, locale=locale)
        except (ConflictError, IntegrityError):
            # Somebody took the number, the place or the matter's next step at this moment.
            continue
    try:
        return _issued(matter, name, actor, at, key=key, locale=locale)
    except IntegrityError:
        raise ConflictError(f"{Matter.STREAM}:{matter}") from None


@transaction.atomic
def _issued(
    pk: int, name: str, actor: Actor, at: datetime, *, key: str | None, locale: str
) -> IssuedPaper:
    found = matters.matter(actor, pk)
    programme = programmes.spec_of(found.release_id)
    spec = PAPERS.of(programme).get(name)
    if spec is None or spec.of != found.kind:
        raise LookupError(name)
    digest = event_key(key, actor.ref, "paper", f"{pk}", name)
    done = earlier(digest)
    if done is not None:
        return IssuedPaper.objects.get(pk=int(done.stream.partition(":")[2]))
    if not access.may_act(actor, found, spec, programme):
        raise NotAllowedError("papers.may_not_issue")
    if found.state not in spec.states(programme.kinds[found.kind]):
        raise PaperError("papers.not_now")
    at = max(at, found.changed_at)
    slot = f"{pk}:{name}"
    stands = IssuedPaper.objects.filter(slot=slot).first()
    if stands is not None and spec.once:
        raise PaperError("papers.stands", number=stands.number)
    asked = Asked(found, programme, name, spec, actor, at, locale)
    row = _numbered(asked, slot)
    if stands is not None:
        ended = {"state": "replaced", "slot": None, "ended_at": at}
        change(stands, Happening(events.REPLACED, at, actor.ref, set=ended))
        row.replaces = stands.pk
    row = create(row, Happening(events.ISSUED, at, actor.ref, key=digest))
    data = {"paper": row.pk, "number": row.number}
    told = Happening(events.OF_MATTER, at, actor.ref, set={"changed_at": at}, data=data)
    change(found, told)
    return row


def _numbered(asked: Asked, slot: str) -> IssuedPaper:
    """The paper as it will be written, under the next number of its organisation and year."""
    found, at = asked.matter, asked.at
    year = timezone.localtime(at).year
    same = IssuedPaper.objects.filter(org_id=found.home_id, year=year)
    serial = (same.aggregate(n=Max("serial"))["n"] or 0) + 1
    series = asked.text("series")
    number = words.text("number", asked.locale, series=series, year=year, serial=serial)
    with translation.override(asked.locale.lower()):
        content = composed(asked, number)
    _check(content)
    seed, digest = proving.new()
    party = about(found)
    return IssuedPaper(
        programme=asked.programme.id,
        paper=asked.paper,
        matter_id=found.pk,
        under_id=found.parent_id,
        release_id=found.release_id,
        org_id=found.home_id,
        person_id=party.person_id if party is not None else None,
        locale=asked.locale,
        title=content["title"],
        content=content,
        year=year,
        serial=serial,
        number=number,
        issued_at=at,
        issued_by=asked.actor.ref,
        slot=slot,
        seed=seed,
        digest=digest,
    )


def _check(content: dict[str, Any]) -> None:
    if not content["title"] or not content["blocks"]:
        raise PaperError("papers.nothing_to_say")
    if content["page"] == "card" and size_on_card(_texts(content)) is None:
        raise PaperError("papers.too_long", length=sum(map(len, _texts(content))))


def _texts(content: dict[str, Any]) -> list[str]:
    """The lines of a card: rows of a table are one each."""
    return [
        text
        for block in content["blocks"]
        for text in ([block["text"]] if block["text"] else map(" ".join, block["rows"]))
    ]


@transaction.atomic
def withdraw(pk: int, reason: str, *, actor: Actor, at: datetime) -> IssuedPaper:
    """Takes a paper back: whoever checks it is told that it no longer holds. Its number is not used again.

    Raises LookupError, NotAllowedError, InputError (no reason), PaperError (it stands no more),
    ConflictError.
    """
    row, found = paper(pk, actor=actor)
    if not may_withdraw(row, found, actor):
        raise NotAllowedError("papers.may_not_issue")
    if row.state != "issued":
        raise PaperError(f"papers.is_{row.state}", number=row.number)
    why = clean(reason)[:300]
    if not why:
        raise InputError({"reason": ("input.required", {})})
    at = max(at, found.changed_at)
    ended = {"state": "withdrawn", "slot": None, "ended_at": at, "withdrawn_why": why}
    change(row, Happening(events.WITHDRAWN, at, actor.ref, set=ended))
    data = {"paper": row.pk, "number": row.number}
    told = Happening(events.WITHDRAWN_OF_MATTER, at, actor.ref, set={"changed_at": at}, data=data)
    change(found, told)
    return row
