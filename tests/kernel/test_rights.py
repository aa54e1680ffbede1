"""Rights that let somebody act for another or keep another out: asked in the verbs, tried as those
who would gain by them."""

import json

import pytest
from django.test import Client

from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.senders import api as senders
from bihuan.lib.problems import NotAllowedError, RefusedError
from bihuan.outcomes.publicity import api as publicity

pytestmark = pytest.mark.django_db


def recuse(house, matter, by, whom):
    return impartiality.recuse(
        matter.pk, house.person(whom).pk, actor=house.actor(by), at=house.at, reason="亲属"
    )


BELOW = ("handler", "handler2", "desk", "publisher")


@pytest.mark.parametrize(
    ("by", "whom"),
    [(by, whom) for by in BELOW for whom in ("supervisor", "leader", *BELOW) if by != whom],
)
def test_nobody_of_the_unit_or_the_desk_keeps_another_out(house, by, whom):
    matter = house.handling().matter
    with pytest.raises(NotAllowedError):
        recuse(house, matter, by, whom)
    assert matters.sees(house.actor(whom), matters.Matter.objects.get(pk=matter.pk))


@pytest.mark.parametrize(("by", "whom"), [("leader", "supervisor"), ("supervisor", "leader")])
def test_who_oversees_is_kept_out_by_nobody_but_themselves(house, by, whom):
    matter = house.handling().matter
    with pytest.raises(NotAllowedError, match="oversees"):
        recuse(house, matter, by, whom)
    recuse(house, matter, whom, whom)
    with pytest.raises(LookupError):
        matters.matter(house.actor(whom), matter.pk)


def test_who_is_kept_out_is_told(house):
    matter = house.handling().matter
    recuse(house, matter, "leader", "handler")
    told = notify.inbox(house.person("handler").pk)
    assert [(n.text, n.values["number"], n.ref) for n in told if n.text == "notice.recused"] == [
        ("notice.recused", matter.number, "")
    ]


def test_a_leader_who_has_it_in_hand_keeps_nobody_out(house):
    opened = house.open()
    house.act(opened, "accept", "desk")
    city = house.org("city")
    matter = house.act(opened, "dispatch", "leader", unit=city.pk, person=house.person("leader").pk)
    with pytest.raises(NotAllowedError, match="may_not_recuse"):
        recuse(house, matter, "leader", "supervisor")


def renew(house, opened, by):
    return senders.renew_code(opened.matter.pk, actor=house.actor(by), at=house.at)


@pytest.mark.parametrize("by", ["handler", "handler2", "leader", "supervisor", "publisher"])
def test_a_code_is_renewed_by_the_receiving_desk_alone(house, by):
    opened = house.answered()
    with pytest.raises(NotAllowedError, match="may_not_renew"):
        renew(house, opened, by)
    assert matters.by_code(opened.code).pk == opened.matter.pk


def test_who_answered_at_the_desk_neither_renews_nor_rates(house):
    opened = house.open()
    house.act(opened, "settle", "desk", reply="已电话答复。")
    with pytest.raises(NotAllowedError, match="handled_it"):
        renew(house, opened, "desk")
    with pytest.raises(RefusedError, match="actor_aside"):
        house.act(opened, "rate", "desk", rating="satisfied")
    assert renew(house, opened, "desk2").code
    assert house.act(opened, "rate", "desk2", rating="satisfied").facts["rating"] == "satisfied"


def test_a_handler_with_a_second_post_at_the_desk_renews_nothing(house):
    access.give(
        house.person("handler").pk, "desk", house.org("center").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    opened = house.answered()
    with pytest.raises(NotAllowedError, match="handled_it"):
        renew(house, opened, "handler")


def test_a_renewed_code_goes_to_the_senders_own_address(house, mailoutbox):
    person = vault.Person("乔映雪", "", "qiao@example.org")
    opened = house.answered(house.open(contact=person))
    renewed = renew(house, opened, "desk")
    assert (renewed.code, renewed.sent) == ("", True)
    with pytest.raises(LookupError):
        matters.by_code(opened.code)
    while notify.run(house.after(hours=1)):
        pass
    (mail,) = [m for m in mailoutbox if "换发了查询码" in m.body]
    assert mail.to == ["qiao@example.org"]
    code = mail.body.partition("换发了查询码：")[2].split()[0]
    found = matters.by_code(code)
    assert found.pk == opened.matter.pk
    rated = house.act(matters.Opened(found, code), "rate", "sender", rating="satisfied")
    last = audit.history(rated.stream)[-1]
    assert audit.read(last)["code_renewed"] is True
    assert rated.facts["code_renewed"] is True
    assert list(audit.everything()) == []


def test_a_post_without_a_grant_keeps_one_from_complaints_about_it(house):
    """Somebody of the unit complained of who has their grant elsewhere."""
    orgs.give_post(
        house.person("desk").pk, house.org("vehicles_one").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    opened = house.open(named_orgs=[house.org("vehicles").pk])
    assert not matters.sees(house.actor("desk"), opened.matter)
    assert matters.by_ids(house.actor("desk"), [opened.matter.pk]) == []
    assert notify.inbox(house.person("desk").pk) == []
    assert matters.sees(house.actor("desk2"), opened.matter)


@pytest.mark.parametrize("why", ["recused", "named"])
def test_who_is_kept_away_neither_reads_nor_decides_what_is_published(house, why):
    named = [house.person("publisher").pk] if why == "named" else []
    opened = house.answered(house.open(named_people=named))
    matter = house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(matter.stream)
    if why == "recused":
        recuse(house, matter, "publisher", "publisher")
    away, there = house.actor("publisher"), house.actor("desk")
    assert publicity.drafts(away) == []
    assert [one.pk for one in publicity.drafts(there)] == [row.pk]
    given = {"actor": away, "at": house.at}
    for tried in (
        lambda: publicity.draft_of(away, row.pk),
        lambda: publicity.edit(row.pk, title="好", question="好", answer="好", **given),
        lambda: publicity.publish(row.pk, version=row.version, **given),
    ):
        with pytest.raises(LookupError):
            tried()
    publicity.publish(row.pk, version=row.version, actor=there, at=house.at)
    with pytest.raises(LookupError):
        publicity.withdraw(row.pk, "不妥", **given)
    assert publicity.may_publish(away, [row]) == set()
    client = house.client("publisher")
    assert client.get(f"/desk/publications/{row.pk}").status_code == 404


WORDS = "车辆管理所的林望舒"


def opened_by(house, door):
    """A complaint by one door, with the words that say whom it is about."""
    home = house.org("center")
    key = f"{home.pk}.public_voice.voice"
    text = {"body": "窗口态度很差，请处理。", "category": "complaint", "complained_of": WORDS}
    if door == "portal":
        ticked = {"to": key, **text, "complained_of": "林望舒", "complained": ["车辆管理所"]}
        assert Client().post("/ask", ticked).status_code == 200
    elif door == "desk":
        given = {"home": key, "channel": "hotline", **text}
        assert house.client("desk").post("/desk/register", given).status_code == 302
    elif door == "interface":
        given = {
            "programme": "public_voice", "kind": "voice", "home": home.pk, "body": text["body"],
            "fields": {"category": "complaint", "channel": "web"}, "complained_of": WORDS,
        }  # fmt: skip
        answer = Client().post(
            "/api/v1/public/matters", json.dumps(given), content_type="application/json"
        )
        assert answer.status_code == 201
    elif door == "open311":
        given = {"service_code": "public_voice.voice.complaint", "description": text["body"]}
        given["attribute[complained_of]"] = WORDS
        assert Client().post("/open311/v2/requests.json", given).status_code == 201
    else:
        table = f"标题,内容,被反映单位\n态度,{text['body']},{WORDS}\n".encode()
        wanted = {
            "home": home,
            "actor": house.actor("desk"),
            "at": house.at,
            "programme": "public_voice",
            "kind": "voice",
            "guesses": True,
        }
        assert exchange.intake.run(table, "t.csv", **wanted).count("opened") == 1
    return matters.Matter.objects.latest("pk")


@pytest.mark.parametrize("door", ["portal", "desk", "interface", "open311", "import"])
def test_every_door_asks_who_is_complained_of_and_keeps_them_away(house, door):
    matter = opened_by(house, door)
    named = {(p.person_id, p.org_id) for p in matters.Party.objects.filter(matter_id=matter.pk)}
    assert named == {(house.person("handler").pk, None), (None, house.org("vehicles").pk)}
    for key in ("handler", "handler2"):
        assert not matters.sees(house.actor(key), matter)
    assert matters.sees(house.actor("leader"), matter)
    with pytest.raises(RefusedError, match="unit_named"):
        house.act(matter, "dispatch", "leader", unit=house.org("vehicles").pk)
    # The words stay where those who see the matter read them, and go with what is private.
    page = house.client("desk").get(f"/desk/matters/{matter.pk}").content.decode()
    assert "林望舒" in page
    assert "林望舒" not in json.dumps([e.data for e in audit.history(matter.stream)])


def test_what_the_text_speaks_of_is_asked_about(house):
    text = "到车辆管理所办事，城管局的人也不管，平安市怎么办"
    found = [one.name for one in impartiality.suggested(text, house.org("center"))]
    assert found == ["车辆管理所", "城管局"]
    given = {"to": f"{house.org('center').pk}.public_voice.voice", "body": text}
    page = Client().post("/ask/alike", given).content.decode()
    assert 'name="complained" value="车辆管理所"' in page
    # What was ticked survives a refusal.
    refused = Client().post("/ask", given | {"body": "", "complained": ["城管局"]})
    assert refused.status_code == 422
    assert 'name="complained_of" maxlength="200" autocomplete="off" value="城管局"' in (
        refused.content.decode()
    )
    # Another city's, whose name contains that of ours, is not ours.
    elsewhere = house.open("投诉邻市的窗口。", complained_of="邻市受理中心、温邻川").matter
    assert not matters.Party.objects.filter(matter_id=elsewhere.pk).exists()
    assert impartiality.suggested("局" * 20_000, house.org("center")) == []
