from django.apps import AppConfig
from typing_extensions import override


class WebConfig(AppConfig):
    name = "bihuan.web"
    label = "web"

    @override
    def ready(self) -> None:
        from bihuan.kernel.programmes.api import registry
        from bihuan.kernel.senders.api import use_words
        from bihuan.web import words

        use_words(words.default_text)
        registry.texts(lambda key: key in words.to_tell())
