"""The member face: what somebody owes, may take part in, what is held of them, what they may open; what a branch
lacks. Put together from what facets and kinds register: of this test's programmes the house knows nothing."""

import re
from html import unescape

import branches
import lodges as place
import pytest
from lodges import AT, DAY, ON

from bihuan.foundation.access import api as access
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters import api as matters
from bihuan.kernel.people import api as people

pytestmark = pytest.mark.django_db
PLACES = ("/m/", "/m/join", "/m/mine", "/m/say", "/m/branch")
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


@pytest.fixture
def guild(house):
    del house
    return place.build()


def read(client, address, language="zh-Hans"):
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, address
    main = answer.content.decode().partition('<main id="main"')[2].partition("</main>")[0]
    return main, " ".join(unescape(_TAGS.sub(" ", main)).split())


def forms(html):
    """Every form of a page by its address: its hidden fields and its buttons."""
    found = {}
    for address, inner in re.findall(
        r'<form method="post" action="([^"]+)">(.*?)</form>', html, re.DOTALL
    ):
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', inner))
        found.setdefault(address, []).append(fields)
    return found


def outing(guild, home="east", by="east_keeper"):
    return guild.open("outing", home, by, whereto="海边")


def test_one_press_takes_part_and_leads_back(guild):
    found = outing(guild)
    client = guild.client("a")
    html, text = read(client, "/m/join")
    address = f"/desk/matters/{found.pk}/act/come_along"
    (given,) = forms(html)[address]
    assert "等您参加" in text
    answer = client.post(address, given)
    assert (answer.status_code, answer.url) == (302, "/m/join")
    # A second press of the same button is the first one again.
    assert client.post(address, given).status_code == 302
    assert guild.now(found).version == found.version + 1
    html, text = read(client, "/m/join")
    assert address not in forms(html)
    assert "您已完成：报名" in text


def test_one_of_a_few_choices_is_one_press(guild):
    found = outing(guild)
    html, _ = read(guild.client("a"), "/m/join")
    given = forms(html)[f"/desk/matters/{found.pk}/act/prefer"]
    assert [one["preferred"] for one in given] == ["by_sea", "by_land"]
    client = guild.client("a")
    client.post(f"/desk/matters/{found.pk}/act/prefer", given[1])
    assert "坐车" in read(client, "/m/join")[1]


def test_the_interface_tells_the_same(guild):
    found = outing(guild)
    guild.act(found, "prefer", "a", preferred="by_sea")
    given = {"expires": ON + DAY * 400, "at": AT, "actor": "system"}
    secret = access.issue_token(guild.person("a"), "t", ["matters:read"], **given)
    told = guild.client("a").get(
        "/api/v1/me/joinable",
        headers={"authorization": f"Bearer {secret}", "Accept-Language": "zh-Hans"},
    )
    (one,) = told.json()["items"]
    assert (one["matter"]["number"], one["waits"]) == (found.number, False)
    assert any("坐船" in text for text in one["given"])
    # A token that only reads is offered nothing.
    assert one["actions"] == []
    secret = access.issue_token(guild.person("c"), "t", ["matters:read", "matters:write"], **given)
    headers = {"authorization": f"Bearer {secret}"}
    assert guild.client("c").get("/api/v1/me/joinable", headers=headers).json()["items"] == []


def test_who_may_not_is_asked_for_nothing(guild):
    found = outing(guild)
    for who in ("c", "young"):
        html, text = read(guild.client(who), "/m/join")
        assert str(found.pk) not in " ".join(forms(html)), who
        assert "目前没有可以参加的" in text, who


def test_whoever_belongs_to_two_branches_has_both(guild):
    both = {outing(guild).pk, outing(guild, "west", "west_keeper").pk}
    found, more = joining.joinable(guild.actor("both"), AT)
    assert {one.matter.pk for one in found} == both
    assert not more
    assert all(one.waits for one in found)


def test_whoever_moves_has_the_new_place_at_once(guild):
    here, there = outing(guild), outing(guild, "west", "west_keeper")
    client = guild.client("b")
    assert f"/desk/matters/{here.pk}" in read(client, "/m/join")[0]
    guild.leave("b")
    guild.join("b", "west", at=AT)
    html, _ = read(client, "/m/join")
    assert f"/desk/matters/{there.pk}" in html
    # They do not see what they left; the role that they had there lets them know of it still.
    assert f"/desk/matters/{there.pk}/act/prefer" in html


def test_a_vow_that_waits_is_made_from_today(guild):
    guild.open("calling", "east", "east_keeper")
    guild.work()
    client = guild.client("a")
    html, _ = read(client, "/m/")
    (vow,) = matters.matters(guild.actor("a"), matters.Filter(scope="mine")).rows
    address = f"/desk/matters/{vow.pk}/act/make_vow"
    (given,) = forms(html)[address]
    answer = client.post(address, given)
    assert (answer.status_code, answer.url) == (302, "/m/")
    assert guild.now(vow).state == "vowed"
    assert "今天没有等您办的事" in read(client, "/m/")[1]


def test_what_changed_meanwhile_is_said_on_its_page_and_done_by_nobody_twice(guild):
    found = outing(guild)
    client = guild.client("a")
    given = forms(read(client, "/m/join")[0])[f"/desk/matters/{found.pk}/act/come_along"][0]
    guild.act(found, "set_forth", "east_keeper")
    answer = client.post(f"/desk/matters/{found.pk}/act/come_along", given)
    assert answer.status_code in (403, 409)
    assert 'role="alert"' in answer.content.decode()
    away = client.post(
        f"/desk/matters/{found.pk}/act/come_along", {**given, "back": "https://elsewhere.example/"}
    )
    assert away.status_code in (403, 409)


def test_the_branch_shows_who_is_missing_and_records_it_with_one_press(guild):
    found = outing(guild)
    guild.act(found, "come_along", "a")
    client = guild.client("east_keeper")
    html, text = read(client, "/m/branch")
    address = f"/desk/matters/{found.pk}/act/tick"
    given = forms(html)[address]
    assert {one["those"] for one in given} == {str(guild.person(who)) for who in ("b", "both")}
    assert "还有 2 人" in text
    answer = client.post(address, given[0])
    assert (answer.status_code, answer.url) == (302, "/m/branch")
    assert "还有 1 人" in read(client, "/m/branch")[1]
    # Nobody else's branch.
    assert address not in forms(read(guild.client("west_keeper"), "/m/branch")[0])


def test_what_was_handed_down_is_missing_by_name_until_it_is_done(guild):
    found = guild.open("calling", "east", "east_keeper")
    guild.work()
    html, text = read(guild.client("east_keeper"), "/m/branch")
    assert f"/desk/matters/{found.pk}/each" in html
    assert "安一" in text
    (vow,) = matters.matters(guild.actor("a"), matters.Filter(scope="mine")).rows
    guild.act(vow, "make_vow", "a")
    section = read(guild.client("east_keeper"), "/m/branch")[0].partition('id="people"')[0]
    assert "安一" not in section


def test_the_branch_is_told_to_who_keeps_none_and_names_nobody(guild):
    outing(guild)
    for who in ("a", "young"):
        _, text = read(guild.client(who), "/m/branch")
        assert "您不负责任何单位的名册" in text
        assert "白二" not in text


def test_who_keeps_several_chooses_and_asks_for_no_other(guild):
    root, east = guild.org("root"), guild.org("east")
    guild.add("double", "双社", "east", role="ppp_keeper")
    guild.add("double2", "双社二", "west", role="ppp_keeper")
    access.give(
        guild.person("double"), "ppp_keeper", guild.org("west").pk, start=ON, at=AT, actor="system"
    )
    client = guild.client("double")
    html, _ = read(client, "/m/branch")
    assert f"<h1>{east.name}</h1>" in html
    html, _ = read(client, f"/m/branch?org={guild.org('west').pk}")
    assert "<h1>西社</h1>" in html
    for other in (root.pk, 10**12, "x"):
        assert f"<h1>{east.name}</h1>" in read(client, f"/m/branch?org={other}")[0]


def test_ones_own_record_says_who_entered_what_and_who_corrects_it(guild):
    found = outing(guild)
    guild.act(found, "tick", "east_keeper", those=[guild.person("a")])
    guild.exempt("a", "ill")
    _, text = read(guild.client("a"), "/m/mine")
    assert "东社：行会，正式，自2026-01-05起" in text
    assert "免除：长期患病" in text
    assert "由east_keeper登记" in text
    assert "登记有误的，请east_keeper更正" in text
    # Of others nothing.
    assert "白二" not in text
    assert "安一" not in read(guild.client("b"), "/m/mine")[1]


def test_what_one_may_open_and_has_opened(guild):
    found = outing(guild)
    html, text = read(guild.client("east_keeper"), "/m/say")
    assert 'href="/m/say/ppp_pledges/outing"' in html
    assert found.number in text
    assert "/m/say/ppp_pledges" not in read(guild.client("a"), "/m/say")[0]
    client = guild.client("east_keeper")
    assert client.get("/m/say/ppp_pledges/outing").status_code == 200
    made = client.post(
        "/m/say/ppp_pledges/outing",
        {"home": str(guild.org("east").pk), "whereto": "山里", "body": "下周六。"},
    )
    assert made.status_code == 302
    assert guild.client("a").get("/m/say/ppp_pledges/outing").status_code == 404


EMPTY = {
    "/m/": "今天没有等您办的事",
    "/m/join": "目前没有可以参加的",
    "/m/mine": "您还不属于任何单位或支部",
    "/m/say": "没有开放可以由成员发起的事项",
    "/m/branch": "您不负责任何单位的名册",
}


def test_empty_places_say_what_comes_there_and_how(guild):
    guild.add("nobody", "无名氏")
    for address, said in EMPTY.items():
        assert said in read(guild.client("nobody"), address)[1], address
        # In every language a whole sentence, and no key.
        assert not re.search(r"\bmember\.[a-z_]+", read(guild.client("nobody"), address, "en")[1])


def test_nothing_of_them_stays_in_a_browser(guild):
    outing(guild)
    for address in (*PLACES, "/m/say/ppp_pledges/outing"):
        for who in ("a", "east_keeper"):
            assert guild.client(who).get(address)["Cache-Control"] == "no-store", address


def test_whose_day_begins_here(guild):
    guild.add("nobody", "无名氏")
    landing = {"a": "/m/", "young": "/m/", "nobody": "/m/", "east_keeper": "/desk/"}
    got = {who: guild.client(who).get("/desk/home").url for who in landing}
    assert got == landing
    # Around their own pages stands what a member has at hand; around those of a clerk what a clerk has.
    for who, mine in (("young", True), ("east_keeper", False)):
        html = guild.client(who).get("/desk/inbox").content.decode()
        assert (" member" in html.partition("<body")[2].partition(">")[0]) == mine, who
    # And everybody with an account finds it in their menu.
    assert 'href="/m/"' in guild.client("east_keeper").get("/desk/today").content.decode()


def test_a_branch_of_many_asks_no_more_of_the_database(guild, django_assert_max_num_queries):
    for n in range(12):
        guild.add(f"more{n}", f"多{n}", "east")
    outing(guild)
    client = guild.client("east_keeper")
    read(client, "/m/branch")
    with django_assert_max_num_queries(120):
        read(client, "/m/branch")


def test_a_member_who_left_keeps_what_was_entered(guild):
    guild.leave("a", last=ON - DAY)
    assert people.own(guild.person("a"), ON) == []
    assert "东社：行会" in read(guild.client("a"), "/m/mine")[1]


@pytest.fixture
def committee(house):
    """A committee with three branches, whose secretaries keep their lists."""
    del house
    return branches.build()


def test_a_secretarys_day_begins_at_the_branch_and_a_transfer_is_received_with_one_press(committee):
    client = committee.client("two_secretary")
    assert client.get("/desk/home").url == "/m/branch"
    html, text = read(client, "/m/branch")
    assert "<h1>第二支部</h1>" in html
    assert "支部党员大会" in text
    assert "鄂六" in text
    assert "安一" not in text
    opening = matters.Opening(
        "party_members",
        "transfer",
        committee.org("one"),
        "工作调动。",
        fields={
            "person_meant": committee.person("a"),
            "to": committee.org("two").pk,
            "category": "work",
        },
    )
    sent = matters.open_matter(opening, actor=committee.actor("one_secretary"), at=AT).matter
    html, text = read(client, "/m/branch")
    assert "等支部办理" in text
    address = f"/desk/matters/{sent.pk}/act/receive"
    (given,) = forms(html)[address]
    # Whoever sent it does not receive it.
    assert address not in read(committee.client("one_secretary"), "/m/branch")[0]
    answer = client.post(address, given)
    assert (answer.status_code, answer.url) == (302, "/m/branch")
    assert "安一" in read(client, "/m/branch")[1]
    assert "安一" not in read(committee.client("one_secretary"), "/m/branch")[1]
    # Who is over both has the cockpit.
    assert committee.client("head").get("/desk/home").url == "/desk/cockpit"


def test_for_whom_something_waits_is_not_told_that_nothing_does(house):
    assert "今天没有等您办的事" in house.client("desk").get("/m/").content.decode()
    house.open()
    page = house.client("desk").get("/m/").content.decode()
    assert 'class="tile"' in page
    assert "今天没有等您办的事" not in page
