"""Who goes well with whom: pairs of two sides that complete each other, the best altogether. Pure.

What one can do and the other needs, in both directions, is what a pair is worth (互培互带: both are
trainer and trainee). All pairs together are worth the most that the rules allow: an assignment, solved
exactly. Whoever stays alone is told by which rule.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    `worth` how many these are."""

    one: str
    other: str
    gives: tuple[str, ...]
    takes: tuple[str, ...]

    @property
    def worth(self) -> int:
        return len(self.gives) + len(self.takes)


@dataclass(frozen=True)
class Suggestion:
    """The pairs, by the first's order; of everybody of the first side who stays alone, how many of
    the other side each rule keeps away (`taken`: they would go together, and the other's room is
    given to somebody else)."""

    pairs: tuple[Pair, ...] = ()
    alone: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

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
    they are worth. The same given twice gives the same pairs.

    Raises ValueError where somebody stands on both sides, or twice on one.
    """
    keys = [side.key for side in (*ones, *others)]
    if len(set(keys)) != len(keys):
        msg = "somebody is named twice"
        raise ValueError(msg)
    if not ones or not others:
        return Suggestion(alone={side.key: {} for side in ones})
    import numpy as np  # noqa: PLC0415 - heavy, and few processes pair anybody

    worth, barred = _worths(ones, others, rules)
    columns = np.repeat(np.arange(len(others)), [max(0, side.room) for side in others])
    found = _assigned(worth[:, columns], barred[:, columns] != 0)
    chosen = {row: int(columns[column]) for row, column in found}
    pairs = [_pair(ones[row], others[column]) for row, column in sorted(chosen.items())]
    alone = {side.key: _reasons(barred[row]) for row, side in enumerate(ones) if row not in chosen}
    return Suggestion(tuple(pairs), alone)


def _pair(one: Side, other: Side) -> Pair:
    gives, takes = one.can & other.needs, other.can & one.needs
    return Pair(one.key, other.key, tuple(sorted(gives)), tuple(sorted(takes)))


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
            row = [rows[key] for key in pair if key in rows]
            column = [columns[key] for key in pair if key in columns]
            if row and column:
                barred[row[0], column[0]] = REASONS.index(reason) + 1
    if rules.other_group:
        mine = np.array([side.group for side in ones])
        theirs = np.array([side.group for side in others])
        barred[mine[:, None] == theirs[None, :]] = REASONS.index(SAME) + 1
    return worth, barred


def _assigned(worth: Any, barred: Any) -> list[tuple[int, int]]:
    """Rows and columns of the best assignment without what is barred."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - as above

    # One pair more is better than whatever the others could gain by leaving it out.
    most = int(worth.max(initial=0)) * min(worth.shape) + 1
    value = worth + most
    value[barred] = 0
    found = linear_sum_assignment(value, maximize=True)
    return [(int(r), int(c)) for r, c in zip(*found, strict=True) if not barred[r, c]]


def _reasons(barred: Any) -> dict[str, int]:
    counts = Counter(int(one) for one in barred)
    told = {reason: counts[nth] for nth, reason in enumerate(REASONS, 1) if counts[nth]}
    return {**told, **({TAKEN: counts[0]} if counts[0] else {})}
