"""Short forms for actions, made from a programme's declaration of their inputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Input, Programme
from bihuan.web import choosing, counters, words

ANSWERS = ("reply", "draft")


@dataclass(frozen=True)
class FieldView:
    """One input as a page shows it. `source` is where an organisation or a person is found."""

    name: str
    label: str
    type: str
    required: bool
    private: bool
    max: int
    options: list[tuple[str, str]]
    source: str
    help: str = ""

    @property
    def many(self) -> bool:
        """Whether several are chosen."""
        return self.type == choosing.MANY

    @property
    def person(self) -> bool:
        """Whether it is a person who is chosen."""
        return self.type == "person"


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


def _options(
    programme: Programme, name: str, one: Input, matter: matters.Matter, at: datetime
) -> list[tuple[str, str]]:
    if one.type == "slot":
        return counters.slot_options(matter.home, programme, at)
    return [(c, words.of(programme, f"choices.{name}.{c}")) for c in one.choices]


def _source(one: Input, matter: matters.Matter) -> str:
    return reverse("desk:choose", args=[matter.pk, one.type]) if one.type in choosing.KINDS else ""


def field_views(
    programme: Programme,
    inputs: Mapping[str, Input],
    matter: matters.Matter,
    *,
    action: str,
    at: datetime,
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
            _source(one, matter),
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
                field_views(programme, offer.action.inputs, matter, action=offer.id, at=at),
                offer.action.bulk,
            )
        )
    return sorted(found, key=lambda f: (f.refusal is not None, _ORDER[f.tone]))


def action_of(matter: matters.Matter, action_id: str) -> Action | None:
    """The declared action, or None."""
    return programmes.spec_of(matter.release_id).kinds[matter.kind].actions.get(action_id)


def collect(
    matter: matters.Matter, action_id: str, posted: QueryDict, at: datetime
) -> dict[str, Any]:
    """The action's inputs out of a posted form; nothing else of it.

    Raises InputError when an organisation or a person was typed that is not clear.
    """
    action = action_of(matter, action_id)
    if action is None:
        return {}
    scope = choosing.of_matter(matter, at)
    given: dict[str, Any] = {}
    for name, one in action.inputs.items():
        if one.type in choosing.KINDS:
            given[name] = choosing.taken(posted, name, one.type, scope)
        elif name in posted:
            given[name] = posted[name]
    return given
