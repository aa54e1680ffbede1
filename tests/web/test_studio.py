"""Administration through HTTP: who may come in, what it changes, what it refuses."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.workbench import api as workbench

pytestmark = pytest.mark.django_db
PAGES = (
    "",
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
    client.post("/studio/", {"parent": parent.pk, "name": "新设科室", "code": "new-1"})
    made = orgs.find_orgs("new-1").get()
    url = f"/studio/orgs/{made.pk}"
    person = house.person("handler").pk
    data = {"do": "grant", "person": person, "role": "handler", "post": "1"}
    assert client.post(url, data).status_code == 302
    assert house.actor("handler", timezone.localdate()).has("handler", made.path)
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


def test_announced_year_is_set_and_a_broken_one_refused(house):
    client = house.client("keeper")
    good = 'year = 2027\nstatus = "announced"\nsource = "国办发明电"\noff = [["2027-01-01", "元旦"]]\nwork = []'
    client.post("/studio/calendar", {"days": good})
    calendar = orgs.calendars.default()
    assert next(y.year for y in orgs.calendars.years(calendar.pk)) == 2027
    refused = client.post("/studio/calendar", {"days": "year = # my own words"})
    assert refused.status_code == 422
    assert "notice-box bad" in refused.content.decode()
    assert "# my own words" in refused.content.decode()


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


def test_the_page_is_about_the_place_that_is_typed(house):
    told = house.client("admin").get("/studio/switches", {"org-text": house.org("center").name})
    assert house.org("center").name in told.content.decode()
    lost = house.client("admin").get("/studio/switches", {"org-text": "无此处"})
    assert "notice-box bad" in lost.content.decode()


def test_programme_page_draws_each_kind_beside_its_table(house):
    told = house.client("admin").get("/studio/programmes/supervision").content.decode()
    assert told.count('<svg class="chart" role="img"') == 5
    assert "督办的状态图" in told
