from django.apps import AppConfig
from typing_extensions import override


class WebConfig(AppConfig):
    name = "bihuan.web"
    label = "web"

    @override
    def ready(self) -> None:
        from bihuan.foundation.notify import said
        from bihuan.kernel.senders.api import use_words
        from bihuan.kernel.values.api import Tongue
        from bihuan.outcomes.papers import api as papers
        from bihuan.web import checkups, obligations_printed, words
        from bihuan.web.desk import notices, window
        from bihuan.web.member import obligations

        use_words(words.default_text)
        said.use_words(words.text)
        papers.use_words(Tongue(words.text, words.of))
        notices.opens()
        window.opens()
        obligations.register()
        obligations_printed.register()
        checkups.register()
