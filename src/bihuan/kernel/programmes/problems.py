"""What may be wrong with releases and local changes."""

from typing import Any


class ProgrammeError(ValueError):
    """Something about releases or settings that cannot be; `key` names the message."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")
