"""import.toml: how tables of a kind are read that offices bring: what they call its columns, what they
write for "none", what a row that does not say it is likely to be."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from bihuan.kernel.programmes import api as programmes
from bihuan.language.tabular.titles import plain
from bihuan.spec.base import Name, Strict
from bihuan.spec.files import SpecFile
from bihuan.spec.handbook import table
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
# What every message consists of; the rest are fields of its kind.
MESSAGE = ("number", "subject", "body", "name", "phone", "email", "complained_of", "time", "hour")
# Fields that have a column in every table, whatever the kind calls them.
STANDING = ("category", "channel", "place")


class GuessSpec(Strict):
    """The choice that a text suggests in which one of the words stands; without words any text."""

    is_: Name = Field(alias="is")
    having: tuple[Word, ...] = ()


class ImportSpec(Strict):
    """How a table of the kind is read by whose id it stands.

    `default`: the kind that a table opens at a desk that takes tables of several, unless one says
    otherwise. `headers`: what columns are called, by what every message has or by the kind's own
    fields. `nothing`: words that say that there is none. `unsaid`: what a field is where the table
    has nothing for it. `guess`: what a choice is likely to be where the table does not say it, the
    first that fits; a guess has to be agreed to, what is `unsaid` not.
    """

    default: bool = False
    headers: dict[Name, tuple[Word, ...]] = Field(default_factory=dict)
    nothing: tuple[Word, ...] = ()
    unsaid: dict[Name, str] = Field(default_factory=dict)
    guess: dict[Name, tuple[GuessSpec, ...]] = Field(default_factory=dict)


PLAIN = ImportSpec()


def _problems(programme: Programme) -> Iterator[Problem]:
    entries = IMPORTS.of(programme)
    for kind_id, one in entries.items():
        if kind_id not in programme.kinds:
            remedy = f"name a kind: {sorted(programme.kinds)}"
            yield Problem(IMPORTS.name, kind_id, f"no kind {kind_id!r}", remedy)
            continue
        yield from _headers(programme, kind_id, one)
        yield from _unsaid(programme, kind_id, one)
        yield from _guesses(programme, kind_id, one)
    first, *others = [kind_id for kind_id, one in entries.items() if one.default] or [""]
    for kind_id in others:
        cause = f"{first} is what tables open already"
        yield Problem(IMPORTS.name, f"{kind_id}.default", cause, "keep one default")


def _headers(programme: Programme, kind_id: str, one: ImportSpec) -> Iterator[Problem]:
    """Columns that there are not; words that could be read in two ways, or in none."""
    fields = programme.kinds[kind_id].asked(of_sender=False)
    known = {*MESSAGE, *fields}
    seen: dict[str, str] = {}
    for column, words in one.headers.items():
        path = f"{kind_id}.headers.{column}"
        if column not in known:
            cause = f"no column {column!r}: {kind_id} asks for no such field"
            yield Problem(IMPORTS.name, path, cause, f"one of {sorted(known)}")
        for word in words:
            if not plain(word):
                cause = f"{word!r} is no word: brackets and marks of a header are not read"
                yield Problem(IMPORTS.name, path, cause, "write what stands outside of them")
            elif seen.setdefault(plain(word), column) != column:
                cause = f"{word!r} is a header of {seen[plain(word)]} already"
                yield Problem(IMPORTS.name, path, cause, "keep one of the two")


def _unsaid(programme: Programme, kind_id: str, one: ImportSpec) -> Iterator[Problem]:
    fields = programme.kinds[kind_id].asked(of_sender=False)
    for name, value in one.unsaid.items():
        path = f"{kind_id}.unsaid.{name}"
        if name not in fields:
            cause = f"no field {name!r} is asked of {kind_id}"
            yield Problem(IMPORTS.name, path, cause, f"one of {sorted(fields)}")
        elif fields[name].type == "choice" and value not in fields[name].choices:
            remedy = f"one of {list(fields[name].choices)}"
            yield Problem(IMPORTS.name, path, f"no choice {value!r}", remedy)
        elif name in one.guess:
            cause = "what is so where nothing is said is not guessed"
            yield Problem(IMPORTS.name, path, cause, f"drop it, or guess.{name}")


def _guesses(programme: Programme, kind_id: str, one: ImportSpec) -> Iterator[Problem]:
    fields = programme.kinds[kind_id].asked(of_sender=False)
    choices = {name: each.choices for name, each in fields.items() if each.type == "choice"}
    for name, guesses in one.guess.items():
        if name not in choices:
            cause = f"no choice {name!r} is asked of {kind_id}"
            yield Problem(
                IMPORTS.name, f"{kind_id}.guess.{name}", cause, f"one of {sorted(choices)}"
            )
            continue
        for index, each in enumerate(guesses):
            path = f"{kind_id}.guess.{name}.{index}"
            if each.is_ not in choices[name]:
                remedy = f"one of {list(choices[name])}"
                yield Problem(IMPORTS.name, f"{path}.is", f"no choice {each.is_!r}", remedy)
            if any(not earlier.having for earlier in guesses[:index]):
                cause = "never guessed: one before it fits any text"
                yield Problem(IMPORTS.name, path, cause, "put it first, or remove it")


def _page(programme: Programme) -> list[str]:
    """How tables are read, for the handbook."""
    lines = ["## Imported tables", ""]
    for kind_id, one in IMPORTS.of(programme).items():
        told = " (unless another kind is said)" if one.default else ""
        lines += [f"Tables of `{kind_id}`{told}. Words for “none”: {_told(one.nothing)}.", ""]
        guesses = {name: "; ".join(map(_guess, some)) for name, some in one.guess.items()}
        columns = dict.fromkeys((*one.headers, *one.unsaid, *guesses))
        rows = [
            (f"`{name}`", _told(one.headers.get(name, ())), one.unsaid.get(name, "–"), guesses.get(name, "–"))
            for name in columns
        ]  # fmt: skip
        lines += table(("Column", "Headers", "If not said", "Guessed"), rows)
    return lines


def _guess(one: GuessSpec) -> str:
    return f"`{one.is_}`: {'、'.join(one.having) or 'any text'}"


def _told(words: tuple[str, ...]) -> str:
    return "、".join(words) or "–"


IMPORTS: SpecFile[ImportSpec] = SpecFile("import", ImportSpec, problems=_problems, page=_page)


def of(programme: Programme, kind_id: str) -> ImportSpec:
    """How tables of a kind are read: as its release says. Where that was stored before releases said
    it, or says nothing, as the newest release of the programme does."""
    entries = IMPORTS.of(programme)
    if not entries:
        newest = next((one for one in programmes.known() if one.id == programme.id), programme)
        entries = IMPORTS.of(newest)
    return entries.get(kind_id, PLAIN)
