"""Forgetting in time: contacts, and what was written in matters long closed."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from bihuan.foundation.audit.api import Event, Happening, erase, vault
from bihuan.foundation.files import api as files
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.models import Matter, OldCode
from bihuan.kernel.upkeep import retention

DUE_PAGE = 500


@transaction.atomic
def anonymise(found: Matter, *, actor: str, at: datetime, words: str) -> Matter:
    """Forgets what the sender and the staff wrote or attached; numbers, states and dates stay for figures."""
    at = max(at, found.changed_at)
    gone = {"subject": words, "code_index": "", "changed_at": at}
    attached.forgotten(found, actor=actor, at=at)
    # Their bytes go with the next collection of files that nothing names.
    without: dict[tuple[str, str], None] = {("file", f.key): None for f in files.of(found.stream)}
    without |= {("old_code", one.key): None for one in OldCode.objects.filter(stream=found.stream)}
    erase(found, Happening("matter.erased", at, actor, set=gone, parts=without))
    search.remove("m", found.pk)
    return found


def _contacts_due(on: date) -> Iterator[str]:
    """Streams whose contacts are past their time and whose matters are over. Contacts of open
    matters are passed by, however many there are before it."""
    after = 0
    while page := vault.due(on, DUE_PAGE, after=after):
        after = page[-1][0]
        ids = {subject: int(subject.partition(":")[2]) for _, subject in page}
        going_on = Matter.objects.filter(pk__in=ids.values()).exclude(phase="done")
        kept = set(going_on.values_list("pk", flat=True))
        yield from (subject for subject, pk in ids.items() if pk not in kept)


def erase_due(at: datetime, *, words: str, limit: int = 500) -> int:
    """Retention: contacts past their time are forgotten; so are the texts of matters that have been over,
    and in the house, for as long as `retention.toml` says. Open matters keep theirs. Returns how many
    matters were touched."""
    touched = 0
    on = timezone.localtime(at).date()
    for subject in islice(_contacts_due(on), limit):
        vault.erase(subject, actor="system", at=at)
        touched += 1
    for found in _texts_due(on, words, limit):
        anonymise(found, actor="system", at=at, words=words)
        touched += 1
    return touched


def _texts_due(on: date, words: str, limit: int) -> list[Matter]:
    day = retention.over_by(on)
    if day is None:
        return []
    before = timezone.make_aware(datetime.combine(day, time()))
    old = Matter.objects.filter(phase="done", closed_at__lt=before).exclude(subject=words)
    # What tells of long ago may have come yesterday: an old register that was taken in.
    came = Event.objects.filter(stream=OuterRef("of"), seq=1, recorded__gte=before)
    mine = Concat(Value(f"{Matter.STREAM}:"), Cast("pk", CharField()), output_field=CharField())
    there = old.annotate(of=mine).filter(~Exists(came))
    return list(there.order_by("closed_at")[:limit])
