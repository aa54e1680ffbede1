"""The OpenAPI document as it is kept in docs/openapi.json: `python -m bihuan.api.openapi`."""

import functools
import json
import os
import sys
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import django
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

_ALONE = threading.Lock()
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key twice does the thing once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def contents() -> dict[str, Any]:
    """The document of the interface as it stands."""
    from bihuan.api import described  # noqa: PLC0415 - the models must be loaded first
    from bihuan.api.root import api  # noqa: PLC0415 - it brings them

    schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            _complete(one, method.upper(), path)
    # Relative: whoever read it somewhere asks there.
    schema["servers"] = [{"url": "/"}]
    # Those of facets, which the house does not know by name, after its own.
    brought = {
        one["tags"][0]: None for methods in schema["paths"].values() for one in methods.values()
    }
    schema["tags"] = [{"name": noun} for noun in {**dict.fromkeys(described.NOUNS), **brought}]
    return schema


def _complete(one: dict[str, Any], method: str, path: str) -> None:
    from bihuan.api import base, described  # noqa: PLC0415 - the models must be loaded first

    told = one["responses"]["400"]
    for code in base.CODES:
        one["responses"][str(code)] = told | {"description": HTTPStatus(code).phrase}
    # What Ninja has there is the name of a function.
    one["summary"] = " ".join(one["description"].split()).partition(". ")[0].rstrip(".:;")
    asked, body = one.get("parameters", []), "requestBody" in one
    one["tags"] = [described.noun(path)]
    one["x-scopes"] = described.scopes(one["operationId"], method, path)
    one["x-errors"] = described.errors(method, path, asked=bool(asked), body=body)
    one["x-repeatable"] = described.repeatable(method, path, asked)
    if one["x-repeatable"] and not any(each["name"] == _KEY["name"] for each in asked):
        one["parameters"] = [*asked, _KEY]


def document() -> str:
    """The same as a text, keys in order so that a diff shows a change."""
    return json.dumps(contents(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@functools.cache
def _made() -> bytes:
    return document().encode()


def made() -> dict[str, Any]:
    """The document, made once in the life of a process: it takes a second of a core."""
    # Without the lock whoever asks while it is made would make it too.
    with _ALONE:
        found: dict[str, Any] = json.loads(_made())
    return found


@functools.cache
def declared() -> Mapping[str, frozenset[str]]:
    """The methods of each path, as Django writes its route."""
    paths = made()["paths"]
    return {path.lstrip("/"): frozenset(one.upper() for one in paths[path]) for path in paths}


@require_GET
def serve(request: HttpRequest) -> HttpResponse:
    """The document as it is kept."""
    del request
    with _ALONE:
        content = _made()
    return HttpResponse(content, content_type="application/json; charset=utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.conf.settings")
    django.setup()
    sys.stdout.write(document())
