"""Blocks: what a leader sees beside figures, a matrix or a list that no figure is. Whoever has one registers
it; a programme names it in `blocks.toml`, and the cockpit shows it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from typing_extensions import override

from bihuan.spec.arguments import Args
from bihuan.spec.base import Declared
from bihuan.spec.registry import Registry, nothing

if TYPE_CHECKING:
    from bihuan.spec.load import Problem
    from bihuan.spec.schema import Programme

A = TypeVar("A", bound=Args)
NAMES = Declared()
BlockName = Annotated[str, NAMES]


@dataclass(frozen=True, eq=False)
class Block(Generic[A]):
    """`about` is what the handbook says of it, `args` what a programme says of one. `shown` makes, for a
    reader, an organisation, a period, the programme and these arguments, what the template
    `desk/blocks/<name>.html` shows; None where the reader has nothing to see. `problems` is what is
    wrong with the arguments in a programme: it is given their place in the file.
    """

    name: str
    about: str
    args: type[A]
    shown: Callable[..., Mapping[str, Any] | None]
    problems: "Callable[[Programme, str, A], Iterable[Problem]]" = nothing

    @property
    def template(self) -> str:
        """The template that shows it."""
        return f"desk/blocks/{self.name}.html"


class _Blocks(Registry[Block[Any]]):
    @override
    def add(self, name: str, one: Block[Any]) -> None:
        super().add(name, one)
        NAMES.add(name)


BLOCKS = _Blocks("block")


def register(block: Block[A]) -> Block[A]:
    """Registers a block, when its app is loaded. Raises ValueError on a name already taken."""
    BLOCKS.add(block.name, block)
    return block
