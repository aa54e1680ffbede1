"""The house asks for duties: a programme whose roles bear other names, or names that mean something
else elsewhere, is served like any other."""

import re
import shutil

import pytest
from django.test import Client
from house import BODY, PASSWORD, SINCE

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.upkeep import api as upkeep

pytestmark = pytest.mark.django_db
# What is the desk's elsewhere is the leader's here: whoever asks for an id asks the wrong people.
RENAMED = {
    "desk": "front",
    "handler": "worker",
    "leader": "desk",
    "publisher": "printer",
    "supervisor": "watcher",
}
_ONE = "|".join(RENAMED)
# In quotes, before an equals sign, or as the head of a table.
_ROLE = re.compile(
    rf'(?<=")(?:{_ONE})(?=")|^(?:{_ONE})(?= = )|(?<=^\[)(?:{_ONE})(?=\]\n)', re.MULTILINE
)


@pytest.fixture
def talk(house, tmp_path):
    """A programme of 城管局 with roles of its own: `front`, `worker`, `chief` are three people there."""
    shipped = next(p for p in programmes.folders() if p.name == "public_voice")
    folder = tmp_path / "street_talk"
    shutil.copytree(shipped, folder)
    for path in folder.rglob("*.toml"):
        path.write_text(
            _ROLE.sub(lambda one: RENAMED[one[0]], path.read_text(encoding="utf-8")),
            encoding="utf-8",
        )
    manifest = folder / "programme.toml"
    text = manifest.read_text(encoding="utf-8").replace('id = "public_voice"', 'id = "street_talk"')
    manifest.write_text(text, encoding="utf-8")
    assert programmes.check_folder(folder) == []
    release = programmes.install(folder, at=house.at, actor="system")
    org = house.org("streets")
    programmes.put_in_force(release.pk, org, start=SINCE, at=house.at, actor=SYSTEM)
    made = {}
    for key, role in (("front", "front"), ("worker", "worker"), ("chief", "desk")):
        who = orgs.create_person(key, key, at=house.at, actor="system", password=PASSWORD)
        orgs.give_post(who.pk, org.pk, start=SINCE, at=house.at, actor="system")
        given = {"start": SINCE, "at": house.at, "actor": "system", "programme": "street_talk"}
        access.give(who.pk, role, org.pk, **given)
        made[key] = who
    return made


def opened(house):
    opening = Opening(
        programme="street_talk",
        kind="voice",
        home=house.org("streets"),
        body=BODY,
        fields={"category": "complaint", "channel": "web"},
    )
    return matters.open_matter(opening, actor=house.actor("sender"), at=house.at)


def actor(house, who):
    return access.actor(who, house.day)


def told(who):
    return [one.text for one in notify.inbox(who.pk)]


def test_where_somebody_receives_messages_arrive(house, talk):
    found = [one for one in receivers.receivers(house.day) if one.org == house.org("streets")]
    assert [one.programme.id for one in found] == ["street_talk"]
    assert receivers.desks_of(actor(house, talk["front"]), house.day) == found
    # Their id is that of the desk elsewhere; here they lead.
    assert receivers.desks_of(actor(house, talk["chief"]), house.day) == []


def test_duties_are_those_of_the_grant_s_programme(house, talk):
    path = house.org("streets").path
    front, chief = (actor(house, talk[key]) for key in ("front", "chief"))
    assert duties.has(front, "street_talk", path, "receive")
    assert not duties.has(front, "public_voice", path, "receive")
    assert not duties.has(front, "street_talk", house.org("city").path, "receive")
    assert not duties.anywhere(chief, "receive")
    assert duties.anywhere(chief, "lead")
    assert duties.paths(chief, "lead", "supervise") == [path]
    assert duties.holders("street_talk", path, house.day, "lead") == [talk["chief"].pk]
    # A common grant counts where its role has the duty, whatever that is elsewhere.
    assert duties.anywhere(house.actor("desk"), "receive")


@pytest.mark.parametrize(
    ("who", "first"), [("front", "new"), ("worker", "mine"), ("chief", "active")]
)
def test_pages_and_menu_follow_the_duty(house, talk, who, first):
    client = Client()
    client.force_login(talk[who])
    # Without facts whoever may read them is told that there are none.
    assert (client.get("/desk/cockpit").status_code == 403) == (who != "chief")
    page = client.get("/desk/").content.decode()
    assert ("/desk/register" in page) == (who == "front")
    assert ("/desk/pressures" in page) == (who == "chief")
    (current,) = re.findall(r'href="[^"]*tab=(\w+)"[^>]*aria-current', page)
    assert current == first


def test_whoever_handles_is_told_of_what_their_unit_gets(house, talk):
    found = opened(house)
    unit = {"unit": house.org("streets").pk}
    for action, data in (("accept", {}), ("dispatch", unit)):
        matters.act(
            found.matter.pk, action, actor=actor(house, talk["front"]), at=house.at, data=data
        )
    assert told(talk["worker"]) == ["notice.dispatched"]
    assert "notice.dispatched" not in told(talk["chief"])


def test_a_desk_that_is_lost_is_told_to_whoever_leads(house, talk):
    """Whoever leads there has a grant whose role receives elsewhere: it is no desk."""
    leader = house.person("leader")
    org = house.org("streets")
    (front,) = (row for row in access.grants_at(org.pk, house.day) if row.role == "front")
    assert duties.lost(house.day, "receive") == []
    access.end(front.pk, on=house.day, at=house.at, actor="system")
    assert [one.pk for one, _ in duties.lost(house.day, "receive")] == [org.pk]
    assert upkeep.tell_deserted(house.at) == 1
    assert told(leader) == ["notice.desk_deserted"]
