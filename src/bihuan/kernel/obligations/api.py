"""The public door of obligations: what is owed by whom, what met it, who is free of it."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.obligations.board import (
    Below,
    Line,
    Row,
    across,
    line_of,
    lines,
    lines_at,
    owed_by,
    summed,
    tally,
    things,
)
from bihuan.kernel.obligations.counted import catch_up, recount
from bihuan.kernel.obligations.declared import OBLIGATIONS, ObligationSpec
from bihuan.kernel.obligations.demands import Obligation, find, known
from bihuan.kernel.obligations.freedom import waivers
from bihuan.kernel.obligations.models import Waiver
from bihuan.kernel.obligations.persons import AS_MEMBER
from bihuan.kernel.obligations.pressing import may_press, press
from bihuan.kernel.obligations.reminding import come_round, is_quiet
from bihuan.kernel.obligations.reminding import run as remind
from bihuan.kernel.obligations.sight import (
    anywhere,
    may_waive,
    reads_reason,
    roots,
    seen,
    sees,
    veiled,
)
from bihuan.kernel.obligations.waiving import Waiving, end_waiver, said_by, waive
from bihuan.spec import ways

__all__ = [
    "AS_MEMBER",
    "OBLIGATIONS",
    "Below",
    "Line",
    "Obligation",
    "ObligationSpec",
    "Row",
    "Waiver",
    "Waiving",
    "across",
    "anywhere",
    "catch_up",
    "come_round",
    "end_waiver",
    "find",
    "is_quiet",
    "known",
    "line_of",
    "lines",
    "lines_at",
    "may_press",
    "may_waive",
    "owed_by",
    "press",
    "reads_reason",
    "recount",
    "remind",
    "roots",
    "said_by",
    "seen",
    "sees",
    "summed",
    "tally",
    "things",
    "veiled",
    "waive",
    "waivers",
    "ways",
]

register(Waiver)
