"""What prints papers: loaded when something is printed, for whoever prints nothing need not wait for it."""

from typing import TYPE_CHECKING

from bihuan.lib.door import opened_late

if TYPE_CHECKING:
    from bihuan.outcomes.papers.sheets.pdf import pdf, pdf_of_all
    from bihuan.outcomes.papers.sheets.word import cards, word

__all__ = ["cards", "pdf", "pdf_of_all", "word"]

__getattr__ = opened_late(
    "bihuan.outcomes.papers.sheets",
    {"pdf": ["pdf", "pdf_of_all"], "word": ["cards", "word"]},
)
