"""What a person keeps for their own work: saved filters, and their office's text modules."""

from datetime import datetime

from django.db import transaction

from bihuan.foundation.audit.api import Happening, change, create
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.matters import inputs
from bihuan.kernel.matters.models import Phrase, SavedFilter
from bihuan.spec.schema import Input

NAME = Input(type="text", required=True, max=40)
SHORTCUT = Input(type="text", required=True, max=30)
BODY = Input(type="longtext", required=True, max=5000)


def filters_of(person_id: int) -> list[SavedFilter]:
    """A person's saved lists by name."""
    return list(SavedFilter.objects.filter(person_id=person_id).order_by("name"))


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


def phrases_for(path: str) -> list[Phrase]:
    """Text modules of an organisation and of those above it."""
    rows = Phrase.objects.filter(active=True, org__path__in=tree.ancestors(path))
    return list(rows.order_by("shortcut"))


@transaction.atomic
def add_phrase(org: Org, shortcut: str, body: str, *, at: datetime, actor: str) -> Phrase:
    """A new text module. Raises InputError."""
    taken = inputs.take({"shortcut": SHORTCUT, "body": BODY}, {"shortcut": shortcut, "body": body})
    row = Phrase(org=org, shortcut=taken["shortcut"], body=taken["body"])
    return create(row, Happening("phrase.added", at, actor))


@transaction.atomic
def drop_phrase(pk: int, *, at: datetime, actor: str) -> None:
    """Takes a text module out of use."""
    row = Phrase.objects.get(pk=pk)
    change(row, Happening("phrase.dropped", at, actor, set={"active": False}))
