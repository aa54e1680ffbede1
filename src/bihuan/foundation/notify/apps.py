from django.apps import AppConfig
from typing_extensions import override


class NotifyConfig(AppConfig):
    name = "bihuan.foundation.notify"
    label = "notify"

    @override
    def ready(self) -> None:
        from bihuan.foundation.access import logins
        from bihuan.foundation.notify import channels, checkups, events, guessing, own_rows

        events.declare()
        channels.register()
        logins.tell_guessed(guessing.tell)
        own_rows.register()
        checkups.register()
