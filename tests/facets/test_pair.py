"""Pairs: suggested with their reasons, edited within the rules, confirmed once, opened once each whatever happens;
what somebody can and needs is said once and read by those alone whom it concerns."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from at_once import at_once
from django.db import transaction
from django.test import Client
from house import landing

from bihuan.facets.pair import cards, opening, pages, waiting
from bihuan.facets.pair.board import board, link
from bihuan.facets.pair.models import PairOf
from bihuan.foundation.access import api as access
from bihuan.foundation.access import own_data
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.lib.problems import GoneError, InputError, ProblemError
from bihuan.stories import stage

# Monday 2 March 2026, 09:00 in Shanghai.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PARTY = "party_members.party"
BRANCHES = {"a": "甲支部", "b": "乙支部", "c": "丙支部"}
PLAN: Mapping[str, Any] = {
    "root": {"code": "pr", "name": "厂党委", "level": "party_committee"},
    "units": {key: {"name": name, "level": "party_branch"} for key, name in BRANCHES.items()},
    "people": {
        "office": {"name": "组一", "unit": "root", "role": "org_office"},
        "office2": {"name": "组二", "unit": "root", "role": "org_office"},
        "lead": {"name": "领导", "unit": "root", "role": "leader"},
        "secr": {"name": "甲书记", "unit": "a", "role": "secretary"},
        **{
            key: {"name": f"{key}员", "unit": key[0], "role": ""}
            for key in ("a1", "a2", "b1", "b2", "c1")
        },
    },
}
# Who can and needs what: a1 and b1 complete each other best, and so would a1 and a2.
SAID = {
    "a1": (["computing", "writing"], ["trade"]),
    "a2": (["trade", "safety"], ["computing", "writing"]),
    "b1": (["trade"], ["computing"]),
    "b2": (["party_theory"], ["safety"]),
    "c1": (["policy"], []),
}


class Works:
    def __init__(self, told):
        self.stage = told

    def actor(self, key):
        return access.actor(self.stage.people[key], AT.date())

    def key(self, who):
        return f"p{self.person(who)}"

    def person(self, who):
        return self.stage.people[who].pk

    def client(self, who):
        client = Client()
        client.force_login(self.stage.people[who])
        return client

    def say(self, who, by="office", **more):
        can, needs = SAID[who]
        said = {"can": can, "needs": needs, **more}
        return cards.say(self.key(who), "pairing", said, actor=self.actor(by), at=AT)

    def round(self, at=AT, members=SAID, **fields):
        for who in members:
            self.say(who)
        fields = {"year": f"{at.year}", "only_across": True, **fields}
        opened = Opening("pairing", "training_round", self.stage.root, "一轮", fields=fields)
        found = matters.open_matter(opened, actor=self.actor("office"), at=at).matter
        self.act(found, "take_list", at=at)
        return found

    def act(self, found, action, by="office", *, at=AT, version=None, **data):
        return matters.act(
            found.pk, action, actor=self.actor(by), at=at, data=data, version=version
        )

    def refused(self, found, action, by="office", **data):
        with pytest.raises(ProblemError) as error:
            self.act(found, action, by, **data)
        if isinstance(error.value, InputError):
            return next(iter(error.value.fields.values()))[0]
        return error.value.key

    def told(self, found, who="office"):
        return attached.shown(found, self.actor(who), AT)["pair"]

    def names(self, found):
        links = board(Matter.objects.get(pk=found.pk), self.actor("office"), AT.date()).links
        called = {self.key(who): who for who in SAID}
        return {frozenset((called[one.first], called[one.second])) for one in links}

    def work(self, at=AT):
        while notify.run(at, lanes=("inside",)):
            continue

    def two(self, *who):
        return dict(zip(("this_one", "that_one"), map(self.person, who), strict=True))


@landing
def built():
    told = stage.build(PLAN, since=date(2025, 1, 1), at=AT)
    for key in SAID:
        org = told.units[key[0]]
        start = date(2025, 1, 1)
        people.begin(told.people[key].pk, org, PARTY, "full", start=start, at=AT, actor=SYSTEM)
    return Works(told)


@pytest.fixture
def works(house):
    del house
    return built()


def gives_of(works, child, who):
    told = attached.shown(Matter.objects.get(pk=child.pk), works.actor(who), AT)["partners"]
    return len(told["gives"]), len(told["takes"])


def pair(*who):
    return frozenset(who)


@pytest.mark.django_db
def test_each_pair_has_its_reasons_and_who_stays_alone_is_told_by_which_rule(works):
    found = works.round()
    found = works.act(found, "propose")
    assert works.names(found) == {pair("a1", "b1"), pair("a2", "b2")}
    told = works.told(found)
    first = next(
        one for one in told["links"] if "a1员" in (one["one"]["name"], one["other"]["name"])
    )
    gives = {words["zh-Hans"] for words in (*first["gives"], *first["takes"])}
    assert gives == {"计算机应用", "业务技术"}
    # a2 would suit a1 better, and is of the same branch.
    assert {"rule": "same_group", "count": 1} in first["instead"]
    (alone,) = told["lonely"]
    assert (alone["name"], alone["why"]) == ("c1员", [{"rule": "poor", "count": 4}])
    assert works.refused(found, "settle_pairs") == "guard.pair_complete"
    page = works.client("office").get(f"/desk/matters/{found.pk}/pairs").content.decode()
    assert "a1员可以帮b1员" in page or "b1员可以帮a1员" in page
    assert "不互补4个" in page
    # Whoever sees the round without keeping it reads numbers, nobody's strengths.
    for who in ("lead",):
        seen = works.told(found, who)
        assert (seen["links"], seen["lonely"], seen["alone"]) == ([], [], 1)
    for who in ("a1", "secr"):
        assert works.client(who).get(f"/desk/matters/{found.pk}/pairs").status_code == 404
    # The same round gives the same pairs.
    assert works.names(works.act(found, "propose")) == {pair("a1", "b1"), pair("a2", "b2")}
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_nobody_can_be_paired_and_it_is_said_why(works):
    found = works.round(members=())
    assert works.refused(found, "propose") == "pair.nobody_said"
    works.say("a1")
    works.say("a2")
    assert works.refused(found, "propose") == "pair.nobody_fits"
    with pytest.raises(ProblemError) as error:
        works.act(found, "propose")
    assert "同一单位" in error.value.values["rules"]
    assert "a1员" in error.value.values["names"]


@pytest.mark.django_db
def test_a_hand_may_bend_a_rule_with_a_reason_and_never_a_firm_one(works):
    found = works.act(works.round(), "propose")
    swapped = works.two("a1", "a2")
    # a1 with b2 complete each other in nothing.
    assert works.refused(found, "trade_partners", **swapped) == "pair.needs_reason"
    works.act(found, "trade_partners", why="岗位相近。", **swapped)
    assert works.names(found) == {pair("a1", "b2"), pair("a2", "b1")}
    # What a hand made stays, whatever is suggested.
    works.act(found, "propose")
    assert works.names(found) == {pair("a1", "b2"), pair("a2", "b1")}
    # The odd one is put with somebody whose partner is left over, and stays out.
    works.act(found, "put_together", why="换岗。", **works.two("c1", "b1"))
    works.act(found, "leave_aside", this_one=works.person("a2"), why="外出一年。")
    found = works.act(found, "settle_pairs")
    assert works.refused(found, "trade_partners", **swapped) == "matters.wrong_state"
    assert works.refused(found, "keep_apart", why="x", **works.two("a1", "b2")) == "pair.stands"
    works.work()
    # The year after: nobody is paired as before, not by any hand.
    later = works.round(AT + 370 * DAY, members=())
    works.act(later, "propose", at=AT + 370 * DAY)
    assert not works.names(later) & works.names(found)
    assert works.names(later) == {pair("a1", "b1"), pair("a2", "b2")}
    refused = works.refused(
        later, "put_together", at=AT + 371 * DAY, why="x", **works.two("a1", "b2")
    )
    assert refused == "pair.firm"
    kept = works.told(found)["links"]
    assert {one["reason"] for one in kept} == {"岗位相近。", "换岗。"}
    text = works.client("office").get(f"/desk/matters/{found.pk}").content.decode()
    assert "外出一年" not in text
    # Nor does the time line tell of whom the edits were, those that take one back included.
    works.act(later, "keep_apart", at=AT + 371 * DAY, why="是亲属。", **works.two("b2", "c1"))
    works.act(later, "let_meet", at=AT + 371 * DAY, **works.two("b2", "c1"))
    works.act(later, "leave_aside", at=AT + 371 * DAY, why="x", this_one=works.person("c1"))
    works.act(later, "take_back_in", at=AT + 371 * DAY, this_one=works.person("c1"))
    lines = matters.timeline(later, works.actor("office"))
    edits = {"keep_apart", "let_meet", "leave_aside", "take_back_in"}
    assert [one.inputs for one in lines if one.action in edits] == [{}] * 4


@pytest.mark.django_db
def test_the_page_edits_with_two_ticks_and_tells_who_was_first(works):
    found = works.act(works.round(), "propose")
    client, address = works.client("office"), f"/desk/matters/{found.pk}/pairs"
    page = client.get(address).content.decode()
    assert 'value="swap"' in page
    ticked = {"who": [works.key("a1"), works.key("a2")], "do": "swap", "version": found.version}
    answer = client.post(address, {**ticked, "who": ticked["who"][:1]})
    assert (answer.status_code, "要勾选两个对象" in answer.content.decode()) == (422, True)
    answer = client.post(address, ticked)
    assert (answer.status_code, "请写明理由" in answer.content.decode()) == (422, True)
    assert client.post(address, {**ticked, "reason": "岗位相近。"}).status_code == 302
    assert works.names(found) == {pair("a1", "b2"), pair("a2", "b1")}
    # Somebody else looked at the page of before.
    answer = works.client("office2").post(address, {**ticked, "reason": "另有安排。"})
    assert answer.status_code == 409
    with pytest.raises(GoneError):
        works.act(found, "leave_aside", version=found.version, this_one=works.person("c1"), why="x")
    assert works.client("lead").post(address, ticked).status_code == 403
    assert client.post(address, {**ticked, "do": "nonsense"}).status_code == 403
    # What is no number is no version, and names nobody.
    out = {"who": [works.key("c1")], "do": "leave_out"}
    for wrong in ({"version": "²"}, {"version": "9" * 5000}, {"who": ["p²"]}):
        answer = client.post(f"{address}?page={'9' * 5000}", {**out, **wrong})
        assert answer.status_code == 422
    assert client.get(f"{address}?page=²").status_code == 200
    apart = {"who": [works.key("a1"), works.key("b2")], "do": "bar", "reason": "是亲属。"}
    assert client.post(address, apart).status_code == 302
    assert "是亲属" in client.get(f"{address}?list=apart").content.decode()
    sheet = client.get(f"{address}.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.values)
    assert len(rows) == 1 + 1 + 3
    assert client.get(f"{address}?q=c1").content.decode().count("data-row") == 1


@pytest.mark.django_db
def test_who_has_left_or_moved_since_keeps_the_pairs_from_being_confirmed(works):
    found = works.act(works.round(), "propose")
    works.act(found, "leave_aside", this_one=works.person("c1"), why="生病。")
    row = people.own(works.person("b2"), AT.date())[0]
    people.leave(row.pk, last=AT.date() - DAY, at=AT, actor=SYSTEM)
    assert works.refused(found, "settle_pairs") == "pair.have_left"
    works.act(found, "check_list")
    assert works.names(found) == {pair("a1", "b1")}
    assert works.told(found)["gone"] == 1
    row = people.own(works.person("b1"), AT.date())[0]
    moved = people.Beginning(works.stage.units["a"], PARTY, "full", AT.date())
    people.move(row.pk, moved, at=AT, actor=SYSTEM)
    assert works.refused(found, "put_together", why="x", **works.two("a2", "b2")) == "pair.not_free"
    works.act(found, "put_together", why="x", **works.two("a2", "b1"))
    works.act(found, "leave_aside", this_one=works.person("a1"), why="借调。")
    assert works.refused(found, "settle_pairs") == "pair.have_moved"
    works.act(found, "check_list")
    # Now they are of one branch, which only across branches does not allow.
    assert works.names(found) == set()
    assert works.refused(found, "propose") == "pair.nobody_fits"


@pytest.mark.django_db(transaction=True)
def test_a_pair_is_opened_once_however_often_its_lot_is_taken(house, monkeypatch):
    del house
    works = built()
    monkeypatch.setattr(opening, "AT_ONCE", 1)
    found = works.act(works.round(), "propose")
    works.act(found, "leave_aside", this_one=works.person("c1"), why="生病。")
    settled = works.act(found, "settle_pairs")
    assert works.refused(settled, "settle_pairs") == "matters.wrong_state"
    keys = [one.key for one in board(settled, works.actor("office"), AT.date()).links]
    lot = {"matter": found.pk, "pairs": keys}
    # Killed in the middle: nothing of the lot stays.
    with transaction.atomic():
        opening.open_lot(lot, AT, "x")
        transaction.set_rollback(True)
    assert not PairOf.objects.exists()
    at_once([lambda: opening.open_lot(lot, AT, "x")] * 2 + [lambda: notify.run(AT)])
    works.work()
    works.work(AT + timedelta(minutes=10))
    opening.again(AT + DAY)
    works.work(AT + DAY)
    assert Matter.objects.filter(parent_id=found.pk).count() == PairOf.objects.count() == 2
    # Both are told, and see nobody else's.
    (mine,) = [one for one in notify.inbox(works.person("a1")) if one.text == "notice.matched"]
    child = next(
        one for one in matters.open_children(settled) if works.person("a1") in one.facts.values()
    )
    other = next(one for one in matters.open_children(settled) if one.pk != child.pk)
    client = works.client("a1")
    assert mine.ref == child.stream
    page = client.get(f"/desk/matters/{child.pk}").content.decode()
    assert "您是这一对中的一方" in page
    assert client.get(f"/desk/matters/{other.pk}").status_code == 404
    # The secretary of the one branch sees it as that of the other does; nobody decides on themselves.
    assert works.client("secr").get(f"/desk/matters/{child.pk}").status_code == 200
    profile = client.get("/desk/people/me").content.decode()
    assert "b1员" in profile
    assert (
        "b1员" not in works.client("b2").get(f"/desk/people/{works.person('a1')}").content.decode()
    )
    # What they give each other, both read, who says it for either, and who keeps the round: nobody else.
    row = PairOf.objects.get(matter_id=child.pk)
    assert row.gives
    assert row.takes
    for who in ("a1", "b1", "secr", "office"):
        assert gives_of(works, child, who) == (len(row.gives), len(row.takes))
    assert gives_of(works, child, "lead") == (0, 0)
    for who, reads in (("a1", True), ("secr", True), ("lead", False)):
        looks = works.client(who)
        for address in (f"matters/{child.pk}", f"people/{works.person('a1')}"):
            page = looks.get(f"/desk/{address}").content.decode()
            assert "b1员" in page
            assert ("可帮对方" in page or "可以帮" in page) == reads, (who, address)
    told = board(Matter.objects.get(pk=found.pk), works.actor("a1"), AT.date())
    with_a1 = next(one for one in told.links if one.key == row.both)
    line = link(told, with_a1)
    assert (len(line["gives"]), line["reason"], line["instead"]) == (len(row.gives), "", [])
    held = own_data.taken(works.actor("a1"), AT)
    assert (held["pairs"][0]["partner"], len(held["pair_cards"])) == ("b1员", 1)
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_a_card_is_said_by_oneself_or_who_keeps_the_list_and_read_by_them(works):
    found = works.round(members=("a2", "b1", "b2"))
    assert [one.key for one in waiting.asked(works.actor("a1"))] == [works.key("a1")]
    assert {one.name for one in waiting.asked(works.actor("secr"))} == {"a1员", "a2员"}
    (wait,) = [one for one in pages._awaited(works.actor("a1"), AT) if one.count]
    assert wait.address == f"/desk/pair/pairing/{works.key('a1')}"
    client = works.client("a1")
    form = {
        "can": ["computing", "writing"],
        "needs": ["trade"],
        "can_more": "修钟表\n",
        "version": 0,
    }
    bad = client.post(wait.address, {**form, "needs": ["computing"]})
    assert (bad.status_code, "同时勾在长处和需求里" in bad.content.decode()) == (422, True)
    assert client.post(wait.address, {**form, "can": ["forged"]}).status_code == 422
    bad = client.post(wait.address, {**form, "can": ["forged"], "version": "²"})
    assert bad.status_code == 422
    assert client.post(wait.address, form).status_code == 302
    # The form of before was open elsewhere.
    assert client.post(wait.address, {**form, "can": ["data"]}).status_code == 409
    row = cards.card("pairing", works.key("a1"))
    assert ({*row.can}, row.can_more, row.said_by) == (
        {"computing", "writing"},
        ["修钟表"],
        works.person("a1"),
    )
    assert "修钟表" in works.client("secr").get(wait.address).content.decode()
    for who in ("b1", "lead"):
        assert works.client(who).get(wait.address).status_code == 404
    assert works.client("secr").get(f"/desk/pair/pairing/{works.key('b1')}").status_code == 404
    assert client.get("/desk/pair/pairing/p999999").status_code == 404
    assert client.get("/desk/pair/pairing/x1").status_code == 404
    assert "a1员" in client.get("/desk/pair/").content.decode()
    # The same again writes nothing; the log keeps the words where they can be erased.
    before = audit.Event.objects.count()
    said = {"can": row.can, "needs": row.needs, "can_more": row.can_more}
    cards.say(works.key("a1"), "pairing", said, actor=works.actor("a1"), at=AT)
    assert audit.Event.objects.count() == before
    assert "修钟表" not in str([one.data for one in audit.history(row.stream)])
    # What the two wrote alike counts as what the one gives the other.
    cards.say(
        works.key("c1"), "pairing", {"needs_more": ["修钟表"]}, actor=works.actor("office"), at=AT
    )
    works.act(found, "put_together", **works.two("a1", "c1"))
    (link,) = works.told(found)["links"]
    assert [words["zh-Hans"] for words in (*link["gives"], *link["takes"])] == ["修钟表"]


@pytest.mark.django_db
def test_one_bad_pair_stops_no_other_and_is_told_with_its_reason(works, monkeypatch):
    found = works.act(works.round(), "propose")
    works.act(found, "leave_aside", this_one=works.person("c1"), why="生病。")
    settled = works.act(found, "settle_pairs")
    bad, good = board(settled, works.actor("office"), AT.date()).links
    real, first = opening.programmes.held, iter((True,))

    def held(*args):
        one = real(*args)
        if not next(first, False):
            return one
        kinds = {
            name: kind for name, kind in one.programme.kinds.items() if name != "training_pair"
        }
        return replace(one, programme=one.programme.model_copy(update={"kinds": kinds}))

    monkeypatch.setattr(opening.programmes, "held", held)
    opening.open_lot({"matter": found.pk, "pairs": [bad.key, good.key]}, AT, "x")
    assert [one.both for one in PairOf.objects.all()] == [good.key]
    bad.refresh_from_db()
    assert bad.why["key"] == "pair.no_kind"
    page = works.client("office").get(f"/desk/matters/{found.pk}/pairs").content.decode()
    assert "没有这种对子" in page
    # Where the place has it again, it is opened, and nothing is told any more.
    monkeypatch.undo()
    opening.open_lot({"matter": found.pk, "pairs": [bad.key]}, AT, "x")
    bad.refresh_from_db()
    assert (PairOf.objects.count(), bad.why) == (2, {})


@pytest.mark.django_db
def test_who_has_no_account_is_signed_for_and_nobody_else(works):
    new = people.Beginning(works.stage.units["b"], PARTY, "full", date(2025, 1, 1), name="新员")
    (row,) = people.begin_all([new], people.Keeper(SYSTEM, AT.date()), at=AT)
    found = works.round(members=(), least_in_common=0)
    works.act(found, "put_together", this_one=works.person("a1"), that_one=row.person_id)
    for who in ("a2", "b1", "b2", "c1"):
        works.act(found, "leave_aside", this_one=works.person(who), why="外出。")
    works.act(found, "settle_pairs")
    works.work()
    (child,) = matters.open_children(found)
    rows = [{"title": "每月共学一次", "by": "2026-06-30"}]
    works.act(child, "lay_down", "secr", measures=rows)
    mine = works.person("a1")
    assert works.refused(child, "put_name", "secr", for_party=mine) == "pair.has_account"
    works.act(child, "put_name", "secr", for_party=row.person_id)
    assert works.act(child, "put_name", "a1", for_party=mine).state == "signed"


@pytest.mark.django_db
def test_however_many_rounds_there_are_elsewhere_ones_own_is_found(works):
    works.round(members=())
    for n in range(51):
        fields = {"year": "2026", "only_across": True}
        later = Opening("pairing", "training_round", works.stage.root, f"{n}", fields=fields)
        matters.open_matter(later, actor=works.actor("office"), at=AT)
    assert [one.key for one in waiting.asked(works.actor("a1"))] == [works.key("a1")]
    assert {one.name for one in waiting.asked(works.actor("secr"))} == {"a1员", "a2员"}
    assert len(waiting.asked(works.actor("office"))) == 5
