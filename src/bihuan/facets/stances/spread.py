"""How often each choice was made, where nobody may learn what another chose. Pure."""

from collections.abc import Mapping

# Fewer in a group than this, and whoever knows the others knows the one.
LEAST = 5


def spread(counts: Mapping[str, int], least: int = LEAST) -> dict[str, int | None]:
    """The counts that may be told beside their sum; None for one that may not.

    A choice of fewer than `least` is not told, nor so many others that it could be worked out from
    the sum; nor that all chose the same, which tells of each. Where that leaves no choice that
    anybody made, nothing is told at all: then it cannot be seen which of the reasons it was.
    """
    made = {name: n for name, n in counts.items() if n}
    hidden = {name for name, n in made.items() if n < least}
    if len(made) < 2:
        hidden = set(made)
    rest = sorted(made.keys() - hidden, key=lambda name: (made[name], name))
    while hidden and rest and (len(hidden) < 2 or sum(made[n] for n in hidden) < least):
        hidden.add(rest.pop(0))
    if not rest:
        return dict.fromkeys(counts)
    return {name: None if name in hidden else n for name, n in counts.items()}
