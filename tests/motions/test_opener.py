"""Who opened a matter with an account: sees it and may do in it what the kind lets them, whatever
became of their role; unless kept away from it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import motions
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter, Party
from bihuan.kernel.senders import api as senders
from bihuan.lib.problems import NotAllowedError
from motions import act, leave, opened, opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def landed(house):
    """The city with the programme; a test that asks for `house` alone begins without it."""
    del house
    return motions.land()


def at_work(house, by="m01"):
    """A motion of a member that another unit has in hand."""
    found = opened(house, by=by)
    return act(house, found, "hand_on", "chair", unit=house.org("streets").pk)


def openers(found):
    return list(Party.objects.filter(matter_id=found.pk, role="opener").values_list("person_id"))


def listed(house, who):
    return {row.pk for row in matters.matters(house.actor(who), Filter()).rows}


def test_the_opener_alone_may_do_what_is_the_openers(landed):
    house = landed
    found = at_work(house)
    for who in ("m02", "chair", "doer", "leader", "admin", "desk", "outsider", "stranger"):
        with pytest.raises((NotAllowedError, LookupError)):
            act(house, found, "call_ended", who)
    for who in ("sender", "system"):
        with pytest.raises((NotAllowedError, LookupError)):
            act(house, found, "call_ended", who)
    assert act(house, found, "call_ended", "m01").state == "ended"
    assert audit.stream(found.stream) == []


@pytest.mark.parametrize("who", ["m01", "m02", "chair", "doer", "desk", "outsider", "stranger"])
def test_the_list_and_the_page_agree_who_sees(landed, who):
    house = landed
    found = at_work(house)
    sees = who in ("m01", "chair", "doer")
    assert matters.sees(house.actor(who), Matter.objects.get(pk=found.pk)) is sees
    assert (found.pk in listed(house, who)) is sees
    assert matters.count(house.actor(who), Filter()) == len(listed(house, who))
    assert bool(matters.by_ids(house.actor(who), [found.pk])) is sees
    page = house.client(who).get(f"/desk/matters/{found.pk}")
    assert page.status_code == (200 if sees else 404)


def test_whoever_lost_the_role_still_follows_what_they_opened(landed):
    house = landed
    found = at_work(house)
    leave(house, "m01")
    later = access.actor(house.person("m01"), house.day + timedelta(days=1))
    assert not later.held
    assert matters.sees(later, Matter.objects.get(pk=found.pk))
    assert [row.pk for row in matters.matters(later, Filter()).rows] == [found.pk]
    done = matters.act(found.pk, "call_ended", actor=later, at=house.after(days=1))
    assert done.state == "ended"


def test_what_nobody_opened_with_an_account_has_no_opener(landed):
    house = landed
    for by in ("sender", "system"):
        assert openers(opened(house, by=by)) == []
    assert openers(opened(house, "poll", by="chair")) == []
    assert openers(opened(house, "wishlist", by="m01")) == []
    assert openers(opened(house, by="m01")) == [(house.person("m01").pk,)]


def test_what_is_only_brought_in_for_another_has_no_opener(landed):
    house = landed
    row = opened(house, by="m01", origin={"file": "登记表.xlsx", "row": 3}, anyones=True)
    entry = opened(house, by="m01", origin={"visit": 1})
    assert openers(row) == openers(entry) == []
    act(house, row, "hand_on", "chair", unit=house.org("center").pk)
    with pytest.raises(NotAllowedError):
        act(house, row, "call_ended", "m01")


def test_what_is_opened_under_it_is_not_the_openers(landed):
    house = landed
    found = at_work(house)
    act(house, found, "send_out", "chair")
    (child,) = matters.open_children(found)
    assert openers(child) == []
    m01 = house.actor("m01")
    assert not matters.sees(m01, child)
    assert child.pk not in listed(house, "m01")
    page = house.client("m01").get(f"/desk/matters/{found.pk}").content.decode()
    assert child.number not in page


@pytest.mark.parametrize("how", ["recused", "named"])
def test_an_opener_who_is_kept_away_sees_nothing(landed, how):
    house = landed
    found = at_work(house)
    person = house.person("m01")
    if how == "recused":
        impartiality.recuse(
            found.pk, person.pk, actor=house.actor("m01"), at=house.at, reason="亲属"
        )
    else:
        name = person.name
        impartiality.naming.name(found.pk, name, actor=house.actor("chair"), at=house.at)
    fresh = Matter.objects.get(pk=found.pk)
    assert not matters.sees(house.actor("m01"), fresh)
    assert found.pk not in listed(house, "m01")
    assert house.client("m01").get(f"/desk/matters/{found.pk}").status_code == 404
    with pytest.raises(LookupError):
        act(house, found, "call_ended", "m01")


def test_the_opener_is_told_and_not_of_their_own_step(landed):
    house = landed
    found = opened(house, by="m01")
    for who in ("m02", "m03", "m04"):
        act(house, found, "back", who)
    told = [row.text for row in notify.inbox(house.person("m01").pk)]
    assert told == ["notice.backed"]
    assert notify.inbox(house.person("m02").pk) == []


def test_the_opener_sees_no_contact_of_a_sender(landed):
    house = landed
    found = at_work(house)
    contact = vault.Person("甄某某", "13800000000", "")
    other = opened(house, by="m01", contact=contact)
    act(house, other, "hand_on", "chair", unit=house.org("streets").pk)
    assert not senders.may_contact(house.actor("m01"), Matter.objects.get(pk=other.pk))
    assert senders.may_contact(house.actor("chair"), Matter.objects.get(pk=found.pk))


def test_what_one_opened_stands_in_a_list_of_its_own(landed):
    """A member's own; what staff opened though they have no part in it later; not what others said, and
    nothing that who opened it may not see."""
    house = landed
    mine, told = opened(house, by="m01"), house.open(by="desk").matter
    found = opened(house, kind="poll", by="chair")
    for who, pks in (("m01", {mine.pk}), ("chair", {found.pk}), ("desk", set()), ("m02", set())):
        rows = matters.matters(house.actor(who), Filter(scope="opened")).rows
        assert {row.pk for row in rows} == pks
        client = house.client(who)
        queue, today = (client.get(page).content.decode() for page in ("/desk/", "/desk/today"))
        assert ("我提出的" in queue, "我提出的" in today) == (bool(pks), bool(pks))
    listed = house.client("m01").get("/desk/?tab=opened").content.decode()
    assert mine.number in listed
    assert found.number not in listed
    assert told.pk not in Party.objects.filter(role="raised").values_list("matter_id", flat=True)
    # To have opened it gives no sight of it where the kind does not say so.
    leave(house, "chair")
    assert not matters.matters(house.actor("chair"), Filter(scope="opened")).rows


def test_the_log_proves_it(landed, unlocked):
    house = landed
    found = opened(house, by="m01")
    assert list(audit.everything()) == []
    Party.objects.filter(matter_id=found.pk).update(person_id=house.person("m02").pk)
    assert [f.where for f in audit.stream(found.stream)] == [f"{found.stream} party/opener"]


def queries(house, who, pages):
    client = house.client(who)
    for page in pages:
        client.get(page)
    counts = []
    for page in pages:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        counts.append(len(captured))
    return counts


def test_it_costs_the_other_programmes_nothing(house):
    """The list, a matter's page and an opening make as many queries as before there were openers."""
    found = house.handling().matter
    pages = ["/desk/", f"/desk/matters/{found.pk}"]

    def opens():
        opening, desk = house.opening(), house.actor("desk")
        with CaptureQueriesContext(connection) as captured:
            matters.open_matter(opening, actor=desk, at=house.at)
        return len(captured)

    opens()
    before = [queries(house, who, pages) for who in ("desk", "handler")], opens()
    motions.land()
    opened(house, by="m01")
    house.opening()
    after = [queries(house, who, pages) for who in ("desk", "handler")], opens()
    assert after == before


def test_opening_takes_no_query_more_for_an_opener(landed):
    house = landed

    def taken(kind, by):
        found, actor = opening(house, kind), house.actor(by)
        with CaptureQueriesContext(connection) as captured:
            matters.open_matter(found, actor=actor, at=house.at)
        return len(captured)

    taken("motion", "m02")
    # One insert of a party, nothing read.
    assert taken("motion", "m01") <= taken("wishlist", "m01") + 1
