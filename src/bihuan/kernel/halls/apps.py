from django.apps import AppConfig
from typing_extensions import override


class HallsConfig(AppConfig):
    name = "bihuan.kernel.halls"
    label = "halls"

    @override
    def ready(self) -> None:
        from bihuan.kernel.halls import appointments, events

        events.declare()
        appointments.register()
