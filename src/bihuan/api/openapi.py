"""The OpenAPI document as it is kept in docs/openapi.json: `python -m bihuan.api.openapi`."""

import json
import os
import sys

import django


def document() -> str:
    """The document of the interface as it stands, keys in order so that a diff shows a change."""
    from bihuan.api.root import api  # noqa: PLC0415 - the models must be loaded first

    schema = api.get_openapi_schema()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.conf.settings")
    django.setup()
    sys.stdout.write(document())
