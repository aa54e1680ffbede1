"""Cross checks of a programme: graph, names, dates, strings, verbs. All problems at once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from bihuan.rules import workflow
from bihuan.spec import bounds, check_bulletins, check_doors, check_figures
from bihuan.spec.load import Problem
from bihuan.spec.schema import BUILT_IN_ACTORS, Input, Kind, Programme, SettingSpec, Verb

LOCALES = ("zh-Hans", "en")


@dataclass(frozen=True)
class Verbs:
    """The verbs the kernel knows: name → model of its arguments."""

    guards: Mapping[str, type[BaseModel]]
    effects: Mapping[str, type[BaseModel]]


def _graph(programme: Programme) -> Iterator[Problem]:
    for kind_id, kind in programme.kinds.items():
        where = f"{kind_id}.states"
        if kind.initial not in kind.states:
            yield Problem(
                "matters.toml", f"{kind_id}.initial", f"no state {kind.initial!r}", "name a state"
            )
            continue
        edges = kind.edges()
        final = [s for s, state in kind.states.items() if state.phase == "done"]
        if not final:
            yield Problem("matters.toml", where, "nothing ever ends", "give one state phase done")
        for state in sorted(workflow.unreachable(kind.states, kind.initial, edges)):
            yield Problem(
                "matters.toml", f"{where}.{state}", "no action leads here", "add one, or remove it"
            )
        for state in sorted(workflow.dead_ends(kind.states, final, edges)):
            yield Problem(
                "matters.toml",
                f"{where}.{state}",
                "no end can be reached from here",
                "add an action that leads on",
            )


def _states(kind_id: str, kind: Kind) -> Iterator[Problem]:
    phases = {f"*{state.phase}" for state in kind.states.values()}
    for action_id, action in kind.actions.items():
        where = f"{kind_id}.actions.{action_id}"
        for name in action.from_:
            if name not in kind.states and name not in phases:
                yield Problem("matters.toml", f"{where}.from", f"no state {name!r}", "name a state")
        for target in (action.to, *(turn.to for turn in action.turns)):
            if target is not None and target not in kind.states:
                yield Problem("matters.toml", f"{where}.to", f"no state {target!r}", "name a state")


def _roles(programme: Programme) -> Iterator[Problem]:
    known = {role.id for role in programme.manifest.roles} | set(BUILT_IN_ACTORS)
    remedy = f"one of {sorted(known)}"
    for kind_id, kind in programme.kinds.items():
        for name in kind.opened_by:
            if name not in known:
                yield Problem("matters.toml", f"{kind_id}.opened_by", f"no role {name!r}", remedy)
        for action_id, action in kind.actions.items():
            for name in action.by:
                if name not in known:
                    path = f"{kind_id}.actions.{action_id}.by"
                    yield Problem("matters.toml", path, f"no role {name!r}", remedy)
    for path, name in _told(programme):
        if name not in known:
            yield Problem("clocks.toml", path, f"no role {name!r}", remedy)


def _contacts(programme: Programme) -> Iterator[Problem]:
    known = {role.id for role in programme.manifest.roles} | {"assignee"}
    for kind_id, kind in programme.kinds.items():
        for name in kind.contact_by:
            if name not in known:
                cause = f"no role {name!r} that could look at a contact"
                where = f"{kind_id}.contact_by"
                yield Problem("matters.toml", where, cause, f"one of {sorted(known)}")


def _told(programme: Programme) -> Iterator[tuple[str, str]]:
    for clock_id, clock in programme.clocks.items():
        for step in clock.steps:
            for name in step.notify:
                yield f"{clock_id}.steps.{step.id}.notify", name


def _clocks(programme: Programme) -> Iterator[Problem]:
    for clock_id, clock in programme.clocks.items():
        kind = programme.kinds.get(clock.kind)
        if kind is None:
            yield Problem(
                "clocks.toml", f"{clock_id}.kind", f"no kind {clock.kind!r}", "name a kind"
            )
            continue
        if clock.setting is None and clock.from_input is None:
            yield Problem(
                "clocks.toml",
                clock_id,
                "a clock needs a source of its limit",
                "give setting, from_input, or both: what was ordered goes before the setting",
            )
        for part, name in (("setting", clock.setting), ("after_pause", clock.after_pause)):
            setting = programme.settings.get(name or "")
            if name is not None and (setting is None or setting.type != "limit"):
                what, path = f"no setting {name!r} of type limit", f"{clock_id}.{part}"
                yield Problem("clocks.toml", path, what, "declare it in settings.toml")
        for step in clock.steps:
            named = step.setting()
            known = programme.settings.get(named) if named else None
            if named and (known is None or known.type != "int"):
                path = f"{clock_id}.steps.{step.id}.at"
                remedy = "declare it in settings.toml"
                yield Problem("clocks.toml", path, f"no setting {named!r} of type int", remedy)
            if step.act is not None and step.act not in kind.actions:
                path = f"{clock_id}.steps.{step.id}.act"
                yield Problem("clocks.toml", path, f"no action {step.act!r}", "name an action")


def _notices(programme: Programme) -> Iterator[Problem]:
    """Every name a public notice speaks of exists."""
    for kind_id, kind in programme.kinds.items():
        if kind.notice is None:
            continue
        one = kind.notice
        clocks = [name for name, clock in programme.clocks.items() if clock.kind == kind_id]
        inputs = {name for action in kind.actions.values() for name in action.inputs}
        switches = [name for name, found in programme.settings.items() if found.type == "switch"]
        known: list[tuple[str, tuple[str, ...], Collection[str]]] = [
            ("shown", one.shown, kind.states),
            ("clock", (one.clock,), clocks),
            ("text", (one.text,), inputs),
            ("told", one.told, kind.actions),
            ("objection", (one.objection,), programme.kinds),
            ("object", (one.object,), kind.actions),
            ("named", (one.named,), switches),
        ]
        for key, names, there_are in known:
            for name in names:
                if name not in there_are:
                    path, cause = f"{kind_id}.notice.{key}", f"there is no {name!r}"
                    yield Problem("matters.toml", path, cause, f"one of {sorted(there_are)}")


def _settings(programme: Programme) -> Iterator[Problem]:
    sources = {source.id for source in programme.manifest.sources}
    for name, setting in programme.settings.items():
        if (setting.type == "limit") != (setting.unit is not None):
            yield Problem(
                "settings.toml", f"{name}.unit", "a unit belongs to a limit", "add or drop it"
            )
        if setting.type == "switch" and not setting.why:
            yield Problem(
                "settings.toml",
                f"{name}.why",
                "a switch without a reason",
                f"why = true, and why.{name} in the strings",
            )
        if not bounds.sound(setting):
            yield Problem(
                "settings.toml",
                f"{name}.at_least",
                "bounds that cannot be",
                "of a number alone, at_least ≤ at_most",
            )
        if not any(not v.example and not v.scope and v.until is None for v in setting.values):
            yield Problem(
                "settings.toml",
                f"{name}.values",
                "no value holds everywhere and for good",
                "give a default: no scope, no until, not an example",
            )
        yield from _values(name, setting, sources)


def _values(name: str, setting: SettingSpec, sources: set[str]) -> Iterator[Problem]:
    for index, value in enumerate(setting.values):
        where = f"{name}.values.{index}"
        if value.source not in sources:
            yield Problem(
                "settings.toml", f"{where}.source", f"no source {value.source!r}", "cite one"
            )
        if value.until is not None and value.until <= value.from_:
            yield Problem("settings.toml", f"{where}.until", "ends before it begins", "order them")
        if value.grade in ("C", "U") and not value.example:
            yield Problem(
                "settings.toml",
                f"{where}.grade",
                f"grade {value.grade} is not law",
                "mark it example = true; local practice is never a default",
            )
        if not bounds.fits(setting, value.value):
            yield Problem(
                "settings.toml",
                f"{where}.value",
                f"not a {setting.type} within its bounds",
                "correct the value",
            )


def _verb(
    verb: Verb, known: Mapping[str, type[BaseModel]], where: str, noun: str
) -> Iterator[Problem]:
    model = known.get(verb.do)
    if model is None:
        yield Problem("matters.toml", where, f"no {noun} {verb.do!r}", f"one of {sorted(known)}")
        return
    try:
        model.model_validate(verb.args)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            path = ".".join([where, "with", *(str(p) for p in item["loc"])])
            yield Problem("matters.toml", path, item["msg"], f"see the {noun} {verb.do}")


def _verbs(programme: Programme, verbs: Verbs) -> Iterator[Problem]:
    for kind_id, kind in programme.kinds.items():
        for verb in kind.on_open:
            yield from _verb(verb, verbs.effects, f"{kind_id}.on_open", "effect")
        for action_id, action in kind.actions.items():
            where = f"{kind_id}.actions.{action_id}"
            for verb in (*action.guards, *(g for t in action.turns for g in t.when)):
                yield from _verb(verb, verbs.guards, f"{where}.guards", "guard")
            for verb in (*action.effects, *(e for t in action.turns for e in t.effects)):
                yield from _verb(verb, verbs.effects, f"{where}.effects", "effect")


def _uses(kind: Kind) -> Iterator[tuple[str, Mapping[str, Input], Verb]]:
    """Every verb a kind uses: (action or on_open, the inputs it may speak of, verb)."""
    for verb in kind.on_open:
        yield "on_open", kind.fields, verb
    for action_id, action in kind.actions.items():
        turns = (v for t in action.turns for v in (*t.when, *t.effects))
        for verb in (*action.guards, *action.effects, *turns):
            yield action_id, action.inputs, verb


def _spoken_of(verb: Verb) -> Iterator[tuple[str, str]]:
    """(noun, name) of everything a verb's arguments refer to."""
    nouns = {"from_action": "action", "reason": "input", "unit": "input", "person": "input"}
    for key, value in verb.args.items():
        noun = nouns.get(key, key)
        if (key, value) == ("from_action", "open"):
            continue  # What every kind has without declaring it.
        if noun in ("clock", "setting", "board", "input", "action", "above", "programme"):
            yield noun, str(value)
        elif noun == "roles":
            yield from (("role", str(one)) for one in value)
        elif noun == "fields":
            yield from (("input", str(one)) for one in value.values())


def _mentions(programme: Programme) -> Iterator[Problem]:
    """What verbs speak of must exist."""
    known: dict[str, Collection[str]] = {
        "clock": programme.clocks,
        "setting": programme.settings,
        "board": programme.boards,
        "role": {r.id for r in programme.manifest.roles} | set(BUILT_IN_ACTORS),
        "programme": {programme.id, *programme.manifest.needs},
        "above": {name for kind in programme.kinds.values() for name in kind.actions},
    }
    for kind_id, kind in programme.kinds.items():
        for action_id, inputs, verb in _uses(kind):
            local: dict[str, Collection[str]] = {
                **known,
                "input": inputs,
                "action": kind.actions,
            }
            for noun, name in _spoken_of(verb):
                if name not in local[noun]:
                    where = f"{kind_id}.{action_id}: {verb.do}"
                    remedy = "name it in needs" if noun == "programme" else "declare it"
                    yield Problem("matters.toml", where, f"no {noun} {name!r}", remedy)


def _inputs(programme: Programme) -> Iterator[Problem]:
    for kind_id, kind in programme.kinds.items():
        places = [(f"{kind_id}.fields", kind.fields)]
        places += [(f"{kind_id}.actions.{a}.inputs", act.inputs) for a, act in kind.actions.items()]
        for where, inputs in places:
            for name, one in inputs.items():
                if (one.type == "choice") != bool(one.choices):
                    yield Problem(
                        "matters.toml",
                        f"{where}.{name}",
                        "choices belong to the type choice",
                        "give or drop choices",
                    )
                for choice in sorted(set(one.senders) - set(one.choices)):
                    yield Problem(
                        "matters.toml",
                        f"{where}.{name}.senders",
                        f"no choice {choice!r}",
                        "name choices of the field",
                    )
                if (one.later or one.senders) and inputs is not kind.fields:
                    yield Problem(
                        "matters.toml",
                        f"{where}.{name}",
                        "later and senders belong to fields that are filled in when opening",
                        "drop them",
                    )
                if one.later and one.required:
                    yield Problem(
                        "matters.toml",
                        f"{where}.{name}.later",
                        "nobody could open a matter: required, and not asked",
                        "drop required or later",
                    )


def _input_keys(base: str, inputs: Mapping[str, Input]) -> Iterator[str]:
    for name, one in inputs.items():
        yield f"fields.{name}"
        for choice in one.choices:
            yield f"choices.{name}.{choice}"
    del base


def required_strings(programme: Programme) -> list[str]:
    """Every key a user may be shown, in a stable order."""
    keys = ["title", "summary"]
    keys += [f"roles.{role.id}" for role in programme.manifest.roles]
    for kind_id, kind in programme.kinds.items():
        keys.append(f"kinds.{kind_id}")
        keys += [f"states.{kind_id}.{state}" for state in kind.states]
        keys += _input_keys(kind_id, kind.fields)
        for action_id, action in kind.actions.items():
            keys += [f"actions.{kind_id}.{action_id}", f"events.{kind_id}.{action_id}"]
            keys += _input_keys(action_id, action.inputs)
    for clock_id, clock in programme.clocks.items():
        keys.append(f"clocks.{clock_id}")
        keys += [f"steps.{clock_id}.{step.id}" for step in clock.steps]
    for name, setting in programme.settings.items():
        keys.append(f"settings.{name}")
        if setting.why:
            keys.append(f"why.{name}")
    keys += [f"boards.{board}" for board in programme.boards]
    for figure in programme.figures:
        keys += [f"figures.{figure}", f"definitions.{figure}"]
    keys += check_bulletins.required_strings(programme)
    keys += [f"honours.{name}" for name in programme.honours]
    return list(dict.fromkeys(keys))


def help_keys(programme: Programme) -> Iterator[str]:
    """Keys of the texts that may stand beside a field: `help.<kind>.<field>` and
    `help.<kind>.<action>.<input>`."""
    for kind_id, kind in programme.kinds.items():
        yield from (f"help.{kind_id}.{name}" for name in kind.fields)
        for action_id, action in kind.actions.items():
            yield from (f"help.{kind_id}.{action_id}.{name}" for name in action.inputs)


def _strings(programme: Programme) -> Iterator[Problem]:
    wanted = set(required_strings(programme))
    optional = set(help_keys(programme))
    # A help in one language is wanted in the other too.
    wanted |= {k for words in programme.strings.values() for k in words if k in optional}
    for locale in LOCALES:
        present = programme.strings.get(locale, {})
        file = f"strings/{locale}.toml"
        for key in sorted(wanted - set(present)):
            yield Problem(file, key, "the text is missing", "add it")
        for key in sorted(set(present) - wanted):
            yield Problem(file, key, "nothing uses this text", "remove it, or correct the key")


def problems(programme: Programme, verbs: Verbs) -> list[Problem]:
    """Everything wrong with a programme that its schema alone cannot tell."""
    found: list[Problem] = []
    for kind_id, kind in programme.kinds.items():
        found += _states(kind_id, kind)
    # The graph is only worth drawing when its nodes exist.
    if not found:
        found += _graph(programme)
    found += _roles(programme)
    found += _contacts(programme)
    found += _clocks(programme)
    found += _settings(programme)
    found += _verbs(programme, verbs)
    found += _mentions(programme)
    found += _notices(programme)
    found += _inputs(programme)
    found += check_doors.problems(programme)
    found += check_figures.problems(programme)
    found += check_bulletins.problems(programme)
    found += _strings(programme)
    for board_id, board in programme.boards.items():
        if board.kind not in programme.kinds:
            found.append(
                Problem("boards.toml", f"{board_id}.kind", f"no kind {board.kind!r}", "name a kind")
            )
    return found
