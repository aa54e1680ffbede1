"""The providers as readers see them: on the log-in page, and beside their own connections."""

from datetime import datetime
from typing import Any

from django.conf import settings

from bihuan.foundation.access import connecting
from bihuan.foundation.access.providers import Provider
from bihuan.web import words


def called(said: Provider) -> str:
    """What a provider is called in the reader's language."""
    if not said.name:
        return words.text(f"providers.kind.{said.kind}")
    return words.choose({"zh-Hans": said.name, "en": said.name_en or said.name})


def buttons() -> list[dict[str, str]]:
    """Each provider that one may log in by."""
    return [{"key": one.key, "name": called(one)} for one in settings.PROVIDERS.values()]


def connections(person_id: int) -> list[dict[str, Any]]:
    """Each provider with since when somebody is connected with it, None where they are not; those that
    are declared no more, while somebody is connected with them."""
    since: dict[str, datetime] = connecting.connected(person_id)
    told: list[dict[str, Any]] = [
        {**one, "since": since.pop(one["key"], None)} for one in buttons()
    ]
    return told + [{"key": key, "name": key, "since": at} for key, at in since.items()]
