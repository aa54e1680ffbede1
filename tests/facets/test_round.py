"""A round of commendation: nominated once, conditions that are looked up, a vote without whoever has a stake,
ties, places that are filled again, awards that are given once and taken back, names with consent only."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import house as city
import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.facets.round import nominating, ranking, shown, voting, wall
from bihuan.facets.round.models import Award
from bihuan.facets.round.ranking import Counted
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories import stage
from bihuan.web import faces

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PARTY = "party_members.party"
PLAN: Mapping[str, Any] = {
    "root": {"code": "rd", "name": "公司党委", "level": "party_committee"},
    "units": {"one": {"name": "一支部"}, "two": {"name": "二支部"}},
    "people": {
        "office": {"name": "甲组织", "unit": "root", "role": "org_office"},
        "head": {"name": "乙领导", "unit": "root", "role": "leader"},
        "head2": {"name": "丙领导", "unit": "root", "role": "leader"},
        "j1": {"name": "丁评委", "unit": "root", "role": "juror"},
        "j2": {"name": "戊评委", "unit": "root", "role": "juror"},
        "j3": {"name": "己评委", "unit": "root", "role": "juror leader"},
        "scribe": {"name": "庚书记", "unit": "one", "role": "secretary juror"},
        "lead": {"name": "辛主管", "unit": "one", "role": "leader"},
        **{f"m{n}": {"name": f"成员{n}", "unit": "one", "role": ""} for n in range(1, 6)},
        "far": {"name": "远处人", "unit": "two", "role": ""},
    },
}
needs_rows = pytest.mark.django_db


class Company:
    def __init__(self, told):
        self.stage = told

    def actor(self, key):
        return self.stage.actor(key)

    def person(self, key):
        return self.stage.people[key]

    def client(self, key):
        client = Client()
        client.force_login(self.person(key))
        return client

    def act(self, found, action, by="office", *, at=AT, **data):
        return matters.act(found.pk, action, actor=self.actor(by), at=at, data=data)

    def called(self, category="five_star", at=AT):
        fields = {"category": category, "sort_of_round": "annual"}
        opening = Opening(
            "honours", "selection", self.stage.root, "先进。", subject="评选", fields=fields
        )
        found = matters.open_matter(opening, actor=self.actor("office"), at=at).matter
        return self.act(found, "call", at=at)

    def named(self, found, *keys, by="scribe", at=AT):
        return [
            nominating.nominate(
                found.pk, self.person(key).pk, "大家公认。", actor=self.actor(by), at=at
            ).matter
            for key in keys
        ]

    def voting(self, *keys, places=25, refused=(), at=AT):
        found = self.called(at=at)
        rows = self.named(found, *keys, at=at)
        for row in self.named(found, *refused, by="office", at=at):
            self.act(row, "refuse", at=at)
        self.act(found, "change_quota", places=places, reason="经费。", at=at)
        self.act(found, "accept_all", at=at)
        self.act(found, "put_to_vote", at=at)
        return found, rows

    def cast(self, row, *opinions, at=AT):
        for key, opinion in zip(("j1", "j2", "j3"), opinions, strict=False):
            self.act(row, "cast", key, opinion=opinion, at=at)

    def on_notice(self, *keys, places=25, at=AT):
        found, rows = self.voting(*keys, places=places, at=at)
        for row in rows:
            self.cast(row, "for", "for", "for", at=at)
        self.act(found, "count", at=at)
        return found, rows

    def part(self, found, by="office", at=AT):
        return shown.of_round(Matter.objects.get(pk=found.pk), self.actor(by), at)

    def states(self, rows):
        return [Matter.objects.get(pk=row.pk).state for row in rows]


@city.landing
def land():
    """The company with its programmes, its people, and those of them who are members."""
    at = datetime(2025, 12, 1, 1, 0, tzinfo=UTC)
    stage.ready(at)
    told = stage.build(PLAN, since=date(2025, 12, 1), at=at)
    org = told.units["one"]
    for key in ("m1", "m2", "m3", "m4", "m5", "j2"):
        who = told.people[key].pk
        people.begin(who, org, PARTY, "full", start=date(2025, 12, 1), at=at, actor=SYSTEM)


@pytest.fixture
def company(house):
    del house
    land()
    root = stage.root_of("rd")
    units = {key: one for key in PLAN["units"] for one in orgs.find_orgs(f"rd-{key}")}
    cast = {key: stage.account(key) for key in PLAN["people"]}
    return Company(stage.Stage(root, units, cast, date(2025, 12, 1)))


# Who comes before whom, by numbers alone.

COUNTED = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.booleans()), max_size=9)


@settings(max_examples=60)
@given(COUNTED, st.integers(1, 6))
def test_nobody_with_fewer_votes_has_a_place_before_somebody_with_more(given_, places):
    counted = [Counted(n, votes, turn, out) for n, (votes, turn, out) in enumerate(given_)]
    found = ranking.cut(counted, places)
    votes = {one.pk: one.votes for one in counted}
    everybody = [*found.seated, *found.tied, *found.reserve, *found.out]
    assert sorted(everybody) == [one.pk for one in counted]
    assert len(found.seated) <= places
    if found.tied:
        assert len(found.seated) + len(found.tied) > places
        assert len({votes[pk] for pk in found.tied}) == 1
    least = min((votes[pk] for pk in (*found.seated, *found.tied)), default=9)
    assert all(votes[pk] <= least for pk in found.reserve)


# The whole of it, with what goes wrong.


@needs_rows
def test_one_is_nominated_once_and_only_where_they_belong(company, house):
    found = company.called()
    (first,) = company.named(found, "m1")
    with pytest.raises(InputError) as twice:
        company.named(found, "m1", by="office")
    assert twice.value.fields["nominee"] == ("round.nominated", {"number": first.number})
    (own,) = company.named(found, "m2", by="m2")
    (by_other,) = company.named(found, "m3", by="m4")
    assert [row.facts["came_by"] for row in (first, own, by_other)] == ["branch", "self", "masses"]
    assert {row.category for row in (first, own, by_other)} == {"five_star"}
    assert own.home_id == company.stage.units["one"].pk
    # Whoever nominated a colleague is told what came of it; the candidate's record is for themselves and
    # for who handles it.
    for who, reads in (("m4", False), ("m3", True), ("office", True)):
        actor = company.actor(who)
        part = shown.of_nomination(by_other, actor, AT)
        (row,) = (one for one in company.part(found, who)["nominees"] if one["id"] == by_other.pk)
        for told in (part, row):
            assert (bool(told["conditions"]), told["all_met"], told["looked"]) == (reads, True, AT)
    page = company.client("m4").get(f"/desk/matters/{by_other.pk}").content.decode()
    assert "经核对，各项条件都符合" in page
    assert "正式党员" not in page
    # One of another branch counts as the masses too; to a stranger there is no such round.
    (far,) = company.named(found, "m5", by="far")
    assert (far.facts["came_by"], far.home_id) == ("masses", company.stage.root.pk)
    with pytest.raises(LookupError):
        nominating.nominate(found.pk, 1, "好。", actor=house.actor("stranger"), at=AT)
    company.act(first, "withdraw", "scribe")
    (again,) = company.named(found, "m1")
    assert again.pk != first.pk
    # One who moves away in the middle is no full member here any more, and that stands beside them.
    (row,) = people.own(company.person("m2").pk, AT.date())
    people.leave(row.pk, last=AT.date(), at=AT, actor=SYSTEM)
    with pytest.raises(RefusedError) as why:
        company.act(own, "accept", at=AT + DAY)
    assert why.value.key == "guard.nomination_not_eligible"
    company.act(own, "look_again", at=AT + DAY)
    (told,) = (one for one in company.part(found)["nominees"] if one["id"] == own.pk)
    assert {one["condition"]: one["is_met"] for one in told["conditions"]}["full_member"] is False
    assert told["votes"] is None
    with pytest.raises(RefusedError) as closed:
        company.act(found, "put_to_vote", at=AT + DAY)
    assert closed.value.key == "guard.round_still"
    assert list(audit.everything()) == []


@needs_rows
def test_whoever_has_a_stake_has_no_vote_and_one_has_one(company):
    # A juror whom somebody nominated in vain has no stake: nobody loses their vote by it.
    found, (a, b) = company.voting("m1", "j2", refused=("j1",))
    # A juror who is a candidate, one who nominated, one who leads where the candidate belongs.
    with pytest.raises(RefusedError) as nominated:
        company.act(a, "cast", "scribe", opinion="for")
    assert (
        nominated.value.key == "guard.round_not_jury"
    )  # a juror of the branch is none of the committee
    with pytest.raises(LookupError):
        company.act(a, "cast", "j2", opinion="against")
    with pytest.raises(NotAllowedError):
        company.act(b, "cast", "j2", opinion="for")
    assert [one["name"] for one in company.part(found)["contenders"]] == ["戊评委"]
    assert [line.matter.pk for line in voting.lines(found, company.actor("j1"), AT)] == [a.pk, b.pk]
    # One vote: another takes its place; taken back there is none; two at once are still one.
    company.act(a, "cast", "j1", opinion="against")
    company.act(a, "cast", "j1", opinion="for")
    company.act(a, "take_back_vote", "j1")
    with pytest.raises(RefusedError):
        company.act(found, "count")
    with pytest.raises(RefusedError):
        company.act(a, "take_back_vote", "j1")
    assert voting.vote(found, {a.pk: "for", b.pk: "for"}, actor=company.actor("j1"), at=AT) == 2
    assert voting.vote(found, {a.pk: "for", b.pk: "abstain"}, actor=company.actor("j1"), at=AT) == 1
    with pytest.raises(RefusedError):
        voting.vote(found, {a.pk: "for"}, actor=company.actor("j2"), at=AT)
    # Who leads where that juror works has none on them.
    with pytest.raises(RefusedError):
        voting.vote(found, {b.pk: "for"}, actor=company.actor("j3"), at=AT)
    voting.vote(found, {a.pk: "for"}, actor=company.actor("j3"), at=AT)
    assert {one["votes"] for one in company.part(found)["nominees"]} == {None}
    company.act(found, "count")
    part = company.part(found)["nominees"]
    told = {one["id"]: (one["votes"], one["voters"]) for one in part if one["voters"]}
    assert told == {a.pk: (2, 2), b.pk: (0, 1)}


@needs_rows
def test_a_tie_is_decided_by_a_rule_and_a_place_is_filled_again(company, monkeypatch):
    found, (a, b, c, d) = company.voting("m1", "m2", "m3", "m4", places=2)
    company.cast(a, "for", "for", "for")
    for row in (b, c, d):
        company.cast(row, "for", "for", "against")
    # Changed before the count, with the reason; never after it.
    company.act(found, "change_quota", places=3, reason="追加。")
    with pytest.raises(InputError):
        company.act(found, "change_quota", places=0, reason="没有了。")
    company.act(found, "count")
    part = company.part(found)
    assert part["tied"]
    assert [one["level"] for one in part["nominees"]] == [False, True, True, True]
    with pytest.raises(RefusedError) as tied:
        company.act(found, "put_on_notice")
    assert tied.value.key == "guard.round_tied"
    said = {"by_rule": "lots", "reason": "抽签。"}
    with pytest.raises(InputError):
        company.act(found, "break_tie", "head", in_this_order=[b.number, c.number], **said)
    company.act(found, "break_tie", "head", in_this_order=[d.number, b.number, c.number], **said)
    company.act(found, "put_on_notice")
    assert company.states((a, b, c, d)) == ["on_notice", "on_notice", "reserve", "on_notice"]
    made = publicity.object_to(b.pk, "不属实。", vault.Person(), at=AT + DAY)
    for who in ("office", "j3"):
        with pytest.raises((NotAllowedError, RefusedError)):
            company.act(made.matter, "uphold", who, reply="属实。", at=AT + 2 * DAY)
    company.act(made.matter, "uphold", "head", reply="属实。", at=AT + 2 * DAY)
    assert company.states((a, b, c, d)) == ["on_notice", "removed", "on_notice", "on_notice"]
    # Too late: the notice of the first is over, that of the one who moved up is not.
    late = AT + 8 * DAY
    with pytest.raises(RefusedError):
        publicity.object_to(a.pk, "晚了。", vault.Person(), at=late)
    company.act(found, "confer_all", at=late)
    assert company.states((a, c, d)) == ["awarded", "on_notice", "awarded"]
    with pytest.raises(RefusedError):
        company.act(found, "close", at=late)
    company.act(found, "confer_all", at=AT + 12 * DAY)
    assert company.act(found, "close", at=AT + 12 * DAY).state == "closed"
    # Of so many names only the newest stand on the wall; all are counted.
    for row, who in ((a, "m1"), (c, "m3")):
        company.act(row, "agree", who, at=AT + 12 * DAY)
    monkeypatch.setattr(wall, "MOST", 1)
    (row,) = wall.wall()
    assert ([one.name for one in row.named], row.more, row.withheld) == (["成员3"], 1, 1)
    assert row.count == 3
    spec = next(one for one in programmes.known() if one.id == "honours")
    there = wall.holders(spec, company.stage.units["one"].path)
    assert {one["name"] for one in wall.names(there)} == {"成员1", "成员3"}
    assert [n for _, n in wall.withheld(there)] == [1]
    assert wall.holders(spec, company.stage.units["two"].path) == []
    # What was written is erased in time, and the names with it.
    upkeep.erase_due(AT + 9000 * DAY, words="已到期清除")
    (row,) = wall.wall()
    assert (row.named, row.count) == ([], 3)
    assert list(audit.everything()) == []


@needs_rows
def test_an_award_is_given_once_named_with_consent_and_taken_back_once(company):
    found, (a,) = company.on_notice("m1")
    company.act(found, "put_on_notice")
    # Nominated in another round of the year before the first is honoured: eligible until then.
    second = company.called()
    (again,) = company.named(second, "m1", by="m1")
    company.act(again, "accept")
    late = AT + 9 * DAY
    company.act(a, "confer", at=late)
    with pytest.raises(RefusedError) as twice:
        company.act(second, "put_to_vote", at=late)
    assert twice.value.key == "round.missed"
    company.act(again, "refuse", at=late)
    # On the wall without a name until they agree; on their own page with who nominated them and why.
    assert [(row.count, [one.name for one in row.named]) for row in wall.wall()] == [(1, [])]
    assert "成员1" not in Client().get("/wall").content.decode()
    with pytest.raises(RefusedError) as theirs:
        company.act(a, "agree", "scribe", at=late)
    assert theirs.value.key == "guard.award_own_word"
    company.act(a, "agree", "m1", at=late)
    with pytest.raises(RefusedError):
        company.act(a, "withhold", "scribe", at=late)
    assert "成员1" in Client().get("/wall").content.decode()
    me = company.person("m1")
    own = profiles.person(me.pk, company.actor("m1"), late).parts["awards"]
    assert (own["awards"][0]["by"], own["awards"][0]["why"]) == ("庚书记", "大家公认。")
    page = company.client("m1").get("/desk/people/me").content.decode()
    assert "庚书记" in page
    # Asked for by one, decided by another, once.
    company.act(a, "ask_revocation", "head", grounds="造假。", at=late)
    (child,) = matters.open_children(Matter.objects.get(pk=a.pk))
    with pytest.raises(RefusedError):
        company.act(child, "withdraw_award", "head", reason="属实。", at=late)
    company.act(child, "withdraw_award", "head2", reason="属实。", at=late)
    with pytest.raises(RefusedError):
        company.act(a, "ask_revocation", "head", grounds="再来。", at=late)
    assert "成员1" not in Client().get("/wall").content.decode()
    assert Award.objects.get().slot is None
    gone = profiles.person(me.pk, company.actor("m1"), late).parts["awards"]["awards"]
    assert gone[0]["ended"] == late.date()
    assert profiles.person(me.pk, company.actor("j1"), late).parts.get("awards") is not None
    # What was revoked is in nobody's way any more.
    company.act(again, "ask_again", "m1", reason="已撤销。", at=late)
    assert company.act(again, "accept", at=late).state == "accepted"
    assert list(audit.everything()) == []


@needs_rows
def test_the_pages_ask_for_whom_and_why_and_no_more(company):
    found = company.called()
    address = f"/desk/rounds/{found.pk}/nominate"
    client = company.client("m4")
    assert "成员5" in client.get(f"/desk/rounds/{found.pk}/choose/person?q=成员5").content.decode()
    page = client.get(address).content.decode()
    assert "正式党员" in page
    for posted in ({}, {"whom-text": "没有这个人", "why": "好。"}):
        refused = client.post(address, posted)
        assert refused.status_code == 422
        assert "whom-error" in refused.content.decode()
    key = {"whom-text": "成员5", "why": "热心。", "key": "k1"}
    made = client.post(address, key)
    assert made.status_code == 302
    # The same form sent twice is one nomination.
    assert client.post(address, key).headers["location"] == made.headers["location"]
    assert client.post(address, {**key, "key": "k2"}).status_code == 422
    assert company.client("far").get(address).status_code == 200
    company.act(found, "accept_all")
    company.act(found, "put_to_vote")
    assert client.get(address).status_code in (403, 404)
    (row,) = nominating.rounds.nominations(found)
    ballot = f"/desk/rounds/{found.pk}/ballot"
    for asked in ("get", "post"):
        assert getattr(company.client("m4"), asked)(ballot).status_code == 404
    juror = company.actor("j1")
    assert sum(one.count for one in faces.awaited(juror, AT) if one.address == ballot) == 1
    long = {f"vote-{'9' * 5000}": "for"}
    assert 400 <= company.client("j1").post(ballot, long).status_code < 500
    assert company.client("m4").post(ballot, long).status_code == 404
    assert "成员5" in company.client("j1").get(ballot).content.decode()
    assert company.client("j1").post(ballot, {f"vote-{row.pk}": "no_such"}).status_code == 400
    assert company.client("j1").post(ballot, {f"vote-{row.pk}": "for"}).status_code == 302
    assert "评委" in company.client("office").get(f"/desk/matters/{found.pk}").content.decode()
