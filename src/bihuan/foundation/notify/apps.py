from django.apps import AppConfig
from typing_extensions import override


class NotifyConfig(AppConfig):
    name = "bihuan.foundation.notify"
    label = "notify"

    @override
    def ready(self) -> None:
        from bihuan.foundation.access import connecting, factors, governing, inviting, logins
        from bihuan.foundation.notify import (
            changed,
            channels,
            checkups,
            events,
            guessing,
            own_rows,
        )

        events.declare()
        channels.register()
        logins.tell_guessed(guessing.tell)
        logins.tell_strange(guessing.tell_strange)
        factors.tell_removed(guessing.tell_factor)
        inviting.tell_changed(changed.tell)
        connecting.tell_connected(guessing.tell_connected)
        governing.tell_moved(guessing.tell_moved)
        own_rows.register()
        checkups.register()
