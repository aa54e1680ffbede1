"""A matter's life over HTTP, from the first call to the published answer."""

import base64
import io
from typing import Any

from django.utils.timezone import localdate
from house import BODY, House
from PIL import Image

from bihuan.foundation.audit.api import vault
from bihuan.rules.periods import Grain, Period


def opening(house: House, **more: Any) -> dict[str, Any]:
    return {
        "programme": "public_voice",
        "kind": "voice",
        "home": house.org("center").pk,
        "body": BODY,
        "fields": {"category": "complaint", "channel": "web"},
        **more,
    }


def test_a_sender_claims_no_channel_of_the_staff_and_rates_nothing_yet(house, desk, nobody):
    """What came by telephone is for whoever took the call to say; a rating is a step of its own."""
    called = {"category": "complaint", "channel": "hotline"}
    refused = nobody.post("/public/matters", opening(house, fields=called))
    assert refused.status_code == 422
    assert set(refused.json()["error"]["fields"]) == {"channel"}
    assert desk.post("/matters", opening(house, fields=called)).status_code == 201
    rated = {"category": "complaint", "channel": "web", "rating": "satisfied"}
    for one, path in ((nobody, "/public/matters"), (desk, "/matters")):
        told = one.post(path, opening(house, fields=rated))
        assert set(told.json()["error"]["fields"]) == {"rating"}
    (voice,) = [
        k for k in nobody.get("/public/kinds").json()["items"] if k["programme"] == "public_voice"
    ]
    assert voice["fields"]["channel"]["choices"] == ["web", "open311"]
    assert "rating" not in voice["fields"]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


def test_from_call_to_published_answer(house, callers, desk, nobody):
    made = desk.post("/matters", opening(house, contact={"name": "王某", "phone": "13800000000"}))
    assert made.status_code == 201, made.content
    number, code = made.json()["number"], made.json()["code"]
    assert desk.post(f"/matters/{number}/actions/accept").status_code == 200
    sent = desk.post(
        f"/matters/{number}/actions/dispatch",
        {"inputs": {"unit": house.org("vehicles").pk, "person": house.person("handler").pk}},
    )
    assert sent.json()["state"] == "dispatched"
    assert sent.json()["assignee"]["name"] == "林望舒"
    handler = callers("handler")
    answered = handler.post(
        f"/matters/{number.lower()}/actions/reply", {"inputs": {"reply": "已修好。"}}
    )
    assert answered.json()["state"] == "answered"
    follow = nobody.post("/public/follow", {"code": code}).json()
    assert follow["state"] == "answered"
    assert {a["id"] for a in follow["actions"]} == {"rate"}
    assert all(e["who"] in ("person", "sender", "system") for e in follow["timeline"])
    rated = nobody.post("/public/actions/rate", {"code": code, "inputs": {"rating": "satisfied"}})
    assert rated.json()["state"] == "closed"
    publisher = callers("publisher")
    assert publisher.post(f"/matters/{number}/actions/publish").status_code == 200
    [draft] = publisher.get("/publications/drafts").json()["items"]
    edited = publisher.put(
        f"/publications/{draft['id']}",
        {"title": "红绿灯", "question": draft["question"], "answer": draft["answer"]},
    ).json()
    stale = publisher.post(f"/publications/{draft['id']}/publish", {"version": draft["version"]})
    assert stale.status_code == 409
    assert stale.json()["error"]["code"] == "publicity.changed_since_read"
    done = publisher.post(f"/publications/{draft['id']}/publish", {"version": edited["version"]})
    assert done.json()["state"] == "published"
    assert nobody.get(f"/public/answers/{draft['id']}").json()["title"] == "红绿灯"
    assert [a["id"] for a in nobody.get("/public/answers").json()["items"]] == [draft["id"]]
    assert nobody.get("/public/answers?q=红绿灯").json()["items"]
    assert nobody.post("/public/likes", {"text": BODY}).json()["items"][0]["score"] > 0.5
    this = Period.of(Grain.WEEK, localdate())
    week = nobody.get(f"/public/roundups/{this.text}").json()
    assert (week["first"], week["last"]) == (f"{this.start}", f"{this.last}")
    (section,) = week["sections"]
    assert (section["kind"], section["count"]) == ("answers", 1)
    assert section["items"] == [{"pk": draft["id"], "title": "红绿灯", "unit": draft["unit_name"]}]
    assert nobody.get("/public/roundups/2026-03").status_code == 404
    gone = publisher.post(f"/publications/{draft['id']}/withdraw", {"reason": "有误"})
    assert gone.json()["state"] == "withdrawn"
    left = nobody.get(f"/public/answers/{draft['id']}").json()
    assert (left["question"], left["withdrawn_why"]) == ("", "有误")


def test_matter_in_full(house, callers, desk):
    opened = house.dispatched(person=True)
    house.act(opened, "sign", "handler")
    found = callers("handler").get(f"/matters/{opened.matter.pk}").json()
    assert found["number"] == opened.matter.number
    assert found["timeline"][0]["type"] == "matter.opened"
    assert found["timeline"][0]["texts"]["body"] == BODY
    assert "reply" in {a["id"] for a in found["actions"]}
    assert next(a for a in found["actions"] if a["id"] == "reply")["inputs"]["reply"]["required"]
    promise = next(c for c in found["clocks"] if c["name"] == "promise")
    told = desk.get(f"/matters/{opened.matter.pk}/clocks/promise").json()
    assert told["due_at"] == promise["due_at"]
    assert [d["counted"] for d in told["days"]][-1] == 5
    assert told["source"]["clause"]


def test_refusal_is_told_before_it_happens(house, callers):
    opened = house.handling()
    house.act(opened, "request_extension", "handler", reason="零件未到")
    offered = callers("handler").get(f"/matters/{opened.matter.pk}").json()["actions"]
    refused = next(a for a in offered if a["id"] == "request_extension")["refusal"]
    assert refused["code"] == "guard.fact_is"
    assert refused["advice"]


def test_list_pages_and_filters(house, callers, desk):
    numbers = [house.open(f"{BODY}{i}").matter.number for i in range(5)]
    first = desk.get("/matters?size=3").json()
    assert [m["number"] for m in first["items"]] == numbers[:1:-1]
    assert desk.get("/matters?limit=3").json() == first
    rest = desk.get(f"/matters?size=3&before={first['before']}").json()
    assert [m["number"] for m in rest["items"]] == numbers[1::-1]
    assert (rest["more"], rest["before"]) == (False, None)
    due = desk.get("/matters?order=due&size=3").json()
    assert due["page"] == 2
    assert len(desk.get("/matters?order=due&size=3&page=2").json()["items"]) == 2
    assert desk.get("/matters?text=红绿灯").json()["items"]
    assert desk.get(f"/matters?text={numbers[2]}").json()["items"][0]["number"] == numbers[2]
    assert desk.get("/matters?scope=unassigned&phase=active&state=received").json()["items"]
    assert desk.get(f"/matters?unit={house.org('vehicles').pk}").json()["items"] == []
    assert callers("outsider").get("/matters").json()["items"] == []


def test_call_is_registered_and_settled_in_one(house, desk):
    made = desk.post(
        "/matters",
        opening(
            house,
            fields={"category": "complaint", "channel": "hotline"},
            then={"action": "settle", "inputs": {"reply": "已告知。"}},
        ),
    )
    found = desk.get(f"/matters/{made.json()['id']}").json()
    assert (found["state"], found["facts"]["immediate"]) == ("closed", True)
    before = desk.get("/matters").json()["items"]
    failed = desk.post("/matters", opening(house, then={"action": "settle", "inputs": {}}))
    assert failed.status_code == 422
    assert list(failed.json()["error"]["fields"]) == ["reply"]
    assert desk.get("/matters").json()["items"] == before


def test_same_key_opens_once(house, desk, nobody):
    then = {"action": "settle", "inputs": {"reply": "已告知。"}}
    first = desk.post("/matters", opening(house, then=then), Idempotency_Key="k1")
    again = desk.post("/matters", opening(house, then=then), Idempotency_Key="k1")
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    sent = nobody.post("/public/matters", opening(house), Idempotency_Key="k1")
    resent = nobody.post("/public/matters", opening(house), Idempotency_Key="k1")
    assert sent.json() == resent.json()
    other = nobody.post("/public/matters", opening(house, body="另一件事"), Idempotency_Key="k1")
    assert other.json()["code"] != sent.json()["code"]


def test_same_key_acts_once(house, desk, nobody):
    opened = house.open()
    for _ in range(2):
        done = desk.post(f"/matters/{opened.matter.pk}/actions/accept", Idempotency_Key="a")
        assert (done.status_code, done.json()["state"]) == (200, "accepted")
        noted = desk.post(
            f"/matters/{opened.matter.pk}/notes", {"text": "已电话联系"}, Idempotency_Key="n"
        )
        assert noted.status_code == 201
    assert len(desk.get(f"/matters/{opened.matter.pk}").json()["timeline"]) == 3
    for _ in range(2):
        added = nobody.post(
            "/public/actions/add",
            {"code": opened.code, "inputs": {"text": "又坏了"}},
            Idempotency_Key="s",
        )
        assert added.status_code == 200
    assert len(desk.get(f"/matters/{opened.matter.pk}").json()["timeline"]) == 4


def test_files_both_ways(house, callers, desk):
    content = picture()
    coded = {"name": "灯.png", "content": base64.b64encode(content).decode()}
    made = desk.post("/matters", opening(house, files=[coded]))
    assert made.status_code == 201, made.content
    upload = io.BytesIO(content)
    upload.name = "灯2.png"
    other = desk.upload("/matters/upload", opening(house), [upload])
    assert other.status_code == 201, other.content
    upload.seek(0)
    acted = desk.upload(
        f"/matters/{made.json()['id']}/actions/accept/upload", {"inputs": {}}, [upload]
    )
    assert acted.json()["state"] == "accepted"
    found = desk.get(f"/matters/{made.json()['id']}").json()["files"]
    assert [f["name"] for f in found] == ["灯.png", "灯2.png"]
    got = desk.get(f"/matters/{made.json()['id']}/files/{found[0]['key']}")
    assert b"".join(got.streaming_content)[:4] == b"\x89PNG"
    assert got.headers["Content-Disposition"].startswith("attachment")
    refused = callers("outsider").get(f"/matters/{made.json()['id']}/files/open-1")
    assert refused.status_code == 404
    bad = desk.post("/matters", opening(house, files=[{"name": "a.exe", "content": "TVo="}]))
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "files.not_allowed")
    notcode = desk.post("/matters", opening(house, files=[{"name": "a", "content": "%%"}]))
    assert list(notcode.json()["error"]["fields"]) == ["files.0.content"]
    many = desk.post("/matters", opening(house, files=[coded] * 6))
    assert list(many.json()["error"]["fields"]) == ["files"]


def test_bulk_tells_each(house, desk):
    one, two = house.open().matter, house.open().matter
    house.act(two, "accept", "desk")
    told = desk.post(
        "/matters/bulk", {"ids": [one.pk, two.pk, 999_999], "action": "accept", "inputs": {}}
    ).json()["items"]
    assert [t["ok"] for t in told] == [True, False, False]
    assert [t["error"] and t["error"]["code"] for t in told] == [
        None, "matters.wrong_state", "api.not_found",
    ]  # fmt: skip
    single = desk.post("/matters/bulk", {"ids": [one.pk], "action": "supplement"}).json()["items"]
    assert single[0]["error"]["code"] == "api.not_bulk"


def test_contact_is_revealed_with_a_reason_and_logged(house, callers, desk):
    opened = house.open(contact=vault.Person("王某", "13800000000"))
    path = f"/matters/{opened.matter.pk}/contact"
    assert desk.post(path, {"reason": " "}).status_code == 422
    found = desk.post(path, {"reason": "回访"})
    assert found.json() == {"name": "王某", "phone": "13800000000", "email": ""}
    [logged] = vault.reveals(opened.matter.stream)
    assert (logged["actor"], logged["reason"]) == (house.actor("desk").ref, "回访")
    narrow = callers("desk", scopes=["matters:read", "matters:write"])
    assert narrow.post(path, {"reason": "回访"}).json()["error"]["code"] == "api.scope"
    assert callers("outsider").post(path, {"reason": "回访"}).status_code == 404
    bare = house.open().matter
    none = desk.post(f"/matters/{bare.pk}/contact", {"reason": "回访"})
    assert none.json()["error"]["code"] == "api.no_contact"


def test_recuse_renew_alike(house, callers, desk, nobody):
    opened = house.handling()
    pk = opened.matter.pk
    assert (
        callers("handler")
        .post(f"/matters/{pk}/recusals", {"person": house.person("handler").pk, "reason": "亲属"})
        .status_code
        == 204
    )
    assert callers("handler").get(f"/matters/{pk}").status_code == 404
    code = desk.post(f"/matters/{pk}/code").json()["code"]
    assert nobody.post("/public/follow", {"code": opened.code}).status_code == 404
    assert nobody.post("/public/follow", {"code": code}).status_code == 200
    like = desk.post("/matters/alike", {"text": BODY}).json()["items"]
    assert like[0]["matter"]["id"] == pk
    assert desk.post("/matters/alike", {"text": BODY, "exclude": pk}).json()["items"] == []


def test_directory_programmes_inbox(house, callers, desk):
    [org] = desk.get("/orgs?q=车辆").json()["items"]
    assert desk.get(f"/orgs/{org['id']}").json()["parent"] == house.org("city").pk
    people = desk.get(f"/people?org={org['id']}").json()["items"]
    assert {p["username"] for p in people} == {"handler", "handler2"}
    assert desk.get("/people?q=林").json()["items"][0]["username"] == "handler"
    assert callers("stranger").get("/people").status_code == 403
    assert {p["programme"] for p in desk.get("/programmes").json()["items"]} >= {"public_voice"}
    spec = desk.get("/programmes/public_voice").json()
    assert spec["kinds"]["voice"]["actions"]["reply"]["inputs"]["reply"]["type"] == "longtext"
    held = {s["name"]: s for s in spec["settings"]}
    assert (held["limit_answer"]["value"], held["limit_answer"]["unit"]) == (5, "workdays")
    path = f"/programmes/public_voice/settings?org={org['id']}&category=consult"
    assert desk.get(path).json()["items"]
    assert desk.get("/programmes/nothing").status_code == 404
    house.dispatched(person=True)
    handler = callers("handler")
    house.act(house.open(), "accept", "desk")
    inbox = desk.get("/inbox").json()
    assert inbox["unread"] == len(inbox["items"]) > 0
    assert all(one["said"] and one["said"] != one["text"] for one in inbox["items"])
    assert desk.post("/inbox/read", {"id": inbox["items"][0]["id"]}).status_code == 204
    assert desk.get("/inbox").json()["unread"] == inbox["unread"] - 1
    assert desk.post("/inbox/read").status_code == 204
    assert desk.get("/inbox").json()["unread"] == 0
    assert handler.get("/inbox").status_code == 200


def test_public_kinds_and_withdrawal(house, nobody):
    [voice] = [k for k in nobody.get("/public/kinds").json()["items"] if k["kind"] == "voice"]
    assert voice["anonymous"] is True
    assert {h["name"] for h in voice["homes"]} == {"受理中心", "邻市"}
    sent = nobody.post("/public/matters", opening(house, anonymous=True)).json()
    gone = nobody.post("/public/actions/withdraw", {"code": sent["code"]})
    assert gone.json()["state"] == "withdrawn"
