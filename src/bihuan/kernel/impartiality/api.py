"""The public door of who is kept away, and who is complained of."""

from bihuan.kernel.impartiality import naming
from bihuan.kernel.impartiality.recusal import recuse
from bihuan.kernel.matters.complained import suggested

__all__ = [
    "naming",
    "recuse",
    "suggested",
]
