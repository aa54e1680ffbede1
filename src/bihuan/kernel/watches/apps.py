from django.apps import AppConfig
from typing_extensions import override


class WatchesConfig(AppConfig):
    name = "bihuan.kernel.watches"
    label = "watches"

    @override
    def ready(self) -> None:
        from bihuan.kernel.matters.attached import Attached, attach
        from bihuan.kernel.watches import events, own_rows, watch_texts, watching

        events.declare()
        own_rows.register()
        attach(
            Attached(
                acted=watch_texts.acted, retitled=watch_texts.retitled, forgotten=watching.forget
            )
        )
