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
    leave,
    member,
    own,
    reads,
    sort_at,
    sort_of,
    sorts_at,
)
from bihuan.kernel.people.listing import PAGE, Listed, Wanted, anywhere, listed, roots
from bihuan.kernel.people.rosters import Due, resolve

__all__ = [
    "MEMBERSHIPS",
    "PAGE",
    "ROSTERS",
    "Due",
    "Exemption",
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
    "end_exemption",
    "exempt",
    "keeps",
    "leave",
    "listed",
    "member",
    "own",
    "reads",
    "resolve",
    "roots",
    "sort_at",
    "sort_of",
    "sorts_at",
]
