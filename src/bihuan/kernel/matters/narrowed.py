"""Kinds that not every role of their programme sees: what `seen_by` adds to the condition of a list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.models import Release
from bihuan.spec import sight
from bihuan.spec.schema import Kind, Programme

SIDES = {"home": ("home",), "unit": ("unit",), "any": ("home", "unit")}
Roles = frozenset[tuple[str, str]]
# side → subtree roots within which matters are seen.
Sides = Mapping[str, set[str]]


@dataclass(frozen=True)
class Narrowed:
    """A kind as some releases have it (none named: as all of them have it) that only `roles` see, each
    (id, where it stands)."""

    programme: str
    kind: str
    roles: Roles
    releases: frozenset[int]

    def matters(self) -> Q:
        """Its matters. A release under local changes is seen like the one that was changed."""
        of = Q(programme=self.programme, kind=self.kind)
        if not self.releases:
            return of
        ours = Q(pk__in=sorted(self.releases)) | Q(base_id__in=sorted(self.releases))
        return of & Q(release_id__in=Release.objects.filter(ours).values("pk"))


def _seeing(programme: Programme, kind: Kind) -> Roles:
    """Empty where every role does."""
    if not kind.seen_by:
        return frozenset()
    seeing = sight.roles(programme, kind)
    return frozenset((role.id, role.at) for role in programme.manifest.roles if role.id in seeing)


@standing.kept
def narrowed() -> tuple[Narrowed, ...]:
    """Every such kind there is or ever was. Standing data."""
    return tuple(_narrowed())


def _narrowed() -> Iterator[Narrowed]:
    for programme_id, releases in programmes.releases_with("seen_by"):
        by_kind: dict[str, dict[tuple[bool, Roles], set[int]]] = {}
        for pk, spec in releases.items():
            for kind_id, kind in spec.kinds.items():
                said = (bool(kind.seen_by), _seeing(spec, kind))
                by_kind.setdefault(kind_id, {}).setdefault(said, set()).add(pk)
        for kind_id, ways in by_kind.items():
            for (narrows, roles), pks in ways.items():
                if narrows:
                    some = frozenset(pks) if len(ways) > 1 else frozenset()
                    yield Narrowed(programme_id, kind_id, roles, some)


def sides_of(actor: Actor, programme: str, roles: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Within which subtrees the actor has some of these roles, by the side of a matter that counts."""
    sides: dict[str, set[str]] = {"home": set(), "unit": set()}
    for role, at in roles:
        for side in SIDES[at]:
            sides[side].update(actor.paths(role, programme))
    return {side: outermost(paths) for side, paths in sides.items()}


def outermost(paths: Iterable[str]) -> set[str]:
    """Paths without those that lie below another."""
    kept: list[str] = []
    for path in sorted(paths):
        if not any(tree.covers(above, path) for above in kept):
            kept.append(path)
    return set(kept)


def hidden_from(actor: Actor, scopes: Mapping[str, Sides]) -> list[tuple[Q, Sides]]:
    """Matters of which the actor sees less than what their other roles in the programme (`scopes`) would
    show them, with where they do see them; those that are seen alike together."""
    found: dict[tuple[frozenset[str], frozenset[str]], Q] = {}
    for one in narrowed():
        sides = sides_of(actor, one.programme, one.roles)
        # Where no role shows anything, or the very same, nothing is to be taken away.
        if sides != scopes.get(one.programme, {"home": set(), "unit": set()}):
            key = frozenset(sides["home"]), frozenset(sides["unit"])
            found[key] = found[key] | one.matters() if key in found else one.matters()
    return [(q, {"home": {*home}, "unit": {*unit}}) for (home, unit), q in found.items()]
