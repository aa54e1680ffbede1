"""A bulletin as a PDF with its fonts inside, set by Typst from `bulletin.typ`."""

import json
import shutil
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from bihuan.outcomes.publicity.bulletins.papers.chart import png
from bihuan.outcomes.publicity.bulletins.papers.fonts import FOLDER
from bihuan.outcomes.publicity.bulletins.papers.paper import Block, Paper

TEMPLATE = Path(__file__).parent / "bulletin.typ"


def pdf(paper: Paper) -> bytes:
    """The file's bytes. The words reach the template as data: nothing in them is ever code."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / TEMPLATE.name
        shutil.copy(TEMPLATE, source)
        if any(block.kind == "chart" for block in paper.blocks):
            (Path(folder) / "chart.png").write_bytes(png(paper.chart))
        return bytes(
            typst.compile(
                str(source),
                root=folder,
                font_paths=[str(FOLDER)],
                ignore_system_fonts=True,
                sys_inputs={"paper": json.dumps(_plain(paper), ensure_ascii=False)},
            )
        )


def _plain(paper: Paper) -> dict[str, object]:
    return {
        "lang": paper.imprint.language.partition("-")[0],
        "region": paper.imprint.language.partition("-")[2].lower(),
        "at": list(paper.imprint.at.astimezone(UTC).timetuple()[:6]),
        "author": paper.imprint.author,
        "head": paper.head,
        "number": paper.number,
        "title": paper.title,
        "date": paper.date or paper.number,
        "blocks": [_block(block, paper) for block in paper.blocks],
        "definitions_title": paper.definitions_title,
        "definitions": [*(one.line for one in paper.definitions), paper.horizon],
    }


def _block(block: Block, paper: Paper) -> dict[str, object]:
    text = "".join(run.text for run in block.runs)
    if block.kind == "chart":
        rows = "；".join(f"{name} {shown}" for name, _, shown in paper.chart["rows"])
        text = f"{text}：{rows}"
    rows_of_text = [[cell.text for cell in row] for row in block.rows]
    return {"kind": block.kind, "text": text, "rows": rows_of_text}
