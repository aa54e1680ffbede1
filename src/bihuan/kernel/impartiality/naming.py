"""Who is complained of, said after a matter was opened: by the desk that took it in, or from above.

A caller says on the telephone whom it is about; a name that fits three people keeps two too many
away. What was said at the opening is read by `complained`; here it is added to, and corrected.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Org, Person, tree
from bihuan.kernel.matters import access, barring, complained, hands, inputs
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import InputError, NotAllowedError
from bihuan.spec import sight
from bihuan.spec.schema import Input

WORDS = Input(type="text", required=True, max=200)
REASON = Input(type="longtext", required=True, max=5000)


@dataclass(frozen=True)
class Named:
    """One complained of: `key` says which to `drop`."""

    key: str
    name: str


def of(found: Matter) -> list[Named]:
    """Those complained of in a matter, with their names, for those who may see it."""
    held = [one for one in access.parties(found) if one.role == "named"]
    orgs = Org.objects.in_bulk([one.org_id for one in held if one.org_id])
    people = Person.objects.in_bulk([one.person_id for one in held if one.person_id])
    told = [
        (one.key, orgs[one.org_id].name if one.org_id else people[one.person_id or 0].name)
        for one in held
    ]
    return sorted((Named(key, name) for key, name in told), key=lambda one: one.name)


def may_name(actor: Actor, found: Matter) -> bool:
    """Whether the actor may add to those complained of: works at the desk that received the matter
    and speaks with the sender, or is above its unit; whoever had it in hand at the desk may not, see `name`."""
    return (
        actor.may_scope("matters:write")
        and actor.person_id != found.assignee_id
        and (
            access.oversees(actor.held, found)
            or (access.receives(actor, found) and access.may_contact(actor, found))
        )
    )


def may_drop(actor: Actor, found: Matter) -> bool:
    """Whether the actor may say that somebody is not complained of after all: from above the unit,
    without having the matter."""
    return (
        actor.may_scope("matters:write")
        and actor.person_id != found.assignee_id
        and access.oversees(actor.held, found)
    )


@transaction.atomic
def name(pk: int, words: str, *, actor: Actor, at: datetime) -> Matter:
    """Keeps away whom the words name among the organisations and staff under the matter's root,
    from the matter and what was opened under it; takes it off them, and tells whoever lost it (the
    number, no more) and the receiving desk.

    Never those who oversee the unit: that only a sender says, at the opening. Raises LookupError,
    NotAllowedError, InputError where the words name nobody known here.
    """
    found = access.matter(actor, pk)
    at_desk = not access.oversees(actor.held, found)
    if not may_name(actor, found) or (at_desk and hands.handled(found, actor)):
        raise NotAllowedError("matters.may_not_name")
    said = inputs.take({"complained_of": WORDS}, {"complained_of": words})["complained_of"]
    on = timezone.localtime(at).date()
    meant = complained.named(said, found.home, on)
    if not meant.orgs and not meant.people:
        raise InputError({"complained_of": ("input.names_nobody", {})})
    parts = dict(
        [barring.named_org(one) for one in Org.objects.filter(pk__in=meant.orgs)]
        + [barring.named_person(one) for one in meant.people]
    )
    kept = access.barred_people(
        [(one["person_id"], one["org_path"]) for one in parts.values()],
        on,
    )
    whole = barring.whole(found)
    if any(_overseers(one, on) & kept for one in whole):
        raise NotAllowedError("matters.names_overseer")
    for one in whole:
        _bar(one, parts, kept, said, actor=actor, at=at)
    return found


@transaction.atomic
def drop(pk: int, key: str, reason: str, *, actor: Actor, at: datetime) -> Matter:
    """Says that somebody is not complained of after all; the reason stays with the matter.

    What was opened under it is set free too. Raises LookupError for a key the matter has not,
    NotAllowedError, InputError.
    """
    found = access.matter(actor, pk)
    if not may_drop(actor, found):
        raise NotAllowedError("matters.may_not_drop_name")
    taken = inputs.take({"reason": REASON}, {"reason": reason})
    if key not in {one.key for one in access.parties(found) if one.role == "named"}:
        raise LookupError(key)
    for one in barring.whole(found):
        if key in {party.key for party in access.parties(one)}:
            later = max(at, one.changed_at)
            change(
                one,
                Happening(
                    "matter.name_dropped",
                    later,
                    actor.ref,
                    set={"changed_at": later},
                    parts={("party", key): None},
                    private={"reason": taken["reason"]},
                ),
            )
    return found


def _overseers(found: Matter, on: date) -> set[int]:
    if len(found.unit_path) <= tree.STEP:
        return set()
    spec = programmes.spec_of(found.release_id)
    seeing = sight.roles(spec, spec.kinds[found.kind])
    above = found.unit_path[: -tree.STEP]
    return {one for role in seeing for one in grants.all_holders(role, above, on, found.programme)}


def _bar(
    found: Matter,
    parts: dict[tuple[str, str], dict[str, Any]],
    kept: set[int],
    said: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    loses = sorted(kept & {found.assignee_id or 0})
    barred = notify.told(loses, "notice.recused")
    paths = {str(one["org_path"]) for one in parts.values() if one["org_path"]}
    concerned = loses or any(tree.covers(path, found.unit_path) for path in paths)
    desk = notify.told(_desk(found, kept, at) if concerned else [], "notice.named_unit")
    told = [*barred.get("told", []), *desk.get("told", [])]
    at = max(at, found.changed_at)
    barring.bar(
        found,
        "matter.named",
        parts,
        kept,
        actor=actor,
        at=at,
        said={"told": told} if told else {},
        why={"complained_of": said},
    )
    # Who lost it cannot open it any more.
    notify.tell_told(found, barred, at=at, number=found.number)
    notify.tell_told(found, desk, at=at, ref=found.stream, number=found.number)


def _desk(found: Matter, kept: set[int], at: datetime) -> list[int]:
    on = timezone.localtime(at).date()
    programme = programmes.spec_of(found.release_id)
    seeing = sight.roles(programme, programme.kinds[found.kind])
    desk = {
        one
        for role in programme.manifest.roles
        if role.at == "home" and role.id in seeing
        for one in grants.holders(role.id, found.home_path, on, programme.id)
    }
    return sorted(desk - kept - access.kept_away(found, on))
