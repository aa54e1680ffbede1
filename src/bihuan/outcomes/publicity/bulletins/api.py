"""The public door of bulletins."""

from bihuan.outcomes.press.blocks import Run
from bihuan.outcomes.publicity.bulletins.correcting import compare
from bihuan.outcomes.publicity.bulletins.drafting import draft, edit, refresh
from bihuan.outcomes.publicity.bulletins.issuing import as_word, issue, withdraw
from bihuan.outcomes.publicity.bulletins.layout_use import layout_file, layout_of
from bihuan.outcomes.publicity.bulletins.layouts import (
    Proof,
    end_layout,
    layout,
    layout_offers,
    layout_proof,
    layouts,
    newest_period,
    start_layout,
    starting_layout,
    upload_layout,
)
from bihuan.outcomes.publicity.bulletins.papers import press
from bihuan.outcomes.publicity.bulletins.papers.layouts.faults import Fault, LayoutError, Place
from bihuan.outcomes.publicity.bulletins.papers.paper import Paper, compose
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.bulletins.reading import (
    Offer,
    corrected,
    corrections,
    issued_between,
    may_edit,
    may_issue,
    of_actor,
    offers,
    programme_of,
    public,
    read,
    read_public,
)
from bihuan.outcomes.publicity.models import Bulletin, Layout

__all__ = [
    "Bulletin",
    "BulletinError",
    "Fault",
    "Layout",
    "LayoutError",
    "Offer",
    "Paper",
    "Place",
    "Proof",
    "Run",
    "as_word",
    "compare",
    "compose",
    "corrected",
    "corrections",
    "draft",
    "edit",
    "end_layout",
    "issue",
    "issued_between",
    "layout",
    "layout_file",
    "layout_of",
    "layout_offers",
    "layout_proof",
    "layouts",
    "may_edit",
    "may_issue",
    "newest_period",
    "of_actor",
    "offers",
    "press",
    "programme_of",
    "public",
    "read",
    "read_public",
    "refresh",
    "start_layout",
    "starting_layout",
    "upload_layout",
    "withdraw",
]
