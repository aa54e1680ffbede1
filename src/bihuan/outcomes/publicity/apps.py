from django.apps import AppConfig
from typing_extensions import override


class PublicityConfig(AppConfig):
    name = "bihuan.outcomes.publicity"
    label = "publicity"

    @override
    def ready(self) -> None:
        from bihuan.kernel.programmes.api import registry
        from bihuan.outcomes.publicity import api, effects, events, facts

        events.declare()
        effects.register()
        facts.declare()
        registry.roles(*api.ROLES)
