"""How much was opened by releases: asked before one of them is replaced on its first day."""

from collections.abc import Collection
from datetime import date, datetime, time

from django.utils import timezone

from bihuan.foundation.orgs.api import tree
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import registry


def _opened_by(releases: Collection[int], org_path: str, since: date) -> int:
    first = timezone.make_aware(datetime.combine(since, time.min))
    low, high = tree.bounds(org_path)
    rows = Matter.objects.filter(release_id__in=releases, opened_at__gte=first)
    return rows.filter(home_path__gte=low, home_path__lt=high).count()


def register() -> None:
    """Lets programmes ask before they replace a release."""
    registry.OPENED.add("matters", _opened_by)
