"""boards.toml: where publications of a kind are shown; of a kind that exists, on which something is
published, with parts that it gives."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from bihuan.spec import answering, files, sight
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
# What a publication consists of.
Part = Literal["question", "answer"]
PARTS: tuple[Part, ...] = get_args(Part)

# Who reads drafts of publications.
READERS: tuple[Duty, ...] = ("publish", "receive", "lead", "supervise")


class Board(Strict):
    """Where publications of a kind of matter are shown, with these `parts` and nothing else of it:
    to everybody, or, `for_staff`, to those who have a role of the programme."""

    kind: Name
    parts: tuple[Name, ...] = Field(min_length=1)
    for_staff: bool = False

    @model_serializer(mode="wrap")
    def _spread(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # It came later: a board that says nothing of it keeps its digest.
        found: dict[str, Any] = dump(self)
        return found if self.for_staff else {k: v for k, v in found.items() if k != "for_staff"}


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
        if not drafting:
            cause = "nothing is ever published on this board"
            remedy = "name it in an effect publication.draft, or remove it"
            yield Problem(BOARDS.name, board_id, cause, remedy)
        if board.kind in programme.kinds:
            yield from _given(programme, board_id, board)
        for use in drafting:
            if use.kind_id != board.kind:
                cause = f"the board {board_id!r} is one of {board.kind}"
                yield Problem("matters.toml", f"{use.path}.with.board", cause, "name another")


def _given(programme: Programme, board_id: str, board: Board) -> Iterator[Problem]:
    """Parts that there are not, or that no input gives."""
    for index, part in enumerate(board.parts):
        path = f"{board_id}.parts.{index}"
        if part not in PARTS:
            yield Problem(BOARDS.name, path, f"there is no part {part!r}", f"one of {list(PARTS)}")
        elif not given_by(programme, board_id, part):
            cause = f"nothing gives the part {part!r}"
            remedy = f'write as = "{part}" in an input of an action of {board.kind}'
            yield Problem(BOARDS.name, path, cause, remedy)


def given_by(programme: Programme, board_id: str, part: str) -> list[str]:
    """What gives a part of a board: inputs as `action.input`, or, in words for its author, the text
    that it was opened with."""
    if part == "question":
        return ["what it was opened with"]
    kind = programme.kinds[BOARDS.of(programme)[board_id].kind]
    return [
        f"{action_id}.{name}"
        for action_id, action in kind.actions.items()
        for name in answering.inputs_as(programme, action, "answer")
    ]


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
