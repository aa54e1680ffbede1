"""In whose hands a matter was: nobody speaks for its sender who had to answer for it; and who opened it."""

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters import barring
from bihuan.kernel.matters.models import RAISED, Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import facets
from bihuan.spec.schema import OPENER, Kind


def handled(found: Matter, actor: Actor) -> bool:
    """Whether the matter was ever given to the actor at another unit than the one that received it,
    was answered by them, or was moved on by them in a way that the receiving desk may not: as
    whoever has it, or as its unit."""
    if actor.person_id is None:
        return False
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    home = {role.id for role in programme.manifest.roles if role.at == "home"}
    promises = {name for name, one in programme.clocks.items() if one.role == "promise"}
    unit_id = found.home_id
    for event in history(found.stream):
        content = read(event)
        given = content.get("set", {})
        unit_id = given.get("unit_id", unit_id)
        # At the desk itself, whoever takes it in has it until they pass it on.
        if given.get("assignee_id") == actor.person_id and unit_id != found.home_id:
            return True
        if event.actor != actor.ref:
            continue
        action = kind.actions.get(content.get("action", ""))
        # Whoever takes part as a member has nothing to answer for.
        part = programme.means_members(action.by) if action is not None else False
        if action is not None and not part and not home & set(action.by):
            return True
        parts = content.get("parts", {})
        if any((parts.get(f"clock/{name}") or {}).get("state") == "stopped" for name in promises):
            return True
    return False


def _of_others(kind: Kind) -> bool:
    """Whether what is opened is somebody's outside: who may open it themselves, or brings it to a desk."""
    brought = any(one.received and one.of(kind) is not None for one in facets.registered())
    return "sender" in kind.opened_by or brought


def keep_opener(step: Step) -> None:
    """Gives whoever opens a matter a part in it: as its opener where an action of its kind names them,
    else as who raised it, which gives them no sight of it; nothing where they wrote down what is
    somebody else's.

    Not to be called for who only brings in what somebody else said: a row of a table, an entry of
    the mobile unit."""
    if step.actor.person_id is None:
        return
    if step.kind.names(OPENER):
        step.parts[("party", OPENER)] = barring.person(OPENER, step.actor.person_id)
    elif not _of_others(step.kind):
        step.parts[("party", RAISED)] = barring.person(RAISED, step.actor.person_id)
