from django.apps import AppConfig
from typing_extensions import override


class NotifyConfig(AppConfig):
    name = "bihuan.foundation.notify"
    label = "notify"

    @override
    def ready(self) -> None:
        from bihuan.foundation.access import factors, logins
        from bihuan.foundation.notify import channels, events, guessing, own_rows

        events.declare()
        channels.register()
        logins.tell_guessed(guessing.tell)
        logins.tell_strange(guessing.tell_strange)
        factors.tell_removed(guessing.tell_factor)
        own_rows.register()
