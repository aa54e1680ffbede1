"""Where the house's own code, words, pages and scripts name what a shipped programme declares."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import bihuan
from bihuan.lib.catalogue import flatten
from bihuan.spec import load
from bihuan.spec.checks import told as check_told
from bihuan.spec.schema import BUILT_IN_ACTORS, Programme

SRC = Path(bihuan.__file__).parent
APART = ("programmes", "stories")
# A programme too: the one that `bihuan new programme` copies.
FIRST = "first_programme"
# Made by others, or from what stands beside it.
MADE = ("static", "migrations", "node_modules")
_DOTTED = re.compile(r"[a-z0-9_./:?=&@#{}*-]+")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_QUOTED = re.compile(r""""([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`""")
_LOOKED_UP = re.compile(r"\b(?:inputs|facts|fields|choices)\.([a-z_]+)")
_NAMED = re.compile(r'\bname="([^"{]+)"')


@lru_cache(maxsize=1)
def declared() -> dict[str, set[str]]:
    """Every id that a shipped programme declares, with what it is the id of."""
    found: dict[str, set[str]] = {}

    def add(what: str, *names: str) -> None:
        for name in names:
            found.setdefault(name, set()).add(what)

    for path in sorted((SRC / "programmes").glob("*/programme.toml")):
        one = load.read(path.parent)
        add("programme", one.id)
        add("role", *(role.id for role in one.manifest.roles))
        add("figure", *one.figures)
        add("setting", *one.settings)
        add("text", *_texts(one))
        for name, kind in one.kinds.items():
            add("kind", name)
            add("field", *kind.fields)
            for action_id, action in kind.actions.items():
                add("action", action_id)
                add("field", *action.inputs)
    return found


def _texts(programme: Programme) -> Iterator[str]:
    """What it alone tells people: what any may tell is the house's."""
    own = (key for key in programme.strings["en"] if key not in check_told.HOUSE)
    yield from (key.split(".")[1] for key in own if key.startswith(("notice.", "mail.")))


def _schema_words(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part.get("properties", {})
        yield from (one for one in part.get("enum", ()) if isinstance(one, str))
        for value in part.values():
            yield from _schema_words(value)
    elif isinstance(part, list):
        for value in part:
            yield from _schema_words(value)


def format_words() -> set[str]:
    """The words of the programme format: its keys, and what may stand where it offers a choice."""
    return {*BUILT_IN_ACTORS, *_schema_words(Programme.model_json_schema(by_alias=True))}


def _strings(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    elif path.suffix == ".toml":
        yield from (key for key, _ in flatten(tomllib.loads(text)))
    elif path.suffix == ".html":
        for tag in _TAG.findall(text):
            yield from ("".join(groups) for groups in _QUOTED.findall(tag))
            yield from _LOOKED_UP.findall(tag)
        yield from _NAMED.findall(text)
    else:
        yield from ("".join(groups) for groups in _QUOTED.findall(text))


def _words(text: str, roles: set[str]) -> Iterator[str]:
    """The words of an address, key or name; none in a sentence. A role's id counts alone only:
    `desk:queue` is a page of the desk, `desk.title` a word on it."""
    if text in roles:
        yield text
    elif _DOTTED.fullmatch(text):
        yield from (word for word in _WORD.findall(text) if word not in roles)


def named(allowed: set[str]) -> dict[str, Counter[str]]:
    """Every id that is named, by file, those `allowed` apart."""
    ids = declared()
    roles = {name for name, what in ids.items() if "role" in what}
    asked = set(ids) - allowed
    found: dict[str, Counter[str]] = {}
    for path in sorted(SRC.rglob("*")):
        where = path.relative_to(SRC)
        if where.parts[0] in APART or {*where.parts} & {*MADE, FIRST}:
            continue
        if path.suffix not in (".py", ".toml", ".html", ".js"):
            continue
        words = (word for text in _strings(path) for word in _words(text, roles))
        count = Counter(word for word in words if word in asked)
        if count:
            found[str(where)] = count
    return found
