"""What can be wrong with a hall's plans."""

from typing import Any


class HallError(ValueError):
    """A plan or a half hour that cannot be; `key` names the message, `values` fill it."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")
