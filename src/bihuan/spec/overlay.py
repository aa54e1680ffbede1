"""Local changes laid over a programme: choices added, retired, renamed; fields asked otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from bihuan.lib.problems import ProblemError
from bihuan.spec import check, files
from bihuan.spec.base import Name, Strict
from bihuan.spec.check import LOCALES, Verbs
from bihuan.spec.load import BrokenProgrammeError, parse
from bihuan.spec.schema import Action, Input, Kind, Programme, Verb

Part = Literal["choice", "field"]
Words = dict[Literal["zh-Hans", "en"], Annotated[str, StringConstraints(max_length=200)]]
# The doors of the house enter by these channels whatever a unit thinks of them.
DOORS = ("web", "hotline", "open311", "imported")


class OverlayError(ProblemError):
    """A local change that cannot be; `key` names the message."""


class ChoiceChange(Strict):
    """A choice with its words (added, or renamed if it is there), or retired."""

    words: Words = Field(default_factory=dict)
    retired: bool = False


class FieldChange(Strict):
    """An optional field made required or hidden; a text of help beside it."""

    required: bool = False
    hidden: bool = False
    help: Words = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> "FieldChange":
        if self.required and self.hidden:
            msg = "what is hidden cannot be asked for"
            raise ValueError(msg)
        return self


@dataclass(frozen=True)
class Change:
    """One local change. `name` is `<kind>.<field>` or `<kind>.<action>.<input>`, for a choice
    with `.<choice>` after it; `value` is a ChoiceChange or a FieldChange as plain data."""

    part: Part
    name: str
    value: Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where an input is declared: a field of a kind, or an input of one of its actions."""

    kind: Kind
    inputs: Mapping[str, Input]
    input: str
    path: tuple[str, ...]
    action: Action | None = None

    @property
    def one(self) -> Input:
        return self.inputs[self.input]


def place(programme: Programme, name: str) -> Place:
    """The declared input a name means. Raises OverlayError."""
    kind_id, *rest = name.split(".")
    kind = programme.kinds.get(kind_id)
    if kind is not None and len(rest) == 1 and rest[0] in kind.fields:
        return Place(kind, kind.fields, rest[0], (kind_id, "fields"))
    action = kind.actions.get(rest[0]) if kind is not None and len(rest) == 2 else None
    if kind is None or action is None or rest[1] not in action.inputs:
        raise OverlayError("programmes.no_field", name=name)
    return Place(kind, action.inputs, rest[1], (kind_id, "actions", rest[0], "inputs"), action)


def _spoken(kind: Kind) -> Iterator[Verb]:
    yield from kind.on_open
    for action in kind.actions.values():
        yield from (*action.guards, *action.effects)
        for turn in action.turns:
            yield from (*turn.when, *turn.effects)


def _values(verb: Verb) -> Iterator[tuple[str, str]]:
    """(field, value) that a verb compares with or sets."""
    field = str(verb.args.get("input") or verb.args.get("fact") or "")
    if "value" in verb.args:
        yield field, str(verb.args["value"])
    for value in verb.args.get("values", ()):
        yield field, str(value)


def _choice(programme: Programme, change: Change, raw: dict[str, Any]) -> None:
    value = ChoiceChange.model_validate(change.value)
    field, _, choice = change.name.rpartition(".")
    found = place(programme, field)
    if found.one.type != "choice":
        raise OverlayError("programmes.no_choices", name=field)
    kept = [c for c in found.one.choices if c != choice]
    if value.retired:
        if choice not in found.one.choices:
            raise OverlayError("programmes.no_choice", name=field, choice=choice)
        spoken = {pair for verb in _spoken(found.kind) for pair in _values(verb)}
        if (found.input, choice) in spoken or (found.input == "channel" and choice in DOORS):
            raise OverlayError("programmes.choice_used", choice=choice)
        if not kept:
            raise OverlayError("programmes.last_choice", name=field)
    else:
        _complete(value.words)
        TypeAdapter(Name).validate_python(choice)
        if choice in found.one.choices:
            kept = list(found.one.choices)
        else:
            kept.append(choice)
        for locale, text in value.words.items():
            raw["strings"][locale][f"choices.{found.input}.{choice}"] = text.strip()
    _holder(raw, found)[found.input]["choices"] = kept


def _complete(words: Mapping[Any, str]) -> None:
    if any(not words.get(locale, "").strip() for locale in LOCALES):
        raise OverlayError("programmes.words_missing")


def _holder(raw: dict[str, Any], found: Place) -> dict[str, Any]:
    holder: dict[str, Any] = raw["kinds"]
    for step in found.path:
        holder = holder[step]
    return holder


def _refuse_field(change: Change, value: FieldChange, found: Place) -> None:
    """Raises OverlayError where a field cannot be asked otherwise."""
    if not (value.required or value.hidden or value.help):
        raise OverlayError("programmes.nothing_changed")
    if found.one.required and (value.hidden or (value.required and not value.help)):
        raise OverlayError("programmes.already_required", name=change.name)
    # The house itself takes these steps and fills in nothing that nobody typed.
    by = found.action.by if found.action else found.kind.opened_by
    if value.required and "system" in by:
        raise OverlayError("programmes.house_fills", name=change.name)
    if found.action is None and (value.required or value.hidden):
        # A later action fills it in, and verbs look at it then.
        later = any(found.input in one.sets().values() for one in found.kind.actions.values())
        if later or (value.hidden and found.input in ("category", "channel")):
            raise OverlayError("programmes.field_used", name=change.name)


def _field(programme: Programme, change: Change, raw: dict[str, Any]) -> None:
    value = FieldChange.model_validate(change.value)
    found = place(programme, change.name)
    _refuse_field(change, value, found)
    if value.hidden:
        del _holder(raw, found)[found.input]
    elif value.required:
        _holder(raw, found)[found.input]["required"] = True
    if value.help:
        _complete(value.help)
        for locale, text in value.help.items():
            raw["strings"][locale][f"help.{change.name}"] = text.strip()


def lay(programme: Programme, change: Change, verbs: Verbs) -> Programme:
    """The programme with one change laid over it, checked as `bihuan check` checks a folder.

    Words of what was hidden or retired stay: matters that hold it are still shown.
    Raises OverlayError.
    """
    raw = programme.model_dump(mode="json", by_alias=True)
    try:
        (_choice if change.part == "choice" else _field)(programme, change, raw)
        made = parse(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]["msg"]
        raise OverlayError("programmes.bad_value", name=change.name, value=first) from error
    except BrokenProgrammeError as error:
        raise OverlayError("programmes.overlay_broken", problems=str(error)) from error
    # What counts and reports goes on: it counts what came while a choice was still offered.
    kept = {one.part for one in files.registered() if not one.counts}
    parts = {name: one for name, one in made.parts.items() if name in kept}
    bare = made.model_copy(update={"figures": {}, "parts": parts})
    used = {*check.required_strings(bare), *check.help_keys(bare)}
    strings = {
        locale: {key: text for key, text in words.items() if key in used}
        for locale, words in bare.strings.items()
    }
    problems = check.problems(bare.model_copy(update={"strings": strings}), verbs)
    if problems:
        told = "\n".join(str(p) for p in problems)
        raise OverlayError("programmes.overlay_broken", problems=told)
    return made


def laid(
    programme: Programme, changes: Iterable[Change], verbs: Verbs
) -> tuple[Programme, list[tuple[Change, OverlayError]]]:
    """The programme under all changes, and those that do not fit it and were left out: a newer
    release may have lost their field, and nobody may be turned away for that."""
    lost = []
    for change in changes:
        try:
            programme = lay(programme, change, verbs)
        except OverlayError as error:
            lost.append((change, error))
    return programme, lost
