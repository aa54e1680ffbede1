"""Words of the house and of programmes, in the reader's language."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from opencc import OpenCC

from bihuan.lib.catalogue import DEFAULT, Catalogue
from bihuan.spec.schema import Programme

HERE = Path(__file__).parent / "strings"
# What the doors refuse is said in the same words on every face.
ERRORS = Path(__file__).parents[1] / "kernel" / "strings"
_BLANK = re.compile(r"\{(\w+)\}")
_LOCALES = {"zh-hans": "zh-Hans", "en": "en", "zh-hant": "zh-Hant"}


@lru_cache(maxsize=1)
def house() -> Catalogue:
    """The house's own catalogue: one file a locale, and one a room and locale in `parts`."""
    return Catalogue.from_folder(HERE, HERE / "parts", ERRORS)


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2twp")


@lru_cache(maxsize=8192)
def _traditional(text: str) -> str:
    return str(_converter().convert(text))


def locale() -> str:
    """The reader's locale as catalogues name it."""
    return _LOCALES.get((get_language() or "").lower(), DEFAULT)


def text(key: str, **values: Any) -> str:
    """Words of the house; Traditional Chinese is derived from Simplified."""
    wanted = locale()
    if wanted == "zh-Hant":
        return _traditional(house().text(key, DEFAULT, **values))
    return house().text(key, wanted, **values)


def default_text(key: str, **values: Any) -> str:
    """Words in the default language, for what is written without a reader present."""
    return house().text(key, DEFAULT, **values)


def has(key: str) -> bool:
    return house().find(key, DEFAULT) is not None


@lru_cache(maxsize=1)
def to_tell() -> dict[str, tuple[str, str]]:
    """The texts of notices and mails that programmes may name, in both languages: those without
    blanks that verbs do not fill."""
    known = house().words
    filled = {"notice": {"number"}, "mail": {"number", "url"}}
    found = {}
    for key, text in sorted(known[DEFAULT].items()):
        room = key.partition(".")[0]
        if room in filled and key != "mail.subject" and set(_BLANK.findall(text)) <= filled[room]:
            found[key] = (text, known["en"].get(key, ""))
    return found


def choose(by_locale: Mapping[str, str]) -> str:
    """The reader's one of several texts, or the default's, or ''."""
    wanted = locale()
    if wanted == "zh-Hant":
        return _traditional(by_locale.get(DEFAULT, ""))
    return by_locale.get(wanted) or by_locale.get(DEFAULT, "")


def of(programme: Programme, key: str) -> str:
    """Words of a programme."""
    return choose({one: words.get(key, "") for one, words in programme.strings.items()}) or key


def choice_of(programme: Programme, field: str, choice: str) -> str:
    """The word of a choice; of what is none (mistyped in a table, retired long ago) itself."""
    key = f"choices.{field}.{choice}"
    found = of(programme, key)
    return choice if found == key else found


def help_of(programme: Programme, name: str) -> str:
    """The text that stands beside a field (`<kind>.<field>`, `<kind>.<action>.<input>`), or ''."""
    found = of(programme, f"help.{name}")
    return "" if found == f"help.{name}" else found
