"""The OpenAPI document as it is kept in docs/openapi.json: `python -m bihuan.api.openapi`."""

import functools
import json
import os
import sys
import threading
from http import HTTPStatus

import django
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

_ALONE = threading.Lock()


def document() -> str:
    """The document of the interface as it stands, keys in order so that a diff shows a change."""
    from bihuan.api import base  # noqa: PLC0415 - the models must be loaded first
    from bihuan.api.root import api  # noqa: PLC0415 - it brings them

    schema = api.get_openapi_schema()
    for methods in schema["paths"].values():
        for one in methods.values():
            told = one["responses"][400]
            for code in base.CODES:
                one["responses"][code] = told | {"description": HTTPStatus(code).phrase}
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@functools.cache
def _made() -> bytes:
    return document().encode()


@require_GET
def serve(request: HttpRequest) -> HttpResponse:
    """The document, made once in the life of a process: it takes a second of a core."""
    del request
    # Without the lock whoever asks while it is made would make it too.
    with _ALONE:
        content = _made()
    return HttpResponse(content, content_type="application/json; charset=utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.conf.settings")
    django.setup()
    sys.stdout.write(document())
