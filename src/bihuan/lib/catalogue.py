"""Catalogues of words: TOML files of nested keys, looked up by dotted path and locale."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

DEFAULT = "zh-Hans"


class _Gentle(Formatter):
    """Leaves an unknown placeholder visible instead of failing a whole page."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        if isinstance(key, str):
            return kwargs.get(key, "{" + key + "}")
        return super().get_value(key, args, kwargs)


_FORMAT = _Gentle()


def flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of a nested table as (dotted key, text)."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


class Catalogue:
    """Words of one package in several locales.

    `text` falls back to the default locale and then to the key itself, so a page never fails
    for want of a word; the completeness test is what keeps keys from showing.
    """

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self.words = {locale: dict(entries) for locale, entries in words.items()}

    @classmethod
    def from_folder(cls, folder: Path) -> "Catalogue":
        """Reads `<locale>.toml` files. Raises tomllib.TOMLDecodeError on a broken one."""
        return cls(
            {
                path.stem: dict(flatten(tomllib.loads(path.read_text(encoding="utf-8"))))
                for path in sorted(folder.glob("*.toml"))
            }
        )

    def find(self, key: str, locale: str) -> str | None:
        """The raw text, or None when no locale has the key."""
        for candidate in (locale, DEFAULT):
            found = self.words.get(candidate, {}).get(key)
            if found is not None:
                return found
        return None

    def text(self, key: str, locale: str = DEFAULT, **values: Any) -> str:
        """The text with its {placeholders} filled."""
        found = self.find(key, locale)
        if found is None:
            return key
        return _FORMAT.vformat(found, (), values) if values else found
