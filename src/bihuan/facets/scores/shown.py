"""What of scores hangs on a matter: how many gave them, one's own, and what they came to for those who are told."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from bihuan.facets.scores import averages
from bihuan.facets.scores.averages import Told
from bihuan.facets.scores.block import GIVE, SCORES, SHEET, ScoresSpec
from bihuan.facets.scores.models import Score, ScoreResult, ScoreSheet
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change
from bihuan.kernel.matters import access, subjects
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Kind

Results = dict[str, ScoreResult]


def told(row: ScoreResult) -> Told:
    """What a result says."""
    return Told(row.numbers.get("forms", 0), row.numbers.get("points"))


def written(hundredths: int | None, *, signed: bool = False) -> str:
    """An average, or by how much it moved, with two places; '' where there is none."""
    if hundredths is None:
        return ""
    sign = "-" if hundredths < 0 else "+" if signed and hundredths else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d}"


def lines(block: ScoresSpec, now: Results, before: Results) -> list[dict[str, Any]]:
    """Of each item its average, and how it moved since the results `before`."""
    found = []
    for item in block.items:
        if item not in now:
            continue
        one = told(now[item])
        average = averages.hundredths(one.points, one.forms) if one.points is not None else None
        change_ = averages.moved(one, told(before[item])) if item in before else None
        found.append(
            {
                "item": item,
                "forms": one.forms,
                "average": written(average),
                "moved": written(change_, signed=True),
            }
        )
    return found


def results(streams: Iterable[str]) -> dict[str, Results]:
    """The results of matters that are closed, by stream and item."""
    found: dict[str, Results] = {}
    for row in ScoreResult.objects.filter(stream__in=[*streams]):
        found.setdefault(row.stream, {})[row.key] = row
    return found


def read_by(who: Actor, rows: list[Matter]) -> list[Matter]:
    """Those of some matters that somebody sees, and whose averages they are told."""
    seen = list(Matter.objects.filter(access.visible(who), pk__in=[row.pk for row in rows]))
    access.know_parties(seen)
    return [one for one in seen if _reads(who, one)]


def _reads(who: Actor, found: Matter) -> bool:
    block = SCORES.of(programmes.spec_of(found.release_id).kinds[found.kind])
    return block is not None and access.reads(who, found, block.reading)


def _before(found: Matter, who: Actor, at: datetime) -> tuple[Matter, Results] | None:
    """The last matter of the kind about the same person or organisation that was closed before one."""
    about = subjects.of(access.parties(found))
    if about is None:
        return None
    same = Party.objects.filter(
        role=about.role, person_id=about.person_id, org_id=about.org_id
    ).exclude(matter_id=found.pk)
    rows = ScoreResult.objects.filter(matter_id__in=same.values("matter_id"), at__lt=at)
    for row in rows.order_by("-at").values_list("matter_id", flat=True).distinct()[:50]:
        some = Matter.objects.filter(pk=row, programme=found.programme, kind=found.kind)
        for one in read_by(who, list(some)):
            return one, results([one.stream])[one.stream]
    return None


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """What somebody who sees the matter is shown: how many gave their grades by themselves and on paper,
    whether they did, and, if they are told, what it came to and how it moved. None of kinds without, and
    while there is nothing to say."""
    del at
    block = SCORES.of(programmes.spec_of(found.release_id).kinds[found.kind])
    if block is None:
        return None
    own = Score.objects.filter(stream=found.stream)
    given, mine = own.count(), own.filter(person_id=who.person_id or 0).first()
    sheets = ScoreSheet.objects.filter(stream=found.stream)
    paper = max((sum(row.counts.values()) for row in sheets), default=0)
    closed = results([found.stream]).get(found.stream, {})
    if not (given or paper or closed):
        return None
    said: dict[str, Any] = {
        "given": given,
        "paper": paper,
        "mine": json.loads(mine.kept) if mine and mine.kept else {},
        "closed": bool(closed),
        "told": False,
        "most": max(block.grades.values()),
        "lines": [],
        "before": None,
    }
    if closed and access.reads(who, found, block.reading):
        row = next(iter(closed.values()))
        earlier = _before(found, who, row.at)
        said["told"] = True
        said["lines"] = lines(block, closed, earlier[1] if earlier else {})
        if earlier:
            said["before"] = {"id": earlier[0].pk, "number": earlier[0].number}
    return said


def _unsaid(kind: Kind, action: Action) -> Collection[str]:
    """What somebody gave, and what few forms said, stands in no time line."""
    block = SCORES.of(kind)
    if block is None:
        return ()
    found = {str(one.args.get("rows")) for one in action.effects if one.do == SHEET}
    if any(one.do == GIVE for one in action.effects):
        found |= {*block.items}
    return found


def _forgotten(found: Matter, actor: str, at: datetime) -> None:
    """What people gave goes with what else was written; what it came to stays."""
    rows = Score.objects.filter(stream=found.stream).exclude(kept="")
    parts = {(Score.PART, row.key): {"kept": ""} for row in rows}
    if parts:
        said = {"changed_at": at}
        change(found, Happening("matter.scores_forgotten", at, actor, set=said, parts=parts))


def register() -> None:
    """Puts the part on every matter that has scores."""
    attach(Attached("scores", shown=shown, unsaid=_unsaid, forgotten=_forgotten))
