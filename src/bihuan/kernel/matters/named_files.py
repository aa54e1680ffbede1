"""A named attachment: of the files that come with a step, the one that a field asks for.

A door gives the field the name of one of its files; the matter keeps the file, and the field which.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.foundation.files.api import Stored
from bihuan.kernel.matters.fieldtypes import BadValueError, FieldType, Words, register
from bihuan.spec.schema import Input

TYPE = "file"


@dataclass(frozen=True)
class Sent:
    """The files of a step under the names they came by, and the key each is kept by, by its place."""

    files: Sequence[Stored] = ()
    key: Callable[[int], str] = str
    came: Sequence[str] | None = None

    @classmethod
    def opening(cls, files: Sequence[Stored], came: Sequence[str] | None = None) -> "Sent":
        """Those that a matter is opened with."""
        return cls(files, lambda index: f"open-{index + 1}", came)

    def named(self, declared: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
        """What is given, with the files in place of their names: of two with one name the first
        field has the first. What names no file stays a text, to be refused."""
        names = list(self.came if self.came is not None else (one.name for one in self.files))
        left = list(range(len(names)))
        found = dict(given)
        for name, one in declared.items():
            if one.type != TYPE or not given.get(name):
                continue
            at = next((index for index in left if names[index] == given[name]), None)
            if at is not None:
                left.remove(at)
                found[name] = _Kept({"key": self.key(at), "name": self.files[at].name})
        return found


class _Kept(dict[str, str]):
    """What a field of this type keeps, made here and by no door."""


def _read(one: Input, raw: Any) -> dict[str, str]:
    del one
    if isinstance(raw, _Kept):
        return dict(raw)
    if isinstance(raw, str):
        raise BadValueError("input.no_such_file", name=raw[:100])
    raise BadValueError("input.not_a_file")


def _tell(name: str, value: Any, words: Words) -> str:
    del name, words
    return str(value.get("name", "")) if isinstance(value, dict) else str(value)


def _typed(value: Any) -> str:
    """No form can choose a file for somebody."""
    del value
    return ""


def register_all() -> None:
    """Declares the type of this module."""
    register(TYPE, FieldType(_read, _tell, "file", typed=_typed))
