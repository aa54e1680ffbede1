"""Whom a matter is about: a person, or an organisation and those who speak for it.

Which matters are about somebody, and what else comes of it, is said by the facet that brings it.
"""

from collections.abc import Iterable

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import membership
from bihuan.kernel.matters.models import ABOUT, Party
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import OPENER, SUBJECT, Kind, Programme

ROLES = (SUBJECT, ABOUT)


def role_of(kind: Kind) -> str:
    """The role in which whom a matter of a kind is about stands among its parties."""
    return SUBJECT if kind.names(SUBJECT) else ABOUT


def of(held: Iterable[Party]) -> Party | None:
    """Whom the matter is about that has these parties, if it says so."""
    return next((one for one in held if one.role in ROLES), None)


def speaks(actor: Actor, held: Iterable[Party], programme: Programme) -> bool:
    """Whether the actor is the subject, or speaks for it, where the matter's kind gives it a part."""
    about = of(held)
    if about is None or about.role != SUBJECT:
        return False
    if about.org_id is None:
        return about.person_id == actor.person_id
    return about.org_path in membership.voices(actor, programme)


def is_about(actor: Actor, held: Iterable[Party]) -> bool:
    """Whether it is about the actor, or about an organisation to which they belong themselves, by
    whatever post or grant: nobody decides on themselves."""
    about = of(held)
    if about is None or actor.person_id is None:
        return False
    if about.org_id is None:
        return about.person_id == actor.person_id
    return about.org_path in membership.places(actor)


def naming() -> dict[str, list[Programme]]:
    """The programmes of which some kind names who opened a matter, and whom it is about."""
    return {
        name: [p for p in programmes.known() if any(kind.names(name) for kind in p.kinds.values())]
        for name in (OPENER, SUBJECT)
    }
