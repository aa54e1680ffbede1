"""The lines of a hall: what one may come for, and the letter of its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from bihuan.spec.schema import Programme

VERB, QUEUE_NUMBER = "queue.number", "queue_number"


@dataclass(frozen=True)
class Line:
    """One line of a hall: the choice that leads into it, its letter, whether a visitor may choose it."""

    field: str
    choice: str
    letter: str
    open: bool


def lines(programme: Programme, kind_id: str) -> tuple[Line, ...]:
    """The lines by which a kind gives out its numbers; none where it gives none."""
    kind = programme.kinds[kind_id]
    by = next((str(one.args["by"]) for one in kind.on_open if one.do == VERB), "")
    field = kind.fields.get(by)
    if field is None:
        return ()
    mine = field.senders or field.choices
    return tuple(
        Line(by, choice, letter(field.choices, choice), choice in mine) for choice in field.choices
    )


def letter(choices: Sequence[str], choice: object) -> str:
    """The letter of what somebody came for: its place among the choices, A the first, which is also
    who said nothing. What comes after Z stands in Z's line: a hall with more has no more letters."""
    place = choices.index(choice) if choice in choices else 0
    return ascii_uppercase[min(place, len(ascii_uppercase) - 1)]
