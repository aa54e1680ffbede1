from django.apps import AppConfig
from typing_extensions import override


class PublicityConfig(AppConfig):
    name = "bihuan.outcomes.publicity"
    label = "publicity"

    @override
    def ready(self) -> None:
        from bihuan.foundation.notify.announced import announces
        from bihuan.outcomes.publicity import effects, events, facts, roundups

        announces(lambda: (roundups.MADE,))
        events.declare()
        effects.register()
        facts.declare()
