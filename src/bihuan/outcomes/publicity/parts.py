"""Of what a publication consists: the parts that its board names, and where each comes from."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters import filled
from bihuan.kernel.matters.api import of_streams
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity.declared.boards import BOARDS, PARTS, Part
from bihuan.outcomes.publicity.models import Publication
from bihuan.spec import answering
from bihuan.spec.schema import Programme


def of_board(programme: Programme, board: str) -> tuple[Part, ...]:
    """The parts of a board, in their order; all of them where the programme knows no such board."""
    found = BOARDS.of(programme).get(board)
    return tuple(one for one in PARTS if found is None or one in found.parts)


def of_row(row: Publication) -> tuple[Part, ...]:
    """The parts that a publication shows: those of its board, as its matter's release has it."""
    found = of_streams([row.subject]).get(row.subject)
    return of_board(programmes.spec_of(found.release_id), row.board) if found else PARTS


def for_staff(programme: Programme, board: str) -> bool:
    """Whether a board shows its publications inside only, by this release or by the newest."""
    newest = [one for one in programmes.known() if one.id == programme.id]
    boards = (BOARDS.of(one).get(board) for one in (programme, *newest))
    return any(one is not None and one.for_staff for one in boards)


def shown(rows: Iterable[Publication]) -> Iterator[Publication]:
    """Publications without the parts that their boards do not name by now: before boards were held to
    their parts everything was kept."""
    named = {
        (programme.id, board): of_board(programme, board)
        for programme in programmes.known()
        for board in BOARDS.of(programme)
    }
    for row in rows:
        for part in PARTS:
            if part not in named.get((row.programme, row.board), PARTS):
                setattr(row, part, "")
        yield row


def texts(step: Step, wanted: tuple[Part, ...]) -> dict[Part, str]:
    """What a matter gives each wanted part: the newest answer that everybody may read, the one of the
    step under way first; what it was opened with. '' where nothing did."""
    given: dict[Part, Callable[[Step], str]] = {"question": _body, "answer": _answer}
    return {part: given[part](step) for part in wanted}


def _body(step: Step) -> str:
    first = next(iter(history(step.matter.stream)), None)
    return str(read(first).get("private", {}).get("body", "")) if first else ""


def _answer(step: Step) -> str:
    now = {"action": step.action, "inputs": step.inputs}
    before = (read(event) for event in reversed(history(step.matter.stream)))
    given = (filled.for_all(step.matter, "", content) for content in chain([now], before))
    return answering.newest(answering.answers(step.programme, step.kind), given)
