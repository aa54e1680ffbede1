"""The public door of absences: who is away, who stands in."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.absences.models import Absence
from bihuan.kernel.absences.saying import hand_over_due, may_say, say_away, say_back
from bihuan.kernel.absences.standing_in import absence_of, absences, standing_for
from bihuan.kernel.absences.work import Work
from bihuan.kernel.absences.work import register as register_work

__all__ = [
    "Absence",
    "Work",
    "absence_of",
    "absences",
    "hand_over_due",
    "may_say",
    "register_work",
    "say_away",
    "say_back",
    "standing_for",
]

register(Absence)
