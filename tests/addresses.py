"""Every address of the house by its name, as the URL configuration tells it."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# `tests/api/test_openapi.py` holds it against the interface, which takes a second to tell it.
DOCUMENT = Path(__file__).parents[1] / "docs" / "openapi.json"


def names() -> set[str]:
    """All of them but the API's, which has its own matrix over its OpenAPI document."""
    return set(_within(get_resolver().url_patterns))


def _within(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{prefix}{one.namespace}:" if one.namespace else prefix
            if not str(one.pattern).startswith(("api/", "open311/")):
                yield from _within(one.url_patterns, inner)
        elif one.name:
            yield f"{prefix}{one.name}"


@cache
def interface() -> dict[str, dict[str, Any]]:
    """The operations of the interface by path and method, as its kept document tells them."""
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
