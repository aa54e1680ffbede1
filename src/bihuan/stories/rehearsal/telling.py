"""Telling scenarios: each step through the public doors, then what must hold, then what was reached."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from bihuan.facets.gathering import screens
from bihuan.facets.round import nominating
from bihuan.foundation.audit.api import as_told, standing, vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened, Opening
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity import api as publicity
from bihuan.spec import scenarios
from bihuan.spec.load import Problem
from bihuan.spec.scenarios import Scenario, ScenarioStep, Then
from bihuan.spec.schema import Input, Kind, Programme
from bihuan.stories.rehearsal.repeats import Repeats, knowledge
from bihuan.stories.rehearsal.set import BUILT, Stage, build, with_members

BEGINS = datetime.combine(date(2026, 3, 2), time(9))
# The house looks at its clocks all the time; here so often while somebody waits.
LOOK = timedelta(hours=6)
MINUTE = timedelta(minutes=1)
HIDDEN = "hidden"
Reached = set[tuple[str, str]]


@dataclass
class _Run:
    """One scenario under way: the matters by name with their codes, and the time."""

    programme: Programme
    specs: Mapping[str, Programme]
    stage: Stage
    at: datetime
    opened: dict[str, Opened] = field(default_factory=dict)
    repeats: Repeats = field(default_factory=Repeats)

    def matter(self, ref: str) -> Matter:
        """The matter of a name as it stands now. Raises KeyError where there is none."""
        name, *kinds = ref.split("/")
        found = matters.by_code(self.opened[name].code)
        for ref_below in kinds:
            kind, _, place = ref_below.partition("@")
            there = self.stage.orgs.get(place) or self.stage.people[place] if place else None
            under = [one for one in matters.open_children(found) if one.kind == kind]
            # Whose it is names it before who has it in hand: many may lie with one unit.
            owned = [one for one in under if there in (None, one.home)]
            held = owned or [one for one in under if there in (one.unit, one.assignee)]
            if not held:
                raise KeyError(ref)
            found = max(held, key=lambda one: one.pk)
        return found

    def kind(self, matter: Matter) -> Kind:
        return self.specs[matter.programme].kinds[matter.kind]


def _open(run: _Run, step: ScenarioStep) -> None:
    owner, _, kind_id = str(step.open).rpartition(".")
    programme = run.specs[owner or run.programme.id]
    kind = programme.kinds[kind_id]
    parent = run.matter(step.under) if step.under else None
    if parent is not None and _objects(run.kind(parent), kind_id):
        made = publicity.object_to(parent.pk, step.body, vault.Person(), at=run.at)
        run.opened[step.matter] = made
        return
    if parent is not None and (field := nominating.field_of(parent, kind_id)):
        whom = run.stage.filled(kind.fields, step.fields).get(field)
        actor = run.stage.actor(step.by, run.at)
        made = nominating.nominate(parent.pk, whom, step.body, actor=actor, at=run.at)
        run.opened[step.matter] = made
        return
    opening = Opening(
        programme=programme.id,
        kind=kind_id,
        home=run.stage.orgs[step.home],
        body=step.body,
        subject=step.subject,
        fields=run.stage.filled(kind.fields, _named(run, kind.fields, step.fields)),
        unit=run.stage.orgs[step.unit] if step.unit else None,
        files=run.stage.papers(kind.fields, step.fields),
    )
    actor = run.stage.actor(step.by, run.at)
    known = knowledge(run.at, actor, opening.home.pk, parent)
    run.repeats.note(f"{kind_id}.fields", kind.asked(of_sender=False), opening.fields, known)
    run.opened[step.matter] = (
        matters.open_matter(opening, actor=actor, at=run.at)
        if parent is None
        else matters.open_under(parent.pk, opening, actor=actor, at=run.at)
    )


def _objects(kind: Kind, kind_id: str) -> bool:
    one = publicity.NOTICE.of(kind)
    return one is not None and one.objection == kind_id


def _named(run: _Run, declared: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is filled in, with the numbers of matters where a scenario says their names."""
    found = dict(given)
    for name, one in declared.items():
        value = found.get(name)
        if one.type == "matter" and str(value).partition("/")[0] in run.opened:
            found[name] = run.matter(str(value)).number
        elif one.type == "matters" and isinstance(value, list):
            called = (str(each) for each in value)
            found[name] = [
                run.matter(each).number if each.partition("/")[0] in run.opened else each
                for each in called
            ]
    return found


def _act(run: _Run, step: ScenarioStep) -> None:
    found = run.matter(step.matter)
    action = run.kind(found).actions.get(str(step.act))
    by = run.stage.name_of(found.assignee_id) if step.by == "assignee" else step.by
    declared = action.inputs if action is not None else {}
    given = screens.read_off(found, action, _named(run, declared, step.inputs), run.at)
    code = run.opened[step.matter].code if by == "sender" and step.matter in run.opened else None
    actor, data = run.stage.actor(by, run.at), run.stage.filled(declared, given)
    if found.programme == run.programme.id:
        known = knowledge(run.at, actor, found.home_id, found)
        run.repeats.note(f"{found.kind}.actions.{step.act}.inputs", declared, data, known)
    matters.act(
        found.pk,
        str(step.act),
        actor=actor,
        at=run.at,
        data=data,
        files=run.stage.papers(declared, given),
        code=code,
    )


def _pass(run: _Run, length: timedelta) -> None:
    """Time passes, and the house does what is due."""
    until = run.at + length
    while run.at < until:
        run.at = min(run.at + _looks(run.at, until) * LOOK, until)
        _due(run.at)


def _looks(at: datetime, until: datetime) -> int:
    """How many looks on the house next has something to do: at those before nothing would be found."""
    soonest = clocks.next_at() or until
    if notify.waiting(until):
        return 1
    return max(1, math.ceil((min(soonest, until) - at) / LOOK))


def _due(at: datetime) -> None:
    matters.sweep(at)
    while notify.run(at, lanes=("inside",)):
        continue


def _take(run: _Run, step: ScenarioStep) -> str:
    """Takes one step; returns with which key it was refused, or ''."""
    try:
        # As in a request of its own: standing data is asked once.
        with standing.steady(), transaction.atomic():
            if step.open is not None:
                _open(run, step)
            elif step.act is not None:
                _act(run, step)
    except KeyError as error:
        return f"nobody and nothing is called {error.args[0]}"
    except LookupError:
        return HIDDEN
    except Exception as error:
        key = getattr(error, "key", None)
        if key is None:
            raise
        inner = [why for why, _ in getattr(error, "fields", {}).values()]
        return " ".join([str(key), *inner])
    _pass(run, step.length()) if step.wait else _due(run.at)
    return ""


def _notices(stage: Stage) -> dict[str, set[tuple[int, str]]]:
    found: dict[int, set[tuple[int, str]]] = {one.pk: set() for one in stage.people.values()}
    for pk, person_id, text in notify.texts(found):
        found[person_id].add((pk, text))
    return {name: found[person.pk] for name, person in stage.people.items()}


def _checked(
    run: _Run, step: ScenarioStep, before: Mapping[str, set[tuple[int, str]]]
) -> Iterator[tuple[str, str]]:
    yield from _wrong(run, step)
    if before:
        yield from _untold(run, step.then, before)


def _wrong(run: _Run, step: ScenarioStep) -> Iterator[tuple[str, str]]:
    """(what was asked, what is instead) of everything that does not hold."""
    yield from _belonging(run, step.then)
    try:
        found = run.matter(step.matter)
    except KeyError as error:
        # Time may pass before anything is opened; whoever asks about a matter then is told.
        asked = step.then.model_dump(exclude_defaults=True, exclude={"members", "told"})
        for name in asked:
            yield name, f"nobody and nothing is called {error.args[0]}"
        return
    yield from _of_matter(found, run, step.then)


def _of_matter(found: Matter, run: _Run, then: Then) -> Iterator[tuple[str, str]]:
    is_now: dict[str, Any] = {
        "state": found.state,
        "level": found.level,
        "assignee": run.stage.name_of(found.assignee_id),
        "unit": next((n for n, one in run.stage.orgs.items() if one.pk == found.unit_id), ""),
    }
    for name, value in is_now.items():
        wanted = getattr(then, name)
        if wanted is not None and wanted != value:
            yield name, f"it is {value!r}, not {wanted!r}"
    for name, wanted in then.facts.items():
        value = found.facts.get(name, "")
        if value != wanted:
            yield f"facts.{name}", f"it is {value!r}, not {wanted!r}"
    yield from _clocks(found, then)
    if then.children is not None:
        there = sorted(one.kind for one in matters.open_children(found))
        if there != sorted(then.children):
            yield "children", f"there are {there}"


def _belonging(run: _Run, then: Then) -> Iterator[tuple[str, str]]:
    places = {one.pk: name for name, one in run.stage.orgs.items()}
    on = timezone.localtime(run.at).date()
    for name, wanted in then.members.items():
        rows = people.own(run.stage.people[name].pk, on)
        has = " ".join(sorted(f"{row.status}@{places.get(row.org_id, '')}" for row in rows))
        if has != wanted:
            yield f"members.{name}", f"it is {has!r}, not {wanted!r}"


def _clocks(found: Matter, then: Then) -> Iterator[tuple[str, str]]:
    running = clocks.of(found.stream) if then.clocks else {}
    for name, wanted in then.clocks.items():
        clock = running.get(name)
        has = {clock.state, clock.level} if clock is not None else {"never started"}
        if wanted not in has:
            yield f"clocks.{name}", f"it is {' and '.join(sorted(has))}, not {wanted}"


def _untold(
    run: _Run, then: Then, before: Mapping[str, set[tuple[int, str]]]
) -> Iterator[tuple[str, str]]:
    after = _notices(run.stage)
    fresh = {name: {text for _, text in after[name] - before[name]} for name in after}
    for text, wanted in then.told.items():
        for name in wanted:
            if text not in fresh.get(name, set()):
                heard = sorted(who for who, texts in fresh.items() if text in texts)
                yield f"told.{text}", f"{name} was not told; told were {heard or 'nobody'}"


def _reached(run: _Run) -> Reached:
    """The states in which the matters of the programme itself stand."""
    found: Reached = set()
    todo = [matters.by_code(one.code) for one in run.opened.values()]
    while todo:
        one = todo.pop()
        if one.programme == run.programme.id:
            found.add((one.kind, one.state))
        todo += matters.open_children(one)
    return found


def _tell(run: _Run, scenario: Scenario, file: str, reached: Reached) -> Iterator[Problem]:
    for index, step in enumerate(scenario.step):
        path = f"step.{index}"
        before = _notices(run.stage) if step.then.told else {}
        refused = _take(run, step)
        wanted, wrong = step.then.refused, []
        if (wanted or "") not in refused.split() and (wanted or refused):
            instead = f"it was refused: {refused}" if refused else "it was not refused"
            if wanted:
                remedy = "correct the scenario, or what should refuse it"
                yield Problem(file, f"{path}.then.refused", instead, remedy)
            else:
                yield Problem(file, path, instead, "correct the step, or what refuses it")
                return
        elif not refused or step.then.state:
            with standing.steady():
                wrong = [*_checked(run, step, before)]
        for where, cause in wrong:
            remedy = "correct the scenario, or the programme"
            yield Problem(file, f"{path}.then.{where}", cause, remedy)
        with standing.steady():
            reached |= _reached(run)
        run.at += MINUTE


def _forget() -> None:
    programmes.forget_cached()
    standing.forget()
    cache.clear()


def _needed(programme: Programme, folders: Mapping[str, Path]) -> list[str]:
    """A programme's needs and theirs, the deepest first; what is nowhere is left out."""
    found: list[str] = []
    todo = list(programme.manifest.needs)
    while todo:
        name = todo.pop()
        if name in folders and name not in found:
            found.insert(0, name)
            todo += programmes.read_folder(folders[name]).manifest.needs
    return found


def _installed(folder: Path, at: datetime) -> tuple[list[int], dict[str, Programme]]:
    programme = programmes.read_folder(folder)
    beside = {path.name: path for path in (*programmes.folders(), *folder.parent.iterdir())}
    paths = [*(beside[name] for name in _needed(programme, beside)), folder]
    rows = [programmes.install(path, at=at, actor="system") for path in paths]
    return [row.pk for row in rows], {row.programme: programmes.spec_of(row.pk) for row in rows}


def _all(
    folder: Path, told: Mapping[str, Scenario], reached: Reached, repeats: Repeats
) -> Iterator[Problem]:
    at = timezone.make_aware(datetime.combine(BUILT, BEGINS.time()))
    releases, specs = _installed(folder, at)
    programme = specs[folder.name]
    stage = build([programme, *specs.values()], releases)
    for name, scenario in told.items():
        with transaction.atomic():
            cast = with_members(stage, programme, scenario.members)
            run = _Run(programme, specs, cast, timezone.make_aware(BEGINS), repeats=repeats)
            yield from _tell(run, scenario, f"{scenarios.FOLDER}/{name}.toml", reached)
            transaction.set_rollback(True)
        _forget()


def _ends(kind: Kind) -> list[str]:
    return [name for name, one in kind.states.items() if one.phase == "done"]


def _unreached(programme: Programme, reached: Reached) -> Iterator[Problem]:
    for kind_id, kind in programme.kinds.items():
        for state in _ends(kind):
            if (kind_id, state) not in reached:
                cause = "no scenario reaches this end"
                remedy = f"tell in {scenarios.FOLDER}/ how a matter comes here"
                yield Problem("matters.toml", f"{kind_id}.states.{state}", cause, remedy)


@dataclass(frozen=True)
class Rehearsal:
    """How the scenarios of a programme went: every line that failed with what happened instead, and
    every end that none reaches; how many there are; the ends that were reached, by kind; and what asks
    `again` for what was known each time."""

    problems: list[Problem]
    scenarios: int
    ends: Mapping[str, list[str]]
    again: list[Problem] = field(default_factory=list)


@as_told()
def rehearsed(folder: Path) -> Rehearsal:
    """Runs the scenarios of a sound programme's folder and leaves nothing behind."""
    told, _ = scenarios.read(folder)
    reached: Reached = set()
    problems: list[Problem] = []
    repeats = Repeats()
    with transaction.atomic():
        problems += _all(folder.resolve(), told, reached, repeats)
        transaction.set_rollback(True)
    _forget()
    programme = programmes.read_folder(folder)
    ends = {
        kind_id: [s for s in _ends(kind) if (kind_id, s) in reached]
        for kind_id, kind in programme.kinds.items()
    }
    again = list(repeats.found())
    return Rehearsal([*problems, *_unreached(programme, reached)], len(told), ends, again)


def rehearse(folder: Path) -> list[Problem]:
    """What is wrong with the scenarios of a sound programme's folder."""
    return rehearsed(folder).problems
