"""The public door of people: who belongs where, who keeps the list, whom a roster means."""

from bihuan.kernel.people.declared import MEMBERSHIPS, ROSTERS, MembershipSpec, RosterSpec
from bihuan.kernel.people.keeping import (
    PeopleError,
    Sort,
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
from bihuan.kernel.people.listing import Listed, Wanted, listed
from bihuan.kernel.people.rosters import Due, resolve

__all__ = [
    "MEMBERSHIPS",
    "ROSTERS",
    "Due",
    "Listed",
    "MembershipSpec",
    "PeopleError",
    "RosterSpec",
    "Sort",
    "Wanted",
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
    "sort_at",
    "sort_of",
    "sorts_at",
]
