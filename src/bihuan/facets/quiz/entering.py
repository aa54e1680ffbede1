"""What short tests hold about somebody, for their own eyes: what they passed, among what is recorded of them; all
they answered, when they ask what is held."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.quiz.models import QuizAttempt, QuizResult
from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import api as matters
from bihuan.kernel.profiles import entries

MOST = 100


def _passed(found: Person, at: datetime) -> Iterator[entries.Entry]:
    """What somebody passed or missed: it stands with what else is recorded of them, and nobody types it again."""
    del at
    rows = QuizResult.objects.filter(person_id=found.pk, state__in=("succeeded", "missed"))
    some = list(rows.order_by("-at")[:MOST])
    held = matters.of_streams([one.stream for one in some])
    by = entries.by_whom((one.stream, one.at) for one in some)
    for one in some:
        matter = held[one.stream]
        kind = Code(matter.kind, f"kinds.{matter.kind}", matter.programme)
        values: dict[str, entries.Said] = {"kind": kind, "number": matter.number}
        if one.state == "succeeded":
            values["percent"] = str(one.best)
        who = by.get((one.stream, one.at), "")
        yield entries.Entry(one.at, f"entries.quiz_{one.state}", who, values, "", matter.pk)


def _answered(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = list(QuizAttempt.objects.filter(person_id=person_id).order_by("at", "pk"))
    found = matters.of_streams([one.stream for one in rows])
    for one in rows:
        yield {
            "number": found[one.stream].number,
            "attempt": one.n,
            "right": one.right,
            "among": one.among,
            "succeeded": one.succeeded,
            "answers": [f"{key}: {answer}" for key, answer in one.answers.items()],
            "at": one.at,
        }


def register() -> None:
    """Registers both."""
    entries.register(_passed)
    own_data.register("quiz_attempts", _answered)
