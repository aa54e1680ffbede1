from bihuan.kernel.programmes.facet_apps import FacetConfig


class PlantedConfig(FacetConfig):
    name = "planted"
    label = "planted"

    def ready(self) -> None:
        from planted import block, cockpit, facts, measure, pages, paper, parts, verbs

        block.register()
        verbs.register()
        facts.declare()
        measure.register()
        cockpit.register()
        paper.register()
        parts.attach()
        pages.place()
