from django.apps import AppConfig
from typing_extensions import override


class MattersConfig(AppConfig):
    name = "bihuan.kernel.matters"
    label = "matters"

    @override
    def ready(self) -> None:
        from bihuan.kernel.matters import (
            amounts,
            children,
            effects,
            events,
            guards,
            handing_over,
            named_files,
            opened_by,
            own_rows,
            rows,
            several,
            spans_of_time,
            working_along,
        )

        for types in (amounts, spans_of_time, named_files, rows):
            types.register_all()
        several.register()
        events.declare()
        guards.register()
        effects.register()
        working_along.register()
        children.register()
        handing_over.register()
        opened_by.register()
        own_rows.register()
