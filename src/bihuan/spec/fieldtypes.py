"""Types of fields and inputs by name: whoever knows what a type means registers it with the kernel,
which declares its name here."""

from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

_KNOWN: dict[str, bool] = {}


def declare(name: str, *, limits: bool) -> None:
    """Declares a type; `limits` tells whether a value of it can limit a clock."""
    _KNOWN[name] = limits


def limiting() -> Collection[str]:
    """The types whose values can limit a clock."""
    return sorted(name for name, limits in _KNOWN.items() if limits)


def _known(name: str) -> str:
    if name not in _KNOWN:
        told = ", ".join(map(repr, sorted(_KNOWN)))
        raise PydanticCustomError("enum", "Input should be one of {told}", {"told": told})
    return name


class _OneOf:
    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core_schema), "enum": sorted(_KNOWN)}

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, _OneOf)

    @override
    def __hash__(self) -> int:
        return hash(_OneOf)


FieldType = Annotated[str, AfterValidator(_known), _OneOf()]
