"""What prints: loaded when something is printed, for whoever prints nothing need not wait for it."""

from typing import TYPE_CHECKING

from bihuan.lib.door import opened_late

if TYPE_CHECKING:
    from bihuan.outcomes.publicity.bulletins.papers.chart import png
    from bihuan.outcomes.publicity.bulletins.papers.layouts.check import examine
    from bihuan.outcomes.publicity.bulletins.papers.layouts.fill import fill
    from bihuan.outcomes.publicity.bulletins.papers.layouts.start import start
    from bihuan.outcomes.publicity.bulletins.papers.pdf import pdf
    from bihuan.outcomes.publicity.bulletins.papers.word import word

__all__ = ["examine", "fill", "pdf", "png", "start", "word"]

__getattr__ = opened_late(
    "bihuan.outcomes.publicity.bulletins.papers",
    {
        "chart": ["png"],
        "layouts.check": ["examine"],
        "layouts.fill": ["fill"],
        "layouts.start": ["start"],
        "pdf": ["pdf"],
        "word": ["word"],
    },
)
