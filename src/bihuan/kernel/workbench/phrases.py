"""Text modules of an organisation and of those above it."""

from datetime import datetime

from django.db import transaction

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, standing
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.matters import inputs
from bihuan.kernel.workbench.models import Phrase
from bihuan.lib.problems import InputError
from bihuan.spec.schema import Input

SHORTCUT = Input(type="text", required=True, max=30)
BODY = Input(type="longtext", required=True, max=5000)


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
