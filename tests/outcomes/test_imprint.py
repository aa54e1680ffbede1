"""Every Word file says that it is Chinese, who made it and when; read by others than what wrote it."""

import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import mammoth
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pypdf import PdfReader

from bihuan.outcomes.press.blocks import Block, Imprint, Run
from bihuan.outcomes.publicity.bulletins.api import Paper, press
from bihuan.outcomes.publicity.bulletins.papers.paper import Definition, Filling, Line

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DC = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
ISSUED = datetime(2026, 4, 2, 1, 30, tzinfo=UTC)
TITLE = "关于“一件事”办理情况的通报 <&>"
HOSTILE = "<img src=x onerror=alert(1)> ]]> &amp; a\u202eb \u200d =1+1 \u2028 BEGIN:VEVENT"


def paper(**more):
    given = {
        "head": "受理中心",
        "number": "民意月报〔2026〕1号",
        "title": TITLE,
        "lines": (
            Line("# 一、总体", (Block("heading", (Run("一、总体"),)),)),
            Line(
                "…",
                (Block("paragraph", (Run("来信"), Run("6", "received"), Run(f"件。{HOSTILE}"))),),
            ),
        ),
        "definitions_title": "口径说明",
        "definitions": (Definition("received", "来信总数：本期收到的。", {}),),
        "horizon": "截至第9号事件。",
        "date": "2026年4月2日",
        "chart": {},
        "imprint": Imprint(TITLE, "受理中心", ISSUED),
    }
    return Paper(**given | more)


def foreign():
    """A layout as it comes from elsewhere: English and Japanese, with another file's leftovers."""
    document = Document()
    for line in ("{{number}}", "{{title}}", "{{text}}", "{{date}}", "{{definitions}}"):
        run = document.add_paragraph().add_run(line)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋_GB2312")
        language = OxmlElement("w:lang")
        language.set(qn("w:eastAsia"), "ja-JP")
        run._element.rPr.append(language)
    core = document.core_properties
    core.author, core.last_modified_by, core.keywords = "某人", "某人", "旧文件"
    core.category, core.content_status, core.subject = "旧", "旧", "旧"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def filled(given=None):
    given = given or paper()
    words = {"number": given.number, "title": given.title, "date": given.date}
    return press.fill(foreign(), Filling(given, words, ()))


FILES = {
    "the house's own": lambda: press.word(paper()),
    "a layout from elsewhere": filled,
    "a layout to begin with": lambda: press.start("口径说明", "受理中心", ISSUED),
}


@pytest.fixture(params=FILES)
def parts(request):
    with zipfile.ZipFile(io.BytesIO(FILES[request.param]())) as archive:
        assert archive.testzip() is None
        return {one.filename: (one.date_time, archive.read(one)) for one in archive.infolist()}


def tree(parts, name):
    return ET.fromstring(parts[name][1])


def test_every_east_asian_text_is_chinese(parts):
    defaults = tree(parts, "word/styles.xml").find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    assert defaults.get(f"{W}eastAsia") == "zh-CN"
    theme = tree(parts, "word/settings.xml").find(f"{W}themeFontLang")
    assert theme.get(f"{W}eastAsia") == "zh-CN"
    for name in parts:
        if name.endswith(".xml"):
            for one in tree(parts, name).iter(
                f"{W}lang",
            ):
                assert one.get(f"{W}eastAsia", "zh-CN") == "zh-CN", name


def test_the_table_of_fonts_says_what_else_will_do(parts):
    listed = {one.get(f"{W}name"): one for one in tree(parts, "word/fontTable.xml")}
    assert "仿宋_GB2312" in listed
    named = {
        fonts.get(f"{W}eastAsia")
        for name in parts
        if name.startswith("word/") and name.endswith(".xml")
        for fonts in tree(parts, name).iter(f"{W}rFonts")
    }
    for name in named - {None}:
        assert listed[name].find(f"{W}altName").get(f"{W}val")
        assert listed[name].find(f"{W}charset").get(f"{W}val") == "86"
        # The order that the standard's schema asks for.
        order = [child.tag.removeprefix(W) for child in listed[name]]
        known = ["altName", "panose1", "charset", "family", "notTrueType", "pitch", "sig"]
        assert order == sorted(order, key=known.index)


def test_it_tells_who_made_it_and_when_and_nothing_of_another_file(parts):
    core = tree(parts, "docProps/core.xml")
    assert core.findtext(f"{DC}creator") == "受理中心"
    assert core.findtext(f"{DC}language") == "zh-CN"
    assert core.findtext(f"{TERMS}created") == core.findtext(f"{TERMS}modified")
    assert core.findtext(f"{TERMS}created") == "2026-04-02T01:30:00Z"
    everything = b"".join(content for _, content in parts.values()).decode("utf-8", "ignore")
    for leftover in ("Macintosh", "2013", "python-docx", "旧", "某人", "rsidRoot"):
        assert leftover not in everything
    for name in parts:
        assert not name.startswith(("customXml/", "docProps/thumbnail", "docProps/custom"))
    # By the house's clock, which the tests keep at Shanghai.
    assert {at for at, _ in parts.values()} == {(2026, 4, 2, 9, 30, 0)}


def test_every_part_has_a_type_and_every_relation_a_part(parts):
    types = tree(parts, "[Content_Types].xml")
    named = {one.get("PartName", "").removeprefix("/") for one in types} - {""}
    assert named <= parts.keys()
    for name in (one for one in parts if one.endswith(".rels")):
        folder = name.replace("_rels/", "").rpartition("/")[0]
        for relation in tree(parts, name):
            target = relation.get("Target")
            whole = target.removeprefix("/") if target[0] == "/" else f"{folder}/{target}"
            assert whole.removeprefix("/") in parts


def test_no_japanese_in_the_house_s_own():
    with zipfile.ZipFile(io.BytesIO(press.word(paper()))) as archive:
        theme = ET.fromstring(archive.read("word/theme/theme1.xml"))
        body = ET.fromstring(archive.read("word/document.xml"))
        fonts = archive.read("word/fontTable.xml").decode()
    scripts = [one.get("script") for one in theme.iter(f"{A}font")]
    assert "Hans" in scripts
    assert "Jpan" not in scripts
    assert {one.get("typeface") for one in theme.iter(f"{A}ea")} == {"仿宋_GB2312"}
    assert "ＭＳ" not in fonts
    # Quotation marks are Latin's as well: a run says whose it means.
    words = [one for one in body.iter(f"{W}r") if one.find(f"{W}t") is not None]
    assert all(one.find(f"{W}rPr/{W}rFonts").get(f"{W}hint") == "eastAsia" for one in words)


def test_the_same_paper_is_the_same_file():
    assert press.word(paper()) == press.word(paper())
    assert filled() == filled()
    assert press.pdf(paper()) == press.pdf(paper())


def test_an_english_paper_says_so_and_keeps_its_chinese_fonts():
    made = press.word(paper(imprint=Imprint("Report", "Center", ISSUED, "en")))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        styles = ET.fromstring(archive.read("word/styles.xml"))
        core = ET.fromstring(archive.read("docProps/core.xml"))
    language = next(styles.iter(f"{W}lang"))
    assert (language.get(f"{W}val"), language.get(f"{W}eastAsia")) == ("en-US", "zh-CN")
    assert core.findtext(f"{DC}language") == "en-US"
    root = PdfReader(io.BytesIO(press.pdf(paper(imprint=Imprint("R", "C", ISSUED, "en")))))
    assert root.trailer["/Root"]["/Lang"] == "en-US"


def test_the_pdf_tells_the_same():
    reader = PdfReader(io.BytesIO(press.pdf(paper())))
    assert (reader.metadata.title, reader.metadata.author) == (TITLE, "受理中心")
    assert reader.metadata.creation_date == reader.metadata.modification_date == ISSUED
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"


def test_words_are_words_in_every_file():
    for content in (press.word(paper()), filled()):
        text = mammoth.extract_raw_text(io.BytesIO(content)).value
        for words in ("<img src=x onerror=alert(1)>", "]]>", "&amp;", TITLE, "=1+1"):
            assert words in text
    pages = PdfReader(io.BytesIO(press.pdf(paper()))).pages
    assert "<imgsrc=xonerror=alert(1)>" in "".join("".join(p.extract_text().split()) for p in pages)
