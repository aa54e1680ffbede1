"""Members in matters whose kind names them: seen and acted on by whoever belongs to the unit, and by nobody else,
in one row and in lists alike."""

from datetime import timedelta

import house as city
import pytest

import aliens
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import NotAllowedError, RefusedError

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(house):
    return aliens.land()


def lodge(house):
    return Org.objects.get(level="lodge")


def belonging(house, who, place):
    return people.begin(
        house.person(who).pk, place, aliens.GUILD, "sworn", start=city.SINCE, at=house.at, actor=SYSTEM
    )  # fmt: skip


def outing(house, home):
    fields = {"whereto": "海边", "what_it_costs": "120.50"}
    opening = matters.Opening("ppp_pledges", "outing", home, "周六一早。", fields=fields)
    return matters.open_matter(opening, actor=house.actor("ppp_keeper"), at=house.at).matter


EVERYBODY = (
    "stranger",
    "outsider",
    "handler",
    "desk",
    "leader",
    "ppp_keeper",
    "ppp_chief",
    "admin",
)


def test_one_row_and_lists_agree_on_who_sees_it(house):
    belonging(house, "stranger", lodge(house))
    belonging(house, "handler", house.org("streets"))
    found = outing(house, lodge(house)), outing(house, house.org("center"))
    for who in EVERYBODY:
        actor = house.actor(who)
        for one in found:
            listed = one.pk in {row.pk for row in matters.matters(actor, matters.Filter()).rows}
            assert listed == matters.sees(actor, one), (who, one)
    seen = [matters.sees(house.actor("stranger"), one) for one in found]
    # Of their own lodge, and of the house above it.
    assert seen == [True, True]
    assert [matters.sees(house.actor("handler"), one) for one in found] == [False, False]


def test_a_member_acts_without_a_role_and_reads_no_more_than_members_do(house):
    belonging(house, "stranger", lodge(house))
    found = outing(house, lodge(house))
    client = house.client("stranger")
    page = client.get(f"/desk/matters/{found.pk}").content.decode()
    assert "海边" in page
    assert "120.5" not in page
    assert f"/desk/matters/{found.pk}/act/come_along" in page
    assert "/act/set_forth" not in page
    answer = client.post(f"/desk/matters/{found.pk}/act/come_along", {"key": "one"})
    assert answer.status_code == 302
    with pytest.raises(RefusedError):
        house.act(found, "come_along", "stranger")
    with pytest.raises(NotAllowedError):
        house.act(found, "set_forth", "stranger")
    assert house.client("outsider").get(f"/desk/matters/{found.pk}").status_code == 404
    kind = programmes.spec_of(found.release_id).kinds["outing"]
    assert "member" in kind.contacts_by()
    assert not senders.may_contact(house.actor("stranger"), found)


def test_whoever_moves_sees_what_is_at_the_new_place_at_once(house):
    row = belonging(house, "stranger", lodge(house))
    here, there = outing(house, lodge(house)), outing(house, house.org("center"))
    other = orgs.create_org("乙乙分会", parent=house.org("streets"), at=house.at, actor="system")
    people.leave(row.pk, last=house.day - timedelta(days=1), at=house.at, actor=SYSTEM)
    with standing.steady():
        who = house.actor("stranger")
        assert [matters.sees(who, one) for one in (here, there)] == [False, False]
    belonging(house, "stranger", orgs.org(other.pk))
    assert not matters.sees(house.actor("stranger"), here)


def test_whoever_was_kept_out_stays_out(house):
    belonging(house, "stranger", lodge(house))
    found = outing(house, lodge(house))
    house.client("stranger").post(f"/desk/matters/{found.pk}/recuse", {"reason": "亲属"})
    assert not matters.sees(house.actor("stranger"), found)
    assert found.pk not in {row.pk for row in matters.matters(house.actor("stranger"), matters.Filter()).rows}  # fmt: skip


def test_a_token_that_only_reads_takes_no_part(house):
    belonging(house, "stranger", lodge(house))
    found = outing(house, lodge(house))
    who = access.actor(house.person("stranger"), house.day)
    reading = type(who)(
        who.ref, who.person_id, who.name, who.held, frozenset({"matters:read"}), who.posts, who.belongs
    )  # fmt: skip
    assert matters.sees(reading, found)
    with pytest.raises(NotAllowedError):
        matters.act(found.pk, "come_along", actor=reading, at=house.at, data={})


def test_members_who_could_act_are_somebody(house):
    belonging(house, "stranger", lodge(house))
    outing(house, lodge(house))
    assert [one for one in upkeep.unattended(house.at) if "outing" in one.text] == []
