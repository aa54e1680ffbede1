from django.apps import AppConfig
from typing_extensions import override


class AccessConfig(AppConfig):
    name = "bihuan.foundation.access"
    label = "access"

    @override
    def ready(self) -> None:
        from bihuan.foundation.access import events, own_rows

        events.declare()
        own_rows.register()
