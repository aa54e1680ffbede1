from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class StancesConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.stances"
    label = "stances"

    @override
    def ready(self) -> None:
        from bihuan.facets.stances import attaching, events, facts, joining, own_rows, verbs

        events.declare()
        verbs.register()
        attaching.register()
        facts.declare()
        own_rows.register()
        joining.register()
