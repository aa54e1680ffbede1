from django.apps import AppConfig
from typing_extensions import override


class PapersConfig(AppConfig):
    name = "bihuan.outcomes.papers"
    label = "papers"

    @override
    def ready(self) -> None:
        from bihuan.outcomes.papers import api, attaching, events, own_rows, verbs
        from bihuan.outcomes.press import checkups

        assert api.__all__
        events.declare()
        own_rows.register()
        attaching.register()
        verbs.register()
        checkups.register()
