"""How far events are settled."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """Every event up to `event` is settled once these transactions, who were writing, have ended."""

    event: int
    writers: tuple[str, ...]
