"""What a nomination says of its own in the steps of its matter: for which round it is, how it came, which
conditions are met, and that it is the only one of its candidate there."""

from datetime import datetime
from typing import Any

from bihuan.facets.round import conditions, rounds
from bihuan.facets.round.block import NOMINATION, ROUND, NominationSpec
from bihuan.facets.round.conditions import Whom
from bihuan.facets.round.events import FORGOTTEN
from bihuan.facets.round.models import Award, Candidacy, Criterion
from bihuan.facets.round.rounds import OF
from bihuan.facets.subject.block import SUBJECTS
from bihuan.foundation.audit.api import Happening, change
from bihuan.kernel.matters import access, subjects
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Party
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.spec.schema import SUBJECT

# The field that lists and figures are grouped by of themselves.
CATEGORY = "category"


def within(step: Step) -> None:
    """Writes down, when a nomination is opened, of which round and award it is, how it came and which
    conditions are met; it leaves its place in a state that is void, and takes it again on the way back.

    Raises RefusedError where it hangs under no round that takes it now, InputError or RefusedError where
    the candidate is nominated there already."""
    block = NOMINATION.of(step.kind)
    if block is None:
        return
    if not step.matter.pk:
        _begin(step, block)
    elif block.void:
        _keep_place(step, block)


def _begin(step: Step, block: NominationSpec) -> None:
    columns = step.parts.get(("party", SUBJECT))
    above = step.matter.parent
    if above is None or ROUND.of(rounds.kind_of(above)) is None:
        raise RefusedError("round.no_round")
    run = rounds.running(above)
    if above.state not in rounds.block_of(above).open_:
        raise RefusedError("round.closed", number=above.number)
    if rounds.award_of(above, run).nomination != step.matter.kind:
        raise RefusedError("round.other_kind", number=above.number)
    if columns is None:
        # Its field says that it is missing.
        return
    whom = Whom(columns["person_id"], columns["org_id"])
    slot = _slot(above.pk, whom)
    if (other := _taken(step, slot)) is not None:
        raise InputError({_field(step): other})
    how = _how(step, columns)
    step.parts[(Candidacy.PART, OF)] = {
        "round_id": above.pk,
        "award": run.award,
        "person_id": whom.person_id,
        "org_id": whom.org_id,
        "how": how,
        "shown": None if whom.person_id is not None else True,
        "slot": slot,
    }
    for name, value in ((block.award, run.award), (block.how, how)):
        step.facts()[name] = value
    if block.award == CATEGORY:
        step.set[CATEGORY] = run.award
    write(step, above, run.award, whom)


def _field(step: Step) -> str:
    found = SUBJECTS.of(step.kind)
    return found.field if found is not None else SUBJECT


def _how(step: Step, columns: dict[str, Any]) -> str:
    """Nobody types it: by themselves, by whoever has a role for it there, by anybody else."""
    about = [Party(**columns)]
    if subjects.is_about(step.actor, about) and columns["person_id"] is not None:
        return "self"
    by_role = access.opens_by_role(step.actor, step.kind, step.programme, step.matter.home_path)
    return "branch" if by_role else "masses"


def _slot(round_id: int, whom: Whom) -> str:
    return f"{round_id}:{whom.key}"


def _taken(step: Step, slot: str) -> tuple[str, dict[str, str]] | None:
    """What is said of the nomination that is there: its number only to those who may see it."""
    there = Candidacy.objects.filter(slot=slot).exclude(matter_id=step.matter.pk or 0).first()
    if there is None:
        return None
    found = Matter.objects.get(pk=there.matter_id)
    if matters.sees(step.actor, found):
        return "round.nominated", {"number": found.number}
    return "round.nominated_unseen", {}


def _keep_place(step: Step, block: NominationSpec) -> None:
    was, is_now = step.matter.state in block.void, step.value("state") in block.void
    mine = rounds.candidacy(step.matter) if was != is_now else None
    if mine is None:
        return
    slot = _slot(mine.round_id, Whom(mine.person_id, mine.org_id))
    if was and (other := _taken(step, slot)) is not None:
        raise RefusedError(other[0], **other[1])
    put(step, slot=None if is_now else slot)


def put(step: Step, **columns: Any) -> None:
    """Changes what a nomination says of its candidate. Raises RefusedError where it is none."""
    mine = rounds.candidacy(step.matter)
    if mine is None:
        raise RefusedError("round.no_round")
    said = step.parts.get((Candidacy.PART, OF)) or {}
    step.parts[(Candidacy.PART, OF)] = {**mine.values(), **said, **columns}


def write(step: Step, above: Matter, award: str, whom: Whom) -> None:
    """Looks at every condition again and writes down what was found, with from where."""
    for one in conditions.look(above, award, whom, on=step.day(), at=step.at):
        columns = {"is_met": one.is_met, "seen": one.seen, "at": step.at}
        step.parts[(Criterion.PART, one.name)] = columns


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """The name of a person leaves the wall with what was written of them; that the award was given stays."""
    rows = Candidacy.objects.filter(stream=found.stream, person_id__isnull=False)
    parts = {(Candidacy.PART, row.key): {"shown": None} for row in rows if row.shown is not None}
    if parts:
        change(found, Happening(FORGOTTEN, at, actor, set={"changed_at": at}, parts=parts))


def collided(error: Exception) -> ProblemError | None:
    """Two took the same place, or gave the same award, at one moment: the one tried again finds it."""
    text = str(error)
    if "round_candidacy_slot" in text or f"{Candidacy._meta.db_table}.slot" in text:
        return RefusedError("round.nominated_now")
    if "round_award_slot" in text or f"{Award._meta.db_table}.slot" in text:
        return RefusedError("round.awarded_now")
    return None


def register() -> None:
    """Makes it part of what nominations say."""
    attach(Attached(within=within, collided=collided, forgotten=forgotten))
