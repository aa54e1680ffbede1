from django.apps import AppConfig
from typing_extensions import override


class ObligationsConfig(AppConfig):
    name = "bihuan.kernel.obligations"
    label = "obligations"

    @override
    def ready(self) -> None:
        from bihuan.kernel.obligations import declared, deeds, events, own_rows, pressing

        declared.register()
        deeds.register()
        events.declare()
        own_rows.register()
        pressing.register()
