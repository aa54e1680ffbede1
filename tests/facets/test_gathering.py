"""Gatherings: who should come, who came, by the list or by the code of the minute; excuses, quorum, minutes that two
sign, corrections that are seen; told once, whatever happens."""

import io
from dataclasses import replace

import evenings as place
import house as city
import pytest
from at_once import at_once
from django.test import Client
from evenings import AT, DAY, HOUR, MINUTE, SUNG
from openpyxl import load_workbook

from bihuan.facets.gathering import attending, board, lacking, reminding
from bihuan.facets.gathering.models import Attendance, MinutesSignature, Sitting
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access import api as access
from bihuan.foundation.access import tries
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Task
from bihuan.insight import api as insight
from bihuan.kernel.impartiality import recusal
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import GoneError, InputError, ProblemError
from bihuan.outcomes.papers import api as papers
from bihuan.rules import periods
from bihuan.spec import ways
from bihuan.web import faces

pytestmark = pytest.mark.django_db
END = SUNG + 2 * HOUR
ANNOUNCED, REMINDER = "notice.gathering_announced", "notice.gathering_reminder"


_BUILT: dict[str, place.Evenings] = {}


@city.landing
def _land() -> None:
    _BUILT["choir"] = place.build()


@pytest.fixture
def choir(house):
    """The choir, told once and said again: whoever joins in a test is gone in the next."""
    del house
    _land()
    built = _BUILT["choir"]
    return place.Evenings(replace(built.stage, people=dict(built.stage.people), _actors={}))


def refused(call, *args, **data):
    with pytest.raises(ProblemError) as error:
        call(*args, **data)
    return error.value


def counts(choir, found, *names, at=SUNG):
    told = choir.told(found, at=at)["counts"]
    return tuple(told[name] for name in names)


def named(choir, found, state, who="warden", at=SUNG):
    lists = {one["state"]: one for one in choir.told(found, who, at)["lists"]}
    return {one["name"]: one for one in lists.get(state, {"who": []})["who"]}


def sound():
    assert list(audit.everything()) == []
    assert list(notify.misled()) == []


def test_it_is_announced_moved_and_called_off_and_everybody_is_told(choir):
    found = choir.open()
    assert choir.told(found)["progress"] == "planned"
    wordless = refused(choir.act, found, "drop_it", why_drop="")
    assert wordless.fields.keys() == {"why_drop"}
    # A draft promises nothing: nobody is told, and the day it has is the first one.
    choir.act(found, "shift", sung_on="2026-03-04", why_shift="早一天。")
    told = choir.told(found)
    assert (told["moved"], told["first_begins"]) == (0, SUNG - DAY)
    choir.act(found, "call_out")
    assert choir.texts("a") == [ANNOUNCED]
    # The exempt and those of elsewhere are left in peace.
    assert choir.texts("ill") == choir.texts("z") == []
    choir.add("new", "新七", "first")
    choir.act(found, "call_out")
    assert (choir.texts("new"), choir.texts("a")) == ([ANNOUNCED], [ANNOUNCED])
    nothing = refused(choir.act, found, "shift", sung_on="2026-03-04", why_shift="不变。")
    assert nothing.key == "gathering.nothing_moved"
    backwards = refused(
        choir.act, found, "shift", sung_on="2026-03-04", sung_to="18:00", why_shift="错。"
    )
    assert backwards.fields == {"sung_to": ("gathering.ends_before", {})}
    choir.act(found, "shift", sung_on="2026-03-31", why_shift="礼堂占用。")
    assert choir.texts("a")[0] == "notice.gathering_moved"
    choir.act(found, "shift", sung_on="2026-04-01", why_shift="又占用。")
    assert choir.texts("a")[0] == "notice.gathering_moved_over"
    told = choir.told(found)
    assert (told["moved"], told["counts_in"], told["moved_over"]) == (2, "2026-04", True)
    assert (told["why"], told["place"]) == ("又占用。", "小礼堂")
    choir.act(found, "drop_it", why_drop="大雪。")
    assert choir.texts("a")[0] == "notice.gathering_off"
    assert choir.told(found)["progress"] == "off"
    sound()


def test_they_are_reminded_once_in_the_morning_before(choir):
    found = choir.called()
    choir.work()
    due = SUNG.replace(hour=1) - DAY
    assert reminding.moment(SUNG, 1) == due
    choir.work(due - MINUTE)
    assert REMINDER not in choir.texts("a")
    task = Task.objects.get(name="gathering.remind")
    choir.work(due)
    assert choir.texts("a").count(REMINDER) == 1
    assert REMINDER not in choir.texts("ill")
    # A worker that was killed before it had ended its task does it again.
    notify.enqueue(task.name, task.payload, key="again", run_at=due)
    choir.work(due + HOUR)
    assert choir.texts("a").count(REMINDER) == 1
    # One that is moved is told anew; what was planned for the first day does nothing on it.
    later = choir.called()
    choir.act(later, "shift", sung_on="2026-03-12", why_shift="换一周。")
    choir.work(due)
    assert choir.texts("a").count(REMINDER) == 1
    choir.work(due + 7 * DAY)
    assert choir.texts("a").count(REMINDER) == 2
    assert Sitting.objects.get(stream=found.stream).reminded == SUNG
    sound()


def test_the_chair_ticks_who_is_there_and_closes_the_list(choir):
    found = choir.called()
    early = refused(choir.act, found, "tick_off", singers_here=[choir.person("a")])
    assert early.key == "gathering.not_yet"
    assert counts(choir, found, "should", "missing", "exempt") == (4, 4, 1)
    assert choir.told(found)["marks"] is None
    marks = choir.told(found, at=SUNG)["marks"]
    assert {one["name"] for one in marks["people"]} == {"安一", "白二", "曹三", "艾四", "杨五"}
    assert [one["name"] for one in marks["people"] if one["exempt"]] == ["艾四"]
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("a"), choir.person("young")])
    stranger = refused(choir.act, found, "tick_off", at=SUNG, singers_here=[choir.person("z")])
    assert stranger.fields == {"singers_here": ("roll.not_on_it", {"name": "赵六"})}
    # Of three singers with a voice one is here, and the novice has none.
    quorum = choir.told(found, at=SUNG)["quorum"]
    assert (quorum["there"], quorum["among"], quorum["enough"]) == (1, 3, False)
    few = refused(choir.act, found, "close_up", at=SUNG)
    assert (few.key, few.values) == (
        "guard.gathering_quorum",
        {"there": 1, "among": 3, "needed": 50},
    )
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("b")], came_in_at="20:00")
    choir.act(found, "untick", at=SUNG, singers_here=[choir.person("young")])
    guest = [{"name": "某老师", "whence": "音乐学院", "speaks": True}]
    choir.act(found, "note_guests", at=SUNG, guests_here=guest)
    # What is to come was not held yet, whether it is typed or left as announced.
    soon = refused(choir.act, found, "close_up", at=END, began_at="19:10", ended_at="21:10")
    assert soon.fields == {"ended_at": ("gathering.to_come", {})}
    assert refused(choir.act, found, "close_up", at=SUNG).key == "gathering.to_come"
    choir.act(found, "close_up", at=END + HOUR, began_at="19:10", ended_at="21:10")
    told = choir.told(found, at=END + HOUR)
    states = {
        name: told["counts"][name] for name in ("should", "came", "absent", "missing", "guest")
    }
    assert states == {"should": 4, "came": 2, "absent": 2, "missing": 0, "guest": 1}
    assert {n: one["minutes"] for n, one in named(choir, found, "came").items()} == {
        "安一": 120,
        "白二": 70,
    }
    assert set(named(choir, found, "absent")) == {"曹三", "杨五"}
    assert told["quorum"]["enough"]
    late = refused(choir.act, found, "tick_off", at=SUNG, singers_here=[choir.person("c")])
    assert late.key == "matters.wrong_state"
    # A singer reads how many, and of the names and reasons their own; of guests none.
    mine = choir.told(found, "c", SUNG)
    assert (mine["mine"], mine["guests"], mine["counts"]["came"]) == (["absent"], [], 2)
    assert named(choir, found, "came", "c") == {}
    sound()


def test_all_came_but_those_named_and_those_excused(choir):
    found = choir.called()
    choir.act(found, "beg_off", "c", why_not_there="夜班。")
    choir.act(found, "all_but", at=SUNG, singers_away=[choir.person("young")])
    assert set(named(choir, found, "came")) == {"安一", "白二"}
    assert set(named(choir, found, "missing")) == {"杨五"}
    assert set(named(choir, found, "asked")) == {"曹三"}
    # Taken again with nobody named, whoever is left came; the exempt never need to.
    choir.act(found, "all_but", at=SUNG)
    assert counts(choir, found, "came", "missing", "exempt") == (3, 0, 1)
    choir.act(found, "let_off", at=SUNG, singer_meant=[choir.person("c")])
    choir.act(found, "close_up", at=END)
    assert counts(choir, found, "came", "excused", "absent") == (3, 1, 0)
    sound()


def test_one_signs_in_by_the_code_of_this_minute_or_the_one_before(choir):
    found = choir.going()
    off = refused(choir.act, found, "say_here", "a", SUNG, digits="123456")
    assert off.key == "gathering.no_code"
    choir.switch_on()
    at = SUNG + 5 * MINUTE
    now = choir.code(found, at)
    # Said after its minute and the next: it is over. Before: nobody can have read it.
    for who, when in (("c", at + 2 * MINUTE), ("young", at - MINUTE)):
        wrong = refused(choir.act, found, "say_here", who, when, digits=now)
        assert isinstance(wrong, InputError)
        assert wrong.fields == {"digits": ("gathering.wrong_code", {})}
    choir.act(found, "say_here", "a", at + MINUTE, digits=f"{now[:3]} {now[3:]}")
    again = refused(choir.act, found, "say_here", "a", at + MINUTE, digits=now)
    assert again.key == "gathering.signed_in"
    # Whoever is not on the roll, and the code of another evening.
    stranger = refused(choir.act, found, "say_here", "scribe", at, digits=now)
    assert stranger.key == "guard.roll_member"
    other = choir.going()
    assert refused(choir.act, other, "say_here", "b", at, digits=now).key == "matters.input"
    choir.act(found, "say_here", "b", at, digits=now)
    assert {n: one["how"] for n, one in named(choir, found, "came").items()} == {
        "安一": "self",
        "白二": "self",
    }
    choir.act(found, "close_up", at=at + HOUR)
    over = refused(choir.act, found, "say_here", "young", at + HOUR, digits=now)
    assert over.key == "matters.wrong_state"
    # Whoever came late was there from then on; what went on until it was closed ended then.
    minutes = {n: one["minutes"] for n, one in named(choir, found, "came").items()}
    assert minutes == {"安一": 59, "白二": 59}
    sound()


def test_who_guesses_waits_and_nothing_of_a_guess_is_forgotten(choir):
    choir.switch_on()
    found = choir.called()
    at, free = SUNG + MINUTE, tries.PACES[attending.SCOPE].free
    # Before it began there is nothing to guess, and who may not know of it never learns of it.
    for _ in range(free + 1):
        early = refused(choir.act, found, "say_here", "a", SUNG, digits="000000")
        assert early.key == "matters.wrong_state"
    choir.act(found, "strike_up", at=SUNG)
    for _ in range(free + 1):
        with pytest.raises(LookupError):
            choir.act(found, "say_here", "z", at, digits="000000")
    for _ in range(free):
        wrong = refused(choir.act, found, "say_here", "a", at, digits="000000x")
        assert wrong.key == "matters.input"
    slow = refused(choir.act, found, "say_here", "a", at, digits=choir.code(found, at))
    assert slow.key == "gathering.too_many_tries"
    assert slow.values["seconds"] > 0
    mine = f"{found.pk} {choir.actor('a').ref}"
    assert tries.wait(attending.SCOPE, mine, at) > 0
    # They slow down nobody else, and are slowed down nowhere else.
    choir.act(found, "say_here", "b", at, digits=choir.code(found, at))
    later = at + 2 * MINUTE
    choir.act(found, "say_here", "a", later, digits=choir.code(found, later))
    assert counts(choir, found, "came") == (2,)
    assert tries.wait(attending.SCOPE, mine, later) == 0
    # Forgiven, not only waited for: the next one is free again.
    assert tries.counted(attending.SCOPE, mine, later) == 1


def test_an_excuse_is_asked_for_decided_and_read_by_whose_business_it_is(choir):
    found = choir.called()
    [one] = [each for each in joining.joinable(choir.actor("c"), AT)[0] if each.matter == found]
    assert {offer.id for offer in one.actions} == {"beg_off"}
    assert joining.joinable(choir.actor("z"), AT)[0] == []
    choir.act(found, "beg_off", "c", why_not_there="夜班。")
    assert refused(choir.act, found, "close_up", at=SUNG).key == "guard.gathering_quorum"
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("a"), choir.person("b")])
    assert refused(choir.act, found, "close_up", at=END).key == "gathering.excuses_open"
    assert named(choir, found, "asked")["曹三"]["reason"] == "夜班。"
    assert named(choir, found, "asked", "c")["曹三"]["reason"] == "夜班。"
    assert named(choir, found, "asked", "a") == {}
    choir.act(found, "hold_to_it", at=SUNG, singer_meant=[choir.person("c")])
    assert choir.texts("c")[0] == "notice.gathering_excuse_declined"
    nothing = refused(choir.act, found, "let_off", at=SUNG, singer_meant=[choir.person("c")])
    assert (nothing.key, nothing.values) == ("gathering.asked_nothing", {"name": "曹三"})
    # Decided is decided: they ask no second time, and the chair may still excuse them.
    once = refused(choir.act, found, "beg_off", "c", SUNG, why_not_there="真来不了。")
    assert once.key == "gathering.asked_before"
    choir.act(found, "beg_off", "young", SUNG, why_not_there="补习。")
    choir.act(found, "let_off", at=SUNG, singer_meant=[choir.person("young")])
    assert choir.texts("young")[0] == "notice.gathering_excuse_accepted"
    away = {"singer_meant": [choir.person("c")], "why_not_there": "打过电话。"}
    choir.act(found, "excuse_for", at=SUNG, **away)
    excused = named(choir, found, "excused")
    assert (excused["曹三"]["how"], excused["杨五"]["how"]) == ("list", "self")
    there = refused(choir.act, found, "beg_off", "a", SUNG, why_not_there="要走。")
    assert there.key == "gathering.is_there"
    need_not = refused(choir.act, found, "beg_off", "ill", SUNG, why_not_there="嗓子。")
    assert need_not.key == "roll.is_exempt"
    # Who is excused counts on in the quorum, which is of those who should.
    quorum = choir.told(found, at=SUNG)["quorum"]
    assert (quorum["there"], quorum["among"]) == (2, 3)
    # Nobody asks once its time is over. On another day it is asked anew.
    other = choir.called()
    late = refused(choir.act, other, "beg_off", "c", END + MINUTE, why_not_there="忘了。")
    assert late.key == "gathering.asks_late"
    choir.act(other, "beg_off", "c", why_not_there="夜班。")
    choir.act(other, "hold_to_it", singer_meant=[choir.person("c")])
    choir.act(other, "shift", sung_on="2026-03-06", why_shift="晚一天。")
    choir.act(other, "beg_off", "c", why_not_there="还是夜班。")
    assert set(named(choir, other, "asked", at=AT)) == {"曹三"}
    choir.act(other, "strike_up", at=SUNG + DAY)
    begun = refused(
        choir.act, other, "shift", at=SUNG + DAY, sung_on="2026-03-09", why_shift="散了。"
    )
    assert begun.key == "gathering.is_begun"
    sound()


def test_an_excuse_that_nobody_decides_on_waits_only_where_it_is_awaited(choir, monkeypatch):
    def waits():
        told = {one.label: one.count for one in faces.awaited(choir.actor("warden"), AT)}
        return told.get("gathering.waits_excuses", 0)

    found = choir.called()
    choir.act(found, "beg_off", "c", why_not_there="夜班。")
    other = choir.act(choir.open("warden2", "second"), "call_out", "warden2")
    choir.act(other, "beg_off", "z", why_not_there="夜班。")
    # The newest of the house are not those of one circle.
    monkeypatch.setattr(lacking, "MOST", 1)
    assert waits() == 1
    choir.act(found, "drop_it", why_drop="大雪。")
    assert waits() == 0
    assert named(choir, found, "asked") == {}
    assert Attendance.objects.filter(state="asked").count() == 1
    sound()


def test_whoever_was_exempt_is_so_again_when_it_is_taken_back(choir):
    found, ill = choir.called(), choir.person("ill")
    why = Enrolled.objects.get(stream=found.stream, person_id=ill).reason
    choir.act(found, "tick_off", at=SUNG, singers_here=[ill, choir.person("a"), choir.person("b")])
    assert counts(choir, found, "came", "exempt") == (3, 0)
    choir.act(found, "untick", at=SUNG, singers_here=[ill])
    row = Enrolled.objects.get(stream=found.stream, person_id=ill)
    assert (why, row.state, row.reason) == ("hoarse", "exempt", "hoarse")
    choir.act(found, "tick_off", at=SUNG, singers_here=[ill])
    # Who may not hear of it is not said to be absent.
    recusal.recuse(
        found.pk, choir.person("c"), actor=choir.actor("elder"), at=SUNG, reason="亲属。"
    )
    choir.act(found, "close_up", at=END)
    assert not Attendance.objects.filter(person_id=choir.person("c")).exists()
    wrong = {"singer_wrong": ill, "really": "absent", "why_wrong": "认错人。"}
    choir.act(found, "put_right", at=END, **wrong)
    assert counts(choir, found, "came", "exempt", "absent") == (2, 1, 1)
    assert choir.told(found)["mends"][0]["after"] == "exempt"
    same = refused(choir.act, found, "put_right", at=END, **wrong)
    assert same.key == "gathering.nothing_corrected"
    # Its list is closed to whoever came to the circle since.
    choir.act(found, "count_in_late", at=END)
    choir.add("new", "新七", "first")
    assert refused(choir.act, found, "count_in_late", at=END).key == "gathering.roll_closed"
    sound()


def test_the_quorum_is_of_the_day_on_which_it_was_held(choir):
    """Whoever leaves later, and whatever is asked for later, changes nothing of it."""

    def quorum(of):
        told = choir.told(of, at=later)["quorum"]
        return tuple(told[name] for name in ("there", "among", "percent", "enough"))

    held, typed, later = minuted(choir), choir.called(), SUNG + 5 * DAY
    assert quorum(held) == (2, 3, 50, True)
    spec = next(one for one in programmes.known() if one.id == place.PROGRAMME)
    since = SUNG.date() + DAY
    programmes.override(
        spec,
        "voices_needed",
        value=90,
        org=choir.org("first"),
        start=since,
        clause="队务会决定",
        at=SUNG + DAY,
        actor=SYSTEM,
    )
    choir.leave("c", since)
    wrong = {"singer_wrong": choir.person("b"), "really": "absent", "why_wrong": "记错。"}
    choir.act(held, "put_right", at=later, **wrong)
    assert quorum(held) == (1, 3, 50, False)
    back = {**wrong, "really": "came"}
    choir.act(held, "put_right", at=later, **back)
    choir.act(typed, "tick_off", at=later, singers_here=[choir.person("a"), choir.person("b")])
    choir.act(typed, "close_up", at=later)
    assert quorum(held) == quorum(typed) == (2, 3, 50, True)
    sound()


def test_what_others_do_meanwhile_stands_beside_what_one_does(choir):
    """A form that was looked at before others signed in holds; two who write the minutes do not."""
    choir.switch_on()
    found, at = choir.called(), SUNG + MINUTE
    asked = found.version
    for who in ("c", "young"):
        choir.act(found, "beg_off", who, why_not_there="夜班。")
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("ill")])
    looked = choir.now(found).version
    choir.act(found, "strike_up", at=SUNG)
    said = choir.code(found, at)
    choir.act(found, "say_here", "a", at, digits=said)
    press = choir.client("warden").post
    for action, posted in (
        ("tick_off", {"singers_here": [choir.person("b")]}),
        ("untick", {"singers_here": [choir.person("ill")]}),
        ("let_off", {"singer_meant": [choir.person("c")]}),
        ("hold_to_it", {"singer_meant": [choir.person("young")]}),
    ):
        given = {**posted, "version": looked, "key": f"k-{action}"}
        assert press(f"/desk/matters/{found.pk}/act/{action}", given).status_code == 302
    assert set(named(choir, found, "came")) == {"安一", "白二"}
    assert set(named(choir, found, "excused")) == {"曹三"}
    assert counts(choir, found, "asked", "exempt", "missing") == (0, 1, 1)

    def by(who, action, version, **data):
        who, when = choir.actor(who), choir.now(found).changed_at
        return matters.act(found.pk, action, actor=who, at=when, data=data, version=version)

    by("warden", "note_guests", looked, guests_here=[{"name": "某老师"}])
    written = {"pieces_sung": "两首。", "what_was_agreed": "下周再唱。"}
    by("scribe", "write_up", looked, **written)
    with pytest.raises(GoneError):
        by("scribe", "write_up", looked, **{**written, "pieces_sung": "三首。"})
    # Of one's own, too, after whatever the chair ticked.
    other = choir.called()
    asked = other.version
    choir.act(other, "excuse_for", singer_meant=[choir.person("c")], why_not_there="夜班。")
    mine = {"why_not_there": "夜班。"}
    matters.act(other.pk, "beg_off", actor=choir.actor("a"), at=AT, data=mine, version=asked)
    assert set(named(choir, other, "asked", at=AT)) == {"安一"}
    sound()


def test_both_sign_what_stands(choir):
    """Whoever signed alone signs anew what was changed after them."""
    found = choir.called()
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("a"), choir.person("b")])
    choir.act(found, "close_up", at=END)
    written = {"pieces_sung": "两首。", "what_was_agreed": "下周再唱。"}
    choir.act(found, "write_up", "scribe", END, **written)

    def stand():
        rows = MinutesSignature.objects.filter(stream=found.stream)
        return sorted(rows.values_list("key", flat=True))

    changes = (
        ("write_up", {**written, "pieces_sung": "三首。"}),
        ("note_guests", {"guests_here": [{"name": "某老师"}]}),
        ("set_songs", {"songs": [{"title": "第一首"}]}),
    )
    for action, data in changes:
        choir.act(found, "sign_up_front", at=END)
        assert stand() == ["chair"]
        by = "scribe" if action == "write_up" else "warden"
        choir.act(found, action, by, END, **data)
        assert stand() == []
        last = audit.read(list(audit.history(found.stream))[-1])
        assert last["parts"]["minutes_signature/chair"] is None
    # Told once: what one changes oneself one knows.
    assert choir.texts("warden").count("notice.gathering_signature_withdrawn") == 1
    choir.act(found, "sign_up_front", at=END)
    choir.act(found, "write_up", "scribe", END, **changes[0][1])
    choir.act(found, "sign_beside", "scribe", END)
    assert stand() == ["chair", "recorder"]
    sound()


def test_an_excuse_holds_at_once_where_the_kind_says_so(choir):
    times = {"out_on": "2026-03-05", "out_from": "19:00", "out_to": "21:00"}
    opening = Opening(place.PROGRAMME, "outdoors", choir.org("first"), "出门走走。", fields=times)
    found = matters.open_matter(opening, actor=choir.actor("warden"), at=AT).matter
    assert choir.texts("a") == [ANNOUNCED]
    choir.act(found, "stay_home", "c", why_home="脚疼。")
    for _ in range(tries.PACES[attending.SCOPE].free + 2):
        choir.act(found, "say_here", "a")
    # Whoever ticks the list reads the names on it, and keeps no list of members.
    assert set(named(choir, found, "missing", "scribe")) == {"安一", "白二", "杨五"}
    assert named(choir, found, "excused", "scribe")["曹三"]["reason"] == "脚疼。"
    choir.act(found, "tick_walkers", "scribe", SUNG, walkers=[choir.person("c")])
    assert set(named(choir, found, "came")) == {"曹三"}
    choir.act(found, "come_home", at=END)
    assert choir.told(found, at=SUNG)["quorum"] is None
    sound()


def test_who_moved_away_is_on_the_list_and_does_not_count_for_the_quorum(choir):
    found = choir.called()
    choir.leave("c", SUNG.date() - DAY)
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("a")])
    told = choir.told(found, at=SUNG)
    assert (told["counts"]["should"], told["quorum"]["there"], told["quorum"]["among"]) == (4, 1, 2)
    choir.act(found, "close_up", at=END)
    assert set(named(choir, found, "absent")) == {"白二", "曹三", "杨五"}


def minuted(choir, found=None):
    """One that was held with a and b there, whose minutes both signed."""
    found = found or choir.called()
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("a"), choir.person("b")])
    choir.act(found, "close_up", at=END)
    assert refused(choir.act, found, "sign_up_front", at=SUNG).key == "gathering.minutes_lack"
    choir.act(found, "write_up", "scribe", SUNG, pieces_sung="两首。", what_was_agreed="下周再唱。")
    choir.act(found, "sign_up_front", at=SUNG)
    assert refused(choir.act, found, "sign_up_front", at=SUNG).key == "gathering.signed_already"
    assert refused(choir.act, found, "sign_beside", at=SUNG).key == "gathering.signs_twice"
    assert refused(choir.act, found, "put_away", at=SUNG).key == "guard.gathering_signed"
    choir.act(found, "sign_beside", "scribe", SUNG)
    return found


def test_what_is_corrected_after_signing_is_seen(choir):
    found = minuted(choir)
    silent = refused(
        choir.act,
        found,
        "write_up",
        "scribe",
        SUNG,
        pieces_sung="三首。",
        what_was_agreed="下周再唱。",
    )
    assert silent.key == "gathering.signed_minutes"
    rewritten = {
        "pieces_sung": "三首。",
        "what_was_agreed": "下周再唱。",
        "why_rewrite": "漏记一首。",
    }
    more = refused(choir.act, found, "note_guests", at=SUNG, guests_here=[{"name": "某老师"}])
    assert more.key == "gathering.signed_closed"
    choir.act(found, "write_up", "scribe", SUNG, **rewritten)
    wrong = {"singer_wrong": choir.person("c"), "really": "came", "why_wrong": "坐在后排。"}
    choir.act(found, "put_right", at=SUNG, **wrong)
    same = refused(choir.act, found, "put_right", at=SUNG, **wrong)
    assert (same.key, same.values) == ("gathering.nothing_corrected", {"name": "曹三"})
    told = choir.told(found, at=SUNG)
    first, second = told["mends"]
    assert [one["text"] for one in first["parts"]] == ["两首。"]
    assert (first["why"], first["signed"], first["by"]["name"]) == ("漏记一首。", True, "scribe")
    assert (second["whom"], second["before"], second["after"]) == ("曹三", "absent", "came")
    assert (second["why"], second["signed"]) == ("坐在后排。", True)
    assert (told["counts"]["came"], told["quorum"]["there"]) == (3, 3)
    assert told["minutes"]["parts"][0]["text"] == "三首。"
    # Others see that there was a correction, by whom and when; not of whom, nor why.
    seen = choir.told(found, "a", SUNG)["mends"][1]
    assert (seen["whom"], seen["why"], seen["by"]["name"]) == ("", "", "warden")
    assert choir.act(found, "put_away", at=SUNG).state == "written_up"
    # What people wrote goes with the rest; who came stays, with the numbers.
    upkeep.erase_due(AT + 9000 * DAY, words="已清除")
    assert not Attendance.objects.exclude(reason="", name="").exists()
    assert counts(choir, found, "came") == (3,)
    assert choir.told(found, at=SUNG)["mends"][1]["after"] == "came"
    assert list(audit.everything()) == []


def test_times_are_put_right_and_come_back_as_they_were(choir):
    found = choir.called()
    both = {"singers_here": [choir.person("a"), choir.person("b")]}
    turned = refused(
        choir.act, found, "tick_off", at=SUNG, **both, came_in_at="20:00", went_at="19:30"
    )
    assert turned.fields == {"went_at": ("gathering.ends_before", {})}
    choir.act(found, "tick_off", at=SUNG, **both, came_in_at="20:00")
    # Whoever names one end only is held to the other that stands.
    again = refused(choir.act, found, "tick_off", at=SUNG, **both, went_at="20:00")
    assert again.fields == {"went_at": ("gathering.ends_before", {})}
    far = {"began_at": "10:00", "ended_at": "21:00"}
    silent = refused(choir.act, found, "close_up", at=END, **far)
    assert silent.fields == {"why_wrong": ("gathering.far_outside", {"hours": 2})}
    choir.act(found, "close_up", at=END, **far, why_wrong="排了一整天。")

    def minutes():
        return {n: one["minutes"] for n, one in named(choir, found, "came").items()}

    wrong = {"singer_wrong": choir.person("a"), "why_wrong": "看错。"}
    choir.act(found, "put_right", at=END, really="absent", **wrong)
    assert minutes() == {"白二": 60}
    away = refused(choir.act, found, "put_right", at=END, really="absent", went_at="20:30", **wrong)
    assert away.fields == {"went_at": ("gathering.no_times", {"name": "安一"})}
    choir.act(found, "put_right", at=END, really="came", **wrong)
    assert minutes() == {"安一": 60, "白二": 60}
    choir.act(found, "put_right", at=END, really="came", went_at="20:30", **wrong)
    assert minutes() == {"安一": 30, "白二": 60}
    same = refused(choir.act, found, "put_right", at=END, really="came", went_at="20:30", **wrong)
    assert same.key == "gathering.nothing_corrected"
    first, *_, last = choir.told(found, at=END)["mends"]
    assert (first["why"], first["whom"]) == ("排了一整天。", "")
    assert [one["text"] for one in last["parts"]] == ["21:00"]
    assert choir.told(found, "b", END)["mends"][-1]["parts"] == []
    sound()


def test_its_record_is_printed_with_its_numbers(choir):
    found = choir.called()
    choir.act(found, "set_songs", songs=[{"title": "第一首"}], about_these=[found.number])
    choir.act(found, "set_songs", songs=[{"line": 2, "title": "别处之事", "outcome": "不印。"}])
    minuted(choir, found)
    paper = papers.issue(found.pk, "record", actor=choir.actor("warden"), at=SUNG + HOUR)
    said = str(papers.sheet_of(paper))
    for words in (
        *("应到4人，到会2人", "小礼堂", "19:00", "两首。", "下周再唱。", "50%", "scribe"),
        *("应计入法定人数3人", "第一首"),
    ):
        assert words in said
    assert not any(name in said for name in ("安一", "曹三", "别处之事", "不印。"))


def test_a_list_on_paper_is_typed_later_and_its_count_stands_beside_it(choir):
    found, later = choir.called(), SUNG + 3 * DAY
    coming = [one.label for one in faces.awaited(choir.actor("a"), AT) if one.count]
    assert [one for one in coming if one.startswith("gathering")] == ["gathering.waits_coming"]
    # Its time is over and nobody said that it was held: whoever keeps the list is told by name of it.
    lacking = faces.lacking(choir.actor("warden"), choir.org("first").path, later)
    [one] = [one for one in lacking if one.label.startswith("gathering")]
    assert (one.label, one.count, one.late) == ("gathering.lacking_held", 4, True)
    choir.act(found, "beg_off", "c", AT, why_not_there="夜班。")
    waiting = {one.label: one.count for one in faces.awaited(choir.actor("warden"), AT)}
    assert waiting["gathering.waits_excuses"] == 1
    choir.act(found, "let_off", at=later, singer_meant=[choir.person("c")])
    choir.act(found, "copy_sheet", at=later, singers_here=[choir.person("a"), choir.person("b")])
    choir.act(found, "close_up", at=later, names_on_sheet=3)
    told = choir.told(found, at=later)
    assert (told["on_paper"], told["here"], told["counts_in"]) == (3, 2, "2026-03")
    assert {one["how"] for one in named(choir, found, "came", at=later).values()} == {"paper"}
    [one] = [each for each in joining.joinable(choir.actor("c"), later)[0] if each.matter == found]
    assert ([each.text for each in one.given], one.waits) == (["gathering.given.excused"], False)
    still = faces.lacking(choir.actor("warden"), choir.org("first").path, later)
    assert [one for one in still if one.label.startswith("gathering")] == []
    sound()


def test_whoever_takes_the_roll_when_it_is_over_is_on_it_too(choir):
    """A meeting that is only written down afterwards, by one of its members."""
    choir.join("warden", "first", "singer")
    found = choir.act(choir.open(), "call_out", at=END)
    assert [one.person_id for one in Enrolled.objects.filter(stream=found.stream)].count(
        choir.person("warden")
    ) == 1
    choir.act(found, "copy_sheet", at=END, singers_here=[choir.person("warden")])
    assert [*named(choir, found, "came", at=END)] == ["warden"]
    sound()


def test_what_cannot_be_done_yet_is_not_offered(choir):
    """Before its day nobody is ticked, nobody decides where nobody asks: the page says why."""
    found = choir.called()

    def kept_back(at=AT):
        told = matters.offered(found, choir.actor("warden"), at)
        return {one.id: one.refusal.key for one in told if one.refusal is not None}

    assert kept_back() == {
        "beg_off": "guard.roll_member",
        "hold_to_it": "guard.gathering_asked",
        "copy_sheet": "guard.gathering_due",
        "close_up": "guard.gathering_quorum",
    }
    choir.act(found, "beg_off", "c", why_not_there="夜班。")
    assert "hold_to_it" not in kept_back()
    assert "copy_sheet" not in kept_back(SUNG)


def test_who_missed_it_makes_up_for_it_in_time(choir):
    found = minuted(choir)
    choir.act(found, "catch_up", "c", SUNG + DAY, how_caught_up="听了录音。", minutes_caught_up=45)
    one = named(choir, found, "made_up")["曹三"]
    assert (one["minutes"], one["reason"], one["made_up_on"].isoformat()) == (
        45,
        "听了录音。",
        "2026-03-06",
    )
    assert (
        refused(choir.act, found, "catch_up", "a", SUNG, how_caught_up="。").key
        == "guard.gathering_missed"
    )
    before = refused(
        choir.act,
        found,
        "catch_up",
        "young",
        SUNG + DAY,
        how_caught_up="听了。",
        caught_up_on="2026-03-01",
    )
    assert before.fields["caught_up_on"][0] == "gathering.other_day"
    late = refused(choir.act, found, "catch_up", "young", SUNG + 31 * DAY, how_caught_up="听了。")
    assert (late.key, late.values) == ("gathering.too_late", {"days": 30})
    sound()


def test_what_was_held_meets_what_a_circle_and_a_singer_owe(choir):
    """On the day it was held, where enough were there; whoever made up for it owes nothing more."""

    def met(name, *periods_of):
        one = obligations.find(f"{place.PROGRAMME}.{name}")
        run = [periods.parse(each) for each in periods_of]
        lines, _ = obligations.lines(one, run, choir.org("first").path, (SUNG + 40 * DAY).date())
        return {line.name: [cell.state.value for cell in line.cells] for line in lines}

    assert met("monthly", "2026-03")["甲队"] == ["missed"]
    found = minuted(choir)
    assert met("monthly", "2026-02", "2026-03")["甲队"] == ["missed", "in_time"]
    singers = met("coming", "2026-03")
    assert (singers["安一"], singers["曹三"]) == (["in_time"], ["missed"])
    # It counts on the day on which they did.
    choir.act(found, "catch_up", "c", SUNG + 28 * DAY, how_caught_up="听了录音。")
    assert met("coming", "2026-03", "2026-04")["曹三"] == ["missed", "in_time"]


def test_what_is_written_down_long_after_counts_late(choir):
    """Long after its day and its period; within a week, or while grace lasts, it is as if at once."""

    def met(on, noted):
        found = choir.called(sung_on=f"{on:%Y-%m-%d}")
        both = [choir.person("a"), choir.person("b")]
        choir.act(found, "tick_off", at=noted, singers_here=both)
        choir.act(found, "close_up", at=noted)
        month, today = periods.parse(f"{on:%Y-%m}"), (noted + 40 * DAY).date()
        told = []
        for name in ("monthly", "coming"):
            one = obligations.find(f"{place.PROGRAMME}.{name}")
            lines, _ = obligations.lines(one, [month], choir.org("first").path, today)
            told.append({line.name: line.cells[0].state.value for line in lines})
        return told[0]["甲队"], told[1]["安一"]

    assert met(SUNG, SUNG + 90 * DAY) == ("late", "late")
    assert met(SUNG + 27 * DAY, SUNG + 33 * DAY) == ("in_time", "in_time")


def test_hours_are_owed_as_full_hours_of_a_year(choir):
    """Minutes go on from one evening to the next, never to the next year; each full hour counts on its day."""
    one = obligations.find(f"{place.PROGRAMME}.singing")

    def cells(*periods_of):
        run = [periods.parse(each) for each in periods_of]
        lines, _ = obligations.lines(one, run, choir.org("first").path, (SUNG + 400 * DAY).date())
        return {line.name: [(cell.done, cell.state.value) for cell in line.cells] for line in lines}

    def sung(n, **more):
        day = SUNG + n * DAY
        found = choir.called(sung_on=f"{day:%Y-%m-%d}")
        both = [choir.person("a"), choir.person("b")]
        choir.act(found, "tick_off", at=day, singers_here=both, **more)
        return choir.act(found, "close_up", at=END + n * DAY)

    # An hour and a half twice is three; whoever made up for one has what they made up.
    for n in (0, 7):
        found = sung(n, went_at="20:30")
    # At another one at the same time nobody was for longer.
    sung(0, went_at="20:00")
    choir.act(
        found, "catch_up", "c", END + 7 * DAY, how_caught_up="听录音。", minutes_caught_up=130
    )
    told = cells("2026")
    assert [told[name] for name in ("安一", "曹三", "杨五")] == [
        [(3, "missed")],
        [(2, "missed")],
        [(0, "missed")],
    ]
    for n in (14, 21):
        sung(n)
    assert cells("2026")["安一"] == [(7, "in_time")]
    sung(364)
    assert cells("2026", "2027")["安一"] == [(7, "in_time"), (2, "due")]
    things = obligations.things(one, *_cell(choir, one, "a"))
    assert [(thing.stream.partition(":")[0], thing.seq) for thing in things] == [
        ("hours", n) for n in range(1, 8)
    ]
    page = choir.client("a").get(_page_of(choir, one, "a")).content.decode()
    assert "应完成6小时，期内7小时" in page
    assert page.count("一起唱") == 4


def _cell(choir, one, who):
    span = periods.parse("2026")
    line = obligations.line_of(
        one, [span], choir.org("first"), (SUNG + 400 * DAY).date(), choir.person(who)
    )
    return line, line.cells[0]


def _page_of(choir, one, who):
    return f"/desk/obligations/{one.full}/{choir.org('first').pk}/2026/{choir.person(who)}"


def test_it_counts_for_whom_it_names_and_only_in_some_states(choir):
    minuted(choir, choir.called(led_by=choir.person("c")))
    way, day = ways.WAYS["gathering"], SUNG.date()
    looked = ways.Looked(place.PROGRAMME, True, None, day, day + DAY)

    def told(**more):
        args = way.args.model_validate({"kind": "rehearsal", **more})
        return {one.owner for one in way.things(args, looked)}

    singers = {choir.person("a"), choir.person("b")}
    assert told() == told(states=["sung"]) == singers
    assert told(states=["written_up"]) == set()
    # Named to lead it, and not there.
    assert told(person="led_by") == set()
    wrong = {"singer_wrong": choir.person("c"), "really": "came", "why_wrong": "坐在后排。"}
    choir.act(Matter.objects.get(kind="rehearsal"), "put_right", at=END, **wrong)
    singers.add(choir.person("c"))
    assert told(person="led_by") == {choir.person("c")}
    few = ways.Looked(place.PROGRAMME, True, frozenset({choir.person("c")}), day, day + DAY)
    for more in ({}, {"person": "led_by"}):
        args = way.args.model_validate({"kind": "rehearsal", **more})
        assert [one.owner for one in way.things(args, few)] == [choir.person("c")]
    assert told(person="led_by", states=["dropped"]) == set()


def test_what_was_held_stays_of_whoever_held_it(choir):
    """A circle joins another before its minutes are put away: these go along, that it met stays its own."""
    found = minuted(choir)
    first, second = choir.org("first").pk, choir.org("second").pk
    upkeep.merge_orgs(first, second, at=SUNG + DAY, actor=SYSTEM)
    assert Matter.objects.get(pk=found.pk).unit_id == second
    way, day = ways.WAYS["gathering"], SUNG.date()
    looked = ways.Looked(place.PROGRAMME, False, None, day, day + DAY)
    for of in ("unit", "home"):
        args = way.args.model_validate({"kind": "rehearsal", "of": of})
        assert [one.owner for one in way.things(args, looked)] == [first]


def test_a_series_opens_each_day_once_and_moves_from_holidays(choir):
    found = choir.open(sung_on="2026-04-02")
    ask = {"rhythm": "month_weekday", "up_to": "2026-10-31"}
    early = refused(choir.act, found, "make_many", rhythm="week", up_to="2026-04-03")
    assert early.fields == {"up_to": ("gathering.until_too_early", {})}
    choir.act(found, "make_many", **ask)
    again = refused(choir.act, found, "make_many", **ask)
    assert again.key == "gathering.of_series"
    [task] = Task.objects.filter(name="gathering.open")
    choir.work()
    # Killed between what it wrote and its end, the task comes again, on another worker too.
    for n in range(2):
        notify.enqueue(task.name, task.payload, key=f"again-{n}", run_at=AT)
    choir.work()
    rows = list(Sitting.objects.filter(series=found.pk).order_by("wanted"))
    days = [f"{row.begins:%m-%d}" for row in rows]
    assert choir.texts("warden") == ["notice.gathering_holidays"]
    # The first Thursday of October is a holiday: it is sung on the first day that is worked.
    assert days[:6] == ["04-02", "05-07", "06-04", "07-02", "08-06", "09-03"]
    assert (rows[6].wanted.isoformat(), rows[6].holiday != "") == ("2026-10-01", True)
    assert days[6] > "10-01"
    one = Matter.objects.get(pk=rows[1].matter_id)
    assert (one.state, one.facts["sung_at"], one.home_id) == ("thought_of", "小礼堂", found.home_id)
    choir.act(one, "call_out")
    assert choir.told(one)["counts"]["should"] == 4
    sound()


def test_the_agenda_names_a_matter_to_who_sees_it(choir):
    other = choir.open("warden2", "second")
    found = choir.called()
    songs = [{"title": "第一首", "person": choir.person("a")}, {"title": "第二首"}]
    choir.act(found, "set_songs", songs=songs, about_these=[found.number])
    choir.act(found, "set_songs", songs=[{"line": 2, "title": "第二首", "outcome": "不唱了"}])
    told = choir.told(found)["agenda"]
    assert [(one["title"], one["outcome"]) for one in told] == [
        ("第一首", ""),
        ("第二首", "不唱了"),
        ("", ""),
    ]
    assert told[2]["matter"]["number"] == found.number
    # To who may not know of it a line says nothing: nor what came of it, nor of whom.
    last = {"line": 3, "title": "不可知", "outcome": "已定", "person": choir.person("b")}
    about = choir.called()
    choir.act(about, "set_songs", about_these=[found.number, about.number])
    choir.act(about, "set_songs", songs=[{**last, "line": 1}])
    recusal.recuse(found.pk, choir.person("a"), actor=choir.actor("elder"), at=AT, reason="亲属。")
    seen, other_line = choir.told(about, "a")["agenda"]
    blank = {"title": "", "matter": None, "hidden": True, "person": None, "outcome": ""}
    assert (seen, other_line["hidden"]) == ({"line": 1, **blank}, False)
    open_line = choir.told(about)["agenda"][0]
    assert (open_line["title"], open_line["outcome"]) == ("不可知", "已定")
    gone = refused(choir.act, found, "set_songs", songs=[{"line": 9, "title": "无"}])
    assert gone.fields["songs"] == ("gathering.no_line", {"line": 9})
    assert refused(choir.act, found, "set_songs", about_these=[other.number]).key == "matters.input"
    sound()


@pytest.mark.django_db(transaction=True)
def test_many_sign_in_at_once_and_each_person_counts_once(house):
    del house
    choir = place.build()
    choir.switch_on()
    found, at = choir.going(), SUNG + MINUTE
    said = choir.code(found, at)
    # Two phones of two people each, and the chair ticks one of them in the same moment.
    phones = [
        lambda who=who: choir.act(found, "say_here", who, at, digits=said)
        for who in ("a", "b", "c", "young", "a", "b")
    ]
    ticks = [lambda: choir.act(found, "tick_off", at=at, singers_here=[choir.person("c")])]
    results = at_once([*phones, *ticks])
    refusals = sorted(one.key for one in results if isinstance(one, ProblemError))
    # One whose tries are counted at the same instant waits a second.
    assert set(refusals) <= {"gathering.signed_in", "gathering.too_many_tries"}, results
    assert len(refusals) in (2, 3)
    assert counts(choir, found, "came", "missing") == (4, 0)
    assert Attendance.objects.count() == 4
    # Closed twice at once, it is held once.
    results = at_once([lambda: choir.act(found, "close_up", at=at + HOUR)] * 3)
    assert sum(isinstance(one, Matter) for one in results) == 1, results
    assert list(audit.everything()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.either
def test_figures_count_who_came_and_add_up_the_minutes(house):
    del house
    choir = place.build()
    found = choir.called()
    choir.act(found, "tick_off", at=SUNG, singers_here=[choir.person("a"), choir.person("b")])
    choir.act(found, "close_up", at=END)
    choir.act(
        found,
        "put_right",
        at=SUNG,
        singer_wrong=choir.person("b"),
        really="absent",
        why_wrong="记错。",
    )
    choir.act(found, "catch_up", "c", SUNG, how_caught_up="听了录音。", minutes_caught_up=30)
    insight.export(insight.store())

    def told(name):
        found = insight.definition("qqq_evenings", name)
        return insight.figure(found, periods.parse("2026-03")).total

    share = told("sang_along")
    assert (share.numerator, share.denominator) == (1, 4)
    assert told("minutes_sung").value == 150
    assert list(insight.findings(insight.store())) == []


def text_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def test_the_pages_show_it_to_whose_business_it_is(choir, settings):
    choir.switch_on()
    found = choir.going()
    warden, singer = choir.client("warden"), choir.client("a")
    page = text_of(warden, f"/desk/matters/{found.pk}")
    # The list stands once on the page: what the roll says of it less is left out.
    assert ('id="gathering"' in page, 'id="roll"' in page) == (True, False)
    assert f'name="singers_here" value="{choir.person("c")}"' in page
    ticked = {"singers_here": [choir.person("c")], "key": "k-list"}
    for _ in range(2):
        warden.post(f"/desk/matters/{found.pk}/act/tick_off", ticked)
    assert named(choir, found, "came").keys() == {"曹三"}
    # The screen is the chair's; what it shows changes by itself, and a phone has one field to fill in.
    begun = Sitting.objects.get(stream=found.stream).begun_at
    screen = text_of(warden, f"/desk/gatherings/{found.pk}/screen")
    assert "data-code" in screen
    assert "hx-trigger" in screen
    text_of(singer, f"/desk/gatherings/{found.pk}/screen", 404)
    assert begun == SUNG
    phone = text_of(singer, f"/desk/gatherings/{found.pk}/sign?code=123%3Cb%3E")
    assert ('name="digits" value="123"' in phone, "小礼堂" in phone) == (True, True)
    text_of(choir.client("z"), f"/desk/gatherings/{found.pk}/sign", 404)
    assert "一起唱" in text_of(singer, "/m/join")
    listed = text_of(singer, "/desk/gatherings/")
    assert "一起唱" in listed
    # Their own calendar knows kind, number and hours, and nobody's name; the exempt have none of it.
    link = listed.split("<code>")[1]
    path = link.partition("</code>")[0].removeprefix(settings.PUBLIC_URL)
    coming = choir.called(sung_on="2027-03-04")
    held = singer.get(path)
    assert held["Content-Type"].startswith("text/calendar")
    told = held.content.decode()
    assert f"排练 {coming.number}" in told
    assert "DTSTART:20270304T110000Z" in told
    assert not any(word in told for word in ("安一", "一起唱", "小礼堂"))
    own = text_of(choir.client("ill"), "/desk/gatherings/").split("<code>")[1]
    theirs = singer.get(own.partition("</code>")[0].removeprefix(settings.PUBLIC_URL))
    assert coming.number not in theirs.content.decode()
    assert singer.get("/gatherings/forged.ics").status_code == 404


def asked(choir, who):
    """What the interface tells somebody of March."""
    token = access.issue_token(
        choir.person(who), "t", ["matters:read"], expires=place.ON + 900 * DAY, at=AT, actor="cli"
    )
    headers = {"authorization": f"Bearer {token}"}
    return Client(headers=headers).get("/api/v1/gathering/attendance?period=2026-03").json()


def lines_of(answer):
    """The rows of a spreadsheet by what stands first in them."""
    rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    return {row[0]: row[1:] for row in rows}


def test_a_sheet_of_the_newest_says_so(choir, monkeypatch):
    monkeypatch.setattr(board, "MOST", 1)
    # Opened first, and held last.
    newest = choir.called(sung_on="2026-03-12")
    minuted(choir)
    choir.act(newest, "tick_off", at=SUNG + 7 * DAY, singers_here=[choir.person("c")])
    choir.act(newest, "tick_off", at=SUNG + 7 * DAY, singers_here=[choir.person("a")])
    choir.act(newest, "close_up", at=END + 7 * DAY)
    found = choir.client("warden").get("/desk/gatherings/attendance.xlsx?period=2026-03")
    lines = lines_of(found)
    assert [lines[name][2] for name in ("安一", "白二", "曹三")] == [1, 0, 1]
    assert any("只统计最近的" in str(name) for name in lines)


def test_attendance_is_told_by_person_and_by_organisation(choir):
    minuted(choir)
    page = text_of(choir.client("warden"), "/desk/gatherings/attendance?period=2026-03")
    assert ("安一" in page, "曹三" in page) == (True, True)
    other = text_of(choir.client("warden2"), "/desk/gatherings/attendance?period=2026-03")
    assert "安一" not in other
    empty = text_of(choir.client("warden"), "/desk/gatherings/attendance?period=2026-04")
    assert "安一" not in empty
    sheet = choir.client("warden").get("/desk/gatherings/attendance.xlsx?period=2026-03")
    assert sheet.status_code == 200
    assert lines_of(sheet)["安一"] == ("甲队", 1, 1, 0, 0, 0, "100%", "2.0")
    assert lines_of(sheet)["艾四"][1:3] == (0, 0)
    assert not any("最近" in str(name) for name in lines_of(sheet))
    told = asked(choir, "warden")
    assert told["gatherings"] == 1
    [org] = told["orgs"]
    assert (org["should"], org["states"]["came"], org["percent"], org["quorate"]) == (4, 2, 50, 1)
    people = {one["name"]: one for one in told["people"]}
    assert (people["安一"]["minutes"], people["曹三"]["states"]["absent"]) == (120, 1)
    assert people["艾四"]["should"] == 0
    # So many, of somebody: on their own page, and to who reads their name.
    for who in ("a", "warden"):
        part = profiles.person(choir.person("a"), choir.actor(who), AT).parts["attendance"]
        assert (part["came"], part["minutes"]) == (1, 120)
    with pytest.raises(LookupError):
        profiles.person(choir.person("a"), choir.actor("b"), AT)
    # A singer reads the numbers and, of the names, their own.
    mine = asked(choir, "a")
    assert ([one["name"] for one in mine["people"]], mine["unnamed"]) == (["安一"], 4)
