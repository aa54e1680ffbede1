from django.apps import AppConfig
from typing_extensions import override


class ImpartialityConfig(AppConfig):
    name = "bihuan.kernel.impartiality"
    label = "impartiality"

    @override
    def ready(self) -> None:
        from bihuan.kernel.impartiality import events

        events.declare()
