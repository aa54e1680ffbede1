from django.apps import AppConfig
from typing_extensions import override


class UpkeepConfig(AppConfig):
    name = "bihuan.kernel.upkeep"
    label = "upkeep"

    @override
    def ready(self) -> None:
        from bihuan.kernel.upkeep import events

        events.declare()
