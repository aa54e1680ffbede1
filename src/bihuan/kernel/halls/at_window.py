"""The facet `at_window`: which part of a clerk's page at a hall opens a kind."""

from typing import Literal

from bihuan.spec import facets
from bihuan.spec.facets import Facet
from bihuan.spec.schema import Programme

Part = Literal["apply", "consult", "ticket", "appointment"]

AT_WINDOW: Facet[Part] = facets.register(
    Facet("at_window", Part, apart=lambda kind_id, part: (kind_id,), received=True)
)


def parts(programme: Programme) -> dict[str, str]:
    """What a programme opens at its windows: part → kind; empty where it has none."""
    return {part: kind_id for kind_id, part in AT_WINDOW.kinds(programme)}
