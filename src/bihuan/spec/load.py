"""From a folder of TOML to a Programme: every problem found, none hidden behind another."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli
from pydantic import ValidationError
from typing_extensions import override

from bihuan.lib.catalogue import flatten
from bihuan.spec import facets, files
from bihuan.spec.base import STORED
from bihuan.spec.schema import Programme

FILES = {
    "programme.toml": "manifest",
    "matters.toml": "kinds",
    "clocks.toml": "clocks",
    "settings.toml": "settings",
    "figures.toml": "figures",
}
REQUIRED = ("programme.toml", "matters.toml")
NOT_TOML = "not TOML: "
# By folder: how it lay when it was read, and what it was read as. Programmes are frozen.
_before: dict[Path, tuple[tuple[object, ...], Programme]] = {}
FILE_OF = {part: name for name, part in FILES.items()}


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, where, and what to do about it."""

    file: str
    path: str
    cause: str
    remedy: str

    @override
    def __str__(self) -> str:
        where = f"{self.file}: {self.path}" if self.path else self.file
        return f"{where}\n  {self.cause}\n  → {self.remedy}"


class BrokenProgrammeError(Exception):
    """A programme that cannot be used; `problems` lists everything found, `raw` is what stands in
    its folder, where every file could be read."""

    def __init__(self, problems: list[Problem], raw: Mapping[str, Any] | None = None) -> None:
        self.problems, self.raw = problems, raw
        super().__init__("\n".join(str(p) for p in problems))


REMEDIES = {
    "extra_forbidden": "remove the key, or correct its spelling",
    "missing": "add the key",
    "too_short": "give at least one entry; an empty list would let nobody act",
    "string_pattern_mismatch": "use the form the pattern asks for",
    "literal_error": "choose one of the listed values",
    "enum": "choose one of the listed values",
}


def _dotted(parts: tuple[int | str, ...]) -> str:
    return ".".join(str(p) for p in parts)


def _from_validation(error: ValidationError) -> list[Problem]:
    problems = []
    for item in error.errors(include_url=False):
        file, path = _where(item["loc"])
        remedy = REMEDIES.get(item["type"], "correct the value")
        problems.append(Problem(file, _dotted(path), item["msg"], remedy))
    return problems


def _where(loc: tuple[int | str, ...]) -> tuple[str, tuple[int | str, ...]]:
    """The file of a place in a programme, and the path in it."""
    part, inside = str(loc[0]) if loc else "", loc[1:]
    if part == files.ALL.key and inside:
        one = next(f for f in files.registered() if f.part == inside[0])
        if one.folder and len(inside) > 1:
            return one.file_of(str(inside[1])), inside[2:]
        return one.name, inside[1:]
    if part == "kinds" and len(inside) > 1 and inside[1] == facets.ALL.key:
        inside = (inside[0], *inside[2:])
    return FILE_OF.get(part, "strings/" if part == "strings" else "programme.toml"), inside


def _toml(path: Path, name: str, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(name, "", f"{NOT_TOML}{error}", "correct the line named"))
        return None


def _read(folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    raw: dict[str, Any] = {"strings": {}}
    problems: list[Problem] = []
    parts = {**FILES, **{one.name: one.part for one in files.registered() if not one.folder}}
    folders = [one.name for one in files.registered() if one.folder]
    known = {*parts, *folders, "README.md", "strings", "scenarios", "__init__.py", "__pycache__"}
    there_are = f"one of {sorted([*parts, *folders])}"
    problems += [
        Problem(path.name, "", "no part of a programme has this name", there_are)
        for path in sorted(folder.iterdir())
        if path.name not in known
    ]
    for name, part in parts.items():
        path = folder / name
        if not path.exists():
            if name in REQUIRED:
                problems.append(Problem(name, "", "the file is missing", "add it"))
        elif (found := _toml(path, name, problems)) is not None:
            raw[part] = found
    for name in folders:
        for path in sorted((folder / name).glob("*.toml")):
            found = _toml(path, f"{name}/{path.name}", problems)
            if found is not None:
                raw.setdefault(name, {})[path.stem] = found
    for path in sorted((folder / "strings").glob("*.toml")):
        found = _toml(path, f"strings/{path.name}", problems)
        if found is not None:
            raw["strings"][path.stem] = dict(flatten(found))
    return raw, problems


def parse(raw: Mapping[str, Any], *, stored: bool = False) -> Programme:
    """A Programme from plain data; of a `stored` release what no app of this house knows is left
    out. Raises BrokenProgrammeError with every schema problem."""
    try:
        return Programme.model_validate(raw, context=STORED if stored else None)
    except ValidationError as error:
        raise BrokenProgrammeError(_from_validation(error)) from error


def _as_it_lies(folder: Path) -> tuple[object, ...]:
    """What tells that nobody changed a folder: each file's name, number, length and instant."""
    found: list[object] = [*files.registered()]
    below = [str(folder)]
    while below:
        with os.scandir(below.pop()) as entries:
            for one in sorted(entries, key=lambda one: one.name):
                if one.is_dir():
                    below += [one.path] if one.name != "__pycache__" else []
                else:
                    state = one.stat()
                    found.append((one.path, state.st_ino, state.st_size, state.st_mtime_ns))
    return tuple(found)


def read(folder: Path) -> Programme:
    """The programme in `folder`, checked against the schema only; of a folder that nobody changed, the
    same object as before.

    Raises BrokenProgrammeError with all problems of all files at once.
    """
    if not folder.is_dir():
        raise BrokenProgrammeError(
            [Problem(str(folder.name), "", "no such folder", "name a programme folder")]
        )
    lies = _as_it_lies(folder)
    if folder not in _before or _before[folder][0] != lies:
        _before[folder] = (lies, _read_anew(folder))
    return _before[folder][1]


def _read_anew(folder: Path) -> Programme:
    raw, problems = _read(folder)
    manifest_id = raw.get("manifest", {}).get("id")
    if manifest_id is not None and manifest_id != folder.name:
        problems.append(
            Problem(
                "programme.toml", "id", f"{manifest_id!r} is not the folder's name", folder.name
            )
        )
    try:
        programme = parse(raw)
    except BrokenProgrammeError as error:
        # A file that did not parse would also be reported as missing keys: say it once.
        unread = {p.file for p in problems if not p.path}
        problems += [p for p in error.problems if p.file not in unread]
        whole = not any(p.cause.startswith(NOT_TOML) for p in problems)
        raise BrokenProgrammeError(problems, raw if whole else None) from error
    if problems:
        raise BrokenProgrammeError(problems, raw)
    return programme
