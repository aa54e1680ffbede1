"""The interface's words, in the language the request asks for."""

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header
from opencc import OpenCC

from bihuan.kernel.programmes import facet_apps
from bihuan.kernel.values.api import Tongue
from bihuan.lib.catalogue import DEFAULT, Catalogue, filled
from bihuan.spec.schema import Programme

HERE = Path(__file__).parent / "strings"
ERRORS = Path(__file__).parents[1] / "kernel" / "strings"
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Our own words and those of what the doors refuse."""
    return Catalogue.from_folder(HERE, ERRORS, *facet_apps.folders("words"))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2twp")


@lru_cache(maxsize=4096)
def _traditional(text: str) -> str:
    return str(_converter().convert(text))


def locale(request: HttpRequest) -> str:
    """The first of our languages that Accept-Language names, else Simplified Chinese."""
    for asked, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if asked.startswith(_TRADITIONAL):
            return "zh-Hant"
        if asked.startswith("zh"):
            return DEFAULT
        if asked.startswith("en"):
            return "en"
    return DEFAULT


def text(key: str, wanted: str, *, own: Mapping[str, str] | None = None, **values: Any) -> str:
    """Words for a key, or the programme's `own` that came along with a refusal; Traditional
    Chinese is derived from Simplified."""
    if wanted == "zh-Hant":
        return _traditional(text(key, DEFAULT, own=own, **values))
    if own:
        return filled(own.get(wanted) or own[DEFAULT], values, wanted)
    return catalogue().text(key, wanted, **values)


def of(programme: Programme, key: str, wanted: str) -> str:
    """Words of a programme."""
    plain = programme.strings[DEFAULT].get(key, key)
    if wanted == "zh-Hant":
        return _traditional(plain)
    return programme.strings.get(wanted, {}).get(key) or plain


def help_of(programme: Programme, name: str, wanted: str) -> str:
    """The text that stands beside a field, or ''."""
    found = of(programme, f"help.{name}", wanted)
    return "" if found == f"help.{name}" else found


def tongue(wanted: str) -> Tongue:
    """The reader's language, as values are told in it."""
    return Tongue(partial(text, wanted=wanted), partial(of, wanted=wanted))
