"""What was published lately, as an Atom feed."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_GET

from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.web import words

NEWEST = 30


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """Answers and bulletins, newest first."""
    del request
    made = Atom1Feed(
        title=words.text("site.name"),
        link=settings.PUBLIC_URL + reverse("portal:published"),
        description=words.text("bulletins.public_title"),
        feed_url=settings.PUBLIC_URL + reverse("portal:feed"),
        language=words.locale(),
    )
    for entry in sorted(_entries(), key=_at, reverse=True)[:NEWEST]:
        made.add_item(
            entry["title"],
            settings.PUBLIC_URL + entry["link"],
            escape(entry["description"]),
            unique_id=_id(entry["link"]),
            author_name=entry["author"],
            pubdate=entry["at"],
            updateddate=entry["at"],
        )
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


def _id(link: str) -> str:
    """The same for ever: of the public address's host and the path (RFC 4151)."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},2026:{link.removeprefix('/')}"


def _at(entry: dict[str, Any]) -> datetime:
    at = entry["at"]
    assert isinstance(at, datetime)
    return at


def _entries() -> list[dict[str, Any]]:
    answers = [
        {
            "title": row.title,
            "link": reverse("portal:publication", args=[row.pk]),
            "description": row.answer,
            "author": row.unit_name,
            "at": row.published_at,
        }
        for row in publicity.published(limit=NEWEST)
    ]
    papers = [
        {
            "title": row.title,
            "link": reverse("portal:bulletin", args=[row.pk]),
            "description": row.number,
            "author": row.unit_name,
            "at": row.issued_at,
        }
        for row in bulletins.public(limit=NEWEST)
    ]
    return [*answers, *papers]
