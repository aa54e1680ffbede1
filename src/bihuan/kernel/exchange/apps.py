from django.apps import AppConfig
from typing_extensions import override


class ExchangeConfig(AppConfig):
    name = "bihuan.kernel.exchange"
    label = "exchange"

    @override
    def ready(self) -> None:
        from bihuan.kernel.exchange import events

        events.declare()
