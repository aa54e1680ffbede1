"""Whom to ask where one may only read, in a sentence."""

from bihuan.foundation.access import officers, responsible
from bihuan.foundation.orgs.api import Org
from bihuan.web import words
from bihuan.web.studio.door import today

# More names than anybody writes to.
NAMED = 3


def sets_house() -> str:
    """Who sets what holds in the whole system."""
    return _said(responsible.for_house(officers.SYSTEM, today()))


def sets_at(org: Org) -> str:
    """Who sets what holds at an organisation."""
    return _said(responsible.for_place(officers.SYSTEM, org, today()))


def _said(found: responsible.Responsible) -> str:
    scope = "several" if len(found.orgs) > 1 else "one"
    return words.text(
        f"studio.set_by.{scope}" if found.people else f"studio.set_by.{scope}_nobody",
        orgs=words.listed(org.name for org in found.orgs),
        role=words.text(f"studio.role.{found.role}"),
        people=words.listed(person.name for person in found.people[:NAMED]),
    )
