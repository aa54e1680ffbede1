"""Catalogues of words: TOML files of nested keys, looked up by dotted path and locale."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli
from typing_extensions import override

DEFAULT = "zh-Hans"


# Names only: str.format would let a text reach into attributes, and fail on a lone brace.
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of a nested table as (dotted key, text)."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


@dataclass(frozen=True)
class Worded:
    """What a text is filled with, where that is a word itself: by locale. Alone, in the default one."""

    words: Mapping[str, str]

    @override
    def __str__(self) -> str:
        return self.words[DEFAULT]

    def within(self, locale: str) -> str:
        """The word for a reader."""
        return self.words.get(locale) or self.words[DEFAULT]


def row(some: Iterable[Worded]) -> Worded:
    """Several in a row, what is called alike once."""
    told = [*some]
    return Worded(
        {
            locale: between.join(dict.fromkeys(one.within(locale) for one in told))
            for locale, between in ((DEFAULT, "、"), ("en", ", "))
        }
    )


def filled(text: str, values: Mapping[str, Any], locale: str = DEFAULT) -> str:
    """A text with its {placeholders} filled; one without a value stays visible."""

    def one(found: re.Match[str]) -> str:
        value = values.get(found[1], found[0])
        return value.within(locale) if isinstance(value, Worded) else str(value)

    return _PLACEHOLDER.sub(one, text)


class Catalogue:
    """Words of one package in several locales.

    `text` falls back to the default locale and then to the key itself, so a page never fails
    for want of a word; the completeness test is what keeps keys from showing.
    """

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self.words = {locale: dict(entries) for locale, entries in words.items()}

    @classmethod
    def from_folder(cls, *folders: Path) -> "Catalogue":
        """Reads `<locale>.toml` and `<room>.<locale>.toml` files of the folders.

        Raises tomli.TOMLDecodeError on a broken file, ValueError on a key given twice.
        """
        words: dict[str, dict[str, str]] = {}
        for path in sorted(p for folder in folders for p in folder.glob("*.toml")):
            locale = words.setdefault(path.stem.rpartition(".")[2], {})
            for key, text in flatten(tomli.loads(path.read_text(encoding="utf-8"))):
                if key in locale:
                    msg = f"{path.name}: {key} is given twice"
                    raise ValueError(msg)
                locale[key] = text
        return cls(words)

    def find(self, key: str, locale: str) -> str | None:
        """The raw text, or None when no locale has the key."""
        for candidate in (locale, DEFAULT):
            found = self.words.get(candidate, {}).get(key)
            if found is not None:
                return found
        return None

    def text(self, key: str, locale: str = DEFAULT, **values: Any) -> str:
        """The text with its {placeholders} filled; one without a value stays visible."""
        found = self.find(key, locale)
        if found is None:
            return key
        return filled(found, values, locale)
