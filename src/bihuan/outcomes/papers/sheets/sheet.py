"""A paper as it is printed: what it says, its number, its square. The same for screen, Word and PDF."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from django.conf import settings

from bihuan.lib import codes
from bihuan.outcomes.papers import words
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.outcomes.papers.problems import PaperError
from bihuan.outcomes.press.blocks import Block, Imprint, Run

# Where anybody checks a paper.
PATH = "/paper"
# What a card has room for: so many millimetres, at one of these sizes in points, each line so many high.
_ROOM, _SIZES, _LINE = (134, 48), (15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0), 1.55
_MM = 25.4 / 72


def size_on_card(texts: Iterable[str]) -> float | None:
    """How large the words of a card may be, in points; None where they have no room at any size."""
    widths = [sum(2 if east_asian_width(c) in "FWA" else 1 for c in text) / 2 for text in texts]
    for size in _SIZES:
        lines = sum(max(1, ceil(width / (_ROOM[0] / (size * _MM)))) for width in widths)
        if lines * size * _MM * _LINE <= _ROOM[1]:
            return size
    return None


@dataclass(frozen=True)
class Sheet:
    """A paper with its number and its code. `head` is the organisation that issued it, `signs` who
    signs by hand, `date` the day of issue in words."""

    form: str
    page: str
    head: str
    number: str
    title: str
    blocks: tuple[Block, ...]
    signs: tuple[str, ...]
    seal: bool
    date: str
    code: str
    imprint: Imprint

    @classmethod
    def of(cls, row: IssuedPaper, code: str) -> "Sheet":
        """As it was issued. Raises PaperError where its words were erased."""
        kept = row.content
        if not kept:
            raise PaperError("papers.erased", number=row.number)
        return cls(
            form=kept["form"],
            page=kept["page"],
            head=kept["head"],
            number=row.number,
            title=kept["title"],
            blocks=tuple(
                Block(
                    one["kind"],
                    (Run(one["text"]),) if one["text"] else (),
                    tuple(tuple(Run(cell) for cell in cells) for cells in one["rows"]),
                )
                for one in kept["blocks"]
            ),
            signs=tuple(kept["signs"]),
            seal=kept["seal"],
            date=kept["date"],
            code=codes.normalise(code),
            imprint=Imprint(kept["title"], kept["head"], row.issued_at, row.locale),
        )

    @property
    def address(self) -> str:
        """Where it is checked."""
        return f"{settings.PUBLIC_URL}{PATH}"

    def square(self, kind: str) -> bytes:
        """The square that leads to its check, as a picture (`png`, `svg`). The code stands after the #,
        which browsers do not send."""
        out = io.BytesIO()
        import segno  # noqa: PLC0415 - only a paper that is printed needs it

        made = segno.make(f"{self.address}#{self.code}", error="m")
        made.save(out, kind=kind, scale=8, border=2)
        return out.getvalue()

    def text(self, key: str, **values: object) -> str:
        """Words of the house in the paper's language."""
        return words.text(key, self.imprint.locale, **values)

    @property
    def to_sign(self) -> list[str]:
        """What stands before each line to be signed."""
        return [self.text("to_sign", name=name) for name in self.signs]

    @property
    def proof(self) -> dict[str, str]:
        """What stands beside the square: the number, the code in two halves, where to check."""
        return {
            "number": self.text("number_is", number=self.number),
            "code": self.text("code", code=codes.spaced(self.code)),
            "check": self.text("check", address=self.address.split("://")[-1]),
            "alt": self.text("qr", number=self.number),
        }

    @property
    def size(self) -> float:
        """How large the words of a card are."""
        return size_on_card(one.text for one in self.blocks) or _SIZES[-1]

    def flush(self, n: int) -> bool:
        """Whether a block is set without indent: whom the paper speaks to, in a line of its own."""
        return n == 0 and self.form != "slip" and self.blocks[0].text.endswith(("：", ":"))
