"""What prints papers: loaded when something is printed, for whoever prints nothing need not wait for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bihuan.lib.door import opened_late
from bihuan.outcomes.papers.problems import PaperError

if TYPE_CHECKING:
    from bihuan.outcomes.papers.sheets.pdf import pdf, pdf_of_all
    from bihuan.outcomes.papers.sheets.sheet import Sheet
    from bihuan.outcomes.papers.sheets.word import cards, word

__all__ = ["cards", "pdf", "pdf_of_all", "printed", "word"]


def printed(sheets: "Sequence[Sheet]", ending: str) -> bytes:
    """Papers of one form in one file, `pdf` or `docx`. Raises PaperError where Word cannot hold several."""
    from bihuan.outcomes.papers.sheets import pdf, word  # noqa: PLC0415 - printing is loaded late

    if len({one.form for one in sheets}) > 1:
        raise PaperError("papers.not_together")
    if ending == "pdf":
        return pdf.pdf_of_all(sheets)
    if sheets[0].page == "card":
        return word.cards(sheets)
    if len(sheets) > 1:
        raise PaperError("papers.not_together")
    return word.word(sheets[0])


__getattr__ = opened_late(
    "bihuan.outcomes.papers.sheets",
    {"pdf": ["pdf", "pdf_of_all"], "word": ["cards", "word"]},
)
