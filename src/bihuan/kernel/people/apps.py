from django.apps import AppConfig
from typing_extensions import override


class PeopleConfig(AppConfig):
    name = "bihuan.kernel.people"
    label = "people"

    @override
    def ready(self) -> None:
        from bihuan.kernel.people import declared, effects, told

        declared.register()
        effects.register()
        told.register()
