"""The public door of services: offer, change, end, find, take in a table of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, register, standing
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.services.models import Service
from bihuan.kernel.services.problems import ServiceError
from bihuan.rules.spans import MeetsError, Span, followed

__all__ = [
    "Offer",
    "Service",
    "ServiceError",
    "at_window",
    "end",
    "find",
    "form",
    "history_of",
    "offer",
    "offered",
    "offered_on",
    "service",
    "standing_service",
]

register(Service)

LONGEST = 3650
MATERIALS = 50
_TEXTS = {"code": 40, "name": 120, "clause": 300, "fee": 120, "applicants": 200}
_TEXTS |= {"place": 200, "hours": 200, "phone": 60, "result": 200}
FORMS, FORM = 20, 400


@dataclass(frozen=True)
class Offer:
    """What is promised. Limits are working days; `clause` is the rule the statutory one comes
    from; `materials` all that an applicant must bring; `immediate`: done while they wait; `place`,
    `hours`, `phone` its own hall's; `forms` to be fetched, each a name with or without a web address
    behind a blank; `result` what one has in the end."""

    code: str
    name: str
    statutory: int
    promised: int
    clause: str
    materials: tuple[str, ...] = ()
    immediate: bool = False
    fee: str = ""
    applicants: str = ""
    place: str = ""
    hours: str = ""
    phone: str = ""
    forms: tuple[str, ...] = ()
    result: str = ""


def _cleaned(given: Offer) -> dict[str, Any]:
    values = asdict(given)
    for name, longest in _TEXTS.items():
        values[name] = " ".join(str(values[name]).split())
        if len(values[name]) > longest:
            raise ServiceError("services.too_long", name=name, limit=longest)
    for name in ("materials", "forms"):
        values[name] = [m for m in (" ".join(one.split()) for one in values[name]) if m]
    return values


def _check(values: Mapping[str, Any]) -> None:
    for name in ("code", "name", "clause"):
        if not values[name]:
            raise ServiceError(f"services.no_{name}")
    if not 1 <= values["statutory"] <= LONGEST:
        raise ServiceError("services.bad_limit", limit=LONGEST)
    if not 1 <= values["promised"] <= values["statutory"]:
        # Regulation on the Business Environment §36: local limits may be shorter, never longer.
        raise ServiceError("services.promised_longer", statutory=values["statutory"])
    if len(values["materials"]) > MATERIALS or any(len(m) > 200 for m in values["materials"]):
        raise ServiceError("services.too_many_materials", limit=MATERIALS)
    if len(values["forms"]) > FORMS or any(len(one) > FORM for one in values["forms"]):
        raise ServiceError("services.too_many_forms", limit=FORMS)
    for one in values["forms"]:
        name, address = form(one)
        if "://" in one and not (name and address):
            raise ServiceError("services.bad_form", text=one[:80])


def form(written: str) -> tuple[str, str]:
    """A form's name and its web address ('' where it is fetched at the hall)."""
    name, _, address = written.rpartition(" ")
    online = address.startswith(("https://", "http://"))
    return (name, address) if online else (written, "")


def check(given: Offer) -> None:
    """Raises what `offer` would raise of the offer itself."""
    _check(_cleaned(given))


@transaction.atomic
def offer(
    org: Org, given: Offer, *, start: date, at: datetime, actor: Actor
) -> tuple[Service, bool]:
    """Promises a service from a day on, in place of the one with the same code; (row, new?).

    The same offer again changes nothing. Raises ServiceError: no code, name or clause, a limit
    out of range, a promise longer than the law's limit, a period that meets another's (`rules.spans`);
    DeniedError unless the actor administers there.
    """
    officers.require(actor, officers.SYSTEM, org)
    values = _cleaned(given)
    _check(values)
    there = Service.objects.filter(org=org, code=values["code"]).order_by("start")
    for one in there:
        if one.end is None and all(getattr(one, name) == value for name, value in values.items()):
            return one, False
    try:
        before = followed(Span(start), [(one, Span(one.start, one.end)) for one in there])
    except MeetsError as error:
        raise ServiceError(error.key, **error.values) from error
    if before is not None:
        change(before, Happening("service.ended", at, actor.ref, set={"end": start}))
    row = Service(org=org, start=start, **values)
    return create(row, Happening("service.offered", at, actor.ref)), True


@transaction.atomic
def end(pk: int, *, on: date, at: datetime, actor: Actor) -> Service:
    """Offers a service no longer from a day on; applications under way go on by it. Raises
    DeniedError unless the actor administers there."""
    row = service(pk)
    officers.require(actor, officers.SYSTEM, row.org)
    if row.end is not None:
        return row
    return change(row, Happening("service.ended", at, actor.ref, set={"end": max(on, row.start)}))


def is_offered(org: Org, code: str) -> bool:
    """Whether an organisation itself offers, or will offer, a service of this code."""
    return Service.objects.filter(org=org, code=code, end=None).exists()


def service(pk: int) -> Service:
    """One row with its organisation. Raises Service.DoesNotExist."""
    return Service.objects.select_related("org").get(pk=pk)


@standing.kept
def standing_service(pk: int) -> Service:
    """One row to read from and never to change. Raises Service.DoesNotExist."""
    return service(pk)


def _holding(on: date) -> QuerySet[Service]:
    rows = Service.objects.filter(Q(end__isnull=True) | Q(end__gt=on), start__lte=on)
    return rows.filter(org__active=True).select_related("org")


@standing.kept
def offered(path: str, on: date) -> tuple[Service, ...]:
    """All services within a subtree on a day, by place in the tree and code; '' is everywhere."""
    rows = _holding(on)
    if path:
        low, high = tree.bounds(path)
        rows = rows.filter(org__path__gte=low, org__path__lt=high)
    return tuple(rows.order_by("org__path", "code", "pk"))


def at_window(path: str, on: date) -> tuple[Service, ...]:
    """What is done at the windows of an organisation: its own services, or at a common hall, which
    has none, everybody's of its tree."""
    return offered(path, on) or offered(path[: tree.STEP], on)


def offered_on(pk: int, on: date) -> Service | None:
    """One service if it is promised on a day."""
    return _holding(on).filter(pk=pk).first() if 0 < pk < 2**63 else None


def find(on: date, text: str, *, limit: int) -> list[Service]:
    """Services whose name, code or department, or what is said of whom they are for and what one has in
    the end, contains a text; all of them for ''."""
    wanted = text.strip()[:60]
    rows = _holding(on)
    if wanted:
        rows = rows.filter(
            Q(name__icontains=wanted)
            | Q(code__iexact=wanted)
            | Q(org__name__icontains=wanted)
            | Q(org__short__icontains=wanted)
            | Q(applicants__icontains=wanted)
            | Q(result__icontains=wanted)
        )
    return list(rows.order_by("org__path", "code", "pk")[:limit])


def history_of(orgs: Sequence[str]) -> list[Service]:
    """Every row within some subtrees, ended ones too, newest first, for the administrator."""
    q = Q(pk__in=[])
    for path in orgs:
        low, high = tree.bounds(path)
        q |= Q(org__path__gte=low, org__path__lt=high)
    return list(Service.objects.filter(q).select_related("org").order_by("-pk"))
