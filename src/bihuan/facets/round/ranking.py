"""Who comes before whom by votes, and where that is not yet decided. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Counted:
    """What one of the candidates was given. `turn` orders those with as many votes, where a rule decided
    (0: none did); who is `out` had too few."""

    pk: int
    votes: int
    turn: int = 0
    out: bool = False


@dataclass(frozen=True)
class Cut:
    """Those who have a place in the order of their votes, those who come next, those between whom the last
    place is not decided, those with too few votes."""

    seated: tuple[int, ...]
    tied: tuple[int, ...]
    reserve: tuple[int, ...]
    out: tuple[int, ...]


def groups(counted: Iterable[Counted]) -> list[list[Counted]]:
    """Those who are not out, the ones with most votes first; those between whom nothing decides together."""
    found: dict[tuple[int, int], list[Counted]] = {}
    for one in counted:
        if not one.out:
            found.setdefault((-one.votes, one.turn), []).append(one)
    return [sorted(found[key], key=lambda one: one.pk) for key in sorted(found)]


def cut(counted: Sequence[Counted], places: int) -> Cut:
    """Where the places end. Nobody of those who are level at the last place has it: a rule must decide."""
    seated: list[int] = []
    tied: list[int] = []
    reserve: list[int] = []
    for group in groups(counted):
        left = places - len(seated)
        pks = [one.pk for one in group]
        if tied or left <= 0:
            reserve += pks
        elif len(group) <= left:
            seated += pks
        else:
            tied += pks
    out = tuple(one.pk for one in counted if one.out)
    return Cut(tuple(seated), tuple(tied), tuple(reserve), out)


def following(counted: Sequence[Counted], waiting: Iterable[int]) -> tuple[int, ...]:
    """Who of those who wait is next; several where nothing decides between them."""
    still = {*waiting}
    for group in groups(counted):
        if pks := tuple(one.pk for one in group if one.pk in still):
            return pks
    return ()


def place(counted: Sequence[Counted], pk: int) -> int:
    """The place of one: how many come before, and one. Those who are level share theirs."""
    before = 0
    for group in groups(counted):
        if any(one.pk == pk for one in group):
            return before + 1
        before += len(group)
    return 0
