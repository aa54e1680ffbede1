"""boards.toml: where publications of a kind are shown; of a kind that exists, on which something is
published, with parts that it gives."""

from collections.abc import Iterator
from typing import Annotated, get_args

from pydantic import Field

from bihuan.spec import files
from bihuan.spec.arguments import Names
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Kind, Part, Programme

BoardName = Annotated[
    str, Names("board"), Field(examples=["answers"], description="a board of boards.toml")
]
PARTS: tuple[Part, ...] = get_args(Part)


class Board(Strict):
    """Where publications of a kind of matter are shown, with these `parts` and nothing else of it."""

    kind: Name
    parts: tuple[Name, ...] = Field(min_length=1)


def _problems(programme: Programme) -> Iterator[Problem]:
    for board_id, board in BOARDS.of(programme).items():
        if board.kind not in programme.kinds:
            remedy = f"name a kind: {sorted(programme.kinds)}"
            yield Problem(BOARDS.name, f"{board_id}.kind", f"no kind {board.kind!r}", remedy)


def _published(programme: Programme, uses: list[Use], around: Around) -> Iterator[Problem]:
    """Boards on which nothing is published, or not what they show."""
    del around
    for board_id, board in BOARDS.of(programme).items():
        drafting = [use for use in uses for _, one in use.names("board") if one.name == board_id]
        if not drafting:
            cause = "nothing is ever published on this board"
            remedy = "name it in an effect publication.draft, or remove it"
            yield Problem(BOARDS.name, board_id, cause, remedy)
        if (kind := programme.kinds.get(board.kind)) is not None:
            yield from _given(board_id, board, kind)
        for use in drafting:
            if use.kind_id != board.kind:
                cause = f"the board {board_id!r} is one of {board.kind}"
                yield Problem("matters.toml", f"{use.path}.with.board", cause, "name another")


def _given(board_id: str, board: Board, kind: Kind) -> Iterator[Problem]:
    """Parts that there are not, or that no input gives."""
    given = {part for part in PARTS if part == "question" or list(giving(kind, part))}
    for index, part in enumerate(board.parts):
        path = f"{board_id}.parts.{index}"
        if part not in PARTS:
            yield Problem(BOARDS.name, path, f"there is no part {part!r}", f"one of {list(PARTS)}")
        elif part not in given:
            cause = f"nothing gives the part {part!r}"
            remedy = f'write gives = "{part}" in an input of an action of {board.kind}'
            yield Problem(BOARDS.name, path, cause, remedy)


def giving(kind: Kind, part: Part) -> Iterator[str]:
    """The inputs of a kind that give a part, as `action.input`."""
    for action_id, action in kind.actions.items():
        yield from (f"{action_id}.{name}" for name in action.giving(part))


def given_by(programme: Programme, board_id: str, part: str) -> list[str]:
    """What gives a part of a board, in words for its author."""
    kind = programme.kinds[BOARDS.of(programme)[board_id].kind]
    found = [one for known in PARTS if known == part for one in giving(kind, known)]
    return [*found, "what it was opened with"] if part == "question" else found


def _words(programme: Programme) -> Iterator[str]:
    return (f"boards.{name}" for name in BOARDS.of(programme))


BOARDS: SpecFile[Board] = files.register(
    SpecFile(
        "boards",
        Board,
        problems=_problems,
        meant=_published,
        words=_words,
        noun="board",
        counts=False,
        since_first=True,
    )
)
