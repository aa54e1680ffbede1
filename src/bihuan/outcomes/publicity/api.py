"""The public door of publicity."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, register
from bihuan.foundation.search import api as search
from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.matters.api import by_ids, clean, of_streams
from bihuan.kernel.programmes import duties
from bihuan.kernel.senders.api import known_words
from bihuan.language import redact
from bihuan.lib.problems import ProblemError
from bihuan.outcomes.publicity import inside, roundups, subscriptions, views
from bihuan.outcomes.publicity.declared.boards import BOARDS, PARTS, READERS, given_by
from bihuan.outcomes.publicity.declared.notices import NOTICE
from bihuan.outcomes.publicity.honours import Honours, lists_of_honour
from bihuan.outcomes.publicity.kept import Report
from bihuan.outcomes.publicity.kept import places as kept_places
from bihuan.outcomes.publicity.kept import report as kept
from bihuan.outcomes.publicity.models import Publication
from bihuan.outcomes.publicity.notices import (
    Line,
    Notice,
    Place,
    object_to,
    places,
)
from bihuan.outcomes.publicity.notices import of_actor as notices_of
from bihuan.outcomes.publicity.notices import read as read_notice
from bihuan.outcomes.publicity.notices import shown as notices
from bihuan.outcomes.publicity.outside import (
    alike,
    public_of,
    published,
    read_public,
    search_published,
    searched,
)
from bihuan.outcomes.publicity.parts import of_row as parts_of
from bihuan.outcomes.publicity.parts import shown as as_shown
from bihuan.outcomes.publicity.views import clicks

__all__ = [
    "BOARDS",
    "NOTICE",
    "READERS",
    "Honours",
    "Line",
    "Notice",
    "Place",
    "Publication",
    "PublicityError",
    "Report",
    "alike",
    "clicks",
    "draft_of",
    "drafts",
    "edit",
    "found_in",
    "given_by",
    "inside",
    "kept",
    "kept_places",
    "lists_of_honour",
    "may_publish",
    "notices",
    "notices_of",
    "object_to",
    "of_subject",
    "parts_of",
    "places",
    "public_of",
    "publish",
    "published",
    "read_notice",
    "read_public",
    "roundups",
    "search_published",
    "searched",
    "subscriptions",
    "views",
    "withdraw",
]

register(Publication)
_of_subject = Lookup(Publication.objects.filter(subject="?").order_by("-pk"), "?")
EMPTY = {
    "title": "publicity.empty_title",
    "question": "publicity.empty_question",
    "answer": "publicity.empty_answer",
}


class PublicityError(ProblemError):
    """A publication that cannot be; `key` names the message."""


def may_publish(actor: Actor, rows: Sequence[Publication]) -> set[int]:
    """Which of these publications the actor may read as drafts, publish and withdraw: those of the
    organisations they publish for, made from matters that they see. Who is recused from a matter or
    complained of in it does not decide what is published of it."""
    if not actor.may_scope("matters:write"):
        return set()
    held = [r for r in rows if duties.has(actor, r.programme, r.home_path, *READERS)]
    of = {row.pk: _matter_of(row) for row in held}
    seen = {one.pk for one in by_ids(actor, list(of.values()))}
    return {pk for pk, subject in of.items() if subject in seen}


def _matter_of(row: Publication) -> int:
    return int(row.subject.partition(":")[2])


def draft_of(actor: Actor, pk: int) -> Publication:
    """A publication in any state, for those who may publish it. Raises LookupError otherwise."""
    row = Publication.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None or not may_publish(actor, [row]):
        raise LookupError(pk)
    return row


def _known(row: Publication) -> list[str]:
    found = of_streams([row.subject]).get(row.subject)
    return known_words(found) if found else []


def found_in(row: Publication) -> list[redact.Found]:
    """What in a draft looks like personal data, or is what the house knows of the people in it."""
    return redact.find(_shown(row), _known(row))


def _shown(row: Publication) -> str:
    """All that anybody would read of it."""
    return "\n".join([row.title, *(getattr(row, name) for name in parts_of(row))])


def drafts(actor: Actor, limit: int = 200) -> list[Publication]:
    """Drafts waiting to be read by somebody like the actor, oldest first."""
    rows = Publication.objects.filter(state="drafted").order_by("pk")[: limit * 4]
    mine = may_publish(actor, list(rows))
    return [row for row in rows if row.pk in mine][:limit]


@transaction.atomic
def edit(
    pk: int, *, title: str, question: str, answer: str, actor: Actor, at: datetime
) -> Publication:
    """Corrects a draft; what the house knows of the matter's people is masked again. A part that its
    board does not name is empty, whatever was drafted once.

    Raises LookupError, PublicityError (not a draft, an empty part, or text for one that is none).
    """
    row = draft_of(actor, pk)
    if row.state != "drafted":
        raise PublicityError("publicity.frozen")
    known = _known(row)
    given = {"title": title, "question": question, "answer": answer}
    texts = {name: redact.mask_known(clean(text), known) for name, text in given.items()}
    texts["title"] = texts["title"][:200]
    _whole(row, texts)
    if any(texts[name] for name in _unnamed(row)):
        raise PublicityError("publicity.no_such_part")
    return change(row, Happening("publication.edited", at, actor.ref, set=texts))


def _unnamed(row: Publication) -> list[str]:
    """The parts that the publication's board does not name."""
    named = parts_of(row)
    return [name for name in PARTS if name not in named]


def _whole(row: Publication, texts: Mapping[str, str]) -> None:
    """Raises PublicityError when the title or a part that is shown is empty."""
    for name in ("title", *parts_of(row)):
        if not texts[name].strip():
            raise PublicityError(EMPTY[name])


@transaction.atomic
def publish(pk: int, *, version: int, actor: Actor, at: datetime) -> Publication:
    """Freezes and shows a draft. `version` is the one the person has read and confirms.

    Raises LookupError, PublicityError when it was changed since, is no draft any more, lacks a part,
    or shows whom the house knows (somebody became a party, or the draft is older than the mask).
    """
    row = draft_of(actor, pk)
    if row.state != "drafted":
        raise PublicityError("publicity.frozen")
    if row.version != version:
        raise PublicityError("publicity.changed_since_read")
    _whole(row, {"title": row.title, "question": row.question, "answer": row.answer})
    unnamed: dict[str, Any] = dict.fromkeys(_unnamed(row), "")
    left = redact.find_known(_shown(row), _known(row))
    if left:
        raise PublicityError(
            "publicity.known_left", words="、".join(dict.fromkeys(one.text for one in left))
        )
    values = {"state": "published", "published_at": at, "read_by": actor.ref, **unnamed}
    if inside.keeps(row) and not row.inside:
        values["inside"] = True
    row = change(row, Happening("publication.published", at, actor.ref, set=values))
    if not row.inside:
        search.put("p", row.pk, row.title, f"{row.question}\n{row.answer}")
    return row


@transaction.atomic
def withdraw(pk: int, reason: str, *, actor: Actor, at: datetime) -> Publication:
    """Takes a publication off its board, with a reason that is shown in its place."""
    row = draft_of(actor, pk)
    if row.state == "withdrawn":
        raise PublicityError("publicity.frozen")
    reason = redact.mask_known(clean(reason), _known(row))
    if not reason:
        raise PublicityError("publicity.reason_missing")
    values = {"state": "withdrawn", "withdrawn_at": at, "withdrawn_why": reason[:300]}
    change(row, Happening("publication.withdrawn", at, actor.ref, set=values))
    if not row.inside:
        search.remove("p", row.pk)
    return row


def of_subject(stream: str) -> list[Publication]:
    """All publications made from a matter, for those who see it, newest first."""
    return list(as_shown(_of_subject(stream)))
