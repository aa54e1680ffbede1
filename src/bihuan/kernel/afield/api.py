"""The public door of what was entered without a network."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.afield.entries import AT_WINDOW, Entered, Fate, take_in
from bihuan.kernel.afield.handed_on import (
    REASON,
    Corrected,
    Sealed,
    drop_entry,
    give_up,
    hand_on,
    hand_on_own,
    held,
    held_entry,
    own_held,
    read_entry,
    register_entry,
)
from bihuan.kernel.afield.models import PhoneEntry

__all__ = [
    "AT_WINDOW",
    "REASON",
    "Corrected",
    "Entered",
    "Fate",
    "PhoneEntry",
    "Sealed",
    "drop_entry",
    "give_up",
    "hand_on",
    "hand_on_own",
    "held",
    "held_entry",
    "own_held",
    "read_entry",
    "register_entry",
    "take_in",
]

register(PhoneEntry)
