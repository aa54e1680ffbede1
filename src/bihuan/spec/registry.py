"""What apps register: things of one sort by name, and those whose keys stand beside the format's own."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    create_model,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

from bihuan.spec.base import Strict, is_stored

T = TypeVar("T")


def nothing(*given: object) -> Iterator[Any]:
    """Nothing of all that a thing that is registered might say."""
    del given
    return iter(())


class Registry(dict[str, T]):
    """What there is of one sort, by name."""

    def __init__(self, sort: str) -> None:
        super().__init__()
        self.sort = sort

    def add(self, name: str, one: T) -> None:
        """Registers a thing, when its app is loaded; again is once. Raises ValueError on a name taken
        by another."""
        if self.setdefault(name, one) is not one:
            msg = f"{self.sort} {name} is registered twice"
            raise ValueError(msg)

    def registered(self) -> list[T]:
        """Everything there is, by name."""
        return [self[name] for name in sorted(self)]


class Beside(Registry[T]):
    """Things whose names are keys beside those of a model of the format, which keeps them under one
    `key`. `typed` is the type and default of a thing's key, `silent` the values that say nothing."""

    def __init__(
        self, sort: str, key: str, typed: Callable[[T], tuple[Any, Any]], silent: tuple[Any, ...]
    ) -> None:
        super().__init__(sort)
        self.key, self._typed, self._silent = key, typed, silent

    @override
    def add(self, name: str, one: T) -> None:
        super().add(name, one)
        self.__dict__.pop("model", None)

    @cached_property
    def model(self) -> type[BaseModel]:
        """What all of them together may be: each key optional, others refused."""
        fields: dict[str, Any] = {name: self._typed(one) for name, one in self.items()}
        closed = ConfigDict(extra="forbid", frozen=True)
        return create_model(self.key.title(), __config__=closed, **fields)

    def gathered(self, given: Any, known: Collection[str] | None = None) -> Any:
        """What stands in a file, with these keys under one. Of a stored release only `known` keys of
        the format are kept."""
        if not isinstance(given, Mapping):
            return given
        if self.key in given:
            raise PydanticCustomError(
                "extra_forbidden", "{key} stand beside other keys", {"key": self.key}
            )
        found = {
            name: one
            for name, one in given.items()
            if name not in self and (known is None or name in known)
        }
        found[self.key] = {
            name: given[name] for name in self if given.get(name) not in (None, *self._silent)
        }
        return found

    def read(self, given: Any, info: ValidationInfo) -> dict[str, Any]:
        """Those that are given, checked, as a stored release where they are of one. Raises pydantic's
        ValidationError."""
        checked = self.model.model_validate(given, context=info.context)
        return {name: getattr(checked, name) for name in given}

    def spread(self, dumped: dict[str, Any]) -> dict[str, Any]:
        """What was dumped as it stands in a file."""
        found = dumped.pop(self.key)
        return {**dumped, **found}


class Open(Strict):
    """A model of the format beside whose keys in a file stand those that apps registered."""

    BESIDE: ClassVar[Beside[Any]]

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, given: Any, info: ValidationInfo) -> Any:
        return cls.BESIDE.gathered(given, cls.model_fields if is_stored(info) else None)

    @model_serializer(mode="wrap")
    def _spread(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return self.BESIDE.spread(dump(self))

    @classmethod
    @override
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        found = handler(core_schema)
        own = handler.resolve_ref_schema(found)["properties"]
        del own[cls.BESIDE.key]
        beside = handler(cls.BESIDE.model.__pydantic_core_schema__)
        own.update(handler.resolve_ref_schema(beside)["properties"])
        return found
