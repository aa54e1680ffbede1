"""What a person keeps for their own work: saved filters, drafts, their office's text modules."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, standing
from bihuan.foundation.orgs.api import Org, tree
from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.matters import access, inputs
from bihuan.kernel.matters.models import Draft, Phrase, SavedFilter
from bihuan.kernel.matters.problems import InputError
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Input

NAME = Input(type="text", required=True, max=40)
SHORTCUT = Input(type="text", required=True, max=30)
DRAFT_DAYS = 90
BODY = Input(type="longtext", required=True, max=5000)
_filters = Lookup(SavedFilter.objects.filter(person_id=-1).order_by("name"), -1)


def filters_of(person_id: int) -> list[SavedFilter]:
    """A person's saved lists by name."""
    return _filters(person_id)


def save_filter(person_id: int, name: str, query: str) -> SavedFilter:
    """Keeps a list under a name; the same name again replaces it. Raises InputError."""
    taken = inputs.take({"name": NAME}, {"name": name})
    row, _ = SavedFilter.objects.update_or_create(
        person_id=person_id, name=taken["name"], defaults={"query": query[:500]}
    )
    return row


def delete_filter(person_id: int, pk: int) -> None:
    """Forgets one of the person's own lists."""
    SavedFilter.objects.filter(person_id=person_id, pk=pk).delete()


def save_draft(
    pk: int, action_id: str, data: Mapping[str, Any], *, actor: Actor, at: datetime
) -> bool:
    """Keeps what the actor has typed into an action's form; an empty form keeps nothing. Returns
    whether there is a draft now. Raises LookupError (absent, forbidden, or no such action)."""
    found = access.matter(actor, pk)
    action = programmes.spec_of(found.release_id).kinds[found.kind].actions.get(action_id)
    if action is None or actor.person_id is None or found.phase == "done":
        raise LookupError(action_id)
    kept = {
        name: inputs.clean(str(data[name]))[: one.max]
        for name, one in action.inputs.items()
        if name in data and one.type != "orgs"
    }
    if not any(kept.values()):
        drop_draft(pk, action_id, actor.person_id)
        return False
    Draft.objects.update_or_create(
        matter_id=pk,
        person_id=actor.person_id,
        action=action_id,
        defaults={"data": kept, "kept_at": at},
    )
    return True


def drafts_of(pk: int, person_id: int) -> dict[str, dict[str, str]]:
    """A person's own drafts for a matter, by action."""
    rows = Draft.objects.filter(matter_id=pk, person_id=person_id)
    return dict(rows.values_list("action", "data"))


def drop_draft(pk: int, action_id: str, person_id: int) -> None:
    """Forgets a draft that was sent; nothing happens when there is none."""
    Draft.objects.filter(matter_id=pk, action=action_id, person_id=person_id).delete()


def forget_drafts(at: datetime) -> int:
    """Forgets the drafts of closed matters, and those nobody touched for DRAFT_DAYS."""
    old = Q(kept_at__lt=at - timedelta(days=DRAFT_DAYS))
    return Draft.objects.filter(Q(matter__phase="done") | old).delete()[0]


@standing.kept
def phrases_for(path: str) -> tuple[Phrase, ...]:
    """Text modules of an organisation and of those above it."""
    rows = Phrase.objects.filter(active=True, org__path__in=tree.ancestors(path))
    return tuple(rows.select_related("org").order_by("shortcut"))


def phrases_of(org: Org) -> tuple[Phrase, ...]:
    """Text modules an organisation itself keeps, by shortcut: those its administrator may end."""
    return tuple(row for row in phrases_for(org.path) if row.org_id == org.pk)


@transaction.atomic
def add_phrase(org: Org, shortcut: str, body: str, *, at: datetime, actor: Actor) -> Phrase:
    """A new text module; the same again is the same. Raises InputError, also where the
    organisation has another of that name, DeniedError unless the actor administers there."""
    officers.require(actor, officers.SYSTEM, org)
    taken = inputs.take({"shortcut": SHORTCUT, "body": BODY}, {"shortcut": shortcut, "body": body})
    # Two who add at one instant do so one after the other, and each sees what is there then.
    standing.changed()
    for one in phrases_of(org):
        if one.shortcut == taken["shortcut"]:
            if one.body == taken["body"]:
                return one
            raise InputError({"shortcut": ("matters.phrase_taken", {"name": one.shortcut})})
    row = Phrase(org=org, shortcut=taken["shortcut"], body=taken["body"])
    return create(row, Happening("phrase.added", at, actor.ref))


@transaction.atomic
def drop_phrase(org: Org, pk: int, *, at: datetime, actor: Actor) -> None:
    """Takes a text module of an organisation out of use; again changes nothing.
    Raises LookupError (another's, or none), DeniedError unless the actor administers there."""
    officers.require(actor, officers.SYSTEM, org)
    row = Phrase.objects.filter(pk=pk, org=org).first()
    if row is None:
        raise LookupError(pk)
    if row.active:
        change(row, Happening("phrase.dropped", at, actor.ref, set={"active": False}))
