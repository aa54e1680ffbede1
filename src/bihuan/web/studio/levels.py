"""The levels that organisations may have: what programmes ask for, in words."""

from collections.abc import Iterator

from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme
from bihuan.web import words

# What there is everywhere, whatever is installed.
USUAL = ("province", "city", "county", "town", "village")


def _asked(one: Programme) -> Iterator[str]:
    for setting in one.settings.values():
        yield from (value.scope["level"] for value in setting.values if "level" in value.scope)


def choices(current: str = "") -> list[tuple[str, str]]:
    """Each level with its word, and the one that an organisation has, whatever it is."""
    names = dict.fromkeys(USUAL)
    for programme in programmes.known():
        names |= dict.fromkeys(_asked(programme))
    if current:
        names.setdefault(current)
    return [(name, called(name)) for name in names]


def called(name: str) -> str:
    """The word for a level; for one that has none its id."""
    key = f"studio.levels.{name}"
    return words.text(key) if words.has(key) else name
