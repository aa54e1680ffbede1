"""What keeps people away from a matter does to it: the parts that say so, and what it takes from them.

Who may do it, and to whom, is asked in `recusal` and `naming`; what it hides, in `access`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters.models import Matter

Part = tuple[tuple[str, str], dict[str, Any]]


def named_org(org: Org) -> Part:
    """The part of a matter in which an organisation is complained of."""
    held = {"role": "named", "person_id": None, "org_id": org.pk, "org_path": org.path}
    return ("party", f"named-org-{org.pk}"), held


def named_person(person_id: int) -> Part:
    """The part of a matter in which a person is complained of."""
    return ("party", f"named-person-{person_id}"), person("named", person_id)


def recused(person_id: int) -> Part:
    """The part of a matter from which a person is recused."""
    return ("party", f"recused-{person_id}"), person("recused", person_id)


def person(role: str, person_id: int) -> dict[str, Any]:
    """The columns of a part in which a person has a role in a matter."""
    return {"role": role, "person_id": person_id, "org_id": None, "org_path": ""}


def whole(found: Matter) -> list[Matter]:
    """A matter and what was opened under it: who is kept from the one is kept from all."""
    return [found, *_below(found)]


def _below(found: Matter) -> Iterator[Matter]:
    for child in Matter.objects.filter(parent_id=found.pk).order_by("pk"):
        yield child
        yield from _below(child)


def bar(
    found: Matter,
    kind: str,
    parts: Mapping[tuple[str, str], dict[str, Any]],
    kept: set[int],
    *,
    actor: Actor,
    at: datetime,
    said: Mapping[str, Any],
    why: Mapping[str, str],
) -> None:
    """Writes an event of `kind` with the parts, and takes the matter off its assignee where they are
    among those `kept` away. `said` stays in the log, `why` can be erased. Raises ConflictError."""
    at = max(at, found.changed_at)
    values: dict[str, object] = {"changed_at": at}
    if found.assignee_id in kept:
        values["assignee_id"] = None
    change(
        found,
        Happening(
            kind, at, actor.ref, set=values, parts=dict(parts), data=dict(said), private=dict(why)
        ),
    )
