"""From template to draft: words may be edited, numbers only asked again."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.audit.api import Happening, change, create
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters.api import clean
from bihuan.kernel.programmes import api as programmes
from bihuan.language import redact
from bihuan.lib.catalogue import DEFAULT
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.bulletins.blocks import gather_blocks
from bihuan.outcomes.publicity.bulletins.layout_use import layout_of, printed_in
from bihuan.outcomes.publicity.bulletins.numbers import Gathered, Source, gather
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.bulletins.reading import draft_of, programme_of, senders
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.outcomes.publicity.models import Bulletin
from bihuan.rules import periods
from bihuan.rules.periods import Period
from bihuan.spec import tags

_DIGITS = re.compile(r"\d[\d,.]*")
# Dates, ordinals and years are words; any other digit is a number and needs a source.
_NO_NUMBER = re.compile(r"\d+(?=\s*[年月日时号条款])|第\s*\d+|\b(?:19|20)\d\d\b")


@transaction.atomic
def draft(
    programme: str,
    kind: str,
    org: Org,
    period: Period,
    *,
    actor: Actor,
    at: datetime,
    locale: str = DEFAULT,
) -> Bulletin:
    """A draft from the programme's template, with the numbers of now.

    Raises LookupError (no such bulletin), DeniedError, BulletinError (a period of another length, a
    missing figure, a block not for the public), InsightError (no facts): then nothing is written.
    """
    found = programme_of(programme)
    spec = BULLETINS.of(found)[kind]
    if not any(actor.has(role, org.path, programme) for role in spec.drafted_by):
        raise DeniedError("bulletins.draft")
    if period.grain != spec.grain:
        raise BulletinError("bulletins.wrong_grain", period=period.text)
    source = Source(found, spec, org, period, locale)
    text = words.of(found, f"bulletins.{kind}.text", locale)
    printed = printed_in(layout_of(programme, kind, org.path, timezone.localtime(at).date()))
    row = planned(source, kind, gather_all(source, text + printed, public=spec.public), at)
    row.hands = [actor.ref]
    return create(row, Happening("bulletin.drafted", at, actor.ref))


def gather_all(source: Source, text: str, *, public: bool) -> Gathered:
    """Numbers and blocks of a text, all of one state. Raises what `gather`, `gather_blocks` do."""
    found = gather(source, text)
    blocks = gather_blocks(source, text, public=public, horizon=found.horizon)
    return replace(found, blocks=blocks)


def planned(source: Source, kind: str, gathered: Gathered, at: datetime) -> Bulletin:
    """A bulletin in the words of its template, drafted at an instant and not written yet."""
    found, org, locale = source.programme, source.org, source.locale
    title = words.of(found, f"bulletins.{kind}.title", locale)
    return Bulletin(
        programme=found.id,
        kind=kind,
        org_id=org.pk,
        home_path=org.path,
        unit_name=org.name,
        period=source.period.text,
        locale=locale,
        public=source.spec.public,
        title=plain(title, org.name, words.period(source.period, locale)),
        text=words.of(found, f"bulletins.{kind}.text", locale),
        drafted_at=at,
        **_columns(gathered),
    )


def plain(title: str, unit: str, period: str) -> str:
    """A title with its names filled in; a title has no numbers."""
    return title.replace("{{unit}}", unit).replace("{{period}}", period)[:200]


def _columns(gathered: Gathered) -> dict[str, Any]:
    return {
        "numbers": gathered.numbers,
        "table": gathered.table,
        "chart": gathered.chart,
        "blocks": gathered.blocks,
        "horizon": gathered.horizon,
        "facts_hash": gathered.facts_hash,
    }


def source_of(row: Bulletin) -> Source:
    """What a bulletin's numbers are asked of, as its programme stands now."""
    found = programme_of(row.programme)
    org = orgs.org(row.org_id)
    return Source(found, BULLETINS.of(found)[row.kind], org, periods.parse(row.period), row.locale)


@transaction.atomic
def edit(pk: int, *, title: str, text: str, version: int, actor: Actor, at: datetime) -> Bulletin:
    """Changes the words of a draft; who wrote to the organisation is masked. A tag that is new is asked for, and all others with it, so that
    every number is of one state.

    Raises LookupError; BulletinError: no draft any more, changed since read, empty, a broken tag, a
    tag without a source, a number typed by hand.
    """
    row = draft_of(actor, pk)
    if row.version != version:
        raise BulletinError("bulletins.changed_since_read")
    known = senders(row)
    title, text = (redact.mask_among(clean(one), known) for one in (title, text))
    title = title[:200]
    if not title or not text:
        raise BulletinError("bulletins.empty")
    _check(row, text)
    _check(row, title)
    for name in tags.own_line():
        if f"{{{{{name}}}}}" in title:
            raise BulletinError("bulletins.tag_block", line=1, tag=f"{{{{{name}}}}}")
    values: dict[str, Any] = {"title": title, "text": text, "hands": _hands(row, actor)}
    new = {n.text for n in tags.numbers(text)} - set(row.numbers)
    if new or set(tags.blocks(text)) - set(row.blocks):
        if row.corrects:
            raise BulletinError("bulletins.unknown_tag", tag=text)
        asked = text + _printed(row, at)
        values |= _columns(gather_all(source_of(row), asked, public=row.public))
    return change(row, Happening("bulletin.edited", at, actor.ref, set=values))


@transaction.atomic
def refresh(pk: int, *, actor: Actor, at: datetime) -> Bulletin:
    """Asks for all numbers of a draft again. Raises what `draft` does; a correction keeps its own."""
    row = draft_of(actor, pk)
    if row.corrects:
        raise BulletinError("bulletins.correction_stands")
    asked = row.text + _printed(row, at)
    values = _columns(gather_all(source_of(row), asked, public=row.public)) | {
        "hands": _hands(row, actor)
    }
    return change(row, Happening("bulletin.edited", at, actor.ref, set=values))


def _printed(row: Bulletin, at: datetime) -> str:
    day = timezone.localtime(at).date()
    return printed_in(layout_of(row.programme, row.kind, row.home_path, day))


def _hands(row: Bulletin, actor: Actor) -> list[str]:
    return list(dict.fromkeys([*row.hands, actor.ref]))


def _check(row: Bulletin, text: str) -> None:
    for fault in tags.faults(text):
        raise BulletinError(f"bulletins.tag_{fault.kind}", line=fault.line, tag=fault.text)
    # What the template or the house itself wrote may stay.
    known = set(_DIGITS.findall(_words_only(_template(row))))
    for line, said in enumerate(text.splitlines(), 1):
        for typed in _DIGITS.findall(_words_only(said)):
            if typed not in known:
                raise BulletinError("bulletins.typed_number", line=line, number=typed)


def _template(row: Bulletin) -> str:
    found = programmes.known()
    texts = [p.strings[row.locale] for p in found if p.id == row.programme]
    return "\n".join(
        t.get(f"bulletins.{row.kind}.{part}", "") for t in texts for part in ("title", "text")
    )


def _words_only(text: str) -> str:
    said = "".join(one if isinstance(one, str) else " " for one in tags.pieces(text))
    return _NO_NUMBER.sub(" ", said)
