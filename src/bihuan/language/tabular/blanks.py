"""Cells that say that there is nothing to say."""

import re
import unicodedata
from collections.abc import Collection

_WORDS = re.compile(
    r"(暂?无|没有|未知|不知道?|不详|不明|未留|未提供|未填|未登记|保密|匿名|空|略|"
    r"(不愿意?|不肯|不便|不想|不予|拒绝|未)(透露|提供|告知|留)(姓名|电话|号码|联系方式|地址)?|"
    r"无(电话|姓名|地址|联系方式|号码)|none|nil|null|n/?a|unknown|not given|withheld)"
)
_MARKS = re.compile(r"[\W_]*")
_ROUNDED = re.compile(r"\d(\.\d+)?e\+?\d{1,2}", re.IGNORECASE)


def folded(text: str) -> str:
    """The text with full-width letters and digits as plain ones, and single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def says_nothing(text: str, also: Collection[str] = ()) -> bool:
    """Whether a cell is empty in effect: `无`, `-`, `/`, `不愿透露`, or one of the words `also` meant."""
    plain = _bare(text)
    if _MARKS.fullmatch(plain) is not None or _WORDS.fullmatch(plain) is not None:
        return True
    return plain in map(_bare, also)


def _bare(text: str) -> str:
    return folded(text).lower().strip(" 。.()[]（）")


def is_rounded(text: str) -> bool:
    """Whether it is a long number that a spreadsheet program cut, as 1.38E+10."""
    return _ROUNDED.fullmatch(folded(text)) is not None
