from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class GatheringConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.gathering"
    label = "gathering"

    @override
    def ready(self) -> None:
        from bihuan.facets.gathering import (
            attending,
            attested,
            closing,
            events,
            facts,
            guards,
            hours,
            joining,
            lacking,
            minutes,
            owing,
            own_rows,
            pages,
            paper,
            planning,
            profile,
            reminding,
            repeating,
            shown,
        )

        events.declare()
        planning.register()
        repeating.register()
        reminding.register()
        attending.register()
        attested.register()
        closing.register()
        minutes.register()
        guards.register()
        facts.declare()
        shown.register()
        joining.register()
        lacking.register()
        owing.register()
        hours.register()
        own_rows.register()
        profile.register()
        paper.register()
        pages.register()
