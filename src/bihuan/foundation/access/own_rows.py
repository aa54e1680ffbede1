"""What accounts, posts, grants and log-ins hold about somebody, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access import api as access
from bihuan.foundation.access import factors, logins, own_data
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.models import Connection, Grant, Invitation
from bihuan.foundation.access.own_data import Code
from bihuan.foundation.audit.api import SecurityEntry, history
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.models import Post

Row = Mapping[str, Any]


def _account(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    row = orgs.person(person_id)
    said = ("name", "username", "code", "email", "locale", "digest", "is_active", "must_change")
    yield {**{name: getattr(row, name) for name in said}, "since": history(row.stream)[0].at}


def _posts(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    rows = Post.objects.filter(person_id=person_id).select_related("org")
    for one in rows.order_by("start", "pk"):
        yield {"org": one.org.name, "title": one.title, "start": one.start, "end": one.end}


def _grants(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    rows = Grant.objects.filter(person_id=person_id).select_related("org")
    for one in rows.order_by("start", "pk"):
        role = Code(one.role, f"roles.{one.role}", one.programme)
        if one.role in access.OFFICERS:
            role = Code(one.role, f"studio.role.{one.role}")
        programme = Code(one.programme, "title", one.programme)
        if not one.programme:
            programme = Code("", "studio.all_programmes")
        yield {
            "role": role,
            "programme": programme,
            "org": one.org.name,
            "start": one.start,
            "end": one.end,
        }


def _tokens(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    for one in access.tokens_of(person_id):
        said = {"name": one.name, "scopes": one.scopes, "expires": one.expires}
        yield {**said, "revoked": one.revoked}


def _invitations(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    for one in Invitation.objects.filter(person_id=person_id).order_by("pk"):
        given = history(one.stream)[0].at
        said = {"used_at": one.used_at, "ended_at": one.ended_at}
        yield {"at": given, "expires": one.expires, **said}


def _connections(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    for one in Connection.objects.filter(person_id=person_id).order_by("pk"):
        said = {"provider": one.provider, "ended_at": one.ended_at}
        yield {"at": history(one.stream)[0].at, **said}


def _sessions(person_id: int, at: datetime) -> Iterator[Row]:
    for one in logins.sessions(Actor(f"person:{person_id}", person_id), None, at):
        yield {"began": one.began, "seen": one.seen, "browser": one.browser, "place": one.place}


def _factors(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    for one in factors.of(person_id):
        kind = Code(one.kind, f"factors.kind.{one.kind}")
        yield {"kind": kind, "name": one.name, "since": one.added, "seen": one.used}


def _events(person_id: int, at: datetime) -> Iterator[Row]:
    del at
    rows = SecurityEntry.objects.filter(about=person_id).order_by("pk")
    for when, kind in rows.values_list("at", "type").iterator():
        yield {"at": when, "event": Code(kind, f"event.{kind}")}


def register() -> None:
    """Registers what is held here; `events` are the log-ins and whatever else concerns the account."""
    for name, rows in (
        ("account", _account),
        ("posts", _posts),
        ("grants", _grants),
        ("tokens", _tokens),
        ("invitations", _invitations),
        ("factors", _factors),
        ("connections", _connections),
        ("sessions", _sessions),
        ("events", _events),
    ):
        own_data.register(name, rows)
