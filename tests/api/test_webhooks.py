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
