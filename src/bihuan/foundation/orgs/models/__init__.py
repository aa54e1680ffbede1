from bihuan.foundation.orgs.models.calendar import CalendarYear, WorkCalendar
from bihuan.foundation.orgs.models.org import Org
from bihuan.foundation.orgs.models.person import Person, Post

__all__ = ["CalendarYear", "Org", "Person", "Post", "WorkCalendar"]
