"""Who reads who is on a roll, and why somebody need not. How many there are, everybody who sees the
matter reads."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from bihuan.facets.roll.block import by_name
from bihuan.facets.roll.counting import Row
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes

Asked = Callable[[Row], bool]
# Of which matters somebody does not read who has done it: where that says more of them, as how they did.
VEILS: list[Callable[[Matter, Actor], bool]] = []


def keeps(found: Matter, who: Actor) -> bool:
    """Whether somebody keeps the roll: may take a step that says something of others on it."""
    programme = programmes.spec_of(found.release_id)
    return any(
        by_name(action) and access.may_act(who, found, action, programme)
        for action in programme.kinds[found.kind].actions.values()
    )


def veiled(found: Matter, who: Actor) -> bool:
    """Whether somebody is not told who of a roll has done it, nor how many."""
    return any(veil(found, who) for veil in VEILS)


def seen(found: Matter, who: Actor, rows: Iterable[Row]) -> list[Row]:
    """Those on a roll as somebody reads them: where they are not told who has done it, everybody but themselves
    still should."""
    if not veiled(found, who):
        return list(rows)
    return [
        replace(row, state="should", at=row.since)
        if row.state == "done" and not _own(who, row)
        else row
        for row in rows
    ]


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
