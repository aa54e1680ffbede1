"""Webhooks against a real receiver on the loopback: signed, tried again, not sent twice."""

import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.jobs import roundups
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.models import Publication
from bihuan.outcomes.publicity.roundups import MADE
from bihuan.web import words


@dataclass
class Receiver:
    """What came in; `answers` are the statuses still to be given, then 200."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.came.append((dict(self.headers), body))
            self.send_response(kept.answers.pop(0) if kept.answers else 200)
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def hook(callers, receiver, **more):
    made = callers("keeper").post(
        "/admin/webhooks",
        {"url": receiver.url, "types": ["public_voice.accept"], **more},
    )
    assert made.status_code == 201, made.content
    return made.json()


def test_what_nothing_tells_of_is_named(callers, receiver):
    types = ["public_voice.accept", "public_voice.acept", MADE]
    assert hook(callers, receiver, types=types)["unknown"] == ["public_voice.acept"]


def accepted(house):
    opened = house.open()
    house.act(opened, "accept", "desk")
    return opened.matter


def test_delivery_is_signed_and_says_what_happened(house, callers, receiver):
    made = hook(callers, receiver)
    matter = accepted(house)
    notify.run(house.at)
    [(headers, body)] = receiver.came
    expected = "sha256=" + hmac.new(made["secret"].encode(), body, sha256).hexdigest()
    assert headers["Bihuan-Signature"] == expected
    told = json.loads(body)
    assert (told["number"], told["action"], told["state"]) == (
        matter.number, "accept", "accepted",
    )  # fmt: skip
    assert "红绿灯" not in body.decode()


def test_failure_is_tried_again_and_success_is_not(house, callers, receiver):
    hook(callers, receiver)
    accepted(house)
    receiver.answers = [500, 302, 503]
    at = house.at
    notify.run(at)
    assert len(receiver.came) == 1
    notify.run(at)
    assert len(receiver.came) == 1, "not before its time"
    for _ in range(6):
        at += timedelta(hours=7)
        notify.run(at)
    assert len(receiver.came) == 4, "after a 2xx it is never sent again"
    assert len({h["Bihuan-Delivery"] for h, _ in receiver.came}) == 1
    assert len({b for _, b in receiver.came}) == 1
    assert notify.failed() == []


def test_dead_receiver_is_given_up_and_can_be_tried_again(house, callers, receiver):
    hook(callers, receiver)
    accepted(house)
    receiver.answers = [500] * 7
    at = house.at
    for _ in range(10):
        at += timedelta(hours=7)
        notify.run(at)
    [given_up] = notify.failed()
    assert len(receiver.came) == 7
    notify.retry(given_up.pk, at)
    notify.run(at)
    assert len(receiver.came) == 8
    assert notify.failed() == []


def test_only_what_was_asked_for_and_where(house, callers, receiver):
    hook(callers, receiver, org=house.org("schools").pk)
    hook(callers, receiver, types=["public_voice.close"])
    stopped = hook(callers, receiver)
    accepted(house)
    assert callers("keeper").post(f"/admin/webhooks/{stopped['id']}/stop").status_code == 204
    notify.run(house.at)
    assert receiver.came == []


def test_repeated_request_plans_one_delivery(house, callers, receiver):
    hook(callers, receiver)
    opened, desk = house.open(), callers("desk")
    for _ in range(2):
        desk.post(f"/matters/{opened.matter.pk}/actions/accept", Idempotency_Key="k")
    for _ in range(3):
        notify.run(house.at + timedelta(hours=1))
    assert len(receiver.came) == 1


@pytest.mark.parametrize("url", ["ftp://a.example/", "file:///etc/passwd", "nothing", "http://"])
def test_addresses_that_cannot_be_called(callers, url):
    found = callers("keeper").post("/admin/webhooks", {"url": url, "types": ["a.b"]})
    assert (found.status_code, found.json()["error"]["code"]) == (422, "notify.bad_url")


# All that JSON escapes, or could be taken for the end of something; in a title it is one line.
HOSTILE = (
    "]]>", "<script>alert(1)</script>", "\"quoted\"", "a\\nb\\u0000", "👨\u200d👩\u200d👧", "🫩", "𠮷",
    "مرحبا", "&amp;", "\\", "/", "{{unit}}", "%0d%0aBcc: x@example.org",
)  # fmt: skip
GONE = "\x01\x08\x0b\x1f\x7f\x85\ufffe"


def published(house, title):
    opened = house.answered(house.open())
    house.act(opened, "publish", "desk")
    (draft,) = publicity.of_subject(opened.matter.stream)
    who = house.actor("publisher")
    draft = publicity.edit(
        draft.pk, title=title, question="问", answer="答", actor=who, at=house.at
    )
    return publicity.publish(draft.pk, version=draft.version, actor=who, at=house.at)


def not_json(name):
    raise ValueError(name)


@pytest.mark.parametrize("kept", ["as it is cleaned", "as an older house kept it"])
def test_hostile_texts_are_told_as_they_are_and_signed_as_they_are_sent(
    house, callers, receiver, kept
):
    made = hook(callers, receiver, types=[MADE])
    orgs.change_org(
        house.org("vehicles").pk, name=f"车管{' '.join(HOSTILE)}"[:100], at=house.at, actor="system"
    )
    title = f" {' '.join(HOSTILE)} {GONE}一\r\n【假标题】\n\u2028{'长' * 40}"
    row = published(house, title)
    if kept != "as it is cleaned":
        Publication.objects.filter(pk=row.pk).update(title=title)
    roundups.use_words(words.text)
    at = house.after(days=1)
    roundups.plan(at)
    notify.run(at)
    [(headers, body)] = receiver.came
    signed = "sha256=" + hmac.new(made["secret"].encode(), body, sha256).hexdigest()
    assert hmac.compare_digest(headers["Bihuan-Signature"], signed)
    assert headers["Content-Type"] == "application/json"
    assert int(headers["Content-Length"]) == len(body)
    told = json.loads(body.decode("utf-8", "strict"), parse_constant=not_json)
    assert set(told) == {"period", "title", "text"}
    for piece in HOSTILE:
        assert piece in told["text"], piece
    assert not set(GONE) & set(told["text"] + told["title"])
    assert [line for line in told["text"].splitlines() if line.startswith("【")] == ["【公开答复】"]
    assert "一 【假标题】 长" in told["text"]
    # A receiver that parses and writes it anew has other bytes: only those that came are signed.
    assert json.dumps(told).encode() != body


def test_a_matters_own_webhook_has_none_of_its_words(house, callers, receiver):
    made = hook(callers, receiver)
    opened = house.open("".join(HOSTILE))
    house.act(opened, "accept", "desk")
    notify.run(house.at)
    [(headers, body)] = receiver.came
    signed = "sha256=" + hmac.new(made["secret"].encode(), body, sha256).hexdigest()
    assert headers["Bihuan-Signature"] == signed
    told = json.loads(body)
    assert set(told) == {"number", "programme", "kind", "action", "state", "at"}
    assert not [piece for piece in HOSTILE if len(piece) > 1 and piece in body.decode()]
