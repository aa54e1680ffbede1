"""Papers as PDF files, set by Typst: one template a form."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bihuan.outcomes.papers.sheets.sheet import Sheet
from bihuan.outcomes.press.setting import pdf_of

HERE = Path(__file__).parent


def pdf(sheet: Sheet) -> bytes:
    """The file's bytes."""
    return pdf_of_all([sheet])


def pdf_of_all(sheets: Sequence[Sheet]) -> bytes:
    """Several papers of one form in one file: cards side by side, others a page each."""
    first = sheets[0]
    pictures = {f"square-{n}.svg": one.square("svg") for n, one in enumerate(sheets)}
    papers = [_plain(n, one) for n, one in enumerate(sheets)]
    return pdf_of(HERE / f"{first.form}.typ", {"papers": papers}, first.imprint, pictures)


def _plain(n: int, one: Sheet) -> dict[str, Any]:
    return {
        "head": one.head,
        "number": one.number,
        "title": one.title,
        "page": one.page,
        "size": one.size,
        "date": one.date,
        "issued": one.text("issued", day=one.date),
        "signs": one.to_sign,
        "sign_day": one.text("sign_day"),
        "seal": one.text("seal") if one.seal else "",
        "proof": {**one.proof, "square": f"square-{n}.svg"},
        "blocks": [
            {
                "kind": block.kind,
                "text": block.text,
                "flush": one.flush(at),
                "rows": [[cell.text for cell in row] for row in block.rows],
            }
            for at, block in enumerate(one.blocks)
        ],
    }
