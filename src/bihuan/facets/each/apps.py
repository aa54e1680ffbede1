from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class EachConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.each"
    label = "each"

    @override
    def ready(self) -> None:
        from bihuan.facets.each import events, growing, guards, lacking, shown, verbs

        events.declare()
        verbs.register()
        guards.register()
        growing.register()
        shown.register()
        lacking.register()
