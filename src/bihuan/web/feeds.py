"""Atom feeds (RFC 4287): plain texts only, the public address only, ids that stay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from bihuan.lib.legal import legal, one_line
from bihuan.web import words


@dataclass(frozen=True)
class Entry:
    """Something that was published: `path` leads to it, `text` is plain."""

    title: str
    path: str
    text: str
    author: str
    at: datetime


def atom(title: str, about: str, *, page: str, here: str, entries: Iterable[Entry]) -> HttpResponse:
    """The feed at the path `here` of what the page at the path `page` shows."""
    made = Atom1Feed(
        title=one_line(title),
        link=settings.PUBLIC_URL + page,
        description=legal(about),
        feed_url=settings.PUBLIC_URL + here,
        language=words.locale(),
    )
    for entry in entries:
        made.add_item(
            one_line(entry.title),
            settings.PUBLIC_URL + entry.path,
            # The library calls every summary HTML.
            escape(legal(entry.text)),
            unique_id=_id(entry.path),
            author_name=one_line(entry.author),
            pubdate=entry.at,
            updateddate=entry.at,
        )
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


def _id(path: str) -> str:
    """The same for ever: of the public address's host and the path (RFC 4151)."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},2026:{path.removeprefix('/')}"
