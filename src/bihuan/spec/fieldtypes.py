"""Types of fields and inputs by name: whoever knows what a type means registers it with the kernel,
which declares its name here."""

from typing import Annotated

from bihuan.spec.base import Declared

_TYPES = Declared()
_LIMITING = Declared()
FieldType = Annotated[str, _TYPES]


def declare(name: str, *, limits: bool) -> None:
    """Declares a type; `limits` tells whether a value of it can limit a clock."""
    _TYPES.add(name)
    if limits:
        _LIMITING.add(name)


def limiting() -> list[str]:
    """The types whose values can limit a clock."""
    return _LIMITING.names()
