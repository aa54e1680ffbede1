from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "bihuan.foundation.files"
    label = "files"
