"""A second person issues: numbered, frozen, kept as Word and PDF; or withdraws, with a reason."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.audit.api import ConflictError, Happening, change
from bihuan.foundation.files import api as files
from bihuan.foundation.files.api import Stored
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters.api import clean
from bihuan.kernel.programmes import duties
from bihuan.language import redact
from bihuan.lib import canonical
from bihuan.outcomes.press.blocks import MIMES
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.bulletins.blocks import words_of
from bihuan.outcomes.publicity.bulletins.layout_use import layout_file, layout_of
from bihuan.outcomes.publicity.bulletins.papers import press
from bihuan.outcomes.publicity.bulletins.papers.paper import compose, filling
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.bulletins.reading import (
    corrected,
    draft_of,
    may_issue,
    programme_of,
    read,
    senders,
)
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.outcomes.publicity.models import Bulletin, Layout
from bihuan.rules import periods


def issue(pk: int, *, version: int, actor: Actor, at: datetime) -> Bulletin:
    """Issues the draft that was read as `version`.

    Raises LookupError; DeniedError when the actor drafted or edited it, or has no role for it;
    BulletinError: no draft, changed since read, its period is not over, it names who wrote, its layout's file is damaged; ConflictError when
    somebody took the number first.
    """
    row = draft_of(actor, pk)
    if not may_issue(actor, row):
        raise DeniedError("bulletins.issue")
    if row.version != version:
        raise BulletinError("bulletins.changed_since_read")
    day = timezone.localtime(at).date()
    if day < periods.parse(row.period).after:
        raise BulletinError("bulletins.period_open", last=periods.parse(row.period).last)
    left = redact.find_among(f"{row.title}\n{row.text}\n{words_of(row.blocks)}", senders(row))
    if left:
        named = "、".join(dict.fromkeys(one.text for one in left))
        raise BulletinError("bulletins.known_left", words=named)
    _number(row, day.year)
    row.state, row.issued_at, row.issued_by = "issued", at, actor.ref
    # Printed before anything is written: a paper that cannot be made leaves a draft behind.
    layout = _layout(row, at)
    kept = _printed(row, layout)
    frozen = canonical.digest(
        canonical.dumps(
            [row.title, row.text, row.numbers, row.table, row.chart]
            + ([row.blocks] if row.blocks else [])
        )
    )
    names = ("state", "issued_at", "issued_by", "year", "serial", "number")
    # The leaders find it in their inbox, and in the digest that goes to their phones.
    leaders = duties.holders(row.programme, row.home_path, day, "lead")
    telling = notify.told(leaders, "notice.bulletin_issued")
    happening = Happening(
        "bulletin.issued",
        at,
        actor.ref,
        set={name: getattr(row, name) for name in names},
        parts={("file", ending): one.part() for ending, one in kept.items()},
        data={
            "frozen": frozen,
            "horizon": row.horizon,
            "facts_hash": row.facts_hash,
            "layout": layout.stream if layout else "",
            **telling,
        },
    )
    try:
        with transaction.atomic():
            files.keep(list(kept.values()))
            change(row, happening)
            told = {"number": row.number, "title": row.title}
            notify.tell_told(row, telling, at=at, ref=row.stream, **told)
            return row
    except IntegrityError:
        raise ConflictError(row.stream) from None


def _number(row: Bulletin, year: int) -> None:
    same = Bulletin.objects.filter(
        org_id=row.org_id, programme=row.programme, kind=row.kind, year=year
    )
    row.year, row.serial = year, (same.aggregate(n=Max("serial"))["n"] or 0) + 1
    series = words.of(programme_of(row.programme), f"bulletins.{row.kind}.series", row.locale)
    row.number = words.text("number", row.locale, series=series, year=year, serial=row.serial)


def as_word(row: Bulletin, at: datetime) -> bytes:
    """A bulletin as its Word file would be if it were issued at this moment: in the layout in use,
    or in the house's own. Raises BulletinError when the layout's file is damaged."""
    return _word(row, _layout(row, at))


def _layout(row: Bulletin, at: datetime) -> Layout | None:
    day = timezone.localtime(at).date()
    return None if row.corrects else layout_of(row.programme, row.kind, row.home_path, day)


def _word(row: Bulletin, layout: Layout | None) -> bytes:
    if layout is None:
        return press.word(compose(row, corrected(row)))
    return press.fill(layout_file(layout), filling(row, layout.figures))


def _printed(row: Bulletin, layout: Layout | None) -> dict[str, Stored]:
    """The papers: Word in the layout, PDF in the house's own."""
    word, pdf = _word(row, layout), press.pdf(compose(row, corrected(row)))
    found = {}
    for ending, content in (("docx", word), ("pdf", pdf)):
        digest = hashlib.sha256(content).hexdigest()
        name = f"{row.number}.{ending}"
        found[ending] = Stored(name, MIMES[ending], len(content), digest, content)
    return found


@transaction.atomic
def withdraw(pk: int, reason: str, *, actor: Actor, at: datetime) -> Bulletin:
    """Takes an issued bulletin back; the reason stands in its place. Its number is not used again.

    Raises LookupError, DeniedError, BulletinError (not issued, no reason).
    """
    row = read(actor, pk)
    spec = BULLETINS.of(programme_of(row.programme))[row.kind]
    if not any(actor.has(role, row.home_path, row.programme) for role in spec.issued_by):
        raise DeniedError("bulletins.withdraw")
    if row.state != "issued":
        raise BulletinError("bulletins.not_issued")
    reason = redact.mask_among(clean(reason), senders(row))[:300]
    if not reason:
        raise BulletinError("bulletins.reason_missing")
    values = {"state": "withdrawn", "withdrawn_at": at, "withdrawn_why": reason}
    return change(row, Happening("bulletin.withdrawn", at, actor.ref, set=values))
