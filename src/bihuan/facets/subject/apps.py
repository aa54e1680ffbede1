from typing_extensions import override

from bihuan.kernel.programmes.facet_apps import FacetConfig


class SubjectConfig(FacetConfig):
    # FacetConfig stands in this module too, and Django would not choose.
    default = True
    name = "bihuan.facets.subject"
    label = "subject"

    @override
    def ready(self) -> None:
        from bihuan.facets.subject import keeping, shown, verbs

        verbs.register()
        keeping.register()
        shown.register()
