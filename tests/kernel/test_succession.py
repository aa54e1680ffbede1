"""An organisation goes into another: what goes along, what stays, what is refused, what races."""

import pytest
import time_machine
from test_contention import at_once

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.services import api as services
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError
from bihuan.rules import periods

pytestmark = pytest.mark.django_db


def merge(house, source="vehicles", into="streets", at=None):
    return upkeep.merge_orgs(
        house.org(source).pk, house.org(into).pk, at=at or house.after(days=1), actor=SYSTEM
    )


def test_what_goes_along_and_what_stays(house):
    closed, held = house.closed(), house.handling()
    other = house.handling()
    house.act(other, "transfer", "leader", unit=house.org("schools").pk, reason="归教育局")
    old, new = house.org("vehicles"), house.org("streets")
    told = upkeep.would_merge(old.pk, new.pk, at=house.after(days=1), actor=SYSTEM)
    assert told == merge(house)
    assert (told.below, told.posts, told.grants, told.services, told.matters) == (1, 2, 2, 2, 1)

    old, new = house.org("vehicles"), house.org("streets")
    assert (old.active, old.merged_into_id, orgs.parent_of(old)) == (False, new.pk, new)
    assert orgs.parent_of(house.org("vehicles_one")) == new
    moved = Matter.objects.get(pk=held.matter.pk)
    assert (moved.unit_id, moved.unit_path, moved.state) == (new.pk, new.path, "handling")
    assert moved.assignee_id == house.person("handler").pk
    assert [e.type for e in audit.history(moved.stream)].count("matter.succeeded") == 1
    # What was closed stays its own; the successor's people see it below them.
    kept = Matter.objects.get(pk=closed.matter.pk)
    assert (kept.unit_id, kept.unit_path) == (old.pk, old.path)
    day = house.after(days=2).date()
    for name in ("handler", "other_handler"):
        actor = house.actor(name, day)
        assert matters.sees(actor, kept)
        assert matters.sees(actor, moved)
    house.act(held, "reply", "leader", at=house.after(days=2), reply="已修复。")
    # The day before the old posts and grants still held, and no longer.
    assert house.actor("handler", day).paths("handler") == [new.path]
    assert house.actor("handler", house.day).paths("handler") == [old.path]
    assert orgs.is_placed(house.person("handler").pk, new.path, day)
    offered = {(row.org_id, row.code) for row in services.offered(house.org("city").path, day)}
    assert offered == {(new.pk, "CG-001"), (new.pk, "CG-002")}
    assert list(audit.everything()) == []


def test_nothing_is_given_to_what_is_no_more(house):
    merge(house)
    old, day = house.org("vehicles"), house.day
    opened = house.open(at=house.after(days=2))
    house.act(opened, "accept", "desk", at=house.after(days=2))
    with pytest.raises(InputError) as caught:
        house.act(opened, "dispatch", "desk", at=house.after(days=2), unit=old.pk)
    key, values = caught.value.fields["unit"]
    assert (key, values["now"]) == ("input.merged_org", "城管局")
    with pytest.raises(InputError):
        house.open(home="vehicles")
    refused = [
        lambda: access.give(house.person("desk").pk, "desk", old.pk, start=day, at=house.at, actor="x"),
        lambda: orgs.give_post(house.person("desk").pk, old.pk, start=day, at=house.at, actor="x"),
        lambda: orgs.create_org("新科", parent=old, at=house.at, actor="x"),
        lambda: orgs.move_org(house.org("schools").pk, under=old.pk, at=house.at, actor="x"),
        lambda: orgs.change_org(old.pk, active=True, at=house.at, actor="x"),
        lambda: merge(house),
        lambda: merge(house, "schools", "vehicles"),
    ]  # fmt: skip
    for one in refused:
        with pytest.raises(OrgError) as error:
            one()
        assert error.value.key in ("orgs.merged", "orgs.closed")
    # Where the successor itself goes into a third, that one is named.
    merge(house, "streets", "schools", at=house.after(days=3))
    assert orgs.successor(house.org("vehicles")) == house.org("schools")
    assert orgs.parent_of(house.org("vehicles_one")) == house.org("schools")


@pytest.mark.parametrize(
    ("source", "into"),
    [("vehicles", "vehicles"), ("vehicles", "vehicles_one"), ("city", "schools")],
)
def test_into_itself_or_below_itself(house, source, into):
    before = audit.Event.objects.count()
    with pytest.raises(OrgError) as caught:
        merge(house, source, into)
    assert caught.value.key == "orgs.merge_into_itself"
    assert audit.Event.objects.count() == before


def test_one_below_goes_into_the_one_above(house):
    """It stays where it is, closed."""
    before = house.org("vehicles_one").path
    merge(house, "vehicles_one", "vehicles")
    found = house.org("vehicles_one")
    assert (found.path, found.active) == (before, False)


@pytest.mark.django_db(transaction=True)
def test_a_year_with_a_rename_and_a_merger_in_it(house):
    """Two answered by 车辆管理所 before it was renamed, one after; then it goes into 城管局, which
    answers one more. As it was: both rows. By the tree as it is: one row with its predecessor."""
    year, city = periods.parse("2026"), house.org("city")
    for _ in range(2):
        house.answered()
    orgs.change_org(house.org("vehicles").pk, name="车驾所", at=house.after(days=1), actor="system")
    waiting, open_one = house.handling(), house.answered()
    merge(house, at=house.after(days=2))
    old, new = house.org("vehicles"), house.org("streets")
    house.act(waiting, "reply", "leader", at=house.after(days=3), reply="已办。")
    house.act(open_one, "close", "desk", at=house.after(days=20))
    insight.export(insight.store())
    answered = insight.definition("public_voice", "answered")
    flows = insight.definition("public_voice", "flows")

    def rows(**asked):
        found = insight.figure(answered, year, city, by=("org",), **asked)
        assert found.total.value == 4
        return {row.key["org"]: row.value for row in found.rows}

    assert rows() == {old.pk: 3, new.pk: 1}
    assert rows(as_it_is=True) == {new.pk: 4}
    # A merger is not a transfer: the four dispatches alone are.
    assert insight.figure(flows, year, city).total.value == 4
    with time_machine.travel(house.after(days=4), tick=False):
        client = house.client("leader")
        page = client.get("/desk/figures/public_voice/answered?period=2026&by=org").content.decode()
        assert "车驾所（已并入城管局）" in page
        assert "连同原机构的合计" in page
        now = client.get("/desk/figures/public_voice/answered?period=2026&by=org&tree=now")
        assert "车驾所" not in now.content.decode()
    assert list(insight.findings(insight.store())) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_given_in_the_same_moment_is_handed_over(house):
    """Dispatched while it was being merged: refused, or handed over at once or by the next round."""
    ready = []
    for _ in range(6):
        opened = house.open()
        ready.append(house.act(opened, "accept", "desk"))
    unit = house.org("vehicles").pk

    def dispatch(found):
        return lambda: house.act(found, "dispatch", "desk", at=house.after(hours=1), unit=unit)

    jobs = [dispatch(one) for one in ready]
    results = at_once([*jobs[:3], lambda: merge(house, at=house.after(hours=1)), *jobs[3:]])
    assert isinstance(results[3], upkeep.Merger), results
    for one in (*results[:3], *results[4:]):
        assert isinstance(one, Matter | InputError), results
    upkeep.follow_mergers(house.after(hours=2))
    assert upkeep.follow_mergers(house.after(hours=2)) == 0
    new = house.org("streets")
    for one in ready:
        found = Matter.objects.get(pk=one.pk)
        assert (found.state, found.unit_id) in (
            ("accepted", house.org("center").pk),
            ("dispatched", new.pk),
        )
        assert [e.type for e in audit.history(found.stream)].count("matter.succeeded") <= 1
    assert list(audit.everything()) == []


def test_by_the_page(house):
    """What would move is shown before anything does."""
    held, admin = house.handling(), house.client("admin")
    old, new = house.org("vehicles"), house.org("streets")
    url = f"/studio/orgs/{old.pk}/merge"
    assert url in admin.get(f"/studio/orgs/{old.pk}").content.decode()
    before = audit.Event.objects.count()
    page = admin.post(url, {"into": new.pk, "do": "preview"}).content.decode()
    assert "把“车辆管理所”并入“城管局”，将转移" in page
    assert "<dd>1</dd>" in page
    wrong = admin.post(url, {"into": house.org("vehicles_one").pk, "do": "merge"})
    assert wrong.status_code == 422
    assert "不能把“车辆管理所”并入" in wrong.content.decode()
    assert admin.post(url, {"do": "merge"}).status_code == 422
    assert admin.post(url, {"into": house.org("neighbour").pk, "do": "merge"}).status_code != 302
    assert audit.Event.objects.count() == before
    with time_machine.travel(house.after(days=1), tick=False):
        done = admin.post(url, {"into": new.pk, "do": "merge"}, follow=True).content.decode()
    assert "已并入“城管局”" in done
    assert Matter.objects.get(pk=held.matter.pk).unit_id == new.pk
    assert "已关闭，并入" in admin.get(f"/studio/orgs/{old.pk}").content.decode()
