"""Which release holds where, its text in memory, and the local changes laid over it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from django.db import IntegrityError, transaction

from bihuan.foundation.audit.api import Happening, create, standing
from bihuan.foundation.orgs.api import tree
from bihuan.foundation.sql.lookup import Columns, Lookup
from bihuan.kernel.programmes import called, registry
from bihuan.kernel.programmes.dated import holds
from bihuan.kernel.programmes.models import InForce, Override, Release
from bihuan.kernel.programmes.problems import ProgrammeError
from bihuan.kernel.programmes.settings import local_values
from bihuan.spec import overlay, release
from bihuan.spec.schema import Programme


@lru_cache(maxsize=256)
def _spec(pk: int, head: str) -> Programme:
    del head
    return release.from_text(Release.objects.get(pk=pk).text)


_HEADS: dict[int, str] = {}
# Made in a transaction that may yet be rolled back, after which another may get the same id.
_UNCOMMITTED: set[int] = set()


# By a release's hash and a key of the format, whether its text has the key.
_HAVING: dict[tuple[str, str], bool] = {}


_HEAD = Columns(Release.objects.filter(pk=-1).values_list("head"), -1)
_INSTALLED = Columns(
    Release.objects.filter(base=None).order_by("pk").values_list("programme", "pk", "head")
)


def _head(release_id: int) -> str:
    head = _HEADS.get(release_id)
    if head is None:
        found = _HEAD(release_id)
        if not found:
            raise Release.DoesNotExist
        head = str(found[0][0])
        if release_id not in _UNCOMMITTED:
            _HEADS[release_id] = head
    return head


def spec_of(release_id: int) -> Programme:
    """The programme of a release, kept in memory: a release never changes."""
    return _spec(release_id, _head(release_id))


@standing.kept
def _installed() -> tuple[tuple[str, int, str], ...]:
    """(programme, id, hash) of every release that came from a folder, the oldest first."""
    found = tuple((programme, pk, head) for programme, pk, head in _INSTALLED())
    _HEADS.update({pk: head for _, pk, head in found if pk not in _UNCOMMITTED})
    return found


@standing.kept
def _newest() -> tuple[tuple[int, str], ...]:
    rows = {programme: (pk, head) for programme, pk, head in _installed()}
    return tuple(rows[programme] for programme in sorted(rows))


def known() -> list[Programme]:
    """The newest release of every programme ever installed, by name."""
    return [_spec(pk, head) for pk, head in _newest()]


def releases_with(key: str) -> Iterator[tuple[str, Mapping[int, Programme]]]:
    """Every programme of which some release ever installed has a key of the format, with all its
    releases by id: only these need be read by who looks for that key, and keeps what they found."""
    rows = _installed()
    fresh = {pk: head for _, pk, head in rows if (head, key) not in _HAVING}
    if fresh:
        # A release never changes: its text is searched once.
        found = Release.objects.filter(pk__in=fresh, text__contains=f'"{key}"')
        having = {*found.values_list("pk", flat=True)}
        _HAVING.update({(head, key): pk in having for pk, head in fresh.items()})
    for name in sorted({name for name, _, head in rows if _HAVING[head, key]}):
        yield name, {pk: _spec(pk, head) for programme, pk, head in rows if programme == name}


def not_understood() -> Iterator[tuple[str, str]]:
    """What the newest release of a programme says that no installed app knows: where, and what."""
    for pk, _ in _newest():
        row = Release.objects.get(pk=pk)
        for what in release.unread(row.text):
            yield f"{row.programme} {spec_of(pk).manifest.version}", what


def forget_cached() -> None:
    """Forgets which number is which release, for tests that start on a new database; what is
    remembered under a release's hash stays true on any."""
    _HEADS.clear()
    _UNCOMMITTED.clear()


@cache
def _above(many: int) -> Lookup[InForce]:
    """A programme over a place with so many places on the way to it."""
    paths = [f"?{n}" for n in range(many)]
    rows = InForce.objects.filter(programme="?", org__path__in=paths)
    return Lookup(rows.order_by("-org__depth", "-start", "-pk"), "?", *paths)


@standing.kept
def _forces(programme: str, org_path: str) -> tuple[InForce, ...]:
    """All that ever was or will be in force for an organisation, the nearest first: one look for
    all days, as a new day should not begin with a look for each organisation."""
    above = tree.ancestors(org_path)
    return tuple(_above(len(above))(programme, *above)) if above else ()


def in_force(programme: str, org_path: str, on: date) -> InForce:
    """What is in force for an organisation: its own, or the nearest above it.

    Raises ProgrammeError when the programme is not in force there.
    """
    found = next((row for row in _forces(programme, org_path) if holds(row, on)), None)
    if found is None:
        whose = called.programme(programme, known())
        raise ProgrammeError("programmes.not_in_force", programme=whose)
    return found


@dataclass(frozen=True)
class Held:
    """A programme as it holds at a place on a day. `base_id` is the release in force, `programme`
    that release under the place's changes, `rows` all local changes, settings among them."""

    base_id: int
    programme: Programme
    rows: Sequence[Override]

    def lost(self) -> list[tuple[Override, overlay.OverlayError]]:
        """Changes that do not fit the release in force and do nothing, with the reason."""
        rows = ordered(self.rows)
        _, reasons = overlay.laid(spec_of(self.base_id), map(change_of, rows), registry.verbs())
        return [(row, e) for row in rows for change, e in reasons if change == change_of(row)]


def ordered(rows: Iterable[Override]) -> list[Override]:
    """Changes of choices and fields as they are laid: from the top of the tree down, so that the
    nearest has the last word, and older ones first."""
    shaped = [row for row in rows if row.part != "setting"]
    # One that is not saved yet is the newest.
    return sorted(shaped, key=lambda r: (r.org.depth, r.start, r.pk is None, r.pk))


def change_of(row: Override) -> overlay.Change:
    """A row as the spec knows it."""
    part: overlay.Part = "choice" if row.part == "choice" else "field"
    return overlay.Change(part, row.name, row.value)


@lru_cache(maxsize=256)
def _laid(base_id: int, head: str, changes: tuple[tuple[overlay.Part, str, str], ...]) -> Programme:
    found = [overlay.Change(part, name, json.loads(value)) for part, name, value in changes]
    made, _ = overlay.laid(_spec(base_id, head), found, registry.verbs())
    return made


def held_under(base_id: int, org_path: str, on: date) -> Held:
    """A given release under a place's local changes of a day."""
    base = spec_of(base_id)
    rows = local_values(base.id, org_path, on)
    changes = [change_of(row) for row in ordered(rows)]
    if not changes:
        return Held(base_id, base, rows)
    key = tuple((c.part, c.name, json.dumps(c.value, sort_keys=True)) for c in changes)
    return Held(base_id, _laid(base_id, _head(base_id), key), rows)


def held(programme: str, org_path: str, on: date) -> Held:
    """A programme as it holds at a place on a day. Raises ProgrammeError when it does not."""
    return held_under(in_force(programme, org_path, on).release_id, org_path, on)


def release_for(found: Held, *, at: datetime, actor: str) -> int:
    """The release a matter is opened under: the one in force, or it with the local changes, which
    is stored the first time. In a transaction."""
    if found.programme == spec_of(found.base_id):
        return found.base_id
    digest = release.digest(found.programme)
    known = Release.objects.filter(digest=digest).values_list("pk", flat=True).first()
    if known is not None:
        return known
    row = Release(
        programme=found.programme.id,
        tag=f"{found.programme.manifest.version}+{digest[:8]}",
        digest=digest,
        text=release.stored(found.programme),
        base_id=found.base_id,
    )
    try:
        with transaction.atomic():
            made = create(row, Happening("release.adapted", at, actor))
    except IntegrityError:
        # Somebody opened the first one at the same moment.
        return Release.objects.get(digest=digest).pk
    _HEADS.pop(made.pk, None)
    _UNCOMMITTED.add(made.pk)
    transaction.on_commit(lambda: _UNCOMMITTED.discard(made.pk))
    return made.pk
