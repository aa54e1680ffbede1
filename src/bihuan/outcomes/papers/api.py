"""The public door of papers: issued, withdrawn, read, printed, checked."""

from bihuan.foundation.audit.api import register
from bihuan.outcomes.papers import press
from bihuan.outcomes.papers.attaching import told
from bihuan.outcomes.papers.declared import PAPERS, PaperSpec
from bihuan.outcomes.papers.issuing import issue, withdraw
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.outcomes.papers.problems import PaperError
from bihuan.outcomes.papers.reading import (
    Genuine,
    Offer,
    below,
    genuine,
    offers,
    paper,
    papers_of,
    sheet_of,
)
from bihuan.outcomes.papers.sheets.sheet import Sheet
from bihuan.outcomes.papers.tags import CHAPTERS, COUNTED, Chapter, Counted, May
from bihuan.outcomes.papers.words import use_words

__all__ = [
    "CHAPTERS",
    "COUNTED",
    "PAPERS",
    "Chapter",
    "Counted",
    "Genuine",
    "IssuedPaper",
    "May",
    "Offer",
    "PaperError",
    "PaperSpec",
    "Sheet",
    "below",
    "genuine",
    "issue",
    "offers",
    "paper",
    "papers_of",
    "press",
    "sheet_of",
    "told",
    "use_words",
    "withdraw",
]

register(IssuedPaper)
