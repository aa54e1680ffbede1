"""What every part of the format is made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Duty = Literal["receive", "handle", "lead", "publish", "supervise", "review"]


class Strict(BaseModel):
    """Frozen, and closed to keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def described(
    core_schema: CoreSchema, handler: GetJsonSchemaHandler, key: str, beside: type[BaseModel]
) -> JsonSchemaValue:
    """The JSON Schema of a model in whose files the keys of another stand beside its own, although
    it keeps them under one `key`."""
    found = handler(core_schema)
    own = handler.resolve_ref_schema(found)["properties"]
    del own[key]
    own.update(handler.resolve_ref_schema(handler(beside.__pydantic_core_schema__))["properties"])
    return found
