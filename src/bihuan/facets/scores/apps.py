from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class ScoresConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.scores"
    label = "scores"

    @override
    def ready(self) -> None:
        from bihuan.facets.scores import events, facts, own_rows, profile, shown, verbs

        events.declare()
        verbs.register()
        shown.register()
        facts.declare()
        own_rows.register()
        profile.register()
