"""Articles of laws as an official writes them: §24 becomes 第二十四条."""

import re

_DIGITS = "零一二三四五六七八九"
_MANY = 1000
_SIGN = re.compile(r"\s*§\s*(\d{1,3})(?:\s*[–—-]\s*(\d{1,3}))?(?!\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def numeral(number: int) -> str:
    """A number from 1 to 999 in Chinese: 24 is 二十四, 105 is 一百零五. Raises ValueError."""
    if not 0 < number < _MANY:
        raise ValueError(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _article(found: re.Match[str]) -> str:
    first, last = int(found[1]), int(found[2] or 0)
    if not first:
        return found[0]
    return f"第{numeral(first)}条" + (f"至第{numeral(last)}条" if last else "")


def spelt(clause: str) -> str:
    """A clause with its articles written out; one that is not Chinese stays as it is."""
    return _SIGN.sub(_article, clause) if _HAN.search(clause) else clause
