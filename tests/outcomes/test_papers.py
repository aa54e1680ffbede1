"""Papers of matters: who issues which and when, what they say and keep saying, one number each, one that
stands, taken back; checked by anybody who has the code, by nobody who guesses."""

import io

import branches as place
import pytest
from branches import AT, DAY
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Opening
from bihuan.lib.problems import InputError, NotAllowedError
from bihuan.outcomes.papers import api as papers
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


@pytest.fixture
def town(db):
    return place.build()


def act(town, found, action, by, at=AT, **data):
    return matters.act(found.pk, action, actor=town.actor(by), at=at, data=data)


def promised(town, who="a", *, shown=True):
    """A member's promise, accepted, with what stands on the plate."""
    home = "one" if who in "abcd" else "two"
    secretary, deputy = (f"{home}_secretary", "one_deputy" if home == "one" else "head")
    fields = {"promiser": town.person(who), "year": "2026"}
    opening = Opening("commitments", "member_promise", town.org(home), "承诺。", fields=fields)
    found = matters.open_matter(opening, actor=town.actor(secretary), at=AT).matter
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
    assert papers.sheet_of(letter).signs == ("承诺人（签字）：", "支部书记（签字）：")
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
