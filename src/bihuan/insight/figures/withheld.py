"""How finely a place is told: by which of its periods, which of its groups.

Decided on one grid (the tree of organisations, the blocks of a year, the groupings) whatever is
asked, so that no two answers differ in what they withhold. The rule, for places told by the blocks
of one larger block: each such block of each place, and what is left of it when the places below
that are told are taken away, rests on nothing or on the minimum; and who is told by smaller blocks,
or by more groupings, is told by larger ones and by fewer. Then whatever comes out by adding
and subtracting answers is a sum of such rests (ADR 47 has the reason). Pure.

A group that is not told is not told to be empty either: it would be a known part of a larger one.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from bihuan.insight.figures.blocks import MONTH, Block

# Ids from the root down; the empty one is all there is. Its own id twice: what an organisation
# has of its own, apart from those below it.
Place = tuple[int, ...]
Groupings = tuple[str, ...]
Key = tuple[Any, ...]
# How much each group of each part of some days rests on, by the first day of the part.
Counts = Mapping[tuple[date, Key], int]
Family = Mapping[Place, Counts]
# The groups of a place that are not told; None: none of them is told, nor the place.
Hidden = frozenset[Key] | None
# What was decided for the places right below one.
Known = dict[tuple[Place, Block, Groupings], Mapping[Place, Hidden]]
# Cells of one place: how much each group rests on, block by block.
_Cells = list[dict[Key, int]]

TOLD: frozenset[Key] = frozenset()


class Resolution:
    """What is told of one figure. `family` gives what the places right below one rest on (and what
    is its own), grouped by `Groupings`, in a year by months or in a month by days."""

    def __init__(
        self,
        minimum: int,
        family: Callable[[Place, Block, Groupings], Family],
        known: "Known | None" = None,
    ) -> None:
        self.minimum = minimum
        self.family = family
        self._known: Known = {} if known is None else known

    def hidden(self, place: Place, block: Block, by: Groupings) -> Hidden:
        """Which groups of a place are not told for a block; None when nothing of it is."""
        if not place:
            return self._of_all(block, by)
        return self._family(place[:-1], block, by).get(place, TOLD)

    def _counts(self, place: Place, block: Block, by: Groupings) -> Family:
        return self.family(place, Block.of(0 if block.level <= MONTH else MONTH, block.start), by)

    def _family(self, place: Place, block: Block, by: Groupings) -> Mapping[Place, Hidden]:
        first = block.beside()[0]
        known = self._known.get((place, first, by))
        if known is None:
            known = self._known[place, first, by] = self._decided(place, first, by)
        return known

    def _cells(self, place: Place, block: Block, by: Groupings) -> dict[Place, _Cells]:
        row = block.beside()
        found: dict[Place, _Cells] = {}
        for child, counts in self._counts(place, block, by).items():
            cells: _Cells = [{} for _ in row]
            for (day, key), n in counts.items():
                for block_cells, one in zip(cells, row, strict=True):
                    if n and one.start <= day < one.after:
                        block_cells[key] = block_cells.get(key, 0) + n
            found[child] = cells
        return found

    def _limits(self, place: Place, block: Block, by: Groupings) -> list[Hidden]:
        """What larger blocks and fewer groupings already withhold of a place."""
        found = []
        if block.level:
            found.append(self.hidden(place, block.above, by))
        for name in by:
            fewer = self.hidden(place, block, tuple(n for n in by if n != name))
            # Of several groupings all groups are told or none: half a cross table tells the rest.
            found.append(None if fewer is None or fewer else TOLD)
        return found

    def _of_all(self, block: Block, by: Groupings) -> Hidden:
        cells = _together(self._cells((), block, by).values(), len(block.beside()))
        return self._of_one(cells, self._limits((), block, by), _smallest(cells))

    def _decided(self, place: Place, block: Block, by: Groupings) -> Mapping[Place, Hidden]:
        cells = self._cells(place, block, by)
        # Several roots are cities of their own: what one is told does not hang on another.
        alone = not place and len(cells) > 1
        mine = TOLD if alone else self.hidden(place, block, by)
        if mine is None:
            return dict.fromkeys(cells)
        city = self._city(place, block, by)
        found: dict[Place, Hidden] = {}
        pairs = {child: city or _smallest(its) for child, its in cells.items()}
        for child, its in cells.items():
            limits = [mine, *self._limits(child, block, by)]
            found[child] = self._of_one(its, limits, pairs[child])
        if not alone:
            self._take_more(cells, found, mine, pairs)
        return found

    def _city(self, place: Place, block: Block, by: Groupings) -> tuple[Key, ...]:
        """The two smallest groups of a city: wherever any is withheld, these are too, so that what a
        withheld group would be the rest of is unknown everywhere alike."""
        if len(by) != 1 or not place:
            return ()
        return _smallest(self._cells((), block, by).get(place[:1], []))

    def _of_one(self, cells: _Cells, limits: list[Hidden], pair: tuple[Key, ...]) -> Hidden:
        """What is withheld of a place for its own sake."""
        hidden: set[Key] = set()
        for limit in limits:
            if limit is None:
                return None
            hidden |= limit
        keys = {key for block in cells for key in block}
        hidden |= {k for k in keys if not all(self._fine(block.get(k, 0)) for block in cells)}
        if not hidden:
            return TOLD
        return self._closed(cells, hidden, pair)

    def _closed(self, cells: _Cells, hidden: set[Key], pair: tuple[Key, ...]) -> Hidden:
        """The groups that go with those withheld: the total less the others is enough, or nothing."""
        width = max((len(key) for key in hidden), default=0)
        if width != 1:
            return None
        hidden |= set(pair)
        rest = sorted(
            {key for block in cells for key in block} - hidden,
            key=lambda k: (sum(block.get(k, 0) for block in cells), repr(k)),
        )
        while not all(self._fine(sum(b.get(k, 0) for k in hidden)) for b in cells):
            if not rest:
                break
            hidden.add(rest.pop(0))
        return frozenset(hidden)

    def _take_more(
        self,
        cells: dict[Place, _Cells],
        found: dict[Place, Hidden],
        mine: frozenset[Key],
        pairs: Mapping[Place, tuple[Key, ...]],
    ) -> None:
        """Withholds more places, smallest first, until what is left of the place above is enough."""
        sizes = {child: (sum(sum(b.values()) for b in its), child) for child, its in cells.items()}
        keys = {key for its in cells.values() for block in its for key in block} - mine
        open_ones = sorted(cells, key=sizes.__getitem__)
        again = True
        while again:
            again = False
            for key in sorted(keys, key=repr):
                while (at := self._short(cells, found, key)) is not None:
                    further = [c for c in open_ones if _tells(found[c], key)]
                    if not further:
                        break
                    child = next((c for c in further if cells[c][at].get(key)), further[0])
                    known = found[child]
                    found[child] = self._closed(cells[child], {*(known or ()), key}, pairs[child])
                    again = True

    def _short(
        self, cells: dict[Place, _Cells], found: dict[Place, Hidden], key: Key
    ) -> int | None:
        """The first block in which too little of a group is left to the places withheld."""
        kept = [its for child, its in cells.items() if not _tells(found[child], key)]
        if not kept:
            return None
        for at in range(len(kept[0])):
            counts = [n for its in kept if (n := its[at].get(key, 0))]
            # Were they as many as they rest on, each would rest on one.
            if counts and sum(counts) < max(self.minimum, len(counts) + 1):
                return at
        return None

    def _fine(self, n: int) -> bool:
        return n == 0 or n >= self.minimum


def _tells(hidden: Hidden, key: Key) -> bool:
    return hidden is not None and key not in hidden


def _together(many: Iterable[_Cells], length: int) -> _Cells:
    found: _Cells = [{} for _ in range(length)]
    for cells in many:
        for into, block in zip(found, cells, strict=True):
            for key, n in block.items():
                into[key] = into.get(key, 0) + n
    return found


def _smallest(cells: _Cells) -> tuple[Key, ...]:
    total = _together([[block] for block in cells], 1)[0] if cells else {}
    return tuple(sorted(total, key=lambda k: (total[k], repr(k)))[:2])
