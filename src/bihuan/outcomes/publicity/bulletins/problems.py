"""What can be wrong with a bulletin."""

from typing import Any


class BulletinError(ValueError):
    """A bulletin that cannot be; `key` names the message, which says what to do."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")
