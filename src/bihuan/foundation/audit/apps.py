from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "bihuan.foundation.audit"
    label = "audit"
