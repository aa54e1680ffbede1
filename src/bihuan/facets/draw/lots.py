"""Drawing by lot so that anybody can work it out again. Pure.

The seed of a period is made of the house's key, the matter and the period: nobody knows it before, nobody
chooses it, and a second draw would come out the same. Once drawn it is shown to all who see the matter. The lot
of a row is made of the seed and the row alone, so that adding another row moves none; the smallest lots win.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from bihuan.lib import canonical

Row = Mapping[str, Any]


def seed(key: str, stream: str, period: str) -> str:
    """The seed of a matter in a period, as hexadecimal digits."""
    return _lot(key, f"draw|{stream}|{period}")


def text(row: Row) -> str:
    """A row as it is drawn: JSON with sorted keys and no blanks."""
    return canonical.dumps(row)


def lot(of: str, row: Row) -> str:
    """The lot of a row: HMAC-SHA256 of its text, keyed by the seed's digits."""
    return _lot(of, text(row))


def drawn(of: str, rows: Sequence[Row], n: int) -> list[int]:
    """The numbers, from 1, of the n rows with the smallest lots, smallest first; of two that say the same the
    one that stands first."""
    lots = sorted((lot(of, row), number) for number, row in enumerate(rows, 1))
    return [number for _, number in lots[:n]]


def _lot(key: str, said: str) -> str:
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()
