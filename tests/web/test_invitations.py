"""People without an account, and how one comes to them: by a link that works once."""

import re
from datetime import timedelta

import pytest
from at_once import at_once
from django.test import Client
from django.utils import timezone

from bihuan import cli
from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing, holders, inviting
from bihuan.foundation.access.api import SYSTEM, AccessError
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import Event, SecurityEntry
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError

RIGHT = "Quiet-harbour-71"
CODE = re.compile(r"/desk/invited#([0-9A-Z]{20})")


@pytest.fixture
def member(house):
    """Somebody of 车辆管理所 without an account."""
    return governing.add_person(
        "买买提·吐尔逊", place=house.org("vehicles"), code="0042", email="m@example.org", title="辅警",
        at=house.at, actor=SYSTEM,
    )  # fmt: skip


def invitation(client, person, **given):
    """The code of the link that the studio shows."""
    answer = client.post(f"/studio/people/{person.pk}/invite", given)
    assert answer.status_code == 200, answer.content.decode()
    return CODE.search(answer.content.decode())[1]


def come(code, origin="203.0.113.1", **given):
    client = Client(REMOTE_ADDR=origin)
    return client, client.post("/desk/invited", {"code": code, **given})


@pytest.mark.django_db
def test_nobody_without_an_account_comes_in_or_holds_anything(house, member):
    for typed in ("", "None", "0042", str(member.pk)):
        answer = Client().post("/desk/login", {"username": typed, "password": RIGHT})
        assert answer.status_code == 403
    at, day = house.at, house.day
    place = house.org("vehicles")
    refused = {
        "grant": lambda: governing.give(
            member.pk, "handler", place.pk, start=day, at=at, actor=SYSTEM
        ),
        "token": lambda: access.issue_token(
            member.pk, "t", ["matters:read"], expires=day, at=at, actor="system"
        ),
        "password": lambda: governing.reset_password(member.pk, RIGHT, at=at, actor=SYSTEM),
    }
    for name, act in refused.items():
        with pytest.raises((AccessError, OrgError), match="no_account"):
            act()
        assert name
    # A post is no account, and may be had.
    schools = house.org("schools").pk
    governing.give_post(member.pk, schools, start=day, at=at, actor=SYSTEM)
    assert orgs.is_placed(member.pk, house.org("schools").path, day)
    # A matter is not given to who could not see it.
    opened = house.open()
    house.act(opened, "accept", "desk")
    with pytest.raises(ProblemError, match="person_no_account"):
        house.act(opened, "dispatch", "desk", unit=place.pk, person=member.pk)
    # Nor are they mailed of what they cannot open.
    notify.tell([member.pk], "notice.assigned", key="k", at=at)
    assert member.pk not in notify.people_to_mail(at + timedelta(hours=1))
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_the_studio_adds_shows_and_finds_them(house):
    client = house.client("admin")
    form = {"name": "石榴花", "org-text": "城管局", "account": "without", "code": "A-7"}
    refused = client.post("/studio/people", {**form, "roles": ["public_voice:handler"]})
    assert refused.status_code == 422
    assert "没有账号，不能授予角色" in refused.content.decode()
    told = client.post("/studio/people", form, follow=True).content.decode()
    assert "已登记石榴花" in told
    made = orgs.find_people("A-7").get()
    assert not made.has_account
    listed = client.get("/studio/people", {"standing": "absent"}).content.decode()
    assert re.findall(r'/studio/people/\d+">([^<]+)</a>', listed) == ["石榴花"]
    assert "无账号" in listed
    page = client.get(f"/studio/people/{made.pk}").content.decode()
    assert "无账号" in page
    assert "邀请开通账号" in page
    assert "None" not in page
    assert 'name="password"' not in page


@pytest.mark.django_db
def test_an_invitation_opens_an_account_once(house, member):
    admin = house.client("admin")
    asked = admin.get(f"/studio/people/{member.pk}/invite").content.decode()
    assert CODE.search(asked) is None
    code = invitation(admin, member)
    _, shown = come(code)
    page = shown.content.decode()
    assert "车辆管理所邀请“买某”开通账号" in page
    assert "吐尔逊" not in page
    assert 'value="maimaitituerxun"' in page
    assert "至少 10 位" in page
    assert shown.headers["Referrer-Policy"] == "strict-origin"
    assert shown.headers["Cache-Control"] == "no-store"
    # What is refused leaves what was typed, and the invitation.
    _, weak = come(code, username="memet", password="short")
    assert weak.status_code == 422
    assert 'value="memet"' in weak.content.decode()
    assert "至少10位" in weak.content.decode()
    _, taken = come(code, username="desk", password=RIGHT)
    assert taken.status_code == 422
    assert "已被使用" in taken.content.decode()
    client, done = come(code, username=" memet ", password=RIGHT)
    assert (done.status_code, done.headers["Location"]) == (302, "/desk/home")
    assert "您的用户名是 memet" in client.get("/desk/home", follow=True).content.decode()
    row = orgs.person(member.pk)
    assert (row.username, row.must_change) == ("memet", False)
    again = Client().post("/desk/login", {"username": "memet", "password": RIGHT})
    assert again.status_code == 302
    assert come(code, username="memet2", password=RIGHT)[1].status_code == 404
    kinds = SecurityEntry.objects.filter(about=member.pk).order_by("pk")
    assert [one.type for one in kinds if not one.type.startswith("login")] == [
        "person.added", "post.given", "invitation.given", "person.account_opened", "invitation.used",
    ]  # fmt: skip
    said = "".join(f"{one.data}{one.private or ''}" for one in Event.objects.all())
    assert code not in said
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_who_has_an_account_sets_a_new_password_and_keeps_the_name(house):
    person = house.person("handler")
    code = invitation(house.client("admin"), person)
    _, shown = come(code)
    assert 'name="username"' not in shown.content.decode()
    assert person.username not in shown.content.decode()
    working = house.client("handler")
    client, done = come(code, username="other", password=RIGHT)
    assert done.status_code == 302
    assert client.get("/desk/").status_code == 200
    assert working.get("/desk/").status_code == 302, "sessions under the earlier password end"
    row = orgs.person(person.pk)
    assert row.username == person.username
    assert row.check_password(RIGHT)


@pytest.mark.django_db
def test_what_does_not_work_looks_alike(house, member):
    admin, at = house.client("admin"), now()
    first = invitation(admin, member)
    second = invitation(admin, member)
    assert come(first)[1].status_code == 404, "a second one ends the first"
    assert come(second)[1].status_code == 200
    ended = admin.post(f"/studio/people/{member.pk}/invite", {"do": "end"})
    assert ended.status_code == 302
    third = invitation(admin, member)
    governing.change_person(member.pk, at=at, actor=SYSTEM, is_active=False)
    pages = {name: come(code)[1] for name, code in
             {"ended": second, "closed": third, "wrong": "A" * 20, "none": ""}.items()}  # fmt: skip
    hidden = re.compile(r'value="[^"]*"|nonce="[^"]*"')
    assert {page.status_code for page in pages.values()} == {404}
    assert len({hidden.sub("", page.content.decode()) for page in pages.values()}) == 1
    with pytest.raises(AccessError, match="invitation_closed"):
        governing.invite(member.pk, at=at, actor=SYSTEM)
    governing.change_person(member.pk, at=at, actor=SYSTEM, is_active=True)
    _, code = governing.invite(member.pk, at=at, actor=SYSTEM)
    last = at + timedelta(days=inviting.USUAL)
    source = {"source": "s"}
    assert inviting.look(code, at=last, **source).name == "买某"
    with pytest.raises(AccessError, match="invitation_unknown"):
        inviting.accept(code, "memet", RIGHT, at=last + timedelta(days=1), **source)
    for day in (house.day, timezone.localdate() + timedelta(days=inviting.LONGEST + 1)):
        with pytest.raises(AccessError, match="invitation_until"):
            governing.invite(member.pk, expires=day, at=at, actor=SYSTEM)
    own = house.actor("admin", at.date())
    with pytest.raises(OrgError, match="own_password"):
        governing.invite(own.person_id, at=at, actor=own)


@pytest.mark.django_db
def test_a_password_set_since_ends_an_invitation(house):
    person = house.person("handler")
    _, code = governing.invite(person.pk, at=now(), actor=SYSTEM)
    governing.reset_password(person.pk, RIGHT, at=now(), actor=SYSTEM)
    assert come(code)[1].status_code == 404


@pytest.mark.django_db
def test_guesses_are_paced_by_origin(house, member):
    _, code = governing.invite(member.pk, at=now(), actor=SYSTEM)
    codes = [come(f"{n:0>20}")[1].status_code for n in range(12)]
    assert codes == [404] * 10 + [429] * 2
    answer = come(code)[1]
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    assert come(code, origin="198.51.100.9")[1].status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_come_at_once_get_one_account(house, member):
    _, code = governing.invite(member.pk, at=now(), actor=SYSTEM)
    chosen = ["first", "second", "third", "fourth"]
    found = at_once(
        [
            lambda name=name: inviting.accept(code, name, RIGHT, source=name, at=now())
            for name in chosen
        ]
    )
    given = [one.username for one in found if not isinstance(one, Exception)]
    assert len(given) == 1
    assert orgs.person(member.pk).username == given[0]
    assert Event.objects.filter(type="person.account_opened").count() == 1
    late = [one for one in found if isinstance(one, Exception)]
    assert {getattr(one, "key", repr(one)) for one in late} == {"access.invitation_unknown"}
    # Two people who choose one name at once: the other's invitation stays open.
    pair = [
        governing.add_person(name, place=house.org("streets"), at=house.at, actor=SYSTEM).pk
        for name in ("石榴", "石榴花")
    ]
    codes = [governing.invite(pk, at=now(), actor=SYSTEM)[1] for pk in pair]
    found = at_once(
        [lambda c=c: inviting.accept(c, "same", RIGHT, source=c, at=now()) for c in codes]
    )
    assert sorted(getattr(one, "key", "in") for one in found) == ["in", "orgs.username_taken"]
    assert sum(come(code)[1].status_code == 200 for code in codes) == 1
    # And invitations at once leave one that works: the person has an account by now.
    jobs = [lambda: governing.invite(member.pk, at=now(), actor=SYSTEM)[1] for _ in range(3)]
    codes = [one for one in at_once(jobs) if isinstance(one, str)]
    assert len(codes) == 3
    works = [one for one in codes if come(one)[1].status_code == 200]
    assert len(works) == 1
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_by_command_and_interface(house, capsys):
    add = ["user", "add", "石榴花", "--org", "streets", "--code", "C-3"]
    assert cli.main(add) == 0
    person = orgs.find_people("C-3").get()
    assert holders.standing_of(person) == holders.ABSENT
    assert cli.main(["user", "invite", str(person.pk), "--days", "2"]) == 0
    code = CODE.search(capsys.readouterr().out)[1]
    body = {"code": code, "username": "shiliu", "password": "short"}
    accept = "/api/v1/public/invitation/accept"
    asked = {"content_type": "application/json"}
    assert Client().post(accept, body, **asked).json()["error"]["code"] == "orgs.password_short"
    done = Client().post(accept, {**body, "password": RIGHT}, **asked)
    assert (done.status_code, done.json()) == (201, {"username": "shiliu"})
    gone = Client().post(accept, {**body, "password": RIGHT}, **asked)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "access.invitation_unknown")
    assert cli.main(["user", "invite", "shiliu"]) == 0
    assert cli.main(["user", "uninvite", "shiliu"]) == 0
    assert "has ended" in capsys.readouterr().out
    assert cli.main(["user", "uninvite", "shiliu"]) == 0
    assert "none" in capsys.readouterr().out
    assert cli.main(["user", "invite", "nobody-here"]) == 2
    assert cli.main(["user", "invite", "shiliu", "--days", "31"]) == 1
