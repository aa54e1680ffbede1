from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "bihuan.foundation.access"
    label = "access"

    def ready(self) -> None:
        from bihuan.foundation.access import events

        events.declare()
