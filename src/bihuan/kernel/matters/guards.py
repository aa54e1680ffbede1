"""Guards: what must hold before an action, by name. Each says why not, or nothing."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from pydantic import Field

from bihuan.foundation.audit.api import history, read
from bihuan.foundation.orgs.api import Org, calendars, is_placed, tree
from bihuan.kernel.absences import standing_in
from bihuan.kernel.clocks.api import Clock
from bihuan.kernel.matters import access, hands, verbs
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.matters.step import Side, Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.rules.worktime import Limit, Unit, due
from bihuan.spec.arguments import (
    AboveAction,
    ActionName,
    AnyInput,
    AnySetting,
    Args,
    ChoiceInput,
    ClockName,
    FactName,
    FactValue,
    InputValue,
    LimitSetting,
    MatterInput,
    Nothing,
    NumberSetting,
    OrgInput,
    OrgsInput,
    PersonInput,
    SettingValue,
)

LAST_SECOND = timedelta(seconds=1)


class FactIs(Args):
    fact: FactName
    value: FactValue | None = Field(None, description="a value the fact can have")


class FactBelow(Args):
    fact: FactName
    setting: NumberSetting


class InputIs(Args):
    input: ChoiceInput
    values: tuple[InputValue, ...] = Field(
        min_length=1, examples=[["not_satisfied"]], description="choices of the input"
    )


class SettingIs(Args):
    setting: AnySetting
    value: SettingValue
    of: Side = Field("home", description="whose setting: of who received it, or of who handles it")


class Differs(Args):
    from_action: ActionName
    ever: bool = Field(default=False, description="true: than everybody who ever did it")


class OneFact(Args):
    fact: FactName


class Rested(Args):
    action: ActionName
    setting: LimitSetting


class Given(Args):
    input: AnyInput


class OneOrg(Args):
    input: OrgInput


class SomeOrgs(Args):
    input: OrgsInput


class OnePerson(Args):
    input: PersonInput


class OneMatter(Args):
    input: MatterInput


class OneClock(Args):
    clock: ClockName


class ParentActed(Args):
    actions: tuple[AboveAction, ...] = Field(
        min_length=1, examples=[["say_more"]], description="actions of the matter above"
    )
    since: ActionName


def fact_is(step: Step, args: FactIs) -> Refusal | None:
    """The matter's fact has this value; without a value: the fact is absent or false."""
    found = step.fact(args.fact)
    holds = not found if args.value is None else found == args.value
    return None if holds else Refusal("guard.fact_is", {"fact": args.fact})


def fact_not(step: Step, args: FactIs) -> Refusal | None:
    """The matter's fact does not have this value; without a value: the fact is present."""
    found = step.fact(args.fact)
    holds = bool(found) if args.value is None else found != args.value
    return None if holds else Refusal("guard.fact_not", {"fact": args.fact})


def fact_below(step: Step, args: FactBelow) -> Refusal | None:
    """A counted fact has not reached the setting yet."""
    limit = int(step.setting(args.setting).value)
    if int(step.fact(args.fact) or 0) < limit:
        return None
    return Refusal("guard.fact_below", {"fact": args.fact, "limit": limit})


def input_is(step: Step, args: InputIs) -> Refusal | None:
    """What was filled in is one of these; chooses between turns."""
    holds = str(step.inputs.get(args.input, "")) in args.values
    return None if holds else Refusal("guard.input_is", {"input": args.input})


def input_given(step: Step, args: Given) -> Refusal | None:
    """Something was filled in; chooses between turns."""
    holds = step.inputs.get(args.input) not in (None, "", [])
    return None if holds else Refusal("guard.input_is", {"input": args.input})


def setting_is(step: Step, args: SettingIs) -> Refusal | None:
    """A switch stands as the action needs it, where the matter was received or is handled."""
    holds = step.setting(args.setting, args.of).value == args.value
    return None if holds else Refusal("guard.setting_is", {"setting": args.setting})


def actor_differs(step: Step, args: Differs) -> Refusal | None:
    """Somebody else than the one who did the named action last, or `ever`: the second signature."""
    for event in reversed(history(step.matter.stream)):
        if read(event).get("action") == args.from_action:
            if event.actor == step.actor.ref:
                return Refusal("guard.actor_differs", {})
            if not args.ever:
                return None
    return None


def actor_aside(step: Step, args: Nothing) -> Refusal | None:
    """Somebody in whose hands the matter never was: who answered does not say how it was found."""
    del args
    return Refusal("guard.actor_aside", {}) if hands.handled(step.matter, step.actor) else None


def actor_never_had(step: Step, args: Nothing) -> Refusal | None:
    """Somebody who never had the matter: whoever handled it does not say how it was handled."""
    del args
    had = {read(one).get("set", {}).get("assignee_id") for one in history(step.matter.stream)}
    own = step.actor.person_id
    return Refusal("guard.actor_differs", {}) if own is not None and own in had else None


def actor_unlike(step: Step, args: OneFact) -> Refusal | None:
    """Somebody else than the one whom a fact of the matter names: the original staff recused."""
    if step.fact(args.fact) == step.actor.ref:
        return Refusal("guard.actor_differs", {})
    return None


def fact_reached(step: Step, args: OneFact) -> Refusal | None:
    """The day that a fact names is not to come; where it names none, that is no reason either."""
    day = str(step.fact(args.fact) or "")[:10]
    return Refusal("guard.fact_reached", {"day": day}) if day > step.day().isoformat() else None


def action_rested(step: Step, args: Rested) -> Refusal | None:
    """The named action was not taken within the setting's length: nobody is nudged too often.

    A refused nudge costs nothing; one a day too many costs the people who should do the work.
    """
    for event in reversed(history(step.matter.stream)):
        if read(event).get("action") == args.action:
            found = step.setting(args.setting)
            limit = Limit(int(found.value), Unit(str(found.unit)))
            again = due(limit, event.at, calendars.load(calendars.of(step.value("unit_path")).pk))
            if again < step.at:
                return None
            return Refusal("guard.action_rested", {"n": limit.n, "since": _after(again)})
    return None


def _after(end: datetime) -> str:
    """The first moment after a limit, as people write it: a day, or a day and the minute."""
    first = timezone.localtime(end + timedelta(seconds=1)).replace(microsecond=0)
    return f"{first:%Y-%m-%d}" if first.time() == time.min else f"{first:%Y-%m-%d %H:%M}"


def children_closed(step: Step, args: Nothing) -> Refusal | None:
    """No child matter is still open."""
    del args
    waiting = list(
        Matter.objects.filter(parent_id=step.matter.pk).exclude(phase="done").order_by("pk")[:5]
    )
    if not waiting:
        return None
    seen = [one.number for one in waiting if access.sees(step.actor, one)]
    if not seen:
        return Refusal("guard.children_open_unseen", {})
    return Refusal("guard.children_closed", {"numbers": "、".join(seen)})


def assignee_present(step: Step, args: Nothing) -> Refusal | None:
    """A named person has it."""
    del args
    return None if step.value("assignee_id") else Refusal("guard.assignee_present", {})


def unit_allowed(step: Step, args: OneOrg) -> Refusal | None:
    """The organisation is not complained of here, and has not returned the matter before.

    Beijing's ordinance on swift response and Jinan's hotline ordinance §32: a complaint never
    goes to those it names. A unit that returned it once gets it again only by designation.
    """
    org_id = step.inputs.get(args.input)
    if org_id is None:
        return None
    path = step.org(org_id).path
    for named in access.parties(step.matter):
        if named.role == "named" and named.org_path and tree.covers(named.org_path, path):
            return Refusal("guard.unit_named", {})
    if org_id in (step.fact("returned_by") or []):
        return Refusal("guard.unit_returned", {})
    return None


def unit_unnamed(step: Step, args: SomeOrgs) -> Refusal | None:
    """None of the organisations is complained of here: those a designation or a lead may choose
    among, although they returned the matter before."""
    given = step.inputs.get(args.input)
    wanted = given if isinstance(given, list) else [given] if given is not None else []
    paths = list(Org.objects.filter(pk__in=wanted).values_list("path", flat=True))
    for named in Party.objects.filter(matter_id=step.matter.pk, role="named").exclude(org_path=""):
        if any(tree.covers(named.org_path, path) for path in paths):
            return Refusal("guard.unit_named", {})
    return None


def person_allowed(step: Step, args: OnePerson) -> Refusal | None:
    """The person belongs to the unit that has or gets the matter, and is not recused from it."""
    person_id = step.inputs.get(args.input)
    if person_id is None:
        return None
    unit_id = step.inputs.get("unit") or step.value("unit_id")
    path = step.org(unit_id).path
    if not is_placed(person_id, path, step.day()):
        return Refusal("guard.person_elsewhere", {})
    barred = access.kept_away(step.matter, step.day())
    if person_id in barred:
        return Refusal("guard.person_recused", {})
    if standing_in.in_place_of(person_id, step.day()) in barred:
        return Refusal("guard.stand_in_recused", {})
    return None


def target_open(step: Step, args: OneMatter) -> Refusal | None:
    """The matter to merge into is another one, visible, of the same kind, and still open."""
    target_id = step.inputs.get(args.input)
    if target_id == step.matter.pk:
        return Refusal("guard.merge_itself", {})
    try:
        target = access.matter(step.actor, int(target_id or 0))
    except LookupError:
        return Refusal("guard.merge_unknown", {})
    if (target.programme, target.kind) != (step.matter.programme, step.matter.kind):
        return Refusal("guard.merge_kind", {"number": target.number})
    if target.phase == "done" or target.merged_into_id:
        return Refusal("guard.merge_closed", {"number": target.number})
    if Matter.objects.filter(merged_into_id=step.matter.pk).exists():
        return Refusal("guard.merge_chain", {})
    return None


def clock_running(step: Step, args: OneClock) -> Refusal | None:
    """The named clock has not run out yet."""
    clock = step.clocks().get(args.clock)
    if clock is not None and clock.state == "running" and not _passed(clock, step):
        return None
    return Refusal("guard.clock_over", {})


def clock_over(step: Step, args: OneClock) -> Refusal | None:
    """The named clock has run out: its last day has ended."""
    clock = step.clocks().get(args.clock)
    if clock is None or clock.state != "running" or _passed(clock, step):
        return None
    return Refusal(
        "guard.clock_still_running", {"until": f"{timezone.localtime(clock.due_at):%Y-%m-%d}"}
    )


def _passed(clock: Clock, step: Step) -> bool:
    # A limit ends with its last second, and all of that second belongs to it.
    return step.at >= clock.due_at + LAST_SECOND


def parent_acted(step: Step, args: ParentActed) -> Refusal | None:
    """The matter above has seen one of the actions since this one saw the action named: what was
    wrong there was put right, not only admitted here."""
    since = max(_times(step.matter.stream, (args.since,)), default=step.matter.opened_at)
    above = step.matter.parent_id
    if above is not None and any(at >= since for at in _times(f"matter:{above}", args.actions)):
        return None
    return Refusal("guard.parent_acted", {})


def _times(stream: str, actions: tuple[str, ...]) -> list[datetime]:
    return [event.at for event in history(stream) if read(event).get("action") in actions]


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("fact.is", FactIs, fact_is)
    verbs.guard("fact.not", FactIs, fact_not)
    verbs.guard("fact.below", FactBelow, fact_below)
    verbs.guard("fact.reached", OneFact, fact_reached)
    verbs.guard("input.is", InputIs, input_is)
    verbs.guard("input.given", Given, input_given)
    verbs.guard("setting.is", SettingIs, setting_is)
    verbs.guard("actor.differs", Differs, actor_differs)
    verbs.guard("actor.never_had", Nothing, actor_never_had)
    verbs.guard("actor.aside", Nothing, actor_aside)
    verbs.guard("actor.unlike", OneFact, actor_unlike)
    verbs.guard("action.rested", Rested, action_rested)
    verbs.guard("children.closed", Nothing, children_closed)
    verbs.guard("assignee.present", Nothing, assignee_present)
    verbs.guard("unit.allowed", OneOrg, unit_allowed)
    verbs.guard("unit.unnamed", SomeOrgs, unit_unnamed)
    verbs.guard("person.allowed", OnePerson, person_allowed)
    verbs.guard("merge.allowed", OneMatter, target_open)
    verbs.guard("clock.running", OneClock, clock_running)
    verbs.guard("clock.over", OneClock, clock_over)
    verbs.guard("parent.acted", ParentActed, parent_acted)
