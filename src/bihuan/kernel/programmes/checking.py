"""What is wrong with a programme's folder, as it stands there among the others."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bihuan.foundation.audit.api import all_types
from bihuan.kernel.programmes import registry
from bihuan.kernel.programmes.folders import folders
from bihuan.kernel.programmes.held import known
from bihuan.spec import check, load, scenarios
from bihuan.spec.load import BrokenProgrammeError, Problem
from bihuan.spec.salvage import salvaged
from bihuan.spec.schema import Programme

# By folder: the programme that was read there, what it named around it, and what was wrong with it. All
# are looked at whenever an installation is brought up to date; a folder that nobody changed is the same.
_before: dict[Path, tuple[Programme, Mapping[str, Programme | None], list[Problem]]] = {}


def check_folder(folder: Path, *, stored: bool = False) -> list[Problem]:
    """Everything wrong with a programme folder; an empty list means it may be installed. What is
    wrong with the form of one thing hides of the rest only what could follow from it. It may name
    programmes that have a folder; with `stored` also those of which only a release is left."""
    told, problems = scenarios.read(folder)
    around = _around(folder, {one.id: one for one in known()} if stored else {})
    try:
        programme = load.read(folder)
    except BrokenProgrammeError as error:
        return [*error.problems, *problems, *_beside(error, around)]
    problems += _problems(folder, programme, around)
    return [*problems, *check.scenarios(programme, told, around)]


def _problems(folder: Path, programme: Programme, around: check.Around) -> list[Problem]:
    """Of a folder that is read as it was before, and names what is as it was, the same as before."""
    if folder in _before:
        was, named, problems = _before[folder]
        if was is programme and all(around.programme(n) is one for n, one in named.items()):
            return problems
    asked: dict[str, Programme | None] = {}

    def named_one(name: str) -> Programme | None:
        asked[name] = around.programme(name)
        return asked[name]

    problems = check.problems(programme, registry.verbs(), check.Around(named_one, around.events))
    _before[folder] = (programme, asked, problems)
    return problems


def _beside(broken: BrokenProgrammeError, around: check.Around) -> list[Problem]:
    """What else is wrong with a programme whose form is."""
    found = salvaged(broken.raw) if broken.raw is not None else None
    if found is None:
        return []
    return [
        one
        for one in check.problems(found.programme, registry.verbs(), around)
        if not found.concerns(one.path, one.cause)
    ]


def _around(folder: Path, stored: Mapping[str, Programme]) -> check.Around:
    """What a folder's programme may name: programmes beside it, all that have a folder, and these."""
    beside = {path.name: path for path in (*folders(), *folder.resolve().parent.iterdir())}

    @cache
    def programme(name: str) -> Programme | None:
        try:
            return load.read(beside[name]) if name in beside else stored.get(name)
        except BrokenProgrammeError:
            return None

    events = {one.name for one in all_types()}
    return check.Around(programme, events)
