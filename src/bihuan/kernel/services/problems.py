"""What can be wrong with a promise."""

from typing import Any


class ServiceError(ValueError):
    """An offer that cannot be; `key` names the message, `values` fill it."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")
