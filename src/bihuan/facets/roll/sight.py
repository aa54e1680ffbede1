"""Who reads who is on a roll, and why somebody need not. How many there are, everybody who sees the
matter reads."""

from collections.abc import Callable

from bihuan.facets.roll.block import by_name
from bihuan.facets.roll.counting import Row
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes

Asked = Callable[[Row], bool]


def keeps(found: Matter, who: Actor) -> bool:
    """Whether somebody keeps the roll: may take a step that says something of others on it."""
    programme = programmes.spec_of(found.release_id)
    return any(
        by_name(action) and access.may_act(who, found, action, programme)
        for action in programme.kinds[found.kind].actions.values()
    )


def named(found: Matter, who: Actor) -> Asked:
    """Whether somebody reads one's name: of an organisation, of whoever is on it by office, one's own;
    else who keeps the roll, or reads the list of members."""
    keeping = keeps(found, who) if found.pk else False
    reads = _reads(who)
    return lambda row: (
        row.person_id is None or not row.kind or _own(who, row) or keeping or reads(row)
    )


def reasons(found: Matter, who: Actor) -> Asked:
    """Whether somebody reads why one need not: of an exemption they themselves and who reads the list
    of members; of an excuse they themselves and who keeps the roll."""
    keeping, reads = keeps(found, who), _reads(who)
    return lambda row: _own(who, row) or (reads(row) if row.state == "exempt" else keeping)


def _own(who: Actor, row: Row) -> bool:
    return row.person_id is not None and row.person_id == who.person_id


def _reads(who: Actor) -> Asked:
    known: dict[tuple[str, int], bool] = {}

    def reads(row: Row) -> bool:
        where = (row.kind, row.org_id)
        if where not in known:
            sort = people.sort_of(row.kind) if row.kind else None
            path = standing_org(row.org_id).path
            known[where] = sort is not None and people.reads(who, sort, path)
        return known[where]

    return reads
