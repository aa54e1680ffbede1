"""What the house holds about somebody, taken along by themselves and by nobody else."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing, own_data
from bihuan.foundation.access.api import SYSTEM, DeniedError
from bihuan.foundation.audit.models import SecurityEntry
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.absences import api as absences
from bihuan.kernel.matters import api as matters
from bihuan.kernel.watches import api as watches
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.clock import now
from bihuan.web import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(house):
    """Something of everything that is held about 承办人 handler and about 领导 leader."""
    who, leader = house.person("handler"), house.person("leader")
    with time_machine.travel(house.at, tick=False):
        for one in (who, leader):
            access.issue_token(
                one.pk, "读数", ["matters:read"], expires=house.day, at=house.at, actor="system"
            )
            governing.invite(one.pk, at=house.at, actor=SYSTEM)
            workbench.save_filter(one.pk, "逾期", "level=late")
            notify.tell([one.pk], "notice.assigned", key="own", at=house.at, number="MY2026-000001")
        opened = house.handling()
        workbench.save_draft(
            opened.matter.pk,
            "reply",
            {"reply": "还没写完"},
            actor=house.actor("handler"),
            at=house.at,
        )
        absences.say_away(
            who.pk, house.person("handler2").pk, house.day, house.day,
            actor=house.actor("handler"), at=house.at,
        )  # fmt: skip
        house.act(opened, "supervise", "supervisor", words="速办", days=5)
        (child,) = matters.open_children(opened.matter)
        last = (house.day + timedelta(days=9)).isoformat()
        asked = {"holder": "督查室", "purpose": "跟踪", "expires": last}
        watches.watch(child.pk, asked, actor=house.actor("leader"), at=house.at)
        until = {"until": last}
        plan = matters.Opening("supervision", "plan", house.org("city"), "年度督查。", fields=until)
        planned = matters.open_matter(plan, actor=house.actor("leader"), at=house.at)
    return {"plan": planned.matter.number, "draft": opened.matter.number}


def parts_of(client):
    answer = client.post("/desk/me/data")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('.zip"')
    assert "no-store" in answer.headers["Cache-Control"]
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    by_end = {name.rpartition(".")[2]: packed.read(name).decode() for name in packed.namelist()}
    return json.loads(by_end["json"])["parts"], by_end["html"]


def test_everything_about_oneself_in_words_and_for_machines(house, lived):
    client = house.client("handler")
    parts, page = parts_of(client)
    assert list(parts) == own_data.names()
    assert parts["account"][0]["name"] == house.person("handler").name
    assert [row["org"] for row in parts["posts"]] == ["车辆管理所"]
    assert [row["role"] for row in parts["grants"]] == ["handler"]
    assert parts["tokens"][0]["name"] == "读数"
    assert parts["filters"] == [{"name": "逾期", "query": "level=late"}]
    (draft,) = parts["drafts"]
    assert (draft["number"], draft["typed"]) == (lived["draft"], {"reply": "还没写完"})
    assert parts["absences"][0]["stand_in"] == house.person("handler2").name
    assert {"person.created", "grant.given", "token.issued"} <= {
        row["event"] for row in parts["events"]
    }
    assert words.text("notice.assigned") in {row["said"] for row in parts["notices"]}
    assert parts["links"] == []
    for said in ("授予角色", "还没写完", "车辆管理所", "承办"):
        assert said in page
    # No secret, no hash, nothing of anybody else.
    row = orgs.person(house.person("handler").pk)
    for hidden in (row.password, row.password_digest, "督查室", house.person("leader").name):
        assert hidden not in page
        assert hidden not in json.dumps(parts, ensure_ascii=False)
    taken = SecurityEntry.objects.get(type="account.data_taken")
    assert taken.about == row.pk
    theirs, _ = parts_of(house.client("leader"))
    assert [one["number"] for one in theirs["opened"]] == [lived["plan"]]
    assert theirs["opened"][0]["subject"]
    assert theirs["links"][0]["holder"] == "督查室"


def test_every_part_and_every_key_has_words(house, lived):
    assert [name for name in own_data.names() if not words.has(f"own_data.part.{name}")] == []
    keys = set()
    for person in ("handler", "leader"):
        parts, _ = parts_of(house.client(person))
        keys |= {key for rows in parts.values() for row in rows for key in row}
    assert [key for key in sorted(keys) if not words.has(f"own_data.key.{key}")] == []


def test_only_for_oneself_by_page_and_interface(house, lived):
    assert Client().post("/desk/me/data").status_code == 302
    assert house.client("handler").get("/desk/me/data").status_code == 405
    with pytest.raises(DeniedError):
        own_data.taken(SYSTEM, now())
    who = house.person("handler").pk
    day = timezone.localtime(now()).date() + timedelta(days=1)
    secret = access.issue_token(who, "t", ["matters:read"], expires=day, at=now(), actor="system")
    headers = {"Authorization": f"Bearer {secret}"}
    answer = Client().get("/api/v1/own-data", headers=headers)
    assert answer.status_code == 200
    assert answer.json()["parts"]["account"][0]["username"] == "handler"
    assert "我的数据" in house.client("stranger").get("/desk/me").content.decode()
