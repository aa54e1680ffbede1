"""Members in matters: whoever belongs to a matter's unit, or to an organisation below it, sees it and acts on it
where its kind names `member`. They are no party of it: who has left sees it no more, who comes sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import standing_person, tree
from bihuan.kernel.matters import membership
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import MEMBER, Programme


@dataclass(frozen=True)
class Named:
    """A kind that names members, in these releases (among them those under local changes, which are seen like
    the one that was changed); `states`: where a member may take a step."""

    programme: str
    kind: str
    releases: frozenset[int]
    states: frozenset[str]

    def matters(self) -> Q:
        """Its matters."""
        return Q(programme=self.programme, kind=self.kind, release_id__in=sorted(self.releases))


@standing.kept
def naming() -> tuple[Named, ...]:
    """Every such kind there is or ever was. Standing data."""
    return tuple(_naming())


def _naming() -> Iterator[Named]:
    changed: dict[int, list[int]] = {}
    for pk, base in programmes.adapted():
        changed.setdefault(base, []).append(pk)
    for programme_id, releases in programmes.releases_with(MEMBER):
        found: dict[tuple[str, frozenset[str]], set[int]] = {}
        for pk, spec in releases.items():
            for kind_id, kind in spec.kinds.items():
                if spec.takes_part(kind_id):
                    acts = [one for one in kind.actions.values() if MEMBER in one.by]
                    states = frozenset(s for one in acts for s in kind.sources_of(one))
                    found.setdefault((kind_id, states), set()).update((pk, *changed.get(pk, ())))
        for (kind_id, states), pks in found.items():
            yield Named(programme_id, kind_id, frozenset(pks), states)


def _within(actor: Actor) -> list[str]:
    """The organisations whose member somebody is: their own, and those above them."""
    return sorted({path for at in membership.places(actor) for path in tree.ancestors(at)})


def of_members(actor: Actor) -> Q | None:
    """The matters that somebody sees as a member; None where there is nothing of the sort."""
    kinds = naming() if actor.person_id is not None else ()
    paths = _within(actor) if kinds else []
    if not paths:
        return None
    q = Q(pk__in=[])
    for one in kinds:
        q |= one.matters()
    return Q(unit_path__in=paths) & q


def open_to(actor: Actor) -> Q | None:
    """Of these, those in which a member may take a step now, were nothing in its way."""
    kinds = [one for one in naming() if one.states] if actor.person_id is not None else []
    paths = _within(actor) if kinds else []
    if not paths:
        return None
    q = Q(pk__in=[])
    for one in kinds:
        q |= one.matters() & Q(state__in=sorted(one.states))
    return Q(unit_path__in=paths) & q


def belongs(actor: Actor, found: Matter) -> bool:
    """Whether somebody is a member of the matter's unit."""
    return actor.person_id is not None and membership.is_member(actor, found.unit_path)


def may(actor: Actor, found: Matter, programme: Programme) -> bool:
    """Whether somebody sees a matter as a member."""
    return programme.takes_part(found.kind) and belongs(actor, found)


def anybody(found: Matter, away: set[int], on: date) -> bool:
    """Whether there is a member with an account who may act on it."""
    people = grants.people_at(found.unit_path, on) - away
    return any((one := standing_person(pk)).is_active and one.username for pk in people)
