"""Every operation of the interface on one page, by noun, as the OpenAPI document tells it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bihuan.web import words

Document = Mapping[str, Any]
_FORMATS = {"date-time": "moment", "date": "date", "binary": "binary"}


@dataclass(frozen=True)
class Said:
    """One thing a request says: where, what type, and what the document tells of it."""

    name: str
    place: str
    schema: Document
    required: bool
    shapes: Document

    @property
    def text(self) -> str:
        return str(self.schema.get("description") or _plain(self.schema).get("description", ""))

    @property
    def type(self) -> str:
        """Its type, choices, limit and default in the reader's words."""
        plain = _plain(self.schema)
        found = [_kind(plain, self.shapes)]
        if choices := [str(one) for one in _choices(plain) if one != ""]:
            told = words.listed(choices)
            found = [words.text("operations.one_of", choices=told)]
        if limit := plain.get("maxLength", plain.get("maximum")):
            # What a column of the database can hold limits nobody.
            found += [words.text("operations.at_most", limit=limit)] if limit < 2**31 else []
        usual = self.schema.get("default")
        if usual not in (None, "", [], {}) and not isinstance(usual, (dict, list)):
            value = str(usual).lower() if isinstance(usual, bool) else usual
            found.append(words.text("operations.usual", value=value))
        return words.listed(found)


@dataclass(frozen=True)
class Operation:
    """One, by its id; `told` is what the document has of it."""

    path: str
    method: str
    told: Document
    shapes: Document

    @property
    def id(self) -> str:
        return str(self.told["operationId"])

    @property
    def noun(self) -> str:
        return str(self.told["tags"][0])

    @property
    def title(self) -> str:
        """Its name in the reader's words; one of a facet from outside has only the document's."""
        key = f"operations.called.{self.id}"
        return words.text(key) if words.has(key) else str(self.told["summary"])

    @property
    def scopes(self) -> str:
        return words.listed(self.told["x-scopes"])

    @property
    def key(self) -> str:
        """The name of the words that say what comes of sending it twice."""
        if self.told["x-repeatable"]:
            return "key"
        return "only_reads" if self.method == "GET" else "no_key"

    @property
    def errors(self) -> list[int]:
        return list(self.told["x-errors"])

    @cached_property
    def said(self) -> list[Said]:
        """What it is asked with, what it must have first."""
        asked = [
            Said(one["name"], one["in"], one["schema"] | _texts(one), one["required"], self.shapes)
            for one in self.told.get("parameters", ())
        ]
        for media, one in self.told.get("requestBody", {}).get("content", {}).items():
            place = "body" if media == "application/json" else "form"
            asked += _fields(one["schema"], place, self.shapes)
        return sorted(asked, key=lambda one: not one.required)

    @property
    def answers(self) -> tuple[str, str]:
        """The status when it went well, and what comes with it by name."""
        status = min(self.told["responses"])
        content = self.told["responses"][status].get("content", {}).values()
        shape = next((_resolved(one.get("schema", {}), self.shapes) for one in content), {})
        return status, ", ".join(shape.get("properties", {}))

    @property
    def looked_for(self) -> str:
        """What typing in the filter is compared with."""
        said = (one.name for one in self.said)
        return " ".join((self.id, self.method, self.path, self.title, *said)).lower()


@dataclass(frozen=True)
class Group:
    """The operations about one noun."""

    noun: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def title(self) -> str:
        key = f"operations.of.{self.noun}"
        return words.text(key) if words.has(key) else self.noun


def _texts(parameter: Document) -> dict[str, Any]:
    return {"description": parameter["description"]} if parameter.get("description") else {}


def _resolved(schema: Document, shapes: Document) -> Document:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Document = shapes.get(name, schema)
    return found


def _plain(schema: Document) -> Document:
    """The schema of a value that may be left out: what it is when it is given."""
    some = schema.get("anyOf") or schema.get("allOf") or ()
    given = next((one for one in some if one.get("type") != "null"), None)
    return given if given is not None else schema


def _choices(schema: Document) -> list[Any]:
    return list(schema.get("enum", schema.get("items", {}).get("enum", ())))


def _kind(schema: Document, shapes: Document) -> str:
    found = _resolved(schema, shapes)
    if found.get("type") == "array":
        return words.text("operations.many", kind=_kind(_plain(found.get("items", {})), shapes))
    name = _FORMATS.get(found.get("format", ""), found.get("type", "any"))
    return words.text(f"operations.kind.{name}")


def _fields(schema: Document, place: str, shapes: Document, before: str = "") -> Iterator[Said]:
    shape = _resolved(schema, shapes)
    for name, one in shape.get("properties", {}).items():
        required = not before and name in shape.get("required", ())
        yield Said(f"{before}{name}", place, one, required, shapes)
        inner = _plain(one)
        mark = "[]." if inner.get("type") == "array" else "."
        inner = _resolved(inner.get("items", inner), shapes)
        # One level: what lies deeper is a programme's, and told by `GET /programmes/{id}`.
        if not before and "properties" in inner:
            yield from _fields(inner, place, shapes, f"{name}{mark}")


def groups(document: Document) -> list[Group]:
    """All operations by noun, in the document's order of nouns; reading before writing."""
    shapes = document["components"]["schemas"]
    found = {one["name"]: Group(one["name"]) for one in document["tags"]}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            one = Operation(path, method.upper(), told, shapes)
            found.setdefault(one.noun, Group(one.noun)).operations.append(one)
    return [one for one in found.values() if one.operations]


@require_safe
def operations(request: HttpRequest, document: Callable[[], Document]) -> HttpResponse:
    """The page. `document` gives the interface's own."""
    found = groups(document())
    count = sum(len(one.operations) for one in found)
    context = {"section": "interface", "groups": found, "count": count}
    return render(request, "portal/operations.html", context)
