"""What people are told: in the words of the programme that tells it, else in the house's."""

import shutil
from pathlib import Path

import pytest
from django.core import mail
from django.utils import translation
from house import BODY, SINCE

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.models import Release
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import RefusedError
from bihuan.spec.checks import told as check_told
from bihuan.web import errors, words

pytestmark = pytest.mark.django_db
OWN = {
    "zh-Hans": ("街巷来了一条新线索", "街巷热线已答复 {number}，请到 {url}/follow 查看。"),
    "en": ("A new hint from the lanes", "The lanes answered {number}: {url}/follow"),
}


@pytest.fixture
def lanes(house, tmp_path):
    """A programme that says of its own what the house would say, too."""
    folder = tmp_path / "lanes"
    shutil.copytree(next(p for p in programmes.folders() if p.name == "public_voice"), folder)
    manifest = folder / "programme.toml"
    text = manifest.read_text(encoding="utf-8").replace('id = "public_voice"', 'id = "lanes"')
    manifest.write_text(text, encoding="utf-8")
    for locale, (notice, letter) in OWN.items():
        path = folder / "strings" / f"{locale}.toml"
        said = path.read_text(encoding="utf-8")
        said = said.replace("[notice]\n", f'[notice]\nreceived = "{notice}"\n')
        said += f'\n[mail]\nanswered = "{letter}"\n'
        path.write_text(said, encoding="utf-8")
    assert programmes.check_folder(folder) == []
    release = programmes.install(folder, at=house.at, actor="system")
    org = house.org("center")
    programmes.put_in_force(release.pk, org, start=SINCE, at=house.at, actor=SYSTEM)
    opening = Opening(
        programme="lanes",
        kind="voice",
        home=org,
        body=BODY,
        fields={"category": "complaint", "channel": "web"},
        contact=vault.Person(email="lane@example.org"),
    )
    return matters.open_matter(opening, actor=house.actor("sender"), at=house.at)


def inbox(house, who, locale):
    client = house.client(who)
    return client.get("/desk/inbox", headers={"accept-language": locale}).content.decode()


def test_each_programme_tells_in_its_own_words(house, lanes):
    house.open()
    for locale, (own, _) in OWN.items():
        with translation.override(locale):
            common = words.text("notice.received")
            shown = [words.text(n.text, **n.values) for n in notify.inbox(house.person("desk").pk)]
        assert sorted(shown) == sorted([own, common])
    page = inbox(house, "desk", "zh-hans")
    assert OWN["zh-Hans"][0] in page
    assert words.default_text("notice.received") in page


def test_a_sender_is_written_to_in_the_programme_s_words(house, lanes):
    org = house.org("vehicles").pk
    for action, who, data in (
        ("accept", "desk", {}),
        ("dispatch", "desk", {"unit": org}),
        ("sign", "handler", {}),
        ("reply", "handler", {"reply": "经查，已修复。"}),
    ):
        matters.act(lanes.matter.pk, action, actor=house.actor(who), at=house.at, data=data)
    while notify.run(house.at):
        pass
    (letter,) = mail.outbox
    assert letter.body.startswith(f"街巷热线已答复 {lanes.matter.number}，请到 http")


def test_what_was_told_before_says_no_programme(house):
    """Its words were the house's; they went to the programme, and are found there."""
    for locale, said in (
        ("zh-hans", "督办件已逾期（红色督办单）"),
        ("en", "A directive is late (red slip)"),
    ):
        with translation.override(locale):
            assert words.text("notice.slip_red", number="DB2026-000001") == said
            assert words.text("notice.slip_red", told_by="supervision") == said
    with translation.override("zh-hant"):
        assert "紅色督辦單" in words.text("notice.slip_red")
    assert not words.has("notice.slip_red")


def test_a_release_of_before_had_no_words_for_it(house):
    stored = Path(__file__).parents[1] / "spec" / "supervision-0.5.0.json"
    rows = Release.objects.filter(programme="supervision")
    rows.update(text=stored.read_text(encoding="utf-8"), head="before")
    programmes.forget_cached()
    (found,) = (one for one in programmes.known() if one.id == "supervision")
    assert "notice.slip_red" not in found.strings[DEFAULT]
    assert (
        words.default_text("notice.slip_red", told_by="supervision") == "督办件已逾期（红色督办单）"
    )


def test_a_programme_s_words_are_asked_for_notices_and_mails_only(house):
    title = words.text("site.name", told_by="supervision")
    assert title == words.text("site.name")
    assert words.text("notice.step_late", told_by="supervision") == words.text("notice.step_late")
    assert words.text("notice.unheard_of") == "notice.unheard_of"


@pytest.mark.parametrize("text", check_told.HOUSE)
def test_the_house_has_words_for_what_any_programme_may_tell(text):
    for locale in ("zh-Hans", "en"):
        assert text in words.house().words[locale]


def test_a_refusal_is_said_in_the_programme_s_words(house):
    opened = house.handling()
    house.act(opened, "request_extension", "handler", reason="配件未到。")
    page = house.client("handler").get(f"/desk/matters/{opened.matter.pk}").content.decode()
    assert "这件事项已申请过延期。" in page
    with pytest.raises(RefusedError) as refused:
        house.act(opened, "request_extension", "handler", reason="配件未到。")
    with translation.override("en"):
        assert errors.message(refused.value).startswith("An extension was asked for already.")
    # Where the programme says nothing the house does.
    with pytest.raises(RefusedError) as refused:
        house.act(opened, "accept", "desk")
    assert errors.message(refused.value) == words.text("error.matters.wrong_state")


def test_what_was_filled_in_is_told_in_the_order_of_the_programme(house):
    opened = house.open()
    house.act(opened, "accept", "desk")
    given = {
        "remark": "请尽快。",
        "person": house.person("handler").pk,
        "unit": house.org("vehicles").pk,
    }
    house.act(opened, "dispatch", "desk", **given)
    desk, pk = house.client("desk"), opened.matter.pk
    page = desk.get(f"/desk/matters/{pk}").content.decode()
    spec = programmes.spec_of(opened.matter.release_id)
    labels = [f"{words.of(spec, f'fields.{name}')}：</span>" for name in given]
    places = [page.index(label) for label in labels]
    assert places == sorted(places, reverse=True)


def test_every_refusal_away_from_its_field_names_the_field(house):
    asked = house.client().post("/ask", {"category": "consult", "body": "", "key": "k1"})
    said = asked.content.decode()
    alert = said[said.index('role="alert"') :][:800]
    assert "<strong>内容</strong>" in alert
    made = house.client("admin").post("/studio/orgs", {"name": "新科"}).content.decode()
    assert "上级机构：" in made
    for person, password, word in (
        ("keeper", "kort", "至少10位"),
        ("keeper", "1q2w3e4r5t", "太常见"),
    ):
        form = {"name": "某某", "org": house.org("city").pk, "password": password}
        told = house.client(person).post("/studio/people", form).content.decode()
        assert word in told
        told = house.client(person, HTTP_ACCEPT_LANGUAGE="en").post("/studio/people", form)
        assert "not saved" in told.content.decode()
