"""A programme put in force with all it needs: what comes along, told before it is done."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import called
from bihuan.kernel.programmes.api import InForce, ProgrammeError, Release
from bihuan.spec.schema import Programme


@dataclass(frozen=True)
class Coming:
    """One release that would begin at a place. `vacant`: its roles that nobody has there on that day."""

    release: Release
    programme: Programme
    vacant: tuple[str, ...]


def coming(release_id: int, org: Org, on: date) -> list[Coming]:
    """What begins when a release is put in force at a place on a day: what it needs and is not in
    force there, in the newest release, then itself. Raises ProgrammeError when something that it
    needs was never installed."""
    newest: dict[str, Release] = {}
    for row in programmes.releases():
        newest.setdefault(row.programme, row)
    found: dict[str, Release] = {}
    asked = [(programmes.release_row(release_id), False)]
    while asked:
        row, along = asked.pop()
        if row.programme in found or (along and _is_there(row.programme, org, on)):
            continue
        found[row.programme] = row
        for name in programmes.spec_of(row.pk).manifest.needs:
            if name not in newest:
                whose = called.programme(row.programme, programmes.known())
                raise ProgrammeError("programmes.needs_missing", programme=whose, name=name)
            asked.append((newest[name], True))
    return [_told(row, org, on) for row in reversed(found.values())]


def _is_there(programme: str, org: Org, on: date) -> bool:
    try:
        programmes.in_force(programme, org.path, on)
    except ProgrammeError:
        return False
    return True


def _told(row: Release, org: Org, on: date) -> Coming:
    spec = programmes.spec_of(row.pk)
    return Coming(row, spec, vacant(spec, org, on))


def vacant(spec: Programme, org: Org, on: date) -> tuple[str, ...]:
    """The roles of a programme that nobody has at a place, above or below it, on a day."""
    return tuple(r.id for r in spec.manifest.roles if not _somebody(r.id, org, on, spec.id))


def leaning(row: InForce, on: date) -> tuple[str, ...]:
    """Programmes in force at the place of another, or below it, that need it there."""
    low = row.org.path
    return tuple(
        dict.fromkeys(
            one.programme
            for one in programmes.all_in_force(on, later=True)
            if tree.covers(low, one.org.path)
            and row.programme in programmes.spec_of(one.release_id).manifest.needs
        )
    )


def _somebody(role: str, org: Org, on: date, programme: str) -> bool:
    if access.holders(role, org.path, on, programme):
        return True
    return not _given_within(org.path, on).isdisjoint({(role, ""), (role, programme)})


@standing.kept
def _given_within(path: str, on: date) -> frozenset[tuple[str, str]]:
    """The roles that somebody has in a subtree, each with its programme ('': in any): asked for every role
    of every programme there."""
    return frozenset((one.role, one.programme) for one in access.grants_within(path, on))


@transaction.atomic
def put_in_force(
    release_id: int,
    org: Org,
    *,
    start: date,
    at: datetime,
    actor: Actor,
    end: date | None = None,
    replacing: bool = False,
) -> list[InForce]:
    """Puts a release in force with whatever it needs there, all or nothing, itself last; `end` and
    `replacing` are of itself. Raises ProgrammeError, DeniedError as `programmes.put_in_force` does."""
    return [
        programmes.put_in_force(
            one.release.pk,
            org,
            start=start,
            at=at,
            actor=actor,
            end=end if one.release.pk == release_id else None,
            replacing=replacing and one.release.pk == release_id,
        )
        for one in coming(release_id, org, start)
    ]
