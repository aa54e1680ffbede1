"""Effects by which people change what was suggested: two change partners, two are put together or kept
apart, one stays out. What a rule forbids is refused where the round holds it firm, else asks for a reason."""

from typing import Any

from bihuan.facets.pair import cards
from bihuan.facets.pair.arguments import Apart, Edit, LeaveOut, One, Two
from bihuan.facets.pair.block import BAR, BRING_BACK, JOIN, LEAVE_OUT, SWAP, UNBAR
from bihuan.facets.pair.models import PairBar, PairOf
from bihuan.facets.pair.standing import FREE, Round, both, broken, gives
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, RefusedError
from bihuan.web import words

_WORDS = 2000


def _named(now: Round, name: str) -> str:
    """Whom an input names, of those in the round. Raises InputError, RefusedError."""
    if not now.sides:
        raise RefusedError("pair.not_gathered")
    given = now.step.inputs.get(name)
    key = next((one for one in (f"p{given}", f"o{given}") if one in now.sides), None)
    if key is None:
        raise InputError({name: ("pair.not_in_it", {})})
    return key


def _two(now: Round, args: Two) -> tuple[str, str]:
    first, second = _named(now, args.first), _named(now, args.second)
    if first == second:
        raise InputError({args.second: ("pair.the_same", {})})
    return first, second


def _free(now: Round, key: str, name: str) -> None:
    """Raises InputError for whoever is not there to be paired."""
    state = now.sides[key]["state"]
    if state not in (*FREE, "paired"):
        told = {"name": cards.name_of(key), "state": words.text(f"pair.state.{state}")}
        raise InputError({name: ("pair.not_free", told)})


def _why(step: Step, name: str | None) -> str:
    return str(step.inputs.get(name, ""))[:_WORDS] if name is not None else ""


def _put(now: Round, first: str, second: str, args: Edit, *, fixed: bool) -> None:
    """Puts two together by hand. Raises RefusedError, InputError for what a rule forbids."""
    step = now.step
    names = {"one": cards.name_of(first), "other": cards.name_of(second)}
    if now.block.two_sided and now.sides[first]["side"] == now.sides[second]["side"]:
        raise InputError({args.second: ("pair.same_side", names)})
    if both(first, second) in now.bars:
        raise InputError({args.second: ("pair.are_barred", names)})
    if both(first, second) in now.opened():
        raise InputError({args.second: ("pair.were_opened", names)})
    if now.sides[first]["side"] > now.sides[second]["side"]:
        first, second = second, first
    sides, rules = now.known((first, second)), now.rules()
    breaks = broken(sides[first], sides[second], rules)
    reason = _why(step, args.reason)
    for rule in breaks:
        told = {**names, "rule": words.text(f"pair.broken.{rule}")}
        if rule in now.block.firm or args.reason is None:
            raise RefusedError("pair.firm", **told)
        if not reason:
            raise InputError({args.reason: ("pair.needs_reason", told)})
    columns: dict[str, Any] = {
        "gives": gives(sides[first], sides[second]),
        "takes": gives(sides[second], sides[first]),
        "instead": {},
        "by_hand": True,
        "fixed": fixed,
        "breaks": breaks,
        "reason": reason if breaks else "",
        "stands": False,
        "why": {},
    }
    now.link(first, second, columns)
    for key in (first, second):
        if now.sides[key]["state"] == "alone":
            now.side(key, state="waiting", why={})


def _only(now: Round, key: str, name: str) -> str | None:
    """The one link of somebody that may still be moved; None for who has none."""
    found = now.links_of(key, stands=False)
    if now.links_of(key, stands=True):
        raise InputError({name: ("pair.stands", {"name": cards.name_of(key)})})
    if len(found) > 1:
        raise InputError({name: ("pair.has_several", {"name": cards.name_of(key)})})
    return found[0] if found else None


def swap(step: Step, args: Edit) -> None:
    """Two change partners; where one of them has none, the other is left without.

    Refuses two who are partners, two of whom neither has one, who is confirmed already; what a firm
    rule forbids, and without a reason what another does.
    """
    now = Round.of(step)
    first, second = _two(now, args)
    for key, name in ((first, args.first), (second, args.second)):
        _free(now, key, name)
    had, has = _only(now, first, args.first), _only(now, second, args.second)
    if had is None and has is None:
        raise RefusedError("pair.nothing_to_swap")
    if had == has:
        raise RefusedError("pair.are_partners")
    if now.block.two_sided and now.sides[first]["side"] != now.sides[second]["side"]:
        raise InputError({args.second: ("pair.other_side", {})})
    one = now.partner(had, first) if had is not None else None
    other = now.partner(has, second) if has is not None else None
    for link in (had, has):
        if link is not None:
            now.unlink(link)
    if other is not None:
        _put(now, first, other, args, fixed=True)
    if one is not None:
        _put(now, second, one, args, fixed=True)


def join(step: Step, args: Edit) -> None:
    """Two go together, whatever is suggested from now on; whoever they went with is alone.

    Refuses who is confirmed already, two of one side, two who were kept apart; what a firm rule
    forbids, and without a reason what another does.
    """
    now = Round.of(step)
    first, second = _two(now, args)
    for key, name in ((first, args.first), (second, args.second)):
        _free(now, key, name)
    for key, name in ((first, args.first), (second, args.second)):
        _make_room(now, key, name, but=both(first, second))
    _put(now, first, second, args, fixed=True)


def _make_room(now: Round, key: str, name: str, *, but: str) -> None:
    mine = [link for link in now.links_of(key) if link != but]
    room = now.room() if now.block.two_sided and now.sides[key]["side"] == 1 else 1
    if len(mine) < room:
        return
    loose = [link for link in mine if not now.links[link]["stands"]]
    if not loose:
        raise InputError({name: ("pair.stands", {"name": cards.name_of(key)})})
    # What nobody fixed goes first.
    now.unlink(min(loose, key=lambda link: now.links[link]["fixed"]))


def bar(step: Step, args: Apart) -> None:
    """Two are kept apart in this round, whatever is suggested; where they went together, both wait.

    Refuses two who are confirmed already.
    """
    now = Round.of(step)
    first, second = _two(now, args)
    key = both(first, second)
    if key in now.links:
        if now.links[key]["stands"]:
            raise InputError({args.first: ("pair.stands", {"name": cards.name_of(first)})})
        now.unlink(key)
    columns = {"reason": _why(step, args.reason), "at": step.at}
    step.parts[(PairBar.PART, key)] = columns


def unbar(step: Step, args: Two) -> None:
    """Two need not be kept apart any more.

    Refuses two who were not.
    """
    now = Round.of(step)
    key = both(*_two(now, args))
    if key not in now.bars:
        raise InputError({args.second: ("pair.not_barred", {})})
    step.parts[(PairBar.PART, key)] = None


def leave_out(step: Step, args: LeaveOut) -> None:
    """Somebody stays out of this round, for a reason that stays between those who keep it; whoever they
    went with waits.

    Refuses who is confirmed already.
    """
    now = Round.of(step)
    key = _named(now, args.who)
    if now.links_of(key, stands=True):
        raise InputError({args.who: ("pair.stands", {"name": cards.name_of(key)})})
    for link in now.links_of(key):
        now.unlink(link)
    now.side(key, state="out", why={}, reason=_why(step, args.reason))


def bring_back(step: Step, args: One) -> None:
    """Somebody who was left out is in it again; or whose pair's matter is over may be paired anew.

    Refuses whoever waits already, and whose pair goes on.
    """
    now = Round.of(step)
    key = _named(now, args.who)
    state = now.sides[key]["state"]
    going_on = [link for link in now.links_of(key, stands=True) if not _is_over(now, link)]
    if state in FREE or going_on:
        told = {"name": cards.name_of(key), "state": words.text(f"pair.state.{state}")}
        raise InputError({args.who: ("pair.not_out", told)})
    for link in now.links_of(key, stands=True):
        # The log keeps it; what it became stands in its own matter.
        now.links.pop(link)
        step.parts[("pair_link", link)] = None
    now.side(key, state="waiting", why={}, reason="")


def _is_over(now: Round, link: str) -> bool:
    row = PairOf.objects.filter(parent_id=now.step.matter.pk, both=link).first()
    return row is not None and Matter.objects.filter(pk=row.matter_id, phase="done").exists()


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(SWAP, Edit, swap)
    verbs.effect(JOIN, Edit, join)
    verbs.effect(BAR, Apart, bar)
    verbs.effect(UNBAR, Two, unbar)
    verbs.effect(LEAVE_OUT, LeaveOut, leave_out)
    verbs.effect(BRING_BACK, One, bring_back)
