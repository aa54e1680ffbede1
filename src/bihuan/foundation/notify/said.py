"""A notice as a sentence, in the words of the faces, which hand them in."""

from collections.abc import Callable

from django.utils import translation

from bihuan.foundation.notify.models import Notice

Words = Callable[..., str]
_WORDS: dict[str, Words] = {}


def use_words(words: Words) -> None:
    """Injects the catalogue, called as words(key, **values) in the reader's language."""
    _WORDS["text"] = words


def said(notice: Notice, locale: str) -> str:
    """What a notice says to a reader of that language."""
    with translation.override(locale.lower()):
        return _WORDS["text"](notice.text, **notice.values)
