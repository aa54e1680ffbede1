"""What figures may know of gatherings: each who came, was excused, absent or made up for it, at the
organisations of its matter, on the day it was written down, with the minutes that were attended; never
who it was; and each line of its agenda, never what it says."""

from bihuan.facets.gathering.block import GATHERING, ON_AGENDA, SAID
from bihuan.facets.gathering.models import AgendaLine, Attendance
from bihuan.insight import api as insight


def declare() -> None:
    """Makes attendance known to the facts."""
    insight.declare_parts(
        insight.Parted(Attendance.PART, GATHERING.name, "state", SAID, numbers="numbers")
    )
    insight.declare_parts(insight.Parted(AgendaLine.PART, GATHERING.name, "", ON_AGENDA))
