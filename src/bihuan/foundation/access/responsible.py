"""Whom to ask: who may set what somebody else may only read."""

from dataclasses import dataclass
from datetime import date

from bihuan.foundation.access import api as access
from bihuan.foundation.access import officers
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, Person


@dataclass(frozen=True)
class Responsible:
    """The role whose work it is, the organisations that it has to hold over, and who holds it there."""

    role: str
    orgs: tuple[Org, ...]
    people: tuple[Person, ...]


def for_place(duty: str, org: Org, on: date) -> Responsible:
    """Who may set what holds at an organisation and below it: whoever has the duty nearest to it."""
    role = officers.role_for(duty)
    return Responsible(role, (org,), _people(access.holders(role, org.path, on)))


def for_house(duty: str, on: date) -> Responsible:
    """Who may set what holds in the whole house: whoever has the duty at every root there is."""
    role = officers.role_for(duty)
    roots = orgs.root_paths()
    held = [access.all_holders(role, path, on) for path in roots]
    everywhere = frozenset.intersection(*held) if held else frozenset()
    return Responsible(role, tuple(orgs.orgs_at(roots)), _people(sorted(everywhere)))


def _people(pks: tuple[int, ...] | list[int]) -> tuple[Person, ...]:
    return tuple(orgs.standing_person(pk) for pk in pks)
