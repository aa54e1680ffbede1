"""Guards over rounds and pairs: everybody has somebody, all pairs are over, both have said their part."""

from django.db.models import Q

from bihuan.facets.pair import cards, partners
from bihuan.facets.pair.arguments import Both, Complete, Ended
from bihuan.facets.pair.models import PairLink, PairOf
from bihuan.facets.pair.standing import FREE, Round
from bihuan.facets.pair.verbs import told_rules
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.spec.arguments import Share
from bihuan.web import words

_NAMED = 5


def _enough(step: Step, args: Share, there: int, among: int) -> bool:
    wanted = args.percent
    if args.setting is not None:
        wanted = int(step.setting(args.setting).value)
    return there * 100 >= (100 if wanted is None else wanted) * among


def complete(step: Step, args: Complete) -> Refusal | None:
    """Everybody in the round (of two rosters: of the first) has somebody, or so many per cent have;
    whoever is left out, exempt or gone not counted. Says who has nobody, and which rules stand in the
    way."""
    now = Round.of(step)
    among = [
        key
        for key, one in now.sides.items()
        if one["state"] in (*FREE, "paired") and one["side"] == 0
    ]
    alone = [key for key in among if not now.links_of(key)]
    if among and _enough(step, args, len(among) - len(alone), len(among)):
        return None
    if not among:
        return Refusal("guard.pair_not_gathered", {})
    rules: dict[str, int] = {}
    for key in alone:
        for rule, n in now.sides[key]["why"].items():
            rules[rule] = rules.get(rule, 0) + n
    names = words.listed(cards.name_of(key) for key in alone[:_NAMED])
    values = {"n": len(alone), "names": names, "rules": told_rules(rules)}
    return Refusal("guard.pair_complete" if rules else "guard.pair_alone", values)


def ended(step: Step, args: Ended) -> Refusal | None:
    """Every pair that was confirmed has its matter, and that is over; or so many per cent are."""
    rows = PairLink.objects.filter(stream=step.matter.stream, stands=True)
    among = rows.count()
    opened = PairOf.objects.filter(parent_id=step.matter.pk).values("matter_id")
    over = Matter.objects.filter(pk__in=opened, phase="done").count()
    going_on = Matter.objects.filter(~Q(phase="done"), pk__in=opened).count()
    total = max(among, over + going_on)
    if total and _enough(step, args, over, total):
        return None
    return Refusal("guard.pair_ended", {"there": over, "among": total})


def both_said(step: Step, args: Both) -> Refusal | None:
    """Both partners have said their part in an action; together with the one who takes it now."""
    missing = {0, 1} - partners.said(step, args.action)
    if not missing:
        return None
    told = {"names": words.listed(partners.names(step, missing))}
    return Refusal("guard.pair_both", told)


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("pair.complete", Complete, complete)
    verbs.guard("pair.ended", Ended, ended)
    verbs.guard("pair.both", Both, both_said)
