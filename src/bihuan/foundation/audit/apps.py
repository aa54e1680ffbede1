from django.apps import AppConfig
from typing_extensions import override


class AuditConfig(AppConfig):
    name = "bihuan.foundation.audit"
    label = "audit"

    @override
    def ready(self) -> None:
        from bihuan.foundation.audit import checkups

        checkups.register()
