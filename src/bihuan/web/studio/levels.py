"""The types that organisations may have, in the reader's words."""

from bihuan.foundation.orgs import org_types
from bihuan.web import words


def choices(current: str = "") -> list[tuple[str, str]]:
    """Each type with its name, and the one that an organisation has, whatever it is."""
    return org_types.choices(current, english=words.locale() == "en")


def called(code: str) -> str:
    """The name of a type; of one that is none its code."""
    return org_types.called(code, english=words.locale() == "en")
