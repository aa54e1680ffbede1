"""Whom a roster meant when a roll was taken: frozen, whoever comes and goes; each with what became of
them; named only to who may read it; a denominator for votes and figures."""

import io

import lodges as place
import openpyxl
import pytest
from at_once import at_once
from django.test import Client
from lodges import AT, DAY, ON

from bihuan.facets.roll import verbs
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.insight import api as insight
from bihuan.kernel.impartiality import recusal
from bihuan.kernel.matters.attached import shown
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.rules import periods

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild(house):
    del house
    return place.build()


def drive(guild, taken=True):
    found = guild.open("drive", "east", "east_keeper")
    return guild.act(found, "call_roll", "east_keeper") if taken else found


def roll(guild, found, who="east_keeper"):
    return shown(guild.now(found), guild.actor(who), AT)["roll"]


def counts(guild, found):
    told = roll(guild, found)
    names = ("should", "done", "missing", "excused", "exempt")
    return tuple(told[name] for name in names)


def named(guild, found, state="should", who="east_keeper"):
    """Who is in a state, by name, with whether they have left."""
    lists = {one["state"]: one for one in roll(guild, found, who)["lists"]}
    groups = lists.get(state, {"groups": []})["groups"]
    return {one["name"]: one for group in groups for one in group["who"]}


def refused(call, *args, **data):
    with pytest.raises(ProblemError) as error:
        call(*args, **data)
    return error.value


def test_it_stays_as_it_was_taken(guild):
    guild.exempt("both")
    found = drive(guild)
    assert counts(guild, found) == (2, 0, 2, 0, 1)
    # One leaves, one is moved, one is exempt from today on, one comes: the roll stays.
    guild.leave("a")
    guild.exempt("b")
    guild.add("new", "新六", "east")
    assert counts(guild, found) == (2, 0, 2, 0, 1)
    assert {n: one["left"] for n, one in named(guild, found).items()} == {
        "安一": True,
        "白二": False,
    }
    again = refused(guild.act, found, "call_roll", "east_keeper")
    assert again.key == "roll.taken_already"
    guild.act(found, "add_new", "east_keeper")
    assert set(named(guild, found)) == {"安一", "白二", "新六"}
    guild.act(found, "mark", "east_keeper", those=[guild.person("a"), guild.person("new")])
    assert counts(guild, found) == (3, 2, 1, 0, 1)
    assert audit.stream(found.stream) == []
    assert list(audit.everything()) == []


def test_what_became_of_each_is_said_once_and_corrected_in_sight(guild):
    found = drive(guild)
    assert refused(guild.act, drive(guild, taken=False), "pledge", "a").key == "guard.roll_member"
    guild.act(found, "pledge", "a")
    assert refused(guild.act, found, "pledge", "a").key == "guard.roll_member_state"
    error = refused(guild.act, found, "mark", "east_keeper", those=[guild.person("c")])
    assert error.fields == {"those": ("roll.not_on_it", {"name": "曹三"})}
    why = {"why_not": "住院。"}
    late = refused(guild.act, found, "excuse", "east_keeper", whom=guild.person("a"), **why)
    assert (late.key, late.values) == ("roll.is_done", {"name": "安一"})
    guild.act(found, "excuse", "east_keeper", whom=guild.person("b"), **why)
    assert counts(guild, found) == (3, 1, 1, 1, 0)
    left = refused(guild.act, found, "finish", "east_keeper")
    assert (left.key, left.values) == ("guard.roll_all", {"n": 1, "names": "董四"})
    guild.act(found, "correct", "east_keeper", whom=guild.person("a"))
    assert counts(guild, found) == (3, 0, 2, 1, 0)
    # The last one who does it ends it.
    guild.act(found, "pledge", "a")
    assert guild.act(found, "pledge", "both").state == "over"
    # What was written of somebody goes with the rest; that they were excused stays.
    upkeep.erase_due(AT + 9000 * DAY, words="已清除")
    assert Enrolled.objects.exclude(reason="").count() == 0
    assert counts(guild, found) == (3, 2, 0, 1, 0)
    assert list(audit.everything()) == []


def test_names_and_reasons_are_read_by_whose_business_they_are(guild):
    guild.exempt("both")
    found = drive(guild)
    guild.act(found, "excuse", "east_keeper", whom=guild.person("b"), why_not="住院。")
    assert set(named(guild, found)) == {"安一"}
    # A member is shown how many, and of names their own.
    assert named(guild, found, who="a").keys() == {"安一"}
    mine = roll(guild, found, "b")
    assert [one["state"] for one in mine["mine"]] == ["excused"]
    assert (mine["missing"], named(guild, found, who="b")) == (1, {})
    assert named(guild, found, "excused", "b")["白二"]["reason"]["en"] == "住院。"
    assert named(guild, found, "exempt", "b") == {}
    assert named(guild, found, "exempt")["董四"]["reason"]["zh-Hans"] == "长期患病"
    # The chief sees the matter and how many; the list of members is kept by others.
    assert named(guild, found, who="chief") == {}
    told = refused(guild.act, guild.open("drive", "east", "chief"), "finish", "east_keeper")
    assert told.key == "guard.roll_not_taken"
    # Who was named and why stands in no time line.
    for who, reads in (("a", False), ("chief", False), ("east_keeper", True)):
        page = guild.client(who).get(f"/desk/matters/{found.pk}").content.decode()
        assert ("住院。" in page) == ("白二" in page) == reads
    assert "住院" not in "".join(e.data for e in audit.history(found.stream))
    for who, names in (("east_keeper", True), ("chief", False)):
        client = guild.client(who)
        whole = client.get(f"/desk/matters/{found.pk}/roll").content.decode()
        assert ("安一" in whole) == names
        assert "长期患病" not in whole or names
        sheet = client.get(f"/desk/matters/{found.pk}/roll.xlsx?state=should")
        book = openpyxl.load_workbook(io.BytesIO(sheet.content))
        assert (book.active.max_row > 1) == names
        assert client.get(f"/desk/matters/{found.pk}").status_code == 200
    assert guild.client("west_keeper").get(f"/desk/matters/{found.pk}/roll").status_code == 404
    assert guild.client("c").get(f"/desk/matters/{found.pk}/roll.xlsx").status_code == 404


def test_one_press_marks_those_ticked_and_the_interface_tells_the_same(guild):
    found = drive(guild)
    client = guild.client("east_keeper")
    page = client.get(f"/desk/matters/{found.pk}").content.decode()
    assert f'name="those" value="{guild.person("a")}"' in page
    ticked = {"those": [guild.person("a"), guild.person("b")], "key": "k-roll"}
    made = client.post(f"/desk/matters/{found.pk}/act/mark", ticked)
    assert made.status_code == 302, made.content.decode()
    secret = access.issue_token(
        guild.person("east_keeper"), "t", ["matters:read", "matters:write"],
        expires=ON + 900 * DAY, at=AT, actor="cli",
    )  # fmt: skip
    api = Client(headers={"authorization": f"Bearer {secret}"})
    told = api.get(f"/api/v1/matters/{found.pk}").json()["attached"]["roll"]
    assert (told["should"], told["done"], told["missing"]) == (3, 2, 1)
    assert told["mark"]["action"] == "mark"


def test_whoever_is_kept_away_since_does_not_count(guild):
    found = drive(guild)
    recusal.recuse(found.pk, guild.person("a"), actor=guild.actor("a"), at=AT, reason="亲属。")
    told = roll(guild, found)
    assert (told["should"], told["aside"]) == (2, 1)
    guild.act(found, "pledge", "b")
    assert guild.act(found, "pledge", "both").state == "over"


def test_a_vote_is_a_share_of_the_roll(guild):
    found = drive(guild)
    for who in ("a", "b"):
        guild.act(found, "pledge", who)
    guild.act(found, "vote", "a", stance_said="for_it")
    # Not on the roll, so of no weight.
    guild.act(found, "vote", "east_keeper", stance_said="for_it")
    error = refused(guild.act, found, "decide", "east_keeper")
    assert error.key == "guard.stances_share_of_roll"
    assert error.values == {"there": 1, "among": 3, "needed": 50}
    # Excused, and came to vote all the same.
    guild.act(found, "excuse", "east_keeper", whom=guild.person("both"), why_not="出差。")
    assert refused(guild.act, found, "decide", "east_keeper").values["among"] == 2
    guild.act(found, "vote", "both", stance_said="for_it")
    assert guild.act(found, "decide", "east_keeper").state == "decided"


@pytest.mark.django_db(transaction=True)
def test_it_is_taken_once_by_however_many_at_once(guild):
    found = drive(guild, taken=False)
    results = at_once([lambda: guild.act(found, "call_roll", "east_keeper")] * 4)
    assert sum(not isinstance(one, Exception) for one in results) == 1, results
    assert Enrolled.objects.filter(matter_id=found.pk).count() == 3
    # And many say at once that they have.
    results = at_once([lambda who=who: guild.act(found, "pledge", who) for who in ("a", "b")])
    assert not any(isinstance(one, Exception) for one in results), results
    assert counts(guild, found) == (3, 2, 1, 0, 0)
    assert list(audit.everything()) == []


def test_a_roll_of_nobody_or_of_too_many_is_refused(guild, monkeypatch):
    empty = guild.open("drive", "south", "south_keeper")
    assert refused(guild.act, empty, "call_roll", "south_keeper").key == "roll.of_nobody"
    monkeypatch.setattr(verbs, "MOST", 2)
    error = refused(guild.act, drive(guild, taken=False), "call_roll", "east_keeper")
    assert (error.key, error.values) == ("roll.too_many", {"n": 3, "most": 2})


def test_organisations_on_a_roll(guild):
    found = guild.open("survey", "root", "chief")
    assert counts(guild, found) == (3, 0, 3, 0, 0)
    assert set(named(guild, found, who="chief")) == {"东社", "西社", "南社"}
    with pytest.raises(InputError):
        guild.act(found, "mark_one", "chief", lodge=guild.org("root").pk)
    guild.act(found, "mark_one", "chief", lodge=guild.org("east").pk)
    upkeep.merge_orgs(
        guild.org("south").pk, guild.org("west").pk, at=AT, actor=guild.actor("system")
    )
    assert named(guild, found, who="chief")["南社"]["left"]
    error = refused(guild.act, found, "shut_it", "chief")
    assert (error.key, error.values["n"]) == ("guard.roll_all_orgs", 2)


@pytest.mark.django_db(transaction=True)
def test_figures_tell_the_share_of_those_who_should(guild):
    guild.exempt("both")
    found = drive(guild)
    other = guild.act(guild.open("drive", "west", "west_keeper"), "call_roll", "west_keeper")
    guild.act(found, "pledge", "a")
    guild.act(found, "excuse", "east_keeper", whom=guild.person("b"), why_not="住院。")
    guild.act(found, "correct", "east_keeper", whom=guild.person("b"))
    guild.act(other, "pledge", "c", at=AT + 40 * DAY)
    insight.export(insight.store())

    def asked(name, period="2026-03", **more):
        return insight.figure(
            insight.definition("ppp_pledges", name), periods.parse(period), **more
        )

    assert asked("on_rolls").total.value == 5
    # Two exempt (one person in two lodges), one done later, one not excused after all.
    share = asked("pledged", by=("org",), depth=2)
    assert (share.total.numerator, share.total.denominator) == (2, 3)
    east, west = guild.org("east").pk, guild.org("west").pk
    rows = {row.key["org"]: (row.numerator, row.denominator) for row in share.rows}
    assert rows == {east: (1, 2), west: (1, 1)}
    assert asked("pledged", "2026-04").total.value is None
    # Told again from the log as it is; and whose part it was stands in no fact.
    guild.act(found, "correct", "east_keeper", whom=guild.person("a"))
    insight.export(insight.store())
    assert asked("pledged").total.numerator == 1
    assert list(insight.findings(insight.store())) == []
    page = guild.client("chief").get(
        f"/desk/figures/ppp_pledges/pledged/matters?period=2026-03&org={west}"
    )
    assert other.number in page.content.decode()


def test_a_refused_effect_writes_nothing(guild):
    found = drive(guild)
    before = guild.now(found).version
    with pytest.raises(RefusedError):
        guild.act(found, "call_roll", "east_keeper")
    assert guild.now(found).version == before
