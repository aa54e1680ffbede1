"""Bar I1: a workbook of 500 organisations, 20,000 people and 20,000 members is looked at and taken in
within 60 seconds.

    python benchmarks/i1_directory.py [--small] [--database sqlite|postgres|both]

Makes the workbook (every person with a staff number, an organisation, a title and an e-mail address, every
fourth with a role; user names left to the house for every other one, every eighth without an account; each
a member of their organisation, by staff number) and measures: reading the file, looking, taking in, the
same once more (nothing may change), and that the log and the rows agree. Says how much of the time was
work of this process (CPU): on a busy machine that is what compares.
"""

import argparse
import io
import random
import time
from collections.abc import Callable
from typing import Any

import ground

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌晓"
TITLES = ("科员", "科长", "主任", "副主任", "干事", "窗口工作人员")
TYPES = ("部门", "科室", "党支部", "窗口")
STATUSES = ("正式党员", "预备党员", "入党积极分子")
BAR = 60.0


def workbook(orgs: int, people: int) -> bytes:
    """The bytes of the .xlsx."""
    import xlsxwriter

    made = random.Random(1)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("机构")
        page.write_row(0, 0, ["名称", "上级", "编码", "简称", "机构类型"])
        for n in range(orgs):
            above = "" if n < orgs // 10 else f"I{n % (orgs // 10)}"
            page.write_row(n + 1, 0, [f"第{n}号机构", above, f"I{n}", "", TYPES[n % 4]])
        page = book.add_worksheet("人员")
        page.write_row(0, 0, ["姓名", "用户名", "工号", "机构", "职务", "邮箱", "角色"])
        names: list[str] = []
        for n in range(people):
            name = made.choice(SURNAMES) + "".join(made.choices(GIVEN, k=2)) + str(n % 10)
            names.append(name)
            username = f"u{n}" if n % 2 or n >= orgs * len(TITLES) else ""
            role = "民意直通·承办单位经办" if n % 4 == 0 else ""
            if n % 8 == 3:
                username, role = "无账号", ""
            where, title = f"I{n % orgs}", made.choice(TITLES)
            row = [name, username, f"k{n}", where, title, f"u{n}@example.org", role]
            page.write_row(n + 1, 0, row)
        page = book.add_worksheet("名册")
        page.write_row(0, 0, ["姓名", "工号", "单位", "成员身份", "状态", "起", "最早加入"])
        for n, name in enumerate(names):
            status = STATUSES[n % len(STATUSES)]
            row = [name, f"k{n}", f"I{n % orgs}", "", status, "2021-07-01", "2019-07-01"]
            page.write_row(n + 1, 0, row)
    return out.getvalue()


def timed(what: str, work: Callable[[], Any]) -> tuple[Any, float]:
    begun, busy = time.perf_counter(), time.process_time()
    found = work()
    took, worked = time.perf_counter() - begun, time.process_time() - busy
    print(f"  {what}: {took:.1f} s ({worked:.1f} s CPU)", flush=True)
    return found, took


def measure(arguments: argparse.Namespace) -> int:
    from django.db import connection

    from bihuan.foundation.access.api import SYSTEM
    from bihuan.foundation.audit import api as audit
    from bihuan.kernel.directory import api as directory

    house = ground.city()
    orgs, people = (50, 2_000) if arguments.small else (500, 20_000)
    content = workbook(orgs, people)
    print(
        f"{connection.vendor}: {orgs} organisations, {people} people and members, {len(content)} bytes"
    )
    given = {"under": house.org("city"), "at": house.at, "actor": SYSTEM}
    sheets, reading = timed("reading", lambda: directory.opened(content, "i1.xlsx"))
    seen, looking = timed("looking", lambda: directory.look(sheets, **given))
    done, taking = timed("taking in", lambda: directory.take(sheets, **given))
    again, _ = timed("the same again", lambda: directory.take(sheets, **given))
    findings, _ = timed("verifying", lambda: list(audit.everything()))
    told = [{s: r.count(s) for s in directory.STATUSES} for r in (seen, done, again)]
    print(f"  {told}")
    right = (
        told[0] == told[1]
        and told[1]["new"] == orgs + 2 * people
        and told[2]["same"] == orgs + 2 * people
        and not findings
    )
    whole = reading + looking + taking
    met = right and whole <= BAR
    print(f"I1 reading, looking and taking in {whole:.1f} s (bar {BAR:.0f})", end=" ")
    print("met" if met else "MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, lambda _: None, databases=("sqlite",)))
