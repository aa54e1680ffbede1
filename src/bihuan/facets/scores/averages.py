"""What scores come to: points and forms of each item, and what of it may be told (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """Of one item: from how many forms, and the points of all; None where they must not be told."""

    forms: int
    points: int | None


def hundredths(points: int, forms: int) -> int:
    """The average in hundredths of a point, half a hundredth up."""
    return (200 * points + forms) // (2 * forms)


def moved(now: Told, before: Told) -> int | None:
    """By how many hundredths an average rose or fell; None where one of the two is not told."""
    if not (now.forms and before.forms) or now.points is None or before.points is None:
        return None
    return hundredths(now.points, now.forms) - hundredths(before.points, before.forms)


def result(
    item: str,
    given: Iterable[Mapping[str, str]],
    sheet: Mapping[str, int],
    grades: Mapping[str, int],
    minimum: int,
) -> Told:
    """What an item comes to, of what people gave by themselves and what was counted from paper.

    Nothing is told of fewer forms than `minimum`; nor where fewer than that were given beside paper, which
    whoever counted it could take off; nor where all gave the lowest, as the average would say so of each.
    That all gave the highest is told.
    """
    own = [grades[one[item]] for one in given if one.get(item) in grades]
    paper = sum(sheet.values())
    forms, points = len(own) + paper, sum(own)
    points += sum(grades[grade] * n for grade, n in sheet.items() if grade in grades)
    few = forms < minimum or (paper and 0 < len(own) < minimum)
    lowest = forms and points == forms * min(grades.values())
    return Told(forms, None if few or lowest else points)
