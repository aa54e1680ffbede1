"""Nominating somebody in a round: whom and why; all else is looked up."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from bihuan.facets.round import rounds
from bihuan.facets.round.block import ROUND
from bihuan.facets.subject.block import SUBJECTS, SubjectSpec
from bihuan.foundation.access.api import Actor
from bihuan.foundation.files.api import Stored
from bihuan.foundation.orgs.api import (
    Org,
    orgs_at,
    standing_org,
    standing_person,
    tree,
)
from bihuan.kernel.matters import access, membership
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import InputError, NotAllowedError
from bihuan.spec.schema import Kind, Programme


def found(pk: int, who: Actor) -> Matter:
    """A round that somebody sees, or in which they may nominate. Raises LookupError."""
    row = Matter.objects.filter(rounds.of_kinds(), pk=pk).first() if 0 < pk < 2**63 else None
    if row is None or not who.may_scope("matters:read"):
        raise LookupError(pk)
    if not (matters.sees(who, row) or may(who, row)):
        raise LookupError(pk)
    return access.placed(row)


def running(who: Actor) -> list[Matter]:
    """The rounds that somebody sees or in which they may nominate, newest first."""
    rows = Matter.objects.filter(rounds.of_kinds()).order_by("-pk")
    seen = {*rows.filter(access.visible(who)).values_list("pk", flat=True)}
    known = [one for one in rows if one.pk in seen or may(who, one)]
    return [access.placed(one) for one in known]


def takes(row: Matter) -> bool:
    """Whether nominations come in now."""
    block = ROUND.of(rounds.kind_of(row))
    return block is not None and row.state in block.open_ and rounds.run_of(row) is not None


def kind(row: Matter) -> tuple[Programme, str, Kind, SubjectSpec]:
    """By which kind candidates of a round are nominated, and whom it is about. Raises RefusedError
    before it was opened."""
    programme = programmes.spec_of(row.release_id)
    name = rounds.award_of(row, rounds.running(row)).nomination
    about = SUBJECTS.of(programme.kinds[name])
    assert about is not None, "bihuan check asks for one"
    return programme, name, programme.kinds[name], about


def field_of(row: Matter, kind_id: str) -> str:
    """Which field of a kind says whom it is about, where candidates of a round that was opened are
    nominated by that kind; '' otherwise."""
    if ROUND.of(rounds.kind_of(row)) is None or rounds.run_of(row) is None:
        return ""
    _, name, _, about = kind(row)
    return about.field if name == kind_id else ""


def may(who: Actor, row: Matter) -> bool:
    """Whether somebody may nominate in a round: by a role somewhere within it, or as one of its people,
    while nominations come in."""
    if who.person_id is None or not takes(row):
        return False
    programme, _, nominated, _ = kind(row)
    within = {row.home_path, *(p for p in _paths(who) if tree.covers(row.home_path, p))}
    return any(access.may_open(who, nominated, programme, path) for path in within)


def _paths(who: Actor) -> set[str]:
    return {*membership.places(who), *(at for _, at, _ in who.held)}


def nominate(
    pk: int,
    whom: int | None,
    why: str,
    *,
    actor: Actor,
    at: datetime,
    files: tuple[Stored, ...] = (),
    key: str | None = None,
) -> Opened:
    """Nominates a person or an organisation, whichever the award is for, at the organisation where they
    belong and the actor may; by themselves, a branch or the masses follows from who does it.

    Raises LookupError (no such round), InputError (nobody, from elsewhere, nominated already),
    NotAllowedError, RefusedError (nominations do not come in now)."""
    row = found(pk, actor)
    programme, name, nominated, about = kind(row)
    if whom is None:
        raise InputError({about.field: ("input.required", {})})
    on = timezone.localtime(at).date()
    places = [one for one in _places(whom, about, on) if tree.covers(row.home_path, one.path)]
    if not places:
        raise InputError({about.field: ("round.elsewhere", {"name": row.home.name})})
    home = _home(actor, row, nominated, programme, places)
    called = standing_person(whom).name if about.is_ == "person" else standing_org(whom).name
    opening = Opening(
        programme=programme.id,
        kind=name,
        home=home,
        subject=f"{_award(row, programme)} {called}"[:200],
        body=why,
        fields={about.field: whom},
        files=files,
        parent=row,
    )
    return matters.open_matter(opening, actor=actor, at=at, key=key)


def _award(row: Matter, programme: Programme) -> str:
    award = rounds.running(row).award
    field = rounds.block_of(row).award
    key = f"choices.{field}.{award}"
    return programme.strings.get(DEFAULT, {}).get(key, award)


def _places(whom: int, about: SubjectSpec, on: date) -> Iterator[Org]:
    """Where a candidate belongs, the nearest first."""
    if about.is_ == "org":
        yield standing_org(whom)
        return
    paths = membership.places_of(standing_person(whom), on)
    yield from sorted(orgs_at(sorted(paths)), key=lambda one: (-len(one.path), one.path))


def _home(
    actor: Actor, row: Matter, nominated: Kind, programme: Programme, places: list[Org]
) -> Org:
    """At which organisation a nomination is opened: the nearest to the candidate where the actor may."""
    for place in places:
        above = [p for p in tree.ancestors(place.path) if tree.covers(row.home_path, p)]
        for org in sorted(orgs_at(above), key=lambda one: -len(one.path)):
            if access.may_open(actor, nominated, programme, org.path):
                return org
    raise NotAllowedError("round.may_not_nominate")
