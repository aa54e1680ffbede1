"""Proof of work: off, under load, always; what is refused, what is kept, the plain path."""

import base64
import json

import altcha
import pytest

from bihuan.foundation.audit.api import Event
from bihuan.web.portal import proof

pytestmark = pytest.mark.django_db
MESSAGE = {"category": "consult", "body": "请问老年公交卡在哪里办理？"}


def solved(client):
    """What the widget puts into the form."""
    asked = client.get("/ask/challenge").json()
    found = altcha.solve_challenge(
        altcha.Challenge(
            asked["algorithm"], asked["challenge"], asked["max_number"], asked["salt"],
            asked["signature"],
        )
    )  # fmt: skip
    told = {n: asked[n] for n in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**told, "number": found.number}).encode()).decode()


def send(client, key, **more):
    return client.post("/ask", {**MESSAGE, "key": key, **more})


@pytest.fixture
def always(settings):
    settings.PROOF_OF_WORK = "always"


def test_off_asks_nothing(house, settings):
    settings.PROOF_OF_WORK = "off"
    assert "altcha-widget" not in house.client().get("/ask").content.decode()
    assert send(house.client(), "p1").status_code == 200


def test_load_asks_once_many_have_written(house, settings):
    settings.PROOF_OF_WORK = "load"
    client = house.client()
    assert "altcha-widget" not in client.get("/ask").content.decode()
    for _ in range(proof.LOAD):
        proof.throttle.count("load", "everybody", seconds=600)
    assert "altcha-widget" in client.get("/ask").content.decode()


def test_a_solved_challenge_lets_in_and_a_resent_page_gets_its_receipt(house, always):
    client = house.client()
    payload = solved(client)
    first = send(client, "p2", altcha=payload)
    again = send(client, "p2", altcha=payload)
    assert first.status_code == again.status_code == 200
    code = first.content.decode().split("code-big mb-0")[1][:120]
    assert code in again.content.decode()


def test_one_proof_does_not_serve_two_messages(house, always):
    client = house.client()
    payload = solved(client)
    assert send(client, "p3", altcha=payload).status_code == 200
    before = Event.objects.count()
    answer = send(client, "p4", altcha=payload)
    assert answer.status_code == 422
    assert MESSAGE["body"] in answer.content.decode()
    assert Event.objects.count() == before


@pytest.mark.parametrize("payload", ["x", "e30=", base64.b64encode(b'{"number": 1}').decode()])
def test_a_wrong_proof_is_told_and_the_text_kept(house, always, payload):
    answer = send(house.client(), "p5", altcha=payload)
    assert answer.status_code == 422
    assert MESSAGE["body"] in answer.content.decode()


def test_a_forged_signature_is_refused(house, always):
    client = house.client()
    told = json.loads(base64.b64decode(solved(client)))
    told["signature"] = "0" * 64
    forged = base64.b64encode(json.dumps(told).encode()).decode()
    assert send(client, "p6", altcha=forged).status_code == 422


def test_without_scripts_five_an_hour_come_through(house, always):
    client = house.client()
    for number in range(proof.PLAIN_LIMIT):
        assert send(client, f"plain{number}").status_code == 200
    answer = send(client, "plain-last")
    assert answer.status_code == 429
    assert MESSAGE["body"] in answer.content.decode()
    assert send(client, "proven", altcha=solved(client)).status_code == 200
