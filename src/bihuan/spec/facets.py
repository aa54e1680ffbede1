"""Facets: blocks in a kind that give it something special (`notice = {…}`). The app that owns one
registers it whole; the format knows none of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, create_model
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from bihuan.spec.checks.around import Around
    from bihuan.spec.load import Problem
    from bihuan.spec.schema import Kind, Programme

B = TypeVar("B")
# Where a kind keeps its blocks; in a programme's files they stand beside the keys of the format.
BLOCKS = "blocks"


def _nothing(*given: object) -> Iterator[Any]:
    del given
    return iter(())


@dataclass(frozen=True, eq=False)
class Facet(Generic[B]):
    """A facet. `block` is what its key may hold: a closed model, or any type pydantic reads.

    Of a programme, a kind's id and its block: `problems` is what it could not run with, `meant` what
    its author got wrong, `words` the texts it needs. Of a block alone: `calls` the actions that the
    house takes, `settings` those it asks, `sets` the facts it leaves, `said` what figures may ask of
    its steps beside inputs (name → choices), `roles` whom it tells of a matter. `apart` are the kinds that are
    opened by a page of their own, or under another; `orders` tells whether such a one orders
    something rather than only shows it; `received` whether a desk must be there to take it in.
    """

    name: str
    block: Any
    problems: "Callable[[Programme, str, B], Iterable[Problem]]" = _nothing
    meant: "Callable[[Programme, str, B, Around], Iterable[Problem]]" = _nothing
    words: Callable[[str, B], Iterable[str]] = _nothing
    calls: Callable[[B], Iterable[str]] = _nothing
    settings: Callable[[B], Iterable[str]] = _nothing
    sets: Callable[[B], Iterable[str]] = _nothing
    said: Callable[[B], Mapping[str, tuple[str, ...]]] = lambda block: {}
    roles: Callable[[B], Iterable[str]] = _nothing
    apart: Callable[[str, B], Iterable[str]] = _nothing
    orders: bool = True
    received: bool = False

    def of(self, kind: "Kind") -> B | None:
        """The block of a kind, or None."""
        found: B | None = kind.blocks.get(self.name)
        return found

    def kinds(self, programme: "Programme") -> Iterator[tuple[str, B]]:
        """The kinds of a programme that have it, with their blocks."""
        for kind_id, kind in programme.kinds.items():
            if (block := self.of(kind)) is not None:
                yield kind_id, block


_ALL: dict[str, Facet[Any]] = {}


def register(facet: Facet[B]) -> Facet[B]:
    """Registers a facet, when its app is loaded. Raises ValueError on a key already taken."""
    if _ALL.setdefault(facet.name, facet) is not facet:
        msg = f"facet {facet.name} is registered twice"
        raise ValueError(msg)
    model.cache_clear()
    return facet


def registered() -> list[Facet[Any]]:
    """Every facet there is, by name."""
    return [_ALL[name] for name in sorted(_ALL)]


def blocks(programme: "Programme") -> Iterator[tuple[Facet[Any], str, Any]]:
    """Every block of a programme: its facet, the kind, what it says."""
    for facet in registered():
        for kind_id, block in facet.kinds(programme):
            yield facet, kind_id, block


@cache
def model() -> type[BaseModel]:
    """What all blocks of a kind together may be: each key optional, others refused."""
    fields: dict[str, Any] = {one.name: (one.block | None, None) for one in registered()}
    return create_model("Blocks", __config__=ConfigDict(extra="forbid", frozen=True), **fields)


def gathered(given: Any, known: Collection[str] | None = None) -> Any:
    """A kind as it stands in a file, with its blocks under one key. One that says nothing (false)
    is none. Of a stored release only `known` keys of the format are kept."""
    if not isinstance(given, Mapping):
        return given
    if BLOCKS in given:
        raise PydanticCustomError("extra_forbidden", "blocks stand beside the other keys of a kind")
    found = {
        name: one
        for name, one in given.items()
        if name not in _ALL and (known is None or name in known)
    }
    found[BLOCKS] = {name: given[name] for name in _ALL if given.get(name) not in (None, False)}
    return found


def read(given: Any) -> dict[str, Any]:
    """The blocks of a kind, checked. Raises pydantic's ValidationError."""
    checked = model().model_validate(given)
    return {name: getattr(checked, name) for name in given}


def spread(dumped: dict[str, Any]) -> dict[str, Any]:
    """A dumped kind as it stands in a file."""
    found = dumped.pop(BLOCKS)
    return {**dumped, **found}
