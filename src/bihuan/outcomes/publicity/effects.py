"""The effect programmes use to propose a publication."""

from itertools import chain
from typing import ClassVar

from bihuan.foundation.audit.api import Happening, create, history, read
from bihuan.kernel.matters import filled
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import effect
from bihuan.kernel.senders.api import known_words
from bihuan.language import redact
from bihuan.outcomes.publicity.declared.boards import BoardName
from bihuan.outcomes.publicity.models import Publication
from bihuan.spec import answering
from bihuan.spec.arguments import Args


class Draft(Args):
    board: BoardName
    parts: ClassVar = ("question", "answer")


def _body(step: Step) -> str:
    first = history(step.matter.stream)[0]
    return str(read(first).get("private", {}).get("body", ""))


def _reply(step: Step) -> str:
    now = {"action": step.action, "inputs": step.inputs}
    before = (read(event) for event in reversed(history(step.matter.stream)))
    names = answering.answers(step.programme, step.kind)
    for content in chain([now], before):
        given = filled.for_all(step.matter, "", content)
        found = next((given[name] for name in given if name in names and given[name]), None)
        if found:
            return str(found)
    return ""


def draft(step: Step, args: Draft) -> None:
    """Drafts a publication on a board, personal data masked; a person reads it before it shows."""
    matter = step.matter
    known = known_words(matter)
    create(
        Publication(
            programme=matter.programme,
            board=args.board,
            subject=matter.stream,
            home_path=matter.home_path,
            unit_name=str(matter.unit.name),
            category=matter.category,
            title=redact.mask(matter.subject, known)[:200],
            question=redact.mask(_body(step), known),
            answer=redact.mask(_reply(step), known),
            drafted_at=step.at,
        ),
        Happening("publication.drafted", step.at, step.actor.ref),
    )


def register() -> None:
    """Declares the effects of this module."""
    effect("publication.draft", Draft, draft)
