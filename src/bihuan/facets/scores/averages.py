"""What scores come to: points and forms of each item, and what of it may be told (pure)."""

from collections.abc import Iterable, Mapping, Sequence
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
    whoever counted it could take off; nor where they are too alike: where all gave the lowest, or one of them one
    grade more, or all the highest, or one of them one grade less. The average would say so of each, and were it
    withheld of the lowest only, that it is withheld would say it.
    """
    own = [grades[one[item]] for one in given if one.get(item) in grades]
    paper = sum(sheet.values())
    forms, points = len(own) + paper, sum(own)
    points += sum(grades[grade] * n for grade, n in sheet.items() if grade in grades)
    few = forms < minimum or (paper and 0 < len(own) < minimum)
    return Told(forms, None if few or _alike(points, forms, sorted({*grades.values()})) else points)


def _alike(points: int, forms: int, grades: Sequence[int]) -> bool:
    """Whether all gave the lowest of the grades or all the highest, but for one by one grade."""
    if len(grades) == 1:
        return True
    low, high = grades[0], grades[-1]
    return points <= forms * low + grades[1] - low or points >= forms * high - (high - grades[-2])
