"""A bulletin as a PDF with its fonts inside, set by Typst from `bulletin.typ`."""

from pathlib import Path

from bihuan.outcomes.press.blocks import Block
from bihuan.outcomes.press.setting import pdf_of
from bihuan.outcomes.publicity.bulletins.papers.chart import png
from bihuan.outcomes.publicity.bulletins.papers.paper import Paper

TEMPLATE = Path(__file__).parent / "bulletin.typ"


def pdf(paper: Paper) -> bytes:
    """The file's bytes."""
    drawn = any(block.kind == "chart" for block in paper.blocks)
    pictures = {"chart.png": png(paper.chart)} if drawn else {}
    return pdf_of(TEMPLATE, _plain(paper), paper.imprint, pictures)


def _plain(paper: Paper) -> dict[str, object]:
    return {
        "head": paper.head,
        "number": paper.number,
        "title": paper.title,
        "date": paper.date or paper.number,
        "blocks": [_block(block, paper) for block in paper.blocks],
        "definitions_title": paper.definitions_title,
        "definitions": [*(one.line for one in paper.definitions), paper.horizon],
    }


def _block(block: Block, paper: Paper) -> dict[str, object]:
    text = block.text
    if block.kind == "chart":
        rows = "；".join(f"{name} {shown}" for name, _, shown in paper.chart["rows"])
        text = f"{text}：{rows}"
    rows_of_text = [[cell.text for cell in row] for row in block.rows]
    return {"kind": block.kind, "text": text, "rows": rows_of_text}
