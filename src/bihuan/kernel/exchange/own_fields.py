"""A kind's own fields as columns of a table that is imported: their headers, and what a cell means."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.foundation.orgs.tree import STEP
from bihuan.kernel.exchange import declared, headers
from bihuan.kernel.exchange.headers import NAMES
from bihuan.kernel.matters import fieldtypes, rows
from bihuan.kernel.matters.fieldtypes import Asked, BadValueError, Words
from bihuan.kernel.matters.opening import ORDERED_BY
from bihuan.kernel.values.api import Tongue
from bihuan.language.tabular import blanks, moments
from bihuan.spec.schema import Input, Programme

# A header that stands for the fields of every kind too is known by the name of the kind's own.
PREFIX = "its-"
_BETWEEN = re.compile(r"[、,，;；\n]+")
_WORDED = ("text", "longtext", "choice", "rows")


def key(name: str) -> str:
    """What a column of a field is called: a field of every message keeps its name."""
    return f"{PREFIX}{name}" if name in NAMES else name


def of(programme: Programme, kind: str) -> dict[str, str]:
    """The kind's own fields that a table may fill in, by what their columns are called."""
    asked = programme.kinds[kind].asked(of_sender=False)
    standing = (*declared.STANDING, ORDERED_BY)
    return {key(name): name for name in asked if name not in standing}


def names(programme: Programme, kind: str) -> dict[str, tuple[str, ...]]:
    """The headers by which columns are known: those of every message, and what the kind's own fields
    are called in any language or by offices, which go before."""
    said = declared.of(programme, kind).headers
    own = {}
    for column, name in of(programme, kind).items():
        labels = (words.get(f"fields.{name}", name) for words in programme.strings.values())
        more = () if name in declared.MESSAGE else said.get(name, ())
        own[column] = tuple(dict.fromkeys((*labels, *more)))
    return {**headers.names(programme, kind), **own}


def called(programme: Programme, kind: str, column: str, tongue: Tongue) -> str:
    """What a column is called, in a reader's words; a place within one of several rows too."""
    field, *at = column.split(".")
    name = of(programme, kind).get(field) or (
        field if field in programme.kinds[kind].fields and field not in NAMES else ""
    )
    if not name:
        return tongue.text(f"field.{column}")
    label = tongue.of(programme, f"fields.{name}")
    if len(at) != 2 or not at[0].isdigit():
        return label
    return tongue.text(
        "import.cell",
        field=label,
        row=int(at[0]) + 1,
        column=tongue.of(programme, f"columns.{name}.{at[1]}"),
    )


def taken(
    programme: Programme, kind: str, cells: Mapping[str, str], home: Org, at: Any
) -> tuple[dict[str, Any], dict[str, tuple[str, dict[str, Any]]]]:
    """The own fields that a row fills in, as the doors take them, and what is wrong with any."""
    fields = programme.kinds[kind].fields
    nothing = declared.of(programme, kind).nothing
    found: dict[str, Any] = {}
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    for column, name in of(programme, kind).items():
        text = cells.get(column, "")
        worded = fields[name].type in _WORDED
        if not text or (not worded and blanks.says_nothing(text, nothing)):
            continue
        try:
            found[name] = _Reading(programme, home, at).value(name, fields[name], text)
        except BadValueError as error:
            bad[name] = (error.key, error.values)
            if isinstance(error, rows.BadRowsError):
                bad |= {f"{name}.{at}": why for at, why in error.cells.items()}
    return found, bad


class _Reading:
    """Reads cells as people fill in tables: words for choices, names for organisations and people."""

    def __init__(self, programme: Programme, home: Org, at: Any) -> None:
        self.programme, self.home, self.at = programme, home, at
        self.root = home.path[:STEP]

    def value(self, name: str, one: Input, text: str) -> Any:
        """What a cell means; what is not known better stays as it stands, for the field to read.
        Raises BadValueError."""
        if one.type == "choice":
            return self.choice(name, one, text)
        if one.type == "rows":
            return self.table(name, one, text)
        readers: dict[str, Callable[[str], Any]] = {
            "bool": self.switch,
            "date": self.day,
            "org": self.org,
            "orgs": self.orgs,
            "person": self.person,
        }
        if one.type in readers:
            return readers[one.type](text)
        return self.offered(name, one, text) if fieldtypes.of(one).editor == "choice" else text

    def table(self, name: str, one: Input, text: str) -> list[dict[str, Any]]:
        """The rows written in a cell, cell by cell."""
        found: list[dict[str, Any]] = []
        bad: dict[str, tuple[str, dict[str, Any]]] = {}
        for at, row in enumerate(self.lines(one, text)):
            found.append({})
            for (column, each), cell in zip(one.columns.items(), row, strict=False):
                try:
                    if cell.strip():
                        found[at][column] = self.value(f"{name}.{column}", each, cell.strip())
                except BadValueError as error:
                    bad[f"{at}.{column}"] = (error.key, error.values)
        if not bad:
            return found
        try:
            # What else is wrong is told with it.
            fieldtypes.of(one).read(one, found)
        except rows.BadRowsError as error:
            bad = {**error.cells, **bad}
        raise rows.BadRowsError(bad)

    def lines(self, one: Input, text: str) -> list[list[str]]:
        """The rows written in a cell."""
        found = rows.split(text)
        for row in found:
            if len(row) > len(one.columns):
                raise BadValueError("input.row_too_wide", limit=len(one.columns), count=len(row))
        return found

    def choice(self, name: str, one: Input, text: str) -> str:
        """A choice by its id or its word in any language."""
        if text in one.choices:
            return text
        for words in self.programme.strings.values():
            for choice in one.choices:
                if words.get(f"choices.{name}.{choice}", "").lower() == text.lower():
                    return choice
        return text

    def offered(self, name: str, one: Input, text: str) -> str:
        """One of what a type offers, by what it is called."""
        asked = Asked(self.home, self.programme, self.at)
        plain = Words(lambda key, **_: key, lambda _, choice: choice)
        options = fieldtypes.of(one).options(name, one, asked, plain)
        return next((value for value, label in options if label == text.strip()), text)

    def switch(self, text: str) -> str:
        """Yes or no as tables have it."""
        plain = blanks.folded(text).lower()
        return {
            "√": "true",
            "✓": "true",
            "有": "true",
            "y": "true",
            "×": "false",
            "n": "false",
        }.get(plain, plain)

    def day(self, text: str) -> str:
        """A day as people write it."""
        try:
            near = timezone.make_naive(self.at)
            return moments.understood(text, near).local.date().isoformat()
        except (ValueError, OverflowError):
            return text

    def org(self, text: str) -> int:
        """An organisation below the same root, by its name or code."""
        found = orgs.orgs_called(text.strip(), within=self.root)
        if len(found) == 1:
            return found[0].pk
        if found:
            told = "、".join(f"{one.name}（{one.code}）" for one in found)
            raise BadValueError("input.org_ambiguous", text=text[:60], names=told)
        raise BadValueError("input.org_nowhere", text=text[:60])

    def orgs(self, text: str) -> list[int]:
        """Several, with a comma of any sort between."""
        return [self.org(each) for each in _BETWEEN.split(text) if each.strip()]

    def person(self, text: str) -> int:
        """Somebody with a post below the same root, by their name, user name or code."""
        plain = text.strip()
        there = orgs.people_of(self.root, timezone.localtime(self.at).date(), plain)
        found = [one for one in there[:20] if plain in (one.name, one.username, one.code)]
        if len(found) == 1:
            return found[0].pk
        if found:
            names_of = "、".join(one.username or one.code or one.name for one in found)
            raise BadValueError("input.person_ambiguous", text=text[:60], names=names_of)
        raise BadValueError("input.person_nowhere", text=text[:60])
