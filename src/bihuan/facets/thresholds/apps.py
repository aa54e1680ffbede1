from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class ThresholdsConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.thresholds"
    label = "thresholds"

    @override
    def ready(self) -> None:
        from bihuan.facets.thresholds import crossing, events, shown, verbs

        events.declare()
        verbs.register()
        crossing.register()
        shown.register()
