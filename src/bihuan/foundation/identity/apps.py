from django.apps import AppConfig
from typing_extensions import override


class IdentityConfig(AppConfig):
    name = "bihuan.foundation.identity"
    label = "identity"

    @override
    def ready(self) -> None:
        from bihuan.foundation.identity import events

        events.declare()
