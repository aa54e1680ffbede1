from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "bihuan.foundation.search"
    label = "search"
