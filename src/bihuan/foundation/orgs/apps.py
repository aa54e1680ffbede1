from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "bihuan.foundation.orgs"
    label = "orgs"

    def ready(self) -> None:
        from bihuan.foundation.orgs import events

        events.declare()
