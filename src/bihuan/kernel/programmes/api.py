"""The public door of programmes: install, put in force, read, override settings."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

import bihuan.programmes
from bihuan.foundation.audit.api import Happening, change, create, register, standing
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.programmes import registry
from bihuan.kernel.programmes.models import InForce, Release, SettingOverride
from bihuan.kernel.programmes.settings import Resolved, local_values, resolve
from bihuan.spec import check, load, release
from bihuan.spec.load import BrokenProgrammeError, Problem
from bihuan.spec.schema import Programme

__all__ = [
    "InForce",
    "ProgrammeError",
    "Release",
    "Resolved",
    "SettingOverride",
    "all_in_force",
    "check_folder",
    "current",
    "end_in_force",
    "end_override",
    "folders",
    "forget_cached",
    "in_force",
    "in_force_row",
    "install",
    "known",
    "local_values",
    "override",
    "override_row",
    "overrides",
    "put_in_force",
    "registry",
    "release_row",
    "releases",
    "resolve",
    "spec_of",
]

register(Release, InForce, SettingOverride)


class ProgrammeError(ValueError):
    """Something about releases or settings that cannot be; `key` names the message."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")


def folders() -> Iterator[Path]:
    """Folders of the programmes that ship with the product and of installed outside ones."""
    shipped = Path(next(iter(bihuan.programmes.__path__)))
    yield from sorted(p for p in shipped.iterdir() if (p / "programme.toml").exists())
    for point in entry_points(group="bihuan.programmes"):
        yield Path(next(iter(point.load().__path__)))


def check_folder(folder: Path) -> list[Problem]:
    """Everything wrong with a programme folder; an empty list means it may be installed."""
    try:
        programme = load.read(folder)
    except BrokenProgrammeError as error:
        return error.problems
    return check.problems(programme, registry.verbs())


@transaction.atomic
def install(folder: Path, *, at: datetime, actor: str) -> Release:
    """Stores a folder's programme as an immutable release, or returns the one already stored.

    Raises BrokenProgrammeError with all problems, ProgrammeError when the same version was
    installed with other contents.
    """
    problems = check_folder(folder)
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


@lru_cache(maxsize=256)
def _spec(pk: int, head: str) -> Programme:
    del head
    return release.from_text(Release.objects.get(pk=pk).text)


_HEADS: dict[int, str] = {}


def spec_of(release_id: int) -> Programme:
    """The programme of a release, kept in memory: a release never changes."""
    head = _HEADS.get(release_id)
    if head is None:
        head = Release.objects.values_list("head", flat=True).get(pk=release_id)
        _HEADS[release_id] = head
    return _spec(release_id, head)


def forget_cached() -> None:
    """Empties the memory of releases; for tests that start on a new database."""
    _HEADS.clear()
    _spec.cache_clear()


@standing.kept
def _newest() -> tuple[int, ...]:
    newest = dict(Release.objects.order_by("pk").values_list("programme", "pk"))
    return tuple(pk for _, pk in sorted(newest.items()))


def known() -> list[Programme]:
    """The newest release of every programme ever installed, by name."""
    return [spec_of(pk) for pk in _newest()]


def releases() -> list[Release]:
    """All releases, by programme, newest first."""
    return list(Release.objects.defer("text").order_by("programme", "-pk"))


def release_row(pk: int) -> Release:
    """One release. Raises Release.DoesNotExist."""
    return Release.objects.get(pk=pk)


def _holding(on: date) -> Q:
    return Q(start__lte=on) & (Q(end__isnull=True) | Q(end__gt=on))


@standing.kept
def in_force(programme: str, org_path: str, on: date) -> InForce:
    """What is in force for an organisation: its own, or the nearest above it.

    Raises ProgrammeError when the programme is not in force there.
    """
    found = (
        InForce.objects.filter(
            _holding(on), programme=programme, org__path__in=tree.ancestors(org_path)
        )
        .order_by("-org__depth", "-start", "-pk")
        .first()
    )
    if found is None:
        raise ProgrammeError("programmes.not_in_force", programme=programme)
    return found


def current(programme: str, on: date) -> list[InForce]:
    """Every place where a programme is in force."""
    rows = InForce.objects.filter(_holding(on), programme=programme)
    return list(rows.select_related("org", "release").order_by("org__path"))


def all_in_force(on: date) -> list[InForce]:
    """Everything in force anywhere."""
    rows = InForce.objects.filter(_holding(on)).select_related("org", "release")
    return list(rows.order_by("programme", "org__path"))


@transaction.atomic
def put_in_force(
    release_id: int,
    org: Org,
    *,
    start: date,
    at: datetime,
    actor: str,
    end: date | None = None,
) -> InForce:
    """Puts a release in force; what was in force for the same organisation ends that day.

    Raises ProgrammeError when the period is empty.
    """
    if end is not None and end <= start:
        raise ProgrammeError("programmes.ends_before_start")
    row = Release.objects.get(pk=release_id)
    before = InForce.objects.filter(Q(end__isnull=True) | Q(end__gt=start))
    for old in before.filter(org=org, programme=row.programme):
        last = max(start, old.start)
        change(old, Happening("programme.ended", at, actor, set={"end": last}))
    return create(
        InForce(org=org, programme=row.programme, release=row, start=start, end=end),
        Happening("programme.in_force", at, actor),
    )


@transaction.atomic
def end_in_force(pk: int, *, on: date, at: datetime, actor: str) -> InForce:
    """Ends a programme somewhere. Matters under way go on by the release they opened under."""
    row = InForce.objects.get(pk=pk)
    return change(row, Happening("programme.ended", at, actor, set={"end": max(on, row.start)}))


def in_force_row(pk: int) -> InForce:
    """One programme in force with its organisation. Raises InForce.DoesNotExist."""
    return InForce.objects.select_related("org").get(pk=pk)


def overrides(programme: str) -> list[SettingOverride]:
    """Local values of a programme's settings, newest first."""
    rows = SettingOverride.objects.filter(programme=programme).select_related("org")
    return list(rows.order_by("-pk"))


def override_row(pk: int) -> SettingOverride:
    """One local value with its organisation. Raises SettingOverride.DoesNotExist."""
    return SettingOverride.objects.select_related("org").get(pk=pk)


def _checked(programme: Programme, name: str, value: Any) -> Any:
    spec = programme.settings.get(name)
    if spec is None:
        raise ProgrammeError("programmes.no_setting", name=name)
    if spec.type == "switch":
        fits = isinstance(value, bool)
    elif spec.type == "choice":
        fits = value in spec.choices
    else:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 3650
        fits = fits and not (spec.type == "limit" and value == 0)
    if not fits:
        raise ProgrammeError("programmes.bad_value", name=name, value=value)
    return value


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
    actor: str,
    scope: dict[str, str] | None = None,
    end: date | None = None,
) -> SettingOverride:
    """A local value, from a day on, with the document that orders it.

    Raises ProgrammeError: no such setting, a value of the wrong kind, no clause, empty period.
    """
    _checked(programme, name, value)
    if not clause.strip():
        raise ProgrammeError("programmes.clause_missing")
    if end is not None and end <= start:
        raise ProgrammeError("programmes.ends_before_start")
    return create(
        SettingOverride(
            org=org,
            programme=programme.id,
            name=name,
            value=value,
            scope=scope or {},
            clause=clause.strip(),
            start=start,
            end=end,
        ),
        Happening("setting.overridden", at, actor),
    )


@transaction.atomic
def end_override(pk: int, *, on: date, at: datetime, actor: str) -> SettingOverride:
    """Ends a local value; what it decided before stays decided."""
    row = SettingOverride.objects.get(pk=pk)
    return change(row, Happening("setting.ended", at, actor, set={"end": max(on, row.start)}))
