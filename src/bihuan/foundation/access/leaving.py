"""Who has left: whose account is off, or who had a role once and has none any more, wherever it may be."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.foundation.access.models import Grant
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Person


def left_by(on: date) -> QuerySet[Person]:
    """Whoever has left by a day. A role that begins later keeps somebody here."""
    rows = Grant.objects.filter(person_id=OuterRef("pk"))
    lasting = rows.filter(Q(end__isnull=True) | Q(end__gte=on))
    return Person.objects.filter(
        Q(is_active=False) | Exists(rows), ~Exists(lasting) | Q(is_active=False)
    )


@standing.kept
def anybody_left(on: date) -> bool:
    """Whether anybody has left by a day: most houses need not be asked on every page who."""
    return left_by(on).exists()
