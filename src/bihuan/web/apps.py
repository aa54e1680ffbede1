from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "bihuan.web"
    label = "web"

    def ready(self) -> None:
        from bihuan.kernel.matters.api import use_words
        from bihuan.web import words

        use_words(words.default_text)
