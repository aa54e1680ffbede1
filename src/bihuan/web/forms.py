"""Short forms for actions, made from a programme's declaration of their inputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Input, Programme
from bihuan.web import words

OPTIONS = 400
ANSWERS = ("reply", "draft")


@dataclass(frozen=True)
class FieldView:
    """One input as a page shows it."""

    name: str
    label: str
    type: str
    required: bool
    private: bool
    max: int
    options: list[tuple[str, str]]
    help: str = ""


@dataclass(frozen=True)
class ActionForm:
    """One action as a page shows it."""

    id: str
    label: str
    tone: str
    clause: str
    refusal: str | None
    fields: list[FieldView]
    bulk: bool

    @property
    def answers(self) -> bool:
        """Whether this sends an answer out, which is previewed first."""
        return any(f.name in ANSWERS for f in self.fields)


def _org_options(matter: matters.Matter) -> list[tuple[str, str]]:
    top = matter.home_path[: orgs.tree.STEP]
    rows = orgs.find_orgs(within=top, limit=OPTIONS)
    return [(str(o.pk), "　" * (o.depth - 1) + o.name) for o in rows]


def _person_options(matter: matters.Matter, on: datetime) -> list[tuple[str, str]]:
    top = matter.home_path[: orgs.tree.STEP]
    rows = orgs.people_of(top, timezone.localtime(on).date())[:OPTIONS]
    places = orgs.places_of([p.pk for p in rows], timezone.localtime(on).date())
    named = [(str(p.pk), f"{places.get(p.pk, '')} · {p.name}") for p in rows]
    return sorted(named, key=lambda pair: pair[1])


def _options(
    programme: Programme, name: str, one: Input, matter: matters.Matter, at: datetime
) -> list[tuple[str, str]]:
    if one.type == "choice":
        return [(c, words.of(programme, f"choices.{name}.{c}")) for c in one.choices]
    if one.type in ("org", "orgs"):
        return _org_options(matter)
    if one.type == "person":
        return _person_options(matter, at)
    return []


def field_views(
    programme: Programme,
    inputs: Mapping[str, Input],
    matter: matters.Matter,
    at: datetime,
    *,
    action: str,
) -> list[FieldView]:
    """The inputs of an action, with labels, options and help."""
    return [
        FieldView(
            name,
            words.of(programme, f"fields.{name}"),
            one.type,
            one.required,
            one.private,
            one.max,
            _options(programme, name, one, matter, at),
            words.help_of(programme, f"{matter.kind}.{action}.{name}"),
        )
        for name, one in inputs.items()
    ]


_ORDER = {"primary": 0, "plain": 1, "danger": 2}


def action_forms(matter: matters.Matter, actor: Actor, at: datetime) -> list[ActionForm]:
    """The actions the actor may take now, the usual ones first; refused ones say why."""
    programme = programmes.spec_of(matter.release_id)
    found = []
    for offer in matters.offered(matter, actor, at):
        refusal = None
        if offer.refusal is not None:
            refusal = words.text(f"error.{offer.refusal.key}", **offer.refusal.values)
        found.append(
            ActionForm(
                offer.id,
                words.of(programme, f"actions.{matter.kind}.{offer.id}"),
                offer.action.tone,
                offer.action.clause,
                refusal,
                field_views(programme, offer.action.inputs, matter, at, action=offer.id),
                offer.action.bulk,
            )
        )
    return sorted(found, key=lambda f: (f.refusal is not None, _ORDER[f.tone]))


def action_of(matter: matters.Matter, action_id: str) -> Action | None:
    """The declared action, or None."""
    return programmes.spec_of(matter.release_id).kinds[matter.kind].actions.get(action_id)


def collect(matter: matters.Matter, action_id: str, posted: QueryDict) -> dict[str, Any]:
    """The action's inputs out of a posted form; nothing else of it."""
    action = action_of(matter, action_id)
    if action is None:
        return {}
    return {
        name: posted.getlist(name) if one.type == "orgs" else posted[name]
        for name, one in action.inputs.items()
        if name in posted
    }
