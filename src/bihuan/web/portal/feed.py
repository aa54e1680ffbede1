"""What was published lately, as an Atom feed."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.web import words
from bihuan.web.feeds import Entry, atom

NEWEST = 30


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """Answers and bulletins, newest first."""
    del request
    return atom(
        words.text("site.name"),
        words.text("bulletins.public_title"),
        page=reverse("portal:published"),
        here=reverse("portal:feed"),
        entries=sorted(_entries(), key=lambda one: one.at, reverse=True)[:NEWEST],
    )


def _entries() -> Iterator[Entry]:
    for row in publicity.published(limit=NEWEST):
        if row.published_at is not None:
            link = reverse("portal:publication", args=[row.pk])
            yield Entry(
                row.title, link, row.answer or row.question, row.unit_name, row.published_at
            )
    for paper in bulletins.public(limit=NEWEST):
        if paper.issued_at is not None:
            link = reverse("portal:bulletin", args=[paper.pk])
            yield Entry(paper.title, link, paper.number, paper.unit_name, paper.issued_at)
