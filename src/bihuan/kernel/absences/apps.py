from django.apps import AppConfig
from typing_extensions import override


class AbsencesConfig(AppConfig):
    name = "bihuan.kernel.absences"
    label = "absences"

    @override
    def ready(self) -> None:
        from bihuan.kernel.absences import events, own_rows

        events.declare()
        own_rows.register()
