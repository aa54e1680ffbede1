"""What can be done to a matter outside its programme: notes, contacts, erasure, moves."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, earlier, erase, read, vault
from bihuan.foundation.files import api as files
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import access, inputs
from bihuan.kernel.matters.models import Draft, Matter, OldCode, Party
from bihuan.kernel.matters.opening import event_key
from bihuan.kernel.matters.problems import MatterError, NotAllowedError, RefusedError
from bihuan.kernel.matters.watching import forget_watches
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import release
from bihuan.spec.schema import Input

DUE_PAGE = 500
REASON = Input(type="longtext", required=True, max=2000)
NOTE = Input(type="longtext", required=True, max=5000)


def _write(actor: Actor) -> None:
    if not actor.may_scope("matters:write"):
        raise NotAllowedError("matters.may_not_act")


@transaction.atomic
def note(pk: int, text: str, *, actor: Actor, at: datetime, key: str | None = None) -> Matter:
    """A private note: for colleagues who see the matter, never for the sender.

    Raises LookupError, InputError, ConflictError.
    """
    _write(actor)
    found = access.matter(actor, pk)
    taken = inputs.take({"note": NOTE}, {"note": text})
    digest = event_key(key, actor.ref, "note", str(pk))
    done = earlier(digest)
    if done is not None:
        said = read(done).get("private", {}).get("note")
        if said not in (None, taken["note"]):
            raise RefusedError("matters.key_used")
        return found
    at = max(at, found.changed_at)
    return change(
        found,
        Happening(
            "matter.noted",
            at,
            actor.ref,
            set={"changed_at": at},
            private={"note": taken["note"]},
            key=digest,
        ),
    )


def reveal_contact(pk: int, reason: str, *, actor: Actor, at: datetime) -> vault.Person | None:
    """How to reach the sender, for a reason that is logged with who asked; None without any.

    Raises LookupError, NotAllowedError unless the kind's `contact_by` names them, InputError.
    """
    found = access.matter(actor, pk)
    if not access.may_contact(actor, found):
        raise NotAllowedError("matters.may_not_contact")
    taken = inputs.take({"reason": REASON}, {"reason": reason})
    if not vault.has(found.stream):
        return None
    return vault.reveal(found.stream, actor=actor.ref, at=at, reason=taken["reason"])


def erase_contact(pk: int, *, actor: Actor, at: datetime) -> int:
    """Forgets how to reach the sender."""
    _write(actor)
    found = access.matter(actor, pk)
    return vault.erase(found.stream, actor=actor.ref, at=at)


@transaction.atomic
def anonymise(found: Matter, *, actor: str, at: datetime, words: str) -> Matter:
    """Forgets what the sender and the staff wrote or attached; numbers, states and dates stay for figures."""
    at = max(at, found.changed_at)
    gone = {"subject": words, "code_index": "", "changed_at": at}
    forget_watches(found, actor=actor, at=at)
    # Their bytes go with the next collection of files that nothing names.
    without: dict[tuple[str, str], None] = {("file", f.key): None for f in files.of(found.stream)}
    without |= {("old_code", one.key): None for one in OldCode.objects.filter(stream=found.stream)}
    erase(found, Happening("matter.erased", at, actor, set=gone, parts=without))
    search.remove("m", found.pk)
    Draft.objects.filter(matter_id=found.pk).delete()
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
    """Retention: contacts past their time are forgotten; so are the texts of matters that have
    been closed for as long. Open matters keep theirs. Returns how many matters were touched."""
    touched = 0
    for subject in islice(_contacts_due(timezone.localtime(at).date()), limit):
        vault.erase(subject, actor="system", at=at)
        touched += 1
    old = Matter.objects.filter(phase="done", closed_at__lt=at - timedelta(days=365 * 5)).exclude(
        subject=words
    )
    for found in old.order_by("closed_at")[:limit]:
        anonymise(found, actor="system", at=at, words=words)
        touched += 1
    return touched


def _opened_under(release_id: int) -> QuerySet[Matter]:
    """Open matters of a release, those it was adapted for locally among them."""
    of = Q(release_id=release_id) | Q(release__base_id=release_id)
    return Matter.objects.filter(of).exclude(phase="done")


def blocked_moves(release_id: int, to_id: int) -> list[str]:
    """Numbers of open matters whose state the new release does not know."""
    target = programmes.spec_of(to_id)
    rows = _opened_under(release_id)
    return [
        m.number
        for m in rows.iterator()
        if m.kind not in target.kinds or m.state not in target.kinds[m.kind].states
    ]


def move_release(
    release_id: int, to_id: int, *, actor: Actor, at: datetime
) -> tuple[int, list[tuple[str, str | None, str | None]]]:
    """Moves open matters to another release of the same programme; all or none.

    Returns how many moved and what differs. Raises MatterError for another programme,
    RefusedError naming matters whose state the new release lacks.
    """
    old, new = programmes.spec_of(release_id), programmes.spec_of(to_id)
    if old.id != new.id:
        raise MatterError("matters.other_programme")
    blocked = blocked_moves(release_id, to_id)
    if blocked:
        raise RefusedError("matters.blocked_moves", numbers="、".join(blocked[:20]))
    moved = 0
    with transaction.atomic():
        for found in _opened_under(release_id).order_by("pk"):
            when = max(at, found.changed_at)
            opened = timezone.localtime(found.opened_at).date()
            held = programmes.held_under(to_id, found.home_path, opened)
            moved_to = programmes.settle(held, at=at, actor=actor.ref)
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


@transaction.atomic
def follow_moves(moved: list[tuple[str, str]], *, at: datetime, actor: str) -> int:
    """Puts the new paths of moved organisations on to the matters that copied the old ones."""
    new_of = dict(moved)
    touched = 0
    for column in ("home_path", "unit_path"):
        for old, new in new_of.items():
            for found in Matter.objects.filter(**{column: old}):
                when = max(at, found.changed_at)
                values = {column: new, "changed_at": when}
                change(found, Happening("matter.rescoped", when, actor, set=values))
                touched += 1
    for party in Party.objects.filter(org_path__in=list(new_of)):
        found = Matter.objects.get(pk=party.matter_id)
        when = max(at, found.changed_at)
        columns = {"org_path": new_of[party.org_path]}
        change(
            found,
            Happening(
                "matter.rescoped",
                when,
                actor,
                set={"changed_at": when},
                parts={("party", party.key): columns},
            ),
        )
        touched += 1
    return touched
