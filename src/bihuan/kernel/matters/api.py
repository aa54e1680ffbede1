"""The public door of matters: every write and every look goes through here."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.matters import export, intake
from bihuan.kernel.matters.access import by_code, matter, may_act, sees, visible
from bihuan.kernel.matters.acting import Offered, act, offered, open_and_act
from bihuan.kernel.matters.desk import (
    add_phrase,
    delete_filter,
    drafts_of,
    drop_draft,
    drop_phrase,
    filters_of,
    forget_drafts,
    phrases_for,
    save_draft,
    save_filter,
)
from bihuan.kernel.matters.inputs import clean, take
from bihuan.kernel.matters.jobs import last_reply, use_words
from bihuan.kernel.matters.merging import Common, common_problems, merge_all, retitle
from bihuan.kernel.matters.models import Matter, Party, Phrase, SavedFilter
from bihuan.kernel.matters.opening import Opened, Opening, open_matter
from bihuan.kernel.matters.problems import (
    GoneError,
    InputError,
    MatterError,
    NotAllowedError,
    Refusal,
    RefusedError,
)
from bihuan.kernel.matters.reading import (
    Entry,
    Filter,
    Page,
    alike,
    by_ids,
    count,
    counts,
    matters,
    merged_here,
    number_pk,
    numbered,
    open_children,
    same_phone,
    through,
    timeline,
)
from bihuan.kernel.matters.sweep import recalculate, sweep
from bihuan.kernel.matters.upkeep import (
    blocked_moves,
    erase_contact,
    erase_due,
    follow_moves,
    move_release,
    note,
    recuse,
    renew_code,
)
from bihuan.kernel.matters.verbs import documented

__all__ = [
    "Common",
    "Entry",
    "Filter",
    "GoneError",
    "InputError",
    "Matter",
    "MatterError",
    "NotAllowedError",
    "Offered",
    "Opened",
    "Opening",
    "Page",
    "Party",
    "Phrase",
    "Refusal",
    "RefusedError",
    "SavedFilter",
    "act",
    "add_phrase",
    "alike",
    "blocked_moves",
    "by_code",
    "by_ids",
    "clean",
    "common_problems",
    "count",
    "counts",
    "delete_filter",
    "documented",
    "drafts_of",
    "drop_draft",
    "drop_phrase",
    "erase_contact",
    "erase_due",
    "export",
    "filters_of",
    "follow_moves",
    "forget_drafts",
    "intake",
    "last_reply",
    "matter",
    "matters",
    "may_act",
    "merge_all",
    "merged_here",
    "move_release",
    "note",
    "number_pk",
    "numbered",
    "offered",
    "open_and_act",
    "open_children",
    "open_matter",
    "phrases_for",
    "recalculate",
    "recuse",
    "renew_code",
    "retitle",
    "same_phone",
    "save_draft",
    "save_filter",
    "sees",
    "sweep",
    "take",
    "through",
    "timeline",
    "use_words",
    "visible",
]

register(Matter, Party, Phrase)
