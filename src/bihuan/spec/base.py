"""What every part of the format is made of."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import with_info_after_validator_function

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


# With this in its context a programme is read as a release that was stored, perhaps by a house with
# more apps: what is unknown is left out. A folder is read strictly.
STORED = {"stored": True}


def is_stored(info: ValidationInfo) -> bool:
    """Whether what is read is a stored release."""
    return bool(info.context and info.context.get("stored"))


class Declared:
    """Names that apps declare, as a type of the format: `Annotated[str, Declared("…")]` takes those
    there are when it reads."""

    def __init__(self, *names: str) -> None:
        self._names = dict.fromkeys(names)

    def add(self, *names: str) -> None:
        """Declares names; again is once."""
        self._names.update(dict.fromkeys(names))

    def names(self) -> list[str]:
        """All that are declared, sorted."""
        return sorted(self._names)

    def _known(self, name: str, info: ValidationInfo) -> str:
        if name not in self._names and not is_stored(info):
            told = {"told": ", ".join(map(repr, self.names()))}
            raise PydanticCustomError("enum", "Input should be one of {told}", told)
        return name

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return with_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core_schema), "enum": self.names()}


# What roles do for the house; an app that asks for another declares it.
DUTIES = Declared("receive", "handle", "lead", "publish", "supervise", "review")
Duty = Annotated[str, DUTIES]


class Strict(BaseModel):
    """Frozen, and closed to keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
