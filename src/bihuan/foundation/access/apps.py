from django.apps import AppConfig
from typing_extensions import override


class AccessConfig(AppConfig):
    name = "bihuan.foundation.access"
    label = "access"

    @override
    def ready(self) -> None:
        from bihuan.foundation.access import api, events, factors, own_rows

        events.declare()
        own_rows.register()
        if factors.within not in api.NARROWED:
            api.NARROWED.append(factors.within)
