"""Words of the house and of programmes, in the reader's language."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import get_language
from opencc import OpenCC

from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import facet_apps
from bihuan.lib.catalogue import DEFAULT, Catalogue, filled
from bihuan.spec import load
from bihuan.spec.checks.told import HOUSE as HOUSE_TELLS
from bihuan.spec.load import BrokenProgrammeError
from bihuan.spec.schema import Programme

HERE = Path(__file__).parent / "strings"
# What the doors refuse is said in the same words on every face.
ERRORS = Path(__file__).parents[1] / "kernel" / "strings"
# What people are told: programmes have words of their own for it.
TOLD = ("notice.", "mail.")
_LOCALES = {"zh-hans": "zh-Hans", "en": "en", "zh-hant": "zh-Hant"}


@lru_cache(maxsize=1)
def house() -> Catalogue:
    """The house's own catalogue: one file a locale, and one a room and locale in `parts`."""
    return Catalogue.from_folder(HERE, HERE / "parts", ERRORS, *facet_apps.folders("words"))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2twp")


@lru_cache(maxsize=8192)
def _traditional(text: str) -> str:
    return str(_converter().convert(text))


def locale() -> str:
    """The reader's locale as catalogues name it."""
    return _LOCALES.get((get_language() or "").lower(), DEFAULT)


def text(
    key: str, *, told_by: str = "", own: Mapping[str, str] | None = None, **values: Any
) -> str:
    """Words of the house; Traditional Chinese is derived from Simplified.

    What a programme tells people (`told_by`) is said in its own words, where it has any; `own` are
    those that came along with a refusal.
    """
    own = own or _told(key, told_by)
    if own is not None:
        return filled(choose(own), values, locale())
    wanted = locale()
    if not values:
        return _plain(key, wanted)
    if wanted == "zh-Hant":
        return _traditional(house().text(key, DEFAULT, **values))
    return house().text(key, wanted, **values)


@lru_cache(maxsize=8192)
def _plain(key: str, wanted: str) -> str:
    """Kept: a page says some fifty of them, which cost a twentieth of it."""
    if wanted == "zh-Hant":
        return _traditional(house().text(key, DEFAULT))
    return house().text(key, wanted)


def listed(parts: Iterable[str], *, by: Literal["between", "semicolon"] = "between") -> str:
    """Several in a row, parted as the reader's language does."""
    return text(f"site.{by}").join(parts)


def default_text(key: str, *, told_by: str = "", **values: Any) -> str:
    """The same in the default language, for what is written without a reader present."""
    own = _told(key, told_by)
    if own is not None:
        return filled(own.get(DEFAULT, ""), values)
    return house().text(key, DEFAULT, **values)


def _told(key: str, told_by: str) -> dict[str, str] | None:
    """A programme's own words for a notice or mail, by locale; None where the house's are said."""
    if not key.startswith(TOLD):
        return None
    own = _own(key, told_by, programmes.known()) if told_by else None
    if own is not None or has(key):
        return own
    # Notices of before do not say which programme told them, its release may have had no words yet.
    return _own(key, told_by, [*programmes.known(), *_shipped()])


def _own(key: str, told_by: str, among: Iterable[Programme]) -> dict[str, str] | None:
    some = (one.strings for one in among if told_by in ("", one.id))
    found = ({one: words[key] for one, words in each.items() if key in words} for each in some)
    return next((one for one in found if one), None)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Programme, ...]:
    return tuple(one for folder in programmes.folders() for one in _read(folder))


def _read(folder: Path) -> Iterator[Programme]:
    """None where the folder is broken, half taken away say: a page goes on without its words."""
    with suppress(BrokenProgrammeError):
        yield load.read(folder)


def has(key: str) -> bool:
    return house().find(key, DEFAULT) is not None


def to_tell() -> dict[str, tuple[str, str]]:
    """The house's texts of notices and mails that programmes may name without words of their own,
    in both languages."""
    known = house().words
    return {key: (known[DEFAULT].get(key, ""), known["en"].get(key, "")) for key in HOUSE_TELLS}


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
