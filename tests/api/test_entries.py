"""Entries of the mobile unit that could not be taken in, by the interface: handed on, registered, dropped."""

from datetime import timedelta

import pytest
import sealing
from house import House
from test_matrix import World

from bihuan.foundation.access import api as access
from bihuan.foundation.audit.api import Event, vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.afield.api import PhoneEntry
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now

WORDS = ("甘棠", "13900000001", "人民路七号")


@pytest.fixture
def today(house):
    del house
    return House(at=now())


@pytest.fixture
def visit(today):
    return World(today, today.open()).visit()


def typed(today, key="k", **more):
    return {
        "key": key, "taken": (today.at - timedelta(hours=1)).isoformat(), "step": "accept",
        "service": today.service("plate").pk, "remark": WORDS[2],
        "contact": {"name": WORDS[0], "phone": "没有号码"}, **more,
    }  # fmt: skip


def corrected(today, **more):
    return {
        "org": today.org("center").pk, "step": "accept", "service": today.service("plate").pk,
        "contact": {"name": WORDS[0], "phone": WORDS[1]}, "remark": WORDS[2], **more,
    }  # fmt: skip


def ids(caller, of="all"):
    return [one["id"] for one in caller.get(f"/entries?of={of}").json()["items"]]


def handed_on(today, callers, visit, who="desk", **more):
    given = typed(today, **more)
    answer = callers(who).post(f"/visits/{visit}/entries/hand-on", given | {"told": "电话没有看懂"})
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"key": given["key"], "state": "held", "number": ""}
    return PhoneEntry.objects.get(person=today.person(who), key=given["key"])


def test_one_refused_is_corrected_by_its_owner_or_handed_on(today, callers, visit):
    desk, path = callers("desk"), f"/visits/{visit}/entries"
    (refused,) = desk.post(path, {"entries": [typed(today)]}).json()["items"]
    assert refused["outcome"] == "refused"
    fine = typed(today, contact={"name": WORDS[0], "phone": WORDS[1]})
    (taken,) = desk.post(path, {"entries": [fine]}).json()["items"]
    assert taken["outcome"] == "taken"
    # Too late to hand it on: it is told what became of it.
    late = desk.post(f"{path}/hand-on", typed(today)).json()
    assert late == {"key": "k", "state": "taken", "number": taken["number"]}
    held = handed_on(today, callers, visit, key="other")
    again = desk.post(f"{path}/hand-on", typed(today, key="other", remark="改过")).json()
    assert again["state"] == "held"
    held.refresh_from_db()
    assert held.remark == WORDS[2]
    (notice,) = notify.inbox(today.person("leader").pk)
    assert notice.ref == held.stream


def test_who_waits_for_whom(today, callers, visit):
    # They entered it and may do nothing at that desk any more.
    mine = handed_on(today, callers, visit, who="handler")
    desks = handed_on(today, callers, visit)
    assert ids(callers("handler")) == ids(callers("handler"), "own") == [mine.pk]
    assert ids(callers("handler"), "in_charge") == []
    assert ids(callers("desk")) == ids(callers("desk"), "in_charge") == [mine.pk, desks.pk]
    assert ids(callers("desk"), "own") == [desks.pk]
    assert ids(callers("outsider")) == []
    assert callers("desk").get("/entries?of=mine").status_code == 422
    listed = callers("leader").get("/entries")
    assert not any(word in listed.content.decode() for word in (*WORDS, "没有号码", "看懂"))
    (first, _) = listed.json()["items"]
    assert (first["own"], first["in_charge"]) == (False, True)
    assert first["visit"]["place"] == "人民广场"
    assert callers("handler").post(f"/entries/{mine.pk}/open").status_code == 404


def test_opened_corrected_and_registered_by_whoever_is_in_charge(today, callers, visit):
    held = handed_on(today, callers, visit)
    address, colleague = f"/entries/{held.pk}", callers("desk2")
    looked = Event.objects.filter(type="contact.revealed").count()
    opened = colleague.post(f"{address}/open").json()
    assert opened["contact"] == {"name": WORDS[0], "phone": "没有号码", "email": ""}
    assert (opened["remark"], opened["told"]) == (WORDS[2], "电话没有看懂")
    assert Event.objects.filter(type="contact.revealed").count() == looked + 1
    wrong = colleague.post(f"{address}/register", corrected(today, contact={"phone": "没有"}))
    assert wrong.status_code == 422
    assert "phone" in wrong.json()["error"]["fields"]
    elsewhere = corrected(today, org=today.org("neighbour_center").pk)
    assert colleague.post(f"{address}/register", elsewhere).status_code == 403
    assert colleague.post(f"{address}/register", corrected(today, org=2**40)).status_code == 422
    made = colleague.post(f"{address}/register", corrected(today))
    assert made.status_code == 201, made.content
    matter = Matter.objects.get(pk=made.json()["id"])
    assert matter.channel == "mobile"
    assert matter.opened_at == today.at - timedelta(hours=1)
    assert vault.for_delivery(matter.stream).phone == WORDS[1]
    held.refresh_from_db()
    assert (held.state, held.remark, held.told) == ("registered", "", "")
    assert vault.for_delivery(held.stream) is None
    for way in ("open", "register", "drop"):
        body = {"open": {}, "register": corrected(today), "drop": {"reason": "重复"}}[way]
        assert colleague.post(f"{address}/{way}", body).status_code == 404, way
    told = callers("desk").post(f"/visits/{visit}/entries/hand-on", typed(today)).json()
    assert told == {"key": "k", "state": "registered", "number": matter.number}


def test_one_sealed_by_a_phone_is_the_same_here(today, callers):
    held = sealing.handed_on(today)
    opened = callers("leader").post(f"/entries/{held.pk}/open").json()
    assert opened["told"] == "电话: 没有看懂。"
    assert (
        callers("desk2").post(f"/entries/{held.pk}/register", corrected(today)).status_code == 201
    )


def test_dropped_with_a_reason(today, callers, visit):
    held = handed_on(today, callers, visit)
    leader, address = callers("leader"), f"/entries/{held.pk}/drop"
    for reason in ("", " \u200b ", "长" * 201):
        assert leader.post(address, {"reason": reason}).status_code == 422
    assert leader.post(address, {"reason": "重复"}).status_code == 204
    held.refresh_from_db()
    assert (held.state, held.remark) == ("dropped", "")
    (refused,) = callers("desk").post(
        f"/visits/{visit}/entries", {"entries": [typed(today)]}
    ).json()["items"]  # fmt: skip
    assert refused["problem"]["code"] == "matters.entry_dropped"


def test_given_up_before_it_was_handed_on(today, callers, visit):
    path = f"/visits/{visit}/entries/give-up"
    desk, leader = callers("desk"), callers("leader")
    assert desk.post(path, {"key": "a", "reason": ""}).status_code == 422
    assert desk.post(path, {"key": "a", "reason": "填错了"}).json()["state"] == "dropped"
    assert desk.post(path, {"key": "a", "reason": "填错了"}).json()["state"] == "dropped"
    owner = {"owner": today.person("desk").pk, "reason": "人已调离"}
    assert leader.post(path, {"key": "b", **owner}).json()["state"] == "dropped"
    # One's own goes even where its outing is not known any more; nobody else's does.
    lost = path.replace(str(visit), "999999")
    assert desk.post(lost, {"key": "c", "reason": "填错了"}).status_code == 200
    assert leader.post(lost, {"key": "d", **owner}).status_code == 403
    for header in ({}, {"Idempotency_Key": "n"}):
        nobody = leader.post(path, {"key": "e", "owner": 2**40, "reason": "重复"}, **header)
        assert nobody.json()["error"]["fields"].keys() == {"owner"}
    handed_on(today, callers, visit, key="f")
    assert desk.post(path, {"key": "f", "reason": "重复"}).status_code == 409


def test_who_lost_the_right_still_settles_what_they_entered(today, callers, visit):
    desk = callers("desk")
    for one in access.grants_at(today.org("center").pk, today.day):
        if one.person_id == today.person("desk").pk:
            access.end(one.pk, on=today.day, at=today.at, actor="system")
    assert desk.post(f"/visits/{visit}/entries", {"entries": [typed(today)]}).status_code == 403
    held = handed_on(today, callers, visit)
    assert ids(desk, "own") == [held.pk]


def test_hostile_texts_are_kept_as_text_or_refused(today, callers, visit):
    path = f"/visits/{visit}/entries/hand-on"
    desk = callers("desk")
    for n, text in enumerate(("\x00", "a\u202eb", "<script>", "\ufffe", "]]>", "👨‍👩‍👧" * 50)):
        given = typed(today, key=f"h{n}", remark=text, told=text, contact={"name": text[:60]})
        assert desk.post(path, given).status_code == 200, text
    for wrong in ({"key": ""}, {"key": "汉"}, {"key": "a" * 101}, {"step": "dispatch"},
                  {"taken": "soon"}, {"remark": "x" * 20_001}, {"service": -1}, {"more": 1}):  # fmt: skip
        assert desk.post(path, typed(today, **wrong)).status_code == 422, wrong
    for pk in ids(desk):
        assert callers("leader").post(f"/entries/{pk}/open").status_code == 200
