"""Of what a publication consists: the parts that its board names, and where each comes from."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters.api import of_streams
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity.declared.boards import BOARDS, PARTS
from bihuan.outcomes.publicity.models import Publication
from bihuan.spec.schema import Kind, Part, Programme


def of_board(programme: Programme, board: str) -> tuple[Part, ...]:
    """The parts of a board, in their order; all of them where the programme knows no such board."""
    found = BOARDS.of(programme).get(board)
    return tuple(one for one in PARTS if found is None or one in found.parts)


def of_row(row: Publication) -> tuple[Part, ...]:
    """The parts that a publication shows: those of its board, as its matter's release has it."""
    found = of_streams([row.subject]).get(row.subject)
    return of_board(programmes.spec_of(found.release_id), row.board) if found else PARTS


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


def texts(
    matter: Matter, kind: Kind, action: str, inputs: Mapping[str, Any], wanted: tuple[Part, ...]
) -> dict[Part, str]:
    """What a matter gives each wanted part: the newest input that gives it, those of the `action`
    under way first; the question else is what the matter was opened with. '' where nothing did."""
    found: dict[Part, str] = {}
    for part in wanted:
        given = _of_step(kind, action, inputs, part) or _newest(matter, kind, part)
        if not given and part == "question":
            first = next(iter(history(matter.stream)), None)
            given = str(read(first).get("private", {}).get("body", "")) if first else ""
        found[part] = given
    return found


def _of_step(kind: Kind, action: str, inputs: Mapping[str, Any], part: Part) -> str:
    taken = kind.actions.get(action)
    names = taken.giving(part) if taken is not None else []
    return next((str(inputs[name]) for name in names if inputs.get(name)), "")


def _newest(matter: Matter, kind: Kind, part: Part) -> str:
    for event in reversed(history(matter.stream)):
        content = read(event)
        inputs = {**content.get("inputs", {}), **content.get("private", {}).get("inputs", {})}
        if found := _of_step(kind, content.get("action", ""), inputs, part):
            return found
    return ""
