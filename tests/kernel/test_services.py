"""The catalogue of services: what may be promised, from when, and how a table of them comes in."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.kernel.services import api as services
from bihuan.kernel.services import intake
from bihuan.kernel.services.api import Offer, ServiceError
from bihuan.lib.tables import TableError

OFFER = Offer("X-1", "办理社保卡", 20, 3, "社会保险法 §4", ("身份证", "照片"), fee="不收费")
HEAD = "部门,事项编码,事项名称,法定时限,承诺时限,设定依据,申请材料,即办件,收费\n"
BAD = {
    "no code": ({"code": " "}, "services.no_code"),
    "no name": ({"name": ""}, "services.no_name"),
    "no clause": ({"clause": ""}, "services.no_clause"),
    "longer than the law": ({"promised": 21}, "services.promised_longer"),
    "no promise": ({"promised": 0}, "services.promised_longer"),
    "no limit": ({"statutory": 0}, "services.bad_limit"),
    "endless limit": ({"statutory": 10**6}, "services.bad_limit"),
    "long name": ({"name": "办" * 121}, "services.too_long"),
    "too many materials": ({"materials": ("证",) * 51}, "services.too_many_materials"),
}


def offer(house, given=OFFER, org="schools", days=0):
    start = house.day + timedelta(days=days)
    return services.offer(
        house.org(org), given, start=start, at=house.at, actor=house.actor("admin")
    )


@pytest.mark.parametrize(("change", "key"), BAD.values(), ids=BAD)
def test_what_cannot_be_promised(house, change, key):
    before = audit.Event.objects.count()
    with pytest.raises(ServiceError) as told:
        offer(house, replace(OFFER, **change))
    assert told.value.key == key
    assert audit.Event.objects.count() == before


def test_a_new_promise_takes_the_place_of_the_old_one(house):
    first, fresh = offer(house)
    assert fresh
    assert offer(house) == (first, False)
    second, fresh = offer(house, replace(OFFER, promised=2), days=10)
    assert fresh
    day = house.day
    path = house.org("schools").path
    assert [s.promised for s in services.offered(path, day + timedelta(days=9))] == [3]
    assert [s.promised for s in services.offered(path, day + timedelta(days=10))] == [2]
    assert services.offered(path, day - timedelta(days=1)) == ()
    with pytest.raises(ServiceError, match="meets"):
        offer(house, replace(OFFER, promised=1), days=10)
    services.end(second.pk, on=day + timedelta(days=20), at=house.at, actor=SYSTEM)
    assert services.offered(path, day + timedelta(days=20)) == ()
    assert list(audit.everything()) == []


def test_found_by_name_code_and_department(house):
    offer(house)
    day = house.day
    for text in ("社保卡", "x-1", "教育局"):
        assert [s.code for s in services.find(day, text, limit=9)] == ["X-1"]
    assert services.find(day, "不存在", limit=9) == []
    assert len(services.find(day, "", limit=9)) == 3


def take(house, text, name="services.csv"):
    return intake.run(
        text.encode(),
        name,
        under=house.org("city"),
        start=house.day,
        at=house.at,
        actor=SYSTEM,
    ).lines


def test_a_look_at_a_table_writes_nothing(house):
    table = (HEAD + "教育局,A-1,教师资格认定,30,15,教师法 §13,身份证,否,\n").encode()
    events = len(list(audit.history(f"org:{house.org('schools').pk}")))
    where = {"under": house.org("city"), "start": house.day, "at": house.at, "actor": SYSTEM}
    looked = intake.preview(table, "a.csv", **where)
    assert [one.status for one in looked.lines] == ["new"]
    assert services.find(house.day, "A-1", limit=9) == []
    assert len(list(audit.history(f"org:{house.org('schools').pk}"))) == events
    assert [one.status for one in intake.run(table, "a.csv", **where).lines] == ["new"]


def test_a_table_comes_in_once_and_says_what_is_wrong(house):
    table = HEAD + (
        "教育局,A-1,教师资格认定,30个工作日,15个工作日,教师法 §13,身份证；学历证书,否,免费\n"
        "教育局,A-2,学籍证明,1,即办,学籍管理办法 §9,身份证,是,\n"
        "教育局,A-3,承诺太长,5,9,某办法,,,\n"
        "没有这个局,A-4,无主,5,3,某办法,,,\n"
        "教育局,A-5,没有数,五天,3,某办法,,,\n"
    )
    lines = take(house, table)
    assert [(one.row, one.status) for one in lines] == [
        (2, "new"), (3, "new"), (4, "bad"), (5, "bad"), (6, "bad"),
    ]  # fmt: skip
    assert [one.problem for one in lines[2:]] == [
        "services.promised_longer", "services.org_unknown", "services.not_days",
    ]  # fmt: skip
    found = {s.code: s for s in services.offered(house.org("schools").path, house.day)}
    assert found["A-1"].materials == ["身份证", "学历证书"]
    assert (found["A-1"].statutory, found["A-1"].promised) == (30, 15)
    assert found["A-2"].immediate
    assert found["A-2"].promised == 1
    assert [one.status for one in take(house, table)[:2]] == ["same", "same"]


def test_a_table_without_its_columns_is_refused(house):
    with pytest.raises(TableError) as told:
        take(house, "名称,编码\n甲,乙\n")
    assert told.value.key == "intake.no_column"
    assert "法定时限" in told.value.values["columns"]


def test_who_applied_keeps_the_promise_of_that_day(house):
    applied = house.apply()
    row = house.service("plate")
    assert applied.matter.unit == house.org("vehicles")
    services.offer(
        house.org("vehicles"),
        Offer("CG-001", row.name, 20, 1, row.clause),
        start=date(2026, 3, 3),
        at=house.at,
        actor=SYSTEM,
    )
    house.act(applied, "accept", "desk", at=house.after(days=1))
    # Tuesday 3 March and five working days.
    found = house.act(applied, "settle", "handler", at=house.after(days=2))
    clock = audit.read(audit.history(found.stream)[1])["parts"]["clock/promise"]
    assert (clock["n"], clock["unit"], clock["source"]["clause"]) == (5, "workdays", row.clause)
