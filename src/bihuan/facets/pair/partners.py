"""The matter that two are partners in: both are whom it is about, and say their parts in it."""

from typing import Any

from bihuan.facets.pair import cards
from bihuan.facets.pair.arguments import Agree
from bihuan.facets.pair.block import PARTNERS, PartnersSpec
from bihuan.facets.pair.models import PairOf, PairWord
from bihuan.facets.pair.standing import both, former, group_of, match_of
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters import access, barring, membership, subjects, verbs
from bihuan.kernel.matters.api import Party
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.parts import left_by
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.schema import SUBJECT

OF = "of"
PARTIES = (SUBJECT, f"{SUBJECT}-other")


def within(step: Step) -> None:
    """Keeps who the partners are, when the matter is opened: both are whom it is about.

    Raises InputError where one is named twice.
    """
    block = PARTNERS.of(step.kind)
    if block is None or step.matter.pk:
        return
    pks = [step.inputs.get(name) for name in block.fields]
    if None in pks:
        return
    if pks[0] == pks[1]:
        raise InputError({block.fields[1]: ("pair.the_same", {})})
    for key, pk in zip(PARTIES, pks, strict=True):
        step.parts[("party", key)] = _party(step, block, int(pk or 0))
    if (PairOf.PART, OF) not in step.parts:
        step.parts[(PairOf.PART, OF)] = _by_hand(step, block, [int(pk or 0) for pk in pks])


def _party(step: Step, block: PartnersSpec, pk: int) -> dict[str, Any]:
    role = subjects.role_of(step.kind)
    if block.is_ == "person":
        return barring.person(role, pk)
    org = step.org(pk)
    return {"role": role, "person_id": None, "org_id": org.pk, "org_path": org.path}


def _by_hand(step: Step, block: PartnersSpec, pks: list[int]) -> dict[str, Any]:
    """Two whom no round put together: they are partners before, for every later one."""
    letter = "p" if block.is_ == "person" else "o"
    first, second = (f"{letter}{pk}" for pk in pks)
    sort = f"{step.programme.id}.{step.matter.kind}"
    places = (step.value("home_id"), step.value("unit_id"))
    groups = (
        {"group": group_of(key, place if letter == "p" else pk)}
        for key, place, pk in zip((first, second), places, pks, strict=True)
    )
    again = frozenset((first, second)) in former(sort, (first, second), "ever")
    return {
        "parent_id": None,
        "sort": sort,
        "both": both(first, second),
        "first": first,
        "second": second,
        "match": match_of(*groups, again=again),
        "gives": [],
        "takes": [],
    }


def key_of(party: Party) -> str:
    """The key of a partner."""
    return cards.key_of(party.person_id, party.org_id or 0)


def partners(held: list[Party]) -> list[Party]:
    """Both, the first first."""
    return sorted(subjects.every(held), key=lambda one: PARTIES.index(one.key))


def _side(step: Step, args: Agree) -> int:
    """Which partner speaks. Raises InputError, RefusedError."""
    two = partners(access.parties(step.matter))
    given = step.inputs.get(args.who) if args.who is not None else None
    if given is not None:
        found = [n for n, one in enumerate(two) if given in (one.person_id, one.org_id)]
        if not found:
            raise InputError({str(args.who): ("pair.no_partner", {})})
        if _speaks_for_other(step, two, found[0]):
            raise InputError({str(args.who): ("pair.not_for_partner", {})})
        _is_theirs_to_say(step, two[found[0]], str(args.who))
        return found[0]
    mine = [n for n, one in enumerate(two) if _is(step, one)]
    if len(mine) == 1:
        return mine[0]
    if args.who is not None:
        raise InputError({args.who: ("input.required", {})})
    raise RefusedError("pair.speaks_for_both" if mine else "pair.speaks_for_none")


def _is(step: Step, one: Party) -> bool:
    if one.org_id is None:
        return one.person_id == step.actor.person_id
    return one.org_path in membership.voices(step.actor, step.programme)


def _speaks_for_other(step: Step, two: list[Party], meant: int) -> bool:
    """One partner does not sign for the other."""
    return not _is(step, two[meant]) and any(_is(step, one) for one in two)


def _is_theirs_to_say(step: Step, meant: Party, field: str) -> None:
    """Raises InputError where somebody else writes down the part of a partner who can say it themselves:
    whoever has an account that is open, or an organisation for which somebody with one speaks."""
    if _is(step, meant):
        return
    if meant.org_id is None:
        people = {meant.person_id} - {None}
    else:
        people = {*membership.speakers(meant.org_id, step.programme, step.day())}
    able = [one for pk in people if (one := standing_person(int(pk or 0))).is_active]
    if any(one.has_account for one in able):
        told = {"name": cards.name_of(key_of(meant))}
        raise InputError({field: ("pair.has_account", told)})


def agree(step: Step, args: Agree) -> None:
    """One of the partners has said their part in this action: whoever acts, or the one whom an input
    names, for whom somebody else writes it down. Said again it counts once.

    Refuses who is no partner, one partner who speaks for the other, and whoever speaks for a partner who
    has an account.
    """
    key = f"{step.action}.{_side(step, args)}"
    columns = {"person_id": step.actor.person_id, "at": step.at}
    step.parts[(PairWord.PART, key)] = columns


def said(step: Step, action: str) -> set[int]:
    """Which partners have said their part in an action, as the step itself leaves it."""
    found = {
        int(key.rpartition(".")[2])
        for key in left_by(step, PairWord)
        if key.rpartition(".")[0] == action
    }
    if step.action == action:
        for verb in step.kind.actions[action].effects:
            if verb.do == "pair.agree":
                found.add(_side(step, Agree.model_validate(verb.args)))
    return found


def names(step: Step, missing: set[int]) -> list[str]:
    """What partners are called."""
    two = partners(access.parties(step.matter))
    return [
        standing_person(one.person_id).name
        if one.person_id is not None
        else standing_org(one.org_id or 0).name
        for n, one in enumerate(two)
        if n in missing
    ]


def register() -> None:
    """Makes the partners part of what matters say, and declares the effect of this module."""
    attach(Attached(within=within))
    verbs.effect("pair.agree", Agree, agree)
