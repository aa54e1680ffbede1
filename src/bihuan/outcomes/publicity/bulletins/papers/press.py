"""What prints: loaded when something is printed, for whoever prints nothing need not wait for it."""

from typing import TYPE_CHECKING

from bihuan.lib.door import opened_late

if TYPE_CHECKING:
    from bihuan.outcomes.publicity.bulletins.papers.chart import png
    from bihuan.outcomes.publicity.bulletins.papers.pdf import pdf
    from bihuan.outcomes.publicity.bulletins.papers.word import word

__all__ = ["pdf", "png", "word"]

__getattr__ = opened_late(
    "bihuan.outcomes.publicity.bulletins.papers",
    {"chart": ["png"], "pdf": ["pdf"], "word": ["word"]},
)
