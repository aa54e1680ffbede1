"""Stances: each person once, changed and withdrawn in sight of the log; counted without those who were
kept away since; where they are not open, shown to nobody but whoever took them."""

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import motions
from bihuan.facets.stances.models import Stance
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.insight import api as insight
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import GoneError, InputError, NotAllowedError, ProblemError, RefusedError
from bihuan.rules import periods
from motions import MEMBERS, act, leave, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(house):
    return motions.land()


def fresh(found):
    return Matter.objects.get(pk=found.pk)


def caller(house, who):
    """A system that acts in somebody's name."""
    secret = access.issue_token(
        house.person(who).pk, "t", ["matters:read", "matters:write"],
        expires=date(2035, 1, 1), at=house.at, actor="cli",
    )  # fmt: skip
    secret = secret[0] if isinstance(secret, tuple) else secret
    return Client(headers={"authorization": f"Bearer {secret}"})


def attached(house, found, who="chair"):
    """What the interface shows of stances on a matter to somebody."""
    answer = caller(house, who).get(f"/api/v1/matters/{found.pk}")
    assert answer.status_code == 200, answer.content
    return answer.json()["attached"]["stances"]


def counts(house, found, who="chair"):
    return {one["choice"]: one["count"] for one in attached(house, found, who)["choices"]}


def page(house, found, who):
    answer = house.client(who).get(f"/desk/matters/{found.pk}")
    assert answer.status_code == 200
    return answer.content.decode()


def sound(found):
    assert audit.stream(found.stream) == []


def test_so_many_backers_move_it_on(house):
    found = opened(house)
    with pytest.raises(RefusedError) as refused:
        act(house, found, "push", "chair")
    assert refused.value.key == "guard.stances_at_least"
    assert refused.value.values == {"there": 0, "needed": 2}
    for who, state in (("m02", "tabled"), ("m03", "tabled"), ("m04", "backed")):
        assert act(house, found, "back", who).state == state
    assert counts(house, found) == {"yes": 3, "no": 0}
    sound(found)


def test_whoever_brought_it_in_does_not_back_it_and_nobody_twice(house):
    found = opened(house)
    with pytest.raises(RefusedError, match="actor_differs"):
        act(house, found, "back", "m01")
    act(house, found, "back", "m02")
    with pytest.raises(RefusedError, match="stance_none"):
        act(house, found, "back", "m02")
    assert counts(house, found) == {"yes": 1, "no": 0}


def test_a_change_replaces_and_both_stay_in_the_log(house):
    found = opened(house)
    act(house, found, "vote", "m02", stance="yes")
    act(house, found, "vote", "m02", stance="no")
    assert counts(house, found) == {"yes": 0, "no": 1}
    assert Stance.objects.filter(matter_id=found.pk).count() == 1
    html = page(house, found, "chair")
    assert html.count("赞成动议") >= 2
    assert html.count("反对动议") >= 2
    said = [audit.read(e).get("inputs") for e in audit.history(found.stream)[1:]]
    assert said == [{"stance": "yes"}, {"stance": "no"}]
    sound(found)


def test_a_withdrawn_one_counts_no_longer(house):
    found = opened(house)
    with pytest.raises(RefusedError, match="stance_mine"):
        act(house, found, "take_back", "m02")
    act(house, found, "vote", "m02", stance="yes")
    act(house, found, "take_back", "m02")
    assert counts(house, found) == {"yes": 0, "no": 0}
    assert attached(house, found)["people"] == 0
    act(house, found, "back", "m02")
    assert counts(house, found) == {"yes": 1, "no": 0}
    sound(found)


def test_several_of_one_person_each_count_once(house):
    found = opened(house, "wishlist")
    for wanted in ("tree", "lamp", "tree"):
        act(house, found, "want", "m02", wanted=wanted)
    act(house, found, "want", "m03", wanted="tree")
    assert counts(house, found) == {"bench": 0, "lamp": 1, "tree": 2}
    assert attached(house, found)["people"] == 2
    act(house, found, "want_nothing", "m02")
    assert counts(house, found) == {"bench": 0, "lamp": 0, "tree": 1}
    sound(found)


@pytest.mark.parametrize(
    ("no", "yes", "over"), [(0, 0, False), (1, 1, False), (2, 1, True), (1, 0, True), (3, 3, False)]
)
def test_more_than_half_is_more_than_half(house, no, yes, over):
    found = opened(house)
    names = iter(MEMBERS[1:])
    for choice in ["no"] * no + ["yes"] * yes:
        act(house, found, "vote", next(names), stance=choice)
    if over:
        assert act(house, found, "lapse", "chair").state == "lapsed"
    else:
        with pytest.raises(RefusedError, match="stances_share"):
            act(house, found, "lapse", "chair")


def test_nobody_takes_one_when_it_is_over_nor_without_an_account_nor_another_choice(house):
    found = opened(house)
    with pytest.raises(InputError):
        act(house, found, "vote", "m02", stance="perhaps")
    with pytest.raises(NotAllowedError):
        act(house, found, "vote", "system", stance="yes")
    with pytest.raises(NotAllowedError):
        act(house, found, "vote", "chair", stance="yes")
    act(house, found, "vote", "m02", stance="yes")
    act(house, found, "hand_on", "chair", unit=house.org("center").pk)
    with pytest.raises(RefusedError):
        act(house, found, "vote", "m03", stance="yes")
    assert attached(house, found)["taking"] is False


def test_whoever_leaves_has_signed_what_they_signed(house):
    found = opened(house)
    act(house, found, "back", "m02")
    act(house, found, "back", "m03")
    leave(house, "m02")
    assert counts(house, found) == {"yes": 2, "no": 0}
    with pytest.raises(LookupError):
        act(house, found, "take_back", "m02")
    assert act(house, found, "push", "chair").state == "backed"
    assert house.person("m02").name in page(house, found, "chair")


def test_whoever_is_kept_away_later_counts_no_longer(house):
    found = opened(house)
    act(house, found, "back", "m02")
    act(house, found, "back", "m03")
    m02 = house.person("m02")
    impartiality.recuse(found.pk, m02.pk, actor=house.actor("m02"), at=house.at, reason="亲属")
    shown = attached(house, found)
    assert counts(house, found) == {"yes": 1, "no": 0}
    assert (shown["people"], shown["aside"]) == (1, 1)
    assert [one["person"]["name"] for one in shown["names"]] == [house.person("m03").name]
    with pytest.raises(RefusedError, match="stances_at_least"):
        act(house, found, "push", "chair")
    # The one more that is needed is one more than those who count.
    act(house, found, "back", "m04")
    assert fresh(found).state == "tabled"
    assert act(house, found, "back", "m05").state == "backed"
    sound(found)


def test_the_page_tells_who_said_what_and_what_oneself_said(house):
    found = opened(house)
    act(house, found, "vote", "m02", stance="no")
    for who in ("chair", "m01"):
        html = page(house, found, who)
        assert house.person("m02").name in html
        assert "您还没有表态" in html
    assert "您的表态：反对动议" in page(house, found, "m02")
    assert attached(house, found, "m02")["mine"][0]["choice"] == "no"
    english = house.client("m02").get(
        f"/desk/matters/{found.pk}", headers={"accept-language": "en"}
    )
    assert "Your stance: Not in favour" in english.content.decode()


@pytest.mark.parametrize("partly", [False, True], ids=["whole", "part"])
def test_what_was_said_stands_in_one_line_with_the_way_to_change_it(house, partly):
    """Whoever took a stance is not asked again: the forms that change it are folded under what they said."""
    found = opened(house)
    headers = {"hx-request": "true", "hx-target": "matter"} if partly else {}

    def drawn(who):
        answer = house.client(who).get(f"/desk/matters/{found.pk}", headers=headers)
        return answer.content.decode()

    before = drawn("m02")
    assert 'details class="act given"' not in before
    assert "/act/vote" in before
    act(house, found, "vote", "m02", stance="no")
    folded = re.search(
        r'<details class="act given">(.*?)</summary>(.*?)</aside>', drawn("m02"), re.DOTALL
    )
    assert "您已表态：反对动议" in folded[1]
    assert "更改" in folded[1]
    # The step that says the same once more is no step any more, nor a reason to be told.
    assert {"vote", "take_back"} == {*re.findall(r"/act/(\w+)\"", folded[2])}
    assert "您已经表过态" not in folded[2]
    assert 'details class="act given"' not in drawn("m03")
    house_closed = act(house, found, "lapse", "chair")
    assert house_closed.state == "lapsed"
    assert "您已表态" not in drawn("m02")


def test_kinds_without_stances_show_none_and_ask_nothing(house):
    other = house.open().matter
    with CaptureQueriesContext(connection) as captured:
        shown = caller(house, "desk").get(f"/api/v1/matters/{other.pk}").json()["attached"]
        page(house, other, "desk")
    assert "stances" not in shown
    assert not [q for q in captured if "stances_stance" in q["sql"]]


# Where it is not open.


def polled(house, *said):
    found = opened(house, "poll", by="chair")
    for who, choice in zip(MEMBERS, said, strict=False):
        act(house, found, "answer", who, colour_said=choice)
    return found


def test_what_somebody_said_is_shown_to_nobody_else(house):
    found = polled(house, "red", "green", "blue", "red", "red", "green")
    for who in ("chair", "m02", "m16"):
        shown = attached(house, found, who)
        assert shown["names"] == []
        assert {one["count"] for one in shown["choices"]} == {None}
        assert shown["people"] == 6
        whole = caller(house, who).get(f"/api/v1/matters/{found.pk}").json()
        told = json.dumps(whole["timeline"], ensure_ascii=False)
        assert told.count('"answer"') == 6
        for word in ("red", "green", "blue", "红色", "绿色", "蓝色"):
            assert word not in told
    assert [one["choice"] for one in attached(house, found, "m02")["mine"]] == ["green"]
    assert attached(house, found, "m16")["mine"] == []
    # The administrator is nobody in this matter, and has no page that tells.
    assert house.client("admin").get(f"/desk/matters/{found.pk}").status_code == 404


def test_the_time_line_tells_that_and_not_what(house):
    found = polled(house, "red", "green")
    for who in ("chair", "m01"):
        entries = matters.timeline(fresh(found), SYSTEM)
        assert [entry.inputs for entry in entries if entry.action == "answer"] == [{}, {}]
        html = page(house, found, who)
        timeline = html[html.index("timeline-list") :]
        timeline = timeline[: timeline.index("</ol>")]
        assert timeline.count("回答") == 2
        assert not any(word in timeline for word in ("红色方案", "绿色方案"))


def test_it_stands_only_in_the_half_of_the_log_that_can_be_erased(house):
    found = polled(house, "red", "green")
    for event in audit.history(found.stream):
        said = event.data
        assert not any(word in said for word in ('"red"', '"green"'))
    assert set(Stance.objects.filter(matter_id=found.pk).values_list("choice", flat=True)) == {""}


def test_while_they_come_in_no_count_is_told_and_afterwards_no_small_one(house):
    found = polled(house, *["red"] * 8, *["green"] * 6, "blue")
    assert set(counts(house, found).values()) == {None}
    act(house, found, "close_poll", "chair")
    # 15 in all: with blue alone not told, it would be what is left; so the next is not told either.
    assert counts(house, found) == {"red": 8, "green": None, "blue": None}
    html = page(house, found, "m05")
    assert "不显示" in html


def test_a_guard_does_not_tell_how_many(house):
    found = polled(house, *["red"] * 3, *["green"] * 5)
    act(house, found, "close_poll", "chair")
    with pytest.raises(RefusedError) as refused:
        act(house, found, "adopt", "chair")
    assert (refused.value.key, refused.value.values) == ("guard.stances_too_few", {})
    assert act(house, found, "let_go", "chair").state == "dropped"


def test_a_recusal_does_not_show_what_somebody_said(house):
    found = polled(house, *["red"] * 8, *["green"] * 6)
    act(house, found, "close_poll", "chair")
    before = attached(house, found)
    m01 = house.person("m01")
    impartiality.recuse(found.pk, m01.pk, actor=house.actor("m01"), at=house.at, reason="亲属")
    assert attached(house, found) == before


def test_the_same_request_again_is_the_same_request(house):
    found = opened(house, "poll", by="chair")
    actor = house.actor("m02")
    for _ in range(2):
        matters.act(
            found.pk, "answer", actor=actor, at=house.at, data={"colour_said": "red"}, key="k1"
        )
    assert len(audit.history(found.stream)) == 2
    with pytest.raises(RefusedError, match="key_used"):
        matters.act(
            found.pk, "answer", actor=actor, at=house.at, data={"colour_said": "blue"}, key="k1"
        )


def test_what_was_kept_goes_in_time_and_the_log_still_proves_it(house):
    found = polled(house, *["red"] * 8, *["green"] * 6)
    act(house, found, "close_poll", "chair")
    act(house, found, "let_go", "chair")
    assert upkeep.erase_due(house.after(days=2000), words="已清除") == 1
    assert set(Stance.objects.filter(matter_id=found.pk).values_list("kept", flat=True)) == {""}
    shown = attached(house, found)
    assert shown["people"] == 14
    assert {one["count"] for one in shown["choices"]} == {None}
    assert attached(house, found, "m02")["mine"] == []
    assert page(house, found, "m02")
    sound(found)


def test_an_altered_stance_is_found(house, unlocked):
    found = opened(house)
    act(house, found, "vote", "m02", stance="no")
    Stance.objects.filter(matter_id=found.pk).update(choice="yes")
    assert [f.where for f in audit.stream(found.stream)] == [
        f"{found.stream} stance/{house.person('m02').pk}"
    ]


# By the interface, and figures.


def test_it_is_done_by_the_interface(house):
    found = opened(house)
    done = caller(house, "m02").post(
        f"/api/v1/matters/{found.pk}/actions/vote",
        json.dumps({"inputs": {"stance": "yes"}}),
        content_type="application/json",
    )
    assert done.status_code == 200, done.content
    assert counts(house, found) == {"yes": 1, "no": 0}


def told(house, figure):
    found = insight.definition("qqq_motions", figure)
    result = insight.figure(found, periods.parse("2026-03"), house.org("city"))
    return result.total.value


@pytest.mark.django_db(transaction=True)
def test_figures_count_what_was_said_and_not_how_often_it_was_said(house):
    found = opened(house)
    for who, choice in (
        ("m02", "yes"),
        ("m03", "yes"),
        ("m03", "no"),
        ("m04", "no"),
        ("m05", "no"),
    ):
        act(house, found, "vote", who, stance=choice)
    act(house, found, "take_back", "m04")
    poll = polled(house, "red", "green", "blue")
    insight.export(insight.store())
    assert told(house, "yeses") == 2
    assert told(house, "changes") == 2
    assert told(house, "answers") == 3
    assert list(insight.findings(insight.store())) == []
    # What came in parts is told as whole: exported in one go, or event by event.
    act(house, poll, "answer", "m09", colour_said="red")
    act(house, found, "vote", "m05", stance="yes")
    insight.export(insight.store(), stretch=1)
    assert (told(house, "changes"), told(house, "answers")) == (3, 4)
    assert told(house, "backings") == 0
    assert list(insight.findings(insight.store())) == []
    insight.rebuild(insight.store())
    assert list(insight.findings(insight.store())) == []
    assert told(house, "yeses") == 2


# Many at once on a page that others changed since.


def test_a_page_that_others_voted_on_since_is_no_reason_to_refuse(house):
    found = opened(house)
    seen = fresh(found).version
    act(house, found, "vote", "m02", stance="yes")
    act(house, found, "back", "m03")
    vote = {"actor": house.actor("m04"), "at": house.at, "data": {"stance": "no"}}
    assert matters.act(found.pk, "vote", version=seen, **vote).version == seen + 3


def test_a_page_that_somebody_changed_otherwise_is(house):
    found = opened(house)
    seen = fresh(found).version
    act(house, found, "vote", "m02", stance="yes")
    matters.note(found.pk, "改过。", actor=house.actor("chair"), at=house.at)
    vote = {"actor": house.actor("m04"), "at": house.at, "data": {"stance": "no"}}
    with pytest.raises(GoneError):
        matters.act(found.pk, "vote", version=seen, **vote)
    with pytest.raises(ProblemError):
        matters.act(
            found.pk, "hand_on", actor=house.actor("chair"), at=house.at, version=seen,
            data={"unit": house.org("center").pk},
        )  # fmt: skip
