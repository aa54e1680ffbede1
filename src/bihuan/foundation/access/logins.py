"""Logging in and out: who may, what is noted of it, the sessions and secret links of a person.

The log never holds an address, a password, or what was typed for a name that nobody has: people type
passwords there. Wrong tries are counted for each name over all origins, and noted the first time and
at each power of ten; nobody is kept out by that count (ADR 0036, 0044).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth import HASH_SESSION_KEY, authenticate
from django.db import transaction

from bihuan.foundation.access import devices, doings, tries
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.access.models import Account, LoginSession
from bihuan.foundation.audit.api import Happening, change, create
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person

# What a session holds, in seconds since 1970, the browser it was begun in and roughly from where.
BEGAN, SEEN, BROWSER, PLACE = "began", "seen", "browser", "place"
# From so many wrong tries in a row on, the person is told: nobody mistypes their own so often.
GUESSED = 10

Told = Callable[[Person, int, datetime], None]
_TOLD: list[Told] = []
Strange = Callable[[Person, str, datetime], None]
_STRANGE: list[Strange] = []


class TooSoonError(Exception):
    """Too many wrong tries; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(str(seconds))


@dataclass(frozen=True)
class Session:
    """A session of one's own: `handle` names it without opening it; `place` is the beginning of the
    address it was begun from (`origin.shortened`)."""

    handle: str
    began: datetime | None
    seen: datetime | None
    browser: str
    place: str
    is_this: bool


def tell_guessed(told: Told) -> None:
    """Adds who is told that a person's password is guessed at: (whose, how often, when)."""
    if told not in _TOLD:
        _TOLD.append(told)


def tell_strange(told: Strange) -> None:
    """Adds who tells a person of a log-in in a browser that is new to them: (whose, browser, when)."""
    if told not in _STRANGE:
        _STRANGE.append(told)


def check(
    username: str, password: str, source: str, at: datetime, *, kept: str = ""
) -> Person | None:
    """The person whose name and password these are, or None; `source` is from where it is tried,
    `kept` what the browser keeps of who logged in there: it waits for its own wrong tries alone.

    A password that the rules of today would refuse must be changed from here on. Raises TooSoonError.
    """
    mine = f"{username}\0{source}"
    left = tries.wait("login-from", source, at)
    if left and _is_at_home(username, kept):
        left = 0
    left = left or tries.claim("login", mine, at)
    if left:
        raise TooSoonError(left)
    found = authenticate(None, username=username, password=password)
    if not isinstance(found, Person):
        tries.failed("login-from", source, at)
        _wrong(username, at, waits=tries.wait("login", mine, at) == tries.PACES["login"].first)
        return None
    tries.forgive("login", mine, at)
    # Once in a while for each name: who has one account does not try the others without end.
    if tries.counted("login-right", mine, at) == 1:
        tries.make_good("login-from", source, at)
    orgs.accounts.strengthen(found.pk, password, at=at, actor=f"person:{found.pk}")
    orgs.accounts.demand_change(found.pk, password, at=at, actor="system")
    # Both may have changed what the session is bound to.
    person = orgs.person(found.pk)
    person.backend = found.backend  # Django's mark of who vouched
    return person


def _is_at_home(username: str, kept: str) -> bool:
    whose = orgs.person_called(username) if kept else None
    return whose is not None and devices.knows(kept, whose)


def _is_noted(count: int) -> bool:
    return str(count).strip("0") == "1"


@transaction.atomic
def _wrong(username: str, at: datetime, *, waits: bool) -> None:
    count = tries.counted("login-name", username, at)
    whose = orgs.person_called(username)
    if whose is None:
        count = tries.counted("login-unknown", "", at)
        if _is_noted(count):
            said = {"count": count}
            doings.note(doings.NOBODY, Happening("login.unknown", at, "nobody", data=said))
        return
    if waits:
        # From one place, for the first time in a while.
        doings.note(whose.pk, Happening("login.held", at, "nobody", data={"count": count}))
    if not _is_noted(count):
        return
    doings.note(whose.pk, Happening("login.failed", at, "nobody", data={"count": count}))
    if count >= GUESSED:
        for told in _TOLD:
            told(whose, count, at)


def began(person: Person, at: datetime, *, browser: str = "", strange: bool = False) -> None:
    """Notes that somebody logged in; tells them where that was in a browser that is `strange` to them."""
    if strange:
        for told in _STRANGE:
            told(person, browser, at)
    doings.note(person.pk, Happening("login.made", at, f"person:{person.pk}"))


def ended(person: Person, why: str, at: datetime) -> None:
    """Notes that a session ended: by `logout`, as `idle`, `old`, or never seen again (`lapsed`)."""
    actor = f"person:{person.pk}" if why == "logout" else "system"
    doings.note(person.pk, Happening("login.ended", at, actor, data={"why": why}))


def forget(at: datetime) -> None:
    """Deletes sessions that ended before `at`, and notes those that nobody had ended."""
    over = LoginSession.objects.filter(expire_date__lt=at)
    for row in over.filter(person__isnull=False).select_related("person"):
        with transaction.atomic():
            if row.person is not None and _is_live(row, row.person):
                ended(row.person, "lapsed", row.expire_date)
            row.delete()
    over.delete()


def _handle(session_key: str) -> str:
    return hashlib.sha256(f"session|{session_key}".encode()).hexdigest()[:24]


def _is_live(row: LoginSession, person: Person) -> bool:
    # A password that was changed since ended it.
    return row.get_decoded().get(HASH_SESSION_KEY) == person.get_session_auth_hash()


def _instant(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def sessions(actor: Actor, this: str | None, at: datetime) -> list[Session]:
    """The sessions in which somebody is logged in, the newest first; `this` is the key of the one
    that asks."""
    if actor.person_id is None:
        return []
    person = orgs.person(actor.person_id)
    found = []
    for row in LoginSession.objects.filter(person_id=person.pk, expire_date__gte=at):
        if not _is_live(row, person):
            continue
        kept = row.get_decoded()
        began_, seen = _instant(kept.get(BEGAN)), _instant(kept.get(SEEN))
        browser, place, key = str(kept.get(BROWSER, "")), str(kept.get(PLACE, "")), row.session_key
        found.append(Session(_handle(key), began_, seen, browser, place, key == this))
    oldest = datetime.fromtimestamp(0, UTC)
    return sorted(found, key=lambda one: one.began or oldest, reverse=True)


@transaction.atomic
def end_session(actor: Actor, handle: str, at: datetime) -> None:
    """Ends one of one's own sessions. Raises LookupError."""
    rows = LoginSession.objects.filter(person_id=actor.person_id or 0)
    row = next((one for one in rows if _handle(one.session_key) == handle), None)
    if row is None or actor.person_id is None:
        raise LookupError(handle)
    row.delete()
    said = Happening("login.ended", at, actor.ref, data={"why": "elsewhere"})
    doings.note(actor.person_id, said)


@transaction.atomic
def end_sessions(person_id: int, at: datetime, *, by: str, why: str, but: str | None = None) -> int:
    """Ends all sessions of a person but the one with the key `but`, and takes their rows away;
    returns how many worked still. `why`: `elsewhere`, `password`, `factor`."""
    person, count = orgs.person(person_id), 0
    for row in LoginSession.objects.filter(person_id=person_id).exclude(session_key=but or ""):
        # A password that was changed just now ended them, which is what is noted.
        live = why == "password" or _is_live(row, person)
        row.delete()
        if live and row.expire_date >= at:
            count += 1
            doings.note(person_id, Happening("login.ended", at, by, data={"why": why}))
    return count


def end_others(actor: Actor, this: str | None, at: datetime) -> int:
    """Ends all of one's own sessions but this; returns how many. Raises DeniedError."""
    if actor.person_id is None or actor.scopes is not None:
        raise DeniedError("login")
    return end_sessions(actor.person_id, at, by=actor.ref, why="elsewhere", but=this)


def link_proof(person: Person) -> str:
    """What a secret link of a person's carries: it ends with the password, or when they say so."""
    ended_ = doings.links_round(person.pk)
    return person.get_session_auth_hash()[:16] + (f".{ended_}" if ended_ else "")


@transaction.atomic
def end_links(actor: Actor, at: datetime) -> None:
    """Ends all calendar and wall links of one's own. Raises DeniedError, ConflictError."""
    if actor.person_id is None:
        raise DeniedError("login")
    row = Account.objects.filter(number=actor.person_id).first()
    kind = "account.links_ended"
    if row is None:
        create(Account(number=actor.person_id, links_round=1), Happening(kind, at, actor.ref))
        return
    change(row, Happening(kind, at, actor.ref, set={"links_round": row.links_round + 1}))
