"""Nothing that somebody typed, and nothing about them, stands in the log: whoever writes it, in either
format, at every level."""

import io
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as product
from django.test import Client
from django.urls import path
from django.utils.module_loading import import_string

import bihuan
from bihuan.conf import urls
from bihuan.foundation.access import api as access
from bihuan.lib import log_lines
from bihuan.lib.clock import now
from bihuan.web.request_lines import HEADER

pytestmark = pytest.mark.django_db

NAME, PHONE, CARD = "欧阳锦瑟", "13907971234", "110101199003071218"
PASSWORD, TOKEN, MAIL = "Marigold-lane-88", "bh_tok3nOfNobody", "jinse.ouyang@example.org"
ADDRESS, PEER = "翠湖路98号3栋502室", "203.0.113.77"
TYPED = f"我是{NAME}，电话{PHONE}，证件{CARD}，住{ADDRESS}，{MAIL}。"
SECRETS = (NAME, PHONE, CARD, PASSWORD, TOKEN, MAIL, ADDRESS, PEER, "瑟", "203.0.113")
SENT = {"body": TYPED, "name": NAME, "phone": PHONE, "email": MAIL, "description": TYPED}
SERVICE = "public_voice.voice.complaint"
FORMATS = ("text", "json")


def broken(request):
    """What libraries do with requests: quote them in sentences of theirs, and in exceptions."""
    body, strange = request.POST["body"], logging.getLogger("django")
    strange.error(f"Unexpected auth - '{body}'")
    strange.warning("Not Found: %s", body)
    logging.getLogger("py.warnings").warning(body)
    text = f"Application callable raised\n{body}"
    logging.getLogger("_granian").error(text)
    try:
        int(body)
    except ValueError as error:
        strange.exception(error)
        logging.getLogger("bihuan.web").exception("it did not go well")
        raise RuntimeError(body) from error


urlpatterns = [path("broken", broken, name="broken"), *urls.urlpatterns]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


@pytest.fixture
def log(request, settings):
    """What the real handler writes when everything is said that can be, in a format."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        "bihuan.web.request_lines.RequestLineMiddleware",
        *settings.MIDDLEWARE,
    ]
    written = io.StringIO()
    kinds = product.LOGGING["formatters"]
    root = logging.getLogger()
    (handler,) = [one for one in root.handlers if type(one.formatter).__module__ == MODULE]
    before = (handler.formatter, handler.stream, root.level)
    # Not by `setStream`, which flushes the one of before: another test may have closed that.
    handler.stream = written
    handler.setFormatter(import_string(kinds[request.param]["()"])())
    quiet = ["django.request", "django.security", "bihuan.web.request_lines"]
    levels = {name: logging.getLogger(name).level for name in quiet}
    for one in (root, *map(logging.getLogger, quiet)):
        one.setLevel(logging.DEBUG)
    yield written
    handler.setFormatter(before[0])
    handler.setStream(before[1])
    root.setLevel(before[2])
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


MODULE = "bihuan.lib.log_lines"


def doors(house):
    """Every kind of door, each told all of it; with the status that answers."""
    outside = {"REMOTE_ADDR": PEER, "raise_request_exception": False}
    client, desk = Client(**outside), house.client("desk", **outside)
    secret = access.issue_token(
        house.person("desk").pk, "t", ["matters:read", "matters:write"],
        expires=house.day + timedelta(days=3650), at=now(), actor="system",
    )  # fmt: skip
    secret = secret if isinstance(secret, str) else secret[1]
    bearer = {"headers": {"Authorization": f"Bearer {secret}"}, **outside}
    told, api = {**SENT, "category": "complaint", "key": "k"}, Client(**bearer)
    made = {"programme": "public_voice", "kind": "voice", "home": house.org("center").pk,
            "body": TYPED, "fields": {"category": "complaint", "channel": "hotline"},
            "contact": {"name": NAME, "phone": PHONE}}  # fmt: skip
    wrong = {"headers": {"Authorization": f"Bearer {TOKEN}"}, **outside}
    yield secret
    yield client.post("/ask", told), (200,)
    yield client.post("/desk/login", {"username": NAME, "password": PASSWORD}), (403,)
    yield client.post("/desk/forgotten", {"who": MAIL}), (200,)
    yield desk.get("/desk/find", {"q": TYPED}), (200,)
    yield desk.get("/desk/", {"text": NAME}), (200,)
    yield api.post("/api/v1/matters", made, content_type="application/json"), (201,)
    yield api.post("/api/v1/matters", f"{{{TYPED}", content_type="application/json"), (400,)
    yield Client(**wrong).get("/api/v1/matters", {"text": NAME}), (401,)
    sent = {"service_code": SERVICE, "first_name": NAME, **SENT}
    yield client.post("/open311/v2/requests.json", sent), (201,)
    yield client.post("/open311/v2/requests.json", {"api_key": TOKEN, **sent}), (403,)
    yield client.get(f"/{NAME}/{CARD}", {"phone": PHONE}), (404,)
    yield client.get(f"/api/v1/{NAME}/{PHONE}"), (404,)
    yield client.get("/healthz", {"who": NAME}, headers={"Host": f"{PHONE}.example"}), (200, 400)
    yield client.generic(PHONE, "/healthz"), (405,)
    yield Client(enforce_csrf_checks=True, **outside).post("/ask", SENT), (403,)
    yield client.post("/broken", SENT, headers={"Cookie": f"sessionid={TOKEN}"}), (500,)


@pytest.mark.parametrize("log", FORMATS, indirect=True)
def test_nothing_of_anybody_stands_in_the_log(house, log):
    met = doors(house)
    secrets = (*SECRETS, next(met))
    answers = list(met)
    for answer, status in answers:
        assert answer.status_code in status, (answer.request["PATH_INFO"], answer.status_code)
    text = log.getvalue()
    assert [one for one in secrets if one in text or json.dumps(one)[1:-1] in text] == []
    # Each request left its line, by which its answer is known again; the fault has the same id.
    lines = [one for one in text.splitlines() if "request_lines" in one]
    assert len(lines) == len(answers)
    for (answer, _), line in zip(answers, lines, strict=True):
        assert answer[HEADER] in line
        assert str(answer.status_code) in line
    fault = next(one for one in text.splitlines() if "RuntimeError" in one and "fault" in one)
    assert answers[-1][0][HEADER] in fault
    assert answers[-1][0]["Error-Reference"] in fault
    # What others said is told by its place, exceptions by kind and place.
    assert "test_log_lines.py:" in text
    assert "ValueError at" in text


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_json_has_what_is_looked_for(house, log):
    Client().get("/healthz", {"who": NAME})
    (said,) = [json.loads(line) for line in log.getvalue().splitlines()]
    ms, time, request = said.pop("ms"), said.pop("time"), said.pop("request")
    assert (ms >= 0, time[-1], len(request)) == (True, "Z", 16)
    message = f"GET healthz 200 {ms} ms"
    assert said == {"level": "INFO", "logger": "bihuan.web.request_lines", "message": message,
                    "page": "healthz", "method": "GET", "status": 200}  # fmt: skip


@pytest.mark.parametrize("kind", [log_lines.Line, log_lines.Json])
def test_a_sentence_that_cannot_be_filled_is_told_by_its_place(kind):
    """Logging would print the sentence and all that it was to be filled with."""
    said = ("bihuan.web", logging.ERROR, "/a/b/c/d.py", 7, "%s and %s", (NAME,), None)
    text = kind().format(logging.LogRecord(*said))
    assert "b/c/d.py:7" in text
    assert NAME not in text
    warned = f"/x/y/z.py:12: RuntimeWarning: a field received {NAME}\n  take(it)\n"
    said = ("py.warnings", logging.WARNING, "warnings.py", 1, warned, (), None)
    text = kind().format(logging.LogRecord(*said))
    assert "RuntimeWarning at" in text
    assert "y/z.py:12" in text
    assert NAME not in text


def test_whoever_logs_is_known():
    """Lines of ours are written as they are: whoever begins to log is looked at, and added here."""
    top = Path(bihuan.__file__).parent
    found = {
        str(one.relative_to(top))
        for one in top.rglob("*.py")
        if "getLogger" in one.read_text(encoding="utf-8")
    }
    assert found == {
        "jobs/worker.py",
        "kernel/obligations/counted.py",
        "kernel/obligations/reminding.py",
        "lib/faults.py",
        "web/providers/ends.py",
        "web/request_lines.py",
    }
