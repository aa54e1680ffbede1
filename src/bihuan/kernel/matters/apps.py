from django.apps import AppConfig
from typing_extensions import override


class MattersConfig(AppConfig):
    name = "bihuan.kernel.matters"
    label = "matters"

    @override
    def ready(self) -> None:
        from bihuan.kernel.matters import effects, events, guards, handing_over, several

        several.register()
        events.declare()
        guards.register()
        effects.register()
        handing_over.register()
