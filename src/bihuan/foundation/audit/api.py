"""The public door of the audit app."""

from bihuan.foundation.audit import proofs, schema, security, standing, vault
from bihuan.foundation.audit.continuing import anchored
from bihuan.foundation.audit.findings import Finding
from bihuan.foundation.audit.models import Chained, Contact, Event, Part, SecurityEntry
from bihuan.foundation.audit.outside import Head
from bihuan.foundation.audit.record import (
    ConflictError,
    Happening,
    adopt,
    change,
    create,
    create_all,
    earlier,
    erase,
    history,
    read,
    register,
)
from bihuan.foundation.audit.recording import as_told, done_by, on_behalf
from bihuan.foundation.audit.registry import EventType, all_types, declare, find
from bihuan.foundation.audit.seals import BrokenLogError, seal, take_up
from bihuan.foundation.audit.verify import everything, fold, stream

__all__ = [
    "BrokenLogError",
    "Chained",
    "ConflictError",
    "Event",
    "EventType",
    "Finding",
    "Happening",
    "Head",
    "Part",
    "SecurityEntry",
    "adopt",
    "all_types",
    "anchored",
    "as_told",
    "change",
    "create",
    "create_all",
    "declare",
    "done_by",
    "earlier",
    "erase",
    "everything",
    "find",
    "fold",
    "history",
    "on_behalf",
    "proofs",
    "read",
    "register",
    "schema",
    "seal",
    "security",
    "standing",
    "stream",
    "take_up",
    "vault",
]

register(Contact)
