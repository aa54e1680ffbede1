"""One for each of a roster: each once, whatever happens; who comes gets theirs, who leaves is told of."""

import io
from datetime import timedelta

import lodges as world
import openpyxl
import pytest
from at_once import at_once
from lodges import AT, DAY

from bihuan.facets.each import growing
from bihuan.facets.each.models import EachOf
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import shown
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import ProblemError

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"words": "各自作出承诺。", "days": 5}


@pytest.fixture
def guild(house):
    del house
    return world.build()


def board(guild, found, who="chief"):
    return shown(guild.now(found), guild.actor(who), AT)["each"]


def counts(guild, found):
    told = board(guild, found)
    return tuple(told[name] for name in ("due", "opened", "done", "late", "open", "left"))


def listed(guild, found, name, who="chief"):
    lists = {one["list"]: one["rows"] for one in board(guild, found, who)["lists"]}
    return [one["whom"] for one in lists.get(name, [])]


def of(found, whom):
    """The one that was opened for somebody."""
    row = EachOf.objects.get(parent_id=found.pk, whom=whom)
    return Matter.objects.get(pk=row.matter_id)


def started(guild):
    found = guild.open("campaign", "root", "chief", motto="实干")
    guild.act(found, "start", "chief", **WORDS)
    return found


def a_day_later(guild, days=1):
    at = AT + days * DAY
    growing.grow(at)
    guild.work(at)
    return at


def refused(call, *args, **data):
    with pytest.raises(ProblemError) as error:
        call(*args, **data)
    return error.value


def test_each_organisation_gets_one_and_the_board_tells_who_has_done_it(guild):
    early = guild.open("campaign", "root", "chief", motto="实干")
    page = guild.client("chief").get(f"/desk/matters/{early.pk}").content.decode()
    assert "尚未下达" in page
    found = started(guild)
    assert counts(guild, found) == (3, 0, 0, 0, 0, 0)
    assert refused(guild.act, found, "win", "chief").key == "guard.each_going_on"
    page = guild.client("chief").get(f"/desk/matters/{found.pk}").content.decode()
    assert "正在下达：已下达0件，共3件" in page
    guild.work()
    assert counts(guild, found) == (3, 3, 0, 0, 3, 0)
    for lodge in ("east", "west", "south"):
        child = of(found, f"o{guild.org(lodge).pk}")
        assert (child.home_id, child.unit_id, child.parent_id) == (guild.org(lodge).pk,) * 2 + (
            found.pk,
        )
        assert child.facts == {"days_left": 5, "motto_of_it": "实干"}
        body = guild.client(f"{lodge}_keeper").get(f"/desk/matters/{child.pk}").content.decode()
        assert "各自作出承诺。" in body
    again = refused(guild.act, found, "start", "chief", **WORDS)
    assert again.key == "each.opened_already"
    east = of(found, f"o{guild.org('east').pk}")
    guild.act(east, "keep", "east_keeper")
    matters.sweep(AT + 30 * DAY)
    assert counts(guild, found) == (3, 3, 1, 2, 0, 0)
    assert sorted(listed(guild, found, "late")) == ["南社", "西社"]
    assert listed(guild, found, "done") == ["东社"]
    left = refused(guild.act, found, "win", "chief", at=AT + 31 * DAY)
    assert (left.key, left.values["n"]) == ("guard.each_open", 2)
    client = guild.client("chief")
    assert "西社" in client.get(f"/desk/matters/{found.pk}/each?list=late").content.decode()
    sheet = client.get(f"/desk/matters/{found.pk}/each.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(sheet.content)).active.max_row == 4
    assert guild.client("east_keeper").get(f"/desk/matters/{found.pk}/each").status_code == 404
    # One is enough of half only where two of three are.
    assert refused(guild.act, found, "win_by_half", "chief").values["needed"] == 50
    for lodge in ("west", "south"):
        guild.act(of(found, f"o{guild.org(lodge).pk}"), "keep", f"{lodge}_keeper", AT + 31 * DAY)
    assert guild.act(found, "win", "chief", at=AT + 32 * DAY).state == "won"
    assert list(audit.everything()) == []


def test_each_person_gets_one_and_has_it(guild):
    guild.exempt("b")
    found = guild.open("calling", "root", "chief")
    guild.work()
    # One person in two lodges has one; who is exempt none.
    assert counts(guild, found) == (3, 3, 0, 0, 3, 0)
    assert board(guild, found)["exempt"] == 1
    child = of(found, f"p{guild.person('both')}")
    assert child.assignee_id == guild.person("both")
    assert guild.act(child, "make_vow", "both").state == "vowed"
    assert refused(guild.act, found, "hear_all", "chief").key == "guard.each_share"
    guild.act(of(found, f"p{guild.person('a')}"), "make_vow", "a")
    assert guild.act(found, "hear_all", "chief").state == "heard_all"


def test_who_comes_gets_theirs_and_who_leaves_is_told_of(guild):
    found = guild.open("calling", "root", "chief")
    guild.work()
    guild.add("new", "新六", "south")
    guild.leave("a")
    at = a_day_later(guild)
    assert counts(guild, found) == (5, 5, 0, 0, 4, 1)
    assert listed(guild, found, "left") == ["安一"]
    # Looked at again nothing changes, and who is back is back.
    before = guild.now(found).version
    a_day_later(guild, 2)
    assert guild.now(found).version == before
    guild.join("a", "west", at=at)
    a_day_later(guild, 3)
    assert counts(guild, found) == (5, 5, 0, 0, 5, 0)
    # When it is over nobody gets one any more.
    for who in ("a", "b", "c"):
        guild.act(of(found, f"p{guild.person(who)}"), "make_vow", who, at)
    guild.act(found, "hear_all", "chief", at + 4 * DAY)
    guild.add("late", "晚七", "east")
    a_day_later(guild, 5)
    assert EachOf.objects.filter(parent_id=found.pk).count() == 5
    assert list(audit.everything()) == []


def test_merged_moved_and_closed_organisations(guild):
    found = started(guild)
    # Between the step and the worker: the closed one gets none.
    upkeep.merge_orgs(
        guild.org("south").pk, guild.org("west").pk, at=AT, actor=guild.actor("system")
    )
    guild.work()
    assert counts(guild, found) == (2, 2, 0, 0, 2, 0)
    # Afterwards: its open one is handed on; the successor that has its own gets no other.
    upkeep.merge_orgs(
        guild.org("east").pk, guild.org("west").pk, at=AT, actor=guild.actor("system")
    )
    a_day_later(guild)
    west = guild.org("west").pk
    assert counts(guild, found) == (2, 2, 0, 0, 1, 1)
    assert Matter.objects.filter(parent_id=found.pk, home_id=west).count() == 2
    # A successor that has none has the one that was handed on.
    made = orgs.create_org(
        "新社", parent=guild.org("root"), at=AT, actor="system", code="guild-new", level="lodge"
    )
    own = of(found, f"o{west}")
    upkeep.merge_orgs(west, made.pk, at=AT, actor=guild.actor("system"))
    a_day_later(guild, 2)
    assert of(found, f"o{made.pk}").pk == own.pk
    assert Matter.objects.filter(parent_id=found.pk).count() == 2
    assert list(audit.everything()) == []


def test_for_whom_none_can_be_opened_is_told_and_tried_again(guild, monkeypatch):
    found = started(guild)
    west, opened = guild.org("west").pk, matters.open_matter

    def fails(opening, **more):
        if opening.home.pk == west:
            raise ProblemError("matters.may_not_open")
        return opened(opening, **more)

    monkeypatch.setattr(growing.matters, "open_matter", fails)
    guild.work()
    told = board(guild, found)
    assert (told["opened"], told["missed"], told["going_on"]) == (2, 1, False)
    assert [one["whom"] for one in told["not_opened"]] == ["西社"]
    page = guild.client("chief").get(f"/desk/matters/{found.pk}").content.decode()
    assert "有1件未能下达" in page
    assert refused(guild.act, found, "win", "chief").values["n"] == 3
    monkeypatch.undo()
    a_day_later(guild)
    assert (board(guild, found)["opened"], board(guild, found)["missed"]) == (3, 0)
    assert list(audit.everything()) == []


def test_two_workers_at_once_give_each_one(guild, monkeypatch):
    monkeypatch.setattr(growing, "AT_ONCE", 3)
    for n in range(12):
        orgs.create_org(
            f"第{n}社", parent=guild.org("root"), at=AT, actor="system", code=f"l{n}", level="lodge"
        )
    found = started(guild)
    lot = {"matter": found.pk, "pks": [one.pk for one in orgs.Org.objects.filter(level="lodge")]}
    # The same lot twice, as when a lease runs out, beside those who take the tasks in turn.
    jobs = [lambda: growing.open_lot(lot, AT, "x")] * 2 + [
        lambda: notify.run(AT, lanes=("inside",))
    ] * 2
    at_once(jobs)
    guild.work()
    guild.work(AT + timedelta(minutes=10))
    rows = EachOf.objects.filter(parent_id=found.pk)
    assert rows.count() == rows.values("whom").distinct().count() == 15
    assert Matter.objects.filter(parent_id=found.pk).count() == 15
    assert list(audit.everything()) == []
