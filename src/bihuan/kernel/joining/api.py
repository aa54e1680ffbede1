"""What somebody may take part in: sign up for, answer, take a stance on. Each way is registered by whoever has
it; what a kind lets its members do is a way of the house's own."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import F, Q

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import access, attached, taking_part
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.attached import Given
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import MEMBER, Programme

MOST = 30
OPEN = ("open", "waiting")


@dataclass(frozen=True)
class Way:
    """A way of taking part: in which matters somebody may (a condition; None: in none), and by which
    actions of a kind of a programme. `page` is where an action is taken on a page of its own, for a matter
    and the action; '' where it is not. `tells` is what somebody should know of a matter before they do, in
    the reader's words, a line each."""

    matters: Callable[[Actor], Q | None]
    actions: Callable[[Programme, str], Collection[str]]
    page: Callable[[Matter, str], str] | None = None
    tells: Callable[[Matter], list[str]] | None = None


@dataclass(frozen=True)
class Joinable:
    """A matter that somebody may take part in: by which actions, refusals included, what they gave it
    already, and the first of those that can be taken on a page of its own, with its address; what they
    should know of it before."""

    matter: Matter
    actions: tuple[matters.Offered, ...]
    given: tuple[Given, ...]
    page: tuple[str, str] | None = None
    tells: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether they have given nothing yet, and may."""
        return not self.given and any(one.refusal is None for one in self.actions)


_WAYS: list[Way] = []


def register(one: Way) -> None:
    """Registers a way, when its app is ready."""
    _WAYS.append(one)


def _of_members(programme: Programme, kind_id: str) -> Collection[str]:
    if not programme.takes_part(kind_id):
        return ()
    return [name for name, one in programme.kinds[kind_id].actions.items() if MEMBER in one.by]


def joinable(who: Actor, at: datetime, *, most: int = MOST) -> tuple[list[Joinable], bool]:
    """What goes on that somebody may take part in, or has, the soonest due first; and whether there is
    more than `most`."""
    conditions = [q for one in _WAYS if (q := one.matters(who)) is not None]
    if who.person_id is None or not conditions or not who.may_scope("matters:read"):
        return [], False
    query = Matter.objects.filter(reduce(or_, conditions), phase__in=OPEN)
    query = query.filter(access.visible(who)).defer("facts")
    rows = list(query.order_by(F("due_at").asc(nulls_last=True), "-pk")[: most + 1])
    access.know_parties(rows)
    found = [_joinable(access.placed(row), who, at) for row in rows[:most]]
    return [one for one in found if one.actions or one.given], len(rows) > most


def _joinable(row: Matter, who: Actor, at: datetime) -> Joinable:
    spec = programmes.spec_of(row.release_id)
    names = {name for one in _WAYS for name in one.actions(spec, row.kind)}
    offers = tuple(one for one in matters.offered(row, who, at) if one.id in names)
    given = tuple(attached.given(row, who))
    done = {name for one in given for name in one.actions}
    may = [one.id for one in offers if one.refusal is None and one.id not in done]
    # What stands on another facet is registered after it: when it is comes before how much room there is.
    tells = tuple(line for way in reversed(_WAYS) if way.tells for line in way.tells(row))
    return Joinable(row, offers, given, _page(row, may), tells)


def _page(row: Matter, may: Collection[str]) -> tuple[str, str] | None:
    pages = ((name, way.page(row, name)) for name in may for way in _WAYS if way.page is not None)
    return next((one for one in pages if one[1]), None)


register(Way(taking_part.open_to, _of_members))
