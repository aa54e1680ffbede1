"""What happens when a matter leaves a pool."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

ENDED = "pool_stay.ended"


def declare() -> None:
    """Declares the event types of this facet. `inputs` says the pool, as figures ask for choices."""
    declare_types([EventType(ENDED, "staff", (), ("inputs",))])
