"""Moving open matters to another release of their programme."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import Happening, change
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import ProblemError, RefusedError
from bihuan.spec import release
from bihuan.spec.schema import Input, Kind, Programme

# Types of which every value reads the same as the other's.
_ALIKE = ({"text", "longtext"},)


def _opened_under(release_id: int) -> QuerySet[Matter]:
    """Open matters of a release, those it was adapted for locally among them."""
    of = Q(release_id=release_id) | Q(release__base_id=release_id)
    return Matter.objects.filter(of).exclude(phase="done")


def _reads(was: Input, now: Input | None, value: Any) -> bool:
    """Whether a value kept by one declaration says the same by another."""
    if now is None or was.type == now.type == "choice":
        return now is not None and (value in now.choices or value not in was.choices)
    return was.type == now.type or {was.type, now.type} in _ALIKE


def _given(matter: Matter, kind: Kind) -> Iterator[tuple[str, str, Any]]:
    """What a matter holds and what its steps were told, as (action, name, value); '' for a field."""
    for name, value in matter.facts.items():
        if name in kind.fields:
            yield "", name, value
    for event in audit.history(matter.stream):
        said = audit.read(event)
        action = str(said.get("action") or "")
        if action in kind.actions:
            for name, value in (said.get("inputs") or {}).items():
                yield action, name, value


def _declared(kind: Kind, action: str, name: str) -> Input | None:
    step = kind.actions.get(action)
    return (step.inputs.get(name) if step is not None else None) or kind.fields.get(name)


def _readable(matter: Matter, old: Kind, new: Kind) -> bool:
    """Whether all that was filled in is told by the new release as it is by the old one. What the new
    one does not declare at all is told as a text, so only a text may be left out."""
    for action, name, value in _given(matter, old):
        was, now = _declared(old, action, name), _declared(new, action, name)
        if was is None or value in ("", None, []):
            continue
        plain = now is None and was.type in _ALIKE[0]
        if not plain and not _reads(was, now, value):
            return False
    return True


def blocked_moves(release_id: int, to_id: int) -> list[str]:
    """Numbers of open matters whose state the new release does not know, or which hold a value that
    it would tell otherwise: an amount where a number stood, a choice that is no more."""
    target = programmes.spec_of(to_id)
    return [
        m.number
        for m in _opened_under(release_id).iterator()
        if m.kind not in target.kinds
        or m.state not in target.kinds[m.kind].states
        or not _readable(m, programmes.spec_of(m.release_id).kinds[m.kind], target.kinds[m.kind])
    ]


def told_of_release(release_id: int) -> list[str]:
    """What whoever installs a release should know of the older ones of its programme that open matters
    still stand in: kinds, states, actions, fields and choices that are gone or of another type, and
    which matters `move_release` would refuse. Empty where there are none, or where nothing changed."""
    new = programmes.spec_of(release_id)
    lines: list[str] = []
    for row in programmes.releases():
        if row.programme != new.id or row.pk == release_id:
            continue
        count = _opened_under(row.pk).count()
        lost = list(_lost(programmes.spec_of(row.pk), new)) if count else []
        if lost:
            blocked = blocked_moves(row.pk, release_id)
            stay = f"; not to be moved: {', '.join(blocked[:20])}" if blocked else ""
            more = f" and {len(blocked) - 20} more" if len(blocked) > 20 else ""
            lines += [
                f"{row.tag} (release {row.pk}): {count} open matters stay under it{stay}{more}"
            ]
            lines += [f"  {one}" for one in lost]
    return lines


def _lost(old: Programme, new: Programme) -> Iterator[str]:
    """What a matter of the old release may stand in or hold, and the new one lacks or reads otherwise."""
    for kind_id, was in old.kinds.items():
        now = new.kinds.get(kind_id)
        if now is None:
            yield f"{kind_id}: the kind is gone"
            continue
        for state_id, state in was.states.items():
            if state.phase != "done" and state_id not in now.states:
                yield f"{kind_id}.states.{state_id}: the state is gone"
        yield from _changed(f"{kind_id}.fields", was.fields, now.fields)
        for action_id, action in was.actions.items():
            step = now.actions.get(action_id)
            if step is None:
                yield f"{kind_id}.actions.{action_id}: the action is gone"
            else:
                path = f"{kind_id}.actions.{action_id}.inputs"
                yield from _changed(path, action.inputs, step.inputs)


def _changed(path: str, old: Mapping[str, Input], new: Mapping[str, Input]) -> Iterator[str]:
    for name, was in old.items():
        now = new.get(name)
        if now is None:
            yield f"{path}.{name}: it is gone"
        elif was.type != now.type and not _reads(was, now, ""):
            yield f"{path}.{name}: it was {was.type} and is {now.type}"
        elif gone := [one for one in was.choices if not _reads(was, now, one)]:
            yield f"{path}.{name}: no choice any more: {', '.join(gone)}"


def move_release(
    release_id: int, to_id: int, *, actor: Actor, at: datetime
) -> tuple[int, list[tuple[str, str | None, str | None]]]:
    """Moves open matters to another release of the same programme; all or none.

    Returns how many moved and what differs. Raises ProblemError for another programme,
    RefusedError naming matters whose state the new release lacks, or whose values it reads otherwise.
    """
    old, new = programmes.spec_of(release_id), programmes.spec_of(to_id)
    if old.id != new.id:
        raise ProblemError("matters.other_programme")
    blocked = blocked_moves(release_id, to_id)
    if blocked:
        raise RefusedError("matters.blocked_moves", numbers="、".join(blocked[:20]))
    moved = 0
    with transaction.atomic():
        for found in _opened_under(release_id).order_by("pk"):
            when = max(at, found.changed_at)
            opened = timezone.localtime(found.opened_at).date()
            held = programmes.held_under(to_id, found.home_path, opened)
            moved_to = programmes.release_for(held, at=at, actor=actor.ref)
            change(
                found,
                Happening(
                    "matter.release_moved",
                    when,
                    actor.ref,
                    set={"release_id": moved_to, "changed_at": when},
                    data={"digest": release.digest(held.programme)},
                ),
            )
            moved += 1
    return moved, release.diff(old, new)
