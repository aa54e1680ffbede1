"""Who may read which paper, what may be issued of a matter, and what somebody who holds a paper learns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, erase
from bihuan.foundation.orgs.api import standing_org
from bihuan.kernel.matters import access
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.papers import events, proving
from bihuan.outcomes.papers.declared import ANYBODY, PAPERS, PaperSpec
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.outcomes.papers.problems import PaperError
from bihuan.outcomes.papers.sheets.sheet import Sheet
from bihuan.spec.schema import Input, Programme

# How many papers go into one file.
TOGETHER = 200


@dataclass(frozen=True)
class Offer:
    """A paper that somebody may issue of a matter now; `stands` is the one that it would replace."""

    name: str
    spec: PaperSpec
    programme: Programme
    stands: IssuedPaper | None

    @property
    def label(self) -> str:
        """The programme's key for what it is called."""
        return f"papers.{self.name}.name"


@dataclass(frozen=True)
class Genuine:
    """What a check tells: a paper of that number was issued by the house, and whether it still holds.
    `sheet` is what it says, while it holds and its words are there; of a book of chapters only its `front`,
    for its square stands on the cover, where more see it than read it."""

    number: str
    organisation: str
    issued_at: datetime
    state: str
    ended_at: datetime | None
    erased: bool
    front: bool
    sheet: Sheet | None


def _reads(actor: Actor, found: Matter, spec: PaperSpec, programme: Programme) -> bool:
    if not spec.seen_by or ANYBODY in spec.seen_by or access.may_act(actor, found, spec, programme):
        return True
    return access.reads(actor, found, Input(type="text", seen_by=spec.seen_by))


def _spec_of(row: IssuedPaper) -> tuple[PaperSpec | None, Programme]:
    """The paper as the release has it under which it was issued."""
    programme = programme_of(row)
    return PAPERS.of(programme).get(row.paper), programme


def programme_of(row: IssuedPaper) -> Programme:
    """The release under which a paper was issued."""
    return programmes.spec_of(row.release_id)


def may_withdraw(row: IssuedPaper, found: Matter, actor: Actor) -> bool:
    """Whether the actor is one of those who issue such papers of its matter, and so withdraw them."""
    spec, programme = _spec_of(row)
    return spec is not None and access.may_act(actor, found, spec, programme)


def paper(pk: int, *, actor: Actor) -> tuple[IssuedPaper, Matter]:
    """A paper that the actor may read, with its matter. Raises LookupError."""
    row = IssuedPaper.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None:
        raise LookupError(pk)
    found = matters.matter(actor, row.matter_id)
    if not _may_read(row, found, actor):
        raise LookupError(pk)
    return row, found


def any_of(found: Matter) -> bool:
    """Whether any paper was ever issued of a matter, or right below it: of most there is none."""
    there = Q(matter_id=found.pk) | Q(under_id=found.pk)
    return IssuedPaper.objects.filter(there).exists()


def papers_of(found: Matter, actor: Actor) -> list[IssuedPaper]:
    """The papers of a matter that somebody who sees it may read, newest first, without what they say."""
    rows = IssuedPaper.objects.filter(matter_id=found.pk).defer("content").order_by("-pk")
    return [row for row in rows if _may_read(row, found, actor)]


def _may_read(row: IssuedPaper, found: Matter, actor: Actor) -> bool:
    spec, programme = _spec_of(row)
    return spec is not None and _reads(actor, found, spec, programme)


def _under(found: Matter, actor: Actor, **of: str) -> Iterator[IssuedPaper]:
    """The papers that stand of matters right below one, as far as the actor sees and may read them; of
    their words only the title, which erased ones have not."""
    standing = IssuedPaper.objects.filter(slot__isnull=False, under_id=found.pk, **of)
    rows = list(standing.exclude(title="").defer("content").order_by("pk"))
    if not rows:
        return
    ids = list(dict.fromkeys(row.matter_id for row in rows))
    seen = {one.pk: one for one in matters.by_ids(actor, ids)}
    access.know_parties([*seen.values()])
    for row in rows:
        child = seen.get(row.matter_id)
        if child is not None and _may_read(row, child, actor):
            yield row


def below(pk: int, name: str, *, actor: Actor) -> list[IssuedPaper]:
    """The papers of one sort that stand of the matters right below one, oldest first. Raises LookupError,
    PaperError: more than go into one file."""
    found = [row.pk for row in _under(matters.matter(actor, pk), actor, paper=name)]
    if len(found) > TOGETHER:
        raise PaperError("papers.too_many", most=TOGETHER, count=len(found))
    return list(IssuedPaper.objects.filter(pk__in=found).order_by("pk"))


def counted_below(found: Matter, actor: Actor) -> list[tuple[IssuedPaper, PaperSpec, int]]:
    """Of each sort of papers below a matter one, how it is declared, and how many there are."""
    groups: dict[str, list[IssuedPaper]] = {}
    for row in _under(found, actor):
        groups.setdefault(row.paper, []).append(row)
    return [
        (rows[0], spec, len(rows))
        for _, rows in sorted(groups.items())
        if (spec := _spec_of(rows[0])[0]) is not None
    ]


def offers(found: Matter, actor: Actor) -> Iterator[Offer]:
    """What somebody may issue of a matter in its state."""
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    for name, spec in PAPERS.of(programme).items():
        if spec.of != found.kind or found.state not in spec.states(kind):
            continue
        if not access.may_act(actor, found, spec, programme):
            continue
        stands = IssuedPaper.objects.filter(slot=f"{found.pk}:{name}").first()
        if stands is None or not spec.once:
            yield Offer(name, spec, programme, stands)


def sheet_of(row: IssuedPaper) -> Sheet:
    """A paper as it is printed. Raises PaperError where its words were erased, or its code is gone."""
    return Sheet.of(row, proving.code_of(row))


def genuine(code: str) -> Genuine:
    """What is known of the paper with a code, and no more than it says itself. Raises LookupError: there
    is none; whoever asks is paced by the face that asks."""
    row = proving.held(code)
    sheet = Sheet.of(row, code) if row.state == "issued" and row.content else None
    front = row.content.get("front")
    if sheet is not None and front is not None:
        sheet = replace(sheet, blocks=sheet.blocks[:front])
    return Genuine(
        row.number,
        row.content["head"] if row.content else standing_org(row.org_id).name,
        row.issued_at,
        row.state,
        row.ended_at,
        not row.content,
        front is not None,
        sheet,
    )


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """What was printed of a matter is erased with it; that it was printed, and under which number, stays."""
    gone: dict[str, Any] = {"title": "", "content": {}, "withdrawn_why": ""}
    for row in IssuedPaper.objects.filter(matter_id=found.pk):
        if row.content or row.withdrawn_why:
            erase(row, Happening(events.ERASED, at, actor, set=gone))
