"""What roles do for the house: it asks for a duty, never for a role's id.

| duty | who has it |
|---|---|
| `receive` | takes in what comes to an organisation: its desk. Where somebody has it, matters arrive |
| `handle` | has matters that are given to a unit, and reports of them |
| `lead` | decides for an organisation, is told when something is wrong there |
| `publish` | reads what is to become public, and publishes it |
| `supervise` | looks over others: orders, inspects, compares |
| `review` | checks what others entered before it counts |
"""

from collections.abc import Mapping

from bihuan.spec.base import Duty
from bihuan.spec.schema import Programme

# Releases stored before roles declared their duties: then the house knew them by these ids. It goes
# when no installed release is without `does`; new ones cannot be (check_roles).
BEFORE: Mapping[str, Duty] = {
    "desk": "receive",
    "handler": "handle",
    "leader": "lead",
    "publisher": "publish",
    "supervisor": "supervise",
}


def does(programme: Programme) -> dict[str, frozenset[Duty]]:
    """The duties of every role of a programme, by role."""
    roles = programme.manifest.roles
    if any(role.does for role in roles):
        return {role.id: frozenset(role.does) for role in roles}
    return {role.id: frozenset({BEFORE[role.id]} if role.id in BEFORE else set()) for role in roles}


def doing(programme: Programme, *asked: Duty) -> frozenset[str]:
    """The roles of a programme that have any of the duties asked for."""
    return frozenset(name for name, duties in does(programme).items() if duties & {*asked})
