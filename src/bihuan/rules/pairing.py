"""Who goes well with whom: pairs that complete each other, the best altogether. Pure.

What one can do and the other needs, in both directions, is what a pair is worth (互培互带: both are
trainer and trainee). Of two sides all pairs together are worth the most that the rules allow: an
assignment, solved exactly. Of one population it is split into two sides again and again, never worse
than before, and how far that may be from the best is told. Whoever stays alone is told by which rule.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any, Final

# Why two cannot be a pair, in the order in which it is said.
SAME, BEFORE, EXCLUDED, POOR, TAKEN = "same_group", "before", "excluded", "poor", "taken"
REASONS: Final = (SAME, BEFORE, EXCLUDED, POOR)


@dataclass(frozen=True)
class Side:
    """Somebody to be paired: `key` names them, `group` is where they belong (a branch). `can` and
    `needs` are words of one dictionary; `room` says with how many they may be paired."""

    key: str
    group: str = ""
    can: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    room: int = 1


@dataclass(frozen=True)
class Rules:
    """`other_group`: never two of one group. `before`: pairs there were, not to be made again;
    `excluded`: pairs that must not be. Both by keys, in any order. `least`: what a pair is worth at
    least."""

    other_group: bool = False
    before: frozenset[frozenset[str]] = frozenset()
    excluded: frozenset[frozenset[str]] = frozenset()
    least: int = 1


@dataclass(frozen=True)
class Pair:
    """Two that go together: `gives` is what the first can and the second needs, `takes` the other way;
    `worth` how many these are. `instead` is how many partners that would be worth more to either each
    rule keeps away (`taken`: they have others)."""

    one: str
    other: str
    gives: tuple[str, ...]
    takes: tuple[str, ...]
    instead: tuple[tuple[str, int], ...] = ()

    @property
    def worth(self) -> int:
        return len(self.gives) + len(self.takes)


@dataclass(frozen=True)
class Suggestion:
    """The pairs, by the first's order; of everybody of the first side who stays alone, how many of
    the other side each rule keeps away (`taken`: they would go together, and the other's room is
    given to somebody else), and of the second side who have nobody at all (`left`).

    Of one population nobody is `left`; `short` is how many more pairs there might be at most, `gap`
    how much more so many pairs might be worth: 0 and 0 is proved to be the best."""

    pairs: tuple[Pair, ...] = ()
    alone: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    left: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    short: int = 0
    gap: int = 0

    @property
    def worth(self) -> int:
        """What all pairs are worth together."""
        return sum(pair.worth for pair in self.pairs)

    def standing_in_the_way(self) -> list[tuple[str, int]]:
        """The rules by how many possible partners of those alone they keep away, the worst first."""
        found: Counter[str] = Counter()
        for reasons in self.alone.values():
            found.update(reasons)
        return found.most_common()


def suggest(ones: Sequence[Side], others: Sequence[Side], rules: Rules) -> Suggestion:
    """The pairs of the two sides that are worth the most together, each of the first with one at most,
    each of the other with as many as they have `room` for. As many pairs as can be come before what
    they are worth, and that before how evenly they are spread over the others. The same given twice
    gives the same pairs.

    Raises ValueError where somebody stands on both sides, or twice on one.
    """
    _each_once((*ones, *others))
    if not ones or not others:
        nobody: dict[str, Mapping[str, int]] = {side.key: {} for side in ones}
        return Suggestion(alone=nobody, left={side.key: {} for side in others})
    import numpy as np  # noqa: PLC0415 - heavy, and few processes pair anybody

    worth, barred = _worths(ones, others, rules)
    columns = np.repeat(np.arange(len(others)), [max(0, side.room) for side in others])
    # Worth the same otherwise, everybody has somebody before anybody has a second.
    scale = len(others) + 1
    first = np.diff(columns, prepend=-1) != 0
    spread = worth[:, columns] * scale + first.astype(worth.dtype)
    found = _assigned(spread, barred[:, columns] != 0)
    chosen = {row: int(columns[column]) for row, column in found}
    pairs = [
        replace(_pair(ones[row], others[column]), instead=_instead(worth, barred, row, column))
        for row, column in sorted(chosen.items())
    ]
    alone = {side.key: _reasons(barred[row]) for row, side in enumerate(ones) if row not in chosen}
    met = {*chosen.values()}
    left = {
        side.key: _reasons(barred[:, column])
        for column, side in enumerate(others)
        if column not in met
    }
    return Suggestion(tuple(pairs), alone, left)


def in_the_way(one: Side, others: Iterable[Side], rules: Rules) -> dict[str, int]:
    """How many of others each rule keeps away from somebody who stays alone (`taken`: none does)."""
    told = Counter(_bar(one, other, rules) for other in others if other.key != one.key)
    return {reason: told[reason] for reason in (*REASONS, TAKEN) if told[reason]}


def _bar(one: Side, other: Side, rules: Rules) -> str:
    pair = frozenset({one.key, other.key})
    if rules.other_group and one.group == other.group:
        return SAME
    if pair in rules.before:
        return BEFORE
    if pair in rules.excluded:
        return EXCLUDED
    worth = len(one.can & other.needs) + len(other.can & one.needs)
    return POOR if worth < rules.least else TAKEN


# So often one population is split anew; fewer where each takes its time.
ROUNDS, FEW_ROUNDS, MANY = 8, 3, 600


def among(sides: Sequence[Side], rules: Rules) -> Suggestion:
    """Pairs within one population, each with one at most: as many as can be found, then worth as much
    as can be found. Split in two, the best pairs are exact; keeping those, it is split otherwise and
    solved again. The same given twice gives the same pairs.

    Raises ValueError where somebody is named twice.
    """
    _each_once(sides)
    if len(sides) < 2:
        return Suggestion(alone={side.key: {} for side in sides})
    worth, barred = _worths(sides, sides, rules)
    for row in range(len(sides)):
        barred[row, row] = -1
    best = _split_again(worth, barred, _halves(sides, rules))
    met = {row for pair in best for row in pair}
    pairs = tuple(
        replace(_pair(sides[one], sides[other]), instead=_instead(worth, barred, one, other))
        for one, other in sorted(best)
    )
    alone = {side.key: _reasons(barred[row]) for row, side in enumerate(sides) if row not in met}
    found = Suggestion(pairs, alone)
    short, gap = _bound(worth, barred, found)
    return replace(found, short=short, gap=gap)


def _each_once(sides: Iterable[Side]) -> None:
    keys = [side.key for side in sides]
    if len(set(keys)) != len(keys):
        msg = "somebody is named twice"
        raise ValueError(msg)


def _halves(sides: Sequence[Side], rules: Rules) -> list[bool]:
    """A first split. Where two of one group must not meet, groups follow one another, the largest
    first: then half a population apart there are two of different groups, wherever that can be."""
    rows = list(range(len(sides)))
    if not rules.other_group:
        return [row % 2 == 0 for row in rows]
    sizes = Counter(side.group for side in sides)
    rows.sort(key=lambda row: (-sizes[sides[row].group], sides[row].group, row))
    first = {*rows[: (len(rows) + 1) // 2]}
    return [row in first for row in range(len(sides))]


def _split_again(worth: Any, barred: Any, split: list[bool]) -> list[tuple[int, int]]:
    import numpy as np  # noqa: PLC0415 - as above

    dice, best, value = random.Random(len(split)), [], (-1, -1)  # noqa: S311 - no secret
    for _ in range(ROUNDS if len(split) <= MANY else FEW_ROUNDS):
        ones = np.array([row for row, first in enumerate(split) if first])
        others = np.array([row for row, first in enumerate(split) if not first])
        if not len(ones) or not len(others):
            break
        cut = np.ix_(ones, others)
        found = [(int(ones[r]), int(others[c])) for r, c in _assigned(worth[cut], barred[cut] != 0)]
        reached = (len(found), sum(int(worth[pair]) for pair in found))
        if reached > value:
            best, value = found, reached
        for one, other in best:
            split[one] = dice.random() < 0.5
            split[other] = not split[one]
        met = {row for pair in best for row in pair}
        for row in range(len(split)):
            if row not in met:
                split[row] = dice.random() < 0.5
    return [*best, *_left_over(worth, barred, best)]


def _left_over(worth: Any, barred: Any, best: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs of those who were on one side whenever it was split, and would go together."""
    alone = [row for row in range(len(worth)) if not any(row in pair for pair in best)]
    found: list[tuple[int, int]] = []
    while alone:
        one = alone.pop(0)
        fits = [other for other in alone if barred[one, other] == 0]
        if fits:
            other = max(fits, key=lambda row: (int(worth[one, row]), -row))
            alone.remove(other)
            found.append((one, other))
    return found


def _bound(worth: Any, barred: Any, found: Suggestion) -> tuple[int, int]:
    """How many more pairs, and with as many how much more worth, there may be at most: where everybody
    is given somebody and need not be theirs in turn, half of it is no less than the best; nor is half
    of what each of so many is worth to whom they suit most."""
    import numpy as np  # noqa: PLC0415 - as above

    most = int(worth.max(initial=0)) * len(worth) + 1
    rows = _assigned(worth, barred != 0, most)
    twice = sum(int(worth[pair]) + most for pair in rows)
    pairs, more = divmod(twice // 2, most)
    short = max(0, pairs - len(found.pairs))
    dearest = np.sort(np.where(barred == 0, worth, 0).max(axis=1))[::-1]
    more = min(more, int(dearest[: 2 * len(found.pairs)].sum()) // 2)
    return short, 0 if short else max(0, more - found.worth)


def _pair(one: Side, other: Side) -> Pair:
    gives, takes = one.can & other.needs, other.can & one.needs
    return Pair(one.key, other.key, tuple(sorted(gives)), tuple(sorted(takes)))


def _instead(worth: Any, barred: Any, row: int, column: int) -> tuple[tuple[str, int], ...]:
    """Which rules keep away partners that would be worth more to either than these two are."""
    has = worth[row, column]
    told = Counter(_reasons(barred[row][worth[row] > has]))
    told.update(_reasons(barred[:, column][worth[:, column] > has]))
    return tuple(told.most_common())


def _marks(sides: Iterable[Side], words: Mapping[str, int], of: str) -> Any:
    import numpy as np  # noqa: PLC0415 - as above

    rows = list(sides)
    found = np.zeros((len(rows), len(words)), dtype=np.int32)
    for row, side in enumerate(rows):
        for word in getattr(side, of):
            found[row, words[word]] = 1
    return found


def _worths(ones: Sequence[Side], others: Sequence[Side], rules: Rules) -> tuple[Any, Any]:
    """What each pair would be worth, and which of REASONS (its place there, from 1) bars it."""
    import numpy as np  # noqa: PLC0415 - as above

    known = sorted({word for side in (*ones, *others) for word in side.can | side.needs})
    words = {word: nth for nth, word in enumerate(known)}
    worth = _marks(ones, words, "can") @ _marks(others, words, "needs").T
    worth += _marks(ones, words, "needs") @ _marks(others, words, "can").T
    barred = np.where(worth < rules.least, REASONS.index(POOR) + 1, 0)
    rows = {side.key: row for row, side in enumerate(ones)}
    columns = {side.key: column for column, side in enumerate(others)}
    for reason, pairs in ((EXCLUDED, rules.excluded), (BEFORE, rules.before)):
        for pair in pairs:
            for one, other in permutations(pair, 2):
                if one in rows and other in columns:
                    barred[rows[one], columns[other]] = REASONS.index(reason) + 1
    if rules.other_group:
        mine = np.array([side.group for side in ones])
        theirs = np.array([side.group for side in others])
        barred[mine[:, None] == theirs[None, :]] = REASONS.index(SAME) + 1
    return worth, barred


def _assigned(worth: Any, barred: Any, most: int | None = None) -> list[tuple[int, int]]:
    """Rows and columns of the best assignment without what is barred; a pair is worth `most` more
    than what it is worth."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - as above

    if most is None:
        # One pair more is better than whatever the others could gain by leaving it out.
        most = int(worth.max(initial=0)) * min(worth.shape) + 1
    value = worth + most
    value[barred] = 0
    found = linear_sum_assignment(value, maximize=True)
    return [(int(r), int(c)) for r, c in zip(*found, strict=True) if not barred[r, c]]


def _reasons(barred: Any) -> dict[str, int]:
    """Of a row of bars by what they are; -1 is oneself."""
    counts = Counter(int(one) for one in barred)
    told = {reason: counts[nth] for nth, reason in enumerate(REASONS, 1) if counts[nth]}
    return {**told, **({TAKEN: counts[0]} if counts[0] else {})}
