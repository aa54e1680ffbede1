from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "bihuan.kernel.programmes"
    label = "programmes"

    def ready(self) -> None:
        from bihuan.kernel.programmes import events

        events.declare()
