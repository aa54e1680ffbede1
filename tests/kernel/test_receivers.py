"""Who may receive a message: one answer for every door; and no open matter that nobody sees."""

import json
from argparse import Namespace
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from bihuan.foundation.access import api as access
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import duties
from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
TABLE = "标题,内容\n路灯,路灯坏了三天了，请修理\n"


def by_portal(house, key):
    org = house.org(key)
    given = {"to": f"{org.pk}.public_voice.voice", "body": "路灯坏了", "category": "complaint"}
    return Client().post("/ask", given).status_code == 200


def by_desk(house, key):
    org = house.org(key)
    given = {
        "home": f"{org.pk}.public_voice.voice", "body": "路灯坏了",
        "category": "complaint", "channel": "hotline",
    }  # fmt: skip
    return house.client("desk").post("/desk/register", given).status_code == 302


def by_interface(house, key):
    given = {
        "programme": "public_voice", "kind": "voice", "home": house.org(key).pk, "body": "路灯坏了",
        "fields": {"category": "complaint", "channel": "web"}, "anonymous": True,
    }  # fmt: skip
    answer = Client().post(
        "/api/v1/public/matters", json.dumps(given), content_type="application/json"
    )
    return answer.status_code == 201


def by_kinds(house, key):
    items = Client().get("/api/v1/public/kinds").json()["items"]
    return any(
        home["id"] == house.org(key).pk
        for one in items
        if one["kind"] == "voice"
        for home in one["homes"]
    )


def by_open311(house, key):
    given = {
        "service_code": "public_voice.voice.complaint", "jurisdiction_id": key,
        "description": "路灯坏了",
    }  # fmt: skip
    answer = Client().post("/open311/v2/requests.json", given)
    return answer.status_code == 201 and not duties.lost(house.day, "receive")


def by_import(house, key):
    done = exchange.intake.run(
        TABLE.encode(), "t.csv", home=house.org(key), actor=house.actor("desk"), at=house.at, guesses=True, programme="public_voice",
        kind="voice",
    )  # fmt: skip
    return done.count("opened") == 1


DOORS = (by_portal, by_desk, by_interface, by_kinds, by_open311, by_import)


def lose(house, key="center"):
    """Everybody's grants as clerks of an organisation end."""
    for row in access.grants_at(house.org(key).pk, house.day):
        if row.role == "desk":
            access.end(row.pk, on=house.day, at=house.at, actor="system")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("key", "has"), [("center", True), ("schools", False)])
def test_every_door_sends_to_a_desk_or_to_nobody(house, door, key, has):
    assert door(house, key) is has


@pytest.mark.parametrize("door", DOORS)
def test_a_place_that_lost_its_last_clerk_stops_receiving(house, door):
    lose(house)
    assert door(house, "center") is False


def test_a_clerk_of_another_programme_is_no_desk_for_messages(house):
    access.give(
        house.person("desk2").pk, "desk", house.org("schools").pk, programme="supervision",
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    assert not receivers.receives(house.org("schools"), "public_voice", house.day)
    assert not by_interface(house, "schools")
    assert not by_kinds(house, "schools")


def test_the_leader_of_a_deserted_desk_is_told_once_and_its_matters_go_up(house):
    opened = house.open()
    lose(house)
    for _ in range(2):
        upkeep.tell_deserted(house.at)
    told = [n for n in notify.inbox(house.person("leader").pk) if n.text == "notice.desk_deserted"]
    assert [n.values["name"] for n in told] == ["受理中心"]
    assert not matters.sees(house.actor("desk"), opened.matter)
    # Who leads or supervises still acts on it; once they are gone too nobody could, until there is a desk
    # above, which sees it at once.
    assert list(upkeep.unattended(house.at)) == []
    for key in ("leader", "supervisor"):
        orgs.change_person(house.person(key).pk, at=house.at, actor="system", is_active=False)
    assert [one.where for one in upkeep.unattended(house.at)] == [opened.matter.stream]
    access.give(
        house.person("desk2").pk, "desk", house.org("city").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    assert list(upkeep.unattended(house.at)) == []
    assert house.act(opened, "accept", "desk2").state == "accepted"


def test_what_is_left_in_the_hands_of_who_has_left_is_told_and_listed(house):
    """A handler's role ends, another's account: their matters stay with them, so the leaders of the unit are
    told, once a week, and whoever sees them has them in a list of their own. Who came back is here."""
    opened, other = house.handling(), house.handling()
    asked = matters.Filter(left_by=house.day)

    def listed(who):
        return {one.pk for one in matters.matters(house.actor(who), asked).rows}

    def told():
        found = notify.inbox(house.person("leader").pk)
        return [(n.values["count"], n.ref) for n in found if n.text == "notice.left_behind"]

    assert upkeep.tell_left_behind(house.at) == 0
    assert listed("leader") == set()
    handler = house.person("handler")
    for row in access.grants_of(handler.pk, house.day):
        access.end(row.pk, on=house.day - timedelta(days=1), at=house.at, actor="system")
    assert listed("leader") == {opened.matter.pk, other.matter.pk}
    assert listed("stranger") == set()
    for _ in range(2):
        assert upkeep.tell_left_behind(house.at) == 1
    assert told() == [(2, f"left:{house.org('vehicles').pk}")]
    upkeep.tell_left_behind(house.at + timedelta(days=7))
    assert len(told()) == 2
    page = house.client("leader").get("/desk/inbox").text
    address = f"/desk/?tab=left&amp;unit={house.org('vehicles').pk}"
    assert address in page
    assert opened.matter.number in house.client("leader").get(unescape(address)).text
    access.give(
        handler.pk, "handler", house.org("vehicles").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    assert listed("leader") == set()
    orgs.change_person(handler.pk, at=house.at, actor="system", is_active=False)
    assert listed("leader") == {opened.matter.pk, other.matter.pk}


def test_verify_names_what_nobody_sees(house, capsys):
    from bihuan.cli import proving

    asked, opened = Namespace(anchor=None, stamp=None), house.open()
    proving.verify(asked)
    assert opened.matter.number not in capsys.readouterr().out
    for key in ("desk", "desk2", "leader", "supervisor"):
        orgs.change_person(house.person(key).pk, at=house.at, actor="system", is_active=False)
    assert proving.verify(asked) == 1
    assert opened.matter.number in capsys.readouterr().out
    assert [one.where for one in upkeep.unattended(now())] == [opened.matter.stream]


def test_the_last_who_could_act_being_complained_of_is_named(house):
    named = [house.person(key).pk for key in ("desk", "desk2", "leader", "supervisor")]
    opened = house.open(named_people=named)
    assert [one.where for one in upkeep.unattended(house.at)] == [opened.matter.stream]
    handled = house.handling(house.open("另一件事，窗口排队时间太长了。"))
    assert handled.matter.stream not in [one.where for one in upkeep.unattended(house.at)]
