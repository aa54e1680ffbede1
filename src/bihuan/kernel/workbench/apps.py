from django.apps import AppConfig
from typing_extensions import override


class WorkbenchConfig(AppConfig):
    name = "bihuan.kernel.workbench"
    label = "workbench"

    @override
    def ready(self) -> None:
        from bihuan.kernel.matters.attached import Attached, attach
        from bihuan.kernel.workbench import drafts, events, own_rows

        events.declare()
        own_rows.register()
        attach(Attached(forgotten=drafts.forget_with))
