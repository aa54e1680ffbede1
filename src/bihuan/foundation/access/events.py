"""What can happen to grants, tokens, invitations and log-ins."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("grant.given", "admin", (), security=True),
            EventType("grant.ended", "admin", (), security=True),
            EventType("token.issued", "admin", (), security=True),
            EventType("token.revoked", "admin", (), security=True),
            EventType("login.made", "admin", (), security=True),
            EventType("login.failed", "admin", (), ("count",), security=True),
            EventType("login.unknown", "admin", (), ("count",), security=True),
            EventType("login.held", "admin", (), ("count",), security=True),
            EventType("factor.added", "admin", (), ("kind",), security=True),
            EventType("factor.removed", "admin", (), ("kind",), security=True),
            EventType("factor.failed", "admin", (), ("kind",), security=True),
            EventType("factor.recovered", "admin", (), ("kind",), security=True),
            EventType("login.ended", "admin", (), ("why",), security=True),
            EventType("passwords.listed", "admin", (), ("org", "people"), security=True),
            EventType("account.links_ended", "admin", (), security=True),
            EventType("account.data_taken", "admin", (), ("rows",), security=True),
            EventType("invitation.given", "admin", (), security=True),
            EventType("invitation.asked", "admin", (), security=True),
            EventType("invitation.used", "admin", (), security=True),
            EventType("invitation.ended", "admin", (), security=True),
            EventType("connection.made", "admin", (), ("by",), security=True),
            EventType("connection.ended", "admin", (), security=True),
            EventType("login.stranger", "admin", (), ("provider", "count"), security=True),
        ]
    )
