"""Which groups of an answer are withheld: those that rest on too little, and as many more as keep
anybody from working those out of the totals.

What can be had by adding and subtracting what is told is held to the rule of what is told: it rests
on the minimum at least, and is never one group alone. Complementary cell suppression, as in
Hundepool et al., Statistical Disclosure Control (2012), chapter 4. Pure.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

Key = tuple[Any, ...]
Cells = frozenset[Key]

# Beyond so many withheld groups of several groupings none is told: solving takes their cube.
MOST = 400
# Sums are solved modulo a prime: whatever can be solved in whole numbers can be solved so too.
PRIME = 2**31 - 1


def withheld(samples: Mapping[Key, int], minimum: int) -> Cells:
    """The groups that are not told, of groups (one key for each grouping) with what each rests on.

    Taken as known besides the answer: the total, and the answers to every grouping by fewer of its
    keys, each withheld by this same rule. A group that rests on nothing is known to."""
    counted = {key: n for key, n in samples.items() if n > 0}
    if not any(n < minimum for n in counted.values()):
        return frozenset()
    return _Answer(counted, minimum).closed()


class _Answer:
    def __init__(self, counted: Mapping[Key, int], minimum: int) -> None:
        self.counted = counted
        self.minimum = minimum
        self.hidden = {key for key, n in counted.items() if n < minimum}
        # Sums that others tell, and sums that may not come out: each the groups it is made of.
        self.told: list[Cells] = []
        self.secret: list[Cells] = []
        self._coarser()
        self.of: dict[Key, list[Cells]] = {key: [] for key in counted}
        for cells in self.told:
            for key in cells:
                self.of[key].append(cells)

    def _coarser(self) -> None:
        if self._sum(self.counted) >= self.minimum:
            self.told.append(frozenset(self.counted))
        width = len(next(iter(self.counted)))
        for size in range(1, width):
            for chosen in combinations(range(width), size):
                lines = _lines(self.counted, chosen)
                sums = {key: self._sum(cells) for key, cells in lines.items()}
                refused = withheld(sums, self.minimum)
                for key, cells in lines.items():
                    if key in refused:
                        self.hidden |= cells
                        self.secret.append(cells)
                    else:
                        self.told.append(cells)

    def closed(self) -> Cells:
        """What is withheld once nothing of it can be worked out. All of it where that cannot be
        had: then nothing is left to subtract."""
        while (open_to := self._worked_out()) is not None:
            others = [key for key in open_to if key not in self.hidden]
            if not others:
                return frozenset(self.counted)
            self.hidden.add(min(others, key=self._loss))
        return frozenset(self.hidden)

    def _loss(self, key: Key) -> tuple[int, int, str]:
        """What is lost with a group: more groups, wherever it is the first of a told sum to go; then
        the fewer it rests on the better."""
        opened = sum(1 for cells in self.of[key] if cells.isdisjoint(self.hidden))
        return opened, self.counted[key], repr(key)

    def _worked_out(self) -> Cells | None:
        """A told sum that gives something away, as the groups of which one more must go; None when
        there is none."""
        for cells in self.told:
            rest = cells & self.hidden
            if rest and not self._safe(rest):
                return cells
        # One sum over all is looked through above; several may be played against each other.
        if len(self.told) + len(self.secret) < 2:
            return None
        if len(self.hidden) > MOST:
            return frozenset(self.hidden)
        return self._solved()

    def _safe(self, rest: Iterable[Key]) -> bool:
        many = len(list(rest))
        # Were they as many as they rest on, each would rest on one.
        return many > 1 and self._sum(rest) >= max(self.minimum, many + 1)

    def _solved(self) -> Cells | None:
        solver = _Solver(cells & self.hidden for cells in self.told)
        for wanted in (*(frozenset([key]) for key in sorted(self.hidden, key=repr)), *self.secret):
            if solver.has(wanted):
                near = [cells for cells in self.told if cells & wanted]
                return frozenset().union(*near)
        return None

    def _sum(self, cells: Iterable[Key]) -> int:
        return sum(self.counted[key] for key in cells)


def _lines(keys: Iterable[Key], chosen: tuple[int, ...]) -> dict[Key, Cells]:
    found: dict[Key, set[Key]] = {}
    for key in keys:
        found.setdefault(tuple(key[n] for n in chosen), set()).add(key)
    return {part: frozenset(cells) for part, cells in found.items()}


class _Solver:
    """Known sums in reduced form: what follows from them is what they reduce to nothing."""

    def __init__(self, sums: Iterable[Cells]) -> None:
        self.rows: dict[Key, dict[Key, int]] = {}
        for cells in sums:
            row = self._reduced(dict.fromkeys(cells, 1))
            if row:
                lead = next(iter(row))
                scale = pow(row[lead], -1, PRIME)
                self.rows[lead] = {key: n * scale % PRIME for key, n in row.items()}

    def has(self, cells: Cells) -> bool:
        """Whether the sum over some groups follows from those that are known."""
        return not self._reduced(dict.fromkeys(cells, 1))

    def _reduced(self, row: dict[Key, int]) -> dict[Key, int]:
        while (lead := self._leading(row)) is not None:
            times = row[lead]
            for key, n in self.rows[lead].items():
                left = (row.get(key, 0) - times * n) % PRIME
                if left:
                    row[key] = left
                else:
                    row.pop(key, None)
        return row

    def _leading(self, row: dict[Key, int]) -> Key | None:
        return next((key for key in self.rows if key in row), None)
