"""Common problems 共性问题: groups of alike open matters, and merging a group in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import access, acting, attached, inputs
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.said import SUBJECT
from bihuan.kernel.programmes import api as programmes
from bihuan.language import similar
from bihuan.lib.problems import NotAllowedError, RefusedError

WINDOW = 300
GROUPS = 20
MEMBERS = 50


@dataclass(frozen=True)
class Common:
    """Matters that say much the same, oldest first, and the words they share."""

    matters: tuple[Matter, ...]
    shared: tuple[str, ...]


def _merging(matter: Matter, actor: Actor) -> tuple[str, str] | None:
    """(action, input) by which the actor may merge the matter into another now."""
    programme = programmes.spec_of(matter.release_id)
    kind = programme.kinds[matter.kind]
    for action_id, action in kind.actions.items():
        into = next((v.args["input"] for v in action.effects if v.do == "merge"), None)
        if into is None or matter.state not in kind.sources_of(action):
            continue
        if access.may_act(actor, matter, action, programme):
            return action_id, str(into)
    return None


def common_problems(actor: Actor) -> list[Common]:
    """Groups among the newest WINDOW open matters that the actor may merge, the largest first.

    Only what one organisation received, of one kind, stands together. The cost is that of one
    page of the list and of comparing WINDOW texts, however many matters there are.
    """
    if not actor.may_scope("matters:write"):
        return []
    rows = list(
        Matter.objects.filter(access.visible(actor), phase="open", merged_into=None)
        .select_related("home", "unit")
        .order_by("-pk")[:WINDOW]
    )
    access.know_parties(rows)
    texts = search.texts("m", [m.pk for m in rows])
    held = [m for m in reversed(rows) if m.pk in texts and _merging(m, actor) is not None]
    found = []
    for _, group in groupby(sorted(held, key=_scope), key=_scope):
        alike = {m.pk: m for m in group}
        for one in similar.groups({pk: texts[pk] for pk in alike}):
            members = tuple(alike[pk] for pk in one.members[:MEMBERS])
            found.append(Common(members, one.shared))
    found.sort(key=lambda c: (-len(c.matters), -c.matters[-1].pk))
    return found[:GROUPS]


def _scope(matter: Matter) -> tuple[int, str, str]:
    return matter.home_id, matter.programme, matter.kind


@transaction.atomic
def retitle(pk: int, subject: str, *, actor: Actor, at: datetime) -> Matter:
    """A subject that says better what it is about; what the sender wrote stays as it was.

    Raises LookupError, InputError, NotAllowedError for one who may only look.
    """
    found = access.matter(actor, pk)
    if _merging(found, actor) is None:
        raise NotAllowedError("matters.may_not_act")
    taken = inputs.take({"subject": SUBJECT}, {"subject": subject}).get("subject")
    if not taken or taken == found.subject:
        return found
    at = max(at, found.changed_at)
    body = search.texts("m", [pk]).get(pk, "").partition("\n")[2]
    change(
        found,
        Happening("matter.retitled", at, actor.ref, set={"subject": taken, "changed_at": at}),
    )
    search.put("m", pk, taken, body)
    attached.retitled(found, actor=actor.ref, at=at)
    return found


@transaction.atomic
def merge_all(
    lead_id: int,
    others: Sequence[int],
    subject: str,
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> Matter:
    """Merges matters into one and gives it the common subject: all of it, or nothing.

    Raises LookupError, InputError, RefusedError (nothing to merge, too many, or one that no longer can be),
    GoneError as `act` does.
    """
    chosen = [pk for pk in dict.fromkeys(others) if pk != lead_id]
    if len(chosen) > MEMBERS:
        raise RefusedError("matters.too_many_to_merge", limit=MEMBERS)
    if not chosen:
        raise RefusedError("matters.nothing_to_merge")
    for pk in chosen:
        found = access.matter(actor, pk)
        if found.merged_into_id == lead_id:
            # The same page sent again.
            continue
        how = _merging(found, actor)
        if how is None:
            raise RefusedError("matters.cannot_merge", number=found.number)
        action, into = how
        one = f"{key}:{pk}" if key else None
        acting.act(pk, action, actor=actor, at=at, data={into: lead_id}, key=one)
    return retitle(lead_id, subject, actor=actor, at=at)
