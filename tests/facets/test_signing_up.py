"""Signing up for a gathering with places: whom the roster means, as long as there is room; the last place goes to
one; what was confirmed stands on a certificate that anybody checks, and nothing else does."""

import evenings as place
import planting
import pytest
from at_once import at_once
from django.test import Client
from evenings import AT, FOLDER, HOUR, SUNG

from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.audit import api as audit
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.matters.attached import shown
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.outcomes.papers import api as papers

OUT = {"out_on": "2026-03-05", "out_from": "19:00", "out_to": "21:00"}
END = SUNG + 3 * HOUR


@pytest.fixture
def choir(house):
    del house
    return place.build()


def opened(choir, kind, by="warden", at=AT, **fields):
    opening = Opening(place.PROGRAMME, kind, choir.org("first"), "春游", fields=fields)
    return matters.open_matter(opening, actor=choir.actor(by), at=at).matter


def refused(call, *args, **data):
    with pytest.raises(ProblemError) as error:
        call(*args, **data)
    return error.value


def people(choir, *keys):
    return [choir.person(key) for key in keys]


@pytest.mark.django_db
def test_whom_the_roster_means_come_as_long_as_there_is_room(choir):
    found = opened(choir, "picnic", seats=3, **OUT)

    def room():
        return choir.told(found)["room"]

    assert (room(), choir.told(found)["taken"]) == ({"most": 3, "left": 3}, None)
    (mine,) = joining.joinable(choir.actor("a"), AT)[0]
    assert (mine.waits, mine.given) == (True, ())
    assert refused(choir.act, found, "eat_up", at=END).key == "roll.nobody_joined"
    page = choir.client("a").get("/m/join").content.decode()
    assert "还有3个名额（共3个）。" in page
    assert "19:00–21:00" in page
    # Their own name stands in what they open about themselves; nobody else's may.
    form = choir.client("a").get("/m/say/qqq_evenings/songbook").content.decode()
    assert 'value="安一"' in form
    choir.act(found, "come_along", "a")
    (mine,) = joining.joinable(choir.actor("a"), AT)[0]
    assert [one.text for one in mine.given] == ["roll.signed_up"]
    assert "rather_not" in mine.given[0].actions
    assert refused(choir.act, found, "come_along", "a").key == "guard.roll_joined"
    # Who need not may; somebody of elsewhere does not even see it.
    choir.act(found, "come_along", "ill")
    assert refused(choir.act, found, "bring_them", walkers=people(choir, "z")).fields == {
        "walkers": ("roll.not_meant", {"name": "赵六"})
    }
    with pytest.raises(LookupError):
        choir.act(found, "come_along", "z")
    # Two have no room where one has: neither comes.
    full = refused(choir.act, found, "bring_them", walkers=people(choir, "b", "c"))
    assert (full.key, full.values) == ("roll.full", {"n": 3, "left": 1})
    choir.act(found, "bring_them", walkers=people(choir, "b"))
    assert refused(choir.act, found, "come_along", "c").key == "guard.roll_full"
    assert room()["left"] == 0
    # Who leaves, or is excused, gives the place back; what they asked goes with them.
    choir.act(found, "beg_leave", "a", why_home="脚疼。")
    choir.act(found, "rather_not", "a")
    assert choir.told(found)["counts"]["asked"] == 0
    choir.act(found, "come_along", "c")
    choir.act(found, "beg_leave", "b", why_home="有雨。")
    choir.act(found, "let_go", walkers=people(choir, "b"))
    assert room()["left"] == 1
    assert refused(choir.act, found, "rather_not", "b").key == "roll.leaves_excused"
    assert refused(choir.act, found, "rather_not", "young").key == "roll.you_are_not_on_it"
    choir.act(found, "tick_eaters", at=SUNG, walkers=people(choir, "c"))
    assert (
        refused(choir.act, found, "cross_out", walkers=people(choir, "c")).key == "roll.leaves_done"
    )
    choir.act(found, "eat_up", at=END)
    closed = refused(choir.act, found, "cross_out", at=END, walkers=people(choir, "ill"))
    assert closed.key == "gathering.roll_closed"
    counts = choir.told(found, at=END)["counts"]
    assert [counts[one] for one in ("should", "came", "excused", "absent")] == [3, 1, 1, 1]
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_when_it_is_over_nobody_signs_up_and_whoever_was_there_is_added_with_a_reason(choir):
    found = opened(choir, "picnic", seats=3, **OUT)
    choir.act(found, "come_along", "a")
    late = refused(choir.act, found, "come_along", "b", SUNG + 2 * HOUR)
    assert late.key == "gathering.joins_late"
    # Whoever was entered afterwards came if that is said of them, not as one of all the rest.
    choir.act(found, "bring_them", at=END, walkers=people(choir, "b"))
    choir.act(found, "rest_eats", at=END)
    choir.act(found, "eat_up", at=END)

    def came():
        return {
            n["name"]
            for one in choir.told(found, at=END)["lists"]
            if one["state"] == "came"
            for n in one["who"]
        }

    assert came() == {"安一"}
    wrong = {"walker_wrong": choir.person("c"), "why_wrong": "漏登。"}
    absent = refused(choir.act, found, "put_right", at=END, really="absent", **wrong)
    assert absent.fields["walker_wrong"][0] == "roll.not_on_it"
    choir.act(found, "put_right", at=END, really="came", **wrong)
    assert came() == {"安一", "曹三"}
    (mend,) = choir.told(found, at=END)["mends"]
    assert (mend["before"], mend["after"], mend["why"]) == ("missing", "came", "漏登。")
    stranger = {**wrong, "walker_wrong": choir.person("z")}
    assert refused(
        choir.act, found, "put_right", at=END, really="came", **stranger
    ).fields.keys() == {"walker_wrong"}
    none = opened(choir, "picnic", seats=0, **OUT)
    assert refused(choir.act, none, "come_along", "a").key == "guard.roll_full"
    assert list(audit.everything()) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_place_one_gets_it(house):
    del house
    choir = place.build()
    found = opened(choir, "picnic", seats=2, **OUT)
    jobs = [
        lambda who=who: choir.act(found, "come_along", who) for who in ("a", "b", "c", "young", "a")
    ]
    results = at_once(jobs)
    assert sum(isinstance(one, Matter) for one in results) == 2, results
    assert all(isinstance(one, RefusedError | Matter) for one in results), results
    assert Enrolled.objects.filter(stream=found.stream).count() == 2
    assert list(audit.everything()) == []


def certified(choir):
    """A's certificate: two hours at a rehearsal, and at the same time one and a half at a picnic: two hours."""
    sung = choir.called()
    choir.act(sung, "tick_off", at=SUNG, singers_here=people(choir, "a", "b"))
    choir.act(sung, "close_up", at=END)
    found = opened(choir, "picnic", **OUT)
    choir.act(found, "come_along", "a")
    choir.act(found, "tick_eaters", at=SUNG, walkers=people(choir, "a"), went_at="20:30")
    choir.act(found, "eat_up", at=END)
    return sung, opened(choir, "songbook", "a", END, whose=choir.person("a"))


@pytest.mark.django_db
def test_a_certificate_says_what_was_confirmed_and_its_check_says_no_more(choir):
    whose = {"whose": choir.person("b")}
    foreign = refused(opened, choir, "songbook", "a", **whose)
    assert isinstance(foreign, InputError)
    assert foreign.fields == {"whose": ("subject.oneself", {})}
    empty = opened(choir, "songbook", **whose)
    assert refused(choir.act, empty, "bind").key == "guard.attested_something"
    sung, book = certified(choir)
    with pytest.raises(LookupError):
        matters.matter(choir.actor("b"), book.pk)
    told = shown(choir.now(book), choir.actor("a"), END)["attested"]
    assert [told[one] for one in ("times", "minutes", "hours", "rest", "more")] == [
        2,
        120,
        2,
        0,
        0,
    ]
    other = {"whose": choir.person("a"), "until_when": "2026-03-04"}
    before = opened(choir, "songbook", at=END, **other)
    assert shown(before, choir.actor("warden"), END)["attested"]["times"] == 0
    choir.act(book, "bind", at=END)
    row = papers.issue(book.pk, "songbook", actor=choir.actor("a"), at=END)
    sheet = papers.sheet_of(row)
    # The record is put right afterwards, and more is confirmed: what was certified says what it said.
    wrong = {"singer_wrong": choir.person("a"), "really": "absent", "why_wrong": "记错。"}
    choir.act(sung, "put_right", at=END, **wrong)
    walk = opened(choir, "picnic", at=END, out_on="2026-03-05", out_from="05:00", out_to="06:00")
    choir.act(walk, "bring_them", at=END, walkers=people(choir, "a"))
    choir.act(walk, "tick_eaters", at=END, walkers=people(choir, "a"))
    choir.act(walk, "eat_up", at=END)
    assert shown(choir.now(book), choir.actor("a"), END)["attested"]["minutes"] == 120
    again = papers.issue(book.pk, "songbook", actor=choir.actor("a"), at=END)
    assert papers.sheet_of(again).blocks == sheet.blocks
    row, sheet = again, papers.sheet_of(again)
    page = Client().post("/paper", {"code": sheet.code}).content.decode()
    for said in (
        "唱歌证明",
        "安一: 2, 2小时 (2.0), 2026-03-05 to 2026-03-05.",
        "20:30",
        row.number,
    ):
        assert said in page
    # Nothing of the matter behind it, nor of anybody else.
    for unsaid in (book.number, sung.number, "白二", "记错", "warden", f"/desk/matters/{book.pk}"):
        assert unsaid not in page
    papers.withdraw(row.pk, "记录有误", actor=choir.actor("warden"), at=END + HOUR)
    page = Client().post("/paper", {"code": sheet.code}).content.decode()
    assert "2026-03-05" in page
    assert "120" not in page
    assert "安一" not in page
    assert "记录有误" not in page
    assert list(audit.everything()) == []


M = "matters.toml"
JOIN = 'with = { places = "seats" }'
ATTESTED = 'attested = { of = ["rehearsal", "picnic"], since'
OWN = "doors = { desk = true, member = true }\nseen_by"
PLANTED = {
    "places that are no number": (JOIN, JOIN.replace("seats", "out_on"), "picnic.actions.come_along.effects", "no field that counts places", "seats"),
    "signed up by nobody": ('[picnic.actions.come_along]\nfrom = ["baskets_out"]\nby = ["member"]', '[picnic.actions.come_along]\nfrom = ["baskets_out"]\nby = ["member", "system"]', "picnic.actions.come_along.by", "system is no person", "input"),
    "attested of what is no gathering": (ATTESTED, ATTESTED.replace("picnic", "songbook"), "songbook.attested.of.1", "no kind with gatherings", "picnic"),
    "attested from a day that is none": ('since = "since_when"', 'since = "whose"', "songbook.attested.since", "no open field 'whose' of type date", "date"),
    "attested of nobody": ('subject = { is = "person", field = "whose", oneself = true }\n', "", "songbook.attested", "about nobody", "subject"),
    "attested and never kept": ('effects = [{ do = "attested.keep" }]\n', "", "songbook.attested", "changes after somebody certified", "attested.keep"),
    "attested for everybody": ('seen_by = ["qqq_warden", "subject", "opener"]\n', "", "songbook.seen_by", "every role would read", "subject"),
    "oneself where nobody opens it so": (OWN, 'doors = { desk = true }\nseen_by', "songbook.subject.oneself", "no people who open it without a role", "member"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    planting.is_named(FOLDER, M, PLANTED[name], tmp_path)
