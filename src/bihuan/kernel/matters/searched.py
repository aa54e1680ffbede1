"""What search should know of matters, from their events."""

from collections.abc import Iterator

from bihuan.foundation.audit.api import Event, read
from bihuan.foundation.search.api import Text
from bihuan.kernel.matters.models import Matter

_PAGE = 500


def searched() -> Iterator[Text]:
    """Number, subject and text of every matter that still has one, in the order of their numbers."""
    after = 0
    while page := list(Matter.objects.filter(pk__gt=after).order_by("pk")[:_PAGE]):
        after = page[-1].pk
        opened = Event.objects.filter(stream__in=[one.stream for one in page], seq=1)
        bodies = {event.stream: _body(event) for event in opened}
        for one in page:
            body = bodies.get(one.stream)
            if body is not None:
                yield one.pk, one.subject, body


def _body(event: Event) -> str | None:
    """What was written when it was opened; None once it was forgotten."""
    try:
        found = read(event).get("private", {}).get("body")
    except (ValueError, AttributeError, TypeError):
        # Altered beyond reading; its hash says so.
        return None
    return found if isinstance(found, str) else None
