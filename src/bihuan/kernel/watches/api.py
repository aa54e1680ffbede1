"""The public door of watches: links for somebody outside, and what they show."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.watches.models import Watch, WatchText
from bihuan.kernel.watches.watch_texts import (
    Reading,
    Shown,
    await_watched,
    found_in,
    reading,
    release_text,
    texts_of,
    withdraw_text,
)
from bihuan.kernel.watches.watch_texts import waiting as waiting_texts
from bihuan.kernel.watches.watching import (
    Due,
    Line,
    Seen,
    end_watch,
    look,
    opine,
    watch,
    watches,
    watches_of,
)

__all__ = [
    "Due",
    "Line",
    "Reading",
    "Seen",
    "Shown",
    "Watch",
    "WatchText",
    "await_watched",
    "end_watch",
    "found_in",
    "look",
    "opine",
    "reading",
    "release_text",
    "texts_of",
    "waiting_texts",
    "watch",
    "watches",
    "watches_of",
    "withdraw_text",
]

register(Watch, WatchText)
