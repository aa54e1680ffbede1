"""Numbers and amounts of money, exact: a number is kept as a text, money in fen. Nothing is rounded."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from bihuan.kernel.matters.fieldtypes import BadValueError, FieldType, Words, register
from bihuan.spec.schema import MOST_AMOUNT, MOST_PLACES, Input

LONGEST = 60
FEN = 100
MONEY_PLACES = 2
# Comma and ，between thousands only: 1,20 may be meant for 1.20, and is not guessed at.
_NUMBER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.([0-9]*))?")
_MONEY = re.compile(
    r"(-?)(?:¥|rmb|cny|人民币)?(-?[^万亿元圆块整a-z]*)([万亿]?)(?:元|圆|块|yuan|rmb|cny)?整?"
)
_TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}


def folded(raw: Any) -> str:
    """What was typed, with full-width characters as plain ones, small letters, no blanks.

    Raises BadValueError for what is no text and no number.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise BadValueError("input.not_decimal")
    text = str(raw)[: LONGEST + 1]
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").lower()
    return "".join(plain.split())


def _decimal(text: str, key: str) -> Decimal:
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > LONGEST or not (found[2] or found[3]):
        raise BadValueError(key)
    whole = (found[2] or "0").replace(",", "")
    return Decimal(f"{found[1]}{whole}.{found[3] or '0'}")


def _places(value: Decimal) -> int:
    """How many places after the point say something."""
    _, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits))
    after = max(0, -int(exponent))
    return max(0, after - (len(text) - len(text.rstrip("0")))) if any(digits) else 0


def _within(one: Input, value: Decimal) -> None:
    low = 0 if one.at_least is None else one.at_least
    high = MOST_AMOUNT if one.at_most is None else one.at_most
    if not low <= value <= high:
        raise BadValueError("input.out_of_range", low=low, high=high)


def _read_number(one: Input, raw: Any) -> str:
    value = _decimal(folded(raw), "input.not_decimal")
    most = MOST_PLACES if one.places is None else one.places
    if _places(value) > most:
        raise BadValueError("input.too_many_places", places=most)
    _within(one, value)
    text = f"{value:.{most}f}"
    if one.places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.removeprefix("-") if not value else text


def _read_money(one: Input, raw: Any) -> int:
    text = folded(raw)
    found = _MONEY.fullmatch(text)
    if found is None or len(text) > LONGEST:
        raise BadValueError("input.not_money")
    value = _decimal(found[1] + found[2], "input.not_money") * _TIMES[found[3]]
    if _places(value) > MONEY_PLACES:
        raise BadValueError("input.not_in_fen")
    _within(one, value)
    return int(value * FEN)


def yuan(fen: int) -> Decimal:
    """An amount in yuan, with its two places."""
    return (Decimal(fen) / FEN).quantize(Decimal("0.01"))


def _is_fen(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _tell_number(name: str, value: Any, words: Words) -> str:
    del name, words
    return str(value)


def _tell_money(name: str, value: Any, words: Words) -> str:
    del name
    return words.text("value.money", amount=f"{yuan(value):,}") if _is_fen(value) else str(value)


def _typed_money(value: Any) -> str:
    return str(yuan(value)) if _is_fen(value) else str(value)


def _number_cell(value: Any) -> Decimal | str:
    text = str(value)
    return Decimal(text) if _NUMBER.fullmatch(text) and text else text


def _money_cell(value: Any) -> Decimal | str:
    return yuan(value) if _is_fen(value) else str(value)


def register_all() -> None:
    """Declares the types of this module."""
    register(
        "number", FieldType(_read_number, _tell_number, "decimal", cell=_number_cell, sums=True)
    )
    register(
        "money",
        FieldType(
            _read_money, _tell_money, "decimal", typed=_typed_money, cell=_money_cell, sums=True
        ),
    )
