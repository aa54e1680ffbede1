"""The public door of programmes: install, put in force, read, override settings."""

from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, register, standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.programmes import registry
from bihuan.kernel.programmes.checking import check_folder
from bihuan.kernel.programmes.dated import end_of, holding, span
from bihuan.kernel.programmes.folders import folders
from bihuan.kernel.programmes.held import (
    Held,
    forget_cached,
    held,
    held_under,
    in_force,
    known,
    not_understood,
    release_for,
    releases_with,
    spec_of,
)
from bihuan.kernel.programmes.models import InForce, Override, Release
from bihuan.kernel.programmes.overrides import (
    difference,
    end_override,
    local_choices,
    may_set,
    override,
    override_row,
    overrides,
)
from bihuan.kernel.programmes.problems import ProgrammeError
from bihuan.kernel.programmes.settings import Resolved, local_values, resolve
from bihuan.rules.spans import MeetsError, Span, followed
from bihuan.spec import load, release
from bihuan.spec.duties import doing
from bihuan.spec.load import BrokenProgrammeError
from bihuan.spec.schema import Programme

__all__ = [
    "Held",
    "InForce",
    "Override",
    "ProgrammeError",
    "Release",
    "Resolved",
    "adapted",
    "all_in_force",
    "check_folder",
    "current",
    "difference",
    "end_in_force",
    "end_override",
    "folders",
    "forget_cached",
    "held",
    "held_under",
    "in_force",
    "in_force_at",
    "in_force_row",
    "install",
    "known",
    "local_choices",
    "local_values",
    "may_set",
    "not_understood",
    "override",
    "override_row",
    "overrides",
    "put_in_force",
    "read_folder",
    "registry",
    "release_for",
    "release_row",
    "releases",
    "releases_with",
    "resolve",
    "roles",
    "spec_of",
]

register(Release, InForce, Override)


def read_folder(folder: Path) -> Programme:
    """The programme of a folder as it stands there. Raises BrokenProgrammeError."""
    return load.read(folder)


@transaction.atomic
def install(folder: Path, *, at: datetime, actor: str) -> Release:
    """Stores a folder's programme as an immutable release, or returns the one already stored.

    Raises BrokenProgrammeError with all problems, ProgrammeError when the same version was
    installed with other contents.
    """
    problems = check_folder(folder, stored=True)
    if problems:
        raise BrokenProgrammeError(problems)
    programme = load.read(folder)
    digest = release.digest(programme)
    same = Release.objects.filter(digest=digest).first()
    if same is not None:
        return same
    version = programme.manifest.version
    if Release.objects.filter(programme=programme.id, tag=version).exists():
        raise ProgrammeError("programmes.version_taken", programme=programme.id, version=version)
    return create(
        Release(programme=programme.id, tag=version, digest=digest, text=release.stored(programme)),
        Happening("release.installed", at, actor),
    )


def roles(programme: str = "") -> set[str]:
    """Every role that a programme, or any, declares."""
    some = (one for one in known() if programme in ("", one.id))
    return {role.id for one in some for role in one.manifest.roles}


def releases() -> list[Release]:
    """All installed releases, by programme, newest first; adapted ones are not installed."""
    # `base` stands behind the text, and is read through all of it on SQLite unless it is found by its index:
    # ordered by programme, some ten milliseconds went into that.
    rows = Release.objects.filter(base=None).defer("text", "base").order_by("-pk")
    return sorted(rows, key=lambda row: row.programme)


def adapted() -> list[tuple[int, int]]:
    """Releases made of another under local changes, as (number, the other's number)."""
    return list(Release.objects.filter(base__isnull=False).values_list("pk", "base_id"))


def release_row(pk: int) -> Release:
    """One release. Raises Release.DoesNotExist."""
    return Release.objects.get(pk=pk)


def current(programme: str, on: date) -> list[InForce]:
    """Every place where a programme is in force."""
    rows = InForce.objects.filter(holding(on), programme=programme)
    return _light(rows.order_by("org__path"))


def all_in_force(on: date, *, later: bool = False) -> list[InForce]:
    """Everything in force anywhere; with `later` also what will be from a later day on. Standing data."""
    return list(_all_in_force(on, later=later))


@standing.kept
def _all_in_force(on: date, *, later: bool) -> tuple[InForce, ...]:
    wanted = holding(on)
    if later:
        wanted |= Q(start__gt=on) & (Q(end__isnull=True) | Q(end__gt=F("start")))
    rows = InForce.objects.filter(wanted).order_by("programme", "org__path", "start", "pk")
    return tuple(_light(rows))


def _light(rows: QuerySet[InForce]) -> list[InForce]:
    """With organisation and release, but not the whole text of each: that is some hundred kilobytes."""
    return list(rows.select_related("org", "release").defer("release__text"))


@standing.kept
def _by_place(on: date) -> dict[str, tuple[InForce, ...]]:
    found: dict[str, tuple[InForce, ...]] = {}
    for force in all_in_force(on):
        found[force.org.path] = (*found.get(force.org.path, ()), force)
    return found


def in_force_at(org_path: str, on: date) -> dict[str, InForce]:
    """What holds at a place on a day: each programme as the organisation itself has it, or the nearest
    above it. Only these are looked at, however many others have programmes of their own. Standing data."""
    by_place = _by_place(on)
    found: dict[str, InForce] = {}
    for path in tree.ancestors(org_path):
        for force in by_place.get(path, ()):
            found.setdefault(force.programme, force)
    return found


@standing.kept
def at_desks(on: date) -> tuple[tuple[Org, Programme], ...]:
    """Every organisation with a desk and each programme in force there, as it holds there, by place
    in the tree and by programme. A desk is where somebody has a role that receives. Where several
    releases of a programme are in force above it, the nearest holds. Standing data."""
    releases = {force.release_id for forces in _by_place(on).values() for force in forces}
    desks = {pk: _desks(pk, on) for pk in releases}
    orgs = {pk: org for each in desks.values() for pk, org in each.items()}
    found = []
    for org in sorted(orgs.values(), key=lambda org: org.path):
        for _, force in sorted(in_force_at(org.path, on).items()):
            if org.pk in desks[force.release_id]:
                found.append((org, held_under(force.release_id, org.path, on).programme))
    return tuple(found)


def _desks(release_id: int, on: date) -> dict[int, Org]:
    spec = spec_of(release_id)
    return {
        org.pk: org
        for role in doing(spec, "receive")
        for org in grants.orgs_with(role, on, spec.id)
    }


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
) -> InForce:
    """Puts a release in force; one without an end that holds there ends that day, if neither has one.
    One that was to begin that very day, today or later, is replaced: it never was in force for a day
    that is over, and what was opened by it goes on by it: if there is any, only when told `replacing`.

    Raises ProgrammeError when the period is empty, something was opened by what it replaces or meets another (`rules.spans`), DeniedError unless the actor administers there.
    """
    officers.require(actor, officers.SYSTEM, org)
    if end is not None and end <= start:
        raise ProgrammeError("programmes.ends_before_start")
    row = Release.objects.get(pk=release_id, base=None)
    orgs.one_at_a_time(org.pk)
    there = list(InForce.objects.filter(org=org, programme=row.programme).order_by("start"))
    if end is None and start >= timezone.localtime(at).date():
        for one in there:
            if one.start == start and one.end is None:
                _asked_first(one, org, replacing=replacing)
                change(one, Happening("programme.ended", at, actor.ref, set={"end": start}))
    try:
        old = followed(Span(start, end), [(one, span(one)) for one in there])
    except MeetsError as error:
        raise ProgrammeError(error.key, **error.values) from error
    if old is not None:
        change(old, Happening("programme.ended", at, actor.ref, set={"end": start}))
    return create(
        InForce(org=org, programme=row.programme, release=row, start=start, end=end),
        Happening("programme.in_force", at, actor.ref),
    )


def _asked_first(row: InForce, org: Org, *, replacing: bool) -> None:
    """Raises ProgrammeError when something was opened by a release that is to be replaced."""
    same = Release.objects.filter(Q(pk=row.release_id) | Q(base=row.release_id))
    pks = set(same.values_list("pk", flat=True))
    opened = sum(count(pks, org.path, row.start) for count in registry.OPENED.registered())
    if opened and not replacing:
        values = {"count": opened, "version": row.release.tag}
        raise ProgrammeError("programmes.opened_meanwhile", **values)


@transaction.atomic
def end_in_force(pk: int, *, on: date, at: datetime, actor: Actor) -> InForce:
    """Ends a programme somewhere from a day on, today at the earliest: a day that is over was worked by
    it. Matters under way go on by the release they opened under. Raises ProgrammeError for a day that
    is over, or when it ends earlier already, DeniedError unless the actor administers there."""
    row = in_force_row(pk)
    officers.require(actor, officers.SYSTEM, row.org)
    if on < timezone.localtime(at).date():
        raise ProgrammeError("programmes.ends_in_the_past")
    return change(row, Happening("programme.ended", at, actor.ref, set={"end": end_of(row, on)}))


def in_force_row(pk: int) -> InForce:
    """One programme in force with its organisation. Raises InForce.DoesNotExist."""
    return InForce.objects.select_related("org").get(pk=pk)
