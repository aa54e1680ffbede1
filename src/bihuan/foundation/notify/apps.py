from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "bihuan.foundation.notify"
    label = "notify"

    def ready(self) -> None:
        from bihuan.foundation.notify import channels, events

        events.declare()
        channels.register()
