"""When a number has risen too fast: pure arithmetic of whole numbers."""

from collections.abc import Sequence


def least_of(before: Sequence[int], percent: int, at_least: int) -> int:
    """From which number on one has risen so far: `percent` of the mean of those before, rounded up, and never
    fewer than `at_least`. `before` is not empty."""
    above = -(-sum(before) * percent // (100 * len(before)))
    return max(above, at_least, 1)
