from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class QuizConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.quiz"
    label = "quiz"

    @override
    def ready(self) -> None:
        from bihuan.facets.quiz import (
            asking,
            entering,
            events,
            facts,
            guards,
            joining,
            paper,
            shown,
            sight,
            taking,
        )

        events.declare()
        asking.register()
        taking.register()
        guards.register()
        facts.declare()
        shown.register()
        sight.register()
        joining.register()
        entering.register()
        paper.register()
