"""Pages of their own that open a kind of some facet, registered by whoever has the page."""

from collections.abc import Callable
from typing import Any

from bihuan.kernel.receivers.api import Receiver
from bihuan.spec.facets import Facet
from bihuan.spec.schema import Kind

_PAGES: dict[str, Callable[[Receiver], str]] = {}


def opened_at(facet: Facet[Any], address: Callable[[Receiver], str]) -> None:
    """Registers the page at which kinds of a facet are opened."""
    _PAGES[facet.name] = address


def page_of(kind: Kind, one: Receiver) -> str | None:
    """The page that opens a kind because of a facet it has, or None."""
    return next((address(one) for name, address in _PAGES.items() if name in kind.blocks), None)
