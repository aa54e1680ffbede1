"""What `bihuan doctor` looks at of papers: whether a PDF with Chinese text can be set here."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bihuan.lib.checkups import Checkup, Looked, Said, add
from bihuan.outcomes.press.fonts import FOLDER


def _papers(_: Looked) -> Iterator[Said]:
    import typst  # noqa: PLC0415 - thirty megabytes that only papers need

    with TemporaryDirectory() as folder:
        source = Path(folder) / "one.typ"
        source.write_text("闭环", encoding="utf-8")
        made = typst.compile(str(source), font_paths=[str(FOLDER)], ignore_system_fonts=True)
    good = bytes(made).startswith(b"%PDF")
    yield Said("good" if good else "none", good)


def register() -> None:
    add(Checkup("papers", _papers))
