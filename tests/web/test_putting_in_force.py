"""A programme put in force and taken out of it by name, with what changes for whom, and dates in words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.programmes import api as programmes

pytestmark = pytest.mark.django_db
PAGE = "/studio/programmes"


@pytest.fixture
def bare(house):
    """A house where nothing is in force any more; the keeper administers all of it."""
    for row in programmes.all_in_force(house.day):
        programmes.end_in_force(row.pk, on=house.day, at=house.at, actor=house.actor("system"))
    return house


def _newest(name):
    return next(r for r in programmes.releases() if r.programme == name)


def _told(answer):
    return answer.content.decode()


def test_what_changes_for_whom_is_told_before_and_what_is_next_after(bare):
    client = bare.client("keeper")
    form = {"release": _newest("public_voice").pk, "org": bare.org("neighbour").pk}
    form["start"] = timezone.localdate().isoformat()
    told = _told(client.post(PAGE, {**form, "do": "look"}))
    assert "从今天起，在邻市启用“民意直通”" in told
    assert "群众可以在门户提出：" in told
    assert "将一并启用" in told
    done = _told(client.post(PAGE, {**form, "do": "put"}, follow=True))
    assert "从今天起在邻市施行" in done
    assert "今天起" in done


def test_a_mistaken_date_is_refused_in_words_and_writes_nothing(bare):
    client = bare.client("keeper")
    form = {"release": _newest("public_voice").pk, "org": bare.org("neighbour").pk}
    for wrong in ("2026-13-40", "下周一", "0206-03-02"):
        answer = client.post(PAGE, {**form, "start": wrong, "do": "put"})
        assert answer.status_code == 422
        assert "不是有效的日期" in _told(answer)
    assert not [f for f in programmes.all_in_force(bare.day) if f.org == bare.org("neighbour")]
    past = timezone.localdate() - timedelta(days=40)
    told = _told(client.post(PAGE, {**form, "start": past.isoformat(), "do": "look"}))
    assert "这一天已经过去" in told


def test_it_is_taken_out_of_force_from_today_on_and_who_needs_it_is_told(house):
    client, today = house.client("keeper"), timezone.localdate()
    row = next(f for f in programmes.all_in_force(today) if f.programme == "supervision")
    page = _told(client.get(PAGE))
    assert "需要它" in page
    late = {"end": row.pk, "on": str(today - timedelta(days=3))}
    refused = client.post(PAGE, late)
    assert refused.status_code == 422
    assert "不能早于今天" in _told(refused)
    done = client.post(PAGE, {"end": row.pk, "on": str(today)}, follow=True)
    assert "从今天起停止施行" in _told(done)


def test_a_programme_is_chosen_in_the_catalogue_and_stands_in_the_form(bare):
    client = bare.client("keeper")
    assert f'href="{PAGE}?programme=public_notice#new"' in _told(
        client.get(reverse("desk:catalogue"))
    )
    page = _told(client.get(PAGE, {"programme": "public_notice"}))
    assert f'<option value="{_newest("public_notice").pk}" selected>' in page


def test_sisters_are_entered_one_after_the_other(house):
    client, parent = house.client("admin"), house.org("vehicles")
    assert house.org("city").name in _told(client.get("/studio/orgs")), "the highest stands there"
    given = {"parent": parent.pk, "name": "业务二科"}
    page = _told(client.post("/studio/orgs", given, follow=True))
    assert "已在车辆管理所下新增业务二科" in page
    field = page[page.index('id="parent"') :]
    assert "车辆管理所" in field[: field.index(">")]


def test_the_next_thing_of_a_first_morning_is_told_on_every_page_and_its_end(house):
    client = house.client("keeper")
    page = _told(client.get("/studio/orgs"))
    assert "下一件是“填写单位名称和热线”" in page
    year = {"year": timezone.localdate().year, "status": "announced", "off": [], "work": []}
    orgs.calendars.set_year(orgs.calendars.default(), year, at=house.at, actor="system")
    assert "还差1件" in _told(client.get("/studio/orgs"))
    identity.put({"name": "平安市", "hotline": "12345"}, at=house.at, actor=house.actor("keeper"))
    assert "还差" not in _told(client.get("/studio/orgs"))


def test_the_last_of_the_five_says_that_the_work_can_begin(house):
    client = house.client("keeper")
    calendar = orgs.calendars.default()
    year = {"year": timezone.localdate().year, "status": "announced", "off": [], "work": []}
    orgs.calendars.set_year(calendar, year, at=house.at, actor="system")
    given = {"name": "平安市", "hotline": "12345", "accent": "red"}
    told = _told(client.post("/studio/site", given, follow=True))
    assert "可以办理了" in told
    assert "/desk/login" in told
