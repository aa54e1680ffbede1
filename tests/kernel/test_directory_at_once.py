"""Two who take the same workbook in at one time: one waits for the other, and nothing is there twice."""

import io
import threading

import pytest
import xlsxwriter
from django.db import connection

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs.models import Org, Person, Post
from bihuan.kernel.directory import api as directory

pytestmark = pytest.mark.django_db(transaction=True)


def workbook():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet("机构")
        page.write_row(0, 0, ["名称", "编码"])
        for n in range(20):
            page.write_row(n + 1, 0, [f"第{n}局", f"n{n}"])
        page = made.add_worksheet("人员")
        page.write_row(0, 0, ["姓名", "机构"])
        for n in range(200):
            page.write_row(n + 1, 0, [f"第{n}人", f"n{n % 20}"])
    return out.getvalue()


def test_two_take_the_same_workbook_in_at_once(house):
    sheets = directory.opened(workbook(), "a.xlsx")
    under, results, failed = house.org("city"), [], []

    def work():
        try:
            found = directory.take(sheets, under=under, at=house.at, actor=SYSTEM)
            results.append({s: found.count(s) for s in directory.STATUSES})
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    assert sum(one["new"] for one in results) == 220
    assert sum(one["same"] for one in results) == 220
    assert Org.objects.filter(name__startswith="第", name__endswith="局").count() == 20
    assert Person.objects.filter(name__endswith="人", name__startswith="第").count() == 200
    assert Post.objects.filter(person__name__startswith="第").count() == 200
    assert list(audit.everything()) == []
