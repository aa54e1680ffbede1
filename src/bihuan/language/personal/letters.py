"""Texts letter by letter: each letter stays one, so a place in the folded text is the same place
in the original."""

import unicodedata
from functools import cache

from bihuan.language import variants

BLANKS = "\u3000\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\u00ad\ufe0f\ufeff"
DASHES = "‐‑‒–—―−－﹣─"
# Middle dots in every form that keyboards and copies give to 买买提·吐尔逊.
DOTS = "·•‧・･∙⋅●．﹒᛫⸱"
# Characters that stand for a digit where numbers are spelt, beside those Unicode knows.
_SPELT = dict(
    zip(
        "零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺貳參陸",
        "0001234567891234567891236",
        strict=True,
    )
)


def _digit(code: int) -> str:
    """The digit a character is drawn with (①, ❶, ⒈, ㈠, 𝟏), or ''."""
    found = unicodedata.numeric(chr(code), -1.0)
    return str(int(found)) if found in range(10) else ""


@cache
def _plain_table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= dict.fromkeys(map(ord, DASHES), "-") | dict.fromkeys(map(ord, BLANKS), " ")
    drawn = [0x24EA, 0x24FF, *range(0x2460, 0x2469), *range(0x2474, 0x247D), *range(0x2488, 0x2491)]
    drawn += [*range(0x24F5, 0x24FE), *range(0x2776, 0x277F), *range(0x2780, 0x2789)]
    drawn += [*range(0x278A, 0x2793), *range(0x3220, 0x3229), *range(0x3280, 0x3289)]
    drawn += range(0x1D7CE, 0x1D800)
    return table | {code: _digit(code) for code in drawn if _digit(code)}


@cache
def _spelt_table() -> dict[int, str]:
    return {ord(char): digit for char, digit in _SPELT.items()}


def plain(text: str) -> str:
    """Full width to half width, drawn digits to digits, any dash to "-", any blank to " "."""
    return text.translate(_plain_table())


def spelt(text: str) -> str:
    """A plain text with every character that spells a digit as that digit."""
    return text.translate(_spelt_table())


def one_form(text: str) -> str:
    """A plain text in lower case where that is one letter too, every form of a character one."""
    lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.translate(variants.table())
