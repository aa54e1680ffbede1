"""The mobile unit's phone at the server's door: each entry for itself, once, sealed for its owner alone."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
import sealing
from django.db import connection
from house import SINCE, House
from sealing import DEVICE

from bihuan.foundation.access import api as access
from bihuan.foundation.audit.api import Contact, Event, stream, vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.afield.api import PhoneEntry
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.services import api as services
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
BASE = "/desk/mobile/"
WORDS = ("甘棠", "13900000001", "人民路七号")


@pytest.fixture
def today(house):
    return House(at=now())


def outing(today, org="center"):
    if org != "center":
        there = services.Offer("LS-1", "老年优待证", 20, 5, "条例 §1", ("身份证",))
        services.offer(today.org(org), there, start=SINCE, at=today.at, actor=today.actor("system"))
    chosen = [one.pk for one in services.at_window(today.org(org).path, today.day)]
    given = halls.Outing(
        "人民广场", (today.at - timedelta(days=3)).date(), time(9), time(12),
        chosen,
    )  # fmt: skip
    return halls.plan(today.org(org), given, at=today.at, actor="system")


@pytest.fixture
def visit(today):
    return outing(today)


def entry(today, visit, key, **more):
    return {
        "key": key, "visit": getattr(visit, "pk", visit), "step": "accept",
        "taken": (today.at - timedelta(days=3)).isoformat(), "service": today.service("plate").pk,
        "name": WORDS[0], "phone": WORDS[1], "remark": WORDS[2], **more,
    }  # fmt: skip


def post(today, path, entries, who="desk"):
    body = json.dumps({"entries": entries})
    return today.client(who).post(BASE + path, body, content_type="application/json")


def fates(today, path, entries, who="desk"):
    answer = post(today, path, entries, who)
    assert answer.status_code == 200, answer.content
    return answer.json()["entries"]


def outcomes(today, path, entries, who="desk"):
    return [one["outcome"] for one in fates(today, path, entries, who)]


def told(today, who="desk", device=DEVICE):
    return today.client(who).get(f"{BASE}outings?device={device}").json()


def sealed(today, one, who="desk"):
    """An entry as the phone of its owner seals it."""
    words = {name: value for name, value in one.items() if name not in ("key", "visit")}
    return sealing.sealed(today.person(who).pk, one["key"], one["visit"], words)


def mobile():
    return Matter.objects.filter(channel="mobile")


def test_one_that_is_refused_is_in_nobodys_way(today, visit):
    elsewhere = outing(today, "neighbour_center")
    entries = [
        entry(today, visit, "a"),
        entry(today, elsewhere, "other-hall"),
        entry(today, 999_999, "no-outing"),
        entry(today, visit, "field", phone="没有号码"),
        entry(today, visit, "kind", step="retired"),
        entry(today, visit, "z", name="林间"),
    ]
    found = fates(today, "sync", entries)
    assert [one["outcome"] for one in found] == ["taken", *["refused"] * 4, "taken"]
    assert [one["key"] for one in found] == [one["key"] for one in entries]
    reasons = [one["problem"] for one in found if one["outcome"] == "refused"]
    assert len(set(reasons)) == 4
    assert all(reasons)
    assert mobile().count() == 2
    english = today.client("desk").post(
        BASE + "sync",
        json.dumps({"entries": [entries[1]]}),
        content_type="application/json",
        headers={"accept-language": "en"},
    )
    assert "You do not have permission to register" in english.json()["entries"][0]["problem"]


def test_what_was_taken_in_stays_so_whatever_changes_until_it_is_sent_again(today, visit):
    (first,) = fates(today, "sync", [entry(today, visit, "a")])
    grant = access.grants_at(today.org("center").pk, today.day)
    for one in grant:
        if one.person_id == today.person("desk").pk:
            access.end(one.pk, on=today.day, at=today.at, actor="system")
    assert fates(today, "sync", [entry(today, visit, "a")]) == [first]
    # The right is lost: what is new is refused, with its reason.
    (new,) = fates(today, "sync", [entry(today, visit, "b")])
    assert (new["outcome"], new["number"]) == ("refused", "")
    assert mobile().count() == 1


def test_a_key_stands_for_one_entry_of_one_person(today, visit):
    (first,) = fates(today, "sync", [entry(today, visit, "a")])
    (other,) = fates(today, "sync", [entry(today, visit, "a", name="林间")])
    assert (other["outcome"], other["number"]) == ("refused", "")
    (colleague,) = fates(today, "sync", [entry(today, visit, "a", name="林间")], who="desk2")
    assert colleague["outcome"] == "taken"
    assert colleague["number"] != first["number"]
    # Twice in one answer is once.
    twice = fates(today, "sync", [entry(today, visit, "b"), entry(today, visit, "b")])
    assert twice[0] == twice[1]
    assert mobile().count() == 3


def test_nothing_is_taken_in_for_who_logged_in_meanwhile(today, visit):
    mine = entry(today, visit, "k", owner=today.person("desk").pk)
    assert outcomes(today, "sync", [mine], "desk2") == ["later"]
    assert (mobile().count(), PhoneEntry.objects.count()) == (0, 0)
    assert outcomes(today, "sync", [mine]) == ["taken"]


def test_one_corrected_after_its_refusal_comes_in_under_its_key(today, visit):
    assert outcomes(today, "sync", [entry(today, visit, "a", phone="没有")]) == ["refused"]
    assert not PhoneEntry.objects.exists()
    assert outcomes(today, "sync", [entry(today, visit, "a")]) == ["taken"]
    assert mobile().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writes one after the other")
def test_two_tabs_at_once_take_it_in_once(today, visit):
    one = entry(today, visit, "a")

    def send(_):
        try:
            return fates(today, "sync", [one])[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(send, range(4)))
    numbers = {one["number"] for one in found if one["outcome"] == "taken"}
    assert len(numbers) == 1
    assert all(one["outcome"] in ("taken", "later") for one in found)
    assert mobile().count() == 1


HOSTILE = [
    {},
    {"key": 7},
    {"key": "a" * 101},
    {"key": "a\x00b"},
    {"key": "\ud800"},
    {"key": "汉字"},
    {"visit": "1"},
    {"visit": -1},
    {"visit": 2**70},
    {"visit": True},
    {"service": "plate"},
    {"service": 2**70},
    {"taken": 5},
    {"name": ["x"]},
    {"name": "名" * 61},
    {"remark": "x" * 20_001},
    {"step": {"a": 1}},
    {"step": "dispatch"},
]


def test_hostile_input_is_that_entrys_affair_and_writes_nothing(today, visit):
    broken = [entry(today, visit, "a") | bad if bad else {} for bad in HOSTILE] + [7, None, []]
    before = Event.objects.count()
    for path in ("sync", "hand-on", "give-up"):
        found = fates(today, path, broken)
        wrong = [
            (path, bad, fate)
            for bad, fate in zip(broken, found, strict=True)
            if fate["outcome"] != "refused" or not fate["problem"]
        ]
        assert not wrong
    assert Event.objects.count() == before
    assert outcomes(today, "sync", [*broken, entry(today, visit, "good")])[-1] == "taken"


def test_no_time_of_a_phone_breaks_anything(today, visit):
    times = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "")
    entries = [entry(today, visit, f"k{n}", taken=one) for n, one in enumerate(times)]
    assert outcomes(today, "sync", entries) == ["taken"] * 4


def test_too_many_at_once_are_refused_as_a_whole(today, visit):
    entries = [entry(today, visit, f"k{n}") for n in range(51)]
    assert post(today, "sync", entries).status_code == 400
    assert not mobile().exists()


def test_the_key_is_of_the_person_and_the_phone_and_told_to_nobody_else(today, visit):
    mine = told(today)["me"]
    assert mine["person"] == today.person("desk").pk
    assert told(today)["me"]["keys"] == mine["keys"]
    assert told(today, who="desk2")["me"]["keys"] != mine["keys"]
    assert told(today, device="f" * 32)["me"]["keys"] != mine["keys"]
    assert 0 < mine["left"] <= 12 * 3600
    for device in ("", "0" * 31, "0" * 33, "G" * 32, "../" * 11):
        assert "me" not in told(today, device=device)
    nobody = today.client().get(f"{BASE}outings?device={DEVICE}")
    assert nobody.status_code == 302
    answer = today.client("desk").get(f"{BASE}outings?device={DEVICE}")
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_may_no_longer_enter_still_settles_what_they_entered(today, visit):
    """The page and the key are anybody's who is logged in; the right is asked of each entry."""
    assert today.client("stranger").get(BASE).status_code == 200
    found = told(today, who="stranger")
    assert found["visits"] == []
    one = entry(today, visit, "a")
    assert outcomes(today, "sync", [one], "stranger") == ["refused"]
    assert outcomes(today, "hand-on", [sealed(today, one, "stranger")], "stranger") == ["held"]


def test_handed_on_sealed_registered_by_whoever_is_in_charge(today, visit):
    one = entry(today, visit, "a", phone="没有号码", problem="电话不对")
    row = sealed(today, one)
    # A colleague at the phone hands it on without reading it; a lost answer is no second one.
    assert outcomes(today, "hand-on", [row], "stranger") == ["held"]
    assert outcomes(today, "hand-on", [row], "desk2") == ["held"]
    (held,) = PhoneEntry.objects.all()
    assert held.person == today.person("desk")
    for event in Event.objects.filter(stream=held.stream):
        assert not any(word in event.data for word in (*WORDS, "没有号码"))
    assert not any(word in str(list(Contact.objects.values())) for word in WORDS)
    assert outcomes(today, "sync", [entry(today, visit, "a")]) == ["refused"]
    address = f"/desk/entries/{held.pk}"
    for who in ("handler", "stranger", "outsider", "publisher", "admin", "supervisor"):
        assert today.client(who).get(address).status_code == 404, who
        assert today.client(who).post(address, {"do": "open"}).status_code == 404, who
        assert "人民广场" not in today.client(who).get("/desk/entries").content.decode(), who
    for who in ("leader", "desk", "desk2"):
        page = today.client(who).get(address).content.decode()
        assert not any(word in page for word in WORDS), who
        assert "人民广场" in today.client(who).get("/desk/entries").content.decode(), who
    for who in ("leader", "desk2"):
        (notice,) = notify.inbox(today.person(who).pk)
        assert notice.ref == held.stream
        assert address in today.client(who).get("/desk/inbox").content.decode()
    looked = Event.objects.filter(type="contact.revealed").count()
    page = today.client("leader").post(address, {"do": "open"}).content.decode()
    assert all(word in page for word in ("甘棠", "没有号码", "人民路七号"))
    assert Event.objects.filter(type="contact.revealed").count() == looked + 1
    # Who leads there has no window: registering is the desk's.
    given = {
        "do": "register", "hall": visit.org_id, "service": today.service("plate").pk, "name": "甘棠",
        "phone": "没有", "remark": "人民路七号", "step": "accept",
    }  # fmt: skip
    assert today.client("leader").post(address, given).status_code == 422
    refused = today.client("desk2").post(address, given)
    assert refused.status_code == 422
    assert "人民路七号" in refused.content.decode()
    assert today.client("desk2").post(address, {**given, "phone": WORDS[1]}).status_code == 302
    (matter,) = mobile()
    assert vault.for_delivery(matter.stream).phone == WORDS[1]
    assert matter.opened_at == today.at - timedelta(days=3)
    held.refresh_from_db()
    assert (held.state, held.matter, held.remark, held.told) == ("registered", matter, "", "")
    assert vault.for_delivery(held.stream) is None
    assert today.client("desk2").get(address).status_code == 404
    assert list(stream(held.stream)) == []
    # The phone, should it ask again, is told the number and can let go.
    (again,) = fates(today, "hand-on", [row])
    assert (again["outcome"], again["number"]) == ("taken", matter.number)
    assert fates(today, "sync", [entry(today, visit, "a")])[0]["number"] == matter.number


def test_dropped_with_a_reason_by_whoever_is_in_charge(today, visit):
    fates(today, "hand-on", [sealed(today, entry(today, visit, "a"))])
    (held,) = PhoneEntry.objects.all()
    address = f"/desk/entries/{held.pk}"
    for reason in ("", " \u200b ", "长" * 201):
        answer = today.client("leader").post(address, {"do": "drop", "reason": reason})
        assert answer.status_code == 422
    assert today.client("leader").post(address, {"do": "drop", "reason": "重复"}).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.remark) == ("dropped", "")
    assert not any(
        "甘棠" in (event.private or "") + event.data or "人民路" in (event.private or "")
        for event in Event.objects.filter(stream=held.stream)
    )
    assert list(stream(held.stream)) == []
    assert outcomes(today, "sync", [entry(today, visit, "a")]) == ["refused"]


def test_what_does_not_open_is_not_taken(today, visit):
    changes = (
        {"key": "b"},
        {"device": "f" * 32},
        {"device": "x"},
        {"key_id": "00000000"},
        {"nonce": ""},
        {"nonce": "!!"},
        {"sealed": "AAAA"},
        {"sealed": "A" * 200_004},
        {"owner": 0},
    )
    row = sealed(today, entry(today, visit, "a"))
    before = Event.objects.count()
    assert outcomes(today, "hand-on", [row | one for one in changes]) == ["refused"] * 9
    assert Event.objects.count() == before


def test_nobody_hands_on_in_anothers_name_or_for_another_outing(today, visit):
    row = sealed(today, entry(today, visit, "a"), who="desk2")
    forged = {**row, "owner": today.person("desk").pk}
    moved = {**row, "visit": outing(today, "neighbour_center").pk}
    assert outcomes(today, "hand-on", [forged, moved], "desk2") == ["refused", "refused"]


def test_given_up_by_its_owner_or_whoever_is_in_charge(today, visit):
    owner = today.person("desk").pk
    gone = {"owner": owner, "visit": visit.pk, "reason": "填错了"}
    assert outcomes(today, "give-up", [{**gone, "key": "a", "reason": ""}]) == ["refused"]
    for who in ("handler", "stranger", "outsider", "admin"):
        assert outcomes(today, "give-up", [{**gone, "key": "a"}], who) == ["refused"], who
    assert not PhoneEntry.objects.exists()
    assert outcomes(today, "give-up", [{**gone, "key": "a"}]) == ["dropped"]
    assert outcomes(today, "give-up", [{**gone, "key": "a"}]) == ["dropped"]
    assert outcomes(today, "give-up", [{**gone, "key": "b"}], "leader") == ["dropped"]
    # One's own goes even where its outing is not known any more; nobody else's does.
    lost = {**gone, "visit": 999_999}
    assert outcomes(today, "give-up", [{**lost, "key": "c"}]) == ["dropped"]
    assert outcomes(today, "give-up", [{**lost, "key": "d"}], "leader") == ["refused"]
    (event, *_) = Event.objects.filter(type="phone_entry.dropped").order_by("pk")
    assert "填错了" not in event.data
    # What came in, or is with somebody, is not given up behind their back.
    fates(today, "sync", [entry(today, visit, "e")])
    fates(today, "hand-on", [sealed(today, entry(today, visit, "f"))])
    assert outcomes(today, "give-up", [{**gone, "key": "e"}, {**gone, "key": "f"}]) == [
        "refused",
        "refused",
    ]
    assert outcomes(today, "sync", [entry(today, visit, "a")]) == ["refused"]


def test_nobody_logged_in_does_none_of_it(today, visit):
    for path in ("sync", "hand-on", "give-up"):
        answer = today.client().post(BASE + path, "{}", content_type="application/json")
        assert answer.status_code == 302
    cautious = today.client("desk", enforce_csrf_checks=True)
    body = json.dumps({"entries": [entry(today, visit, "a")]})
    answer = cautious.post(BASE + "sync", body, content_type="application/json")
    assert answer.status_code == 403
    assert not mobile().exists()


def test_a_page_from_before_names_the_outing_once_for_all(today, visit):
    one = entry(today, visit, "a")
    del one["visit"]
    body = json.dumps({"visit": visit.pk, "entries": [one]})
    answer = today.client("desk").post(BASE + "sync", body, content_type="application/json")
    assert answer.json()["entries"][0]["number"]


def test_the_page_that_stays_on_the_phone_names_nobody(today, visit):
    client = today.client("desk")
    client.post("/desk/me", {"email": ""})
    page = client.get(BASE).content.decode()
    assert today.person("desk").name not in page
    # Nor does it tell what was done elsewhere.
    assert "notice-box good" not in page
    worker = today.client().get("/desk/mobile/worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
