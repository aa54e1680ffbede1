"""`/metrics`: for whom it is, what it says, and that it says nothing of anybody."""

import json
import re
import socket
import subprocess
import time
from http.client import HTTPConnection

import pytest
from django.test import Client
from house import ORGS, PEOPLE
from place import Places
from prometheus_client.parser import text_string_to_metric_families

from bihuan.foundation.access import doings
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.lib.clock import now

TOKEN = "a-token-that-nobody-guesses"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
COUNTING = "bihuan.web.metrics.counting.CountingMiddleware"


def asked(**more):
    """What somebody gets, without what every page makes anew."""
    method = more.pop("method", "get")
    client = Client(enforce_csrf_checks=True, **more)
    found = {}
    for where in ("/metrics", "/metricz"):
        answer = getattr(client, method)(where)
        text = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.content.decode())
        text = text.replace(where, "")
        headers = {k: v for k, v in answer.headers.items() if "Policy" not in k}
        found[where] = (answer.status_code, text, headers)
    return found


def numbers(client=None):
    """All samples by name and labels."""
    answer = (client or Client()).get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put"])
@pytest.mark.parametrize(
    "given", [{}, BEARER, {"Authorization": "Bearer "}, {"Authorization": "é"}]
)
def test_for_all_others_there_is_no_such_page(settings, method, given):
    for token, places in (("", []), (f"{TOKEN}-another", ["192.0.2.0/24"])):
        settings.METRICS_TOKEN, settings.METRICS_FROM = token, places
        found = asked(method=method, headers=given)
        assert found["/metrics"] == found["/metricz"]
        assert found["/metrics"][0] == 404


@pytest.mark.django_db
def test_an_address_counts_where_it_is_certain(settings):
    settings.METRICS_FROM = ["192.0.2.7", "2001:db8::7"]

    def status(remote, **meta):
        return Client(REMOTE_ADDR=remote, **meta).get("/metrics").status_code

    assert (status("192.0.2.7"), status("192.0.2.8")) == (200, 404)
    assert (status("2001:db8::7"), status("2001:db8::8")) == (200, 404)
    assert (status("::ffff:192.0.2.7"), status("")) == (200, 404)
    # Behind a proxy that is not named everybody has its address, and writes what they like.
    behind = {"HTTP_X_FORWARDED_FOR": "203.0.113.5"}
    assert status("192.0.2.7", **behind) == 404
    assert status("192.0.2.7", HTTP_X_REAL_IP="203.0.113.5") == 404
    assert status("10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7") == 404
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "192.0.2.7"]
    assert status("10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9, 192.0.2.8") == 404
    assert status("192.0.2.7", **behind) == 404
    settings.METRICS_FROM = ["203.0.113.0/24"]
    assert status("192.0.2.7", **behind) == 200


@pytest.mark.django_db
def test_only_reading(settings):
    settings.METRICS_TOKEN = TOKEN
    answer = Client(enforce_csrf_checks=True).post("/metrics", headers=BEARER)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.django_db
def test_requests_are_counted_by_page_and_never_by_address(settings, house):
    settings.METRICS_TOKEN = TOKEN
    settings.MIDDLEWARE = [COUNTING, *settings.MIDDLEWARE]
    opened = house.open()
    client, before = house.client("desk"), numbers()
    for where in (
        f"/desk/matters/{opened.matter.pk}",
        "/desk/matters/99999999",
        "/nowhere/13800000000",
    ):
        client.get(where)
    client.generic("13900000000", "/healthz")
    after = numbers()

    def more(name, **labels):
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    assert more("bihuan_requests_total", page="desk:matter", status="2xx") == 1
    assert more("bihuan_requests_total", page="desk:matter", status="4xx") == 1
    assert more("bihuan_requests_total", page="none", status="4xx") == 1
    assert more("bihuan_request_seconds_count", page="desk:matter") == 2
    assert more("bihuan_request_seconds_bucket", page="desk:matter", le="+Inf") == 2
    text = client.get("/metrics", headers=BEARER).content.decode()
    names = [name for name, *_ in (*PEOPLE.values(), *ORGS.values())]
    assert [one for one in names if one in text] == []
    assert re.findall(r"\d{8,}(?!\d*\.)(?=\")", text) == []
    labels = {name for _, given in after for name, _ in given}
    assert labels <= {"page", "status", "le", "version", "name", "programme", "kind", "state"}


@pytest.mark.django_db
def test_the_house_tells_what_its_apps_know(settings, house):
    settings.METRICS_TOKEN = TOKEN
    at = now()
    late = house.open()
    type(late.matter).objects.filter(pk=late.matter.pk).update(level="late")
    house.dispatched()
    house.closed()
    notify.note_duties(["facts", "seal"])
    assert notify.claim_duty("seal", every=at - at, at=at)
    notify.finish_duty("seal", at=at)
    assert notify.claim_duty("facts", every=at - at, at=at)
    doings.done(SYSTEM, "backup.made", at, {"encrypted": False, "keys": False})
    audit.seal(at=at, until=at)
    told = numbers()

    def of(what, **labels):
        return told[f"bihuan_{what}", tuple(sorted(labels.items()))]

    voice = {"programme": "public_voice", "kind": "voice"}
    assert of("matters_open", **voice, state=late.matter.state) == 1
    assert of("matters_late", **voice, state=late.matter.state) == 1
    assert of("matters_open", **voice, state="dispatched") == 1
    assert of("matters_late", **voice, state="dispatched") == 0
    assert not [one for one in told if ("state", "closed") in one[1]]
    assert of("duty_last_timestamp_seconds", name="seal") == pytest.approx(at.timestamp())
    assert of("worker_last_timestamp_seconds") >= at.timestamp() - 1
    assert (of("duty_under_way", name="seal"), of("duty_under_way", name="facts")) == (0, 1)
    assert of("backup_last_timestamp_seconds") == pytest.approx(at.timestamp(), abs=60)
    assert of("seal_last_timestamp_seconds") == pytest.approx(at.timestamp(), abs=1)
    assert of("tasks_failed") == 0
    assert sum(n for (name, _), n in told.items() if name == "bihuan_tasks_waiting") > 0
    assert of("tasks_waiting_seconds") > 0


@pytest.fixture
def places(tmp_path):
    made = Places(tmp_path)
    yield made
    made.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(places: Places, tmp_path):
    """Two web processes that count together, their lines as JSON."""
    place, port = places.built(), free_port()
    place.env |= {"BIHUAN_METRICS_TOKEN": TOKEN, "BIHUAN_LOG_FORMAT": "json",
                  "BIHUAN_LOG_REQUESTS": "1"}  # fmt: skip
    output = tmp_path / "output.txt"
    with output.open("wb") as out:
        process = place.start("serve", "--no-work", "--workers", "2", "--port", str(port),
                              stdout=out, stderr=subprocess.STDOUT)  # fmt: skip
    until = time.monotonic() + 60
    try:
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, output, place
    finally:
        process.terminate()
        process.wait(30)


def get(port, where):
    """Each on a connection of its own, so that both processes are met."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", where, headers=BEARER)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_several_processes_count_together_and_write_json(served):
    port, output, place = served
    for _ in range(12):
        assert get(port, "/healthz?phone=13907971234")[0] == 200
    seen = set()
    for _ in range(6):
        status, text = get(port, "/metrics")
        assert status == 200
        seen |= set(re.findall(r'bihuan_requests_total\{page="healthz",status="2xx"\} (\S+)', text))
    assert seen == {"12.0"}
    assert len(list((place.data / "metrics" / str(port)).glob("counter_*.db"))) == 2
    text = output.read_text()
    lines = [json.loads(one) for one in text.splitlines() if one.startswith("{")]
    assert sum(one.get("page") == "healthz" for one in lines) == 12
    assert "13907971234" not in text


SET = """
import importlib, os, sys
from bihuan.conf.wsgi import application
from bihuan.web.metrics import page
assert not {"prometheus_client", "bihuan.web.metrics.counting", "bihuan.web.request_lines"} & {*sys.modules}
from bihuan.conf import settings
wrong = {"BIHUAN_METRICS_TOKEN": "short", "BIHUAN_METRICS_FROM": "192.0.2.0/33", "BIHUAN_LOG_FORMAT": "xml"}
for name, given in wrong.items():
    os.environ[name] = given
    try:
        importlib.reload(settings)
    except settings.ImproperlyConfigured as error:
        assert str(error).startswith(name), error
        print("refused")
    del os.environ[name]
"""


def test_off_loads_nothing_and_what_cannot_be_meant_is_refused(places: Places):
    assert places.new().python(SET).split() == ["refused"] * 3
