"""What the house knows of the people in a matter: words that no text meant for others may show.

One place for every door to the outside: publications, notices, bulletins, feeds, calendars, the
round-up and watches ask here, and mask with `language.redact`.
"""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from bihuan.foundation.audit.api import history, vault
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.models import Person
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter

# Of how many messages merged into one, or under one, the senders are looked up.
MERGED = 500
# And of how many at a place, for a text about all of them.
AT_PLACE = 5000


def known_words(found: Matter) -> list[str]:
    """Names, numbers and addresses, each once: of its sender and of those whose messages were
    merged into it or into what it hangs under, as the vault keeps them; of its parties and
    everybody who acted on it; of all who have a post at the organisations that received it and that
    are responsible."""
    words: set[str] = set()
    above: Matter | None = found
    while above is not None:
        words |= set().union(*senders_words(above).values())
        above = above.parent
    today = timezone.localtime(found.changed_at).date()
    for path in {found.unit_path, found.home_path}:
        words.update(one.name for one in orgs.people_of(path, today))
    held = [*(party.person_id for party in access.parties(found)), found.assignee_id]
    ids = {one for one in held if one is not None}
    for event in history(found.stream):
        kind, _, number = event.actor.partition(":")
        if kind == "person" and number.isdigit():
            ids.add(int(number))
    words.update(Person.objects.filter(pk__in=ids).values_list("name", flat=True))
    return sorted(words - {""})


def senders_words(found: Matter) -> dict[str, set[str]]:
    """Names, numbers and addresses of its sender and of those whose messages were merged into it,
    by the stream of each message."""
    merged = Matter.objects.filter(merged_into_id=found.pk).values_list("pk", flat=True)[:MERGED]
    streams = (found.stream, *(f"{Matter.STREAM}:{pk}" for pk in merged))
    return {stream: vault.for_masking([stream]) for stream in streams}


def writers_words(found: Matter) -> list[str]:
    """The same, all together, and of those whose messages stand under it. For what an organisation
    says in its own name, where its people in office stay named."""
    others = Matter.objects.filter(Q(merged_into_id=found.pk) | Q(parent_id=found.pk))
    pks = [found.pk, *others.values_list("pk", flat=True)[:MERGED]]
    return sorted(vault.for_masking(f"{Matter.STREAM}:{pk}" for pk in pks))


def senders_at(path: str, first: datetime, after: datetime) -> list[str]:
    """The same of everybody whose message is at a place or below it and was open or answered in a
    time, the newest of them: for a text about all of these."""
    there = Matter.objects.filter(home_path__startswith=path)
    then = there.filter(changed_at__gte=first, opened_at__lt=after)
    pks = then.order_by("-pk").values_list("pk", flat=True)[:AT_PLACE]
    return sorted(vault.for_masking(f"{Matter.STREAM}:{pk}" for pk in pks))
