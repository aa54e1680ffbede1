"""Freeing somebody of an obligation for a time, and ending that: by whoever stands above them, with a reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, earlier, history
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters.api import clean
from bihuan.kernel.matters.repeating import event_key
from bihuan.kernel.obligations import persons, sight
from bihuan.kernel.obligations.demands import Obligation, known
from bihuan.kernel.obligations.models import Waiver
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.rules.periods import Period
from bihuan.rules.spans import MeetsError, Span, free

LONGEST = 200
# Beyond it somebody is not free for a time: the rule is another.
MOST_DAYS = 366 * 3


@dataclass(frozen=True)
class Waiving:
    """Who is to be freed of what: an organisation, or a person there, for a reason that the programme
    names, from a day until a day, both included (None: for good)."""

    obligation: Obligation
    org: Org
    reason: str
    start: date
    end: date | None = None
    person_id: int | None = None
    note: str = ""


def waive(wanted: Waiving, *, actor: Actor, at: datetime, key: str | None = None) -> Waiver:
    """Frees somebody of an obligation. The same key twice frees once.

    Raises NotAllowedError; InputError: no such reason, days that cannot be (before the last period), a
    person who does not owe it right there on the first day; RefusedError: they are free
    on some of these days already, or the key stands for something else.
    """
    one = wanted.obligation
    if not sight.may_waive(actor, one, wanted.org.path, wanted.person_id):
        raise NotAllowedError("obligations.may_not_waive")
    _check(wanted, timezone.localtime(at).date())
    mine = event_key(key, actor.ref, "waive", one.full)
    with transaction.atomic():
        if wanted.person_id is None:
            orgs.one_at_a_time(wanted.org.pk)
        else:
            memberships.person_at_a_time(wanted.person_id)
        done = earlier(mine)
        if done is not None:
            return _repeated(Waiver.objects.get(pk=int(done.stream.partition(":")[2])), wanted)
        rows = Waiver.objects.filter(programme=one.programme.id, obligation=one.name)
        # A person is free wherever they belong.
        there = (
            rows.filter(org=wanted.org, person_id__isnull=True)
            if wanted.person_id is None
            else rows.filter(person_id=wanted.person_id)
        )
        try:
            free(
                Span.through(wanted.start, wanted.end),
                [Span.through(row.start, row.end) for row in there],
            )
        except MeetsError as error:
            raise RefusedError(error.key, **error.values) from error
        row = Waiver(
            programme=one.programme.id,
            obligation=one.name,
            org=wanted.org,
            person_id=wanted.person_id,
            reason=wanted.reason,
            note=clean(wanted.note)[:LONGEST],
            start=wanted.start,
            end=wanted.end,
        )
        return create(row, Happening("obligation.waived", at, actor.ref, key=mine))


def _repeated(row: Waiver, wanted: Waiving) -> Waiver:
    said = (wanted.org.pk, wanted.person_id, wanted.reason, wanted.start, wanted.obligation.full)
    full = f"{row.programme}.{row.obligation}"
    if said != (row.org_id, row.person_id, row.reason, row.start, full):
        raise RefusedError("matters.key_used")
    return row


def _check(wanted: Waiving, today: date) -> None:
    bad: dict[str, tuple[str, dict[str, object]]] = {}
    spec = wanted.obligation.spec
    if wanted.reason not in spec.exempt:
        bad["reason"] = ("obligations.no_reason", {"known": "、".join(spec.exempt) or "–"})
    if (wanted.person_id is None) != wanted.obligation.of_orgs:
        bad["person"] = ("obligations.whose", {})
    elif wanted.person_id is not None and not persons.owes(
        wanted.obligation, wanted.org, wanted.start, wanted.person_id
    ):
        bad["person"] = ("obligations.not_theirs", {"start": wanted.start})
    this = Period.of(spec.grain, today)
    first = Period.of(spec.grain, this.start - timedelta(days=1)).start
    if wanted.start < first:
        bad["start"] = ("obligations.too_early", {"first": first})
    if wanted.end is not None:
        if wanted.end < wanted.start:
            bad["end"] = ("orgs.ends_before_start", {})
        elif (wanted.end - wanted.start).days > MOST_DAYS:
            bad["end"] = ("obligations.too_long", {})
    if bad:
        raise InputError(bad)


@transaction.atomic
def end_waiver(pk: int, *, on: date, actor: Actor, at: datetime) -> Waiver:
    """Ends it with a last day, today at the earliest: what is over stays as it was, and from the day after
    it is owed again.

    Raises LookupError (absent, or not theirs to know of), NotAllowedError, RefusedError where it ended
    before; the same again changes nothing."""
    row = Waiver.objects.select_for_update(of=("self",)).select_related("org").get(pk=pk)
    found = obligation_of(row)
    if found is None or not sight.sees(actor, found, row.org.path, row.person_id):
        raise LookupError(pk)
    if not sight.may_waive(actor, found, row.org.path, row.person_id):
        raise NotAllowedError("obligations.may_not_waive")
    last = max(on, timezone.localtime(at).date())
    if row.end is not None and row.end <= last:
        if row.end == last:
            return row
        raise RefusedError("obligations.ended", end=row.end)
    return change(row, Happening("obligation.waiver_ended", at, actor.ref, set={"end": last}))


def obligation_of(row: Waiver) -> Obligation | None:
    """The obligation of a waiver, as it is declared now; None where it is no more."""
    return next((one for one in known(row.programme) if one.name == row.obligation), None)


def said_by(row: Waiver) -> str:
    """Who said so, by name ('' where the house did)."""
    kind, _, number = history(row.stream)[0].actor.partition(":")
    return orgs.standing_person(int(number)).name if kind == "person" else ""
