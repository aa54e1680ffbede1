"""Dates for other calendars (RFC 5545): notice periods and outings for everybody, due dates for one
person."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from icalendar import Calendar, Event

from bihuan.foundation.access import api as access
from bihuan.foundation.access import logins
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.lib.legal import legal, one_line
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import words
from bihuan.web.portal import visits as outings

MOST = 200
DAY = timedelta(days=1)
SALT = "calendar"


def made(name: str, events: list[Event]) -> HttpResponse:
    """A calendar of a name, to be sent."""
    calendar = Calendar()
    calendar.add("prodid", "-//Bihuan//闭环//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", one_line(name))
    for event in events:
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


def entry(uid: str, title: str, link: str, changed: datetime) -> Event:
    """An event without its hours."""
    event = Event()
    event.add("uid", f"{uid}@{_host()}")
    event.add("dtstamp", changed.replace(microsecond=0))
    event.add("summary", one_line(title))
    event.add("url", f"{settings.PUBLIC_URL}{link}")
    return event


def _host() -> str:
    """Without the port: an identifier stays when that changes (RFC 7986 5.3)."""
    return urlsplit(settings.PUBLIC_URL).hostname or "bihuan"


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Every notice as an event over the whole days on which one may object."""
    del request
    events = []
    for one in publicity.notices(at=now(), limit=MOST):
        if one.first_day is None or one.last_day is None:
            continue
        row = one.matter
        title = words.text("notices.event", title=one.title)
        link = reverse("portal:notice", args=[row.pk])
        event = entry(row.stream.replace(":", "-"), title, link, row.changed_at)
        event.add("dtstart", one.first_day)
        # The end of an event of whole days is the day after.
        event.add("dtend", one.last_day + DAY)
        event.add("status", "CANCELLED" if one.is_withdrawn else "CONFIRMED")
        events.append(event)
    return made(words.text("notices.public_title"), events)


def _instant(day: date, clock: str) -> datetime:
    """A wall-clock time in UTC, which every calendar reads the same way."""
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock))).astimezone(UTC)


@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """The mobile unit's outings to come, at their hours; one that was called off says so."""
    del request
    at = now()
    events = []
    for row in outings.to_come(timezone.localtime(at).date()):
        title = words.text("visits.event", org=row.org.name, place=row.place)
        event = entry(row.stream.replace(":", "-"), title, reverse("portal:visits"), at)
        event.add("dtstart", _instant(row.day, row.opens))
        event.add("dtend", _instant(row.day, row.closes))
        event.add("location", one_line(row.place))
        if row.cancelled or row.note:
            event.add("description", legal(row.cancelled or row.note))
        event.add("status", "CANCELLED" if row.cancelled else "CONFIRMED")
        events.append(event)
    return made(words.text("visits.public"), events)


def secret(person: Person) -> str:
    """What stands in a person's own link: ends when the password changes, or when they
    end their links."""
    return signing.dumps([person.pk, logins.link_proof(person)], salt=SALT)


def person_of(given: str) -> Person:
    """Whose own link it is. Raises LookupError of one that is wrong, ended or of somebody who left."""
    try:
        person_id, proof = signing.loads(given, salt=SALT)
        person = orgs.person(person_id)
    except signing.BadSignature:
        raise LookupError(given) from None
    if not person.is_active or logins.link_proof(person) != proof:
        raise LookupError(given)
    return person


@require_GET
def queue(request: HttpRequest, given: str) -> HttpResponse:
    """What a person has to finish, on its due day: numbers only, for calendars are elsewhere. A link
    that is wrong, ended or of somebody who left is not found."""
    del request
    person = person_of(given)
    who = access.actor(person, timezone.localtime(now()).date())
    wanted = matters.Filter(scope="mine", phase="active", order="due")
    events = []
    for row in matters.matters(who, wanted, MOST).rows:
        if row.due_at is None:
            continue
        title = words.text("notices.due_event", number=row.number)
        link = reverse("desk:matter", args=[row.pk])
        event = entry(row.stream.replace(":", "-"), title, link, row.changed_at)
        day = timezone.localtime(row.due_at).date()
        event.add("dtstart", day)
        event.add("dtend", day + DAY)
        events.append(event)
    return made(words.text("notices.due_calendar"), events)
