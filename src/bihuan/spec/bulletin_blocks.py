"""Blocks of bulletins: a table of words that no figure is. Whoever has one registers it; the words of a
bulletin put `{{its_name}}` on a line of its own, and it is printed wherever the bulletin is."""

from collections.abc import Callable
from dataclasses import dataclass

from bihuan.spec.registry import Registry


@dataclass(frozen=True)
class Printed:
    """What a block has to say of a period: a `title`, or none, and rows of words, the first their heads.

    Raises ValueError where a row is not as long as its head, or where there is no head.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        lengths = {len(row) for row in self.rows}
        if len(lengths) != 1 or 0 in lengths:
            msg = "the rows of a block need one head, and are as long as it"
            raise ValueError(msg)


@dataclass(frozen=True, eq=False)
class BulletinBlock:
    """`about` is what the handbook says of it. `gathered` makes, for a programme, an organisation, a
    period and a locale, what is frozen in the bulletin; None where this programme has no such thing.
    `public` promises that anybody may read it; a block without it stands in no public bulletin.
    `facts` says that it asks the facts: it is of the same state of them as the numbers are.
    """

    name: str
    about: str
    gathered: Callable[..., Printed | None]
    public: bool
    facts: bool = False


BULLETIN_BLOCKS: Registry[BulletinBlock] = Registry("block of bulletins")


def register(block: BulletinBlock) -> BulletinBlock:
    """Registers a block, when its app is loaded. Raises ValueError on a name already taken."""
    BULLETIN_BLOCKS.add(block.name, block)
    return block
