"""What can happen to a matter."""

from collections.abc import Iterator

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types
from bihuan.foundation.notify.announced import announces
from bihuan.kernel.programmes import api as programmes

# What a step of a matter says beside what it changes.
_STEP = (
    "action",
    "inputs",
    "origin",
    "stands_in",
    "children",
    "steps",
    "moved",
    "announce",
    "code_renewed",
    "typed",
    "role",
)
_HANDED = ("absence", "person", "stand_in")


def announced() -> Iterator[str]:
    """The types of events that steps of matters are announced under; of a kind that not everybody sees
    none is (`Step.tell`)."""
    for one in programmes.known():
        for kind in one.kinds.values():
            if not kind.seen_by:
                yield from (f"{one.id}.{name}" for name in ("open", *kind.actions))


def declare() -> None:
    announces(announced)
    declare_types(
        [
            EventType("matter.opened", "sender", ("set", "body", "complained_of", "inputs"), _STEP),
            EventType("matter.acted", "sender", ("inputs",), _STEP),
            EventType("matter.noted", "staff", ("note",)),
            EventType("matter.stepped", "staff", (), _STEP),
            EventType("matter.act_refused", "staff", (), ("action", "act", "why", "values")),
            EventType("matter.recalculated", "sender", (), _STEP),
            EventType("matter.joined", "staff", (), ("number", "matter")),
            EventType("matter.parted", "staff", (), ("number", "matter")),
            EventType("matter.handed_over", "staff", (), _HANDED),
            EventType("matter.handed_back", "staff", (), _HANDED),
        ]
    )
