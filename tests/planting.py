"""A mistake planted in a copy of a programme's folder, and what `bihuan check` says of it."""

import shutil
from pathlib import Path

from bihuan.kernel.programmes import api as programmes


def is_named(folder: Path, file: str, planted: tuple[str, str, str, str, str], at: Path) -> None:
    """That a mistake is found where it is, with its cause and its remedy. `planted`: what stands in the
    file, what instead, and then the path, words of the cause, words of the remedy."""
    old, new, path, cause, remedy = planted
    copy = at / folder.name
    shutil.copytree(folder, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text, f"{file} no longer holds {old!r}"
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = programmes.check_folder(copy)
    assert [
        p
        for p in found
        if (p.file, p.path) == (file, path) and cause in p.cause and remedy in p.remedy
    ], "\n".join(map(str, found)) or "nothing was found"
