"""Settings: typed, bounded, sourced, dated; scopes that can match."""

from collections.abc import Iterable, Iterator, Mapping

from bihuan.spec import bounds, facets, files
from bihuan.spec.checks.uses import Use
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme, SettingSpec

FILE = "settings.toml"
# By what of a matter a value may be narrowed down; `level` is that of its organisation.
SCOPES = ("category", "channel", "level")


def problems(programme: Programme) -> Iterator[Problem]:
    """Everything wrong with settings and their values."""
    sources = {source.id for source in programme.manifest.sources}
    for name, setting in programme.settings.items():
        if (setting.type == "limit") != (setting.unit is not None):
            yield Problem(FILE, f"{name}.unit", "a unit belongs to a limit", "add or drop it")
        if setting.type == "switch" and not setting.why:
            remedy = f"why = true, and why.{name} in the strings"
            yield Problem(FILE, f"{name}.why", "a switch without a reason", remedy)
        if not bounds.sound(setting):
            remedy = "of a number alone, at_least ≤ at_most"
            yield Problem(FILE, f"{name}.at_least", "bounds that cannot be", remedy)
        if not any(not v.example and not v.scope and v.until is None for v in setting.values):
            cause = "no value holds everywhere and for good"
            remedy = "give a default: no scope, no until, not an example"
            yield Problem(FILE, f"{name}.values", cause, remedy)
        yield from _values(name, setting, sources)


def _values(name: str, setting: SettingSpec, sources: set[str]) -> Iterator[Problem]:
    for index, value in enumerate(setting.values):
        where = f"{name}.values.{index}"
        if value.source not in sources:
            yield Problem(FILE, f"{where}.source", f"no source {value.source!r}", "cite one")
        if value.until is not None and value.until <= value.from_:
            yield Problem(FILE, f"{where}.until", "ends before it begins", "order them")
        if value.grade in ("C", "U") and not value.example:
            cause = f"grade {value.grade} is not law"
            remedy = "mark it example = true; local practice is never a default"
            yield Problem(FILE, f"{where}.grade", cause, remedy)
        if not bounds.fits(setting, value.value):
            cause = f"not a {setting.type} within its bounds"
            yield Problem(FILE, f"{where}.value", cause, "correct the value")


def _choices(programme: Programme) -> Mapping[str, set[str]]:
    return {
        scope: {
            choice
            for kind in programme.kinds.values()
            for inputs in (kind.fields, *(action.inputs for action in kind.actions.values()))
            if scope in inputs
            for choice in inputs[scope].choices
        }
        for scope in ("category", "channel")
    }


def _scopes(name: str, setting: SettingSpec, choices: Mapping[str, set[str]]) -> Iterator[Problem]:
    for index, value in enumerate(setting.values):
        for key, wanted in value.scope.items():
            where = f"{name}.values.{index}.scope.{key}"
            if key not in SCOPES:
                yield Problem(FILE, where, f"no matter has a {key!r}", f"one of {list(SCOPES)}")
            elif key in choices and wanted not in choices[key]:
                cause = f"no matter is ever of {key} {wanted!r}"
                yield Problem(FILE, where, cause, f"one of {sorted(choices[key])}")


def _twice(name: str, setting: SettingSpec) -> Iterator[Problem]:
    holding = [(index, one) for index, one in enumerate(setting.values) if not one.example]
    seen = []
    for index, value in holding:
        same = (value.from_, value.scope)
        if same in seen:
            cause = "two values hold from the same day for the same cases"
            path = f"{name}.values.{index}.from"
            yield Problem(FILE, path, cause, "remove one, or date them apart")
        seen.append(same)


def asked(programme: Programme, uses: Iterable[Use]) -> Iterator[Problem]:
    """Settings that nothing asks, choices amiss, values that never hold or hold with another."""
    choices = _choices(programme)
    for name, setting in programme.settings.items():
        if (setting.type == "choice") != bool(setting.choices):
            cause = "choices belong to the type choice"
            yield Problem(FILE, f"{name}.choices", cause, "give or drop choices")
        yield from _scopes(name, setting, choices)
        yield from _twice(name, setting)
    used = {str(one.name) for use in uses for _, one in use.names("setting")}
    for clock in programme.clocks.values():
        used |= {str(clock.setting), str(clock.after_pause)}
        used |= {str(step.setting()) for step in clock.steps}
    used |= {name for facet, _, block in facets.blocks(programme) for name in facet.settings(block)}
    used |= {name for file in files.registered() for name in file.settings(programme)}
    for name in programme.settings:
        if name not in used:
            cause = "nothing asks this setting"
            yield Problem(FILE, name, cause, "name it in a clock or a verb, or remove it")
