"""Boards: of a kind that exists, on which something is published, with parts that it gives."""

from collections.abc import Iterator

from bihuan.spec.checks.uses import Use
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

FILE = "boards.toml"


def problems(programme: Programme) -> Iterator[Problem]:
    """Boards of kinds that there are not."""
    for board_id, board in programme.boards.items():
        if board.kind not in programme.kinds:
            remedy = f"name a kind: {sorted(programme.kinds)}"
            yield Problem(FILE, f"{board_id}.kind", f"no kind {board.kind!r}", remedy)


def published(programme: Programme, uses: list[Use]) -> Iterator[Problem]:
    """Boards on which nothing is published, or not what they show."""
    for board_id, board in programme.boards.items():
        drafting = [use for use in uses for _, one in use.names("board") if one.name == board_id]
        given = {part for use in drafting if use.args is not None for part in use.args.parts}
        if not drafting:
            cause = "nothing is ever published on this board"
            remedy = "name it in an effect publication.draft, or remove it"
            yield Problem(FILE, board_id, cause, remedy)
        for index, part in enumerate(board.parts):
            if drafting and part not in given:
                cause = f"nothing gives the part {part!r}"
                yield Problem(FILE, f"{board_id}.parts.{index}", cause, f"one of {sorted(given)}")
        for use in drafting:
            if use.kind_id != board.kind:
                cause = f"the board {board_id!r} is one of {board.kind}"
                yield Problem("matters.toml", f"{use.path}.with.board", cause, "name another")
