from django.apps import AppConfig
from typing_extensions import override


class OrgsConfig(AppConfig):
    name = "bihuan.foundation.orgs"
    label = "orgs"

    @override
    def ready(self) -> None:
        from bihuan.foundation.orgs import checkups, events

        events.declare()
        checkups.register()
