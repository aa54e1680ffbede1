"""The public door of bulletins."""

from bihuan.outcomes.publicity.bulletins.correcting import compare
from bihuan.outcomes.publicity.bulletins.drafting import draft, edit, refresh
from bihuan.outcomes.publicity.bulletins.issuing import issue, withdraw
from bihuan.outcomes.publicity.bulletins.papers import press
from bihuan.outcomes.publicity.bulletins.papers.paper import Paper, compose
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.bulletins.reading import (
    Offer,
    corrected,
    corrections,
    may_edit,
    may_issue,
    of_actor,
    offers,
    programme_of,
    public,
    read,
    read_public,
)
from bihuan.outcomes.publicity.models import Bulletin

__all__ = [
    "Bulletin",
    "BulletinError",
    "Offer",
    "Paper",
    "compare",
    "compose",
    "corrected",
    "corrections",
    "draft",
    "edit",
    "issue",
    "may_edit",
    "may_issue",
    "of_actor",
    "offers",
    "press",
    "programme_of",
    "public",
    "read",
    "read_public",
    "refresh",
    "withdraw",
]
