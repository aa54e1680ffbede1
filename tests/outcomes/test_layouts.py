"""Layouts as files: what is wrong is named with its place, what is right is set and stays whole."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import mammoth
import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.outcomes.press.blocks import Block, Imprint, Run
from bihuan.outcomes.publicity.bulletins.api import LayoutError, Paper, press
from bihuan.outcomes.publicity.bulletins.papers.layouts import package
from bihuan.outcomes.publicity.bulletins.papers.layouts.allowed import Allowed
from bihuan.outcomes.publicity.bulletins.papers.paper import Definition, Filling, Line

FIGURES = {"received": "来信总数", "satisfaction_rate": "满意率", "supervision.orders": "督办件"}
BLOCKS = {"day_by_day": True, "by_street": True, "names": False}
ALLOWED = Allowed(FIGURES, table=True, chart=True, blocks=BLOCKS)
TABLE = ((Run("指标"), Run("本期")), (Run("来信总数"), Run("6", "received")))
PAPER = Paper(
    head="受理中心",
    number="民意月报〔2026〕1号",
    title="三月情况",
    lines=(
        Line("# 一、总体", (Block("heading", (Run("一、总体"),)),)),
        Line("…", (Block("paragraph", (Run("共收到来信"), Run("6", "received"), Run("件。"))),)),
        Line("{{table}}", (Block("table", rows=TABLE),), fixed=True),
        Line("{{chart}}", (Block("chart", (Run("来信"),)),), fixed=True),
    ),
    definitions_title="口径说明",
    definitions=(Definition("received", "来信总数：本期收到的。", {}),),
    horizon="以上数字由截至第9号事件的办理记录算出。",
    date="2026年4月2日",
    chart={"title": "来信", "by": "category", "rows": [["投诉", 5, "5"], ["咨询", 1, "1"]]},
    imprint=Imprint("三月情况", "受理中心", datetime(2026, 4, 2, 1, tzinfo=UTC)),
)
WORDS = {
    "number": PAPER.number, "title": PAPER.title, "date": PAPER.date, "unit": PAPER.head,
    "period": "2026年3月", "received": "6", "received:last": "0",
    "satisfaction_rate": "无数值（样本不足或避免推算，不予公布）", "supervision.orders": "2",
}  # fmt: skip
FILLING = Filling(PAPER, WORDS, TABLE)
# Drawing a chart takes most of the time.
UNDRAWN = Filling(replace(PAPER, lines=PAPER.lines[:3], chart={}), WORDS, TABLE)
LINES = ("{{number}}", "{{title}}", "{{text}}", "{{date}}", "口径说明", "{{definitions}}")


def written(*more, lines=LINES):
    document = Document()
    for line in (*lines, *more):
        document.add_paragraph(line)
    return document


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(change, content=None):
    """The file with its parts as `change` leaves them: a dict of name to bytes."""
    with zipfile.ZipFile(io.BytesIO(content or saved(written()))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def faults(content):
    with pytest.raises(LayoutError) as caught:
        press.examine(content, ALLOWED)
    assert caught.value.faults
    return caught.value.faults


def text_of(content):
    return mammoth.extract_raw_text(io.BytesIO(content)).value


# what was typed: (kind, what, instead)
MISTAKES = {
    "本月收到{{recieved}}件": ("unknown", "{{recieved}}", "{{received}}"),
    "本月收到{{Received}}件": ("unknown", "{{Received}}", "{{received}}"),
    "本月收到{{来信总数}}封": ("unknown", "{{来信总数}}", "{{received}}"),
    "上月{{received:lst}}封": ("unknown", "{{received:lst}}", "{{received:last}}"),
    "空的{{}}标签": ("unknown", "{{}}", ""),
    "督办{{supervision.order}}个": ("unknown", "{{supervision.order}}", "{{supervision.orders}}"),
    "本月收到{{received}件": ("unclosed", "{{received", "{{received}}"),
    "本月收到{{received": ("unclosed", "{{received", "{{received}}"),
    "本月收到received}}件": ("unclosed", "本月收到received}}", "{{received}}"),
    "本月收到｛｛received｝｝件": ("wide", "｛｛received｝｝", "{{received}}"),
    "本月收到{received}件": ("single", "{received}", "{{received}}"),
    "见{{table}}": ("own", "{{table}}", "{{table}}"),
    "更正{{corrected}}": ("correction", "{{corrected}}", ""),
    "原为{{received:was}}": ("correction", "{{received:was}}", ""),
    "{{block.day_by_days}}": ("unknown", "{{block.day_by_days}}", "{{block.day_by_day}}"),
    "{{block.xyz}}": ("unknown", "{{block.xyz}}", "{{block.by_street}}、{{block.day_by_day}}"),
    "见{{block.day_by_day}}": ("own", "{{block.day_by_day}}", "{{block.day_by_day}}"),
    "{{block.names}}": ("private", "{{block.names}}", ""),
    "{{text}}": ("twice", "{{text}}", ""),
    "群众满意率达到99.9%": ("typed", "99.9%", ""),
}  # fmt: skip


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_broken_tag_is_named_with_its_place_and_what_to_write(typed):
    (found,) = faults(saved(written(typed)))
    assert (found.kind, found.what, found.instead) == MISTAKES[typed]
    if found.kind != "twice":
        assert (found.place.kind, found.place.paragraph) == ("paragraph", len(LINES) + 1)
        assert found.place.near in typed


@pytest.mark.parametrize("gone", ["number", "title", "text", "date", "definitions"])
def test_a_missing_part_is_named(gone):
    tag = f"{{{{{gone}}}}}"
    (found,) = faults(saved(written(lines=[line for line in LINES if line != tag])))
    assert (found.kind, found.what) == ("missing", tag)


def test_everything_wrong_is_told_at_once_wherever_it_stands():
    document = written("{{nonsens}}", "{{received")
    table = document.add_table(2, 2)
    table.cell(1, 0).text = "来信{{recieved}}件"
    table.cell(1, 1).text = "{{text}}"
    section = document.sections[0]
    section.header.paragraphs[0].text = "{{titel}}"
    section.footer.paragraphs[0].text = "{{chart}}"
    box = document.add_paragraph()
    box._p.append(parse_xml(
        f"<w:r {nsdecls('w')}><w:pict><v:rect xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>"
        "<w:txbxContent><w:p><w:r><w:t>{{unti}}</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></v:rect></w:pict></w:r>"
    ))  # fmt: skip
    found = {(one.kind, one.what, one.place and one.place.kind) for one in faults(saved(document))}
    assert found == {
        ("unknown", "{{nonsens}}", "paragraph"), ("unclosed", "{{received", "paragraph"),
        ("unknown", "{{recieved}}", "cell"), ("own", "{{text}}", "cell"),
        ("unknown", "{{titel}}", "header"), ("own", "{{chart}}", "footer"),
        ("unknown", "{{unti}}", "box"), ("twice", "{{text}}", None),
    }  # fmt: skip
    (cell,) = (one.place for one in faults(saved(document)) if one.what == "{{recieved}}")
    assert (cell.table, cell.row, cell.column, cell.near) == (1, 2, 1, "来信{{recieved}}件")


def rels(parts, kind, target, mode=""):
    name = "word/_rels/document.xml.rels"
    one = (
        f'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/x/{kind}" '
        f'Target="{target}"{mode}/></Relationships>'
    )
    parts[name] = parts[name].replace(b"</Relationships>", one.encode())


def body(parts, old, new):
    assert old.encode() in parts["word/document.xml"]
    parts["word/document.xml"] = parts["word/document.xml"].replace(old.encode(), new.encode(), 1)


def field(parts, order):
    body(
        parts,
        "<w:t>口径说明</w:t>",
        f'<w:fldChar w:fldCharType="begin"/><w:instrText>{order}</w:instrText>',
    )


EXTERNAL = ' TargetMode="External"'
# what was done to the parts: (kind, what it names)
HARM = {
    "a macro": (lambda p: p.update({"word/vbaProject.bin": b"x"}), "macro", "vbaProject"),
    "a macro document": (
        lambda p: p.update({"[Content_Types].xml": p["[Content_Types].xml"].replace(
            b"openxmlformats-officedocument.wordprocessingml.document.main",
            b"openxmlformats-officedocument.wordprocessingml.document.macroEnabled.main")}),
        "macro", "document.xml",
    ),
    "a picture from elsewhere": (
        lambda p: rels(p, "image", "https://example.org/a.png", EXTERNAL), "external", "example.org",
    ),
    "a template from elsewhere": (
        lambda p: p.update({"word/_rels/settings.xml.rels": (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="r1" Type="x/attachedTemplate" Target="file:///C:/a.dotm" '
            b'TargetMode="External"/></Relationships>')}),
        "external", "a.dotm",
    ),
    "an embedded workbook": (
        lambda p: p.update({"word/embeddings/a.xlsx": b"PK\x03\x04"}), "embedded", "a.xlsx",
    ),
    "an object without its name": (
        lambda p: p.update({"word/media/image1.png": b"\xd0\xcf\x11\xe0x"}), "embedded", "image1.png",
    ),
    "another file inside": (lambda p: rels(p, "aFChunk", "a.mht"), "embedded", "a.mht"),
    "a field that asks elsewhere": (lambda p: field(p, " INCLUDETEXT c:/secret "), "field", "INCLUDETEXT"),
    "a field that runs": (lambda p: field(p, 'DDEAUTO cmd "/k calc"'), "field", "DDEAUTO"),
    "a tracked change": (
        lambda p: body(p, "<w:r><w:t>口径说明</w:t></w:r>",
                       '<w:ins w:id="1" w:author="林望舒"><w:r><w:t>口径</w:t></w:r></w:ins>'),
        "tracked", "林望舒",
    ),
    "entities": (
        lambda p: body(p, "<w:document", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><w:document'),
        "broken", "word/document.xml",
    ),
    "half an XML": (lambda p: body(p, "</w:body>", ""), "broken", "word/document.xml"),
    "no document": (lambda p: p.pop("word/document.xml"), "not_word", ""),
    "a bomb of elements": (
        lambda p: p.update({"word/a.xml": b"<a>" + b"<a/>" * (package.MAX_MARKS + 1) + b"</a>"}), "bomb", "",
    ),
    "entities in another encoding": (
        lambda p: p.update({"word/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")}), "broken", "word/a.xml",
    ),
    "a bomb": (lambda p: p.update({"word/media/a.png": bytes(package.MAX_UNPACKED + 1)}), "bomb", ""),
    "a large part": (
        lambda p: p.update({"word/a.xml": b"<a>" + b" " * package.MAX_XML + b"</a>"}), "bomb", "",
    ),
    "many parts": (
        lambda p: p.update({f"word/{n}.xml": b"<a/>" for n in range(package.MAX_PARTS)}), "bomb", "",
    ),
    "a thousand tags": (lambda p: body(p, "口径说明", "{{unit}}" * 1000), "many", "500"),
    "a flood of braces": (lambda p: body(p, "口径说明", "{{ " + " " * 500_000), "unclosed", "{{"),
    "a flood of digits": (lambda p: body(p, "口径说明", "1" * 500_000 + "%"), "typed", "%"),
    "a footnote with a tag": (
        lambda p: p.update({"word/footnotes.xml": (
            b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            b"<w:p><w:r><w:t>{{received}}</w:t></w:r></w:p></w:footnotes>")}),
        "elsewhere", "{{received}}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_a_file_with_more_than_words_is_refused_and_named(harm):
    change, kind, what = HARM[harm]
    found = faults(repacked(change))
    assert [one.kind for one in found] == [kind]
    assert what in found[0].what


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "not_word"), (b"hello", "not_word"), (b"PK\x03\x04" + b"x" * 99, "not_word"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "old_format"),
        (b"x" * (package.MAX_BYTES + 1), "too_large"),
        (saved(written())[:-300], "not_word"),
    ],
)  # fmt: skip
def test_what_is_no_word_file_is_refused(content, kind):
    assert [one.kind for one in faults(content)] == [kind]


def test_a_file_that_lies_about_its_size_is_read_no_further():
    true = package.MAX_UNPACKED + 1
    content = repacked(lambda p: p.update({"word/media/a.png": bytes(true)}))
    lied = content.replace(true.to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert lied != content
    assert [one.kind for one in faults(lied)] == ["not_word"]


def test_a_tag_cut_by_formatting_works_and_keeps_its_first_look():
    document = written()
    paragraph = document.add_paragraph("本月")
    for piece, colour in (
        ("收到{", None),
        ("{rec", "E60000"),
        ("eiv", None),
        ("ed}", None),
        ("}件", None),
    ):
        run = paragraph.add_run(piece)
        run.bold = piece == "eiv"
        run.font.size = Pt(9 + len(piece))
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
    paragraph.add_run("，上月{{received:last}}件，督办{{ supervision.orders }}件")
    content = saved(document)
    assert press.examine(content, ALLOWED) == ["received", "received:last", "supervision.orders"]
    made = press.fill(content, UNDRAWN)
    assert "本月收到6件，上月0件，督办2件" in text_of(made)
    last = next(p for p in Document(io.BytesIO(made)).paragraphs if p.text.startswith("本月"))
    assert [run.text for run in last.runs if run.text][:3] == ["本月", "收到6", "件"]


def test_a_tag_over_a_line_break_is_named():
    document = written()
    run = document.add_paragraph("收到{{rece").runs[0]
    run.add_break()
    run.add_text("ived}}件")
    (found,) = faults(saved(document))
    assert (found.kind, found.what, found.instead) == ("unknown", "{{rece ived}}", "{{received}}")


def test_the_words_of_a_paper_stand_where_their_tags_stood():
    document = written()
    section = document.sections[0]
    section.header.paragraphs[0].text = "{{unit}}内部资料"
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "满意率：{{satisfaction_rate}}（{{period}}）"
    document.add_paragraph("{{table}}")
    document.add_paragraph("{{chart}}")
    made = press.fill(saved(document), FILLING)
    said = [line for line in text_of(made).split("\n") if line]
    assert said[:5] == [PAPER.number, PAPER.title, "一、总体", "共收到来信6件。", "指标"]
    assert "满意率：无数值（样本不足或避免推算，不予公布）（2026年3月）" in said
    assert said.index("2026年4月2日") < said.index("口径说明") < said.index(PAPER.horizon)
    html = mammoth.convert_to_html(io.BytesIO(made)).value
    assert (html.count("<table"), html.count("<img")) == (3, 2)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode(
            "utf-8", "ignore"
        )
    assert "受理中心内部资料" in everything
    assert "{{" not in everything
    assert Document(io.BytesIO(made)).core_properties.author == PAPER.head


def test_a_block_stands_where_its_tag_stood():
    rows = ((Run("街道"), Run("件")), (Run("东街"), Run("4")))
    block = (Block("heading", (Run("分街道"),)), Block("table", rows=rows))
    given = replace(UNDRAWN, blocks={"block.by_street": block})
    content = saved(written("前面", "{{block.by_street}}", "后面"))
    assert press.examine(content, ALLOWED) == ["block.by_street"]
    text = text_of(press.fill(content, given))
    assert text.split("前面")[1].split("后面")[0].split() == ["分街道", "街道", "件", "东街", "4"]
    assert "block." not in text
    (found,) = faults(saved(written("{{block.by_street}}", "{{block.by_street}}")))
    assert (found.kind, found.what) == ("twice", "{{block.by_street}}")


def test_a_section_that_ends_with_the_words_still_ends_there():
    document = written()
    document.add_section()
    end = next(one for one in document.element.body.iter() if one.tag.endswith("}sectPr"))
    document.paragraphs[2]._p.get_or_add_pPr().append(end)
    made = Document(io.BytesIO(press.fill(saved(document), UNDRAWN)))
    assert len(made.sections) == 2
    assert len(made.tables) == 1


def test_the_house_gives_a_layout_to_begin_with():
    content = press.start("口径说明", "受理中心", PAPER.imprint.at)
    assert press.examine(content, ALLOWED) == []
    made = press.fill(content, UNDRAWN)
    text = text_of(made)
    for words in (
        PAPER.head,
        PAPER.number,
        PAPER.title,
        "共收到来信6件。",
        PAPER.date,
        PAPER.horizon,
    ):
        assert words in text
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert "E60000" in archive.read("word/document.xml").decode()


PLAIN = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="{}｛｝"), max_size=12
)


TYPED = st.tuples(
    st.lists(st.tuples(PLAIN, st.sampled_from(sorted(WORDS))), min_size=1, max_size=4),
    PLAIN,
    st.lists(st.floats(0, 1), max_size=5),
)


@settings(max_examples=8)
@given(st.lists(TYPED, min_size=10, max_size=20))
def test_any_words_around_tags_survive_however_they_were_typed(typed):
    document, wanted = written(), []
    for pairs, last, shares in typed:
        said = "".join(f"{words}{{{{{tag}}}}}" for words, tag in pairs) + last
        wanted.append("".join(f"{words}{WORDS[tag]}" for words, tag in pairs) + last)
        cuts = sorted(int(share * len(said)) for share in shares)
        paragraph = document.add_paragraph()
        for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True):
            paragraph.add_run(said[start:end]).bold = start % 2 == 0
    made = press.fill(saved(document), UNDRAWN)
    assert [p.text for p in Document(io.BytesIO(made)).paragraphs][-len(wanted) :] == wanted
    text = text_of(made)
    assert all(line in text for line in wanted)
