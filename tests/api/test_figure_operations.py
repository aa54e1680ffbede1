"""Figures by the API: listed, computed, taken apart."""

import pytest
from house import settled

from bihuan.insight import api as insight

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
@settled
def told(house):
    for _ in range(5):
        house.closed()
    insight.export(insight.store())
    return house


def test_listed_computed_and_taken_apart(told, callers):
    leader = callers("leader")
    items = leader.call("GET", "/figures").json()["items"]
    assert {one["id"] for one in items} == {
        f"{d.programme.id}.{d.id}"
        for d in insight.definitions()
        # Where the leader has a role.
        if any(role.id == "leader" for role in d.programme.manifest.roles)
    }
    found = leader.call(
        "GET", "/figures/public_voice.settle_rate?period=2026&by=category&by=period&compare=true"
    ).json()
    assert found["total"]["value"] == 1.0
    assert found["total"]["denominator"] == 5
    assert found["rows"][0]["key"] == {"category": "complaint", "period": "2026-03-01"}
    assert found["year_ago"]["reason"] == "nothing"
    assert (found["first"], found["last"]) == ("2026-01-01", "2026-12-31")
    path = "/figures/public_voice.settle_rate/matters?period=2026&side=part&limit=3"
    page = leader.call("GET", path).json()
    assert len(page["items"]) == 3
    rest = leader.call("GET", f"{path}&after={page['next']}").json()
    assert len(rest["items"]) == 2
    assert rest["next"] is None


def test_by_receiving_unit_and_by_age(told, callers):
    """The centre received what others answered; what stands open is told by its age."""
    told.open()
    insight.export(insight.store())
    leader, center = callers("leader"), told.org("center").pk
    path = f"/figures/public_voice.answered?period=2026&org={center}"
    assert leader.call("GET", path).json()["total"]["value"] == 0
    turned = leader.call("GET", f"{path}&place=home").json()
    assert (turned["place"], turned["total"]["value"]) == ("home", 5)
    ages = leader.call("GET", "/figures/public_voice.backlog?period=2026&by=age").json()["rows"]
    assert [(row["key"], row["value"]) for row in ages] == [({"age": 0}, 1)]
    behind = leader.call("GET", "/figures/public_voice.backlog/matters?period=2026&age=0").json()
    assert len(behind["items"]) == 1
    refused = leader.call("GET", "/figures/public_voice.clicks?period=2026&place=unit")
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/figures/public_voice.happiness?period=2026", 404),
        ("/figures/settle_rate?period=2026", 404),
        ("/figures/public_voice.settle_rate?period=lately", 422),
        ("/figures/public_voice.settle_rate?period=2026&by=person", 422),
        ("/figures/public_voice.settle_rate", 422),
    ],
)
def test_what_cannot_be_asked(told, callers, path, status):
    answer = callers("leader").call("GET", path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_without_facts(house, callers):
    answer = callers("leader").call("GET", "/figures/public_voice.received?period=2026")
    assert answer.status_code == 503
    assert "bihuan facts export" in answer.json()["error"]["advice"]
