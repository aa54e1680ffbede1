"""The committed OpenAPI document says what the interface does."""

import json
from collections import Counter
from pathlib import Path

from ninja import Schema

from bihuan.api.openapi import document

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"
REFRESH = ".venv/bin/python -m bihuan.api.openapi > docs/openapi.json"


def test_document_is_current():
    assert KEPT.read_text(encoding="utf-8") == document(), f"refresh it: {REFRESH}"


def test_served_document_is_the_same(nobody):
    found = nobody.get("/openapi.json")
    assert found.json() == json.loads(document())
    assert found.json()["openapi"].startswith("3.1")


def test_every_operation_says_what_it_does_and_how_it_fails():
    for path, methods in json.loads(document())["paths"].items():
        for method, one in methods.items():
            assert one["description"], path
            assert set(one["responses"]) >= {"400", "401", "403", "404", "422", "429", "503"}
            assert ("security" in one) == (not path.startswith("/api/v1/public/")), path
            names = {p["name"] for p in one.get("parameters", ())}
            assert not any("code" in name.lower() for name in names), "codes never in addresses"
            del method


def test_every_operation_says_what_it_is_about_and_whether_it_may_be_sent_twice():
    found = json.loads(document())
    nouns = [one["name"] for one in found["tags"]]
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            assert one["tags"][0] in nouns, path
            keys = [p for p in one.get("parameters", ()) if p["name"] == "Idempotency-Key"]
            assert bool(keys) == one["x-repeatable"], path
            assert not (method == "get" and one["x-repeatable"]), path
            assert {str(code) for code in one["x-errors"]} <= set(one["responses"])
            # No function's name: the first sentence of what it does.
            assert one["description"].replace("\n", " ").startswith(one["summary"])


def test_query_codes_are_in_no_address(house, nobody):
    opened = house.open()
    assert nobody.get(f"/public/follow?code={opened.code}").status_code == 405


def test_no_two_shapes_share_a_name():
    """The document knows shapes by name: of two alike only one would be in it."""

    def below(shape):
        for one in shape.__subclasses__():
            yield one
            yield from below(one)

    names = Counter(one.__name__ for one in below(Schema) if one.__module__.startswith("bihuan."))
    assert [name for name, count in names.items() if count > 1] == []
