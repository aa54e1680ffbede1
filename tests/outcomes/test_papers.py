"""Papers of matters: who issues which and when, what they say and keep saying, one number each, one that
stands, taken back; checked by anybody who has the code, by nobody who guesses."""

import io

import branches as place
import pytest
from at_once import at_once
from branches import AT, DAY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from bihuan.cli import main
from bihuan.foundation.access import own_data
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib import keyring
from bihuan.lib.problems import InputError, NotAllowedError
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.papers import attaching
from bihuan.outcomes.papers.api import PaperError
from bihuan.outcomes.papers.models import IssuedPaper

pytestmark = pytest.mark.django_db
PLATE = {
    "on_plate_post": "综合窗口3号",
    "on_plate_duty": "受理企业登记",
    "on_plate_pledge": "首问负责，当天答复",
    "on_plate_service": "0000-1234567",
    "on_plate_hotline": "12345",
}


class Town(place.Branches):
    def above(self):
        """The promise of the first branch, in which those of its members lie."""
        fields = {"promiser": self.org("one").pk, "year": "2026"}
        opening = Opening("commitments", "branch_promise", self.org("one"), "承诺。", fields=fields)
        return matters.open_matter(opening, actor=self.actor("office"), at=AT).matter


@pytest.fixture
def town(db):
    built = place.build()
    return Town(built.stage, built.memberships)


def act(town, found, action, by, at=AT, **data):
    return matters.act(found.pk, action, actor=town.actor(by), at=at, data=data)


def promised(town, who="a", *, shown=True, under=None):
    """A member's promise, accepted, with what stands on the plate."""
    home = "one" if who in "abcd" else "two"
    secretary, deputy = (f"{home}_secretary", "one_deputy" if home == "one" else "head")
    fields = {"promiser": town.person(who), "year": "2026"}
    opening = Opening("commitments", "member_promise", town.org(home), "承诺。", fields=fields)
    if under is None:
        found = matters.open_matter(opening, actor=town.actor(secretary), at=AT).matter
    else:
        found = matters.open_under(under.pk, opening, actor=town.actor(secretary), at=AT).matter
    act(town, found, "put_down", secretary, promise="一、提前到岗。\n二、结对走访。")
    found = act(town, found, "accept", deputy)
    if shown:
        found = act(town, found, "show_identity", who, on_plate_own="138 0000 0000", **PLATE)
    return found


def issue(town, found, name="plate", by="one_secretary", *, at=AT, key=None):
    return papers.issue(found.pk, name, actor=town.actor(by), at=at, key=key)


def code(row):
    return papers.sheet_of(row).code


def texts(row):
    return [one.text for one in papers.sheet_of(row).blocks]


def test_a_paper_says_what_the_matter_says_and_goes_on_saying_it(town):
    found = promised(town)
    row = issue(town, found)
    assert (row.number, row.title, row.state) == ("承诺牌〔2026〕1号", "安一", "issued")
    said = [
        "岗位：综合窗口3号",
        "职责：受理企业登记",
        "承诺：首问负责，当天答复",
        "服务电话：0000-1234567",
        "监督热线：12345",
        "本人联系方式：138 0000 0000",
    ]
    assert texts(row) == said
    again = issue(town, found, at=AT + DAY, by="a")
    assert (again.number, again.replaces) == ("承诺牌〔2026〕2号", row.pk)
    row.refresh_from_db()
    assert (row.state, row.slot) == ("replaced", None)
    # What becomes of the matter changes no paper; without their own line, the line is left out.
    act(town, found, "show_identity", "a", at=AT + DAY, **{**PLATE, "on_plate_post": "五号窗口"})
    assert texts(again) == said
    third = issue(town, found, at=AT + 2 * DAY)
    assert texts(third) == ["岗位：五号窗口", *said[1:-1]]
    letter = issue(town, found, "pledge")
    assert letter.number == "承诺书〔2026〕4号"
    assert texts(letter)[3:5] == ["一、提前到岗。", "二、结对走访。"]
    assert papers.sheet_of(letter).signs == ("承诺人", "支部书记")
    assert list(audit.everything()) == []


def test_word_and_pdf_say_the_same_in_chinese_and_come_again_byte_by_byte(town):
    found = promised(town)
    for name, head in (("plate", "第一支部"), ("pledge", "党员公开承诺书")):
        row = issue(town, found, name)
        sheet = papers.sheet_of(row)
        pdf, word = papers.press.pdf(sheet), papers.press.word(sheet)
        assert (pdf, word) == (papers.press.pdf(sheet), papers.press.word(sheet))
        read = PdfReader(io.BytesIO(pdf))
        said = (
            "".join(page.extract_text() for page in read.pages).replace(" ", "").replace("\n", "")
        )
        document = Document(io.BytesIO(word))
        written = "".join(document.element.body.itertext())
        foot = document.sections[0].first_page_footer._element
        written += "".join(foot.itertext())
        for text in (head, row.number, *texts(row), sheet.code[:8], sheet.code[8:]):
            assert text.replace(" ", "") in said, text
            assert text in written, text
        assert read.metadata.title == row.title
        assert read.trailer["/Root"]["/Lang"].startswith("zh")
        assert document.core_properties.language == "zh-CN"
        fonts = list(document.element.body.iter(qn("w:rFonts")))
        assert all(one.get(qn("w:eastAsia")) for one in fonts)


def test_who_may_and_when(town):
    found = promised(town, shown=False)
    with pytest.raises(PaperError) as lacking:
        issue(town, found)
    assert lacking.value.key == "papers.lacks"
    assert "岗位" in lacking.value.values["names"]
    with pytest.raises(LookupError):
        issue(town, found, by="two_secretary")
    with pytest.raises(LookupError):
        issue(town, found, "no_such")
    with pytest.raises(NotAllowedError):
        issue(town, found, "pledge", by="office")
    act(town, found, "excuse", "one_secretary", reason="调出。")
    with pytest.raises(PaperError) as late:
        issue(town, found, "pledge")
    assert late.value.key == "papers.not_now"
    shown = attached.shown(found, town.actor("office"), AT)
    assert "papers" not in shown
    assert IssuedPaper.objects.count() == 0


def test_sent_twice_is_issued_once(town):
    found = promised(town)
    first, second = (issue(town, found, key="same") for _ in range(2))
    assert first.pk == second.pk
    assert issue(town, found, key="other").pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_two_at_once_have_two_numbers_and_one_stands():
    built = place.build()
    town = Town(built.stage, built.memberships)
    found = [promised(town, who) for who in "ab"]
    who = town.actor("one_secretary")
    jobs = [
        lambda one=one: papers.issue(one.pk, "plate", actor=who, at=AT) for one in (*found, *found)
    ]
    made = at_once(jobs)
    assert sorted(one.serial for one in made) == [1, 2, 3, 4]
    for one in found:
        stands = IssuedPaper.objects.filter(matter_id=one.pk, state="issued").count()
        assert stands == 1
    assert list(audit.everything()) == []


def test_taken_back_with_a_reason_that_stays_inside(town):
    found = promised(town)
    row = issue(town, found)
    for by, why, error in (
        ("two_secretary", "错了", LookupError),
        ("office", "错了", NotAllowedError),
        ("one_secretary", "  ", InputError),
    ):
        with pytest.raises(error):
            papers.withdraw(row.pk, why, actor=town.actor(by), at=AT)
    row = papers.withdraw(row.pk, "调离岗位", actor=town.actor("one_secretary"), at=AT + DAY)
    with pytest.raises(PaperError):
        papers.withdraw(row.pk, "再收", actor=town.actor("one_secretary"), at=AT + DAY)
    told = papers.genuine(code(row))
    assert (told.state, told.sheet) == ("withdrawn", None)
    assert "调离岗位" not in repr(told)
    new = issue(town, found, at=AT + 2 * DAY)
    assert (new.serial, new.replaces) == (2, None)


def test_the_code_tells_what_the_paper_says_and_no_more(town):
    found = promised(town)
    row = issue(town, found)
    told = papers.genuine(f" {code(row)[:8].lower()} {code(row)[8:]}")
    assert (told.number, told.organisation, told.state) == (row.number, "第一支部", "issued")
    assert [one.text for one in told.sheet.blocks] == texts(row)
    for wrong in ("", row.number, code(row)[:-1], "A" * 16, "\ud800"):
        with pytest.raises(LookupError):
            papers.genuine(wrong)


def test_keys_that_were_retired_still_print_and_check(town, settings):
    row = issue(town, promised(town))
    secret = code(row)
    keys = settings.SECRETS
    for purpose in ("code", "blind"):
        settings.SECRETS = keyring.rotated(settings.SECRETS, purpose, f"fresh {purpose}")
    assert code(row) == secret
    assert papers.genuine(secret).number == row.number
    settings.SECRETS = {**keys, "code": "another"}
    with pytest.raises(PaperError) as lost:
        code(row)
    assert lost.value.key == "papers.code_lost"


def test_what_is_forgotten_leaves_the_papers_too(town):
    found = promised(town)
    row = issue(town, found)
    secret = code(row)
    attached.forgotten(found, actor="system", at=AT + DAY)
    row.refresh_from_db()
    assert (row.title, row.content, row.number) == ("", {}, "承诺牌〔2026〕1号")
    told = papers.genuine(secret)
    assert (told.erased, told.sheet, told.organisation) == (True, None, "第一支部")
    with pytest.raises(PaperError):
        papers.sheet_of(row)
    assert list(audit.everything()) == []


def test_too_long_for_a_card(town):
    found = promised(town, shown=False)
    act(
        town,
        found,
        "show_identity",
        "a",
        **{**PLATE, "on_plate_duty": "办" * 120, "on_plate_pledge": "诺" * 120},
    )
    assert issue(town, found).state == "issued"


def test_a_step_takes_back_what_hangs(town):
    found = promised(town)
    plate, letter = issue(town, found), issue(town, found, "pledge")
    act(town, found, "excuse", "one_secretary", at=AT + DAY, reason="调出。")
    told = [papers.genuine(code(row)).state for row in (plate, letter)]
    assert told == ["withdrawn", "withdrawn"]


def test_an_organisation_that_was_merged_is_named_as_the_paper_names_it(town):
    found = promised(town)
    row = issue(town, found)
    upkeep.merge_orgs(town.org("one").pk, town.org("two").pk, at=AT + DAY, actor=SYSTEM)
    told = papers.genuine(code(row))
    assert (told.organisation, told.state) == ("第一支部", "issued")
    new = issue(town, found, by="two_secretary", at=AT + 2 * DAY)
    assert (papers.sheet_of(new).head, new.number) == ("第二支部", "承诺牌〔2026〕1号")
    assert new.replaces == row.pk


def test_plates_of_a_branch_on_one_sheet(town):
    above = town.above()
    rows = [issue(town, promised(town, who, under=above)) for who in "ab"]
    assert [one.under_id for one in rows] == [above.pk] * 2
    client = town.client("one_secretary")
    page = client.get(f"/desk/matters/{above.pk}").content.decode()
    assert "（2份）" in page
    for ending in ("pdf", "docx"):
        answer = client.get(f"/desk/matters/{above.pk}/papers/plate/all.{ending}")
        content = b"".join(answer.streaming_content)
        if ending == "pdf":
            (only,) = PdfReader(io.BytesIO(content)).pages
            said = only.extract_text()
        else:
            said = "".join(Document(io.BytesIO(content)).element.body.itertext())
        assert all(row.title in said for row in rows)
    assert client.get(f"/desk/matters/{above.pk}/papers/pledge/all.pdf").status_code == 404


def test_many_below_are_counted_in_as_many_queries_and_printed_up_to_a_limit(town, monkeypatch):
    above, who = town.above(), town.actor("one_secretary")
    asked = []
    for one in "abc":
        issue(town, promised(town, one, under=above))
        with CaptureQueriesContext(connection) as context:
            (told,) = attaching.shown(above, who, AT)["below"]
        asked.append(len(context))
        assert not [q for q in context if '"content"' in q["sql"]]
    assert (told["count"], told["word"]) == (3, True)
    assert asked[1] == asked[2]
    monkeypatch.setattr("bihuan.outcomes.papers.reading.TOGETHER", 2)
    client = town.client("one_secretary")
    answer = client.get(f"/desk/matters/{above.pk}/papers/plate/all.pdf", follow=True)
    assert "一次最多合印2份，这里有3份" in answer.content.decode()


def test_the_desk_issues_prints_and_takes_back(town):
    found = promised(town)
    client, address = town.client("one_secretary"), f"/desk/matters/{found.pk}"
    page = client.get(address).content.decode()
    assert "签发岗位承诺牌" in page
    for _ in range(2):
        client.post(f"{address}/papers/plate", {"key": "one"})
    (row,) = IssuedPaper.objects.all()
    page = client.get(address).content.decode()
    assert "承诺牌〔2026〕1号" in page
    for ending, begin in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = client.get(f"/desk/papers/{row.pk}.{ending}")
        assert b"".join(answer.streaming_content).startswith(begin)
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(f"/desk/papers/{row.pk}.exe").status_code == 404
    others = town.client("office")
    assert others.post(f"{address}/papers/plate").status_code == 403
    assert others.post(f"/desk/papers/{row.pk}/withdraw", {"reason": "x"}).status_code == 403
    strange = town.client("two_secretary")
    assert strange.post(f"{address}/papers/plate").status_code == 404
    assert strange.get(f"/desk/papers/{row.pk}.pdf").status_code == 404
    # Whoever sees the matter reads what hangs for everybody; what is said to some, they do not.
    letter = issue(town, found, "pledge")
    assert others.get(f"/desk/papers/{letter.pk}.pdf").status_code == 200
    client.post(f"/desk/papers/{row.pk}/withdraw", {"reason": ""})
    row.refresh_from_db()
    assert row.state == "issued"
    client.post(f"/desk/papers/{row.pk}/withdraw", {"reason": "调离"})
    page = client.get(address).content.decode()
    assert "理由：调离" in page
    assert client.post(f"{address}/papers/no_such").status_code == 404


def test_anybody_checks_and_nobody_guesses(town, client):
    row = issue(town, promised(town))
    page = client.get("/paper")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    told = client.post("/paper", {"code": code(row)})
    said = told.content.decode()
    assert "核验属实" in said
    assert "综合窗口3号" in said
    assert told.headers["Cache-Control"] == "no-store"
    for _ in range(10):
        answer = client.post("/paper", {"code": row.number})
        assert answer.status_code == 404
        assert row.title not in answer.content.decode()
    slowed = client.post("/paper", {"code": code(row)})
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 0
    again = client.post("/api/v1/public/paper", {"code": code(row)}, "application/json")
    assert again.status_code == 429


def test_the_interface_tells_the_same(town, client):
    row = issue(town, promised(town))
    asked = {"path": "/api/v1/public/paper", "content_type": "application/json"}
    told = client.post(data={"code": code(row)}, **asked).json()
    assert (told["number"], told["state"], told["title"]) == (row.number, "issued", "安一")
    assert [one["text"] for one in told["lines"]] == texts(row)
    papers.withdraw(row.pk, "调离", actor=town.actor("one_secretary"), at=AT + DAY)
    told = client.post(data={"code": code(row)}, **asked).json()
    assert (told["state"], told["title"], told["lines"]) == ("withdrawn", "", [])
    assert client.post(data={"code": "A" * 16}, **asked).status_code == 404


def test_the_command_line(town, capsys, tmp_path):
    found = promised(town)
    by = ["--as", town.stage.people["one_secretary"].username]
    out = tmp_path / "plate.pdf"
    assert main(["paper", "issue", found.number, "plate", *by, "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    (row,) = IssuedPaper.objects.all()
    assert main(["paper", "check", code(row)]) == 0
    assert main(["paper", "list", found.number, *by]) == 0
    assert main(["paper", "withdraw", str(row.pk), "调离", *by]) == 0
    assert main(["paper", "check", code(row)]) == 1
    assert main(["paper", "check", "AAAA"]) == 1
    assert main(["paper", "issue", found.number, "poster", *by]) == 2
    assert main(["paper", "issue", "DC2026-999999", "plate", *by]) == 2
    assert main(["paper", "withdraw", "99999", "x", *by]) == 2
    told = capsys.readouterr()
    assert "承诺牌〔2026〕1号" in told.out
    assert "no paper called poster" in told.err


def test_one_hears_of_the_papers_about_oneself(town):
    issue(town, promised(town))
    mine = own_data.taken(town.actor("a"), AT)["papers"]
    assert [(one["number"], one["title"]) for one in mine] == [("承诺牌〔2026〕1号", "安一")]
    issued = own_data.taken(town.actor("one_secretary"), AT)["papers"]
    assert [(one["number"], one["title"]) for one in issued] == [("承诺牌〔2026〕1号", "")]
