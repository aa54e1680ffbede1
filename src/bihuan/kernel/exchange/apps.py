from django.apps import AppConfig
from typing_extensions import override


class ExchangeConfig(AppConfig):
    name = "bihuan.kernel.exchange"
    label = "exchange"

    @override
    def ready(self) -> None:
        from bihuan.kernel.exchange import declared, events
        from bihuan.spec import files

        files.register(declared.IMPORTS)
        events.declare()
