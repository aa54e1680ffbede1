"""The page of the interface for developers: what it offers to try, its programs, every operation."""

import html
import json
import os
import re
import subprocess
import sys

import pytest
from addresses import interface
from django.conf import settings
from django.test import Client
from PIL import Image

from bihuan.foundation.access import governing, throttle
from bihuan.web import words
from bihuan.web.portal.examples import EXAMPLES
from bihuan.web.portal.interface import CALLS
from bihuan.web.portal.operations import Operation, groups

PROGRAM = re.compile(r'data-program="([a-z]+\.[a-z]+)">(.*?)</pre>', re.DOTALL)


def page(address="/api/", language="en"):
    answer = Client().get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_what_is_known_is_chosen_and_what_must_be_there_is_marked(house):
    found = page()
    for one in CALLS:
        for asked in one.asked:
            control = re.search(rf'<(\w+) [^>]*id="{one.id}-{asked.name}"([^>]*)>', found)
            assert control, (one.id, asked.name)
            assert (control[1] == "select") == bool(asked.of or asked.listed), asked.name
            assert ("required" in control[2]) == asked.required, asked.name
    assert "complaint" in found


@pytest.mark.django_db
def test_limits_are_those_that_hold(house):
    found = page()
    assert f"send {throttle.OUTSIDE['open'][0]} messages an hour" in found


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_operation_stands_there_with_words_of_its_own(house, language):
    found = page("/api/operations/", language)
    for methods in interface().values():
        for one in methods.values():
            assert f'id="{one["operationId"]}"' in found
            assert words.has(f"operations.called.{one['operationId']}"), one["operationId"]
    assert "operations." not in re.sub(r'href="[^"]*"', "", found).replace("operations.js", "")


def test_an_operation_of_a_facet_from_outside_has_the_documents_words():
    told = {
        "operationId": "count_bees",
        "summary": "Counts bees",
        "description": "Counts bees.",
        "tags": ["bees"],
        "x-scopes": [],
        "x-errors": [400],
        "x-repeatable": False,
        "responses": {"200": {}},
    }
    document = {
        "components": {"schemas": {}},
        "tags": [{"name": "matters"}],
        "paths": {"/api/v1/bees": {"get": told}},
    }
    (group,) = groups(document)
    assert group.title == "bees"
    (one,) = group.operations
    assert isinstance(one, Operation)
    assert (one.title, one.key, one.answers) == ("Counts bees", "only_reads", ("200", ""))


def test_the_index_names_what_there_is(db):
    answer = Client().get("/api/v1/")
    assert answer.status_code == 200
    found = answer.json()
    assert found["openapi"].endswith("/api/v1/openapi.json")
    for one in found["collections"].values():
        path = one["href"].removeprefix(settings.PUBLIC_URL)
        assert path in interface(), path
        assert one["token"] == ("security" in interface()[path]["get"]), path
    assert Client().post("/api/v1/").status_code == 405


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.usefixtures("transactional_db")
def test_the_programs_run_as_they_stand(house, live_server, settings, tmp_path, language):
    settings.PUBLIC_URL = live_server.url
    Image.new("RGB", (40, 30), (200, 30, 30)).save(tmp_path / "photo.png")
    actor = house.actor("desk")
    token = governing.issue_token(
        "program",
        ["matters:read", "matters:write"],
        expires=house.day.replace(year=house.day.year + 5),
        at=house.at,
        actor=actor,
    )
    found = PROGRAM.findall(page(language=language))
    assert [name for name, _ in found] == [f"{n}.{e}" for n, some in EXAMPLES.items() for e in some]
    for name, text in found:
        if name.startswith("webhook"):
            continue
        path = tmp_path / name
        path.write_text(html.unescape(text), encoding="utf-8")
        run = [sys.executable if name.endswith("py") else "bash", str(path)]
        environment = {**os.environ, "TOKEN": token, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            run, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False
        )
        told = done.stdout.decode()
        assert done.returncode == 0, (name, told, done.stderr)
        assert done.stderr == b"", (name, done.stderr)
        assert '"error"' not in told, (name, told)
        assert told.strip(), name


@pytest.mark.django_db
def test_the_receivers_program_knows_what_is_ours(house, monkeypatch):
    monkeypatch.setenv("SECRET", "s" * 48)
    texts = {name: html.unescape(text) for name, text in PROGRAM.findall(page())}
    made: dict = {"__name__": "receiver"}
    exec(texts["webhook.py"], made)
    from bihuan.foundation.notify.api import signature

    body = json.dumps({"number": "MY2026-000017"})
    assert made["is_ours"](body.encode(), signature("s" * 48, body))
    assert not made["is_ours"](body.encode(), signature("t" * 48, body))
