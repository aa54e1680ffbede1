"""The public door of people: who belongs where, who keeps the list, whom a roster means."""

from bihuan.foundation.orgs.models import Exemption, Membership
from bihuan.kernel.people.declared import MEMBERSHIPS, ROSTERS, MembershipSpec, RosterSpec
from bihuan.kernel.people.keeping import (
    PeopleError,
    Sort,
    admit,
    begin,
    end_exemption,
    exempt,
    keeps,
    kept_by_matter,
    leave,
    member,
    own,
    reads,
    sort_at,
    sort_of,
    sorts_at,
)
from bihuan.kernel.people.listing import PAGE, Listed, Wanted, anywhere, listed, roots
from bihuan.kernel.people.many import Beginning, Keeper, begin_all, move
from bihuan.kernel.people.rosters import Due, resolve

__all__ = [
    "MEMBERSHIPS",
    "PAGE",
    "ROSTERS",
    "Beginning",
    "Due",
    "Exemption",
    "Keeper",
    "Listed",
    "Membership",
    "MembershipSpec",
    "PeopleError",
    "RosterSpec",
    "Sort",
    "Wanted",
    "admit",
    "anywhere",
    "begin",
    "begin_all",
    "end_exemption",
    "exempt",
    "keeps",
    "kept_by_matter",
    "leave",
    "listed",
    "member",
    "move",
    "own",
    "reads",
    "resolve",
    "roots",
    "sort_at",
    "sort_of",
    "sorts_at",
]
