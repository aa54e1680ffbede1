"""The facet `attachable`: kinds that may hang under any matter, of whatever programme."""

from bihuan.spec import facets
from bihuan.spec.facets import Facet
from bihuan.spec.schema import Kind

ATTACHABLE: Facet[bool] = facets.register(
    Facet("attachable", bool, apart=lambda kind_id, block: (kind_id,))
)


def hangs(kind: Kind) -> bool:
    """Whether it may be opened under any matter."""
    return bool(ATTACHABLE.of(kind))


def orders(kind: Kind) -> bool:
    """Whether it hangs under others to order something, rather than only to show them."""
    return hangs(kind) and all(
        facet.orders for facet in facets.registered() if facet.of(kind) is not None
    )
