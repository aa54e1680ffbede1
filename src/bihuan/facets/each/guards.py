"""The guard over the matters that were opened for each of a roster."""

from bihuan.facets.each import board
from bihuan.facets.each.arguments import Done
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.web import words

_NAMED = 5


def each_done(step: Step, args: Done) -> Refusal | None:
    """Everybody for whom one was opened has ended theirs, or so many per cent; whoever has left since
    and had not, not counted."""
    run = board.run_of(step.matter)
    if run is None:
        return Refusal("guard.each_not_opened", {})
    told = board.counts(step.matter, run)
    if told.going_on:
        return Refusal("guard.each_going_on", {"opened": told.opened, "due": told.due})
    if args.percent is None and args.setting is None:
        return _left(step, told) if told.done < told.among else None
    wanted = args.percent if args.setting is None else int(step.setting(args.setting).value)
    if told.among and told.done * 100 >= int(wanted or 0) * told.among:
        return None
    values = {"there": told.done, "among": told.among, "needed": wanted}
    return Refusal("guard.each_share", values)


def _left(step: Step, told: board.Counts) -> Refusal:
    left = told.among - told.done
    # Those that the actor must not know of are counted and not named.
    first = [*board.rows(step.matter, step.actor, "late", "open")[:_NAMED]]
    names = words.listed(one.number for one in first)
    if not names:
        return Refusal("guard.each_open_unnamed", {"n": left})
    more = "_some" if left > len(first) else ""
    return Refusal(f"guard.each_open{more}", {"n": left, "names": names})


def register() -> None:
    """Declares the guard of this module."""
    verbs.guard("each.done", Done, each_done)
