"""boards.toml: where publications of a kind are shown; of a kind that exists, on which something is
published, with parts that it gives."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from bihuan.spec import files, sight
from bihuan.spec.arguments import Names
from bihuan.spec.base import Duty, Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.duties import doing
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

BoardName = Annotated[
    str, Names("board"), Field(examples=["answers"], description="a board of boards.toml")
]

# Who reads drafts of publications.
READERS: tuple[Duty, ...] = ("publish", "receive", "lead", "supervise")


class Board(Strict):
    """Where publications of a kind of matter are shown."""

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
        yield from _read(programme, board_id, board)
        given = {part for use in drafting if use.args is not None for part in use.args.parts}
        if not drafting:
            cause = "nothing is ever published on this board"
            remedy = "name it in an effect publication.draft, or remove it"
            yield Problem(BOARDS.name, board_id, cause, remedy)
        for index, part in enumerate(board.parts):
            if drafting and part not in given:
                cause = f"nothing gives the part {part!r}"
                path = f"{board_id}.parts.{index}"
                yield Problem(BOARDS.name, path, cause, f"one of {sorted(given)}")
        for use in drafting:
            if use.kind_id != board.kind:
                cause = f"the board {board_id!r} is one of {board.kind}"
                yield Problem("matters.toml", f"{use.path}.with.board", cause, "name another")


def _read(programme: Programme, board_id: str, board: Board) -> Iterator[Problem]:
    """Somebody who sees a matter reads what is drafted of it, before it shows."""
    kind = programme.kinds.get(board.kind)
    if kind is not None and not doing(programme, *READERS) & sight.roles(programme, kind):
        cause = f"nobody who sees a {board.kind} reads what is to be published of it"
        remedy = f"add to its seen_by a role that does one of {list(READERS)}"
        yield Problem(BOARDS.name, f"{board_id}.kind", cause, remedy)


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
