"""Layouts 版式: uploaded, looked at, put in use from a day, ended. Nothing broken is kept."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.audit.api import ConflictError, Happening, change, create
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters.api import clean
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.bulletins.blocks import is_silent
from bihuan.outcomes.publicity.bulletins.layout_use import FILE, in_words, layout_file, printed_in
from bihuan.outcomes.publicity.bulletins.numbers import Source
from bihuan.outcomes.publicity.bulletins.papers import press
from bihuan.outcomes.publicity.bulletins.papers.layouts.allowed import Allowed
from bihuan.outcomes.publicity.bulletins.papers.layouts.faults import Fault, LayoutError
from bihuan.outcomes.publicity.bulletins.papers.paper import filling
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.bulletins.reading import Offer, programme_of
from bihuan.outcomes.publicity.bulletins.sampling import previewed, sample_of
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.outcomes.publicity.models import Layout
from bihuan.rules.periods import Grain, Period
from bihuan.rules.spans import MeetsError, Span, followed
from bihuan.spec import tags
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS

NAME_LONGEST = 80


@dataclass(frozen=True)
class Proof:
    """A layout with a paper in it; `sample` when its numbers are none."""

    name: str
    content: bytes
    sample: bool


def layout_offers(actor: Actor) -> list[Offer]:
    """The kinds of bulletins whose layouts the actor keeps, and for which organisations: those of
    whom they issue such bulletins."""
    found = []
    for programme in programmes.known():
        for kind in BULLETINS.of(programme):
            places = [
                org
                for org in insight.scopes(actor, programme)
                if _may_keep(actor, programme.id, kind, org)
            ]
            if places:
                found.append(Offer(programme, kind, places))
    return found


def _may_keep(actor: Actor, programme: str, kind: str, org: Org) -> bool:
    spec = BULLETINS.of(programme_of(programme)).get(kind)
    return (
        spec is not None
        and actor.may_scope("matters:write")
        and any(actor.has(role, org.path, programme) for role in spec.issued_by)
    )


def layouts(actor: Actor) -> list[Layout]:
    """The layouts the actor keeps, newest first."""
    rows = list(Layout.objects.order_by("-pk"))
    places = {org.pk: org for org in orgs.orgs_of({row.org_id for row in rows})}
    return [row for row in rows if _may_keep(actor, row.programme, row.kind, places[row.org_id])]


def layout(actor: Actor, pk: int) -> Layout:
    """One layout. Raises LookupError for whoever does not keep it."""
    row = Layout.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None or not _may_keep(actor, row.programme, row.kind, orgs.org(row.org_id)):
        raise LookupError(pk)
    return row


def _source(programme: str, kind: str, org: Org, period: Period) -> Source:
    found = programme_of(programme)
    return Source(found, BULLETINS.of(found)[kind], org, period, DEFAULT)


def _allowed(source: Source) -> Allowed:
    own = source.programme.id
    figures = {
        one.id if one.programme.id == own else f"{one.programme.id}.{one.id}": words.of(
            one.programme, one.title_key, source.locale
        )
        for one in insight.definitions()
    }
    may = {name: one.public or not source.spec.public for name, one in BULLETIN_BLOCKS.items()}
    return Allowed(figures, bool(source.spec.table), source.spec.chart is not None, may)


def newest_period(programme: str, kind: str, on: date) -> Period:
    """The newest period of a kind's length that is over; for any days, the last month."""
    grain = Grain(BULLETINS.of(programme_of(programme))[kind].grain)
    last = Period.of(Grain.MONTH if grain is Grain.FREE else grain, on).before()
    return Period(grain, last.start, last.after)


def starting_layout(actor: Actor, programme: str, kind: str, org: Org, at: datetime) -> bytes:
    """The house's own layout as a Word file with tags, to begin with.

    Raises LookupError (no such bulletin), DeniedError.
    """
    if not _may_keep(actor, programme, kind, org):
        raise DeniedError("layouts")
    return press.start(words.text("definitions", DEFAULT), org.name, at)


def upload_layout(
    programme: str, kind: str, org: Org, name: str, content: bytes, *, actor: Actor, at: datetime
) -> Layout:
    """Examines a Word file and keeps it as the next edition, not in use yet. The same file again
    is the same edition.

    Raises LookupError (no such bulletin), DeniedError; LayoutError with everything that is wrong
    (then nothing is kept); BulletinError without a name; ConflictError when somebody uploaded at
    the same time.
    """
    if not _may_keep(actor, programme, kind, org):
        raise DeniedError("layouts")
    day = timezone.localtime(at).date()
    source = _source(programme, kind, org, newest_period(programme, kind, day))
    name = clean(name)[:NAME_LONGEST]
    if not name:
        raise BulletinError("layouts.name_missing")
    figures = _examined(source, kind, content, at)
    rows = Layout.objects.filter(programme=programme, kind=kind, org_id=org.pk)
    last = rows.order_by("-edition").first()
    digest = hashlib.sha256(content).hexdigest()
    if last and last.end is None and files.find(last.stream, FILE).sha256 == digest:
        return last
    stored = files.accept(f"{name}.docx", content)
    row = Layout(
        programme=programme,
        kind=kind,
        org_id=org.pk,
        edition=(rows.aggregate(n=Max("edition"))["n"] or 0) + 1,
        name=name,
        figures=figures,
        uploaded_at=at,
        uploaded_by=actor.ref,
    )
    try:
        with transaction.atomic():
            files.keep([stored])
            parts = {("file", FILE): stored.part()}
            return create(row, Happening("layout.uploaded", at, actor.ref, parts=parts))
    except IntegrityError:
        raise ConflictError(Layout.STREAM) from None


def _examined(source: Source, kind: str, content: bytes, at: datetime) -> list[str]:
    """The figures and blocks a file prints, when a paper can be set in it. Raises LayoutError."""
    found: list[str] = press.examine(content, _allowed(source))
    placed = [tag for tag in found if (name := tags.block_of(tag)) and is_silent(name, source)]
    if placed:
        faults = [Fault("nothing", f"{{{{{tag}}}}}") for tag in placed]
        raise LayoutError("layouts.refused", faults)
    press.fill(content, filling(sample_of(source, kind, in_words(found), at), found))
    return found


def layout_proof(actor: Actor, pk: int, period: Period, at: datetime) -> Proof:
    """A layout with the bulletin of a period in it, its figures as they are now; with a sample's
    words for them while there are no facts.

    Raises LookupError, BulletinError (a period of another length, a damaged file).
    """
    row = layout(actor, pk)
    source = _source(row.programme, row.kind, orgs.org(row.org_id), period)
    if period.grain != source.spec.grain:
        raise BulletinError("bulletins.wrong_grain", period=period.text)
    found = previewed(source, row.kind, printed_in(row), at)
    content = press.fill(layout_file(row), filling(found.row, row.figures))
    return Proof(f"{found.row.title}.docx", content, found.sample)


@transaction.atomic
def start_layout(pk: int, on: date | None, *, version: int, actor: Actor, at: datetime) -> Layout:
    """Puts a layout in use from a day on; one in use without an end, of the same place and kind,
    ends there.

    Raises LookupError; BulletinError: changed since read, in use or ended already, no day or one
    that is over, a use that meets another's (`rules.spans`); LayoutError when its figures are gone meanwhile.
    """
    row = _read(actor, pk, version)
    today = timezone.localtime(at).date()
    if row.state(today) not in ("new", "planned"):
        raise BulletinError("layouts.begun", name=row.name)
    on = _day(on, today)
    same = Layout.objects.filter(programme=row.programme, kind=row.kind, org_id=row.org_id)
    used = [(one, Span(one.start, one.end)) for one in same.exclude(pk=pk) if one.start]
    try:
        other = followed(Span(on), used)
    except MeetsError as error:
        raise BulletinError(error.key, **error.values) from error
    if other is not None:
        change(other, Happening("layout.ended", at, actor.ref, set={"end": on}))
    source = _source(
        row.programme, row.kind, orgs.org(row.org_id), newest_period(row.programme, row.kind, today)
    )
    _examined(source, row.kind, layout_file(row), at)
    return change(row, Happening("layout.started", at, actor.ref, set={"start": on}))


@transaction.atomic
def end_layout(pk: int, on: date | None, *, version: int, actor: Actor, at: datetime) -> Layout:
    """Ends a layout's use on a day, or puts one away that was never used. Papers that were issued
    in it keep it.

    Raises LookupError, BulletinError (changed since read, ended already, no day or one that is over).
    """
    row = _read(actor, pk, version)
    today = timezone.localtime(at).date()
    if row.end is not None:
        raise BulletinError("layouts.ended", name=row.name)
    on = _day(on, today)
    if row.start is not None and on < row.start:
        on = row.start
    return change(row, Happening("layout.ended", at, actor.ref, set={"end": on}))


def _read(actor: Actor, pk: int, version: int) -> Layout:
    row = layout(actor, pk)
    if row.version != version:
        raise BulletinError("bulletins.changed_since_read")
    return row


def _day(on: date | None, today: date) -> date:
    if on is None:
        raise BulletinError("layouts.no_day")
    if on < today:
        raise BulletinError("layouts.past_day", day=on)
    return on
