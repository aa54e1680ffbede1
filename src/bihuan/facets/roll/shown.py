"""The roll of a matter as somebody who sees it may read it: how many should, how many have; who has not."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.roll import counting, sight, signing_up
from bihuan.facets.roll.block import (
    DONE,
    EXCUSE,
    JOIN,
    LEAVE,
    MISSED,
    REASONS,
    ROLL,
    STATES,
    effects,
    joins,
    rule_of,
)
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.entering import own_actions
from bihuan.facets.roll.events import FORGOTTEN
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.orgs.api import standing_org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, Given, attach
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.papers.api import COUNTED, Counted
from bihuan.spec.schema import Action, Kind, Programme
from bihuan.web import fields

# Names of each state on a page; the counts are of all.
NAMES = 40
# Above so many, all are asked for: a statement has only so much room.
FEW = 500


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """What somebody who sees the matter is shown: how many should, have, are excused and exempt; those
    in each state by organisation, as far as the reader may read their names; what became of
    themselves; by which action they can be marked. None of kinds without a roll."""
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    name, rule = ROLL.of(kind), rule_of(programme, kind)
    if name is None or rule is None:
        return None
    on = timezone.localtime(at).date()
    every = list(counting.rows(found).values())
    rows = sight.seen(found, who, counting.counting(every, found, on))
    told, veiled = counting.states(rows), sight.veiled(found, who)
    key = f"rosters.{name}"
    return {
        "roster": {locale: text.get(key, key) for locale, text in programme.strings.items()},
        "of_orgs": rule.of_orgs,
        "taken": min((one.since for one in every), default=None),
        "room": placed(kind, found),
        "should": len(rows) - told["exempt"],
        "missing": told["should"],
        "veiled": veiled,
        **{state: told[state] for state in STATES[1:]},
        "aside": len(every) - len(rows),
        "mine": [
            {"id": one.person_id or one.org_id, "name": one.name, "state": one.state, "at": one.at}
            for one in counting.mine(who, every)
        ],
        "lists": [
            _listed(found, who, on, state, [one for one in rows if one.state == state])
            for state in STATES
            if told[state] and not (veiled and state == "should")
        ],
        "mark": mark(found, who, at),
    }


def placed(kind: Kind, found: Matter) -> dict[str, int | None] | None:
    """For how many there is room, how many places are left (None: for all); None where nobody signs up."""
    if not joins(kind):
        return None
    most, left = signing_up.room(kind, found) or (None, None)
    return {"most": most, "left": left}


def _listed(found: Matter, who: Actor, on: date, state: str, rows: list[Row]) -> dict[str, Any]:
    """Those in one state by organisation, so many as a page has room for; `more` are the others whom
    the reader may read, `unnamed` those whom not."""
    is_named = sight.named(found, who)
    seen = [one for one in rows if is_named(one)]
    groups: dict[int, list[dict[str, Any]]] = {}
    for one in told(found, who, on, seen[:NAMES]):
        groups.setdefault(one["org"]["id"], []).append(one)
    return {
        "state": state,
        "count": len(rows),
        "groups": [{"org": each[0]["org"], "who": each} for each in groups.values()],
        "more": max(len(seen) - NAMES, 0),
        "unnamed": len(rows) - len(seen),
    }


def told(found: Matter, who: Actor, on: date, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Those on a roll, each with organisation and state, why they need not where the reader may know
    it, and whether they have left since."""
    rows = list(rows)
    programme = programmes.spec_of(found.release_id)
    name, there = ROLL.of(programme.kinds[found.kind]), {one.key for one in rows}
    left = set()
    if rows and name is not None:
        pks = [one.person_id or one.org_id for one in rows]
        asked = pks if len(pks) <= FEW else None
        still = people.resolve(programme, name, found.home, on, among=asked)
        left = there - {one.key for one in still}
    may = sight.reasons(found, who)
    return [
        {
            "id": one.person_id or one.org_id,
            "name": one.name,
            "org": {"id": one.org_id, "name": standing_org(one.org_id).name},
            "state": one.state,
            "at": one.at,
            "left": one.key in left,
            "reason": _reason(one, programme) if one.reason and may(one) else None,
        }
        for one in rows
    ]


def _reason(one: Row, programme: Programme) -> dict[str, str]:
    """Why one need not, by locale: an exemption's in the words of its programme, else as written."""
    if one.state == "exempt" and one.reason in REASONS:
        return dict(REASONS[one.reason])
    sort = people.sort_of(one.kind) if one.state == "exempt" else None
    if sort is None:
        return dict.fromkeys(programme.strings, one.reason)
    key = f"exempt.{sort.name}.{one.reason}"
    return {locale: text.get(key, key) for locale, text in sort.programme.strings.items()}


def given(found: Matter, who: Actor) -> list[Given]:
    """What somebody has done themselves, in the words of the action by which one does it."""
    programme = programmes.spec_of(found.release_id)
    if ROLL.of(programme.kinds[found.kind]) is None:
        return []
    kind = programme.kinds[found.kind]
    own = sorted(own_actions(programme, found.kind))
    mine = [one for one in counting.mine(who, counting.rows(found).values()) if one.person_id]
    if joins(kind) and any(one.state == "should" for one in mine):
        done = frozenset(
            name
            for name, action in kind.actions.items()
            if any(verb.do in (JOIN, LEAVE) for verb in effects(action))
        )
        return [Given("roll.signed_up", f"kinds.{found.kind}", done)]
    if not own or not any(one.state == "done" for one in mine):
        return []
    return [Given("roll.given", f"actions.{found.kind}.{own[0]}", frozenset(own))]


def mark(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """The action by which the reader marks others with one press: it asks for nothing but who; and
    whether several may be named at once."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    for one in matters.offered(found, who, at):
        wanted = [name for name, asked in one.action.inputs.items() if asked.required]
        for verb in one.action.effects:
            name = verb.args.get("input")
            if verb.do == DONE and wanted == [name] and one.refusal is None:
                many = kind.actions[one.id].inputs[str(name)].type in ("people", "orgs")
                posted = fields.posted_name(str(name))
                return {"action": one.id, "input": name, "posted": posted, "many": many}
    return None


def unsaid(kind: Kind, action: Action) -> set[str]:
    """Who was named and why they are excused stands in the roll, for those who may read it, and in no
    time line, which everybody reads who sees the matter."""
    del kind
    verbs = [verb for verb in effects(action) if verb.do in (DONE, EXCUSE, MISSED, JOIN, LEAVE)]
    named = {str(verb.args["input"]) for verb in verbs if "input" in verb.args}
    people_named = {name for name in named if action.inputs[name].type in ("person", "people")}
    return people_named | {str(verb.args["reason"]) for verb in verbs if "reason" in verb.args}


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """Why somebody needed not goes with what else was written."""
    rows = Enrolled.objects.filter(stream=found.stream).exclude(reason="")
    parts = {(Enrolled.PART, row.key): {"reason": ""} for row in rows}
    if parts:
        change(found, Happening(FORGOTTEN, at, actor, set={"changed_at": at}, parts=parts))


def register() -> None:
    """Puts the part on every matter that has a roll."""
    counting.register()
    attach(Attached(name="roll", shown=shown, forgotten=forgotten, unsaid=unsaid, given=given))
    about = "how many of the roll should, and how many are in each state"
    COUNTED.add("roll", Counted("roll", about, _counts, _on_paper))


def _counts(kind: Kind) -> Iterable[str]:
    return ("should", *STATES) if ROLL.of(kind) is not None else ()


def _on_paper(found: Matter, who: Actor, at: datetime) -> dict[str, str]:
    """How many should, and how many are in each state."""
    every = sight.seen(found, who, counting.rows(found).values())
    told = counting.states(counting.counting(every, found, timezone.localtime(at).date()))
    should = sum(told[state] for state in STATES) - told["exempt"]
    return {"should": f"{should}", **{state: f"{told[state]}" for state in STATES}}
