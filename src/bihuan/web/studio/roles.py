"""Roles as a form offers them and a list tells them: by programme, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.http import HttpRequest

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.enrolling import Wanted
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import InputError
from bihuan.spec.schema import Programme
from bihuan.web import words
from bihuan.web.studio.door import concerns, today

# Of so many programmes a list still says the names.
NAMED = 2


class Given(Protocol):
    """What of a grant is told in words."""

    role: str
    programme: str


G = TypeVar("G", bound=Given)


@dataclass(frozen=True)
class Offered:
    """The roles of one programme (`programme` is '' for those of the house): value and word."""

    programme: str
    title: str
    roles: list[tuple[str, str]]


def offered(who: Actor) -> list[Offered]:
    """What somebody may give to others: roles of the programmes in force where they administer, then
    those of administrators. Nothing where they may give none."""
    return known(who) if officers.places(who, officers.SECURITY) else []


def known(who: Actor) -> list[Offered]:
    """The roles that somebody may hold where the reader administers, as `offered` groups them."""
    held = {
        f.programme for f in programmes.all_in_force(today(), later=True) if concerns(who, f.org)
    }
    all_known = programmes.known()
    some = [one for one in all_known if one.id in held] or all_known
    found = [Offered(one.id, words.of(one, "title"), _of(one)) for one in some]
    house = [(f":{role}", _officer(role)) for role in officers.officer_roles()]
    return [*found, Offered("", words.text("studio.house_roles"), house)]


def _of(one: Programme) -> list[tuple[str, str]]:
    return [(f"{one.id}:{r.id}", words.of(one, f"roles.{r.id}")) for r in one.manifest.roles]


def _officer(role: str) -> str:
    return words.text(f"studio.role.{role}")


def taken(request: HttpRequest) -> list[Wanted]:
    """The roles ticked in a posted form. Raises InputError for what is none."""
    found = []
    for value in request.POST.getlist("roles")[:200]:
        programme, parted, role = value.partition(":")
        if not parted:
            raise InputError({"roles": ("input.not_a_choice", {})})
        found.append(Wanted(role[:40], programme[:40]))
    return found


def told(grants: Sequence[G]) -> list[tuple[G, str, str]]:
    """Each grant with its role and its programme in words."""
    known = {one.id: one for one in programmes.known()}
    return [(one, _role(one, known), _scope(one, known)) for one in grants]


def in_words(grants: Sequence[G]) -> list[str]:
    """What somebody's grants amount to: each role once, with the programmes it is held in."""
    found: dict[str, list[str]] = {}
    for grant, role, scope in told(grants):
        scopes = found.setdefault(role, [])
        if grant.programme and scope not in scopes:
            scopes.append(scope)
    return [_of_programmes(role, scopes) for role, scopes in found.items()]


def _of_programmes(role: str, scopes: list[str]) -> str:
    if not scopes:
        return role
    if len(scopes) > NAMED:
        return words.text("studio.role_in_many", role=role, count=len(scopes))
    return words.text("studio.role_in", role=role, programmes=words.listed(scopes))


def _role(grant: Given, known: dict[str, Programme]) -> str:
    if grant.role in officers.OFFICERS.values():
        return _officer(grant.role)
    own = known.get(grant.programme)
    some = [own] if own else list(known.values())
    found = next((one for one in some if one.role(grant.role) is not None), None)
    return words.of(found, f"roles.{grant.role}") if found else grant.role


def _scope(grant: Given, known: dict[str, Programme]) -> str:
    if grant.role in officers.OFFICERS.values():
        return words.text("studio.house_roles")
    own = known.get(grant.programme)
    return words.of(own, "title") if own else words.text("studio.all_programmes")
