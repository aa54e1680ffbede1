"""The public door of the workbench: what people keep for their own work."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.workbench.drafts import drafts_of, drop_draft, forget_drafts, save_draft
from bihuan.kernel.workbench.filters import delete_filter, filters_of, save_filter
from bihuan.kernel.workbench.habits import refresh as refresh_habits
from bihuan.kernel.workbench.habits import usual
from bihuan.kernel.workbench.models import Phrase, SavedFilter
from bihuan.kernel.workbench.phrases import add_phrase, drop_phrase, phrases_for, phrases_of

__all__ = [
    "Phrase",
    "SavedFilter",
    "add_phrase",
    "delete_filter",
    "drafts_of",
    "drop_draft",
    "drop_phrase",
    "filters_of",
    "forget_drafts",
    "phrases_for",
    "phrases_of",
    "refresh_habits",
    "save_draft",
    "save_filter",
    "usual",
]

register(Phrase)
