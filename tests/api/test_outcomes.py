"""What the house answers for, over HTTP: bulletins from draft to withdrawal, promises, outings."""

import io

import pytest
from pypdf import PdfReader

from bihuan.insight import api as insight

MONTHLY = {"programme": "public_voice", "kind": "monthly", "period": "2026-02"}


@pytest.fixture
def facts(house):
    house.open(at=house.after(days=-10))
    house.open()
    insight.export(insight.store())
    return house


def test_a_bulletin_from_draft_to_withdrawal(facts, callers):
    desk, leader, nobody = callers("desk"), callers("leader"), callers()
    given = {**MONTHLY, "org": facts.org("center").pk}
    assert desk.post("/bulletins", {**given, "period": "2026"}).status_code == 422
    assert desk.post("/bulletins", {**given, "kind": "nothing"}).status_code == 404
    draft = desk.post("/bulletins", given).json()
    path = f"/bulletins/{draft['id']}"
    typed = {"title": draft["title"], "text": "本月受理88件。", "version": draft["version"]}
    refused = desk.put(path, typed).json()["error"]
    assert refused["code"] == "bulletins.typed_number"
    assert "88" in refused["message"]
    words = {**typed, "text": f"{draft['text']}\n下月继续。"}
    edited = desk.put(path, words).json()
    assert "下月继续。" in [block["text"] for block in edited["blocks"]]
    assert desk.put(path, words).json()["error"]["code"] == "bulletins.changed_since_read"
    assert desk.post(f"{path}/issue", {"version": edited["version"]}).status_code == 403
    stale = leader.post(f"{path}/issue", {"version": draft["version"]})
    assert stale.status_code == 409
    assert nobody.get(f"/public{path}").status_code == 404
    issued = leader.post(f"{path}/issue", {"version": edited["version"]}).json()
    assert issued["state"] == "issued"
    (line,) = nobody.get("/public/bulletins").json()["items"]
    assert (line["id"], line["number"]) == (draft["id"], issued["number"])
    shown = nobody.get(f"/public{path}").json()
    assert "version" not in shown
    assert len(shown["definitions"]) >= len(issued["blocks"]) > 0
    (table,) = [block for block in shown["blocks"] if block["kind"] == "table"]
    assert len(table["rows"]) > 1
    pdf = desk.get(f"{path}/files/pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert "下月继续" in "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.content)).pages)
    assert leader.post(f"{path}/withdraw", {"reason": " "}).status_code == 422
    leader.post(f"{path}/withdraw", {"reason": "口径有误"})
    left = nobody.get(f"/public{path}").json()
    assert (left["blocks"], left["withdrawn_why"]) == ([], "口径有误")
    assert nobody.get("/public/bulletins").json()["items"] == []


def test_promises_are_told_with_their_clause(facts, callers):
    found = callers().get(f"/public/kept?org={facts.org('city').pk}").json()
    assert (found["first"], found["last"]) == ("2026-02-01", "2026-02-28")
    assert {one["figure"]["id"] for one in found["promises"]} >= {"public_voice.on_time_rate"}
    # The ordinances these limits were learned from are other cities': here they are a promise.
    grounds = {limit["clause"] for one in found["promises"] for limit in one["limits"]}
    assert grounds == {""}
    unknown = callers().get("/public/kept?org=999999")
    assert unknown.status_code == 422
    assert callers().get("/public/kept?of=day").status_code == 422


def test_lists_of_honour_say_what_they_ask_for(facts, callers):
    found = callers().get("/public/honours?of=quarter").json()
    assert found["first"] == "2025-10-01"
    assert len(found["lists"]) >= 2
    assert all(one["conditions"] for one in found["lists"])


def test_an_outing_takes_what_is_done_at_its_hall(facts, callers):
    desk = callers("desk")
    given = {
        "org": facts.org("center").pk, "place": "人民广场", "day": "2026-03-05",
        "opens": "09:00", "closes": "12:00", "services": [facts.service("plate").pk, 999_999],
    }  # fmt: skip
    made = desk.post("/visits", given).json()
    assert made["services"] == [facts.service("plate").pk]
    nothing = desk.post("/visits", {**given, "services": [999_999]})
    assert nothing.json()["error"]["code"] == "halls.no_services"
    late = desk.post("/visits", {**given, "closes": "08:00"})
    assert late.json()["error"]["code"] == "halls.closes_before"
    for clock in ("09:00Z", "25:00", "9:00", "09:00\n", 540, None):
        odd = desk.post("/visits", {**given, "opens": clock})
        assert odd.status_code == 422, clock
        assert set(odd.json()["error"]["fields"]) == {"opens"}
    desk.post(f"/visits/{made['id']}/cancel", {"reason": "暴雨"})
    (shown,) = callers().get("/public/visits").json()["items"]
    assert shown["cancelled"] == "暴雨"
