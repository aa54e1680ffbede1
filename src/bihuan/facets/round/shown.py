"""A round and a nomination as somebody who sees them may read them: candidates with their conditions in one
table, votes only when the vote is over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.round import guards, moving, nominating, ranking, rounds, sources, voting
from bihuan.facets.round.block import NOMINATION, ROUND, RoundSpec
from bihuan.facets.round.models import Award, Candidacy, Conflict, Criterion, Ranked, RoundRun
from bihuan.facets.round.rounds import OF
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters import access, subjects
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes

# Why somebody has no vote on any nomination of a round.
CONTENDER = "contender"


def of_round(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """For which award, how many, who is nominated and where each stands; what the reader may do there.
    None of a kind that is no round."""
    block = ROUND.of(rounds.kind_of(found))
    if block is None:
        return None
    run = rounds.run_of(found)
    if run is None:
        return {"open": False, "nominees": [], "may_nominate": False, "to_vote": 0}
    return {
        "open": nominating.takes(found),
        "award": _award(found, block, run),
        "quota": run.quota,
        "since": run.since,
        "sort": nominating.kind(found)[3].is_,
        "jury": len(guards.on_roll(found)),
        **_candidates(found, run, who),
        "may_nominate": nominating.may(who, found),
        "to_vote": len(voting.left(found, who, at)),
    }


def _award(found: Matter, block: RoundSpec, run: RoundRun) -> dict[str, Any]:
    spec = programmes.spec_of(found.release_id)
    key = f"choices.{block.award}.{run.award}"
    return {"id": run.award, "label": _said(spec.strings, key)}


def _said(strings: Mapping[str, Mapping[str, str]], key: str) -> dict[str, str]:
    return {locale: text.get(key, key) for locale, text in strings.items()}


def _candidates(found: Matter, run: RoundRun, who: Actor) -> dict[str, Any]:
    """The nominations that the reader sees, those with a place first, in the order of their votes."""
    pks = [one.pk for one in rounds.nominations(found)]
    seen = matters.by_ids(who, pks)
    access.know_parties(seen)
    of = {row.matter_id: row for row in Candidacy.objects.filter(matter_id__in=pks)}
    rows = {row.nomination_id: row for row in Ranked.objects.filter(stream=found.stream)}
    counted = rounds.counted(rows.items())
    level = moving.level(found) if rows else ()
    known = [one.pk for one in seen if _knows(one, who)]
    looked: dict[int, list[Criterion]] = {}
    for each in Criterion.objects.filter(matter_id__in=[one.pk for one in seen]).order_by("pk"):
        looked.setdefault(each.matter_id, []).append(each)
    told_of = [each for pk in known for each in looked.get(pk, ())]
    told_each = sources.by_matter(told_of, who, found)
    barred: dict[int, list[Conflict]] = {}
    for one in Conflict.objects.filter(matter_id__in=known).order_by("pk"):
        barred.setdefault(one.matter_id, []).append(one)
    told = [
        _candidate(one, of[one.pk], rows.get(one.pk), counted)
        | {
            "conditions": told_each.get(one.pk, []),
            **_looked(looked.get(one.pk, [])),
            "level": one.pk in level and len(level) > 1,
            "recused": [
                _conflict(each) for each in barred.get(one.pk, ()) if each.why != CONTENDER
            ],
        }
        for one in seen
    ]
    return {
        "counted": bool(rows),
        "voters": max((row.voters for row in rows.values()), default=0),
        "tied": len(level) > 1 and _undecided(found, run),
        "nominees": sorted(told, key=lambda one: (one["place"] or len(told) + 1, one["id"])),
        "contenders": _contenders(barred),
        "unseen": len(pks) - len(seen),
    }


def _knows(found: Matter, who: Actor) -> bool:
    """Whether somebody may read which conditions are met, from where, and who is kept away: by a role, or
    as whom it is about. Whoever nominated is told only what came of it."""
    programme = programmes.spec_of(found.release_id)
    return access.by_role(who, found) or subjects.speaks(who, access.parties(found), programme)


def _looked(rows: list[Criterion]) -> dict[str, Any]:
    """When the conditions were looked at, and whether all are met."""
    return {
        "looked": rows[0].at if rows else None,
        "all_met": all(one.is_met for one in rows),
    }


def _undecided(found: Matter, run: RoundRun) -> bool:
    """Whether a place waits for a rule to decide between those who are level."""
    rows = rounds.nominations(found)
    taken = sum(one.state in rounds.nominating(one).seated for one in rows)
    return taken < run.quota


def _contenders(barred: Mapping[int, list[Conflict]]) -> list[dict[str, Any]]:
    """Who has no vote in the whole round, as a candidate of it: said once."""
    rows = (one for held in barred.values() for one in held if one.why == CONTENDER)
    return list({one.person_id: _conflict(one) for one in rows}.values())


def _candidate(
    one: Matter, mine: Candidacy, row: Ranked | None, counted: list[ranking.Counted]
) -> dict[str, Any]:
    spec = programmes.spec_of(one.release_id)
    return {
        "id": one.pk,
        "number": one.number,
        "whom": whom(mine),
        "how": mine.how,
        "state": one.state,
        "state_label": _said(spec.strings, f"states.{one.kind}.{one.state}"),
        "phase": one.phase,
        "home": one.home_id,
        "place": ranking.place(counted, one.pk) if row is not None else 0,
        "votes": row.votes if row is not None else None,
        "voters": row.voters if row is not None else None,
        "out": bool(row is not None and row.out),
    }


def whom(mine: Candidacy | Award) -> dict[str, Any]:
    """Who a candidate is: `sort`, id and name."""
    if mine.org_id is not None:
        return {"sort": "org", "id": mine.org_id, "name": standing_org(mine.org_id).name}
    pk = mine.person_id or 0
    return {"sort": "person", "id": pk, "name": standing_person(pk).name}


def _conflict(one: Conflict) -> dict[str, Any]:
    return {"id": one.person_id, "name": standing_person(one.person_id).name, "why": one.why}


def of_nomination(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Of which round a nomination is, whether its conditions are met, its votes when they are counted, the
    award; to whom that concerns each condition with its sources and who of the jury is kept away. None of
    other matters."""
    del at
    block = NOMINATION.of(rounds.kind_of(found))
    mine = rounds.candidacy(found) if block is not None else None
    if mine is None:
        return None
    above = Matter.objects.get(pk=mine.round_id)
    rows = list(Ranked.objects.filter(stream=above.stream))
    row = next((one for one in rows if one.nomination_id == found.pk), None)
    counted = rounds.counted((one.nomination_id, one) for one in rows)
    criteria = list(Criterion.objects.filter(stream=found.stream).order_by("pk"))
    knows = _knows(found, who)
    barred = Conflict.objects.filter(stream=found.stream).order_by("pk") if knows else ()
    given = Award.objects.filter(stream=found.stream, key=OF).first()
    there = _candidate(found, mine, row, counted)
    return {
        "round": {"id": above.pk, "number": above.number, "subject": above.subject},
        "sees_round": matters.sees(who, above),
        **{name: there[name] for name in ("whom", "how", "place", "votes", "voters", "out")},
        "conditions": sources.by_matter(criteria if knows else (), who, above).get(found.pk, []),
        **_looked(criteria),
        "recused": [_conflict(one) for one in barred],
        "shown": mine.shown,
        "given": given.given if given is not None else None,
        "ended": given.ended if given is not None else None,
    }


def lists(found: Matter) -> tuple[str, ...]:
    """The kinds of nominations, which the table shows."""
    block = ROUND.of(rounds.kind_of(found))
    return tuple({one.nomination for one in block.awards.values()}) if block is not None else ()


def register() -> None:
    """Puts the parts on rounds and nominations."""
    attach(Attached(name="round", shown=of_round, lists=lists))
    attach(Attached(name="nomination", shown=of_nomination))
