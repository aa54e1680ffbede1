from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "bihuan.kernel.matters"
    label = "matters"

    def ready(self) -> None:
        from bihuan.kernel.matters import effects, events, guards, jobs

        events.declare()
        guards.register()
        effects.register()
        jobs.register()
