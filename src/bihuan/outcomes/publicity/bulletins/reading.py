"""Who may read which bulletin, and the lists of them."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import register
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as wrote
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.outcomes.publicity.models import Bulletin
from bihuan.rules import periods
from bihuan.rules.periods import Period
from bihuan.spec.schema import Programme

register(Bulletin)


@dataclass(frozen=True)
class Offer:
    """A bulletin somebody may draft, and for which organisations."""

    programme: Programme
    kind: str
    orgs: list[Org]

    @property
    def name_key(self) -> str:
        """The programme's words for what it is called in lists."""
        return f"bulletins.{self.kind}.name"


def programme_of(programme: str) -> Programme:
    """The newest release of a programme. Raises LookupError."""
    found = next((one for one in programmes.known() if one.id == programme), None)
    if found is None:
        raise LookupError(programme)
    return found


def senders(row: Bulletin) -> list[str]:
    """Who wrote to the bulletin's organisation in its period: no public bulletin names them. Its own
    people, acting in office, it may name. None where it is not for the public."""
    return senders_of(row.home_path, periods.parse(row.period)) if row.public else []


def senders_of(path: str, period: Period) -> list[str]:
    """Who wrote to an organisation in a period."""
    first, after = (
        timezone.make_aware(datetime.combine(day, time.min)) for day in (period.start, period.after)
    )
    return wrote.senders_at(path, first, after)


def _roles(row: Bulletin) -> tuple[tuple[str, ...], tuple[str, ...]]:
    spec = BULLETINS.of(programme_of(row.programme))[row.kind]
    return spec.drafted_by, spec.issued_by


def may_edit(actor: Actor, row: Bulletin) -> bool:
    """Whether the actor drafts or issues such bulletins for the organisation."""
    drafters, issuers = _roles(row)
    return actor.may_scope("matters:write") and any(
        actor.has(role, row.home_path, row.programme) for role in (*drafters, *issuers)
    )


def may_issue(actor: Actor, row: Bulletin) -> bool:
    """Whether the actor may issue this one: a role for it, and no hand in it."""
    _, issuers = _roles(row)
    return (
        actor.may_scope("matters:write")
        and actor.ref not in row.hands
        and any(actor.has(role, row.home_path, row.programme) for role in issuers)
    )


def read(actor: Actor, pk: int) -> Bulletin:
    """A bulletin in any state, for those who draft or issue it. Raises LookupError."""
    row = Bulletin.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None or not may_edit(actor, row):
        raise LookupError(pk)
    return row


def draft_of(actor: Actor, pk: int) -> Bulletin:
    """A draft. Raises LookupError, BulletinError when it is issued or withdrawn."""
    row = read(actor, pk)
    if row.state != "drafted":
        raise BulletinError("bulletins.frozen")
    return row


def of_actor(actor: Actor, limit: int = 200) -> list[Bulletin]:
    """Bulletins the actor drafts or issues, newest first."""
    rows = Bulletin.objects.order_by("-pk")[: limit * 4]
    return [row for row in rows if may_edit(actor, row)][:limit]


def offers(actor: Actor) -> list[Offer]:
    """What the actor may draft."""
    found = []
    for programme in programmes.known():
        for kind, spec in BULLETINS.of(programme).items():
            places = [
                org
                for org in insight.scopes(actor, programme)
                if any(actor.has(role, org.path, programme.id) for role in spec.drafted_by)
            ]
            if places:
                found.append(Offer(programme, kind, places))
    return found


def public(limit: int = 20) -> list[Bulletin]:
    """Issued bulletins everybody may read, newest first."""
    rows = Bulletin.objects.filter(state="issued", public=True)
    return list(rows.order_by("-issued_at", "-pk")[:limit])


def issued_between(first: datetime, after: datetime) -> QuerySet[Bulletin]:
    """Those everybody may read that were issued from an instant until another, newest first."""
    rows = Bulletin.objects.filter(
        state="issued", public=True, issued_at__gte=first, issued_at__lt=after
    )
    return rows.order_by("-issued_at", "-pk")


def read_public(pk: int) -> Bulletin:
    """An issued, or withdrawn, bulletin as anybody sees it. Raises LookupError for all others."""
    rows = Bulletin.objects.filter(pk=pk, public=True, state__in=("issued", "withdrawn"))
    row = rows.first() if pk < 2**63 else None
    if row is None:
        raise LookupError(pk)
    return row


def corrections(pk: int) -> list[Bulletin]:
    """Issued corrections of a bulletin, oldest first."""
    return list(Bulletin.objects.filter(corrects=pk, state="issued").order_by("pk"))


def corrected(row: Bulletin) -> Bulletin | None:
    """The bulletin a correction corrects."""
    return Bulletin.objects.filter(pk=row.corrects).first() if row.corrects else None
