"""A matter that waits for whoever opened it is in somebody's sight: its sender's or its opener's."""

import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import vault
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.upkeep import api as upkeep

FILES = {
    "programme.toml": """
id = "slips"
version = "0.1.0"
spec = 1
[[sources]]
id = "house"
kind = "house"
title = "自定"
[[roles]]
id = "desk"
at = "home"
does = ["receive"]
""",
    "matters.toml": """
[slip]
prefix = "TJ"
initial = "reported"
opened_by = ["sender", "desk"]
doors = { desk = true, portal = true }
anonymous = true
[slip.states]
reported = { phase = "open" }
returned = { phase = "waiting" }
done = { phase = "done" }
[slip.actions.send_back]
from = ["reported"]
to = "returned"
by = ["desk"]
[slip.actions.complete]
from = ["returned"]
to = "reported"
by = ["sender", "opener"]
[slip.actions.withdraw]
from = ["reported", "returned"]
to = "done"
by = ["sender", "opener"]
""",
}
STRINGS = """
title = "条"
summary = "条。"
[roles]
desk = "受理"
[kinds]
slip = "条"
[states.slip]
reported = "一"
returned = "二"
done = "三"
[actions.slip]
send_back = "退"
complete = "补"
withdraw = "撤"
[events.slip]
send_back = "退"
complete = "补"
withdraw = "撤"
"""


@pytest.fixture
def slips(house, tmp_path):
    folder = tmp_path / "slips"
    (folder / "strings").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for locale in ("zh-Hans", "en"):
        (folder / "strings" / f"{locale}.toml").write_text(STRINGS, encoding="utf-8")
    made = programmes.install(folder, at=house.at, actor="system")
    programmes.put_in_force(made.pk, house.org("city"), start=house.day, at=house.at, actor=SYSTEM)
    return house


def opened(house, by, **more):
    opening = Opening("slips", "slip", house.org("center"), "一件小事。", **more)
    return matters.open_matter(opening, actor=house.actor(by), at=house.at)


def leave(house, *keys):
    for key in keys:
        orgs.change_person(house.person(key).pk, at=house.at, actor="system", is_active=False)


def found(house):
    return {one.where for one in upkeep.unattended(house.at)}


def test_senders_are_somebody_where_a_state_waits_for_them_alone(slips):
    house = slips
    contact = vault.Person("乔映雪", "13912345678")
    theirs = [
        opened(house, "sender", contact=contact),
        opened(house, "sender", anonymous=True),
        # Written down by the desk for somebody who called.
        opened(house, "desk", contact=contact),
    ]
    for one in theirs:
        house.act(one, "send_back", "desk")
    waits_for_us = opened(house, "sender", contact=contact)
    leave(house, "desk", "desk2")
    assert found(house) == {waits_for_us.matter.stream}, "that its sender may withdraw is no excuse"
    again = house.act(theirs[1], "complete", "sender")
    assert found(house) == {waits_for_us.matter.stream, again.stream}


def test_openers_are_somebody_until_they_leave(slips):
    house = slips
    one = opened(house, "desk")
    house.act(one, "send_back", "desk2")
    assert found(house) == set()
    leave(house, "desk2")
    assert found(house) == set()
    leave(house, "desk")
    assert found(house) == {one.matter.stream}, "nobody sent it, and who opened it is gone"
