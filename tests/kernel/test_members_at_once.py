"""Two who take the same list of members in at one time, and one a half of it: nobody belongs twice."""

import io
import threading

import branches
import pytest
import xlsxwriter
from django.db import connection

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs.models import Membership, Person
from bihuan.kernel.directory import api as directory

pytestmark = pytest.mark.django_db(transaction=True)


def workbook(first, last):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet("名册")
        page.write_row(0, 0, ["姓名", "工号", "单位", "状态"])
        for n in range(first, last):
            branch = ("第一支部", "第二支部")[n % 2]
            page.write_row(n + 1, 0, [f"第{n}人", f"n{n}" if n % 3 else "", branch, "full"])
    return directory.opened(out.getvalue(), "a.xlsx")


def test_two_take_a_list_in_at_once_and_a_third_half_of_it():
    town = branches.build()
    under, results, failed = town.org("root"), [], []
    books = [workbook(0, 90), workbook(0, 90), workbook(30, 60)]

    def work(sheets):
        try:
            found = directory.take(sheets, under=under, at=branches.AT, actor=SYSTEM)
            results.append({s: found.count(s) for s in directory.STATUSES})
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(sheets,)) for sheets in books]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    assert sum(one["new"] for one in results) == 90
    assert sum(one["same"] for one in results) == 120
    assert Person.objects.filter(name__startswith="第").count() == 90
    assert Membership.objects.filter(person__name__startswith="第").count() == 90
    assert list(audit.everything()) == []
