"""Words: every key that may be shown has a text in every language, and no text is left over."""

from collections.abc import Iterator, Mapping

from bihuan.spec import facets, files
from bihuan.spec.checks import told
from bihuan.spec.load import Problem
from bihuan.spec.schema import Input, Programme

MISSING_REMEDY = "add it; `bihuan check --words` prints what is missing, to paste"
LOCALES = ("zh-Hans", "en")


def _input_keys(inputs: Mapping[str, Input]) -> Iterator[str]:
    for name, one in inputs.items():
        yield f"fields.{name}"
        for choice in one.choices:
            yield f"choices.{name}.{choice}"
        for column, each in one.columns.items():
            yield f"columns.{name}.{column}"
            yield from (f"choices.{name}.{column}.{choice}" for choice in each.choices)


def required(programme: Programme) -> list[str]:
    """Every key a user may be shown, in a stable order."""
    keys = ["title", "summary"]
    keys += [f"roles.{role.id}" for role in programme.manifest.roles]
    for kind_id, kind in programme.kinds.items():
        keys.append(f"kinds.{kind_id}")
        keys += [f"states.{kind_id}.{state}" for state in kind.states]
        keys += _input_keys(kind.fields)
        for action_id, action in kind.actions.items():
            keys += [f"actions.{kind_id}.{action_id}", f"events.{kind_id}.{action_id}"]
            keys += _input_keys(action.inputs)
    for clock_id, clock in programme.clocks.items():
        keys.append(f"clocks.{clock_id}")
        keys += [f"steps.{clock_id}.{step.id}" for step in clock.steps]
    for name, setting in programme.settings.items():
        keys.append(f"settings.{name}")
        if setting.why:
            keys.append(f"why.{name}")
    for figure in programme.figures:
        keys += [f"figures.{figure}", f"definitions.{figure}"]
    for facet, kind_id, block in facets.blocks(programme):
        keys += facet.words(kind_id, block)
    for file in files.registered():
        keys += file.words(programme)
    keys += told.required_strings(programme)
    return list(dict.fromkeys(keys))


def help_keys(programme: Programme) -> Iterator[str]:
    """Keys of the texts that may stand beside a field: `help.<kind>.<field>` and
    `help.<kind>.<action>.<input>`."""
    for kind_id, kind in programme.kinds.items():
        yield from (f"help.{kind_id}.{name}" for name in kind.fields)
        for action_id, action in kind.actions.items():
            yield from (f"help.{kind_id}.{action_id}.{name}" for name in action.inputs)


def _wanted(programme: Programme) -> list[str]:
    """The keys that need a text, in a stable order. One that may have a text and has it in one
    language is wanted in the other too."""
    optional = set(help_keys(programme)) | told.optional_strings(programme)
    given = [k for words in programme.strings.values() for k in words if k in optional]
    return list(dict.fromkeys([*required(programme), *given]))


def missing(programme: Programme, locale: str) -> list[str]:
    """The keys that have no text in a language, in a stable order."""
    present = programme.strings.get(locale, {})
    return [key for key in _wanted(programme) if key not in present]


def problems(programme: Programme) -> Iterator[Problem]:
    """Texts that are missing, empty, or that nothing uses."""
    wanted = set(_wanted(programme))
    for locale in LOCALES:
        present = programme.strings.get(locale, {})
        file = f"strings/{locale}.toml"
        for key in sorted(missing(programme, locale)):
            yield Problem(file, key, "the text is missing", MISSING_REMEDY)
        for key in sorted(set(present) - wanted):
            yield Problem(file, key, "nothing uses this text", "remove it, or correct the key")


def empty(programme: Programme) -> Iterator[Problem]:
    """Texts of nothing."""
    for locale, words in sorted(programme.strings.items()):
        for key, text in words.items():
            if not text.strip():
                yield Problem(f"strings/{locale}.toml", key, "the text is empty", "write it")
        if locale not in LOCALES:
            cause = f"no language is called {locale!r}"
            yield Problem(f"strings/{locale}.toml", "", cause, f"one of {list(LOCALES)}")
