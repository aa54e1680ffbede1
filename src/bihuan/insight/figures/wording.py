"""The words of a figure: its expression in an engine's SQL, put once for all days and places.

Putting an expression into words takes longer than many a figure, and loading what does it takes a
second. So words are kept, in memory and in a folder for the processes that come later, signed:
whoever changes them there changes no figure.
"""

import hashlib
import json
import re
import shutil
from dataclasses import asdict, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.signing import BadSignature, Signer

from bihuan.insight.facts import streams
from bihuan.insight.figures.question import (
    AFTER,
    BEYOND,
    FIRST,
    SCOPE,
    UNTIL,
    Behind,
    Question,
    StandIn,
)
from bihuan.insight.figures.shapes import Shape, shape_of
from bihuan.rules.periods import Grain, Period
from bihuan.spec import figures as declared
from bihuan.spec.figures import FigureSpec
from bihuan.spec.measures import MEASURES

# The days of words that are kept for all days.
ANY = Period.of(Grain.DAY, date.min)
# A text that would be filled in itself; no group is called so, nor like the other.
LIKE_STAND_IN = re.compile(r"@|stands.for_")
NOBODY = "?"
# What of a group's key is filled in afterwards, and what Ibis calls it.
TYPES: dict[type, str] = {int: "int64", date: "date"}


def figure(spec: str, asked: Question, dialect: str) -> str:
    """The figure (its definition as JSON) in an engine's own words."""
    shape = shape_of(spec, asked.programme)
    words = _worded(shape.spec, _pattern(asked, shape), None, dialect)
    return _filled(shape.filled(words), _values(asked))


def matters(spec: str, asked: Question, behind: Behind, dialect: str) -> str:
    """The question for the matters behind a figure in an engine's own words."""
    values, key = {**_values(asked), BEYOND: behind.after}, dict(behind.key)
    for n, (name, value) in enumerate(behind.key):
        # Texts stay in the question, where they are quoted as the engine wants it.
        if isinstance(value, str) and LIKE_STAND_IN.search(value):
            key[name] = NOBODY
        if type(value) in TYPES:
            key[name] = StandIn(f"@key{n}", TYPES[type(value)])
            values[f"@key{n}"] = value
    pattern = replace(behind, key=tuple(key.items()), after=0)
    shape = shape_of(spec, asked.programme)
    words = _worded(shape.spec, _pattern(asked, shape), pattern, dialect)
    return _filled(shape.filled(words), values)


def forget() -> None:
    """As a process that has just begun."""
    _worded.cache_clear()


def _pattern(asked: Question, shape: Shape) -> Question:
    """One question for all that have the same words: how long periods and how deep places are
    matters only where one groups by them."""
    return replace(
        asked,
        programme=shape.programme,
        period=ANY,
        scope=asked.scope and 0,
        until=None,
        grain=asked.grain if "period" in asked.by else Grain.DAY,
        depth=asked.depth if {"org", "from"} & set(asked.by) else 1,
    )


def _values(asked: Question) -> dict[str, object]:
    return {
        FIRST: asked.period.start,
        AFTER: asked.period.after,
        UNTIL: asked.until,
        SCOPE: asked.scope,
    }


def _filled(words: str, values: dict[str, object]) -> str:
    for stand_in, value in values.items():
        words = words.replace(stand_in, str(value))
    return words


@lru_cache(maxsize=1024)
def _worded(spec: str, asked: Question, behind: Behind | None, dialect: str) -> str:
    if behind is not None and any(isinstance(value, str) for _, value in behind.key):
        # What a reader may type names no file: there would be no end of them.
        return _put(spec, asked, behind, dialect)
    named = [spec, asdict(asked), behind and asdict(behind), dialect]
    name = hashlib.sha256(json.dumps(named, default=str).encode()).hexdigest()
    path = Path(settings.WORDS_ROOT) / made_from() / name
    signer = Signer(salt=f"words:{name}")
    try:
        return signer.unsign(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadSignature):
        words = _put(spec, asked, behind, dialect)
        _keep(path, signer.sign(words))
        return words


def _put(spec: str, asked: Question, behind: Behind | None, dialect: str) -> str:
    # A process whose words are all kept never loads what makes them.
    from bihuan.insight.figures import compile as compiling  # noqa: PLC0415 - it takes a second

    return compiling.worded(FigureSpec.model_validate_json(spec), asked, behind, dialect)


def _keep(path: Path, text: str) -> None:
    """Whole or not at all; a folder that cannot be written to costs time and nothing else."""
    aside = path.with_name(f".{uuid4().hex}")
    try:
        if not path.parent.exists():
            # Another version's words: nobody asks for them again.
            shutil.rmtree(path.parent.parent, ignore_errors=True)
            path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError:
        return


@lru_cache(maxsize=1)
def made_from() -> str:
    """A fingerprint of all that words depend on besides the question: our code and its libraries."""
    ours = sorted(Path(__file__).parents[1].rglob("*.py"))
    digest = hashlib.sha256()
    makers = {one.made_by.partition(":")[0] for one in MEASURES.registered()}
    theirs = sorted(spec.origin for name in makers if (spec := find_spec(name)) and spec.origin)
    for one in (*ours, Path(declared.__file__), *map(Path, theirs)):
        digest.update(one.read_bytes())
    # Counters are named by the floors above.
    digest.update(repr(sorted((one.name, one.stream) for one in streams.tallies())).encode())
    for library in ("ibis-framework", "sqlglot"):
        digest.update(version(library).encode())
    return digest.hexdigest()[:16]
