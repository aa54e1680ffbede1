"""Who sees what is owed where, and who may free whom of it."""

from dataclasses import replace

from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.matters import membership
from bihuan.kernel.obligations.board import Line
from bihuan.kernel.obligations.demands import Obligation, known
from bihuan.kernel.obligations.persons import AS_MEMBER


def roots(who: Actor, programme: str) -> list[str]:
    """Roots of the subtrees of which somebody sees what is owed by a programme: where they have a role of
    it. The house sees all ('')."""
    if who.ref == SYSTEM.ref:
        return [""]
    if not who.may_scope("matters:read"):
        return []
    roles = {role.id for one in known(programme) for role in one.programme.manifest.roles}
    paths = sorted({at for role in roles for at in who.paths(role, programme)})
    # What lies below another of them is seen with that one.
    return [p for p in paths if not any(p != q and tree.covers(q, p) for q in paths)]


def seen(who: Actor) -> list[Obligation]:
    """The obligations of which somebody sees something, by programme as they are declared."""
    return [one for one in known() if roots(who, one.programme.id)]


@standing.kept
def anywhere(who: Actor) -> bool:
    """Whether somebody sees any of them: what a menu asks on every page. Standing data."""
    return bool(seen(who))


def sees(who: Actor, one: Obligation, path: str, person_id: int | None = None) -> bool:
    """Whether somebody sees what is owed at a place, or by a person there: everybody their own of
    what people owe."""
    if not one.of_orgs and person_id is not None and person_id == who.person_id:
        return True
    return any(tree.covers(at, path) for at in roots(who, one.programme.id))


def reads_reason(who: Actor, one: Obligation, path: str, person_id: int | None = None) -> bool:
    """Whether somebody reads why a person is free: they themselves, and who may free people there. Of
    organisations everybody does who sees it."""
    if person_id is None or person_id == who.person_id or who.ref == SYSTEM.ref:
        return True
    return any(who.has(role, path, one.programme.id) for role in one.spec.waived_by)


def veiled(who: Actor, one: Obligation, line: Line) -> Line:
    """A line as somebody may read it: without reasons that are not for them."""
    if reads_reason(who, one, line.path, line.person_id):
        return line
    cells = (
        replace(each, asked=replace(each.asked, reason=_read(each.reason))) for each in line.cells
    )
    return replace(line, cells=tuple(cells))


def _read(reason: str) -> str:
    return reason if reason == AS_MEMBER else ""


def may_waive(who: Actor, one: Obligation, path: str, person_id: int | None = None) -> bool:
    """Whether somebody may free an organisation, or a person there, of an obligation: by a role that is
    named for it, held above the organisation (at a root, there); nobody frees themselves, nor an organisation to
    which they belong by a membership, a post or a role."""
    if not who.may_scope("matters:write") or (person_id is not None and person_id == who.person_id):
        return False
    if one.of_orgs and membership.is_member(who, path):
        return False
    above = path if one.of_orgs is False else path[: -tree.STEP] or path
    return any(who.has(role, above, one.programme.id) for role in one.spec.waived_by)
