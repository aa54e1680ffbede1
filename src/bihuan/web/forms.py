"""Short forms for actions, made from a programme's declaration of their inputs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Entry
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.workbench import api as workbench
from bihuan.spec import answering
from bihuan.spec.schema import Action, As, Input, Programme
from bihuan.web import choosing, faces, fields, words
from bihuan.web.fields import FieldView


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
    # What its inputs are for the house: an answer is previewed before it goes, say.
    says: frozenset[As]
    # How often people of the reader's roles took it lately, and how often the one they take most.
    times: int = 0
    most: int = 0
    moves: bool = True
    # Where it is taken on a page of its own, its address.
    page: str = ""

    @property
    def usual(self) -> bool:
        """Whether it is what one came for, and stands open: not a step that few matters ever see."""
        often = self.times > 0 and self.times * RARE >= self.most
        return self.tone == "primary" or (often and self.tone != "danger")

    @property
    def takes_files(self) -> bool:
        """Whether files may say it instead."""
        return "more" in self.says

    @property
    def answers(self) -> bool:
        """Whether this sends an answer out, which is previewed first."""
        return bool(self.says & {"answer", "draft"})


def _desk(matter: matters.Matter, programme: Programme, at: datetime) -> fields.Desk:
    sources = {kind: reverse("desk:choose", args=[matter.pk, kind]) for kind in choosing.KINDS}
    return fields.Desk(programme, matter.home, at, sources)


# A step taken less often than one time in so many of the most usual one is not usual.
RARE = 5
_ORDER = {"primary": 0, "plain": 1, "danger": 2}


def action_forms(matter: matters.Matter, actor: Actor, at: datetime) -> list[ActionForm]:
    """The actions the actor may take now, first those that people of their roles take most (what cannot
    be undone stays last); refused ones say why."""
    programme = programmes.spec_of(matter.release_id)
    desk = _desk(matter, programme, at)
    usual = workbench.usual(actor, matter)
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
                fields.views(offer.action.inputs, desk, where=f"{matter.kind}.{offer.id}"),
                offer.action.bulk,
                answering.said(programme, offer.action),
                usual.get(offer.id, 0),
                max(usual.values(), default=0),
                any(
                    one is not None
                    for one in (offer.action.to, *(t.to for t in offer.action.turns))
                ),
                faces.page_for(matter, offer.action),
            )
        )
    return sorted(found, key=_rank)


def _rank(form: ActionForm) -> tuple[bool, bool, bool, int, int]:
    """What ends the state a matter is in stands before what may be said in any."""
    last = form.refusal is not None, form.tone == "danger", not form.moves
    return *last, -form.times, _ORDER[form.tone]


@dataclass(frozen=True)
class AlreadyGiven:
    """What the reader gave a matter already, in a line, and the forms that change it or take it back."""

    text: str
    forms: list[ActionForm]


def already_given(
    matter: matters.Matter, actor: Actor, forms: list[ActionForm]
) -> tuple[list[AlreadyGiven], list[ActionForm]]:
    """What the actor gave already, each with its own of the `forms`, and the forms that are left: what
    was said is not asked for again. What no longer can be done to it is left out."""
    programme = programmes.spec_of(matter.release_id)
    found: list[AlreadyGiven] = []
    gone: set[str] = set()
    for one in attached.given(matter, actor):
        text = words.text(one.text, choice=words.of(programme, one.choice))
        own = [f for f in forms if f.id in one.actions - gone and f.refusal is None]
        gone |= one.actions
        found.append(
            AlreadyGiven(text, [replace(form, times=0, tone=_again(form)) for form in own])
        )
    return found, [form for form in forms if form.id not in gone]


def written(matter: matters.Matter, entries: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """What steps said that may be taken anew where they led to, the newest of each: an action that leads
    to the state the matter is in and from there to itself writes the same thing again."""
    kind = programmes.spec_of(matter.release_id).kinds[matter.kind]
    return {
        entry.action: entry.inputs
        for entry in entries
        if entry.inputs
        and (action := kind.actions.get(entry.action)) is not None
        and action.to == matter.state
        and matter.state in kind.sources_of(action)
    }


def folded(forms: list[ActionForm], said: Mapping[str, Any]) -> list[ActionForm]:
    """Forms, those of steps that were taken behind the others and closed."""
    some = [replace(f, times=0, tone=_again(f)) if f.id in said else f for f in forms]
    return sorted(some, key=_rank)


def said_before(matter: matters.Matter, said: Mapping[str, dict[str, Any]]) -> dict[str, QueryDict]:
    """What steps said, as their forms would post it: to be changed rather than typed again."""
    found = {}
    for action, values in said.items():
        inputs = {n: one for n, one in inputs_of(matter, action).items() if one.type != "file"}
        found[action] = fields.as_posted(inputs, {n: v for n, v in values.items() if n in inputs})
    return found


def _again(form: ActionForm) -> str:
    """What was done once is no longer what one came for."""
    return "plain" if form.tone == "primary" else form.tone


def action_of(matter: matters.Matter, action_id: str) -> Action | None:
    """The declared action, or None."""
    return programmes.spec_of(matter.release_id).kinds[matter.kind].actions.get(action_id)


def answers_of(matter: matters.Matter, action_id: str) -> list[str]:
    """The inputs of an action that are looked through before they go."""
    programme = programmes.spec_of(matter.release_id)
    return answering.inputs_as(programme, action_of(matter, action_id), "answer", "draft")


def more_of(matter: matters.Matter, action_id: str) -> list[str]:
    """The inputs of an action that files may say instead."""
    programme = programmes.spec_of(matter.release_id)
    return answering.inputs_as(programme, action_of(matter, action_id), "more")


def inputs_of(matter: matters.Matter, action_id: str) -> Mapping[str, Input]:
    """What an action asks for; nothing where there is no such action."""
    action = action_of(matter, action_id)
    return action.inputs if action is not None else {}


def collect(
    matter: matters.Matter,
    action_id: str,
    posted: QueryDict,
    at: datetime,
    named: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The action's inputs out of a posted form; nothing else of it. `named` as `fields.sent` has it.

    Raises InputError when an organisation or a person was typed that is not clear.
    """
    scope = choosing.of_matter(matter, at)
    return fields.taken(inputs_of(matter, action_id), posted, scope, named)
