"""What can be wrong with facts or with what is asked of them."""

from typing import Any


class InsightError(ValueError):
    """Facts or a figure that cannot be had; `key` names the message, which says what to do."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")


class UnknownFigureError(InsightError, LookupError):
    """There is no figure of that name."""
