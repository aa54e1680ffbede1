from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class DrawConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.draw"
    label = "draw"

    @override
    def ready(self) -> None:
        from bihuan.facets.draw import events, shown, verbs

        events.declare()
        verbs.register()
        shown.register()
