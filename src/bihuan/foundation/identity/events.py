"""What can happen to whose site this is."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types([EventType("identity.set", "admin", ("set",), security=True)])
