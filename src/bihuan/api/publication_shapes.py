"""What the interface answers with of publications."""

from datetime import datetime
from typing import Any

from ninja import Schema

from bihuan.outcomes.publicity.api import Publication, parts_of


class PublicationOut(Schema):
    """A publication. Texts of a withdrawn one are empty; `withdrawn_why` says why."""

    id: int
    programme: str
    board: str
    category: str
    unit_name: str
    title: str
    question: str
    answer: str
    state: str
    published_at: datetime | None
    withdrawn_why: str


class DraftOut(PublicationOut):
    """A publication as those who publish see it; `version` confirms what was read,
    `parts` are those that its board shows."""

    version: int
    subject: str
    parts: list[str]
    drafted_at: datetime


def publication(found: Publication) -> dict[str, Any]:
    """A publication as anybody sees it."""
    gone = found.state == "withdrawn"
    return {
        "id": found.pk,
        "programme": found.programme,
        "board": found.board,
        "category": found.category,
        "unit_name": found.unit_name,
        "title": "" if gone else found.title,
        "question": "" if gone else found.question,
        "answer": "" if gone else found.answer,
        "state": found.state,
        "published_at": found.published_at,
        "withdrawn_why": found.withdrawn_why,
    }


def draft(found: Publication) -> dict[str, Any]:
    """A publication as those who publish see it."""
    parts = list(parts_of(found))
    return {
        **publication(found),
        "title": found.title,
        "question": found.question if "question" in parts else "",
        "answer": found.answer if "answer" in parts else "",
        "parts": parts,
        "version": found.version,
        "subject": found.subject,
        "drafted_at": found.drafted_at,
    }
