"""Every address of the house by its name, as the URL configuration tells it."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


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
