"""Tables that are read as their programme says, or says nothing; and which kind a table opens."""

import base64
import json
import re
import shutil
from datetime import date

import pytest

import aliens
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.kernel.exchange import intake
from bihuan.kernel.programmes import api as programmes

pytestmark = pytest.mark.django_db
CLAIMS = (
    "说了啥,谁来的,怎么找,欠多少\n"
    "里屋漏水。,某甲,没记,30\n"
    "院子积水。,没记,13800138000,没记\n"
    "不知道哪里。,某乙,,9\n"
)


@pytest.fixture
def house(house):
    return aliens.land()


def asked(house, who, text, **more):
    """An import over HTTP: the status and what is answered."""
    scopes = ["matters:read", "matters:write"]
    until = date(2027, 1, 1)
    token = access.issue_token(
        house.person(who).pk, who, scopes, expires=until, at=house.at, actor="system"
    )
    given = {
        "home": house.org("center").pk,
        "name": "a.csv",
        "content": base64.b64encode(text.encode()).decode(),
        **more,
    }
    answer = house.client().post(
        "/api/v1/imports",
        json.dumps(given),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    return answer.status_code, answer.json()


def look(house, text, programme, kind, home="center", **more):
    return intake.preview(
        text.encode(),
        "a.csv",
        home=house.org(home),
        actor=SYSTEM,
        at=house.at,
        programme=programme,
        kind=kind,
        **more,
    )


def test_a_table_is_read_by_the_words_of_its_programme(house):
    seen = look(house, CLAIMS, "zzz_dues", "claim", guesses=True)
    assert seen.columns == {
        "body": "说了啥",
        "name": "谁来的",
        "phone": "怎么找",
        "sum_owed": "欠多少",
    }
    inside, outside, nowhere = seen.lines
    assert (inside.status, inside.category, inside.guessed) == ("ready", "inner", ("category",))
    assert (inside.said["name"], inside.said["phone"]) == ("某甲", "")
    # Nobody wrote down how much, which the kind asks for.
    assert set(outside.problems) == {"sum_owed"}
    assert outside.category == "outer"
    # No text is like any other here: nothing is guessed.
    assert (set(nowhere.problems), nowhere.guessed) == ({"category"}, ())
    assert look(house, CLAIMS, "zzz_dues", "claim").lines[0].problems == {
        "category": ("intake.guessed", {})
    }


def test_a_programme_that_says_nothing_is_read_by_words_everybody_knows(house):
    label = programmes.read_folder(aliens.HERE / "zzz_dues").strings["zh-Hans"]["fields.days_left"]
    text = f"内容,姓名,来电人,{label},渠道\n交过了。,某甲,某丙,7,dove\n没交。,无,,没记,drum\n"
    seen = look(house, text, "zzz_dues", "levy")
    assert seen.columns == {"body": "内容", "name": "姓名", "days_left": label, "channel": "渠道"}
    assert seen.ignored == ("来电人",)
    first, second = seen.lines
    assert (first.status, first.problems) == ("ready", {})
    # What one kind calls nothing is a word like any other in a table of another.
    assert set(second.problems) == {"days_left"}
    silent = look(house, f"内容,{label}\n交过了。,7\n", "zzz_dues", "levy", guesses=True)
    assert set(silent.lines[0].problems) == {"channel"}


def test_a_table_opens_the_only_kind_there_is_or_the_one_its_programme_says(house):
    # The clerk of the wishes works at the desk of messages too, which is what tables open there.
    status, answer = asked(
        house, "aaa_counter", "来电内容,来电人\n路灯坏了，投诉。,某甲\n", dry=True
    )
    assert (status, answer["ready"] + answer["bad"]) == (200, 1)
    assert answer["columns"] == {"body": "来电内容", "name": "来电人"}
    status, answer = asked(house, "aaa_counter", "内容\n一句\n", dry=True, programme="aaa_wishes")
    assert status == 200
    assert "told_briefly" not in answer["columns"]
    # Two kinds of one programme, and none of them goes before the other.
    status, answer = asked(house, "zzz_teller", CLAIMS, dry=True)
    error = answer["error"]
    assert (status, error["code"]) == (422, "intake.say_which")
    assert "zzz_dues.claim" in json.dumps(answer, ensure_ascii=False)
    status, answer = asked(house, "zzz_teller", CLAIMS, dry=True, kind="claim", guesses=True)
    assert (status, answer["ready"], answer["bad"]) == (200, 1, 2)
    for wrong in ({"kind": "voice"}, {"programme": "public_voice"}, {"home": house.org("city").pk}):
        assert asked(house, "zzz_teller", CLAIMS, dry=True, **wrong)[0] == 403


def test_a_release_of_before_is_read_as_the_newest_says(house, tmp_path):
    shipped = next(path for path in programmes.folders() if path.name == "public_voice")
    for version, keeps in (("1.7.98", False), ("1.8.99", True)):
        folder = tmp_path / version / "public_voice"
        shutil.copytree(shipped, folder)
        manifest = folder / "programme.toml"
        text = re.sub(
            r'^version = ".*"', f'version = "{version}"', manifest.read_text(), flags=re.MULTILINE
        )
        manifest.write_text(text)
        if not keeps:
            (folder / "import.toml").unlink()
        release = programmes.install(folder, at=house.at, actor="system")
        if not keeps:
            programmes.put_in_force(
                release.pk, house.org("center"), start=house.day, at=house.at, actor=SYSTEM
            )
    held = programmes.held("public_voice", house.org("center").path, house.day)
    assert held.programme.manifest.version == "1.7.98"
    text = "来电内容,来电人,来电电话\n楼下扰民。,某甲,未显示\n"
    seen = look(house, text, "public_voice", "voice", guesses=True)
    (line,) = seen.lines
    assert (line.status, line.category, line.said["phone"]) == ("ready", "complaint", "")


def test_words_added_later_know_the_rows_of_before(house, tmp_path):
    shipped = aliens.HERE / "zzz_dues"
    city = house.org("city")

    def in_force(version, change):
        folder = tmp_path / version / "zzz_dues"
        shutil.copytree(shipped, folder)
        for name, old, new in (
            ("programme", r'(?m)^version = ".*"', f'version = "{version}"'),
            *change,
        ):
            file = folder / f"{name}.toml"
            text = re.sub(old, new, file.read_text(encoding="utf-8"), count=1)
            file.write_text(text, encoding="utf-8")
        release = programmes.install(folder, at=house.at, actor="system")
        programmes.put_in_force(
            release.pk, city, start=house.day, at=house.at, actor=SYSTEM, replacing=True
        )

    def taken(text):
        where = {"home": house.org("center"), "programme": "zzz_dues", "kind": "claim"}
        done = intake.run(text.encode(), "a.csv", actor=SYSTEM, at=house.at, guesses=True, **where)
        return [(line.status, line.matter_id) for line in done.lines], done.columns

    table = "说了啥,谁来的,联系的人手机,欠多少,几号单\n里屋漏水。,某甲,13800138000,30,7\n里屋漏水。,某甲,13800138000,30,8\n"
    first, columns = taken(table)
    assert [status for status, _ in first] == ["opened", "opened"]
    assert "phone" not in columns
    # Two more columns are known, a further word for "none", and what is guessed is another.
    in_force("9.8.0", [
        ("import", "怎么找", '怎么找", "联系的人手机'),
        ("import", r"\[claim.headers\]", '[claim.headers]\nnumber = ["几号单"]'),
        ("import", "没记", '没记", "某甲'),
        ("import", '"inner", having', '"outer", having'),
    ])  # fmt: skip
    again, columns = taken(table)
    assert {"phone", "number"} <= columns.keys()
    assert again == [("repeated", pk) for _, pk in first]
    preview = look(house, table, "zzz_dues", "claim", guesses=True)
    assert [line.status for line in preview.lines] == ["repeated"] * 2
    # A row that comes under the new words is known by them, and by those that follow.
    more = table + "院子积水。,某丁,13900139000,9,9\n"
    third, _ = taken(more)
    assert [status for status, _ in third] == ["repeated", "repeated", "opened"]
    in_force("9.9.0", [("import", "怎么找", '联系的人手机", "怎么找')])
    assert taken(more)[0] == [("repeated", pk) for _, pk in third]
