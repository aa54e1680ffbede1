"""Matters entered elsewhere without a network and handed in later: each once, good ones whatever
the others are. Seed 000 part 1 (流动服务)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.halls.api import Visit
from bihuan.kernel.matters.acting import open_and_act
from bihuan.kernel.matters.opening import Opening
from bihuan.kernel.matters.problems import InputError, MatterError
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.kernel.services.api import Service, standing_service
from bihuan.lib import canonical
from bihuan.lib.catalogue import DEFAULT
from bihuan.spec.schema import Programme

CHANNEL = "mobile"
# What a clerk does at once with what they open: the action, and the part of the window it is of.
AT_WINDOW = {"settle_now": "apply", "accept": "apply", "answer": "consult"}


@dataclass(frozen=True)
class Entered:
    """One matter as a phone kept it. `key` was made there and stands for it for good; `taken` is
    the phone's own time."""

    key: str
    taken: datetime
    step: str
    service: int | None = None
    contact: vault.Person = field(default_factory=vault.Person)
    remark: str = ""


@dataclass(frozen=True)
class Fate:
    """What became of one: its number, or why it did not come in."""

    key: str
    number: str = ""
    problem: MatterError | None = None


def _programme(visit: Visit, at: datetime) -> tuple[Programme, dict[str, str]]:
    on = timezone.localtime(at).date()
    for force in programmes.all_in_force(on):
        if tree.covers(force.org.path, visit.org.path):
            programme = programmes.held_under(force.release_id, visit.org.path, on).programme
            parts = {str(k.at_window): n for n, k in programme.kinds.items() if k.at_window}
            if parts:
                return programme, parts
    raise MatterError("matters.unknown_kind", kind=CHANNEL)


def _when(one: Entered, visit: Visit, at: datetime) -> datetime:
    """When it was taken. A phone's clock that puts it before the day of the visit, or into the
    future, is wrong: then it is taken now."""
    if one.taken > at or timezone.localtime(one.taken).date() < visit.day:
        return at
    return one.taken


def _text(one: Entered, programme: Programme, kind: str) -> str:
    if one.remark.strip():
        return one.remark
    if one.service is None:
        return programme.strings[DEFAULT][f"kinds.{kind}"]
    try:
        return standing_service(one.service).name
    except Service.DoesNotExist:
        raise InputError({"service": ("input.unknown_service", {})}) from None


def _take(one: Entered, visit: Visit, *, actor: Actor, at: datetime) -> str:
    when = _when(one, visit, at)
    programme, parts = _programme(visit, when)
    part = AT_WINDOW.get(one.step)
    if part is None or part not in parts:
        raise MatterError("matters.unknown_action", action=one.step[:40])
    kind = parts[part]
    fields = {"channel": CHANNEL}
    if "service" in programme.kinds[kind].fields:
        fields["service"] = str(one.service or "")
    opening = Opening(
        programme=programme.id,
        kind=kind,
        home=visit.org,
        body=_text(one, programme, kind),
        fields=fields,
        contact=one.contact,
        origin={"visit": visit.pk, "taken": canonical.instant(one.taken)},
    )
    return open_and_act(opening, one.step, {}, actor=actor, at=when, key=one.key).matter.number


def take_in(visit: Visit, entries: Sequence[Entered], *, actor: Actor, at: datetime) -> list[Fate]:
    """Takes in what a clerk entered at a visit, however late and however often it is sent. Each is
    a transaction of its own."""
    found = []
    for one in entries:
        try:
            number = _take(one, visit, actor=actor, at=at)
        except ProgrammeError as error:
            found.append(Fate(one.key, problem=MatterError(error.key, **error.values)))
        except MatterError as error:
            found.append(Fate(one.key, problem=error))
        else:
            found.append(Fate(one.key, number))
    return found
