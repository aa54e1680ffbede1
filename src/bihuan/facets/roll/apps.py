from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class RollConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.roll"
    label = "roll"

    @override
    def ready(self) -> None:
        from bihuan.facets.roll import (
            entering,
            events,
            facts,
            guards,
            lacking,
            shown,
            signing_up,
            verbs,
        )

        events.declare()
        verbs.register()
        signing_up.register()
        guards.register()
        facts.declare()
        shown.register()
        entering.register()
        lacking.register()
