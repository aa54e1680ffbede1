"""Bulletins on the desk and the portal: every number has its definition and its matters near."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from house import settled

from bihuan.insight import api as insight
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity.bulletins import api as bulletins

pytestmark = pytest.mark.django_db(transaction=True)


@settled
def one_closed(house):
    house.closed()
    insight.export(insight.store())


@pytest.fixture
def april(house):
    one_closed(house)
    with time_machine.travel(house.at + timedelta(days=32), tick=False):
        yield house


def drafted(house, who="desk"):
    org = house.org("center")
    answer = house.client(who).post(
        "/desk/bulletins", {"what": f"public_voice.monthly.{org.pk}", "period": "2026-03"}
    )
    assert answer.status_code == 302
    return answer.url


def do(house, who, url, step, **given):
    row = bulletins.read(house.actor(who), int(url.rpartition("/")[2]))
    given = {"do": step, "version": row.version, **given}
    return house.client(who).post(url, given)


def test_from_draft_to_everybody(april):
    url = drafted(april)
    pk = url.rpartition("/")[2]
    assert april.client().get(f"/bulletins/{pk}").status_code == 404
    row = bulletins.read(april.actor("leader"), int(pk))
    refused = do(april, "leader", url, "save", title=row.title, text="收到群众来信99件。")
    assert refused.status_code == 400
    page = refused.content.decode()
    assert "数字“99”" in page
    assert "收到群众来信99件。" in page
    assert do(april, "desk", url, "issue").status_code == 403
    assert do(april, "leader", url, "issue").status_code == 302
    public = april.client().get(f"/bulletins/{pk}").content.decode()
    assert "民意月报〔2026〕1号" in public
    for ending in ("docx", "pdf"):
        answer = april.client().get(f"/bulletins/{pk}/{ending}")
        assert answer.status_code == 200
        assert len(b"".join(answer.streaming_content)) > 5000
    assert april.client().get(f"/bulletins/{pk}/exe").status_code == 404
    feed = april.client().get("/feed.atom")
    assert feed.headers["Content-Type"].startswith("application/atom+xml")
    text = feed.content.decode()
    assert f"{settings.PUBLIC_URL}/bulletins/{pk}" in text
    assert f",2026:bulletins/{pk}</id>" in text
    assert "testserver" not in text, "nothing follows the request's host"
    leader = april.client("leader").get("/desk/inbox").content.decode()
    assert f'href="/desk/bulletins/{pk}"' in leader
    assert do(april, "leader", url, "withdraw", reason="口径有误").status_code == 302
    gone = april.client().get(f"/bulletins/{pk}")
    assert gone.status_code == 410
    assert "口径有误" in gone.content.decode()
    assert april.client().get(f"/bulletins/{pk}/pdf").status_code == 404


def test_every_number_is_a_step_from_its_definition_and_its_matters(april):
    url = drafted(april)
    client = april.client("leader")
    page = client.get(url).content.decode()
    asked = re.findall(r'class="number" href="#(def-[\w.]+)"', page)
    there = dict(re.findall(r'<li id="(def-[\w.]+)">(.*?)</li>', page))
    assert asked
    assert set(asked) <= set(there)
    figures = next(p for p in programmes.known() if p.id == "public_voice").figures
    for name, line in there.items():
        figure = figures[name.removeprefix("def-").rpartition(".")[2]]
        assert f"口径第{figure.version}版" in line
        (address,) = re.findall(r'href="(/desk/figures/[^"]+)"', line)
        assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert do(april, "leader", url, "issue").status_code == 302
    public = april.client().get(url.removeprefix("/desk")).content.decode()
    assert set(re.findall(r'class="number" href="#(def-[\w.]+)"', public)) == set(asked)
    assert "/desk/figures/" not in public


@pytest.mark.parametrize(
    ("what", "period", "status"),
    [
        ("public_voice.monthly.{org}", "2026-Q1", 400),
        ("public_voice.monthly.{org}", "三月", 400),
        ("public_voice.nothing.{org}", "2026-03", 404),
        ("nothing.monthly.{org}", "2026-03", 404),
        ("public_voice.monthly.999999", "2026-03", 404),
        ("public_voice.monthly.x", "2026-03", 404),
        ("", "", 404),
    ],
)
def test_what_cannot_be_drafted_says_why(april, what, period, status):
    asked = {"what": what.format(org=april.org("center").pk), "period": period}
    answer = april.client("desk").post("/desk/bulletins", asked)
    assert answer.status_code == status
    assert bulletins.of_actor(april.actor("desk")) == []


def test_without_a_period_it_is_the_one_that_has_just_ended(april):
    """Whatever its length is: the form need not know which bulletin is chosen."""
    org = april.org("center").pk
    desk = april.client("desk")
    for kind, period in (("monthly", "2026-03"), ("quarterly", "2026-Q1")):
        made = desk.post("/desk/bulletins", {"what": f"public_voice.{kind}.{org}", "period": ""})
        assert made.status_code == 302, made.content.decode()
        row = bulletins.read(april.actor("desk"), int(made.url.rpartition("/")[2]))
        assert (row.kind, row.period) == (kind, period)
