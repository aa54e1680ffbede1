from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "bihuan.kernel.clocks"
    label = "clocks"
