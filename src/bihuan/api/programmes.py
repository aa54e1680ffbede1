"""Programmes in force: what kinds there are, what each action asks, which numbers hold."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import asked, base, shapes, words
from bihuan.api.base import ERRORS, Day, Id
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.outcomes.publicity import api as publicity
from bihuan.spec.schema import Kind, Programme

READ = "matters:read"
router = Router(tags=["programmes"])


class InForceOut(Schema):
    """A release in force for an organisation and all below it."""

    id: int
    programme: str
    version: str
    release: int
    title: str
    org: shapes.Ref
    start: date
    end: date | None


class InForceList(Schema):
    items: list[InForceOut]


class ActionSpec(Schema):
    """A step: from which states, to which, by whom, with what to fill in."""

    label: str
    sources: list[str]
    to: str | None
    by: list[str]
    inputs: dict[str, asked.InputOut]
    bulk: bool
    shown: bool
    clause: str


class StateSpec(Schema):
    label: str
    phase: str


class KindSpec(Schema):
    """A kind of matter. `seen_by` are the roles and duties that see it (empty: every role)."""

    label: str
    prefix: str
    initial: str
    opened_by: list[str]
    anonymous: bool
    seen_by: list[str]
    fields: dict[str, asked.InputOut]
    states: dict[str, StateSpec]
    actions: dict[str, ActionSpec]


class SettingOut(Schema):
    """A setting and the value in force; `value` is null when none holds on the day."""

    name: str
    label: str
    type: str
    unit: str | None
    value: int | str | bool | None
    clause: str
    grade: str
    since: date | None
    origin: str


class SettingList(Schema):
    items: list[SettingOut]


class ProgrammeOut(Schema):
    """A programme as it is in force for an organisation, settings resolved."""

    id: str
    version: str
    title: str
    summary: str
    org: shapes.Ref
    kinds: dict[str, KindSpec]
    boards: list[str]
    settings: list[SettingOut]
    words: dict[str, str]


class At(Schema):
    """For whom and when; without `org`, the first organisation where it is in force."""

    org: Id | None = None
    on: Day | None = None


class Case(At):
    """Narrower values hold for a category, a channel or a level of organisation."""

    category: str = Field("", max_length=40)
    channel: str = Field("", max_length=40)
    level: str = Field("", max_length=20)


def _kind(programme: Programme, name: str, kind: Kind, locale: str) -> dict[str, Any]:
    return {
        "label": words.of(programme, f"kinds.{name}", locale),
        "prefix": kind.prefix,
        "initial": kind.initial,
        "opened_by": list(kind.opened_by),
        "anonymous": kind.anonymous,
        "seen_by": list(kind.seen_by),
        "fields": asked.inputs_out(kind.asked(of_sender=False), programme, locale, name),
        "states": {
            s: {"label": words.of(programme, f"states.{name}.{s}", locale), "phase": state.phase}
            for s, state in kind.states.items()
        },
        "actions": {
            a: {
                "label": words.of(programme, f"actions.{name}.{a}", locale),
                "sources": kind.sources_of(action),
                "to": action.to,
                "by": list(action.by),
                "inputs": asked.inputs_out(action.inputs, programme, locale, f"{name}.{a}"),
                "bulk": action.bulk,
                "shown": action.shown,
                "clause": action.clause,
            }
            for a, action in kind.actions.items()
        },
    }


def _settings(
    programme: Programme, org_path: str, on: date, case: dict[str, str], locale: str
) -> list[dict[str, Any]]:
    found = []
    for name, spec in programme.settings.items():
        one: dict[str, Any] = {
            "name": name,
            "label": words.of(programme, f"settings.{name}", locale),
            "type": spec.type,
            "unit": spec.unit.value if spec.unit else None,
            "value": None,
            "clause": "",
            "grade": "",
            "since": None,
            "origin": "",
        }
        try:
            held = programmes.resolve(programme, name, org_path=org_path, on=on, case=case)
        except LookupError:
            held = None
        if held is not None:
            one |= {
                "value": held.value,
                "clause": held.clause,
                "grade": held.grade,
                "since": held.since,
                "origin": held.origin,
            }
        found.append(one)
    return found


def _held(programme_id: str, wanted: At) -> tuple[Programme, Org, date]:
    on = wanted.on or base.today()
    if programme_id not in {p.id for p in programmes.known()}:
        raise LookupError(programme_id)
    if wanted.org is None:
        places = programmes.current(programme_id, on)
        if not places:
            raise LookupError(programme_id)
        first = places[0]
        held = programmes.held_under(first.release_id, first.org.path, on)
        return held.programme, first.org, on
    org = base.org_at(wanted.org, "org")
    return programmes.held(programme_id, org.path, on).programme, org, on


@router.get("/programmes", response={200: InForceList, **ERRORS}, operation_id="list_programmes")
def list_programmes(request: HttpRequest) -> dict[str, Any]:
    """Everything in force anywhere today."""
    base.who(request, READ)
    locale = words.locale(request)
    return {"items": [in_force(row, locale) for row in programmes.all_in_force(base.today())]}


def in_force(row: programmes.InForce, locale: str) -> dict[str, Any]:
    """A release in force."""
    return {
        "id": row.pk,
        "programme": row.programme,
        "version": row.release.tag,
        "release": row.release_id,
        "title": words.of(programmes.spec_of(row.release_id), "title", locale),
        "org": shapes.ref(row.org),
        "start": row.start,
        "end": row.end,
    }


@router.get(
    "/programmes/{programme_id}",
    response={200: ProgrammeOut, **ERRORS},
    operation_id="get_programme",
)
def get_programme(request: HttpRequest, programme_id: str, wanted: Query[At]) -> dict[str, Any]:
    """A programme's kinds, actions with what they ask, and settings."""
    base.who(request, READ)
    locale = words.locale(request)
    found, org, on = _held(programme_id, wanted)
    return {
        "id": found.id,
        "version": found.manifest.version,
        "title": words.of(found, "title", locale),
        "summary": words.of(found, "summary", locale),
        "org": shapes.ref(org),
        "kinds": {name: _kind(found, name, kind, locale) for name, kind in found.kinds.items()},
        "boards": list(publicity.BOARDS.of(found)),
        "settings": _settings(found, org.path, on, {"level": org.level}, locale),
        "words": {key: words.of(found, key, locale) for key in found.strings[DEFAULT]},
    }


@router.get(
    "/programmes/{programme_id}/settings",
    response={200: SettingList, **ERRORS},
    operation_id="get_settings",
)
def get_settings(request: HttpRequest, programme_id: str, wanted: Query[Case]) -> dict[str, Any]:
    """The settings in force for a case, each with its clause."""
    base.who(request, READ)
    found, org, on = _held(programme_id, wanted)
    case = {
        "category": wanted.category,
        "channel": wanted.channel,
        "level": wanted.level or org.level,
    }
    return {"items": _settings(found, org.path, on, case, words.locale(request))}
