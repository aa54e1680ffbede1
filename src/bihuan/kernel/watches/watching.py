"""A supervisor outside the tree follows one directive through a personal link.

Higher bodies follow an item without an account here (seed 000 part 4). The link holds a secret of
which only a keyed digest is kept; what it opens is the item's own course, without a name.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import (
    ConflictError,
    Happening,
    change,
    create,
    earlier,
    erase,
    history,
    read,
)
from bihuan.foundation.notify import api as notify
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import access, inputs
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.repeating import event_key
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.watches import watch_texts
from bihuan.kernel.watches.models import Watch
from bihuan.kernel.watches.watch_texts import Shown
from bihuan.lib import codes, keyring
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.spec.schema import Input

LENGTH = 20
LONGEST = timedelta(days=366)
OPINION = Input(type="longtext", required=True, max=4000)
_FIELDS = {
    "holder": Input(type="text", required=True, max=120),
    "purpose": Input(type="text", required=True, max=300),
    "expires": Input(type="date", required=True),
}
_TRIES = 5


@dataclass(frozen=True)
class Line:
    """One thing that happened: the type of event, the action if it was one, what was reported."""

    at: datetime
    type: str
    action: str
    reported: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Due:
    """A limit of the item by the key of its clock; `done` when it was met or has ended."""

    key: str
    due_at: datetime
    done: bool


@dataclass(frozen=True)
class Seen:
    """What a link shows: the item without names, its course oldest first, its limits. Of texts,
    the words that a person has released."""

    matter: Matter
    watch: Watch
    subject: Shown
    lines: tuple[Line, ...]
    dues: tuple[Due, ...]


def _ordered(pk: int, actor: Actor) -> Matter:
    found = access.matter(actor, pk)
    if not access.may_order(actor, found):
        raise NotAllowedError("matters.may_not_watch")
    return found


def _digests(code: str) -> list[str]:
    keys = keyring.every(settings.SECRETS, "blind")
    return codes.blinds(keys, f"watch|{codes.normalise(code)}")


def watches(pk: int, *, actor: Actor) -> list[Watch]:
    """The links to a matter, newest first. Raises LookupError, NotAllowedError."""
    return list(Watch.objects.filter(matter_id=_ordered(pk, actor).pk).order_by("-pk"))


@transaction.atomic
def watch(
    pk: int, given: dict[str, Any], *, actor: Actor, at: datetime, key: str | None = None
) -> tuple[Watch, str]:
    """A link for somebody outside: `given` is the `holder` (name and body), the `purpose` and the
    last day `expires`. Returns the secret of the link too: it is told this once only, or again to
    the same request sent twice.

    Raises LookupError, NotAllowedError, InputError, ConflictError.
    """
    found = _ordered(pk, actor)
    taken = inputs.take(_FIELDS, given)
    last = date.fromisoformat(str(taken["expires"]))
    today = timezone.localtime(at).date()
    if not today <= last <= today + LONGEST:
        raise InputError({"expires": ("input.watch_until", {"last": today + LONGEST})})
    digest = event_key(key, actor.ref, "watch", str(pk))
    code = codes.derive(
        settings.SECRETS["code"].encode(), f"watch|{digest or secrets.token_hex(32)}", LENGTH
    )
    if earlier(digest) is not None:
        return Watch.objects.get(digest__in=_digests(code)), code
    at = max(at, found.changed_at)
    row = create(
        Watch(
            matter=found,
            holder=taken["holder"],
            purpose=taken["purpose"],
            expires=last,
            digest=_digests(code)[0],
            given_by=actor.ref,
        ),
        Happening("watch.given", at, actor.ref),
    )
    data = {"watch": row.pk, "expires": last.isoformat()}
    told = Happening("matter.watched", at, actor.ref, set={"changed_at": at}, data=data, key=digest)
    change(found, told)
    watch_texts.arrive(found, actor=actor.ref, at=at)
    return row, code


@transaction.atomic
def end_watch(pk: int, watch_id: int, *, actor: Actor, at: datetime) -> Watch:
    """Revokes a link of a matter; one that was revoked stays so.

    Raises LookupError, NotAllowedError, ConflictError.
    """
    found = _ordered(pk, actor)
    row = Watch.objects.filter(matter_id=found.pk, pk=watch_id).first()
    if row is None:
        raise LookupError(watch_id)
    if row.revoked:
        return row
    at = max(at, found.changed_at)
    change(row, Happening("watch.ended", at, actor.ref, set={"revoked": True}))
    told = Happening(
        "matter.unwatched", at, actor.ref, set={"changed_at": at}, data={"watch": row.pk}
    )
    change(found, told)
    return row


def watches_of(actor: Actor, at: datetime) -> list[Watch]:
    """The links that somebody gave to people outside and that still open, newest first."""
    day = timezone.localtime(at).date()
    rows = Watch.objects.filter(given_by=actor.ref, revoked=False, expires__gte=day)
    return list(rows.select_related("matter").order_by("-pk"))


def _held(code: str, at: datetime) -> Watch:
    """Raises LookupError alike for a link that never was, has ended, or was revoked."""
    row = Watch.objects.filter(digest__in=_digests(code)).select_related("matter").first()
    if row is None or row.revoked or row.expires < timezone.localtime(at).date():
        raise LookupError
    access.placed(row.matter)
    return row


def look(code: str, *, at: datetime) -> Seen:
    """What a link shows; that somebody looked is written down. Raises LookupError."""
    for _ in range(_TRIES):
        try:
            return _looked(code, at)
        except ConflictError:
            # Looked at twice at the same moment: this look comes after the other.
            continue
    return _looked(code, at)


@transaction.atomic
def _looked(code: str, at: datetime) -> Seen:
    row = _held(code, at)
    seen = {"looks": row.looks + 1, "looked_at": at}
    change(row, Happening("watch.looked", at, f"watch:{row.pk}", set=seen))
    return _seen(row)


def _seen(row: Watch) -> Seen:
    found = row.matter
    read_by_us = watch_texts.shown(row)
    written: dict[int, list[Shown]] = {}
    subject = Shown(watch_texts.SUBJECT, "", "waiting")
    for text in watch_texts.texts(found):
        unread = Shown(text.name, "", "waiting")
        one = read_by_us.get((text.event, text.name), unread)
        if text.name == watch_texts.SUBJECT and not text.action:
            subject = one
        else:
            written.setdefault(text.event, []).append(one)
    held = sorted(clocks.of(found.stream).values(), key=lambda clock: clock.due_at)
    return Seen(
        found,
        row,
        subject,
        tuple(_lines(row, written)),
        tuple(
            Due(one.key, one.due_at, one.state == "stopped") for one in held if one.role != "window"
        ),
    )


def _lines(row: Watch, written: dict[int, list[Shown]]) -> Iterator[Line]:
    kind = programmes.spec_of(row.matter.release_id).kinds[row.matter.kind]
    for event in history(row.matter.stream):
        content = read(event)
        if event.type == "matter.opened":
            yield Line(event.at, event.type, "")
        elif event.type == "matter.opined" and content.get("watch") == row.pk:
            # Their own words come back to them as they sent them.
            said = content.get("private", {}).get("opinion", "")
            own = (Shown("opinion", said, "released"),) if said else ()
            yield Line(event.at, event.type, "", own)
        elif event.type == "matter.acted" and content["action"] in kind.actions:
            told = tuple(written.get(event.seq, ()))
            yield Line(event.at, event.type, content["action"], told)


@transaction.atomic
def opine(code: str, text: str, *, at: datetime, key: str | None = None) -> Matter:
    """A question or opinion of whoever holds a link; it stands on the item's time line, and who
    gave the link is told.

    Raises LookupError, InputError, RefusedError (the key was used for other words), ConflictError.
    """
    row = _held(code, at)
    found = row.matter
    taken = inputs.take({"opinion": OPINION}, {"opinion": text})
    ref = f"watch:{row.pk}"
    digest = event_key(key, ref, "opine", str(found.pk))
    done = earlier(digest)
    if done is not None:
        said = read(done).get("private", {}).get("opinion")
        if said not in (None, taken["opinion"]):
            raise RefusedError("matters.key_used")
        return found
    at = max(at, found.changed_at)
    kind, _, person = row.given_by.partition(":")
    away = access.kept_away(found, timezone.localtime(at).date())
    giver = [int(person)] if kind == "person" and int(person) not in away else []
    telling = notify.told(giver, "notice.opined")
    change(
        found,
        Happening(
            "matter.opined",
            at,
            ref,
            set={"changed_at": at},
            data={"watch": row.pk, **telling},
            private={"opinion": taken["opinion"]},
            key=digest,
        ),
    )
    notify.tell_told(found, telling, at=at, ref=found.stream, number=found.number)
    return found


def forget(found: Matter, actor: str, at: datetime) -> None:
    """Forgets to whom links of a matter were given and what they showed, and ends them."""
    for row in Watch.objects.filter(matter_id=found.pk):
        watch_texts.forget_texts(row, actor=actor, at=at)
        gone = {"holder": "", "purpose": "", "revoked": True}
        erase(row, Happening("watch.erased", at, actor, set=gone))
