"""Choosing an organisation or a person: found as one types, or written as a name or code.

A field `unit` is posted as `unit` (ids picked from the list) and `unit-text` (what was typed, all
there is without scripts). Both are looked up only within what may be chosen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, Person
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import membership
from bihuan.lib.problems import InputError
from bihuan.web import words

LISTED = 20
HINTED = 5
LONGEST = 120
# Types of which several are chosen, each with the one that it holds several of.
MANY = {"orgs": "org", "people": "person"}
# What is said of a text that names several, that only resembles a name, that names nothing.
UNCLEAR = {
    "org": ("input.org_ambiguous", "input.org_near", "input.org_nowhere"),
    "person": ("input.person_ambiguous", "input.person_near", "input.person_nowhere"),
}
KINDS = (*UNCLEAR, *MANY)
_BETWEEN = re.compile(r"[、,，;；\n]+")
_LABEL = re.compile(r"(.+)（([^（）]*)）")


@dataclass(frozen=True)
class Choice:
    """One thing to choose: `where` tells it from others of its name."""

    pk: int
    name: str
    where: str

    @property
    def label(self) -> str:
        return f"{self.name}（{self.where}）" if self.where else self.name


@dataclass(frozen=True)
class Scope:
    """What may be chosen: organisations of these subtrees, and who has a post there, or is a
    member, on a day. In a `public` one nobody is told who else of the staff is called alike."""

    paths: tuple[str, ...]
    on: date
    public: bool = False

    def find(self, kind: str, query: str) -> list[Choice]:
        """The first that contain `query`; those that are called exactly so come before."""
        exact = self.called(kind, query) if query else []
        rest = self._people(query) if is_person(kind) else self._orgs(query)
        return list({one.pk: one for one in (*exact, *rest)}.values())[:LISTED]

    def _orgs(self, query: str) -> list[Choice]:
        return _orgs(
            [o for path in self.paths for o in orgs.find_orgs(query, within=path, limit=LISTED)]
        )

    def _people(self, query: str) -> list[Choice]:
        found = [p for path in self.paths for p in orgs.people_of(path, self.on, query)[:LISTED]]
        return _people(found, self.on)

    def called(self, kind: str, text: str) -> list[Choice]:
        """Those whose name or code is exactly `text`."""
        if not is_person(kind):
            return _orgs([o for path in self.paths for o in orgs.orgs_called(text, within=path)])
        found = [p for path in self.paths for p in orgs.people_of(path, self.on, text)[:LISTED]]
        return _people([p for p in found if text in (p.name, p.username, p.code)], self.on)

    def holds(self, kind: str, pk: int) -> bool:
        """Whether this id may be chosen."""
        if is_person(kind):
            everybody = (orgs.people_of(path, self.on) for path in self.paths)
            return any(people.filter(pk=pk).exists() for people in everybody)
        row = orgs.org_if_any(pk)
        return (
            row is not None
            and row.active
            and any(orgs.tree.covers(path, row.path) for path in self.paths)
        )


def is_person(kind: str) -> bool:
    """Whether people are chosen rather than organisations."""
    return MANY.get(kind, kind) == "person"


def of_matter(matter: matters.Matter, at: datetime) -> Scope:
    """What an action on a matter may name: everything below the root of its home."""
    return Scope((matter.home_path[: orgs.tree.STEP],), timezone.localtime(at).date())


def of_home(home: Org, at: datetime, *, public: bool = False) -> Scope:
    """What somebody may name who opens a matter at an organisation: everything below its root."""
    return Scope((home.path[: orgs.tree.STEP],), timezone.localtime(at).date(), public)


def of_staff(who: Actor, on: date) -> Scope:
    """What somebody with an account may name: everything below the roots where they belong."""
    return Scope(tuple(sorted({path[: orgs.tree.STEP] for path in membership.places(who)})), on)


def of_admin(who: Actor, on: date) -> Scope:
    """What an administrator may name: what they administer."""
    return Scope(tuple({p for role in officers.officer_roles() for p in who.paths(role)}), on)


def _orgs(rows: Sequence[Org]) -> list[Choice]:
    unique = list({o.pk: o for o in rows}.values())[:LISTED]
    above = orgs.named_above(unique)
    return [Choice(o.pk, o.name, o.code or above.get(o.pk, "")) for o in unique]


def _people(rows: Sequence[Person], on: date) -> list[Choice]:
    unique = list({p.pk: p for p in rows}.values())[:LISTED]
    places = orgs.places_of([p.pk for p in unique], on)
    return [Choice(p.pk, p.name, places.get(p.pk, "")) for p in unique]


def chosen(pks: Sequence[str], kind: str = "org") -> list[Choice]:
    """Organisations (or people) picked before, to show them again; what is no id is left out."""
    wanted = [int(pk) for pk in pks[:LISTED] if _is_id(pk)]
    if is_person(kind):
        return [Choice(one.pk, one.name, "") for one in map(_person_if_any, wanted) if one]
    rows = [orgs.org_if_any(pk) for pk in wanted]
    return _orgs([row for row in rows if row is not None])


def _person_if_any(pk: int) -> Person | None:
    try:
        return orgs.standing_person(pk)
    except Person.DoesNotExist:
        return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _picked(scope: Scope, kind: str, pk: str) -> int:
    if not _is_id(pk) or not scope.holds(kind, int(pk)):
        key = "input.unknown_person" if is_person(kind) else "input.unknown_org"
        raise _UnclearError(key)
    return int(pk)


class _UnclearError(Exception):
    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(key)


def _typed(scope: Scope, kind: str, text: str) -> int:
    found = scope.called(kind, text)
    parts = _LABEL.fullmatch(text)
    if not found and parts:
        found = [c for c in scope.called(kind, parts[1]) if c.label == text]
    if len(found) == 1:
        return found[0].pk
    if scope.public and is_person(kind):
        raise _UnclearError("input.unknown_person")
    several, near, nowhere = UNCLEAR[MANY.get(kind, kind)]
    if found:
        raise _UnclearError(several, text=text, names=_listed(found))
    alike = scope.find(kind, text)[:HINTED]
    raise _UnclearError(near if alike else nowhere, text=text, names=_listed(alike))


def _listed(found: Sequence[Choice]) -> str:
    return words.listed(one.label for one in found)


def taken(posted: QueryDict, name: str, kind: str, scope: Scope) -> int | list[int] | None:
    """The id (of several: ids) chosen for a field; None or [] when it was left empty.

    Raises InputError when a name is unknown, belongs to several, or may not be chosen.
    """
    picked = [pk for pk in posted.getlist(name) if pk]
    text = " ".join(posted.get(f"{name}-text", "")[: LONGEST * 20].replace("\n", "、").split())
    texts = [t.strip() for t in _BETWEEN.split(text)] if kind in MANY else [text]
    try:
        found = [_picked(scope, kind, pk) for pk in picked]
        if kind in MANY or not found:
            found += [_typed(scope, kind, t[:LONGEST]) for t in texts if t]
    except _UnclearError as error:
        raise InputError({name: (error.key, error.values)}) from None
    if kind in MANY:
        return sorted(set(found))
    return found[0] if found else None


def answer(request: HttpRequest, scope: Scope, kind: str) -> HttpResponse:
    """The list under the field, for what was typed so far."""
    if kind not in KINDS:
        raise LookupError(kind)
    query = request.GET.get("q", "").strip()[:LONGEST]
    return render(request, "web/_choices.html", {"choices": scope.find(kind, query)})
