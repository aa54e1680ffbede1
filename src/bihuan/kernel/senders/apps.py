from django.apps import AppConfig
from typing_extensions import override


class SendersConfig(AppConfig):
    name = "bihuan.kernel.senders"
    label = "senders"

    @override
    def ready(self) -> None:
        from bihuan.kernel.senders import events, mailing

        events.declare()
        mailing.register()
