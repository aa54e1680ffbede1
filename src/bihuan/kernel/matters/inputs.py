"""What people fill in, checked by the programme's own declaration of it."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from bihuan.foundation.orgs.api import Org, Person, standing_org, standing_person, successor
from bihuan.kernel.halls import api as halls
from bihuan.kernel.services.api import Service, standing_service
from bihuan.lib.problems import InputError
from bihuan.spec.schema import Input

MANY = 100
BLANK_PROBE = 1000
_KEEP = {"\n", "\t"}
# Direction overrides can make a text read as its opposite; joiners belong to emoji and stay.
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
# Copied from web pages, they hide a word from whoever searches for it, and look like nothing.
_UNSEEN = set("\u00ad\u180e\u200b\u2060\ufeff")
_GONE = _BIDI | _UNSEEN
_TRUE = {"1", "true", "on", "yes"}
_FALSE = {"", "0", "false", "off", "no"}


class BadValueError(Exception):
    """One value that cannot be taken."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(key)


@lru_cache(maxsize=20_000)
def _stays(char: str) -> bool:
    if char in _KEEP:
        return True
    kind = unicodedata.category(char)
    # Letters newer than this Python are "unassigned" to it, yet they stand in people's names;
    # noncharacters, which the same category holds, never mean anything.
    unassigned = kind == "Cn" and (ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF)
    return kind not in ("Cc", "Cs", "Co") and not unassigned and char not in _GONE


def clean(text: str) -> str:
    """Text as it will be kept: NFC, line ends unified, no control, direction or unseen characters."""
    kept = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if _stays(c))
    # Afterwards: what stood between a letter and its accent is gone now.
    return unicodedata.normalize("NFC", kept).strip()


def _text(one: Input, raw: Any) -> str:
    if not isinstance(raw, str):
        raise BadValueError("input.not_text")
    if len(raw) > one.max * 4 + 1000:
        raise BadValueError("input.too_long", limit=one.max, length=len(raw))
    text = clean(raw)
    if one.type == "text":
        text = " ".join(text.split())
    if len(text) > one.max:
        raise BadValueError("input.too_long", limit=one.max, length=len(text))
    return text


def _choice(one: Input, raw: Any) -> str:
    if raw not in one.choices:
        raise BadValueError("input.not_a_choice")
    return str(raw)


def _bool(one: Input, raw: Any) -> bool:
    del one
    text = str(raw).lower()
    if text not in _TRUE | _FALSE:
        raise BadValueError("input.not_yes_or_no")
    return text in _TRUE


def _int(one: Input, raw: Any) -> int:
    try:
        number = int(str(raw).strip())
    except ValueError:
        raise BadValueError("input.not_a_number") from None
    if not 0 <= number <= one.max:
        raise BadValueError("input.out_of_range", low=0, high=one.max)
    return number


def _date(one: Input, raw: Any) -> str:
    del one
    try:
        return date.fromisoformat(str(raw)).isoformat()
    except ValueError:
        raise BadValueError("input.not_a_date") from None


def _pk(raw: Any) -> int:
    try:
        number = int(str(raw))
    except ValueError:
        raise BadValueError("input.unknown") from None
    if not 0 < number < 2**63:
        raise BadValueError("input.unknown")
    return number


def _org(one: Input, raw: Any) -> int:
    del one
    pk = _pk(raw)
    try:
        found = standing_org(pk)
    except Org.DoesNotExist:
        raise BadValueError("input.unknown_org") from None
    if found.merged_into_id is not None:
        raise BadValueError("input.merged_org", name=found.name, now=successor(found).name)
    if not found.active:
        raise BadValueError("input.unknown_org")
    return pk


def _orgs(one: Input, raw: Any) -> list[int]:
    rows = raw if isinstance(raw, list) else [r for r in str(raw).split(",") if r.strip()]
    if len(rows) > MANY:
        raise BadValueError("input.too_many", limit=MANY)
    return sorted({_org(one, r) for r in rows})


def _person(one: Input, raw: Any) -> int:
    del one
    pk = _pk(raw)
    try:
        known = standing_person(pk).is_active
    except Person.DoesNotExist:
        known = False
    if not known:
        raise BadValueError("input.unknown_person")
    return pk


def _service(one: Input, raw: Any) -> int:
    del one
    pk = _pk(raw)
    try:
        return standing_service(pk).pk
    except Service.DoesNotExist:
        raise BadValueError("input.unknown_service") from None


def _slot(one: Input, raw: Any) -> str:
    del one
    try:
        day, start = halls.written(str(raw))
    except halls.HallError as error:
        raise BadValueError(error.key, **error.values) from None
    return f"{day.isoformat()} {start:%H:%M}"


def _matter(one: Input, raw: Any) -> int:
    del one
    # A number as people write it (MY2026-000017) or the bare id.
    text = str(raw).strip()
    return _pk(text.rsplit("-", 1)[-1].lstrip("0") or "0")


_READERS: dict[str, Callable[[Input, Any], Any]] = {
    "text": _text,
    "longtext": _text,
    "choice": _choice,
    "bool": _bool,
    "int": _int,
    "date": _date,
    "org": _org,
    "orgs": _orgs,
    "person": _person,
    "matter": _matter,
    "service": _service,
    "slot": _slot,
}


def _is_blank(raw: Any) -> bool:
    # Long texts are not cleaned here: their length is looked at first.
    if isinstance(raw, str):
        return len(raw) <= BLANK_PROBE and not clean(raw)
    return raw is None or raw == []


def take(declared: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """The declared inputs of `given`, checked and cleaned; empty optional ones left out.

    Raises InputError naming every field that is missing, malformed or not declared.
    """
    taken: dict[str, Any] = {}
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in given.keys() - declared.keys():
        bad[name] = ("input.undeclared", {})
    for name, one in declared.items():
        try:
            value = None if _is_blank(given.get(name)) else _READERS[one.type](one, given[name])
        except BadValueError as error:
            bad[name] = (error.key, error.values)
            continue
        if value not in (None, "", []):
            taken[name] = value
        elif one.required:
            bad[name] = ("input.required", {})
    if bad:
        raise InputError(bad)
    return taken
