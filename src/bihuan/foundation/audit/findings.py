"""What a proof says when something is not as it was written."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that cannot have come about through the doors: where, what, and what to do now."""

    where: str
    what: str
    do: str = ""
