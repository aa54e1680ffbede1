"""Effects that link a matter to others, and part them again."""

from typing import ClassVar

from django.db.models import Q
from pydantic import Field

from bihuan.facets.links import standing
from bihuan.facets.links.arguments import LinkArg, OfLinks
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.fieldtypes import MANY
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError
from bihuan.spec.arguments import FactName, MattersInput

_PRESSING = ("late", "urgent", "near")


class Named(OfLinks):
    link: LinkArg
    input: MattersInput


class Gathered(OfLinks):
    link: LinkArg
    states: tuple[str, ...] = Field(
        (), examples=[["found"]], description="states of the linked kind"
    )
    pressing: bool = Field(default=False, description="also what is near its end, or late")
    alike: tuple[FactName, ...] = Field(
        (), description="only what says the same in these fields, of both kinds"
    )
    shown: ClassVar = ("states",)


def given(step: Step, name: str) -> list[int]:
    """The ids of the matters that an input names."""
    found = step.inputs.get(name)
    if found is None:
        return []
    return list(found) if isinstance(found, list) else [found]


def link_add(step: Step, args: Named) -> None:
    """Links the matters that an input names; those linked already stay as they are.

    Refuses a matter that the actor does not see, that is of another kind, or the matter itself; and
    a second one where the link is to one at a time.
    """
    one = standing.spec(step, args.link)
    wanted = given(step, args.input)
    rows = {row.pk: row for row in standing.rows_of(wanted)}
    there = standing.linked(step, args.link)
    for nth, pk in enumerate(wanted, 1):
        found = rows.get(pk)
        # Absent and forbidden look alike, as everywhere.
        if found is None or not matters.sees(step.actor, found):
            raise InputError({args.input: ("input.unknown_matter", {"nth": nth})})
        _fit(step, args, found, standing.meant(one, step.programme.id))
        if pk not in there:
            step.parts[standing.key_of(args.link, pk)] = standing.joined(args.link, pk, step.at)
    if not one.many and len({*there, *wanted}) > 1:
        raise InputError({args.input: ("links.one_only", {})})


def _fit(step: Step, args: Named, found: Matter, kind: tuple[str, str]) -> None:
    if found.pk == step.matter.pk:
        raise InputError({args.input: ("links.itself", {})})
    if (found.programme, found.kind) != kind:
        raise InputError({args.input: ("links.other_kind", {"number": found.number})})


def link_drop(step: Step, args: Named) -> None:
    """Parts the matters that an input names from this one; that they were linked stays to be seen.

    Refuses a matter that is not linked, or that the actor does not see.
    """
    there = standing.linked(step, args.link)
    rows = {row.pk: row for row in standing.rows_of(there)}
    for nth, pk in enumerate(given(step, args.input), 1):
        if pk not in rows or not matters.sees(step.actor, rows[pk]):
            raise InputError({args.input: ("links.not_linked", {"nth": nth})})
        # Whole: what one column says another step may have said anew.
        before = step.parts.get(standing.key_of(args.link, pk)) or _kept(step, args.link, pk)
        step.parts[standing.key_of(args.link, pk)] = {**before, "until": step.at}


def _kept(step: Step, name: str, pk: int) -> dict[str, object]:
    return standing.kept(step.matter.stream, name, pk).values()


def link_gather(step: Step, args: Gathered) -> None:
    """Links what waits for this matter: every one of the linked kind that the actor sees,
    received or handled at its organisation or below, in one of the states, or with a clock near its end
    (`pressing`); where fields are to be `alike`, only those that say there what this matter says.
    """
    one = standing.spec(step, args.link)
    programme, kind = standing.meant(one, step.programme.id)
    there = standing.linked(step, args.link)
    low, high = tree.bounds(step.value("home_path"))
    here = Q(home_path__gte=low, home_path__lt=high) | Q(unit_path__gte=low, unit_path__lt=high)
    waits = Q(state__in=args.states)
    if args.pressing:
        waits |= Q(phase__in=("open", "waiting"), level__in=_PRESSING)
    same = {f"facts__{name}": step.fact(name) for name in args.alike}
    if None in same.values():
        return
    rows = Matter.objects.filter(here, waits, programme=programme, kind=kind, **same)
    seen = rows.filter(matters.visible(step.actor)) if step.actor != SYSTEM else rows
    found = seen.order_by("pk").values_list("pk", flat=True)[: MANY + len(there)]
    new = [pk for pk in found if pk not in there and pk != step.matter.pk]
    for pk in new[: max(MANY - len(there), 0) if one.many else 1 - len(there)]:
        step.parts[standing.key_of(args.link, pk)] = standing.joined(args.link, pk, step.at)


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("link.add", Named, link_add)
    verbs.effect("link.drop", Named, link_drop)
    verbs.effect("link.gather", Gathered, link_gather)
