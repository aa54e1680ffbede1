"""Administration through HTTP: who may come in, what it changes, what it refuses."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.workbench import api as workbench
from bihuan.lib import clock

pytestmark = pytest.mark.django_db
PAGES = (
    "",
    "orgs",
    "people",
    "programmes",
    "programmes/public_voice",
    "programmes/public_voice/local",
    "switches",
    "calendar",
    "upkeep",
)


@pytest.mark.parametrize(
    "role", ["desk", "handler", "leader", "supervisor", "publisher", "stranger"]
)
@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_come_in(house, role, path):
    assert house.client(role).get(f"/studio/{path}").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_an_administrator(house, path):
    assert house.client("admin").get(f"/studio/{path}").status_code == 200


def test_organisation_is_made_changed_and_granted(house):
    client = house.client("admin")
    root = house.actor("admin").paths("admin")[0]
    parent = next(o for o in orgs.find_orgs(within=root) if o.path == root)
    client.post("/studio/orgs", {"parent": parent.pk, "name": "新设科室", "code": "new-1"})
    made = orgs.find_orgs("new-1").get()
    url = f"/studio/orgs/{made.pk}"
    person = house.person("handler").pk
    data = {"do": "grant", "person": person, "roles": "public_voice:handler", "post": "1"}
    assert client.post(url, data).status_code == 302
    assert house.actor("handler", timezone.localdate()).has("handler", made.path, "public_voice")
    client.post(url, {"do": "save", "name": "改名科室", "active": "1"})
    assert orgs.org(made.pk).name == "改名科室"
    told = client.post(url, {"do": "save", "name": " "}, follow=True).content.decode()
    assert "bad" in told
    assert orgs.org(made.pk).name == "改名科室"


def test_text_modules_are_added_shown_and_taken_out_of_use(house):
    client, city = house.client("admin"), house.org("city")
    url = f"/studio/orgs/{city.pk}"
    given = {"do": "phrase", "shortcut": "收悉", "body": "您好，来信收悉。"}
    for _ in range(2):
        assert client.post(url, given).status_code == 302
    (row,) = workbench.phrases_of(city)
    assert "您好，来信收悉。" in client.get(url).content.decode()
    taken = client.post(url, {**given, "body": "另一段话"}).content.decode()
    assert "已经有了" in taken
    assert "另一段话" in taken, "what was typed is still there"
    elsewhere = f"/studio/orgs/{house.org('center').pk}"
    assert client.post(elsewhere, {"do": "drop", "phrase": row.pk}).status_code == 404
    assert client.post(url, {"do": "drop", "phrase": row.pk}).status_code == 302
    assert workbench.phrases_of(city) == ()


def test_foreign_organisation_is_not_ones_to_change(house):
    foreign = orgs.find_orgs("邻市").first()
    assert house.client("admin").get(f"/studio/orgs/{foreign.pk}").status_code == 403


def test_local_value_needs_a_clause_and_then_holds(house):
    client = house.client("admin")
    root = orgs.find_orgs(within=house.actor("admin").paths("admin")[0]).first()
    url = "/studio/programmes/public_voice/local"
    form = {"name": "limit_answer", "org": root.pk, "value": "3", "start": "2026-01-01"}
    client.post(url, {**form, "clause": " "})
    assert programmes.overrides("public_voice") == []
    client.post(url, {**form, "value": "nonsense", "clause": "市府办〔2026〕1号"})
    assert programmes.overrides("public_voice") == []
    client.post(url, {**form, "clause": "市府办〔2026〕1号"})
    assert [o.value for o in programmes.overrides("public_voice")] == [3]


NOTICE = (
    "国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：1月1日（周五）至3日（周日）放假，共3天。"
    "\n二、春节：2月5日（周五）至6日（周六）放假调休，共2天。2月14日（周日）上班。"
)


def test_an_announcement_is_pasted_looked_at_and_saved(house):
    client = house.client("keeper")
    seen = client.post("/studio/calendar", {"do": "read", "year": "2026", "text": NOTICE})
    read = seen.content.decode()
    assert "2027年放假5天、周末上班1天" in read
    assert orgs.calendars.years(orgs.calendars.default().pk)[0].year == 2026, "nothing is written"
    form = {
        "year": "2027",
        "status": "announced",
        "source": "国办发明电",
        "special": ["2027-01-01", "2027-02-05", "2027-02-14", "2027-03-01"],
        "called": ["off 2027-01-01 元旦", "off 2027-01-02 元旦", "work 2027-02-14 春节调休上班"],
    }
    looked = client.post("/studio/calendar", {**form, "do": "look"}).content.decode()
    assert "3月1日" in looked
    unseen = client.post("/studio/calendar", {**form, "do": "save", "seen": "another"})
    assert unseen.status_code == 200, "what was not looked at is shown first"
    kept = form["status"] + "|国办发明电|" + " ".join(form["special"])
    assert client.post("/studio/calendar", {**form, "do": "save", "seen": kept}).status_code == 302
    year = orgs.calendars.years(orgs.calendars.default().pk)[0]
    assert (year.year, year.days["2027-01-02"]) == (2027, [False, "元旦"])
    assert year.days["2027-02-14"] == [True, "春节调休上班"]
    assert year.days["2027-03-01"][0] is False
    assert "2027-01-03" not in year.days


def test_a_text_without_days_and_a_day_of_another_year_are_refused(house):
    client = house.client("keeper")
    refused = client.post("/studio/calendar", {"do": "read", "text": "各单位要安排好值班。"})
    assert refused.status_code == 422
    assert "各单位要安排好值班。" in refused.content.decode()
    form = {"year": "2027", "status": "announced", "do": "look", "special": "2026-01-01"}
    assert client.post("/studio/calendar", form).status_code == 422
    asked = {**form, "special": "2027-01-01", "do": "save", "seen": "announced||2027-01-01"}
    assert house.client("admin").post("/studio/calendar", asked).status_code == 403


def test_the_first_morning_lists_what_is_missing_and_goes(house):
    client = house.client("keeper")
    told = client.get("/studio/").content.decode()
    assert 'href="/studio/site"' in told
    assert client.get("/desk/home").headers["Location"] == "/studio/"
    given = {"name": "平安市", "hotline": "12345"}
    identity.put(given, at=house.at, actor=house.actor("keeper"))
    year = {"year": timezone.localdate().year, "status": "announced", "off": [], "work": []}
    calendar = orgs.calendars.default()
    orgs.calendars.set_year(calendar, year, at=house.at, actor="system")
    assert client.get("/studio/").headers["Location"] == "/studio/orgs"
    assert 'href="/studio/"' not in client.get("/studio/orgs").content.decode()


def test_one_form_makes_account_posts_and_roles_or_nothing(house):
    client = house.client("admin")
    form = {
        "name": "欧阳新人",
        "org-text": "城管局",
        "also-text": "教育局",
        "title": "科员",
        "account": "temporary",
        "roles": ["public_voice:handler", "supervision:no_such_role"],
    }
    refused = client.post("/studio/people", form)
    assert refused.status_code == 422
    assert orgs.find_people("欧阳新人").count() == 0, "no half of it"
    assert "城管局" in refused.content.decode()
    form["roles"] = ["public_voice:handler", "supervision:handler"]
    told = client.post("/studio/people", form, follow=True).content.decode()
    made = orgs.find_people("欧阳新人").get()
    assert made.username == "ouyangxinren"
    (password,) = set(re.findall(r"(?:[A-Z0-9]{4}-){2}[A-Z0-9]{4}", told))
    assert made.check_password(password)
    assert made.must_change
    page = client.get(f"/studio/people/{made.pk}").content.decode()
    assert "科员" in page
    assert "教育局" in page
    assert "城管局及其下级" in page
    assert password not in page, "it is shown once"


def test_posts_and_roles_are_added_and_ended_on_a_persons_page(house):
    client, pk = house.client("admin"), house.person("handler").pk
    url, streets = f"/studio/people/{pk}", house.org("streets")
    assert client.post(url, {"do": "place", "org": streets.pk, "title": "主任"}).status_code == 302
    given = {"do": "give", "over": streets.pk, "roles": "public_voice:leader"}
    assert client.post(url, given).status_code == 302
    today = timezone.localdate()
    assert house.actor("handler", today).has("leader", streets.path, "public_voice")
    (grant,) = [g for g in access.grants_of(pk, today) if g.org_id == streets.pk]
    client.post(url, {"do": "end", "grant": grant.pk})
    assert not house.actor("handler", today).has("leader", streets.path)
    told = client.post(url, {"do": "temporary"}, follow=True).content.decode()
    assert "临时密码" in told
    foreign = {"do": "place", "org": house.org("neighbour").pk}
    assert client.post(url, foreign).status_code == 422


def test_new_person_and_token(house):
    client = house.client("admin")
    place = orgs.find_orgs(within=house.actor("admin").paths("admin")[0]).first()
    client.post(
        "/studio/people",
        {
            "username": "new.person",
            "name": "新人",
            "org": place.pk,
            "password": "long-enough-word-1",
        },
    )
    pk = orgs.find_people("new.person").get().pk
    assert client.get(f"/studio/people/{pk}").status_code == 200
    own = house.client("desk")
    form = {"name": "试点", "scopes": ["matters:read"]}
    told = own.post("/desk/me/tokens", form, follow=True).content.decode()
    assert "bh_" in told
    assert "试点" in client.get("/studio/upkeep").content.decode()
    refused = own.post("/desk/me/tokens", {**form, "scopes": ["admin"]})
    assert (refused.status_code, "试点" in refused.content.decode()) == (422, True)


def local_form(house, **more):
    return {
        "org": house.org("center").pk,
        "clause": "市府办〔2026〕1号",
        "start": "2026-01-01",
        **more,
    }


URL = "/studio/programmes/public_voice/local"


def test_new_category_reaches_portal_desk_import_and_api(house):
    client = house.client("admin")
    form = local_form(house, part="choice", name="voice.category.*", zh="供暖", en="Heating supply")
    assert client.post(URL, form).status_code == 302
    told = client.get(f"{URL}?org={house.org('center').pk}").content.decode()
    assert "choices.category.heating_supply" in told
    assert "供暖" in house.client().get("/ask").content.decode()
    assert "供暖" in house.client("desk").get("/desk/register").content.decode()
    assert "供暖" in house.client("desk").get("/desk/?tab=all").content.decode()
    sent = house.client().post(
        "/ask", {"category": "heating_supply", "body": "暖气片不热已经一周了。", "key": "k1"}
    )
    assert sent.status_code == 200
    table = "标题,内容,类别\n供暖,暖气不热,供暖\n".encode()
    seen = house.client("desk").post("/desk/import", {"file": SimpleUploadedFile("a.csv", table)})
    assert "可导入" in seen.content.decode() or "ticket" in seen.content.decode()
    services = house.client().get("/open311/v2/services.json?jurisdiction_id=center").json()
    assert "供暖" in [s["service_name"] for s in services]


def test_required_and_hidden_place_on_portal_and_desk(house):
    client = house.client("admin")
    help_text = {"zh": "请写到门牌号", "en": "House number, please"}
    client.post(
        URL, local_form(house, part="field", name="voice.place", how="required", **help_text)
    )
    asked = house.client().get("/ask").content.decode()
    assert "请写到门牌号" in asked
    refused = house.client().post(
        "/ask", {"category": "consult", "body": "路灯坏了。", "key": "k2"}
    )
    assert refused.status_code == 422
    assert "路灯坏了。" in refused.content.decode()
    row = programmes.overrides("public_voice")[0]
    client.post(URL, {"end_change": row.pk})
    client.post(URL, local_form(house, part="field", name="voice.place", how="hidden", start=""))
    assert 'name="place"' not in house.client().get("/ask").content.decode()
    assert 'name="place"' not in house.client("desk").get("/desk/register").content.decode()
    sent = house.client().post("/ask", {"category": "consult", "body": "路灯坏了。", "key": "k3"})
    assert sent.status_code == 200


def test_a_refused_change_keeps_what_was_typed(house):
    form = local_form(house, part="choice", name="voice.channel.hotline", how="retired")
    answer = house.client("admin").post(URL, form)
    assert answer.status_code == 422
    assert "市府办〔2026〕1号" in answer.content.decode()
    assert "不能停用" in answer.content.decode()
    assert programmes.overrides("public_voice") == []


def test_foreign_place_is_refused(house):
    form = {**local_form(house, part="field", name="voice.place", how="hidden")}
    form["org"] = house.org("neighbour").pk
    assert house.client("admin").post(URL, form).status_code == 422
    assert programmes.overrides("public_voice") == []


def test_switch_is_turned_with_its_reason_beside_it(house):
    client = house.client("admin")
    told = client.get("/studio/switches").content.decode()
    assert "second_signature" in told
    form = local_form(house, part="setting", name="second_signature", value="true")
    form |= {
        "programme": "public_voice",
        "clause": " 依据还没有写 ",
        "org": "",
        "org-text": "无此处",
    }
    refused = client.post("/studio/switches", form)
    assert refused.status_code == 422
    assert "依据还没有写" in refused.content.decode()
    assert "无此处" in refused.content.decode()
    assert programmes.overrides("public_voice") == []
    center = house.org("center")
    form |= {"clause": "市府办〔2026〕1号", "org-text": center.name}
    done = client.post("/studio/switches", form)
    assert done.headers["Location"].endswith("/studio/switches")
    assert [o.value for o in programmes.overrides("public_voice")] == [True]


def test_a_release_is_put_in_force_at_a_place_that_is_typed(house):
    client = house.client("admin")
    release = programmes.releases()[0]
    form = {"release": release.pk, "start": "2026-03-01", "org-text": "无此处"}
    refused = client.post("/studio/programmes", form)
    assert refused.status_code == 422
    assert "无此处" in refused.content.decode()
    done = client.post("/studio/programmes", {**form, "org-text": house.org("center").name})
    assert done.status_code == 302
    held = programmes.all_in_force(house.day)
    assert (release.pk, house.org("center").pk) in {(f.release_id, f.org_id) for f in held}


def test_what_a_programme_needs_comes_along_and_is_told_first(house):
    client, other = house.client("keeper"), house.org("neighbour")
    today = timezone.localdate()
    for row in programmes.current("supervision", today):
        programmes.end_in_force(row.pk, on=today, at=clock.now(), actor=house.actor("system"))
    release = next(r for r in programmes.releases() if r.programme == "service_window")
    form = {"release": release.pk, "org": other.pk, "start": today.isoformat()}
    told = client.post("/studio/programmes", {**form, "do": "look"}).content.decode()
    assert "将一并启用" in told
    assert not programmes.current("supervision", today), "nothing is written"
    assert client.post("/studio/programmes", {**form, "do": "put"}).status_code == 302
    begun = {f.programme for f in programmes.all_in_force(today) if f.org_id == other.pk}
    assert {"service_window", "supervision"} <= begun


def test_the_page_is_about_the_place_that_is_typed(house):
    told = house.client("admin").get("/studio/switches", {"org-text": house.org("center").name})
    assert house.org("center").name in told.content.decode()
    lost = house.client("admin").get("/studio/switches", {"org-text": "无此处"})
    assert "notice-box bad" in lost.content.decode()


def test_programme_page_draws_each_kind_beside_its_table(house):
    told = house.client("admin").get("/studio/programmes/supervision").content.decode()
    assert told.count('<svg class="chart" role="img"') == 5
    assert "督办的状态图" in told


def test_the_parts_of_pages_are_shown_in_debug_only(house, settings):
    client = house.client("admin")
    assert client.get("/studio/parts").status_code == 404
    settings.DEBUG = True
    assert "empty-state" in client.get("/studio/parts").content.decode()
