"""Doors of kinds: one that nobody could go through, and a kind that no page opens."""

from collections.abc import Iterator

from bihuan.spec.load import Problem
from bihuan.spec.schema import OPENER, Programme


def problems(programme: Programme) -> Iterator[Problem]:
    """What is wrong with the doors of a programme's kinds."""
    for kind_id, kind in programme.kinds.items():
        doors, where = programme.doors(kind_id), f"{kind_id}.doors"
        sent = "sender" in kind.opened_by
        if doors.portal and not sent:
            cause = "a door of the portal that no sender may go through"
            yield Problem(
                "matters.toml", f"{where}.portal", cause, "let sender open it, or shut it"
            )
        if doors.desk and not kind.staff():
            cause = "a door of the desk that no role may go through"
            yield Problem("matters.toml", f"{where}.desk", cause, "name a role in opened_by")
        if programme.apart(kind_id):
            continue
        inside = doors.desk or doors.portal or doors.member
        if (sent and not doors.portal) or (kind.staff() and not inside):
            cause = "somebody may open it, and no page does"
            yield Problem(
                "matters.toml", where, cause, "open a door, or take them out of opened_by"
            )


def meant(programme: Programme) -> Iterator[Problem]:
    """Members who would never see again what they opened."""
    for kind_id, kind in programme.kinds.items():
        if kind.for_members() and not kind.names(OPENER):
            cause = "a member who opens one never sees it again"
            remedy = "name opener in its seen_by, or in the by of an action"
            yield Problem("matters.toml", f"{kind_id}.doors.member", cause, remedy)
