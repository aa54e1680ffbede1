"""The demonstration city."""

from bihuan.stories.stage import root_of

CODE = "demo-city"


def stands() -> bool:
    """Whether the demonstration city is in this database."""
    return root_of(CODE) is not None


def build() -> list[str]:
    """Builds the city; returns what to tell the operator."""
    return []
