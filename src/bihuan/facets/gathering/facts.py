"""What figures may know of gatherings: each who came, was excused, absent or made up for it, at the
organisations of its matter, on the day it was written down, with the minutes that were attended; never
who it was."""

from bihuan.facets.gathering.block import GATHERING, SAID
from bihuan.facets.gathering.models import Attendance
from bihuan.insight import api as insight


def declare() -> None:
    """Makes attendance known to the facts."""
    insight.declare_parts(
        insight.Parted(Attendance.PART, GATHERING.name, "state", SAID, numbers="numbers")
    )
