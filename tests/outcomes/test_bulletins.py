"""Bulletins: numbers are references, a second person issues, papers are kept, late events correct."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import mammoth
import pytest
from house import settled
from pypdf import PdfReader

from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.audit import api as audit
from bihuan.foundation.files import api as files
from bihuan.insight import api as insight
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import BulletinError
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.rules import periods
from bihuan.spec.tags import pieces

pytestmark = pytest.mark.django_db(transaction=True)

MARCH = periods.parse("2026-03")
APRIL = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
@settled
def march(house):
    """Six messages in March: five rated, four of them with satisfaction."""
    for rating in ("satisfied", "satisfied", "basically", "satisfied"):
        house.closed(rating=rating)
    sent = house.answered()
    house.act(sent, "rate", "sender", rating="not_satisfied", reason="没有修好。")
    house.open(category="consult")
    insight.export(insight.store())
    return house


def draft(
    house, *, kind="monthly", by="desk", period=MARCH, org="center", programme="public_voice"
):
    actor = house.actor(by)
    return bulletins.draft(programme, kind, house.org(org), period, actor=actor, at=APRIL)


def edit(house, row, text, by="leader", **more):
    given = {"title": row.title, "version": row.version, **more}
    return bulletins.edit(row.pk, text=text, actor=house.actor(by), at=APRIL, **given)


def issue(house, row, by="supervisor", at=APRIL):
    return bulletins.issue(row.pk, version=row.version, actor=house.actor(by), at=at)


def said(row):
    """The paper as plain text."""
    paper = bulletins.compose(row)
    lines = ["".join(run.text for run in block.runs) for block in paper.blocks]
    cells = [cell.text for block in paper.blocks for line in block.rows for cell in line]
    return "\n".join([paper.title, *lines, *cells])


def test_a_draft_has_live_figures_with_what_they_rest_on(march):
    row = draft(march, by="supervisor", org="city")
    assert row.title == "平安市2026年3月民意直通情况统计"
    rate = row.numbers["satisfaction_rate"]
    assert (rate["numerator"], rate["denominator"], rate["shown"]) == (4, 5, "80.0%")
    assert rate["definition"].startswith("本期评价中")
    assert rate["version"] == 2
    assert row.numbers["received"]["value"] == 6
    assert row.numbers["received:last"]["value"] == 0
    assert (row.horizon, row.facts_hash) == (
        insight.store().manifest().horizon, insight.store().manifest().tail_hash,
    )  # fmt: skip
    text = said(row)
    assert "共收到群众来信6件（上月0件" in text
    assert "{{" not in text
    assert {name: shown for name, _, shown in row.chart["rows"]} == {"投诉": "5", "咨询": "1"}


def test_below_the_sample_and_nothing_at_all_are_told_apart(house):
    house.closed(rating="satisfied")
    insight.export(insight.store())
    text = said(draft(house, by="supervisor", org="city"))
    assert "满意率无数值（样本不足或避免推算，不予公布）" in text
    assert "去年同期0件" in text
    february = periods.parse("2026-02")
    assert "满意率无数值（分母为零）" in said(draft(house, period=february))


def test_words_may_be_edited_numbers_never(march):
    row = draft(march)
    better = row.text.replace("作出答复", "3月共作出答复")
    row = edit(march, row, better)
    assert "3月共作出答复" in said(row)
    for typed in ("满意率{{satisfaction_rate}}", "收到群众来信{{received}}件"):
        forged = row.text.replace(typed, typed.replace("{{", "9{{"))
        with pytest.raises(BulletinError, match="typed_number"):
            edit(march, row, forged)
    for number in ("99.9%", "９９", "1,234", "12件"):
        with pytest.raises(BulletinError, match="typed_number"):
            edit(march, row, f"{row.text}\n群众评价满意率{number}。")
    with pytest.raises(BulletinError, match="typed_number"):
        edit(march, row, row.text, title="满意率99%")
    unchanged = bulletins.read(march.actor("leader"), row.pk)
    assert (unchanged.version, unchanged.numbers) == (row.version, row.numbers)


def test_another_number_needs_another_source(march):
    row = draft(march)
    assert "complaints_outside" not in row.numbers
    row = edit(march, row, f"{row.text}\n不属管辖的投诉{{{{complaints_outside}}}}件。")
    assert row.numbers["complaints_outside"]["value"] == 0
    assert "不属管辖的投诉0件。" in said(row)
    for tag, key in (
        ("{{applause}}", "missing_figure"), ("{{received", "tag_unclosed"),
        ("{{Received}}", "tag_unknown"), ("见{{table}}", "tag_block"),
        ("{{received:was}}", "unknown_tag"),
    ):  # fmt: skip
        with pytest.raises(BulletinError, match=key):
            edit(march, row, f"{row.text}\n{tag}")


def test_a_missing_figure_leaves_no_half_bulletin(march, monkeypatch):
    spec = BULLETINS.of(bulletins.programme_of("public_voice"))["monthly"]
    gone = spec.model_copy(update={"table": ("supervision.applause",)})
    monkeypatch.setitem(BULLETINS.of(bulletins.programme_of("public_voice")), "monthly", gone)
    before = audit.Event.objects.count()
    with pytest.raises(BulletinError, match="missing_figure") as caught:
        draft(march)
    assert caught.value.values == {"figure": "supervision.applause"}
    assert audit.Event.objects.count() == before
    assert bulletins.of_actor(march.actor("desk")) == []


def test_without_facts_there_is_no_draft(house):
    with pytest.raises(insight.InsightError):
        draft(house)


@pytest.mark.parametrize("who", ["handler", "stranger", "outsider", "admin", "leader"])
def test_who_may_not_draft(march, who):
    with pytest.raises(DeniedError):
        draft(march, by=who)


def test_a_second_person_issues(march):
    row = edit(march, draft(march), "收到{{received}}件。", by="leader")
    for who in ("desk", "leader", "publisher"):
        with pytest.raises(DeniedError):
            issue(march, row, by=who)
    for who in ("handler", "stranger", "outsider", "admin"):
        with pytest.raises(LookupError):
            issue(march, row, by=who)
    stale = row.version - 1
    with pytest.raises(BulletinError, match="changed_since_read"):
        bulletins.issue(row.pk, version=stale, actor=march.actor("supervisor"), at=APRIL)
    with pytest.raises(BulletinError, match="period_open"):
        issue(march, row, at=march.at)
    assert issue(march, row).state == "issued"


def test_issued_is_frozen_numbered_kept_and_proven(march):
    row = issue(march, draft(march))
    assert (row.number, row.serial) == ("民意月报〔2026〕1号", 1)
    assert issue(march, draft(march, org="center"), by="leader").number == "民意月报〔2026〕2号"
    for change in (
        lambda: edit(march, row, "改"),
        lambda: issue(march, row),
        lambda: bulletins.refresh(row.pk, actor=march.actor("desk"), at=APRIL),
    ):
        with pytest.raises(BulletinError, match="frozen"):
            change()
    last = audit.read(audit.history(row.stream)[-1])
    assert (last["horizon"], last["facts_hash"]) == (row.horizon, row.facts_hash)
    assert len(last["frozen"]) == 64
    assert {one.key for one in files.of(row.stream)} == {"docx", "pdf"}
    assert list(files.verify()) == []
    assert list(audit.everything()) == []


def test_the_word_file_is_an_official_document(march):
    row = issue(march, draft(march, by="supervisor", org="city"), by="leader")
    content = kept(row, "docx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
        settings = archive.read("word/settings.xml").decode()
        footers = [archive.read(n).decode() for n in archive.namelist() if "footer" in n]
    for font in ("方正小标宋_GBK", "仿宋_GB2312", "黑体"):
        assert f'w:eastAsia="{font}"' in body
    assert '<w:pgSz w:w="11906" w:h="16838"/>' in body
    assert 'w:top="2098"' in body
    assert 'w:left="1587"' in body
    assert "E60000" in body
    assert "w:evenAndOddHeaders" in settings
    assert sum("PAGE" in one for one in footers) == 2
    # Opened again by another library.
    text = mammoth.extract_raw_text(io.BytesIO(content)).value
    for words in (row.title, row.number, "共收到群众来信6件", "80.0%", "2026年4月2日", "口径说明"):
        assert words in text
    html = mammoth.convert_to_html(io.BytesIO(content)).value
    assert html.count("<tr>") == len(row.table) + 1
    assert html.count("<img") == 1


def test_the_pdf_has_its_fonts_inside(march):
    row = issue(march, draft(march, by="supervisor", org="city"), by="leader")
    reader = PdfReader(io.BytesIO(kept(row, "pdf")))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    for words in (row.title, row.number, "共收到群众来信6件", "80.0%", "2026年4月2日", "口径说明"):
        assert words in text
    fonts = [
        descendant.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font.get_object()["/DescendantFonts"]
    ]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(f["/FontDescriptor"]) for f in fonts)
    assert [round(float(n)) for n in reader.pages[0].mediabox[2:]] == [595, 842]
    assert reader.metadata.title == row.title


def kept(row, ending):
    return files.path_of(files.find(row.stream, ending).sha256).read_bytes()


def test_what_is_written_is_never_code(march):
    row = edit(march, draft(march), '#panic("x") $ _a_ <script> ' + r"\ `raw` 收到{{received}}件。")
    row = issue(march, row)
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(kept(row, "pdf"))).pages)
    assert '#panic("x") $ _a_ <script>' in text
    assert "<script>" in mammoth.extract_raw_text(io.BytesIO(kept(row, "docx"))).value


def test_late_events_are_corrected_and_the_issued_stays(march):
    row = issue(march, draft(march))
    before = type(row).objects.get(pk=row.pk).values()
    assert bulletins.compare(APRIL) == 0
    march.open("三月三十日来的信，四月才补录。", at=datetime(2026, 3, 30, 2, 0, tzinfo=UTC))
    insight.export(insight.store())
    assert bulletins.compare(APRIL) == 1
    assert bulletins.compare(APRIL) == 0
    assert type(row).objects.get(pk=row.pk).values() == before
    (found,) = [b for b in bulletins.of_actor(march.actor("leader")) if b.corrects == row.pk]
    assert found.title == f"关于更正《{row.title}》（{row.number}）的通知"
    assert set(found.numbers) == {"received", "received:was", "complaints", "complaints:was"}
    text = "\n".join("".join(r.text for r in b.runs) for b in bulletins.compose(found, row).blocks)
    assert "来信总数：原为6，现为7。" in text
    assert not any("7" in piece for piece in pieces(found.text) if isinstance(piece, str))
    issued = issue(march, found, by="leader")
    assert issued.number == "民意月报〔2026〕2号"
    assert [c.pk for c in bulletins.corrections(row.pk)] == [found.pk]
    assert bulletins.compare(APRIL + timedelta(days=1)) == 0
    march.open("又一封。", at=datetime(2026, 3, 31, 2, 0, tzinfo=UTC))
    insight.export(insight.store())
    assert bulletins.compare(APRIL) == 1
    assert list(audit.everything()) == []


def test_withdrawn_with_a_reason(march):
    row = issue(march, draft(march))
    assert bulletins.read_public(row.pk).pk == row.pk
    with pytest.raises(BulletinError, match="reason_missing"):
        bulletins.withdraw(row.pk, "  ", actor=march.actor("leader"), at=APRIL)
    with pytest.raises(DeniedError):
        bulletins.withdraw(row.pk, "有误", actor=march.actor("desk"), at=APRIL)
    gone = bulletins.withdraw(row.pk, "口径有误", actor=march.actor("leader"), at=APRIL)
    assert (gone.state, gone.withdrawn_why) == ("withdrawn", "口径有误")
    assert bulletins.public() == []
    assert issue(march, draft(march)).number == "民意月报〔2026〕2号"


def test_what_is_not_public_is_nobodys(march):
    row = draft(march)
    with pytest.raises(LookupError):
        bulletins.read_public(row.pk)
    brief = draft(march, kind="brief", by="supervisor", org="city", programme="supervision")
    brief = issue(march, brief, by="leader")
    with pytest.raises(LookupError):
        bulletins.read_public(brief.pk)
    assert bulletins.public() == []


@pytest.mark.parametrize(
    ("programme", "kind", "period", "drafter"),
    [
        ("public_voice", "quarterly", "2026-Q1", "desk"),
        ("public_voice", "half_year", "2025-H2", "desk"),
        ("public_voice", "yearly", "2025", "desk"),
        ("public_voice", "campaign", "2026-03-01..2026-03-20", "desk"),
        ("supervision", "inspections", "2026-03", "supervisor"),
    ],
)
def test_every_kind_and_both_languages(march, programme, kind, period, drafter):
    org = march.org("center" if drafter == "desk" else "city")
    actor, issuer = march.actor(drafter), march.actor("leader")
    for locale in ("zh-Hans", "en"):
        row = bulletins.draft(
            programme, kind, org, periods.parse(period), actor=actor, at=APRIL, locale=locale
        )
        row = bulletins.issue(row.pk, version=row.version, actor=issuer, at=APRIL)
        assert "{{" not in said(row)
        assert len(kept(row, "pdf")) > 5000


def test_a_period_of_another_length_is_refused(march):
    with pytest.raises(BulletinError, match="wrong_grain"):
        draft(march, period=periods.parse("2026-Q1"))
