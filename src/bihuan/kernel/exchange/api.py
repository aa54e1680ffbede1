"""The public door of the exchange: lists that go out, tables that come in."""

from bihuan.kernel.exchange import export, intake, listing, members
from bihuan.kernel.exchange.taken_out import taken_out

__all__ = [
    "export",
    "intake",
    "listing",
    "members",
    "taken_out",
]
