from django.apps import AppConfig
from typing_extensions import override


class AfieldConfig(AppConfig):
    name = "bihuan.kernel.afield"
    label = "afield"

    @override
    def ready(self) -> None:
        from bihuan.kernel.afield import events, own_rows

        events.declare()
        own_rows.register()
