from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "bihuan.outcomes.publicity"
    label = "publicity"

    def ready(self) -> None:
        from bihuan.outcomes.publicity import effects, events

        events.declare()
        effects.register()
