"""The public door of the audit app."""

from bihuan.foundation.audit import schema, standing, vault
from bihuan.foundation.audit.models import Chained, Contact, Event, Part
from bihuan.foundation.audit.record import (
    ConflictError,
    Happening,
    adopt,
    change,
    create,
    earlier,
    erase,
    history,
    read,
    register,
)
from bihuan.foundation.audit.registry import EventType, all_types, declare, find
from bihuan.foundation.audit.verify import Finding, everything, fold, seal, stream

__all__ = [
    "Chained",
    "ConflictError",
    "Event",
    "EventType",
    "Finding",
    "Happening",
    "Part",
    "adopt",
    "all_types",
    "change",
    "create",
    "declare",
    "earlier",
    "erase",
    "everything",
    "find",
    "fold",
    "history",
    "read",
    "register",
    "schema",
    "seal",
    "standing",
    "stream",
    "vault",
]

register(Contact)
