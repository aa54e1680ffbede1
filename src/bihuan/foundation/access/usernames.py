"""User names that the house thinks of."""

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError
from bihuan.language import letters

# Of people called alike: beyond that somebody thinks of a name themselves.
ALIKE = 99


def base_of(name: str) -> str:
    """The pinyin of a name, what user names of its people begin with; '' where it has no letters."""
    return "".join(c for c in letters.spelt(name.strip()) if c.isascii() and c.isalnum())[:50]


def free_username(name: str) -> str:
    """The pinyin of a name, with a number behind it where it is taken. Raises OrgError where the
    name has no letters, or too many are called so."""
    base = base_of(name)
    for number in range(1, ALIKE + 1):
        tried = f"{base}{number}" if number > 1 else base
        if tried and orgs.person_called(tried) is None:
            return tried
    raise OrgError("orgs.username_wanted")
