"""What is promised, told once for all who promise the same; then who promises something else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bihuan.kernel.receivers.api import Promise, Receiver, promises
from bihuan.spec.schema import Programme
from bihuan.web import words


@dataclass(frozen=True)
class Line:
    """One limit: for which categories ('' for all), by when were it asked now, on what ground ('' where
    it is the organisation's own promise)."""

    categories: str
    value: int
    unit: str
    by: datetime
    ground: str


@dataclass(frozen=True)
class Group:
    """What may be sent, what most promise for it, who they are, and who promises otherwise."""

    programme: Programme
    kind_id: str
    lines: tuple[Line, ...]
    who: tuple[str, ...]
    otherwise: tuple[tuple[tuple[Line, ...], tuple[str, ...]], ...]


def lines(found: Sequence[Promise], programme: Programme) -> tuple[Line, ...]:
    """Promises, those that are alike in one line."""
    alike: dict[tuple[int, str, datetime, str], list[str]] = {}
    for one in found:
        held = one.resolved
        key = (int(held.value), str(held.unit), one.by, held.ground)
        alike.setdefault(key, []).append(one.category)
    return tuple(
        Line("" if len(alike) == 1 else _named(programme, names), *key)
        for key, names in alike.items()
    )


def _named(programme: Programme, names: Sequence[str]) -> str:
    told = [words.choice_of(programme, "category", name) for name in names if name]
    return words.text("portal.promises.and").join(told)


def groups(known: Sequence[Receiver], at: datetime) -> Iterator[Group]:
    """Every kind that somebody promises an answer to, in the order of who takes it."""
    kinds: dict[tuple[str, str], list[tuple[Receiver, tuple[Line, ...]]]] = {}
    for one in known:
        if told := lines(promises(one, at), one.programme):
            kinds.setdefault((one.programme.id, one.kind_id), []).append((one, told))
    for (_, kind_id), rows in kinds.items():
        # The first of those that are as many: who comes first in the tree, or is the site's own.
        usual = Counter(told for _, told in rows).most_common(1)[0][0]
        others: dict[tuple[Line, ...], list[str]] = {}
        for receiver, told in rows:
            if told != usual:
                others.setdefault(told, []).append(receiver.org.name)
        yield Group(
            rows[0][0].programme,
            kind_id,
            usual,
            tuple(receiver.org.name for receiver, told in rows if told == usual),
            tuple((told, tuple(names)) for told, names in others.items()),
        )
