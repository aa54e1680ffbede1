"""How evenly something is spread over the periods of a year: 1 is even, 0 is all in one period.

The share that would have to be moved to other periods for all to have as much is Hoover's index (E. M.
Hoover, "The Measurement of Industrial Localization", Review of Economics and Statistics 18, 1936; of
incomes R. R. Schutz, American Economic Review 41, 1951). The most it can be, all in one of n periods, is
(n - 1) / n. The regularity index is one less the share of that most: which periods they are, and in
which order, and how much there is in all, plays no part; moving anything from a fuller period than the
mean to an emptier one raises it.
"""

from collections.abc import Sequence
from fractions import Fraction


def exact(amounts: Sequence[int]) -> Fraction | None:
    """The index of whole amounts of so many periods, empty ones among them, as a fraction. None where
    there are fewer than two periods, or nothing in any. Raises ValueError for an amount below nought."""
    if any(one < 0 for one in amounts):
        msg = "amounts are counted from nought"
        raise ValueError(msg)
    periods, total = len(amounts), sum(amounts)
    if periods < 2 or not total:
        return None
    # In parts of `total * periods`, so that nothing is rounded before the end.
    too_much = sum(max(0, one * periods - total) for one in amounts)
    return 1 - Fraction(too_much, total * (periods - 1))


def index(amounts: Sequence[int]) -> float | None:
    """The same as a number from 0 to 1."""
    found = exact(amounts)
    return None if found is None else float(found)
