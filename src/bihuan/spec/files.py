"""Files of a programme beyond the format's own: the app that owns what stands in one registers it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, create_model

from bihuan.spec.base import Name

if TYPE_CHECKING:
    from bihuan.spec.checks.around import Around
    from bihuan.spec.checks.uses import Use
    from bihuan.spec.load import Problem
    from bihuan.spec.schema import Programme

E = TypeVar("E")
# Where a programme keeps them.
PARTS = "parts"


def _nothing(*given: object) -> Iterator[Any]:
    del given
    return iter(())


@dataclass(frozen=True, eq=False)
class SpecFile(Generic[E]):
    """A file `<part>.toml` with entries by id, or, where each is a paper of its own, a `folder` of
    files named by them. `entry` is what one entry may say.

    Of a programme: `problems` is what it could not run with, `meant` what its author got wrong,
    `words` the texts it needs, `roles` those it gives something to do, `page` what the handbook says
    of it, where there are entries. `noun` is what arguments of
    verbs call one of the entries. Local changes hide fields and choices, and what `counts` goes on
    counting what came before. `since_first`: it stands in every release, empty too, so that the
    digests of old ones hold.
    """

    part: str
    entry: type[BaseModel]
    folder: bool = False
    problems: "Callable[[Programme], Iterable[Problem]]" = _nothing
    meant: "Callable[[Programme, list[Use], Around], Iterable[Problem]]" = _nothing
    words: "Callable[[Programme], Iterable[str]]" = _nothing
    roles: "Callable[[Programme], Iterable[str]]" = _nothing
    page: "Callable[[Programme], Iterable[str]]" = _nothing
    noun: str = ""
    counts: bool = True
    since_first: bool = False

    @property
    def name(self) -> str:
        """What the file is called; of a folder, the folder."""
        return self.part if self.folder else f"{self.part}.toml"

    def file_of(self, entry: str) -> str:
        """The file in which an entry stands."""
        return f"{self.part}/{entry}.toml" if self.folder else self.name

    def of(self, programme: "Programme") -> Mapping[str, E]:
        """The entries of a programme by id, in its own order."""
        found: Mapping[str, E] = programme.parts.get(self.part, {})
        return found


_ALL: dict[str, SpecFile[Any]] = {}


def register(file: SpecFile[E]) -> SpecFile[E]:
    """Registers a file, when its app is loaded. Raises ValueError on a name already taken."""
    if _ALL.setdefault(file.part, file) is not file:
        msg = f"{file.name} is registered twice"
        raise ValueError(msg)
    model.cache_clear()
    return file


def registered() -> list[SpecFile[Any]]:
    """Every file there is, by name."""
    return [_ALL[name] for name in sorted(_ALL)]


def nouns(programme: "Programme") -> dict[str, Mapping[str, Any]]:
    """What arguments of verbs may name of the files: noun → entries."""
    return {one.noun: one.of(programme) for one in registered() if one.noun}


@cache
def model() -> type[BaseModel]:
    """What all files together may be."""
    fields: dict[str, Any] = {
        one.part: (GenericAlias(dict, (Name, one.entry)), {}) for one in registered()
    }
    return create_model("Parts", __config__=ConfigDict(extra="forbid", frozen=True), **fields)


def gathered(given: Any, known: Collection[str] | None = None) -> Any:
    """A programme as it stands in its folder, with these files under one key. Of a stored release
    only `known` parts of the format are kept."""
    if not isinstance(given, Mapping):
        return given
    found = {
        name: one
        for name, one in given.items()
        if name not in _ALL and (known is None or name in known)
    }
    found[PARTS] = {name: given[name] for name in _ALL if given.get(name)}
    return found


def read(given: Any) -> dict[str, Any]:
    """The entries by part, checked. Raises pydantic's ValidationError."""
    checked = model().model_validate(given)
    return {name: getattr(checked, name) for name in given}


def spread(dumped: dict[str, Any]) -> dict[str, Any]:
    """A dumped programme as it stands in its folder."""
    parts = dumped.pop(PARTS)
    always: dict[str, Any] = {one.part: {} for one in registered() if one.since_first}
    return {**dumped, **always, **parts}
