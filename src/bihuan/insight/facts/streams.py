"""Which streams of the log become facts, and which counters lie beside them.

A higher floor declares its own streams here, so that insight need not know them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bihuan.kernel.programmes import api as programmes
from bihuan.spec import grouping
from bihuan.spec.figures import TALLIES
from bihuan.spec.schema import Input, Kind, Programme


@dataclass(frozen=True)
class Stream:
    """`columns` maps a fact's column to the column of the row its events set. `subject` names the
    column that holds the matter's stream (`matter:17`); without it, and of another stream than the
    matter's, the facts are of no matter."""

    name: str
    columns: Mapping[str, str]
    subject: str = ""


Count = tuple[int, date, int]


@dataclass(frozen=True)
class Tally:
    """Counters a day about the rows of a stream: how often an answer was opened. `read` gives them
    as (row, day, count), in order."""

    name: str
    stream: str
    read: Callable[[], Iterable[Count]]


# What figures ask of parts that say nothing else than that they are there.
THERE = "there"


@dataclass(frozen=True)
class Parted:
    """Parts of matters whose coming, changing and going are facts of their own, beside those of the
    steps in which it happened: `<part>.taken`, `<part>.changed`, `<part>.withdrawn`. Figures ask for
    what stands in its `column` (without one: that there is it) under the name `said`, and may add up the whole numbers that its column
    `numbers` holds by name: each fact has by how much they grew or fell. Kinds have such parts by a `facet`.
    """

    part: str
    facet: str
    column: str
    said: str
    numbers: str = ""


MATTERS = Stream(
    "matter",
    {
        "programme": "programme",
        "kind": "kind",
        "release": "release_id",
        "to_state": "state",
        "phase": "phase",
        "home": "home_id",
        "home_path": "home_path",
        "unit": "unit_id",
        "unit_path": "unit_path",
        "into": "merged_into_id",
        "person": "assignee_id",
        "category": "category",
        "channel": "channel",
        "level": "level",
        "opened": "opened_at",
    },
)
_STREAMS: dict[str, Stream] = {MATTERS.name: MATTERS}
_TALLIES: dict[str, Tally] = {}
_PARTS: dict[str, Parted] = {}


def declare(stream: Stream, *tallies: Tally) -> None:
    """Makes a stream, and the counters about its rows, known to the export. At start-up."""
    _STREAMS[stream.name] = stream
    _TALLIES.update({one.name: one for one in tallies})
    TALLIES.add(*(one.name for one in tallies))


def declare_parts(one: Parted) -> None:
    """Makes a sort of parts of matters known to the export. At start-up."""
    _PARTS[one.part] = one


def parted(known: "Vocabulary") -> list[Parted]:
    """The declared sorts of parts that some release ever had the facet for."""
    return [one for one in _PARTS.values() if one.facet in known.facets]


def streams() -> list[Stream]:
    """Every declared stream."""
    return list(_STREAMS.values())


def tallies() -> list[Tally]:
    """Every declared table of counters."""
    return list(_TALLIES.values())


@dataclass(frozen=True)
class Vocabulary:
    """The names that may leave the log, from the releases ever installed.

    `said` are inputs, as `told_as` names them, whose values are choices ('' for a number, an amount,
    a switch), never free text;
    `promises` the clocks whose date the sender was told; `flags` the facts that are true or not;
    `facets` those that any kind has. `elsewhere` are names of `said` that stand for something else in
    other kinds or releases, and where they are such inputs: `release/kind`. `held` are fields by
    which figures may group (see `spec.grouping`), each with its choices, or how else its values
    look; `held_where` says of those that are something else in other kinds or releases where they
    are such fields.
    """

    said: Mapping[str, tuple[str, ...]]
    promises: tuple[str, ...]
    flags: tuple[str, ...]
    facets: frozenset[str] = frozenset()
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_TOLD = ("choice", "int", "bool", "number", "money")
# What may stand under one name in one release and mean something else in the next: fen, 0.5.
_APART = ("number", "money")


def told_as(name: str, type_: str) -> str:
    """Under which name of `said` the values of an input of a type stand."""
    return f"{name}:{type_}" if type_ in _APART else name


def input_of(told: str) -> str:
    """The input whose values stand under a name of `said`."""
    return told.partition(":")[0]


def _inputs(kind: Kind) -> list[tuple[str, Input]]:
    found = list(kind.fields.items())
    for action in kind.actions.values():
        found += action.inputs.items()
    return found


def _is_told(one: Input) -> bool:
    return one.type in _TOLD and not one.apart


def _set_facts(kind: Kind) -> set[str]:
    found = {name for name, one in kind.fields.items() if one.type == "bool" and not one.apart}
    for action in kind.actions.values():
        verbs = (*action.effects, *(e for turn in action.turns for e in turn.effects))
        found |= {
            str(verb.args["fact"])
            for verb in verbs
            if verb.do == "fact.set" and verb.args.get("value") is True
        }
    return found


def vocabulary() -> Vocabulary:
    """The names of every release ever installed: facts of old releases keep theirs."""
    said: dict[str, set[str]] = {}
    promises: set[str] = set()
    flags: set[str] = set()
    facets: set[str] = set()
    told: dict[str, set[str]] = {}
    forms: dict[str, set[str]] = {}
    for releases, programme in _ever():
        for kind_id, kind in programme.kinds.items():
            facets.update(kind.blocks)
            flags |= _set_facts(kind)
            for name, one in _inputs(kind):
                key = told_as(name, one.type) if _is_told(one) else ""
                forms.setdefault(name, set()).add(key)
                if key:
                    said.setdefault(key, set()).update(one.choices or ("",))
                    told.setdefault(key, set()).update(f"{pk}/{kind_id}" for pk in releases)
        promises |= {n for n, clock in programme.clocks.items() if clock.role == "promise"}
    return Vocabulary(
        {name: tuple(sorted(values)) for name, values in sorted(said.items())},
        tuple(sorted(promises)),
        tuple(sorted(flags)),
        frozenset(facets),
        {
            key: tuple(sorted(told[key]))
            for keys in forms.values()
            if len(keys) > 1
            for key in sorted(keys - {""})
        },
        **_held(),
    )


# What values of fields look like that are no choices, to whoever reads the log.
LOOKS = {"bool": "true|false", "org": "[0-9]{1,18}", "month": "[0-9]{4}-[0-9]{2}"}


def _held() -> dict[str, Mapping[str, tuple[str, ...]]]:
    """The fields that figures may group by, of every release, and where each of two meanings is."""
    held: dict[str, set[str]] = {}
    where: dict[str, set[str]] = {}
    forms: dict[str, set[str]] = {}
    for releases, programme in _ever():
        for kind_id, kind in programme.kinds.items():
            for name, one in kind.fields.items():
                is_held = grouping.is_held(one)
                forms.setdefault(name, set()).add(one.type if is_held else "")
                if is_held:
                    looks = one.choices or (LOOKS[one.type],)
                    held.setdefault(name, set()).update(looks)
                    where.setdefault(name, set()).update(f"{pk}/{kind_id}" for pk in releases)
    return {
        "held": {name: tuple(sorted(looks)) for name, looks in sorted(held.items())},
        "held_where": {
            name: tuple(sorted(there)) for name, there in where.items() if len(forms[name]) > 1
        },
    }


def _ever() -> list[tuple[list[int], Programme]]:
    """Every release ever installed, with the numbers of those it was adapted to for a place."""
    found = {row.pk: [row.pk] for row in programmes.releases()}
    for pk, base in programmes.adapted():
        found[base].append(pk)
    return [(numbers, programmes.spec_of(pk)) for pk, numbers in found.items()]
