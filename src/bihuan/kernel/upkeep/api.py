"""The public door of upkeep: what becomes of matters as the years go."""

from bihuan.kernel.upkeep.attended import (
    tell_deserted,
    tell_left_behind,
    tell_unattended,
    unattended,
)
from bihuan.kernel.upkeep.beginning import Tick, first_steps, is_beginning
from bihuan.kernel.upkeep.erasing import erase_due
from bihuan.kernel.upkeep.moves import follow_moves
from bihuan.kernel.upkeep.releases import blocked_moves, move_release, told_of_release
from bihuan.kernel.upkeep.succession import (
    Merger,
    follow_mergers,
    merge_orgs,
    move_org,
    would_merge,
)

__all__ = [
    "Merger",
    "Tick",
    "blocked_moves",
    "erase_due",
    "first_steps",
    "follow_mergers",
    "follow_moves",
    "is_beginning",
    "merge_orgs",
    "move_org",
    "move_release",
    "tell_deserted",
    "tell_left_behind",
    "tell_unattended",
    "told_of_release",
    "unattended",
    "would_merge",
]
