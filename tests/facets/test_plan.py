"""A plan: lines that are moved in sight of everybody, a team, a journal that is owed each period, and the
whole as one document; told on the matter's page, by the interface, on the day of whoever owes, in a list."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from house import landing
from hypothesis import given
from hypothesis import strategies as st

from bihuan.facets.plan import board, owed
from bihuan.facets.plan.board import Wanted
from bihuan.facets.plan.owed import Run, squares
from bihuan.facets.plan.shown import shown
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, RefusedError
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.papers import composing, declared
from bihuan.rules import periods
from bihuan.stories import stage

# Monday 2 March 2026, 09:00 in Shanghai.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN: Mapping[str, Any] = {
    "root": {"code": "pl", "name": "公司", "level": "company"},
    "units": {
        "centre": {"name": "信息化中心"},
        "flight": {"name": "试飞科", "under": "centre"},
        "data": {"name": "数据科", "under": "centre"},
    },
    "people": {
        "company": {"name": "甲公司", "unit": "root", "role": "company_office"},
        "office": {"name": "乙办公", "unit": "centre", "role": "centre_office"},
        "head": {"name": "丙中心", "unit": "centre", "role": "centre_head"},
        "put": {"name": "丁申报", "unit": "centre", "role": "proposer"},
        "lead": {"name": "戊牵头", "unit": "flight", "role": "tackler"},
        "hand": {"name": "己队员", "unit": "flight", "role": "tackler"},
        "other": {"name": "庚旁人", "unit": "data", "role": "tackler"},
    },
}
WEEK = {
    "team_and_theme": "三人，重写索引。",
    "moves_made": "完成方案评审。",
    "effect_seen": "查询快了一倍。",
    "overall_view": "按计划推进。",
}
DUTIES = dict.fromkeys(
    ("as_project", "as_duty", "as_rule", "aim", "ways_and_means", "how_assessed", "how_rewarded"),
    "写明了。",
)


class Centre:
    def __init__(self, told):
        self.stage = told

    def act(self, found, action, by, *, at=AT, **data):
        actor = self.stage.actor(by)
        return matters.act(found.pk, action, actor=actor, at=at, data=data)

    def person(self, key):
        return self.stage.people[key].pk

    def client(self, key, **headers):
        client = Client(headers=headers)
        client.force_login(self.stage.people[key])
        return client

    def proposed(self, subject="试飞数据", at=AT):
        opening = Opening(
            "task_force",
            "tackling",
            self.stage.units["centre"],
            subject,
            fields={"category": "bottleneck", "theme": "两小时内可查"},
        )
        return matters.open_matter(opening, actor=self.stage.actor("put"), at=at).matter

    def running(self, **more):
        found = self.proposed(**more)
        self.act(found, "single_out", "office")
        unit = self.stage.units["flight"].pk
        self.act(found, "set_up", "head", unit=unit, person=self.person("lead"))
        steps = [
            {"title": "方案评审", "by": "2026-03-20", "person": self.person("hand")},
            {"title": "上线", "by": "2026-04-10"},
        ]
        self.act(found, "lay_out", "lead", steps=steps)
        self.act(found, "bring_in", "lead", crew=[{"person": self.person("hand"), "part": "后端"}])
        self.act(found, "fill_in", "lead", **DUTIES)
        return self.act(found, "set_off", "lead")

    def told(self, found, at=AT):
        return shown(found, self.stage.actor("lead"), at)


@landing
def built():
    at = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    stage.ready(at)
    return Centre(stage.build(PLAN, since=date(2025, 1, 1), at=at))


@pytest.fixture
def centre(house):
    del house
    return built()


needs_rows = pytest.mark.django_db(transaction=True)


# What is owed, by the calendar alone.


@pytest.mark.parametrize(
    ("every", "run", "today", "wanted"),
    [
        # The week of the start is owed where it ran on its Sunday; this one may still be written.
        ("week", Run("week", date(2026, 3, 4)), date(2026, 3, 16),
         {"2026-W10": "missed", "2026-W11": "open", "2026-W12": "open"}),
        # 2026 has a leap week, which belongs to the year of its Thursday.
        ("week", Run("week", date(2026, 12, 28)), date(2027, 1, 12),
         {"2026-W53": "missed", "2027-W01": "open", "2027-W02": "open"}),
        ("month", Run("month", date(2025, 12, 5)), date(2026, 2, 10),
         {"2025-12": "missed", "2026-01": "missed", "2026-02": "open"}),
        # Ended on a Thursday: that week is not owed any more.
        ("week", Run("week", date(2026, 3, 2), date(2026, 3, 12)), date(2026, 4, 1),
         {"2026-W10": "missed"}),
        # Where it stood still on the last day of a week, that one is not owed.
        ("week", Run("week", date(2026, 3, 2), None, [(date(2026, 3, 12), date(2026, 3, 23))]),
         date(2026, 4, 6), {"2026-W10": "missed", "2026-W13": "missed", "2026-W14": "open", "2026-W15": "open"}),
    ],
)  # fmt: skip
def test_which_periods_are_owed(every, run, today, wanted):
    assert {one.period: one.state for one in squares(run, {}, today, 3)} == wanted


@given(st.dates(date(2019, 12, 1), date(2021, 2, 1)), st.integers(0, 300), st.integers(0, 9))
def test_each_week_of_a_run_is_one_square_and_the_counts_add_up(start, days, grace):
    today = start + timedelta(days=days)
    found = squares(Run("week", start), {}, today, grace)
    assert len({one.period for one in found}) == len(found)
    assert all((a.last - b.last).days == 7 for a, b in zip(found[1:], found, strict=False))
    count = owed.count(found)
    assert count.owed == sum(one.last < today for one in found)
    assert count.missed <= count.owed
    written = {one.period: "late" for one in found}
    again = owed.count(squares(Run("week", start), written, today, grace))
    assert (again.missed, again.written, again.owed) == (0, len(found), count.owed)


# Milestones and people.


@needs_rows
def test_a_date_that_is_moved_keeps_the_first_beside_it(centre):
    found = centre.running()
    moved = [{"line": 1, "title": "方案评审", "by": "2026-03-25"}]
    found = centre.act(found, "lay_out", "lead", steps=moved, at=AT + 3 * DAY)
    moved = [
        {"line": 1, "title": "方案评审", "by": "2026-03-30"},
        {"title": "试用", "by": "2026-04-20"},
    ]
    found = centre.act(found, "lay_out", "lead", steps=moved, at=AT + 4 * DAY)
    (first, second, third) = centre.told(found, AT + 40 * DAY)["milestones"]
    assert (first["due"], first["first"], first["moved"]) == (
        date(2026, 3, 30),
        date(2026, 3, 20),
        2,
    )
    assert (second["moved"], second["overdue"], third["overdue"]) == (0, True, False)
    # In time is by the day that was promised first.
    found = centre.act(found, "say_how_far", "hand", line=1, share_done=100, at=AT + 25 * DAY)
    found = centre.act(found, "say_how_far", "lead", line=2, share_done=100, at=AT + 26 * DAY)
    found = centre.act(found, "drop_step", "lead", line=3, reason="不再需要。", at=AT + 26 * DAY)
    states = [one["state"] for one in centre.told(found)["milestones"]]
    assert states == ["late", "in_time", "dropped"]
    for action, data, key in (
        ("say_how_far", {"line": 1, "share_done": 10}, "plan.line_over"),
        ("say_how_far", {"line": 9, "share_done": 10}, "plan.no_line"),
        ("drop_step", {"line": 3, "reason": "再取消一次。"}, "plan.line_over"),
        (
            "lay_out",
            {"steps": [{"line": 2, "title": "上线", "by": "2026-05-01"}]},
            "plan.line_over",
        ),
    ):
        with pytest.raises(InputError) as error:
            centre.act(found, action, "lead", at=AT + 27 * DAY, **data)
        assert key in [problem[0] for problem in error.value.fields.values()]
    # Before it runs it is a draft, which promises nothing.
    draft = centre.proposed(subject="草稿")
    centre.act(draft, "single_out", "office")
    unit = centre.stage.units["flight"].pk
    centre.act(draft, "set_up", "head", unit=unit, person=centre.person("lead"))
    centre.act(draft, "lay_out", "lead", steps=[{"title": "评审", "by": "2026-03-20"}])
    steps = [{"line": 1, "title": "评审", "by": "2026-03-28"}]
    draft = centre.act(draft, "lay_out", "lead", steps=steps)
    (line,) = centre.told(draft)["milestones"]
    assert (line["first"], line["moved"]) == (date(2026, 3, 28), 0)
    assert list(audit.everything()) == []


@needs_rows
def test_the_team_changes_and_one_answers_first(centre):
    found = centre.running()
    with pytest.raises(InputError):
        centre.act(found, "let_go", "lead", person=centre.person("lead"))
    crew = [{"person": centre.person("hand"), "lead": True}]
    found = centre.act(found, "bring_in", "office", crew=crew)
    found = centre.act(
        found, "let_go", "office", person=centre.person("lead"), last_day="2026-03-31"
    )
    team = [
        (one["person"]["name"], one["part"], one["lead"], one["until"])
        for one in centre.told(found)["people"]
    ]
    assert team == [("己队员", "后端", True, None), ("戊牵头", "", False, date(2026, 3, 31))]
    with pytest.raises(InputError):
        centre.act(found, "let_go", "office", person=centre.person("lead"))
    with pytest.raises(RefusedError, match="plan_not_of_team"):
        centre.act(found, "write_up", "lead", **WEEK)


# The journal.


@needs_rows
def test_a_section_that_moves_and_goes_into_another_keeps_what_was_written(centre):
    """What is owed goes on where the project goes, whoever writes it."""
    found = centre.running()
    centre.act(found, "write_up", "hand", at=AT + 4 * DAY, **WEEK)
    flight, data = centre.stage.units["flight"], centre.stage.units["data"]
    before = centre.told(found, AT + 12 * DAY)
    upkeep.move_org(flight.pk, under=centre.stage.root.pk, at=AT + 5 * DAY, actor=SYSTEM)
    found = matters.Matter.objects.get(pk=found.pk)
    assert found.unit_path == orgs.org(flight.pk).path
    upkeep.merge_orgs(flight.pk, data.pk, at=AT + 6 * DAY, actor=SYSTEM)
    found = matters.Matter.objects.get(pk=found.pk)
    assert found.unit_id == data.pk
    assert centre.told(found, AT + 12 * DAY) == before
    assert list(audit.everything()) == []


@needs_rows
def test_a_journal_is_owed_each_week_missing_late_corrected_and_judged(centre):
    found = centre.running()
    for day in ("2026-02-20", "2026-03-20"):
        with pytest.raises(InputError) as error:
            centre.act(found, "write_up", "lead", day_in_it=day, **WEEK)
        assert error.value.fields["day_in_it"][0] == "plan.other_period"
    found = centre.act(found, "write_up", "hand", at=AT + 4 * DAY, **WEEK)
    # Six weeks on: five are over, one was written; the one before this may still be written in time.
    later = AT + 36 * DAY
    journal = centre.told(found, later)["journal"]
    states = {one["period"]: one["state"] for one in journal["periods"]}
    assert states == {
        "2026-W10": "in_time",
        **dict.fromkeys(("2026-W11", "2026-W12", "2026-W13"), "missed"),
        "2026-W14": "open",
        "2026-W15": "open",
    }
    assert [journal[name] for name in ("owed", "written", "late", "missed")] == [5, 1, 0, 3]
    found = centre.act(found, "write_up", "lead", at=later, day_in_it="2026-03-18", **WEEK)
    again = {**WEEK, "effect_seen": "查询快了两倍。"}
    found = centre.act(found, "write_up", "lead", at=later, day_in_it="2026-03-20", **again)
    found = centre.act(
        found, "judge_journal", "office", at=later, day_in_it="2026-03-17", judgement="中心：可评。"
    )
    found = centre.act(
        found,
        "judge_journal",
        "company",
        at=later,
        day_in_it="2026-03-17",
        judgement="公司：要有数字。",
    )
    with pytest.raises(InputError) as error:
        centre.act(
            found, "judge_journal", "office", at=later, day_in_it="2026-03-25", judgement="没有。"
        )
    assert error.value.fields["day_in_it"][0] == "plan.not_written"
    entries = {one["period"]: one for one in centre.told(found, later)["journal"]["entries"]}
    late = entries["2026-W12"]
    assert (late["timing"], late["by"]["name"]) == ("late", "戊牵头")
    assert [one["text"] for one in late["parts"]][2] == "查询快了两倍。"
    assert [one["text"] for one in late["first"]][2] == "查询快了一倍。"
    assert [one["by"]["name"] for one in late["remarks"]] == ["乙办公", "甲公司"]
    # It waits for its acceptance: no journal is owed meanwhile.
    for line in (1, 2):
        centre.act(found, "say_how_far", "lead", line=line, share_done=100, at=later)
    found = centre.act(found, "ask_for_test", "lead", what_was_reached="完成。", at=later)
    much = centre.told(found, later + 40 * DAY)["journal"]
    assert (much["owed"], much["missed"]) == (5, 3)
    # What people wrote can be forgotten; that there was a journal stays.
    attached.forgotten(found, actor="system", at=later)
    (found,) = matters.by_ids(centre.stage.actor("lead"), [found.pk])
    told = centre.told(found, later)
    assert {one["text"] for entry in told["journal"]["entries"] for one in entry["parts"]} == set()
    assert {one["title"] for one in told["milestones"]} == {""}
    assert [told["journal"][name] for name in ("owed", "written")] == [5, 2]
    assert list(audit.everything()) == []


# Where it is read.


@needs_rows
def test_it_is_read_on_pages_by_the_interface_and_as_one_document(
    centre, time_machine, monkeypatch
):
    time_machine.move_to(AT, tick=False)
    found = centre.running()
    time_machine.move_to(AT + 22 * DAY, tick=False)
    found = centre.act(found, "write_up", "lead", at=AT + 22 * DAY, **WEEK)
    client = centre.client("lead")
    page = client.get(f"/desk/matters/{found.pk}").content.decode()
    for said in (
        "方案评审",
        "已逾期",
        "第一责任人",
        "应写3篇，已写1篇",
        "2026年第10周",
        "查询快了一倍。",
    ):
        assert said in page, said
    # The parts of a journal stand in the journal, and not once more in the time line.
    assert page.count("查询快了一倍。") == 1
    english = centre.client("lead", **{"accept-language": "en"}).get(f"/desk/matters/{found.pk}")
    assert "3 owed, 1 written" in english.content.decode()
    token = access.issue_token(
        centre.person("lead"),
        "t",
        ["matters:read"],
        expires=date(2035, 1, 1),
        at=AT,
        actor="system",
    )
    told = client.get(f"/api/v1/matters/{found.pk}", headers={"authorization": f"Bearer {token}"})
    assert told.json()["attached"]["plan"]["journal"]["missed"] == 2
    for ending, magic in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = client.get(f"/desk/plan/{found.pk}/book.{ending}")
        content = b"".join(answer.streaming_content)
        assert content.startswith(magic)
    content = b"".join(client.get(f"/desk/plan/{found.pk}/book.docx").streaming_content)
    text = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    for said in ("工作手册", "方案评审", "后端", "2026年第12周", "查询快了一倍。", "尚未验收"):
        assert said in text, said
    assert client.get(f"/desk/plan/{found.pk}/book.odt").status_code == 404
    assert centre.client("other").get(f"/desk/plan/{found.pk}/book.pdf").status_code == 404
    # The same chapters as a paper, with a number and a code; it keeps what they said that day.
    lead = centre.stage.actor("lead")
    book = papers.issue(found.pk, "handbook", actor=lead, at=AT + 22 * DAY)
    said = [one.text for one in papers.sheet_of(book).blocks]
    assert said[0] == f"项目编号：{found.number}"
    assert any("查询快了一倍。" in one for one in said)
    # Its square stands on the cover: whoever checks it is shown no chapter.
    told = papers.genuine(papers.sheet_of(book).code)
    assert [one.text for one in told.sheet.blocks] == said[:3]
    assert told.front
    content = papers.press.word(papers.sheet_of(book))
    text = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    for one in ("攻关项目手册", book.number, "方案评审", "尚未验收"):
        assert one in text, one
    # A value that not all who read the paper may read is left out, though who issues it reads it.
    assert any("两小时内可查" in one for one in said[3:])
    reads = declared.for_all
    theirs = lambda *of: of[2].max != 200 and reads(*of)  # noqa: E731 - the theme has room for 200
    monkeypatch.setattr(composing, "for_all", theirs)
    book = papers.issue(found.pk, "handbook", actor=lead, at=AT + 22 * DAY)
    said = [one.text for one in papers.sheet_of(book).blocks]
    assert not any("两小时内可查" in one for one in said[3:])
    assert any("查询快了一倍。" in one for one in said)
    # What is owed stands on the day of whoever answers for it, and of nobody else.
    assert "工作日志待写" in client.get("/desk/today").content.decode()
    assert "阶段目标逾期" in centre.client("hand").get("/desk/today").content.decode()
    assert "工作日志待写" not in centre.client("office").get("/desk/today").content.decode()


@needs_rows
def test_the_portfolio_lists_what_one_sees_in_a_few_queries(
    centre, time_machine, django_assert_max_num_queries
):
    time_machine.move_to(AT, tick=False)
    running = centre.running()
    last_year = AT - 365 * DAY
    for n in range(55):
        found = centre.proposed(subject=f"去年的项目{n}", at=last_year)
        past = {"what_became": "reached", "record": "台账"}
        centre.act(found, "enter_from_record", "office", at=last_year, **past)
    time_machine.move_to(AT + 22 * DAY, tick=False)
    client = centre.client("office")
    with django_assert_max_num_queries(40):
        page = client.get("/desk/plan/").content.decode()
    assert "试飞数据" in page
    assert "共56项" in page
    assert "缺2篇" in page
    assert page.count("data-row") == 50
    assert client.get("/desk/plan/?page=2").content.decode().count("data-row") == 6
    assert client.get("/desk/plan/?year=2026").content.decode().count("data-row") == 1
    status = "task_force.tackling.from_record"
    assert (
        client.get(f"/desk/plan/?status={status}&year=2026").content.decode().count("data-row") == 0
    )
    assert "符合条件的55项" in client.get("/desk/plan/?status=done").content.decode()
    assert client.get("/desk/plan/?unit-text=数据科").content.decode().count("data-row") == 0
    assert client.get("/desk/plan/?year=x&status=....&page=0&unit-text=无").status_code == 200
    assert centre.client("lead").get("/desk/plan/?mine=1").content.decode().count("data-row") == 1
    assert centre.client("other").get("/desk/plan/").content.decode().count("data-row") == 0
    sheet = client.get("/desk/plan/export?year=2026")
    assert sheet.content.startswith(b"PK")
    found = board.portfolio(centre.stage.actor("head"), Wanted(year=2026), date(2026, 3, 24))
    assert [row.matter.pk for row in found.rows] == [running.pk]


@needs_rows
def test_what_was_owed_written_and_missed_is_a_figure(centre):
    found = centre.running()
    centre.act(found, "write_up", "lead", at=AT + 4 * DAY, **WEEK)
    centre.act(found, "write_up", "lead", at=AT + 20 * DAY, day_in_it="2026-03-10", **WEEK)
    centre.act(found, "say_how_far", "lead", line=1, share_done=100, at=AT + 21 * DAY)
    centre.act(found, "say_how_far", "lead", line=2, share_done=100, at=AT + 22 * DAY)
    # The facts know no other now than the newest step: 1 April.
    centre.act(
        found, "hold_one", "office", at=AT + 30 * DAY, one_of_four="find_one", what_came="找了。"
    )
    insight.export(insight.store())

    def value(name, period="2026-03"):
        definition = insight.definition("task_force", name)
        org = centre.stage.units["centre"]
        return insight.figure(definition, periods.parse(period), org).total.value

    assert (value("journals_due"), value("journals_missing")) == (3, 1)
    assert (value("journals_written"), value("journals_late")) == (2, 1)
    definition = insight.definition("task_force", "steps_in_time_rate")
    side = insight.figure(definition, periods.parse("2026-03"), centre.stage.units["centre"])
    # Withheld: a share of two says who.
    assert side.total.value is None
