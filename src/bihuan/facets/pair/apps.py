from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class PairConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.pair"
    label = "pair"

    @override
    def ready(self) -> None:
        from bihuan.facets.pair import (
            editing,
            events,
            facts,
            guards,
            opening,
            own_rows,
            pages,
            partners,
            profiles,
            shown,
            verbs,
        )

        events.declare()
        verbs.register()
        editing.register()
        partners.register()
        guards.register()
        opening.register()
        facts.declare()
        shown.register()
        profiles.register()
        own_rows.register()
        pages.register()
