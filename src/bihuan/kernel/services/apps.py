from django.apps import AppConfig
from typing_extensions import override


class ServicesConfig(AppConfig):
    name = "bihuan.kernel.services"
    label = "services"

    @override
    def ready(self) -> None:
        from bihuan.kernel.services import events, offering

        events.declare()
        offering.register()
