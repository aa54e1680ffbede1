from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class RoundConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.round"
    label = "round"

    @override
    def ready(self) -> None:
        from bihuan.facets.round import (
            awarding,
            events,
            guards,
            keeping,
            own_rows,
            pages,
            paper,
            profile,
            shown,
            verbs,
        )

        events.declare()
        keeping.register()
        verbs.register()
        awarding.register()
        guards.register()
        shown.register()
        profile.register()
        own_rows.register()
        paper.register()
        pages.register()
