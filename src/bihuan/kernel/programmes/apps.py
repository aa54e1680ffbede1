from django.apps import AppConfig
from typing_extensions import override


class ProgrammesConfig(AppConfig):
    name = "bihuan.kernel.programmes"
    label = "programmes"

    @override
    def ready(self) -> None:
        from bihuan.kernel.programmes import events

        events.declare()
