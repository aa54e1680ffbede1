"""Short tests: questions that only who puts them reads, drawn for each, marked at once; each person so often at
most, a page handed in twice once; who took part, who passed, who need not and why."""

import io
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import house as city
import pytest
import riddles as place
from at_once import at_once
from django.test import Client
from openpyxl import Workbook, load_workbook
from riddles import AT, MINUTE, RIDDLES, RIGHT, WRONG

from bihuan.facets.quiz import shown, standing
from bihuan.facets.quiz.models import Question, QuizAttempt, QuizResult
from bihuan.facets.roll import shown as rolls
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access import api as access
from bihuan.foundation.access import own_data
from bihuan.foundation.audit import api as audit
from bihuan.insight import api as insight
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.profiles import entries
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, NotAllowedError, ProblemError
from bihuan.outcomes.papers import api as papers
from bihuan.rules import periods
from bihuan.web import faces

pytestmark = pytest.mark.django_db
_BUILT: dict[str, place.Riddles] = {}


@city.landing
def _land() -> None:
    _BUILT["club"] = place.build()


@pytest.fixture
def club(house):
    """The club, told once and said again."""
    del house
    _land()
    built = _BUILT["club"]
    return place.Riddles(replace(built.stage, people=dict(built.stage.people), _actors={}))


def refused(call, *args, **data):
    with pytest.raises(ProblemError) as error:
        call(*args, **data)
    return error.value


def text_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def api_of(club, who, address):
    until = place.ON + timedelta(days=900)
    token = access.issue_token(
        club.person(who), "t", ["matters:read", "matters:write"], expires=until, at=AT, actor="cli"
    )
    return Client(headers={"authorization": f"Bearer {token}"}).get(f"/api/v1{address}")


def page_of(found):
    return f"/desk/quizzes/{found.pk}/answer"


def on_roll(club, found, who):
    return Enrolled.objects.get(stream=found.stream, person_id=club.person(who)).state


def counts(club, found, *names):
    told = club.told(found)["counts"]
    return tuple(told[name] for name in names)


def test_it_is_marked_at_once_and_whoever_passes_has_done_it(club):
    found = club.going(worth_minutes=45)
    club.guess(found, "a", {**RIGHT, 1: "B"})
    club.guess(found, "b", WRONG)
    first, second = (club.told(found, who)["mine"] for who in ("a", "b"))
    assert (first["succeeded"], first["best"], first["left"]) == (True, 80, 0)
    assert (second["succeeded"], second["best"], second["left"]) == (False, 0, 1)
    assert [on_roll(club, found, who) for who in "abc"] == ["done", "should", "should"]
    assert counts(
        club, found, "should", "answered", "succeeded", "not_yet", "missed", "exempt"
    ) == (
        4,
        2,
        1,
        1,
        2,
        1,
    )
    assert QuizResult.objects.get(person_id=club.person("a")).numbers == {"minutes": 45}
    # They see which were wrong; what would have been right only when nobody can answer any more.
    lines = {line["line"]: line for line in first["last"]["lines"]}
    assert [n for n, line in lines.items() if line["wrong"]] == [1]
    assert all("right" not in line for one in (first, second) for line in one["last"]["lines"])
    # Who passed answers no more; whoever did not, once more and never a third time.
    assert refused(club.guess, found, "a", RIGHT, 2).key == "quiz.passed_already"
    club.guess(found, "b", WRONG, 2)
    assert refused(club.guess, found, "b", RIGHT, 3).key == "quiz.no_more"
    told = club.told(found, "b")["mine"]
    assert (told["left"], "right" in told["last"]["lines"][0]) == (0, False)
    assert (told["last"]["n"], club.told(found, "c")["counts"]["succeeded"]) == (2, None)
    # Nor does the roll tell it.
    for who, done in (("b", 0), ("a", 1), ("riddler", 1)):
        assert rolls.shown(club.now(found), club.actor(who), AT)["done"] == done
    club.act(found, "end_guessing")
    told = club.told(found, "b")
    assert told["mine"]["last"]["lines"][0]["right"] != ""
    # Of two that answered, how many passed says too much of each.
    assert (told["counts"]["answered"], told["counts"]["succeeded"]) == (2, None)
    assert list(audit.everything()) == []


def test_a_page_handed_in_twice_counts_once(club):
    found = club.going()
    for _ in range(2):
        data = {"guessed": [{"question": k, "answer": v} for k, v in WRONG.items()], "nth_guess": 1}
        matters.act(found.pk, "guess", actor=club.actor("a"), at=AT, data=data, key="same")
    # From another window, with another key.
    assert refused(club.guess, found, "a", RIGHT).key == "quiz.handed_in"
    assert refused(club.guess, found, "a", RIGHT, 3).fields["nth_guess"] == (
        "quiz.other_attempt",
        {"n": 2},
    )
    assert QuizAttempt.objects.count() == 1


def test_only_those_on_the_roll_answer_and_only_while_it_goes_on(club):
    early = club.open()
    club.act(early, "put_in", riddles=[dict(one) for one in RIDDLES])
    assert refused(club.guess, early, "a", RIGHT).key == "matters.wrong_state"
    found = club.going()
    with pytest.raises(LookupError):
        club.guess(found, "z", RIGHT)
    with pytest.raises(NotAllowedError):
        club.guess(found, "sage", RIGHT)
    assert refused(club.guess, found, "riddler", RIGHT).key == "guard.roll_member"
    # Who need not may, and has then; who is let off is named with the reason.
    club.guess(found, "nap", RIGHT)
    club.act(found, "let_off", regular_meant=[club.person("d")], why_let_off="只是来做客。")
    club.act(found, "end_guessing")
    assert refused(club.guess, found, "b", RIGHT).key == "matters.wrong_state"
    assert on_roll(club, found, "nap") == "done"
    states = {row.person_id: row.state for row in QuizResult.objects.all()}
    missed = {club.person(who): "missed" for who in "abc"}
    assert states == {**missed, club.person("nap"): "succeeded"}
    assert counts(club, found, "should", "answered", "missed", "excused", "exempt") == (
        4,
        1,
        3,
        1,
        0,
    )


def test_what_is_no_answer_is_refused_by_row_and_nothing_is_kept(club):
    found = club.going()
    bad = refused(club.guess, found, "a", {1: "AB", 2: "D", 3: "也许", 4: "三", 5: "山"})
    assert isinstance(bad, InputError)
    assert {name: key for name, (key, _) in bad.fields.items() if "." in name} == {
        "guessed.0.answer": "questions.only_one",
        "guessed.1.answer": "questions.no_option",
        "guessed.2.answer": "questions.yes_or_no",
        "guessed.3.answer": "questions.not_a_number",
    }
    left = refused(club.guess, found, "a", {1: "A", 2: "A"})
    assert left.fields["guessed"] == ("quiz.left_out", {"n": 3})
    strange = refused(club.guess, found, "a", {**RIGHT, 99: "A"})
    assert strange.fields["guessed.5.question"] == ("quiz.not_asked", {"question": "99"})
    assert not QuizAttempt.objects.exists()


def test_each_is_drawn_questions_of_their_own_and_others_are_refused(club):
    many = [{"text": f"第{n}谜", "right": f"{n}"} for n in range(1, 41)]
    found = club.going(many, each_gets=5)
    row = shown.run_of(found)

    def drawn(who, attempt=1):
        keys = [one.key for one in shown.questions_of(found)]
        pk = club.person(who)
        return standing.asked(found.stream, row.opened_at, keys, 5, person_id=pk, attempt=attempt)

    mine = drawn("a")
    assert len({*mine}) == 5
    assert mine == drawn("a")
    assert len({mine, drawn("b"), drawn("c"), drawn("a", 2)}) == 4
    others = {int(key): key for key in drawn("b")}
    assert "not_asked" in str(refused(club.guess, found, "a", others).fields)
    club.guess(found, "a", {int(key): key for key in mine})
    assert club.told(found, "a")["mine"]["succeeded"]


def test_questions_are_put_changed_taken_off_and_stand_once_it_is_open(club):
    found = club.open()
    assert refused(club.act, found, "begin_guessing").key == "guard.quiz_ready"
    club.act(found, "put_in", riddles=[dict(one) for one in RIDDLES])
    # The same words again take their own place.
    club.act(found, "put_in", riddles=[{"text": "天会 塌吗？", "right": "对"}])
    rows = {row.n: row.right for row in Question.objects.all()}
    assert rows == {1: "A", 2: "AC", 3: "yes", 4: "2", 5: "山|大山"}
    club.act(found, "strike", which_riddle=3)
    assert (
        refused(club.act, found, "strike", which_riddle=3).fields["which_riddle"][0]
        == "questions.no_line"
    )
    bad = refused(club.act, found, "put_in", riddles=[{"text": "几个？", "a": "一", "right": "A"}])
    assert bad.fields["riddles.0.right"][0] == "questions.options_missing"
    over = [{"text": f"第{n}谜", "right": "一"} for n in range(50)]
    club.act(found, "put_in", riddles=over)
    assert (
        refused(
            club.act, found, "put_in", riddles=[{**one, "text": f"又{one['text']}"} for one in over]
        ).key
        == "questions.too_many"
    )
    # More than fit on one screen are not asked at once.
    assert refused(club.act, found, "begin_guessing").key == "guard.quiz_too_long"


def test_a_bank_is_poured_out_by_who_sees_it_and_a_contest_by_nobody_else(club):
    box = club.open("box")
    club.act(box, "put_in", riddles=[{**one, "why": "想想。"} for one in RIDDLES])
    found = club.open()
    for _ in range(2):
        club.act(found, "pour_out", which_box=box.number)
    rows = Question.objects.filter(stream=found.stream)
    assert (rows.count(), {row.why for row in rows}) == (5, {"想想。"})
    other = club.open(by="riddler2", home="second")
    assert (
        refused(club.act, other, "pour_out", "riddler2", which_box=box.number).key
        == "matters.input"
    )
    # A regular of the first table who riddles at the second sees the contest, and not what is right in it.
    empty = club.open("box")
    assert (
        refused(club.act, found, "pour_out", which_box=empty.number).fields["which_box"][0]
        == "questions.bank_empty"
    )


def test_whoever_knows_what_is_right_is_let_off_and_refused(club):
    for who in ("riddler", "sage"):
        club.enrol(who)
    first = club.org("first").pk
    access.give(
        club.person("riddler2"), "rrr_riddler", first, start=place.ON, at=AT, actor="system"
    )
    box = club.open("box", by="riddler2", home="second")
    club.act(box, "put_in", "riddler2", riddles=[dict(one) for one in RIDDLES])
    found = club.open()
    club.act(found, "pour_out", "riddler2", which_box=box.number)
    club.act(found, "put_in", riddles=[{"text": "自己的谜", "right": "一"}])
    # Who does not keep the box reads no solution of its riddles, of their own they do.
    told = shown.questions(club.now(found), club.actor("riddler"), AT)["all"]
    assert ["right" in one for one in told] == [False] * 5 + [True]
    assert "由原题库" in text_of(club.client("riddler"), f"/desk/matters/{found.pk}")
    club.act(found, "begin_guessing")
    assert [on_roll(club, found, who) for who in ("riddler", "sage", "a")] == [
        "exempt",
        "exempt",
        "should",
    ]
    for who in ("riddler", "sage"):
        assert refused(club.guess, found, who, {**RIGHT, 6: "一"}).key == "quiz.keeps_questions"
    assert "掌握试题答案" in text_of(club.client("riddler"), page_of(found))
    assert counts(club, found, "should", "exempt") == (4, 3)
    lines = text_of(club.client("riddler"), f"/desk/quizzes/{found.pk}/people")
    assert "掌握试题答案，不参加作答" in lines
    # Whoever comes to know it later has not missed it.
    access.give(club.person("b"), "rrr_riddler", first, start=place.ON, at=AT, actor="system")
    assert refused(club.guess, found, "b", {**RIGHT, 6: "一"}).key == "quiz.keeps_questions"
    club.act(found, "end_guessing")
    assert on_roll(club, found, "b") == "exempt"
    assert list(audit.everything()) == []


def test_one_that_is_called_off_has_no_results(club):
    found = club.going(worth_minutes=45)
    club.guess(found, "a", RIGHT)
    club.guess(found, "b", WRONG)
    club.act(found, "break_off")
    assert not QuizResult.objects.exists()
    assert on_roll(club, found, "a") == "should"
    assert shown.shown(club.now(found), club.actor("a"), AT) is None
    assert refused(club.guess, found, "c", RIGHT).key == "matters.wrong_state"
    text_of(club.client("a"), page_of(found), 404)
    assert list(audit.everything()) == []


def test_a_roll_of_many_is_not_read_to_answer(club):
    found = club.going()
    one = Enrolled.objects.get(stream=found.stream, key=f"p{club.person('a')}")
    copied = {
        name: getattr(one, name)
        for name in ("stream", "matter_id", "org_id", "kind", "state", "since", "at")
    }
    Enrolled.objects.bulk_create(
        Enrolled(key=f"p{n}", person_id=n, **copied) for n in range(900_000, 902_000)
    )
    read = []
    held = Enrolled.from_db.__func__

    def from_db(cls, *args):
        read.append(1)
        return held(cls, *args)

    with patch.object(Enrolled, "from_db", classmethod(from_db)):
        told = shown.shown(club.now(found), club.actor("a"), AT)
        club.guess(found, "b", WRONG)
    assert told["counts"]["should"] == 2004
    assert len(read) < 10


def test_what_is_right_and_what_somebody_answered_is_read_by_whose_business_it_is(club):
    found = club.going()
    club.guess(found, "a", WRONG)
    club.guess(found, "b", RIGHT)
    at = AT + MINUTE
    for who, keeps in (("riddler", True), ("sage", False), ("a", False)):
        told = shown.questions(club.now(found), club.actor(who), at)
        assert (told["keeps"], len(told["all"])) == (keeps, 5 if keeps else 0)
        # The time line has what they did themselves, and nobody's answers.
        entries_ = matters.timeline(club.now(found), club.actor(who))
        assert not any({"guessed", "riddles"} & one.inputs.keys() for one in entries_)
        assert [one.who for one in entries_ if one.action == "guess"] == (
            ["安一"] if who == "a" else []
        )
        page = text_of(club.client(who), f"/desk/matters/{found.pk}")
        assert ("山|大山" in page) is keeps
    # Nor does what leaves by the interface.
    api = api_of(club, "a", f"/matters/{found.pk}").content.decode()
    assert ('"count": 5' in api, "山|大山" in api, "邓四" in api) == (True, False, False)
    assert "邓四" not in text_of(club.client("a"), f"/desk/matters/{found.pk}")
    for name in ("people", "people.xlsx", f"people/{club.person('b')}"):
        for who in ("a", "sage"):
            text_of(club.client(who), f"/desk/quizzes/{found.pk}/{name}", 404)
    riddler = club.client("riddler")
    page = text_of(riddler, f"/desk/quizzes/{found.pk}/people")
    assert all(word in page for word in ("安一", "未合格", "合格", "尚未作答", "宁五", "免除"))
    assert "4人次" not in page
    assert "2人次作答，1人次答错" in page
    assert "布" in text_of(riddler, f"/desk/quizzes/{found.pk}/people/{club.person('a')}")
    text_of(riddler, f"/desk/quizzes/{found.pk}/people/{club.person('c')}", 404)
    sheet = riddler.get(f"/desk/quizzes/{found.pk}/people.xlsx").content
    rows = [*load_workbook(io.BytesIO(sheet)).active.values]
    assert ("甲桌", "安一", "未合格", 1, "0%") in [row[:5] for row in rows]


def test_it_is_answered_on_one_screen_and_what_was_chosen_stays(club):
    found = club.going()
    client = club.client("a")
    assert page_of(found) in text_of(client, "/m/join")
    assert any(one.label == "quiz.waits" for one in faces.awaited(club.actor("a"), AT))
    page = text_of(client, page_of(found))
    assert [page.count(f'name="q{n}"') for n in range(1, 6)] == [2, 3, 2, 1, 1]
    # The matter's page leads there, and has no form of rows.
    there = text_of(client, f"/desk/matters/{found.pk}")
    assert (page_of(found) in there, "nth_guess" in there) == (True, False)
    asked = {"asked": [1, 2, 3, 4, 5], "attempt": "1", "key": "k1"}
    given = {**asked, "q1": "A", "q2": ["A", "C"], "q4": "三", "q5": "<山>"}
    answer = client.post(page_of(found), given)
    page = answer.content.decode()
    assert (answer.status_code, "有2题需要检查" in page, "还没有作答" in page) == (422, True, True)
    assert 'value="&lt;山&gt;"' in page
    assert 'value="三"' in page
    assert page.count("checked") == 3
    assert not QuizAttempt.objects.exists()
    good = {**given, "q3": "no", "q4": "2", "q5": "大山"}
    for _ in range(2):
        assert client.post(page_of(found), good).status_code == 302
    assert QuizAttempt.objects.count() == 1
    result = text_of(client, page_of(found))
    assert "合格：5题答对5题（100%）" in result
    assert 'name="q1"' not in result
    other = client.post(page_of(found), {**good, "key": "k2"})
    assert (other.status_code, "已经交卷" in other.content.decode()) == (409, True)
    assert page_of(found) not in text_of(client, "/m/join")
    # Wrong once, one is asked whether to try again; another who is on no roll has no such page.
    second = club.client("b")
    second.post(
        page_of(found),
        {**asked, "key": "k3", "q1": "B", "q2": "B", "q3": "yes", "q4": "7", "q5": "水"},
    )
    assert "还可以答1次" in text_of(second, page_of(found))
    assert 'name="q1"' in text_of(second, f"{page_of(found)}?again=1")
    # The first page, sent once more from another window: it is told that it counted, not asked anew.
    stale = second.post(page_of(found), {**good, "key": "k5"})
    assert (stale.status_code, 'name="q1"' in stale.content.decode()) == (409, False)
    for who in ("riddler", "sage", "z"):
        text_of(club.client(who), page_of(found), 404)
    club.act(found, "end_guessing")
    assert "短测已经结束" in text_of(club.client("c"), page_of(found))
    late = club.client("c").post(page_of(found), {**good, "key": "k4"})
    assert (late.status_code, QuizAttempt.objects.count()) == (409, 2)


def test_a_table_of_questions_is_looked_at_and_then_taken(club):
    found = club.open("box")
    book = Workbook()
    sheet = book.active
    sheet.append(["题型", "题干", "选项A", "选项B", "选项C", "正确答案", "解析"])
    sheet.append(["单选题", "什么越洗越脏？", "水", "布", "", "A", "洗的是别的。"])
    sheet.append(["多选题", "哪些会飞？", "鸟", "鱼", "蜂", "A、C", ""])
    sheet.append(["判断题", "天会塌吗？", "对", "错", "", "错", ""])
    sheet.append(["单选题", "没有答案的", "一", "二", "", "", ""])
    for n in range(60):
        sheet.append(["填空题", f"第{n}谜", "", "", "", f"谜底{n}", ""])
    held = io.BytesIO()
    book.save(held)
    held.name = "谜语.xlsx"
    held.seek(0)
    client, there = club.client("riddler"), f"/desk/quizzes/{found.pk}/questions"
    assert there in text_of(client, f"/desk/matters/{found.pk}")
    page = client.post(there, {"file": held}).content.decode()
    assert "新增63题，更新0题，不能导入1题" in page
    assert "没有正确答案" in page
    assert not Question.objects.exists()
    ticket = page.split('name="ticket" value="')[1].partition('"')[0]
    done = client.post(there, {"ticket": ticket, "confirm": "1"}).content.decode()
    assert "新增63题" in done
    assert Question.objects.count() == 63
    assert Question.objects.get(n=3).options == []
    # Brought again, each takes its own place.
    assert "更新63题" in client.post(there, {"ticket": ticket, "confirm": "1"}).content.decode()
    assert Question.objects.count() == 63
    for who in ("a", "riddler2"):
        text_of(club.client(who), there, 404)
    going = club.going()
    text_of(client, f"/desk/quizzes/{going.pk}/questions", 404)


def test_by_the_interface_one_is_asked_answers_and_is_listed(club):
    found = club.going()
    base = f"/quiz/{found.pk}"
    asked = api_of(club, "a", f"{base}/questions").json()
    assert (asked["attempt"], asked["left"], len(asked["questions"])) == (1, 2, 5)
    assert not any({"right", "why"} & one.keys() for one in asked["questions"])
    guessed = [
        {"question": one["line"], "answer": RIGHT[one["line"]]} for one in asked["questions"]
    ]
    club.act(found, "guess", "a", guessed=guessed, nth_guess=asked["attempt"])
    asked = api_of(club, "a", f"{base}/questions").json()
    assert (asked["succeeded"], asked["left"], asked["questions"]) == (True, 0, [])
    told = api_of(club, "riddler", f"{base}/people").json()
    assert told["counts"]["succeeded"] == 1, told
    assert {one["name"]: one["state"] for one in told["people"]}["安一"] == "succeeded"
    assert api_of(club, "a", f"{base}/people").status_code == 404
    assert api_of(club, "riddler", f"{base}/questions").status_code == 404


def test_it_stands_with_what_is_held_of_them_and_is_erased_with_the_words(club):
    found = club.going(worth_minutes=45)
    club.guess(found, "a", RIGHT)
    club.act(found, "end_guessing")
    person = club.stage.people["a"]
    assert [one.said for one in entries.entries(person, AT)][:1] == ["entries.quiz_succeeded"]
    held = own_data.taken(club.actor("a"), AT)["quiz_attempts"]
    assert (held[0]["succeeded"], "2: AC" in held[0]["answers"]) == (True, True)
    assert joining.joinable(club.actor("a"), AT)[0] == []
    tags = papers.COUNTED["quiz"].told(club.now(found), club.actor("riddler"), AT)
    assert (tags["should"], tags["succeeded"], tags["missed"]) == ("4", "1", "3")
    upkeep.erase_due(AT + timedelta(days=9000), words="已清除")
    one = QuizAttempt.objects.get()
    assert (one.answers, one.wrong, one.right) == ({}, [], 5)
    assert "山|大山" not in {row.right for row in Question.objects.all()}
    assert "已到期清除" in text_of(club.client("a"), page_of(found))
    assert list(audit.everything()) == []


@pytest.mark.django_db(transaction=True)
def test_many_hand_in_at_once_and_nobody_more_often_than_they_may(house):
    del house
    club = place.build()
    found = club.going()
    jobs = [lambda who=who: club.guess(found, who, WRONG) for who in ("a", "a", "a", "b", "c", "d")]
    results = at_once(jobs)
    refusals = [one.key for one in results if isinstance(one, ProblemError)]
    assert refusals == ["quiz.handed_in"] * 2, results
    results = at_once([lambda: club.guess(found, "a", WRONG, 2)] * 3)
    assert sum(isinstance(one, Matter) for one in results) == 1, results
    assert QuizAttempt.objects.filter(person_id=club.person("a")).count() == 2
    # Closed in the same instant, each is counted or refused.
    results = at_once(
        [lambda: club.act(found, "end_guessing"), lambda: club.guess(found, "nap", RIGHT)]
    )
    answered = isinstance(results[1], Matter)
    assert QuizResult.objects.filter(person_id=club.person("nap")).exists() is answered, results
    assert list(audit.everything()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.either
def test_figures_tell_who_took_part_and_the_minutes(house):
    del house
    club = place.build()
    found = club.going(worth_minutes=45)
    club.guess(found, "a", RIGHT)
    club.guess(found, "b", WRONG)
    club.guess(found, "b", RIGHT, 2)
    club.guess(found, "c", WRONG)
    club.act(found, "end_guessing")
    insight.export(insight.store())

    def told(name):
        return insight.figure(
            insight.definition("rrr_riddles", name), periods.parse("2026-03")
        ).total

    share = told("took_part")
    assert (share.numerator, share.denominator) == (3, 4)
    assert told("minutes_credited").value == 90
    assert list(insight.findings(insight.store())) == []
