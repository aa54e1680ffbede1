from django.apps import AppConfig
from typing_extensions import override


class WebConfig(AppConfig):
    name = "bihuan.web"
    label = "web"

    @override
    def ready(self) -> None:
        from bihuan.foundation.notify import said
        from bihuan.kernel.senders.api import use_words
        from bihuan.web import words
        from bihuan.web.desk import notices, window

        use_words(words.default_text)
        said.use_words(words.text)
        notices.opens()
        window.opens()
