from django.apps import AppConfig
from typing_extensions import override


class MergingConfig(AppConfig):
    name = "bihuan.kernel.merging"
    label = "merging"

    @override
    def ready(self) -> None:
        from bihuan.kernel.merging import answering, events

        events.declare()
        answering.register()
