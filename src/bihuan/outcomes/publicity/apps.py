from django.apps import AppConfig
from typing_extensions import override


class PublicityConfig(AppConfig):
    name = "bihuan.outcomes.publicity"
    label = "publicity"

    @override
    def ready(self) -> None:
        from bihuan.outcomes.publicity import effects, events, facts

        events.declare()
        effects.register()
        facts.declare()
