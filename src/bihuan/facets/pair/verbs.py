"""Effects of a round: who is in it, who goes with whom, and that it is so."""

from typing import Any

from bihuan.facets.pair import cards, opening
from bihuan.facets.pair.arguments import Confirm, Gather, OfPair
from bihuan.facets.pair.block import CONFIRM, GATHER, MOST, SUGGEST
from bihuan.facets.pair.models import PairSide
from bihuan.facets.pair.standing import FREE, Round, broken, meant, side_columns
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import RefusedError
from bihuan.rules import pairing
from bihuan.rules.pairing import Suggestion
from bihuan.web import words

_NAMED = 5
UNSAID = "unsaid"


def gather(step: Step, args: Gather) -> None:
    """Writes down whom the round's rosters mean on this day at the organisation that received it, each
    with where they are; who is exempt is told as such. `again` adds who came since, takes note of who
    has left or is elsewhere now, and takes those apart that were not confirmed.

    Refuses a second time (unless `again`), a round of nobody, one of nobody to be paired with, and one
    of more than 2,000.
    """
    now = Round.of(step)
    if now.sides and not args.again:
        raise RefusedError("pair.gathered_already")
    found = meant(step.programme, now.block, step)
    due = [side for side, one in found.values() if not one.exempt]
    if len(due) < 2 or (now.block.two_sided and {*due} != {0, 1}):
        raise RefusedError("pair.of_nobody", name=step.org(step.value("home_id")).name)
    if len(found) > MOST:
        raise RefusedError("pair.too_many", n=len(found), most=MOST)
    for key, (side, one) in found.items():
        had = now.sides.get(key)
        if had is None:
            now.sides[key] = side_columns(side, one, step.at)
            step.parts[(PairSide.PART, key)] = now.sides[key]
        else:
            _again(now, key, one.org_id, exempt=bool(one.exempt))
    for key in [key for key, one in now.sides.items() if key not in found]:
        if now.sides[key]["state"] != "gone":
            _apart(now, key)
            now.side(key, state="gone", why={})


def _apart(now: Round, key: str) -> None:
    for link in now.links_of(key, stands=False):
        now.unlink(link)


def _again(now: Round, key: str, org_id: int, *, exempt: bool) -> None:
    had = now.sides[key]
    state = had["state"]
    if exempt and state in FREE:
        state = "exempt"
    elif (not exempt and state == "exempt") or state == "gone":
        state = "waiting"
    if (state, org_id) != (had["state"], had["org_id"]):
        _apart(now, key)
        now.side(key, state=state, org_id=org_id, why={})


def suggest(step: Step, args: OfPair) -> None:
    """Finds who goes with whom: as many pairs as the rules allow, together worth the most by what each
    can and the other needs, and keeps with each what they give each other and which rules keep away
    whom they would suit better. What was suggested before and nobody fixed is taken back first. Who
    stays alone is told by which rules. The same round gives the same pairs.

    Refuses where nobody is free, and where not a single pair can be: by which rules, and who is
    concerned.
    """
    del args
    now = Round.of(step)
    if not now.sides:
        raise RefusedError("pair.not_gathered")
    for key in [k for k, one in now.links.items() if not one["stands"] and not one["fixed"]]:
        now.unlink(key)
    found, said = _solved(now)
    if not found.pairs and not now.links:
        if not found.alone:
            raise RefusedError("pair.nobody_free")
        raise _impossible(now, found, said)
    for pair in found.pairs:
        now.link(
            pair.one,
            pair.other,
            {
                "gives": list(pair.gives),
                "takes": list(pair.takes),
                "instead": dict(pair.instead),
                "by_hand": False,
                "fixed": False,
                "breaks": [],
                "reason": "",
                "stands": False,
                "why": {},
            },
        )
        for key in (pair.one, pair.other):
            if now.sides[key]["state"] == "alone":
                now.side(key, state="waiting", why={})
    for key, why in _in_the_way(now, [*found.alone, *found.left]).items():
        told = why if key in said else {UNSAID: 0, **why}
        if now.sides[key]["state"] != "alone" or now.sides[key]["why"] != told:
            now.side(key, state="alone", why=told)
    now.run(at=step.at, pairs=len(found.pairs), short=found.short, gap=found.gap)


def _solved(now: Round) -> tuple[Suggestion, set[str]]:
    """The pairs of those who are free, and who of them has said anything."""
    used = {key: len(now.links_of(key)) for key in now.sides}
    sides = {
        key: one
        for key, one in now.known(k for k, s in now.sides.items() if s["state"] in FREE).items()
        if used[key] < one.room
    }
    said = {key for key, one in sides.items() if one.can or one.needs}
    rules = now.rules()
    if not now.block.two_sided:
        return pairing.among([*sides.values()], rules), said
    ones = [one for key, one in sides.items() if now.sides[key]["side"] == 0]
    others = [
        pairing.Side(one.key, one.group, one.can, one.needs, one.room - used[key])
        for key, one in sides.items()
        if now.sides[key]["side"] == 1
    ]
    found = pairing.suggest(ones, others, rules)
    # Who has somebody already is not alone.
    left = {key: why for key, why in found.left.items() if not used[key]}
    return Suggestion(found.pairs, found.alone, left, found.short, found.gap), said


def _in_the_way(now: Round, alone: list[str]) -> dict[str, dict[str, int]]:
    """Which rules keep how many of all in the round away from those who stay alone."""
    if not alone:
        return {}
    rules = now.rules()
    asked = [key for key, one in now.sides.items() if one["state"] in (*FREE, "paired")]
    sides = now.known(asked)
    two = now.block.two_sided
    return {
        key: pairing.in_the_way(
            sides[key],
            (
                sides[other]
                for other in asked
                if not two or now.sides[other]["side"] != now.sides[key]["side"]
            ),
            rules,
        )
        for key in alone
    }


def told_rules(why: dict[str, int]) -> str:
    """Rules and how many each keeps away, in the reader's words."""
    return words.listed(words.text(f"pair.rule.{rule}", count=n) for rule, n in why.items())


def _impossible(now: Round, found: Suggestion, said: set[str]) -> RefusedError:
    names = [cards.name_of(key) for key in found.alone][:_NAMED]
    rules = dict(found.standing_in_the_way())
    if not said and now.least():
        return RefusedError("pair.nobody_said", names=words.listed(names), n=len(found.alone))
    told = {"names": words.listed(names), "n": len(found.alone), "rules": told_rules(rules)}
    return RefusedError("pair.nobody_fits", **told)


def confirm(step: Step, args: Confirm) -> None:
    """The pairs that were suggested or put together are so from now on; each gets its matter soon,
    which tells both. Who stays alone stays, and may be paired later.

    Refuses where nothing is there to confirm; where somebody has left, is exempt or is elsewhere since,
    or two were partners meanwhile, so that a rule is broken that no hand accepted: by name.
    """
    now = Round.of(step)
    new = [key for key, one in now.links.items() if not one["stands"]]
    if not new:
        raise RefusedError("pair.nothing_to_confirm")
    _still(now, new)
    for key in new:
        one = now.links[key]
        now.link(one["first"], one["second"], {**one, "stands": True})
        for side in (one["first"], one["second"]):
            if now.sides[side]["state"] != "paired":
                now.side(side, state="paired", why={})
    now.run(given=args.model_dump())
    step.tasks.append((opening.PLAN, {}, "pair"))


def _still(now: Round, links: list[str]) -> None:
    """Raises RefusedError where the links are not as they were suggested."""
    found = meant(now.step.programme, now.block, now.step)
    keys = {side for key in links for side in (now.links[key]["first"], now.links[key]["second"])}
    gone = [key for key in keys if key not in found or found[key][1].exempt]
    if gone:
        raise RefusedError("pair.have_left", names=_names(gone))
    moved = [key for key in keys if found[key][1].org_id != now.sides[key]["org_id"]]
    if moved:
        raise RefusedError("pair.have_moved", names=_names(moved))
    rules, sides = now.rules(), now.known(keys)
    for key in links:
        one: dict[str, Any] = now.links[key]
        first, second = sides[one["first"]], sides[one["second"]]
        # What they can may be said otherwise since: that takes nobody apart.
        new = {*broken(first, second, rules)} - {pairing.POOR, *one["breaks"]}
        if new:
            why = words.text(f"pair.broken.{min(new)}")
            raise RefusedError("pair.rule_since", names=_names([first.key, second.key]), rule=why)


def _names(keys: list[str]) -> str:
    told = words.listed(sorted(cards.name_of(key) for key in keys)[:_NAMED])
    return words.text("pair.and_more", names=told, n=len(keys)) if len(keys) > _NAMED else told


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(GATHER, Gather, gather)
    verbs.effect(SUGGEST, OfPair, suggest)
    verbs.effect(CONFIRM, Confirm, confirm)
