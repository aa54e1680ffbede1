"""Local changes: made with a clause, ended on a day, compared with what is shipped."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, history
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.programmes import registry
from bihuan.kernel.programmes.dated import end_of, holding, span
from bihuan.kernel.programmes.held import (
    Held,
    change_of,
    ordered,
    spec_of,
)
from bihuan.kernel.programmes.models import Override, Release
from bihuan.kernel.programmes.problems import ProgrammeError
from bihuan.rules.spans import MeetsError, followed
from bihuan.spec import bounds, overlay, release
from bihuan.spec.schema import Programme

PARTS = ("setting", "choice", "field")


def overrides(programme: str) -> list[Override]:
    """Local changes of a programme, newest first."""
    rows = Override.objects.filter(programme=programme).select_related("org")
    return list(rows.order_by("-pk"))


def begun_by(row: Override) -> tuple[str, datetime]:
    """Who made a local change ('' where the house did), and when."""
    first = history(row.stream)[0]
    kind, _, number = first.actor.partition(":")
    return (orgs.standing_person(int(number)).name if kind == "person" else "", first.at)


def override_row(pk: int) -> Override:
    """One local change with its organisation. Raises Override.DoesNotExist."""
    return Override.objects.select_related("org").get(pk=pk)


def _checked(programme: Programme, name: str, value: Any) -> None:
    spec = programme.settings.get(name)
    if spec is None:
        raise ProgrammeError("programmes.no_setting", name=name)
    if bounds.fits(spec, value):
        return
    if bounds.is_number(spec, value):
        least, most = bounds.limits(spec)
        raise ProgrammeError(
            "programmes.out_of_bounds", name=name, value=value, least=least, most=most
        )
    raise ProgrammeError("programmes.bad_value", name=name, value=value)


def may_set(programme: Programme, part: str, name: str, *, org: Org, actor: Actor) -> bool:
    """Whether the actor may make or end a local change at a place: who administers it, and where a
    setting is `only_from = "above"`, who administers the one above (a root has none: its own)."""
    spec = programme.settings.get(name) if part == "setting" else None
    above = orgs.parent_of(org) if spec is not None and spec.only_from == "above" else None
    return officers.is_over(actor, officers.SYSTEM, (above or org).path)


def _require(programme: Programme, part: str, name: str, *, org: Org, actor: Actor) -> None:
    officers.require(actor, officers.SYSTEM, org)
    if not may_set(programme, part, name, org=org, actor=actor):
        raise ProgrammeError("programmes.only_from_above", name=name)


def _told(row: Override, actor: Actor, at: datetime) -> dict[str, Any]:
    """Whoever administers the place above learns of every change below; a root's, its others."""
    above = orgs.parent_of(row.org) or row.org
    day = timezone.localtime(at).date()
    people = grants.holders(officers.role_for(officers.SYSTEM), above.path, day)
    return notify.told([one for one in people if one != actor.person_id], "notice.local_change")


def _tell_above(programme: Programme, row: Override, telling: dict[str, Any], at: datetime) -> None:
    notify.tell_told(
        row,
        telling,
        at=at,
        org=row.org.name,
        programme=programme.strings["zh-Hans"]["title"],
        clause=row.clause[:80],
    )


def _check_laid(programme: Programme, new: Override) -> None:
    """Lays the new change at its place and at every place below that has changes of its own, on
    each day from which another set of changes holds. Raises ProgrammeError."""
    low, high = tree.bounds(new.org.path)
    related = Q(org__path__in=tree.ancestors(new.org.path)) | Q(
        org__path__gte=low, org__path__lt=high
    )
    others = [
        row
        for row in Override.objects.filter(related, programme=programme.id).select_related("org")
        if row.part != "setting"
        and (row.end is None or row.end > new.start)
        and (new.end is None or row.start < new.end)
    ]
    paths = {new.org.path, *(r.org.path for r in others if tree.covers(new.org.path, r.org.path))}
    for day in sorted({new.start, *(r.start for r in others if r.start > new.start)}):
        for path in sorted(paths):
            _check_at(programme, new, [r for r in others if _at(r, path, day)])


def _at(row: Override, path: str, day: date) -> bool:
    return (
        tree.covers(row.org.path, path) and row.start <= day and (row.end is None or row.end > day)
    )


def _check_at(programme: Programme, new: Override, others: list[Override]) -> None:
    verbs = registry.verbs()
    wanted = change_of(new)
    _, before = overlay.laid(programme, map(change_of, ordered(others)), verbs)
    _, after = overlay.laid(programme, map(change_of, ordered([*others, new])), verbs)
    already = [one for one, _ in before]
    for one, error in after:
        if one == wanted:
            raise ProgrammeError(error.key, **error.values)
        if one not in already:
            raise ProgrammeError("programmes.overlay_conflict", name=one.name)


@transaction.atomic
def override(
    programme: Programme,
    name: str,
    value: Any,
    *,
    org: Org,
    start: date,
    clause: str,
    at: datetime,
    actor: Actor,
    part: str = "setting",
    scope: dict[str, str] | None = None,
    end: date | None = None,
) -> Override:
    """A local change, from a day on, with the document that orders it.

    Raises ProgrammeError: no such setting, choice or field, a value of the wrong kind, no clause,
    one out of its bounds, one that only those above may set, an empty period or one that meets
    another (`rules.spans`), or a programme that would no longer pass `bihuan check`; DeniedError
    unless the actor administers there.
    """
    _require(programme, part, name, org=org, actor=actor)
    if not clause.strip():
        raise ProgrammeError("programmes.clause_missing")
    if end is not None and end <= start:
        raise ProgrammeError("programmes.ends_before_start")
    row = Override(
        org=org,
        programme=programme.id,
        part=part,
        name=name,
        value=value,
        scope=scope or {},
        clause=clause.strip(),
        start=start,
        end=end,
    )
    if part == "setting":
        _checked(programme, name, value)
    elif part not in PARTS or scope:
        raise ProgrammeError("programmes.bad_value", name=name, value=scope or part)
    _follow(row, at, actor)
    if part != "setting":
        _check_laid(programme, row)
    telling = _told(row, actor, at)
    create(row, Happening("setting.overridden", at, actor.ref, data=telling))
    _tell_above(programme, row, telling, at)
    return row


def _follow(row: Override, at: datetime, actor: Actor) -> None:
    """Ends the one of the same thing at the same place that the new one follows. Raises
    ProgrammeError when it meets another."""
    orgs.one_at_a_time(row.org.pk)
    there = Override.objects.filter(
        org=row.org, programme=row.programme, part=row.part, name=row.name
    ).order_by("start")
    try:
        old = followed(span(row), [(one, span(one)) for one in there if one.scope == row.scope])
    except MeetsError as error:
        raise ProgrammeError(error.key, **error.values) from error
    if old is not None:
        change(old, Happening("setting.ended", at, actor.ref, set={"end": row.start}))


@transaction.atomic
def end_override(pk: int, *, on: date, at: datetime, actor: Actor) -> Override:
    """Ends a local change; what it decided before stays decided. Raises ProgrammeError when it ends
    earlier already, DeniedError unless the actor administers there."""
    row = override_row(pk)
    known = spec_of(Release.objects.filter(programme=row.programme, base=None).latest("pk").pk)
    _require(known, row.part, row.name, org=row.org, actor=actor)
    telling, ends = _told(row, actor, at), {"end": end_of(row, on)}
    change(row, Happening("setting.ended", at, actor.ref, set=ends, data=telling))
    _tell_above(known, row, telling, at)
    return row


def local_choices(on: date) -> list[Override]:
    """Choices that some organisation added or renamed, for lists that show all organisations'."""
    rows = Override.objects.filter(holding(on), part="choice").select_related("org").order_by("pk")
    return [row for row in rows if not row.value.get("retired")]


def difference(found: Held) -> list[tuple[str, str | None, str | None]]:
    """(key path, shipped, here) of everything a place's changes of choices and fields bring."""
    return release.diff(spec_of(found.base_id), found.programme)
