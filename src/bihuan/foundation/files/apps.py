from django.apps import AppConfig
from typing_extensions import override


class FilesConfig(AppConfig):
    name = "bihuan.foundation.files"
    label = "files"

    @override
    def ready(self) -> None:
        from bihuan.foundation.files import checkups

        checkups.register()
