"""Files of a programme beyond the format's own: the app that owns what stands in one registers it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel
from typing_extensions import override

from bihuan.spec.base import Name
from bihuan.spec.registry import Beside, nothing

if TYPE_CHECKING:
    from bihuan.spec.checks.around import Around
    from bihuan.spec.checks.uses import Use
    from bihuan.spec.load import Problem
    from bihuan.spec.schema import Programme

E = TypeVar("E")


@dataclass(frozen=True, eq=False)
class SpecFile(Generic[E]):
    """A file `<part>.toml` with entries by id, or, where each is a paper of its own, a `folder` of
    files named by them. `entry` is what one entry may say.

    Of a programme: `problems` is what it could not run with, `meant` what its author got wrong,
    `words` the texts it needs, `roles` those it gives something to do, `page` what the handbook says
    of it, where there are entries. `settings` are those of settings.toml that it asks. `noun` is what
    arguments of verbs call one of the entries. Local changes hide fields and choices, and what `counts` goes on
    counting what came before. `since_first`: it stands in every release, empty too, so that the
    digests of old ones hold.
    """

    part: str
    entry: type[BaseModel]
    folder: bool = False
    problems: "Callable[[Programme], Iterable[Problem]]" = nothing
    meant: "Callable[[Programme, list[Use], Around], Iterable[Problem]]" = nothing
    words: "Callable[[Programme], Iterable[str]]" = nothing
    roles: "Callable[[Programme], Iterable[str]]" = nothing
    page: "Callable[[Programme], Iterable[str]]" = nothing
    settings: "Callable[[Programme], Iterable[str]]" = nothing
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


class _Files(Beside[SpecFile[Any]]):
    @override
    def spread(self, dumped: dict[str, Any]) -> dict[str, Any]:
        always: dict[str, Any] = {one.part: {} for one in self.registered() if one.since_first}
        return {**always, **super().spread(dumped)}


ALL = _Files(
    "file",
    "parts",
    typed=lambda one: (GenericAlias(dict, (Name, one.entry)), {}),
    silent=({},),
)
registered = ALL.registered


def register(file: SpecFile[E]) -> SpecFile[E]:
    """Registers a file, when its app is loaded. Raises ValueError on a name already taken."""
    ALL.add(file.part, file)
    return file


def nouns(programme: "Programme") -> dict[str, Mapping[str, Any]]:
    """What arguments of verbs may name of the files: noun → entries."""
    return {one.noun: one.of(programme) for one in registered() if one.noun}
