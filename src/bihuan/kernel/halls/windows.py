"""Halls with windows: where there are any, who works at their desk, which one is meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.halls import places
from bihuan.kernel.halls.at_window import parts
from bihuan.kernel.halls.places import Free
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.spec.schema import Programme

TAKE = "place.take"


@dataclass(frozen=True)
class Hall:
    """An organisation with windows; `kinds` are what its programme opens there."""

    org: Org
    programme: Programme
    kinds: dict[str, str]


def _with_windows(on: date) -> Iterator[Hall]:
    """Every organisation with a desk and a programme that has something for its windows."""
    for org, programme in programmes.at_desks(on):
        if kinds := parts(programme):
            yield Hall(org, programme, kinds)


def hall(pk: int, on: date) -> Hall:
    """The hall of an organisation. Raises LookupError."""
    found = next((one for one in _with_windows(on) if one.org.pk == pk), None)
    if found is None:
        raise LookupError(pk)
    return found


def everywhere(on: date, part: str) -> list[Hall]:
    """Every hall that has a part, in the order of the tree."""
    found = [one for one in _with_windows(on) if part in one.kinds]
    return sorted(found, key=lambda one: one.org.path)


def at_desk(who: Actor, on: date, part: str) -> list[Hall]:
    """The halls at whose desk somebody works, that have a part."""
    return [
        one
        for one in _with_windows(on)
        if part in one.kinds and duties.has(who, one.programme.id, one.org.path, "receive")
    ]


@standing.kept
def _having(part: str) -> frozenset[str]:
    return frozenset(one.id for one in programmes.known() if part in parts(one))


def is_at_desk(who: Actor, part: str) -> bool:
    """Whether somebody works at a hall that has a part: what a menu asks on every page. Standing data."""
    return duties.within(who, _having(part), "receive")


def nearest(path: str, on: date, part: str) -> Hall | None:
    """Where one goes with a matter of an organisation: its own hall or the nearest above it, else
    the first common one of its city. `part` is what must be done there."""
    rows = [
        one
        for one in _with_windows(on)
        if part in one.kinds and one.org.path[: tree.STEP] == path[: tree.STEP]
    ]
    over = [one for one in rows if tree.covers(one.org.path, path)]
    return max(over, key=lambda one: len(one.org.path)) if over else next(iter(rows), None)


def _setting(programme: Programme) -> str | None:
    """The setting by which places are taken, of those that its kinds take when they open."""
    verbs = (verb for kind in programme.kinds.values() for verb in kind.on_open)
    return next((str(one.args["setting"]) for one in verbs if one.do == TAKE), None)


def _ahead(org: Org, programme: Programme, at: datetime) -> int:
    """How many days ahead one may book at a hall; 0 where its programme has no appointments."""
    setting = _setting(programme)
    if setting is None:
        return 0
    on = timezone.localtime(at).date()
    value = programmes.resolve(
        programme, setting, org_path=org.path, on=on, case={"level": org.level}
    )
    return int(value.value)


def bookable(org: Org, programme: Programme, at: datetime) -> list[Free]:
    """The half hours one may still book at a hall, full ones too."""
    return places.free(org, at, days=_ahead(org, programme, at))
