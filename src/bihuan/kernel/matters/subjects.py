"""Whom a matter is about: a person, or an organisation and those who speak for it; or two of them.

Which matters are about somebody, and what else comes of it, is said by the facet that brings it.
"""

from collections.abc import Iterable
from datetime import date

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
    """Whom the matter is about that has these parties, if it says so; the first of two."""
    return next(iter(every(held)), None)


def every(held: Iterable[Party]) -> list[Party]:
    """Everybody whom the matter is about that has these parties."""
    return [one for one in held if one.role in ROLES]


def speaks(actor: Actor, held: Iterable[Party], programme: Programme) -> bool:
    """Whether the actor is a subject, or speaks for one, where the matter's kind gives it a part."""
    return any(_speaks(actor, about, programme) for about in held if about.role == SUBJECT)


def _speaks(actor: Actor, about: Party, programme: Programme) -> bool:
    if about.org_id is None:
        return about.person_id == actor.person_id
    return about.org_path in membership.voices(actor, programme)


def heard(held: Iterable[Party], programme: Programme, on: date) -> list[int]:
    """Those whom the matter is about, where its kind gives them a part; of an organisation whoever
    speaks for it on a day."""
    found: list[int] = []
    for about in held:
        if about.role == SUBJECT and about.org_id is not None:
            found += sorted(membership.speakers(about.org_id, programme, on))
        elif about.role == SUBJECT and about.person_id:
            found.append(about.person_id)
    return found


def is_about(actor: Actor, held: Iterable[Party]) -> bool:
    """Whether it is about the actor, or about an organisation to which they belong themselves, by
    whatever post or grant: nobody decides on themselves."""
    if actor.person_id is None:
        return False
    return any(
        about.person_id == actor.person_id
        if about.org_id is None
        else about.org_path in membership.places(actor)
        for about in every(held)
    )


def naming() -> dict[str, list[Programme]]:
    """The programmes of which some kind names who opened a matter, and whom it is about."""
    return {
        name: [p for p in programmes.known() if any(kind.names(name) for kind in p.kinds.values())]
        for name in (OPENER, SUBJECT)
    }
