"""The public door of the exchange: lists that go out, tables that come in."""

from bihuan.kernel.exchange import export, intake, listing, members

__all__ = [
    "export",
    "intake",
    "listing",
    "members",
]
