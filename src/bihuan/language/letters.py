"""Names as people type them: the letters of their pinyin (csglj), or some of their characters in order (城管)."""

from functools import lru_cache

LEAST = 2


def ready() -> None:
    """Loads the dictionary of pinyin now: a third of every command's start, and few commands need it;
    who answers people does not let the first one wait for it."""
    import pypinyin  # noqa: PLC0415 - just that

    del pypinyin


@lru_cache(maxsize=65_536)
def initials(text: str) -> str:
    """The first letter of each character's pinyin, lower case; Latin letters and digits stay: csglj."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - see `ready`

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


@lru_cache(maxsize=65_536)
def spelt(text: str) -> str:
    """The whole pinyin without tones, lower case: chengshiguanliju."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see `ready`

    return "".join(lazy_pinyin(text)).lower()


def resembles(query: str, name: str) -> bool:
    """Whether somebody who typed `query` may mean `name`: its characters stand there in order, or it is
    the beginning of the name's pinyin, or stands in the letters of its pinyin. One character says too little."""
    asked = query.strip().lower()
    if len(asked) < LEAST:
        return False
    if asked.isascii():
        return asked in initials(name) or spelt(name).startswith(asked)
    left = iter(name.lower())
    return all(character in left for character in asked)
