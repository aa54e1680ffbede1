"""The six methods of GeoReport v2 and discovery.

What reads back is public: number, state, unit and dates, and the text only once a person has
read and published it. Only matters that came by this door, or were published, read back at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bihuan.api import base, errors, words
from bihuan.api.errors import ApiError
from bihuan.api.open311 import shape
from bihuan.api.public import bound_key
from bihuan.foundation.access import api as access
from bihuan.foundation.access import origin, retries
from bihuan.foundation.access.api import SENDER, Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.receivers import api as receivers
from bihuan.lib.problems import InputError
from bihuan.outcomes.publicity import api as publicity
from bihuan.spec.schema import Kind, Programme

CHANNEL = "open311"
KNOWN = frozenset({"category", "channel", "place"})
SPAN = timedelta(days=90)
PAGE, MOST = 50, 200
# GeoReport v2, GET Service Requests: "limited to 4,000 characters".
LONGEST = 4_000
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Service:
    """A category of a kind that anybody may open, at the organisation that receives it."""

    programme: Programme
    kind_id: str
    category: str
    home: Org

    @property
    def kind(self) -> Kind:
        return self.programme.kinds[self.kind_id]

    @property
    def code(self) -> str:
        return ".".join(p for p in (self.programme.id, self.kind_id, self.category) if p)

    def name(self, locale: str) -> str:
        key = f"choices.category.{self.category}" if self.category else f"kinds.{self.kind_id}"
        return words.of(self.programme, key, locale)

    def item(self, locale: str) -> dict[str, Any]:
        """The service as Open311 lists it."""
        return {
            "service_code": self.code,
            "service_name": self.name(locale),
            "description": words.of(self.programme, "summary", locale),
            "metadata": False,
            "type": "realtime",
            "keywords": "",
            "group": words.of(self.programme, "title", locale),
        }


def _open311(method: View) -> View:
    """Errors in Open311's shape; no cookies, so no forged requests either."""

    @csrf_exempt
    def view(request: HttpRequest, form: str, **given: Any) -> HttpResponse:
        try:
            return method(request, form, **given)
        except Exception as error:  # noqa: BLE001 - every error leaves in one shape
            return shape.failure(request, errors.tell(error))

    return view


def _takes(kind: Kind) -> bool:
    """Whether this door can fill in all that the kind asks for."""
    fields = kind.asked(of_sender=True)
    asked = {name for name, one in fields.items() if one.required}
    channel = fields.get("channel")
    fits = channel is None or CHANNEL in channel.choices
    return "sender" in kind.opened_by and asked <= KNOWN and fits


def _services(jurisdiction: str, on: date) -> dict[str, Service]:
    """Services by code, at the desk of the organisation of this code, or the first below it; without a
    code at the first desk there is."""
    coded = orgs.orgs_coded(jurisdiction) if jurisdiction else []
    wanted = next((one for one in coded if one.active), None)
    if jurisdiction and wanted is None:
        raise ApiError(404, "api.not_found")
    found: dict[str, Service] = {}
    known = receivers.under(wanted, on) if wanted is not None else receivers.open_to_senders(on)
    for one in known:
        if not _takes(one.kind):
            continue
        field = one.kind.fields.get("category")
        for category in field.choices if field else ("",):
            service = Service(one.programme, one.kind_id, category, one.org)
            found.setdefault(service.code, service)
    return found


def _asked_services(request: HttpRequest) -> dict[str, Service]:
    given = request.POST if request.method == "POST" else request.GET
    jurisdiction = given.get("jurisdiction_id", "") or request.GET.get("jurisdiction_id", "")
    return _services(jurisdiction[:40], base.today())


@_open311
def services(request: HttpRequest, form: str) -> HttpResponse:
    """GET services."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    base.throttled(request, "read")
    locale = words.locale(request)
    items = [one.item(locale) for one in _asked_services(request).values()]
    return shape.answer(form, "services", "service", items)


@_open311
def service(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """GET a service definition. No service asks for more than GeoReport's own fields."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    base.throttled(request, "read")
    if code not in _asked_services(request):
        raise ApiError(404, "api.not_found")
    item: dict[str, Any] = {"service_code": code, "attributes": []}
    return shape.answer(form, "service_definition", "", [item])


@_open311
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """GET service requests, or POST one."""
    if request.method == "POST":
        return _post(request, form)
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET", "POST"])
    base.throttled(request, "read")
    rows = _found(request)
    return shape.answer(form, "service_requests", "request", _items(rows, words.locale(request)))


@_open311
def one_request(request: HttpRequest, form: str, number: str) -> HttpResponse:
    """GET one service request."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    base.throttled(request, "read")
    found = [one for one in matters.numbered([number]) if _is_public(one)]
    if not found:
        raise ApiError(404, "api.not_found")
    items = _items(found, words.locale(request))
    return shape.answer(form, "service_requests", "request", items)


@_open311
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Where the endpoint is and what it speaks."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    item = {
        "changeset": "2026-01-01T00:00:00Z",
        "contact": settings.PUBLIC_URL,
        "key_service": settings.PUBLIC_URL,
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": f"{settings.PUBLIC_URL}/open311/v2",
                "changeset": "2026-01-01T00:00:00Z",
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return shape.answer(form, "discovery", "", [item])


def _actor(request: HttpRequest) -> Actor:
    key = request.POST.get("api_key", "")
    if not key:
        return SENDER
    found = access.token_actor(key, base.today())
    if found is None:
        raise ApiError(403, "api.unauthorized")
    return found


def _contact(request: HttpRequest) -> vault.Person:
    given = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in
             ("first_name", "last_name", "phone", "email")}  # fmt: skip
    names = [given["last_name"], given["first_name"]]
    joint = "" if any(ord(c) > 0x2E80 for c in "".join(names)) else " "
    ordered = names if not joint else names[::-1]
    return vault.Person(joint.join(n for n in ordered if n), given["phone"], given["email"])


def _body(request: HttpRequest, one: Service) -> tuple[str, dict[str, Any]]:
    """The text and the fields; a place goes to its field if the kind has one and it fits."""
    text = request.POST.get("description", "").replace("\x00", "")
    if not matters.clean(text):
        raise InputError({"description": ("input.required", {})})
    fields: dict[str, Any] = {}
    if "category" in one.kind.fields:
        fields["category"] = one.category
    if "channel" in one.kind.fields:
        fields["channel"] = CHANNEL
    address = " ".join(request.POST.get("address_string", "").replace("\x00", "").split())
    where = [address] if address else []
    lat, long = (request.POST.get(n, "").strip()[:20] for n in ("lat", "long"))
    if lat and long:
        where.append(f"{lat}, {long}")
    place = "; ".join(where)
    pointed = request.POST.get("media_url", "").replace("\x00", "").strip()
    if pointed:
        # Nobody fetches it from here; whoever reads the message may.
        text = f"{text}\n\n{pointed}"
    limit = one.kind.fields["place"].max if "place" in one.kind.fields else 0
    if place and len(place) <= limit:
        fields["place"] = place
    elif place:
        text = f"{text}\n\n{place}"
    return text, fields


def _media(request: HttpRequest) -> list[files.Stored]:
    """Pictures sent along, as many clients do beside what GeoReport says."""
    files.only(request.FILES, "media")
    return files.take(request.FILES.getlist("media"))


def _complained_of(request: HttpRequest) -> str:
    """Open311 has no such field: ours, or an attribute of that name."""
    given = request.POST.get("complained_of") or request.POST.get("attribute[complained_of]", "")
    return given.replace("\x00", "")


def _post(request: HttpRequest, form: str) -> HttpResponse:
    base.throttled(request, "open")
    code = request.POST.get("service_code", "")
    if not code:
        raise ApiError(400, "api.open311_service_missing")
    one = _asked_services(request).get(code)
    if one is None:
        raise ApiError(404, "api.open311_service_unknown")
    actor = _actor(request)
    text, fields = _body(request, one)
    contact = _contact(request)
    media = _media(request)
    everything = [f"{k}={v}" for k, v in sorted(request.POST.items())]
    everything += [one.sha256 for one in media]
    # GeoReport knows no key: a client that heard nothing sends the same again.
    key = request.headers.get("Idempotency-Key", "")[:200] or retries.key_of(
        origin.of(request.META), "\0".join(everything).encode("utf-8", "surrogatepass"), base.now()
    )
    opened = matters.open_matter(
        matters.Opening(
            programme=one.programme.id,
            kind=one.kind_id,
            home=one.home,
            body=text,
            fields=fields,
            contact=contact,
            complained_of=_complained_of(request),
            anonymous=one.kind.anonymous and not contact,
            files=media,
        ),
        actor=actor,
        at=base.now(),
        key=bound_key(key, *everything),
    )
    notice = words.text(
        "open311.notice", words.locale(request), number=opened.matter.number, code=opened.code
    )
    item = {
        "service_request_id": opened.matter.number,
        "service_notice": notice,
        "account_id": None,
    }
    response = shape.answer(form, "service_requests", "request", [item], 201)
    if opened.repeated:
        response["Idempotency-Replayed"] = "true"
    return response


# A blank after a time of day; one after a date parts the two.
_ZONE = re.compile(r"(?<=:\d\d) (\d\d(?::?\d\d)?)\Z|(?<=\.\d{3}) (\d\d(?::?\d\d)?)\Z")


def _instant(given: str, field: str) -> datetime | None:
    if not given:
        return None
    try:
        # A plus that a client left unescaped arrives as a blank before the zone.
        found = datetime.fromisoformat(_ZONE.sub(r"+\1\2", given.strip()))
    except ValueError:
        raise InputError({field: ("input.not_a_time", {})}) from None
    if not 1900 <= found.year <= 2200:
        raise InputError({field: ("input.not_a_time", {})})
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _is_public(found: Matter) -> bool:
    return found.channel == CHANNEL or _published(found) is not None


def _window(request: HttpRequest) -> tuple[datetime, datetime]:
    start = _instant(request.GET.get("start_date", ""), "start_date")
    end = _instant(request.GET.get("end_date", ""), "end_date")
    if start and not end:
        end = start + SPAN
    end = end or base.now()
    return start or end - SPAN, end


def _number(request: HttpRequest, field: str, default: int, most: int) -> int:
    """A count asked for; more than the most is the most, as GeoReport clients expect of a page."""
    given = request.GET.get(field, "").strip()
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and int(given[:9])):
        raise InputError({field: ("input.out_of_range", {"low": 1, "high": most})})
    return min(int(given[:9]), most)


def _found(request: HttpRequest) -> list[Matter]:
    if request.GET.get("service_request_id"):
        numbers = request.GET["service_request_id"].split(",")[:MOST]
        return [one for one in matters.numbered(numbers) if _is_public(one)]
    start, end = _window(request)
    query = matters.through(CHANNEL).filter(opened_at__gte=start, opened_at__lte=end)
    states = {s.strip().lower() for s in request.GET.get("status", "").split(",") if s.strip()}
    if not states <= {"open", "closed"}:
        raise InputError({"status": ("input.not_a_choice", {})})
    if states == {"closed"}:
        query = query.filter(phase="done")
    elif states == {"open"}:
        query = query.exclude(phase="done")
    codes = [c for c in request.GET.get("service_code", "").split(",") if c]
    if codes:
        query = query.filter(_of_services(codes[:100]))
    size = _number(request, "page_size", PAGE, MOST)
    first = (_number(request, "page", 1, 100_000) - 1) * size
    return list(query.order_by("-pk")[first : first + size])


def _of_services(codes: list[str]) -> Q:
    q = Q(pk__in=[])
    for code in codes:
        programme, _, rest = code.partition(".")
        kind, _, category = rest.partition(".")
        q |= Q(programme=programme, kind=kind, category=category)
    return q


def _published(found: Matter) -> publicity.Publication | None:
    rows = publicity.public_of(found.stream)
    return next((p for p in rows if p.state == "published"), None)


def _items(rows: list[Matter], locale: str) -> list[dict[str, Any]]:
    return [_item(one, locale) for one in rows]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _item(found: Matter, locale: str) -> dict[str, Any]:
    programme = programmes.spec_of(found.release_id)
    one = Service(programme, found.kind, found.category, found.unit)
    shown = _published(found)
    notes = words.of(programme, f"states.{found.kind}.{found.state}", locale)
    due = found.due_at
    # It "may not be returned"; returned empty, it is no date to a reader that asks for one.
    expected = {"expected_datetime": due.isoformat(timespec="seconds")} if due else {}
    return {
        "service_request_id": found.number,
        "status": "closed" if found.phase == "done" else "open",
        "status_notes": (shown and shown.answer) or notes,
        "service_name": one.name(locale),
        "service_code": one.code,
        "description": _short(shown.question) if shown else "",
        "agency_responsible": found.unit.name,
        "service_notice": "",
        "requested_datetime": found.opened_at.isoformat(timespec="seconds"),
        "updated_datetime": found.changed_at.isoformat(timespec="seconds"),
        **expected,
        "address": "",
        "address_id": "",
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": "",
    }
