from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class LinksConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.links"
    label = "links"

    @override
    def ready(self) -> None:
        from bihuan.facets.links import acting, events, guards, shown, verbs

        events.declare()
        verbs.register()
        guards.register()
        acting.register()
        shown.register()
