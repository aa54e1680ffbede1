"""What figures answered, kept in memory and, for all processes, in files.

A name stands for the question and the content of the files it was put to, so what is kept is never
outdated, only unused. Each file is signed for its name and holds plain values: whoever changes one, or
lays down one of their own, changes no figure. One that cannot be read is as if it were not there.
"""

import json
import os
import shutil
import stat
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer

from bihuan.insight.facts.store import Store
from bihuan.insight.figures import wording
from bihuan.insight.problems import InsightError

KEPT = timedelta(days=7)
# Files; answers that a process has in memory; bytes of a file that is read, and of its first line.
MOST, IN_MEMORY, LARGEST, LARGEST_LINE = 5000, 512, 64 * 1024 * 1024, 1024 * 1024
# How many a process writes between two looks at how many there are.
LOOKED_THROUGH = 100
_PLAIN = (type(None), bool, int, float, str)


class Table(NamedTuple):
    """An answer: what its columns are called, its rows."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]


_memory: OrderedDict[tuple[Path, str], Table] = OrderedDict()
_lock = Lock()
_written = count()


def find(name: str) -> Table | None:
    """What was kept under a name, None where nothing was or it is not what we wrote; such a file
    goes."""
    path = _folder() / name
    # What was deleted, by whichever process, is gone from every memory.
    there = _age(path) > 0
    with _lock:
        if not there:
            _memory.pop((path, name), None)
            return None
        if (path, name) in _memory:
            _memory.move_to_end((path, name))
            return _memory[path, name]
    try:
        found = _read(path, name)
    except (OSError, ValueError, BadSignature):
        _drop(path)
        return None
    _remember(path, name, found)
    return found


def keep(name: str, table: Table, of: Collection[str]) -> None:
    """Keeps an answer to a question put to files (`of`, their digests). What holds other values than
    can be written exactly, or a folder that cannot be written to, costs time and nothing else."""
    path = _folder() / name
    try:
        rows = [[_coded(cell) for cell in row] for row in table.rows]
    except TypeError:
        return
    _remember(path, name, table)
    # The digests are a line of their own: who tidies up reads no further.
    text = f"{json.dumps(sorted(of))}\n{json.dumps([table.names, rows])}"
    with suppress(OSError):
        _write(path, _signer(name).sign(text))


def forget(at: datetime, facts: Store) -> None:
    """Deletes what nobody will ask for again: what is older than a week, was made by other code or under
    another rule about persons, or of files of facts that do not count any more."""
    here = _folder()
    for other in _within(here.parent):
        if other != here:
            _drop(other)
    try:
        counted = {one.digest for one in facts.manifest().files()}
    except InsightError:
        counted = set()
    for path in _within(here):
        if _age(path) < (at - KEPT).timestamp() or not counted.issuperset(_of(path)):
            _drop(path)


def forget_all() -> None:
    """Deletes everything that is kept: facts were made anew, or something was erased."""
    with _lock:
        _memory.clear()
    for path in _within(Path(settings.ANSWERS_ROOT)):
        _drop(path)


def forget_memory() -> None:
    """As a process that has just begun."""
    with _lock:
        _memory.clear()


def _folder() -> Path:
    """Of all that an answer depends on besides its question and the facts."""
    persons = "persons" if settings.FACTS_PERSONS else "nobody"
    return Path(settings.ANSWERS_ROOT) / f"{_made_by()}-{persons}"


@lru_cache(maxsize=1)
def _made_by() -> str:
    return f"{wording.made_from()}-{version('duckdb')}"


def _signer(name: str) -> Signer:
    return Signer(salt=f"answers:{_folder().name}:{name}")


def _remember(path: Path, name: str, table: Table) -> None:
    with _lock:
        _memory[path, name] = table
        _memory.move_to_end((path, name))
        if len(_memory) > IN_MEMORY:
            _memory.popitem(last=False)


def _read(path: Path, name: str) -> Table:
    state = path.lstat()
    # A pipe would be waited for; what is too large is none of ours.
    if not stat.S_ISREG(state.st_mode) or state.st_size > LARGEST:
        raise ValueError(name)
    text = _signer(name).unsign(path.read_text(encoding="ascii"))
    names, rows = json.loads(text.partition("\n")[2])
    return Table(tuple(names), [tuple(_decoded(cell) for cell in row) for row in rows])


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and its owner's alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Looking through thousands of names takes longer than what is written: not every time.
    if next(_written) % LOOKED_THROUGH == 0:
        files = list(_within(path.parent))
        if len(files) >= MOST:
            for old in sorted(files, key=_age)[: MOST // 3]:
                _drop(old)
    with NamedTemporaryFile(
        "w", dir=path.parent, prefix=".", encoding="ascii", delete=False
    ) as aside:
        try:
            aside.write(text)
            aside.close()
            Path(aside.name).replace(path)
        except OSError:
            _drop(Path(aside.name))
            raise


def _coded(cell: object) -> object:
    """As JSON has it. Raises TypeError for what would not come back as it was."""
    if type(cell) in _PLAIN:
        return cell
    if type(cell) is Decimal:
        return {"decimal": str(cell)}
    if type(cell) is datetime and cell.tzinfo is None and not cell.fold:
        return {"datetime": cell.isoformat()}
    if type(cell) is date:
        return {"date": cell.isoformat()}
    raise TypeError(type(cell))


_DECODERS: Mapping[str, Callable[[str], object]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def _decoded(cell: Any) -> Any:
    if isinstance(cell, dict):
        ((kind, text),) = cell.items()
        return _DECODERS[kind](text)
    return cell


def _within(folder: Path) -> Iterator[Path]:
    try:
        yield from [Path(one.path) for one in os.scandir(folder)]
    except OSError:
        return


def _age(path: Path) -> float:
    """When it was written, as seconds of the epoch; 0 where it is gone or out of reach."""
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0


def _of(path: Path) -> list[str]:
    """The digests that a file says it is of; one that no facts have where it says nothing. It is not
    proven here: who asks for the file proves it."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return [""]
        with path.open(encoding="ascii") as file:
            found = json.loads(file.readline(LARGEST_LINE))
    except (OSError, ValueError, RecursionError):
        return [""]
    return found if isinstance(found, list) and all(type(one) is str for one in found) else [""]


def _drop(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
