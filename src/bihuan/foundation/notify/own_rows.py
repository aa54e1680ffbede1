"""What somebody was told, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from bihuan.foundation.access import own_data
from bihuan.foundation.notify import said
from bihuan.foundation.notify.models import Notice


def _notices(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    language = get_language() or "zh-hans"
    for one in Notice.objects.filter(person_id=person_id).order_by("at", "pk").iterator():
        about = {"number": one.values.get("number", "")}
        yield {"at": one.at, "said": said.said(one, language), **about, "read_at": one.read_at}


def register() -> None:
    """Registers what is held here."""
    own_data.register("notices", _notices)
