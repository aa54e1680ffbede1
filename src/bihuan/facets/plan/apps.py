from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class PlanConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.plan"
    label = "plan"

    @override
    def ready(self) -> None:
        from bihuan.facets.plan import (
            book,
            events,
            facts,
            guards,
            journal,
            pages,
            shown,
            team,
            verbs,
        )

        events.declare()
        verbs.register()
        team.register()
        journal.register()
        guards.register()
        facts.declare()
        shown.register()
        book.register()
        pages.register()
