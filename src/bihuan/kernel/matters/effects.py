"""Effects: what an action brings about beyond its change of state, by name."""

from typing import Any, ClassVar

from pydantic import Field

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.orgs.api import calendars, standing_person
from bihuan.kernel.absences import standing_in
from bihuan.kernel.clocks.api import reckon
from bihuan.kernel.matters import access, acting, inputs, opening, subjects, verbs
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.matters.step import Step, side_of
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.lib.problems import ProblemError
from bihuan.spec import sight
from bihuan.spec.arguments import (
    AboveAction,
    ActionName,
    AnyInput,
    Args,
    ClockName,
    FactName,
    GivenFact,
    KindName,
    MailText,
    MatterInput,
    Nothing,
    NoticeText,
    NumberSetting,
    OrgInput,
    PersonInput,
    ProgrammeName,
    RoleName,
    TextInput,
)
from bihuan.spec.duties import doing
from bihuan.spec.schema import OPENER, SUBJECT, Input


class FactSet(Args):
    fact: GivenFact
    value: str | int | bool | None = Field(examples=[True], description="what it is from now on")


class FactAdd(Args):
    fact: GivenFact


class AssignTo(Args):
    unit: OrgInput | None = Field(None, examples=["unit"], description="an input of type org")
    person: PersonInput | None = Field(None, description="an input of type person")
    shown: ClassVar = ("unit",)


class ReturnHome(Args):
    sets: ClassVar = ("returned_by",)


class Started(Args):
    clock: ClockName
    clocks: ClassVar = "starts"


class GoneOn(Args):
    clock: ClockName
    clocks: ClassVar = "goes_on"


class Stopped(Args):
    clock: ClockName
    clocks: ClassVar = "stops"


class Extend(Args):
    clock: ClockName
    setting: NumberSetting
    reason: TextInput


class OpenChild(Args):
    programme: ProgrammeName
    kind: KindName
    subject: str = Field(examples=["逾期督办"], description="what the child is called")
    unit: OrgInput | None = Field(None, description="an input of type org: the unit that has it")
    person: PersonInput | None = Field(None, description="an input of type person: who has it")
    fields: dict[str, AnyInput] = Field(
        default_factory=dict,
        examples=[{"body": "words", "days": "days"}],
        description="field of the child, or body → input of this action",
    )
    facts: dict[str, FactName] = Field(
        default_factory=dict, description="field of the child → fact of this matter"
    )
    given: dict[str, str] = Field(
        default_factory=dict, description="field of the child → what it is always filled with"
    )
    shown: ClassVar = ("fields",)


class OnAbove(Args):
    above: AboveAction = Field(
        examples=["take_back_grade"], description="an action of the kind above"
    )


class JoinInto(Args):
    input: MatterInput
    sets: ClassVar = ("joined",)


class SameAction(Args):
    action: ActionName


class Tell(Args):
    roles: tuple[RoleName, ...] = Field(
        min_length=1, examples=[["assignee"]], description="roles, assignee, opener or subject"
    )
    text: NoticeText


class Mail(Args):
    text: MailText


def fact_set(step: Step, args: FactSet) -> None:
    """Sets a fact."""
    step.facts()[args.fact] = args.value


def fact_add(step: Step, args: FactAdd) -> None:
    """Counts one more."""
    step.facts()[args.fact] = int(step.fact(args.fact) or 0) + 1


def assign(step: Step, args: AssignTo) -> None:
    """Gives the matter to a unit and, when named, a person who has an account; tells whoever has it
    now."""
    unit_id = step.inputs.get(args.unit) if args.unit else None
    if unit_id is not None and unit_id != step.value("unit_id"):
        step.set["unit_id"] = unit_id
        step.set["unit_path"] = step.org(unit_id).path
        step.set["assignee_id"] = None
    person_id = step.inputs.get(args.person) if args.person else None
    if standing_in.KEY in {p.key for p in _known_parties(step)}:
        step.parts[standing_in.PART] = None
    if person_id is not None:
        if not standing_person(person_id).has_account:
            raise ProblemError("guard.person_no_account")
        has_it = _stand_in(step, person_id)
        step.set["assignee_id"] = has_it
        step.tell([has_it], "notice.assigned")
    elif unit_id is not None:
        path, on, named = step.value("unit_path"), step.day(), step.programme.id
        seeing = sight.roles(step.programme, step.kind)
        handling = sorted(doing(step.programme, "handle") & seeing)
        people = [pk for role in handling for pk in grants.holders(role, path, on, named)]
        barred = _barred_people(step)
        step.tell([p for p in people if p not in barred], "notice.dispatched")


def _known_parties(step: Step) -> list[Party]:
    return access.parties(step.matter) if step.matter.pk else []


def _stand_in(step: Step, person_id: int) -> int:
    """Who has what is given to a person: who stands in, unless that one may not have it."""
    has_it = standing_in.in_place_of(person_id, step.day())
    if has_it == person_id or has_it in _barred_people(step):
        return person_id
    step.parts[standing_in.PART] = standing_in.party(person_id)
    step.data["stands_in"] = {"person": person_id, "stand_in": has_it}
    return has_it


def assign_self(step: Step, args: Nothing) -> None:
    """The one who acts has it from now on."""
    del args
    step.set["assignee_id"] = step.actor.person_id


def return_home(step: Step, args: ReturnHome) -> None:
    """Back to the organisation that received it; remembers who returned it."""
    del args
    returned = list(step.fact("returned_by") or [])
    step.facts()["returned_by"] = [*returned, step.value("unit_id")]
    step.set["unit_id"] = step.matter.home_id
    step.set["unit_path"] = step.matter.home_path
    step.set["assignee_id"] = None


def clock_start(step: Step, args: Started) -> None:
    """Starts a clock, or starts it afresh."""
    step.start_clock(args.clock)


def clock_pause(step: Step, args: Stopped) -> None:
    """Stops the counting while somebody else must act."""
    clock = step.clocks().get(args.clock)
    if clock is not None:
        step.change_clock(args.clock, reckon.paused(clock, step.at))


def clock_resume(step: Step, args: GoneOn) -> None:
    """Counts on."""
    clock = step.clocks().get(args.clock)
    if clock is not None:
        calendar = calendars.load(clock.calendar_id)
        fair = step.fair_after_pause(args.clock)
        step.change_clock(args.clock, reckon.resumed(clock, step.at, calendar, fair))


def clock_stop(step: Step, args: Stopped) -> None:
    """Ends a clock, in time or late."""
    clock = step.clocks().get(args.clock)
    if clock is not None:
        step.change_clock(args.clock, reckon.stopped(clock, step.at))


def clock_extend(step: Step, args: Extend) -> None:
    """Adds the setting's length to a clock, with the reason that was given.

    A clock that never started (the unit's slice of a matter that never left) is left alone.
    """
    clock = step.clocks().get(args.clock)
    if clock is None:
        return
    if clock.state == "stopped":
        raise ProblemError("guard.clock_over")
    side = side_of(step.programme.clocks[args.clock])
    more = int(step.setting(args.setting, side).value)
    columns = reckon.extended(
        clock,
        more,
        calendars.load(clock.calendar_id),
        at=step.at,
        by=step.actor.ref,
        reason=str(step.inputs.get(args.reason, "")),
    )
    step.change_clock(args.clock, columns)


def _again(one: Input | None, value: Any) -> Any:
    """A value that is kept, as the child's own opening reads it: money is typed in yuan."""
    return inputs.typed(one, value) if one is not None else value


def child_open(step: Step, args: OpenChild) -> None:
    """Opens a matter of another programme under this one: an instruction, a directive."""
    fields: dict[str, Any] = dict(args.given)
    fields |= {
        name: _again(step.kind.fields.get(fact), step.fact(fact))
        for name, fact in args.facts.items()
        if step.fact(fact)
    }
    action = step.kind.actions.get(step.action)
    asked = action.inputs if action is not None else step.kind.fields
    fields |= {
        name: _again(asked.get(source), step.inputs[source])
        for name, source in args.fields.items()
        if source in step.inputs
    }
    try:
        child = opening.open_child(
            step,
            args.programme,
            args.kind,
            args.subject,
            fields,
            unit_id=step.inputs.get(args.unit) if args.unit else None,
            person_id=step.inputs.get(args.person) if args.person else None,
        )
    except ProgrammeError as error:
        raise ProblemError(error.key, **error.values) from error
    step.data.setdefault("children", []).append(child.pk)


def parent_act(step: Step, args: OnAbove) -> None:
    """Takes an action on the matter above, as the house itself; without one above, nothing."""
    if step.matter.parent_id is None:
        return
    above = Matter.objects.get(pk=step.matter.parent_id)
    acting.perform(above, args.above, actor=SYSTEM, at=step.at, data={})


def merge(step: Step, args: JoinInto) -> None:
    """Becomes part of another matter; its answer will answer this one too."""
    target = Matter.objects.get(pk=step.inputs[args.input])
    step.set["merged_into_id"] = target.pk
    _count_joined(step, target, "matter.joined", 1)


def _count_joined(step: Step, target: Matter, event: str, by: int) -> None:
    facts = {**target.facts, "joined": int(target.facts.get("joined", 0)) + by}
    at = max(step.at, target.changed_at)
    change(
        target,
        Happening(
            event,
            at,
            step.actor.ref,
            set={"facts": facts, "changed_at": at},
            data={"number": step.matter.number, "matter": step.matter.pk},
        ),
    )


def unmerge(step: Step, args: Nothing) -> None:
    """Stands on its own again; the other one counts it no longer."""
    del args
    target = step.matter.merged_into
    step.set["merged_into_id"] = None
    if target is not None:
        _count_joined(step, target, "matter.parted", -1)


def answer_merged(step: Step, args: SameAction) -> None:
    """Plans the same answer for every matter merged into this one."""
    if not step.fact("joined"):
        return
    step.tasks.append(
        ("matters.answer_merged", {"matter": step.matter.pk, "action": args.action}, "merged")
    )


def release_merged(step: Step, args: SameAction) -> None:
    """Plans that every matter merged into this one stands on its own again."""
    if not step.fact("joined"):
        return
    step.tasks.append(
        ("matters.release_merged", {"matter": step.matter.pk, "action": args.action}, "release")
    )


def tell_roles(step: Step, args: Tell) -> None:
    """Puts a notice into the inboxes of those who hold the roles, nearest organisation only."""
    step.tell(people_of(step, args.roles), args.text)


def people_of(step: Step, roles: tuple[str, ...] | list[str]) -> list[int]:
    """The people a list of roles means for this matter, of those who see it."""
    found: list[int] = []
    seeing = sight.roles(step.programme, step.kind)
    for name in roles:
        if name == "assignee":
            if step.value("assignee_id"):
                found.append(step.value("assignee_id"))
            continue
        if name == OPENER:
            found += _opener(step)
            continue
        if name == SUBJECT:
            found += _subject(step)
            continue
        role = step.programme.role(name)
        if role is None or name not in seeing:
            continue
        path = step.value("home_path") if role.at == "home" else step.value("unit_path")
        found += grants.holders(name, path, step.day(), step.programme.id)
    barred = _barred_people(step)
    return [p for p in dict.fromkeys(found) if p not in barred]


def leading(step: Step) -> list[int]:
    """Those who lead where the matter is; of a kind they do not see, whoever does."""
    seeing = sight.roles(step.programme, step.kind) if step.kind.seen_by else ()
    lead = sorted(doing(step.programme, "lead"))
    return people_of(step, lead) or people_of(step, sorted(seeing))


def _opener(step: Step) -> list[int]:
    opened = step.parts.get(("party", OPENER))
    people = [p.person_id for p in _known_parties(step) if p.role == OPENER]
    return [*([opened["person_id"]] if opened else []), *(pk for pk in people if pk)]


def _subject(step: Step) -> list[int]:
    """Whom the matter is about, where that gives them a part in it."""
    # While a matter is being opened its parties stand in the step only.
    said = [Party(**one) for (part, _), one in step.parts.items() if part == "party" and one]
    return subjects.heard([*said, *_known_parties(step)], step.programme, step.day())


def _barred_people(step: Step) -> set[int]:
    """Those who may not hear of the matter: recused, complained of, or at a unit that is."""
    known = _known_parties(step)
    rows = [(p.person_id, p.org_path) for p in known if p.role in access.BARRED]
    # While a matter is being opened its parties stand in the step only.
    rows += [
        (columns["person_id"], columns["org_path"])
        for (part, _), columns in step.parts.items()
        if part == "party" and columns is not None and columns["role"] in access.BARRED
    ]
    return access.barred_people(rows, step.day())


def tell_sender(step: Step, args: Mail) -> None:
    """Plans an e-mail to the sender, when they left an address."""
    if step.matter.anonymous:
        return
    payload = {"matter": step.matter.pk, "text": args.text}
    step.tasks.append(("matters.mail_sender", payload, f"mail:{args.text}"))


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("fact.set", FactSet, fact_set)
    verbs.effect("fact.add", FactAdd, fact_add)
    verbs.effect("assign", AssignTo, assign)
    verbs.effect("assign.self", Nothing, assign_self)
    verbs.effect("return.home", ReturnHome, return_home)
    verbs.effect("clock.start", Started, clock_start)
    verbs.effect("clock.pause", Stopped, clock_pause)
    verbs.effect("clock.resume", GoneOn, clock_resume)
    verbs.effect("clock.stop", Stopped, clock_stop)
    verbs.effect("clock.extend", Extend, clock_extend)
    verbs.effect("child.open", OpenChild, child_open)
    verbs.effect("parent.act", OnAbove, parent_act)
    verbs.effect("merge", JoinInto, merge)
    verbs.effect("unmerge", Nothing, unmerge)
    verbs.effect("merged.answer", SameAction, answer_merged)
    verbs.effect("merged.release", SameAction, release_merged)
    verbs.effect("tell", Tell, tell_roles)
    verbs.effect("tell.sender", Mail, tell_sender)
