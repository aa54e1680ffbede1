"""Facets: blocks in a kind that give it something special (`notice = {…}`). The app that owns one
registers it whole; the format knows none of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bihuan.spec.registry import Beside, nothing

if TYPE_CHECKING:
    from bihuan.spec.checks.around import Around
    from bihuan.spec.load import Problem
    from bihuan.spec.schema import Kind, Programme

B = TypeVar("B")


@dataclass(frozen=True, eq=False)
class Facet(Generic[B]):
    """A facet. `block` is what its key may hold: a closed model, or any type pydantic reads.

    Of a programme, a kind's id and its block: `problems` is what it could not run with, `meant` what
    its author got wrong, `words` the texts it needs. Of a block alone: `calls` the actions that the
    house takes, `settings` those it asks, `sets` the facts it leaves, `said` what figures may ask of
    its steps beside inputs (name → choices), `numbers` the whole numbers of its parts that they may add up,
    `roles` whom it tells of a matter. `apart` are the kinds that are
    opened by a page of their own, or under another; `actors` are the built-in actors that only its kinds
    have; `orders` tells whether such a one orders
    something rather than only shows it; `received` whether a desk must be there to take it in; `titled`
    whether the title of such a matter says what it is, so that no text is asked for beside it.
    """

    name: str
    block: Any
    problems: "Callable[[Programme, str, B], Iterable[Problem]]" = nothing
    meant: "Callable[[Programme, str, B, Around], Iterable[Problem]]" = nothing
    words: Callable[[str, B], Iterable[str]] = nothing
    calls: Callable[[B], Iterable[str]] = nothing
    settings: Callable[[B], Iterable[str]] = nothing
    sets: Callable[[B], Iterable[str]] = nothing
    said: Callable[[B], Mapping[str, tuple[str, ...]]] = lambda block: {}
    numbers: Callable[[B], Iterable[str]] = nothing
    roles: Callable[[B], Iterable[str]] = nothing
    apart: Callable[[str, B], Iterable[str]] = nothing
    actors: tuple[str, ...] = ()
    orders: bool = True
    received: bool = False
    titled: bool = False

    def of(self, kind: "Kind") -> B | None:
        """The block of a kind, or None."""
        found: B | None = kind.blocks.get(self.name)
        return found

    def kinds(self, programme: "Programme") -> Iterator[tuple[str, B]]:
        """The kinds of a programme that have it, with their blocks."""
        for kind_id, kind in programme.kinds.items():
            if (block := self.of(kind)) is not None:
                yield kind_id, block


ALL: Beside[Facet[Any]] = Beside(
    "facet", "blocks", typed=lambda one: (one.block | None, None), silent=(False,)
)
registered = ALL.registered


def register(facet: Facet[B]) -> Facet[B]:
    """Registers a facet, when its app is loaded. Raises ValueError on a key already taken."""
    ALL.add(facet.name, facet)
    return facet


def titled(kind: "Kind") -> bool:
    """Whether the title of one of a kind says what it is."""
    return any(facet.titled and facet.of(kind) is not None for facet in registered())


def blocks(programme: "Programme") -> Iterator[tuple[Facet[Any], str, Any]]:
    """Every block of a programme: its facet, the kind, what it says."""
    for facet in registered():
        for kind_id, block in facet.kinds(programme):
            yield facet, kind_id, block
