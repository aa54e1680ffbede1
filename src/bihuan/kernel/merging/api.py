"""The public door of merging: matters that say much the same."""

from bihuan.kernel.merging.groups import Common, common_problems, merge_all, retitle

__all__ = [
    "Common",
    "common_problems",
    "merge_all",
    "retitle",
]
