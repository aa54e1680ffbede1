from bihuan.foundation.orgs.models.calendar import CalendarYear, WorkCalendar
from bihuan.foundation.orgs.models.membership import Exemption, Membership
from bihuan.foundation.orgs.models.org import Org
from bihuan.foundation.orgs.models.org_type import OrgType
from bihuan.foundation.orgs.models.person import Person, Post

__all__ = [
    "CalendarYear",
    "Exemption",
    "Membership",
    "Org",
    "OrgType",
    "Person",
    "Post",
    "WorkCalendar",
]
