"""What can be wrong with a request about a matter. Words for the keys are in the catalogues."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """Why a guard says no: a message key and what fills it."""

    key: str
    values: dict[str, Any]


class MatterError(Exception):
    """A request that cannot be done; `key` names the message, `values` fill it."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")


class InputError(MatterError):
    """Something typed that cannot be taken; `fields` maps each to (message key, values)."""

    def __init__(self, fields: dict[str, tuple[str, dict[str, Any]]]) -> None:
        self.fields = fields
        super().__init__("matters.input")


class NotAllowedError(MatterError):
    """The actor may see the matter but not do this to it."""


class RefusedError(MatterError):
    """The action is known and permitted, but not now: a state or a guard stands against it."""


class GoneError(MatterError):
    """The matter was changed by somebody else since the actor looked at it."""
