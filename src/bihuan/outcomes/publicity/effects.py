"""The effect programmes use to propose a publication."""

from bihuan.foundation.audit.api import Happening, create
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import effect
from bihuan.kernel.senders.api import known_words
from bihuan.language import redact
from bihuan.lib.catalogue import DEFAULT
from bihuan.outcomes.publicity import parts
from bihuan.outcomes.publicity.declared.boards import BoardName
from bihuan.outcomes.publicity.models import Publication
from bihuan.spec.arguments import Args


class Draft(Args):
    board: BoardName


def draft(step: Step, args: Draft) -> None:
    """Drafts a publication on a board, of the parts that the board names, personal data masked; a
    person reads it before it shows. Where the question is none of them the title does not tell it
    either."""
    matter = step.matter
    known = known_words(matter)
    wanted = parts.of_board(step.programme, args.board)
    found = parts.texts(step, wanted)
    title = matter.subject if "question" in wanted else _kind_name(step)
    create(
        Publication(
            programme=matter.programme,
            board=args.board,
            subject=matter.stream,
            home_path=matter.home_path,
            unit_name=str(matter.unit.name),
            category=matter.category,
            title=redact.mask(title, known)[:200],
            question=redact.mask(found.get("question", ""), known),
            answer=redact.mask(found.get("answer", ""), known),
            drafted_at=step.at,
            inside=parts.for_staff(step.programme, args.board),
        ),
        Happening("publication.drafted", step.at, step.actor.ref),
    )


def _kind_name(step: Step) -> str:
    return step.programme.strings[DEFAULT].get(f"kinds.{step.matter.kind}", step.matter.kind)


def register() -> None:
    """Declares the effects of this module."""
    effect("publication.draft", Draft, draft)
