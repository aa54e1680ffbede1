"""A round and its nominations, as they stand: which are there, what the round is for, how it was ranked."""

from collections.abc import Collection, Iterable

from django.db.models import Q

from bihuan.facets.round.block import NOMINATION, ROUND, AwardSpec, NominationSpec, RoundSpec
from bihuan.facets.round.models import Candidacy, Ranked, RoundRun
from bihuan.facets.round.ranking import Counted
from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import ProblemError, RefusedError
from bihuan.spec.schema import Kind

RUN = "run"
OF = "of"


def kind_of(found: Matter) -> Kind:
    """How the release of a matter declares its kind."""
    return programmes.spec_of(found.release_id).kinds[found.kind]


def block_of(found: Matter) -> RoundSpec:
    """How a matter's kind declares its round. Raises ProblemError where it is none (an old release)."""
    block = ROUND.of(kind_of(found))
    if block is None:
        raise ProblemError("round.none")
    return block


def nominating(found: Matter) -> NominationSpec:
    """How a matter's kind declares its nomination. Raises ProblemError where it is none."""
    block = NOMINATION.of(kind_of(found))
    if block is None:
        raise ProblemError("round.none")
    return block


@standing.kept
def kinds() -> tuple[tuple[str, str], ...]:
    """(programme, kind) of the kinds that are rounds, by any release ever."""
    found: set[tuple[str, str]] = set()
    for row in programmes.releases():
        spec = programmes.spec_of(row.pk)
        found |= {(spec.id, kind_id) for kind_id, _ in ROUND.kinds(spec)}
    return tuple(sorted(found))


def of_kinds() -> Q:
    """The condition that a matter is a round."""
    q = Q(pk__in=[])
    for programme, kind in kinds():
        q |= Q(programme=programme, kind=kind)
    return q


def run_of(found: Matter) -> RoundRun | None:
    """How a round runs; None before it was opened."""
    return RoundRun.objects.filter(stream=found.stream, key=RUN).first() if found.pk else None


def running(found: Matter) -> RoundRun:
    """The same. Raises RefusedError before it was opened."""
    run = run_of(found)
    if run is None:
        raise RefusedError("round.not_open")
    return run


def award_of(found: Matter, run: RoundRun) -> AwardSpec:
    """The award that a round is for. Raises ProblemError where its kind knows it no more."""
    award = block_of(found).awards.get(run.award)
    if award is None:
        raise ProblemError("round.none")
    return award


def candidacy(found: Matter) -> Candidacy | None:
    """For what a matter nominates whom; None of other matters."""
    return Candidacy.objects.filter(stream=found.stream, key=OF).first() if found.pk else None


def round_of(found: Matter) -> Matter:
    """The round of a nomination. Raises RefusedError where it has none."""
    mine = candidacy(found)
    if mine is None:
        raise RefusedError("round.no_round")
    return Matter.objects.get(pk=mine.round_id)


def nominations(found: Matter, states: Collection[str] | None = None) -> list[Matter]:
    """The nominations of a round, oldest first; only those in some states."""
    own = Candidacy.objects.filter(round_id=found.pk).values("matter_id")
    rows = Matter.objects.filter(pk__in=own).order_by("pk")
    return list(rows if states is None else rows.filter(state__in=states))


def ranked(found: Matter) -> list[Counted]:
    """What each nomination of a round was given, as far as it was counted."""
    rows = Ranked.objects.filter(stream=found.stream)
    return counted((row.nomination_id, row) for row in rows)


def counted(rows: Iterable[tuple[int, Ranked]]) -> list[Counted]:
    """Rows of a ranking as they are compared."""
    return [Counted(pk, row.votes, row.turn, row.out) for pk, row in rows]
