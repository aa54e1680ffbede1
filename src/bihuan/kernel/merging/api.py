"""The public door of merging: matters that say much the same."""

from bihuan.kernel.merging.alike import alike, merged_here
from bihuan.kernel.merging.groups import Common, common_problems, merge_all, retitle

__all__ = [
    "Common",
    "alike",
    "common_problems",
    "merge_all",
    "merged_here",
    "retitle",
]
