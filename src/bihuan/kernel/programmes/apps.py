from django.apps import AppConfig
from typing_extensions import override


class ProgrammesConfig(AppConfig):
    name = "bihuan.kernel.programmes"
    label = "programmes"

    @override
    def ready(self) -> None:
        from bihuan.foundation.access import officers
        from bihuan.kernel.programmes import api, events

        events.declare()
        officers.offer_roles(api.roles)
