"""Whom a matter is about: what they see and do of it, what they never decide, one a period, nothing open."""

import io
import zipfile
from collections import Counter
from datetime import UTC, date, datetime

import aliens
import pytest
from at_once import at_once
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import turns
from bihuan.kernel.matters.api import Filter, Matter, Opening, Party
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError

pytestmark = pytest.mark.django_db
P = "ppp_reviews"


@pytest.fixture
def landed(house):
    del house
    return aliens.land()


def opened(house, kind="review", about="handler", *, by="ppp_office", at=None, key=None, **more):
    field = {"review": "whose", "check_up": "where", "tip": "of_whom", "choice": "chosen"}[kind]
    pk = house.org(about).pk if kind == "check_up" else house.person(about).pk
    home = more.pop("home", "city" if by == "ppp_head" else "center")
    opening = Opening(P, kind, house.org(home), "内容。", fields={field: pk, **more})
    return matters.open_matter(opening, actor=house.actor(by), at=at or house.at, key=key).matter


def act(house, found, action, by, at=None, **data):
    return matters.act(found.pk, action, actor=house.actor(by), at=at or house.at, data=data)


def sees(house, who, found):
    """Whether somebody sees a matter, as the list, the count and the page all say."""
    actor = house.actor(who)
    one = matters.sees(actor, Matter.objects.get(pk=found.pk))
    listed = {row.pk for row in matters.matters(actor, Filter()).rows}
    assert (found.pk in listed) is one, who
    assert matters.count(actor, Filter()) == len(listed)
    page = house.client(who).get(f"/desk/matters/{found.pk}")
    assert page.status_code == (200 if one else 404)
    return one


def test_whom_it_is_about_has_the_part_that_the_kind_gives(landed):
    house = landed
    found = opened(house)
    assert [who for who in ("handler", "handler2", "ppp_hand", "stranger", "ppp_office", "ppp_head")
            if sees(house, who, found)] == ["handler", "ppp_office", "ppp_head"]  # fmt: skip
    waiting = turns.awaits_own(house.actor("handler"))
    assert [one.pk for one in waiting] == [found.pk]
    assert turns.awaits_own(house.actor("handler2")) == []
    for who in ("ppp_office", "ppp_head", "handler2", "sender", "system"):
        with pytest.raises((NotAllowedError, LookupError)):
            act(house, found, "answer", who, words="……")
    answered = act(house, found, "answer", "handler", words="已改。")
    assert answered.state == "answered"
    with pytest.raises(NotAllowedError):
        act(house, answered, "praise", "handler")
    done = act(house, answered, "praise", "ppp_head")
    told = [one.text for one in notify.inbox(house.person("handler").pk)]
    assert (done.state, told) == ("good", ["notice.reviewed"])
    assert list(audit.everything()) == []


def test_nobody_decides_on_themselves(landed):
    house = landed
    found = opened(house, about="ppp_head", by="ppp_head")
    assert sees(house, "ppp_head", found)
    offered = {one.id for one in matters.offered(found, house.actor("ppp_head"), house.at)}
    assert offered == {"answer"}
    for action in ("praise", "fault"):
        with pytest.raises(NotAllowedError):
            act(house, found, action, "ppp_head")
    with pytest.raises(NotAllowedError):
        impartiality.recuse(
            found.pk,
            house.person("ppp_office").pk,
            actor=house.actor("ppp_head"),
            at=house.at,
            reason="……",
        )
    assert act(house, found, "answer", "ppp_head", words="……").state == "answered"


def test_a_kind_that_does_not_name_them_keeps_them_away(landed):
    house = landed
    found = opened(house, "tip", about="ppp_head")
    assert not sees(house, "ppp_head", found)
    assert sees(house, "ppp_office", found)
    about = opened(house, "tip", about="handler")
    assert not sees(house, "handler", about)
    # As with everybody who is kept away: nor do they see what is opened under it.
    act(house, about, "weigh", "ppp_head")
    child = Matter.objects.get(parent_id=about.pk)
    assert not sees(house, "handler", child)
    assert sees(house, "ppp_head", child)
    # Somebody who may opens one about themselves as any other, and then it is others' business.
    mine = opened(house, "choice", about="ppp_office")
    assert sees(house, "ppp_office", mine)


def test_whom_somebody_tells_of_learns_neither_that_nor_from_whom_at_any_door(landed):
    house = landed
    found = opened(house, "tip", about="handler")
    act(house, found, "weigh", "ppp_head")
    person, informant = house.person("handler"), house.person("ppp_office").name
    client = house.client("handler")
    token = access.issue_token(
        person.pk, "t", ["matters:read"], expires=date(2035, 1, 1), at=house.at, actor="system"
    )
    said = {"authorization": f"Bearer {token}"}
    pages = [
        client.get(at).content.decode()
        for at in (
            "/desk/", "/desk/?tab=all", f"/desk/find?q={found.number}", "/desk/today", "/desk/inbox",
            "/desk/people/me", f"/desk/people/{person.pk}",
        )
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(client.post("/desk/me/data").content)) as own:
        pages += [
            own.read(name).decode() for name in own.namelist() if name.endswith((".html", ".json"))
        ]
    pages += [
        house.client().get(f"/api/v1/{at}", headers=said).content.decode()
        for at in ("matters", "inbox", f"matters?text={found.number}", f"people/{person.pk}")
    ]
    assert house.client().get(f"/api/v1/matters/{found.pk}", headers=said).status_code == 404
    for text in pages:
        assert f"matters/{found.pk}" not in text
        assert found.number not in text.replace(f"q={found.number}", "").replace(
            f'value="{found.number}"', ""
        ).replace(f"“{found.number}”", "").replace(f"「{found.number}」", "")
    assert all(informant not in text for text in pages)


def test_an_organisation_speaks_by_who_has_a_role_there(landed):
    house = landed
    found = opened(house, "check_up", about="streets", by="ppp_head")
    seeing = [w for w in ("ppp_hand", "other_handler", "ppp_office", "ppp_head")
              if sees(house, w, found)]  # fmt: skip
    assert seeing == ["ppp_hand", "ppp_head"]
    act(house, found, "remind", "ppp_head")
    assert [n.text for n in notify.inbox(house.person("ppp_hand").pk)] == ["notice.reviewed"]
    assert notify.inbox(house.person("other_handler").pk) == []
    act(house, found, "put_right", "ppp_hand")
    with pytest.raises(NotAllowedError):
        act(house, found, "put_right", "ppp_head")
    own = opened(house, "check_up", about="city", by="ppp_head")
    with pytest.raises(NotAllowedError):
        act(house, own, "close", "ppp_head")
    act(house, own, "put_right", "ppp_head")
    # Its matters follow an organisation that moves, and so does its voice.
    upkeep.move_org(
        house.org("streets").pk,
        under=house.org("vehicles").pk,
        at=house.at,
        actor=house.actor("keeper"),
    )
    assert sees(house, "ppp_hand", found)
    # Merged into another, it is about that one, where its people are now.
    upkeep.merge_orgs(
        house.org("streets").pk,
        house.org("schools").pk,
        at=house.at,
        actor=house.actor("keeper"),
    )
    assert sees(house, "ppp_hand", found)
    assert act(house, found, "put_right", "ppp_hand").state == "open"
    assert list(audit.everything()) == []


def test_one_a_year_and_it_says_which(landed):
    house = landed
    first = opened(house)
    with pytest.raises(InputError) as error:
        opened(house)
    assert error.value.fields == {"whose": ("subject.once_year", {"number": first.number})}
    with pytest.raises(InputError):
        opened(house, at=datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    # The year ends with the local day.
    later = opened(house, at=datetime(2026, 12, 31, 16, 1, tzinfo=UTC))
    other = opened(house, about="handler2")
    assert {first.pk, later.pk, other.pk} == {*Matter.objects.filter(kind="review").values_list("pk", flat=True)}  # fmt: skip
    unseen = opened(house, about="desk2", by="ppp_head")
    with pytest.raises(InputError) as error:
        opened(house, about="desk2")
    assert error.value.fields == {"whose": ("subject.once_year_unseen", {})}
    page = house.client("ppp_office").post(
        f"/desk/open/{P}/review",
        {"home": house.org("center").pk, "subject": "标题", "body": "正文", "whose": house.person("handler").pk},
    )  # fmt: skip
    text = page.content.decode()
    assert page.status_code == 422
    assert f"{first.number}。同一对象一年只能有一件" in text
    assert unseen.number not in text
    assert "标题" in text


def test_what_was_dropped_does_not_count_and_comes_back_only_where_there_is_room(landed):
    house = landed
    first = act(house, opened(house), "drop", "ppp_office")
    second = opened(house)
    with pytest.raises(RefusedError, match=r"subject\.once_year"):
        act(house, first, "take_up", "ppp_office")
    act(house, second, "drop", "ppp_office")
    act(house, first, "take_up", "ppp_office")
    with pytest.raises(InputError):
        opened(house)
    assert list(audit.everything()) == []


def test_the_same_request_twice_is_one(landed):
    house = landed
    keyed = {"key": "the-same-request"}
    assert opened(house, **keyed).pk == opened(house, **keyed).pk
    other = opened(house, "check_up", about="streets", by="ppp_head", **keyed)
    assert opened(house, "check_up", about="streets", by="ppp_head", **keyed).pk == other.pk


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_one(landed):
    house = landed
    office, head = house.actor("ppp_office"), house.actor("ppp_head")
    fields = {"whose": house.person("handler").pk}
    opening = Opening(P, "review", house.org("center"), "内容。", fields=fields)
    above = Opening(P, "review", house.org("city"), "内容。", fields=fields)
    jobs = [
        lambda who=who, one=one: matters.open_matter(one, actor=who, at=house.at)
        for who, one in ((office, opening), (head, above)) * 3
    ]
    assert Counter(type(one).__name__ for one in at_once(jobs)) == {"Opened": 1, "InputError": 5}
    (first,) = Matter.objects.filter(kind="review")
    assert list(audit.everything()) == []
    if first.home_id != house.org("center").pk:
        return
    # Two that were dropped are taken up again at the same moment: one of them has the place.
    act(house, first, "drop", "ppp_office")
    second = act(house, opened(house), "drop", "ppp_office")
    results = at_once(
        [
            lambda found=found: matters.act(found.pk, "take_up", actor=office, at=house.at)
            for found in (first, second)
        ]
    )
    assert Counter(type(one).__name__ for one in results) == {"Matter": 1, "RefusedError": 1}
    assert list(audit.everything()) == []


def test_nothing_else_may_be_open_or_have_ended_badly(landed):
    house = landed

    def chosen(who="handler"):
        return opened(house, "choice", about=who)

    def refused(found, by="ppp_head", at=None):
        with pytest.raises(RefusedError) as error:
            act(house, found, "agree", by, at=at)
        return error.value.key, error.value.values

    tip = opened(house, "tip")
    review = opened(house)
    one = chosen()
    numbers = {"numbers": f"{review.number}、{tip.number}"}
    assert refused(one) == ("guard.subject_clear", numbers)
    act(house, review, "fault", "ppp_head")
    assert refused(one) == ("guard.subject_clear", numbers)
    # A year later what ended badly no longer counts; what is open still does.
    later = house.after(days=366)
    assert refused(one, at=later) == ("guard.subject_clear", {"numbers": tip.number})
    assert act(house, chosen("handler2"), "agree", "ppp_head").state == "agreed"
    # Those who may not see what stands in the way are not told its number.
    hidden = opened(house, about="desk2", by="ppp_head")
    assert refused(chosen("desk2"), by="ppp_office") == ("guard.subject_clear_unseen", {})
    assert hidden.number


def test_neither_oneself_nor_a_subordinate(landed):
    house = landed
    mine = opened(house, "choice", about="ppp_office")
    with pytest.raises(RefusedError, match=r"guard\.actor_not_subject"):
        act(house, mine, "agree", "ppp_office")
    above = opened(house, "choice", about="leader")
    with pytest.raises(RefusedError, match=r"guard\.actor_not_below_subject"):
        act(house, above, "agree", "ppp_office")
    assert act(house, above, "agree", "ppp_head").state == "agreed"


def test_the_page_and_the_interface_say_whom_it_is_about(landed):
    house = landed
    found = opened(house, by="ppp_head", home="center", gist="要点一句")
    person = house.person("handler")
    page = house.client("handler").get(f"/desk/matters/{found.pk}").content.decode()
    for words in (
        f'href="/desk/people/{person.pk}"',
        "关于您本人",
        "2026年只有这一件",
        "要点一句",
    ):
        assert words in page
    assert "要点一句" not in house.client("ppp_office").get(f"/desk/matters/{found.pk}").content.decode()  # fmt: skip
    token = access.issue_token(
        person.pk, "t", ["matters:read"], expires=date(2035, 1, 1), at=house.at, actor="system"
    )
    told = house.client().get(
        f"/api/v1/matters/{found.pk}", headers={"authorization": f"Bearer {token}"}
    )
    assert told.json()["attached"]["subject"] == {
        "sort": "person", "id": person.pk, "name": person.name, "mine": True, "period": "2026",
    }  # fmt: skip


def test_lists_of_others_pay_nothing_for_it(house):
    """As many queries as before there was such a kind; what is about one is found in the same."""
    found = house.handling().matter

    def queries(who):
        client = house.client(who)
        counts = []
        for page in ("/desk/", f"/desk/matters/{found.pk}"):
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            counts.append(len(captured))
        return counts

    before = [queries(who) for who in ("desk", "handler")]
    aliens.land()
    opened(house)
    opened(house, "check_up", about="streets", by="ppp_head")
    assert [queries(who) for who in ("desk", "handler")] == before
    assert Party.objects.filter(role="subject").count() == 2
