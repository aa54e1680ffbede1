"""What happens to stances: within the steps of their matters; figures ask for it by these names."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

TAKEN, CHANGED, WITHDRAWN = "stance.taken", "stance.changed", "stance.withdrawn"


def declare() -> None:
    declare_types(
        [
            EventType("matter.stances_forgotten", "staff", ()),
            EventType(TAKEN, "staff", ()),
            EventType(CHANGED, "staff", ()),
            EventType(WITHDRAWN, "staff", ()),
        ]
    )
