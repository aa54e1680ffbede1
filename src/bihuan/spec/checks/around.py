"""What stands around a programme: the verbs of the house, and what it may name outside itself."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bihuan.spec.arguments import Args
from bihuan.spec.schema import Programme


@dataclass(frozen=True)
class Verbs:
    """The verbs the kernel knows: name → model of its arguments."""

    guards: Mapping[str, type[Args]]
    effects: Mapping[str, type[Args]]


@dataclass(frozen=True)
class Around:
    """Other programmes by id (None: there is none), whether the house has a text, event types, and
    the roles that the house itself asks for."""

    programme: Callable[[str], Programme | None]
    has_text: Callable[[str], bool]
    events: Collection[str]
    roles: Collection[str]
