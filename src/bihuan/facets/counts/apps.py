from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class CountsConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.counts"
    label = "counts"

    @override
    def ready(self) -> None:
        from bihuan.facets.counts import events, facts, shown, verbs

        events.declare()
        verbs.register()
        shown.register()
        facts.declare()
