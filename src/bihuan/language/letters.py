"""Names as people type them: the letters of their pinyin (csglj), or some of their characters in order (城管)."""

from functools import lru_cache

LEAST = 2
# From how many letters on they may be whole syllables.
SPELT = 4


@lru_cache(maxsize=65_536)
def initials(text: str) -> str:
    """The first letter of each character's pinyin, lower case; Latin letters and digits stay: csglj."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - fifty megabytes that few need

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


@lru_cache(maxsize=65_536)
def spelt(text: str) -> str:
    """The whole pinyin without tones, lower case: chengshiguanliju."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see `initials`

    return "".join(lazy_pinyin(text)).lower()


@lru_cache(maxsize=65_536)
def _syllables(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - see `initials`

    return tuple(one.lower() for one in lazy_pinyin(text))


def _in_order(asked: str, syllables: tuple[str, ...]) -> bool:
    """Whether `asked` is made of first letters or whole pinyin of some of the characters, in their order:
    zjj and zhujian mean 住房和城乡建设局."""
    # Nearly every name fails one of these, and there may be fifty thousand.
    if _stands(asked, "".join(one[:1] for one in syllables)):
        return True
    if len(asked) < SPELT or not _stands(asked, "".join(syllables)):
        return False
    ends = {0}
    for one in syllables:
        parts = (one, one[:1])
        ends |= {at + len(p) for at in ends for p in parts if p and asked.startswith(p, at)}
    return len(asked) in ends


def _stands(asked: str, text: str) -> bool:
    """Whether its letters stand there in their order."""
    left = iter(text)
    return all(letter in left for letter in asked)


def resembles(query: str, name: str) -> bool:
    """Whether somebody who typed `query` may mean `name`: its characters stand there in order, or it is
    made of the letters or syllables of their pinyin in order. One character says too little."""
    asked = "".join(query.lower().split())
    if len(asked) < LEAST:
        return False
    if asked.isascii():
        return (
            asked in initials(name)
            or spelt(name).startswith(asked)
            or (len(asked) > LEAST and _in_order(asked, _syllables(name)))
        )
    return _stands(asked, name.lower())


def closeness(query: str, name: str, short: str = "") -> int:
    """Which of the names that `resembles` finds are meant first: 0 where the short name or the beginning
    of the name is typed, 1 where it stands together, 2 where only its order is right."""
    asked = "".join(query.lower().split())
    whole = {name.lower(), short.lower(), initials(name), initials(short), spelt(short)}
    if asked in whole or any(one.startswith(asked) for one in (*whole, spelt(name)) if one):
        return 0
    return 1 if asked in name.lower() or asked in initials(name) else 2
