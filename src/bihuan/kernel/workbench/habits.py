"""Which steps people of a role take most, so that a page offers those first. Counted anew each day."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Event, read, standing
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.workbench.models import Habit

SINCE = timedelta(days=30)
# Of how many of the newest events: a busy city's last days say as much as its month.
LOOKED = 20_000
_PAGE = 500


def refresh(at: datetime) -> int:
    """Counts the steps of the last month by the roles of who took them; returns how many lines it keeps."""
    rows = Event.objects.filter(type="matter.acted", actor__startswith="person:")
    newest = [one for one in rows.order_by("-pk")[:LOOKED].iterator() if one.at >= at - SINCE]
    counts: Counter[tuple[str, str, str, str]] = Counter()
    roles = _roles({one.actor for one in newest}, at)
    for start in range(0, len(newest), _PAGE):
        page = newest[start : start + _PAGE]
        pks = {int(one.stream.partition(":")[2]) for one in page}
        named = Matter.objects.filter(pk__in=pks).values_list("pk", "programme", "kind")
        of = {pk: (programme, kind) for pk, programme, kind in named}
        for one in page:
            pk = int(one.stream.partition(":")[2])
            for role in roles.get(one.actor, ()):
                counts[role, *of[pk], str(read(one).get("action", ""))] += 1
    found = {_key(row): row.times for row in Habit.objects.all()}
    if found != counts:
        with transaction.atomic():
            Habit.objects.all().delete()
            Habit.objects.bulk_create(
                Habit(role=role, programme=programme, kind=kind, action=action, times=times)
                for (role, programme, kind, action), times in counts.items()
            )
            standing.changed()
    return len(counts)


def _key(row: Habit) -> tuple[str, str, str, str]:
    return row.role, row.programme, row.kind, row.action


def _roles(actors: set[str], at: datetime) -> dict[str, set[str]]:
    pks = [int(one.partition(":")[2]) for one in actors]
    on = timezone.localtime(at).date()
    people = Person.objects.filter(pk__in=pks)
    return {f"person:{one.pk}": grants.actor(one, on).roles() for one in people}


@standing.kept
def _usual(roles: frozenset[str], programme: str, kind: str) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    rows = Habit.objects.filter(role__in=sorted(roles), programme=programme, kind=kind)
    for action, times in rows.values_list("action", "times"):
        found[action] += times
    return MappingProxyType(found)


def usual(actor: Actor, matter: Matter) -> Mapping[str, int]:
    """How often people with the actor's roles took each action on matters of this kind lately; nothing
    of those never taken."""
    return _usual(frozenset(actor.roles()), matter.programme, matter.kind)
