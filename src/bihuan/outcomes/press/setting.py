"""PDF files with their fonts inside, set by Typst. Words reach a template as data: nothing in them is
ever code."""

import json
import shutil
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from bihuan.outcomes.press.blocks import Imprint
from bihuan.outcomes.press.fonts import FOLDER

SHARED = Path(__file__).parent / "official.typ"


def pdf_of(
    template: Path, paper: Mapping[str, Any], imprint: Imprint, pictures: Mapping[str, bytes]
) -> bytes:
    """The file's bytes; `paper` is what the template reads as `paper`, beside the imprint, `pictures`
    what stands beside it under their names."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / template.name
        shutil.copy(template, source)
        shutil.copy(SHARED, Path(folder) / SHARED.name)
        for name, content in pictures.items():
            (Path(folder) / name).write_bytes(content)
        given = json.dumps({**_imprint(imprint), **paper}, ensure_ascii=False)
        return _set(source, {"paper": given})


def plain(text: str) -> bytes:
    """A page of nothing but a text of letters, to see whether one can be set here."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "plain.typ"
        source.write_text(text, encoding="utf-8")
        return _set(source, {})


def _set(source: Path, given: dict[str, str]) -> bytes:
    return bytes(
        typst.compile(
            str(source),
            root=str(source.parent),
            font_paths=[str(FOLDER)],
            ignore_system_fonts=True,
            sys_inputs=given,
        )
    )


def _imprint(one: Imprint) -> dict[str, object]:
    return {
        "lang": one.language.partition("-")[0],
        "region": one.language.partition("-")[2].lower(),
        "at": list(one.at.astimezone(UTC).timetuple()[:6]),
        "author": one.author,
        "title": one.title,
    }
