"""What pages of the desk do, over HTTP: timetables, common problems, the five pressures, layouts."""

import io
from base64 import b64encode

import pytest
from docx import Document
from house import BODY

from bihuan.foundation.access import api as access
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import api as matters

GIVEN = {
    "weekdays": [0, 1, 2, 3, 4], "hours": [{"opens": "09:00", "closes": "11:00"}], "places": 3,
    "start": "2026-03-02",
}  # fmt: skip


def test_a_timetable_is_set_replaced_and_ended(house, callers):
    desk, hall = callers("desk"), house.org("center")
    path = f"/halls/{hall.pk}/timetables"
    first = desk.post(path, GIVEN).json()
    assert first["hours"] == [{"opens": "09:00", "closes": "11:00"}]
    assert desk.post(path, GIVEN).json()["id"] == first["id"], "the same again is the same"
    slots = callers().get(f"/public/halls/{hall.pk}/slots?days=1").json()["items"]
    assert {one["places"] for one in slots} == {3}
    more = desk.post(path, {**GIVEN, "places": 5, "start": "2026-03-04"}).json()
    ends = {one["id"]: one["end"] for one in desk.get(path).json()["items"]}
    assert ends == {first["id"]: "2026-03-04", more["id"]: None}
    desk.post(f"/timetables/{more['id']}/end", {})
    assert desk.post(f"/timetables/{more['id']}/end", {}).json()["end"] == "2026-03-04"
    assert [row.pk for row in halls.timetables(hall, house.day)] == [first["id"]]
    assert desk.post("/timetables/999999/end", {}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"weekdays": []}, "halls.no_weekday"),
        ({"weekdays": [7]}, "halls.no_weekday"),
        ({"places": 0}, "halls.bad_places"),
        ({"hours": []}, "halls.no_hours"),
        ({"hours": [{"opens": "11:00", "closes": "09:00"}]}, "halls.no_hours"),
        ({"hours": [{"opens": "09:00", "closes": "25:00"}]}, "input.invalid"),
        ({"start": "0001-01-01"}, "input.invalid"),
        ({"window": "号" * 21}, "input.invalid"),
        ({"more": 1}, "input.invalid"),
    ],
)
def test_a_timetable_that_cannot_be_is_refused(house, callers, wrong, told):
    hall = house.org("center")
    refused = callers("desk").post(f"/halls/{hall.pk}/timetables", {**GIVEN, **wrong})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, told)
    assert refused.json()["error"]["message"]
    assert halls.timetables(hall, house.day) == []


def test_common_problems_are_proposed_and_merged(house, callers):
    desk = callers("desk")
    ids = [house.open(f"{BODY}（{n}）").matter.pk for n in range(3)]
    for pk in ids:
        house.act(pk, "accept", "desk")
    (group,) = desk.get("/common-problems").json()["items"]
    assert [one["id"] for one in group["matters"]] == ids
    assert group["shared"]
    asked = {"lead": ids[0], "others": ids[1:], "subject": "红绿灯故障（多人反映）"}
    assert callers("handler").post("/common-problems", asked).status_code in (403, 404, 409)
    merged = desk.post("/common-problems", asked).json()
    assert (merged["id"], merged["subject"]) == (ids[0], asked["subject"])
    assert desk.get("/common-problems").json()["items"] == []
    alone = desk.post("/common-problems", {"lead": ids[0], "others": [ids[0]]})
    assert alone.json()["error"]["code"] == "matters.nothing_to_merge"
    strange = desk.post("/common-problems", {"lead": ids[0], "others": [999_999]})
    assert strange.status_code == 404


def test_who_may_only_write_reads_no_subjects(house, callers):
    writes = callers("desk", scopes=["matters:write"])
    asked = {"lead": house.open().matter.pk, "others": [house.open().matter.pk]}
    for refused in (writes.get("/common-problems"), writes.post("/common-problems", asked)):
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "api.scope")


def test_places_are_set_where_there_are_windows(house, callers):
    """As on the page: who holds the desk for that programme alone may, and nowhere else."""
    access.give(
        house.person("handler").pk, "desk", house.org("center").pk, programme="service_window",
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    path = f"/halls/{house.org('center').pk}/timetables"
    assert callers("handler").post(path, GIVEN).status_code == 201
    nowhere = f"/halls/{house.org('city').pk}/timetables"
    assert callers("handler").post(nowhere, GIVEN).status_code == 403


def test_pressures_name_what_is_late_and_why_shares_are_missing(house, callers):
    late = house.handling()
    matters.sweep(house.after(days=30))
    found = callers("leader").get("/pressures").json()
    assert found["problem"]["code"] == "insight.no_facts"
    assert (found["falling"], found["broken"], found["newest"]) == ([], [], None)
    assert [one["id"] for one in found["late"]] == [late.matter.pk]
    assert found["late_count"] == 1
    assert callers("handler").get("/pressures").status_code == 403


def test_a_refused_layout_is_told_line_by_line(house, callers):
    document, out = Document(), io.BytesIO()
    for line in ("{{number}}", "{{recieved}}件"):
        document.add_paragraph(line)
    document.save(out)
    given = {
        "programme": "public_voice", "kind": "monthly", "org": house.org("city").pk,
        "name": "红头", "content": b64encode(out.getvalue()).decode(),
    }  # fmt: skip
    refused = callers("leader").post("/layouts", given)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (422, "layouts.refused")
    (found,) = [
        n for n, text in error["fields"].items() if "{{recieved}}" in text and n.count(".") == 1
    ]
    assert error["fields"][f"{found}.instead"] == "Write {{received}}."
    assert "2" in error["fields"][f"{found}.place"]
