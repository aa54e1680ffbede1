"""What a paper says of itself beside its words: language, title, who made it and when.

A program that lacks the fonts named takes others by the file's language and its table of fonts;
where that says English or Japanese, commas and full stops stand in the middle of their squares.
Source: ECMA-376 part 1: 17.3.2.20 (lang), 17.8.3 (fonts), 17.15.1.88 (themeFontLang), 22.2 (app).
"""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone
from docx.document import Document as Docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml

from bihuan.lib.legal import one_line
from bihuan.outcomes.press.blocks import CHINESE, Imprint

# Each font's other names, PANOSE and family; 86 is the character set of GB 2312.
_FONTS = {
    "仿宋_GB2312": ("仿宋,FangSong,FangSong_GB2312", "02010609060101010101", "modern", "fixed"),
    "仿宋": ("FangSong,仿宋_GB2312", "02010609060101010101", "modern", "fixed"),
    "方正小标宋_GBK": ("方正小标宋简体,FZXiaoBiaoSong-B05,宋体,SimSun", "", "roman", "fixed"),
    "方正小标宋简体": ("方正小标宋_GBK,FZXiaoBiaoSong-B05S,宋体,SimSun", "", "roman", "fixed"),
    "黑体": ("SimHei", "02010609060101010101", "modern", "fixed"),
    "宋体": ("SimSun", "02010600030101010101", "auto", "variable"),
    "楷体_GB2312": ("楷体,KaiTi,KaiTi_GB2312", "02010609060101010101", "modern", "fixed"),
    "楷体": ("KaiTi,楷体_GB2312", "02010609060101010101", "modern", "fixed"),
}
_GB2312 = "86"
_LATIN = (
    f'<w:font {nsdecls("w")} w:name="Times New Roman"><w:panose1 w:val="02020603050405020304"/>'
    '<w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
)
# What a file brings along that is about another one: how that looked, who else kept what in it.
_FOREIGN = ("thumbnail", "custom-properties", "customXml", "stylesWithEffects")
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# Of a file's settings, what is about the computer it was first made on.
_HABITS = ("rsids", "savePreviewPicture", "proofState")


def sealed(document: Docx, imprint: Imprint) -> bytes:
    """The file's bytes, marked; the same document and imprint give the same bytes.

    In it every text of an east Asian script is Chinese, every known font has its other names, and
    nothing tells of the file or the computer it was made from.
    """
    package = document.part.package
    for whole in (package, document.part):
        for key, one in list(whole.rels.items()):
            if one.reltype.endswith(_FOREIGN):
                del whole.rels[key]
    _properties(document, imprint)
    _company(package, imprint)
    _default_language(document)
    _settings(document)
    for part in package.iter_parts():
        _languages(part)
    _fonts(document)
    out = io.BytesIO()
    document.save(out)
    return _dated(out.getvalue(), imprint.at)


def plain(document: Docx, imprint: Imprint, font: tuple[str, str]) -> None:
    """Takes python-docx's template back to what a paper of the house needs: its styles without the
    rest, its default font (Latin, Chinese), no Japanese in its theme."""
    styles = document.styles.element
    for style in list(styles.iter(qn("w:style"))):
        if style.get(qn("w:styleId")) not in _KEPT:
            styles.remove(style)
    for key, one in list(document.part.rels.items()):
        if one.reltype.endswith("/numbering"):
            del document.part.rels[key]
    shape = _default_shape(document)
    fonts = shape.get_or_add_rFonts()
    fonts.attrib.clear()
    for name, value in zip(
        ("ascii", "hAnsi", "cs", "eastAsia"), (font[0],) * 3 + font[1:], strict=True
    ):
        fonts.set(qn(f"w:{name}"), value)
    _child(shape, "w:lang").set(qn("w:val"), imprint.language)
    settings = document.settings.element
    settings.find(qn("w:zoom")).set(qn("w:percent"), "100")
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")
    _child(settings, "w:themeFontLang").set(qn("w:val"), imprint.language)
    for number in list(settings):
        if number.tag.endswith("}docId"):
            settings.remove(number)
    _theme(document, font[1])
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table._blob = f"<w:fonts {nsdecls('w')}>{_LATIN}</w:fonts>".encode()


_KEPT = {
    "Normal", "Header", "Footer", "HeaderChar", "FooterChar", "DefaultParagraphFont",
    "TableNormal", "NoList", "TableGrid",
}  # fmt: skip


def hinted(run: Any) -> None:
    """Has a run's quotation marks and dashes set as Chinese ones: Unicode gives them to Latin, too."""
    run.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _properties(document: Docx, imprint: Imprint) -> None:
    core = document.core_properties
    element = core._element
    for child in list(element):
        element.remove(child)
    core.title, core.language, core.revision = one_line(imprint.title), imprint.language, 1
    core.author = core.last_modified_by = one_line(imprint.author)
    core.created = core.modified = imprint.at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _company(package: Any, imprint: Imprint) -> None:
    text = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="{_EXTENDED}">'
        f"<Application>Bihuan</Application><Company>{escape(one_line(imprint.author))}</Company></Properties>"
    ).encode()
    kind = RELATIONSHIP_TYPE.EXTENDED_PROPERTIES
    for key, one in list(package.rels.items()):
        if one.reltype == kind:
            del package.rels[key]
    name = PackURI("/docProps/app.xml")
    package.relate_to(Part(name, CONTENT_TYPE.OFC_EXTENDED_PROPERTIES, text, package), kind)


def _child(parent: Any, name: str) -> Any:
    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.append(found)
    return found


def _default_shape(document: Docx) -> Any:
    styles = document.styles.element
    defaults = styles.find(qn("w:docDefaults"))
    if defaults is None:
        defaults = OxmlElement("w:docDefaults")
        styles.insert(0, defaults)
    outer = defaults.find(qn("w:rPrDefault"))
    if outer is None:
        outer = OxmlElement("w:rPrDefault")
        defaults.insert(0, outer)
    return _child(outer, "w:rPr")


def _default_language(document: Docx) -> None:
    language = _child(_default_shape(document), "w:lang")
    language.set(qn("w:eastAsia"), language.get(qn("w:eastAsia"), CHINESE))


def _settings(document: Docx) -> None:
    settings = document.settings.element
    for name in _HABITS:
        for one in settings.findall(qn(f"w:{name}")):
            settings.remove(one)
    theme = settings.find(qn("w:themeFontLang"))
    if theme is not None:
        theme.set(qn("w:eastAsia"), theme.get(qn("w:eastAsia"), CHINESE))


def _languages(part: Any) -> None:
    """In a part of the package: whatever east Asian language is none of Chinese becomes Chinese."""
    if isinstance(part, XmlPart):
        _to_chinese(part.element)
    elif (
        part.partname.startswith("/word/")
        and b":eastAsia=" in part.blob
        and part.partname.ext == "xml"
    ):
        root = parse_xml(part.blob)
        _to_chinese(root)
        part._blob = serialize_part_xml(root)


def _to_chinese(root: Any) -> None:
    for one in root.iter(qn("w:lang"), qn("w:themeFontLang")):
        said = one.get(qn("w:eastAsia"))
        if said is not None and not said.lower().startswith("zh"):
            one.set(qn("w:eastAsia"), CHINESE)


def _theme(document: Docx, font: str) -> None:
    part = document.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    root = parse_xml(part.blob)
    for one in list(root.iter(f"{_DRAWING}font")):
        if one.get("script") == "Jpan":
            one.getparent().remove(one)
        elif one.get("script") == "Hans":
            one.set("typeface", font)
    for one in root.iter(f"{_DRAWING}ea"):
        one.set("typeface", font)
    part._blob = serialize_part_xml(root)


def _fonts(document: Docx) -> None:
    """Lists every Chinese font that is named anywhere, with its other names."""
    try:
        part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    except KeyError:
        where = PackURI("/word/fontTable.xml")
        empty = f"<w:fonts {nsdecls('w')}/>".encode()
        part = Part(where, CONTENT_TYPE.WML_FONT_TABLE, empty, document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FONT_TABLE)
    root = parse_xml(part.blob)
    listed = {one.get(qn("w:name")): one for one in root.iter(qn("w:font"))}
    roots = [one.element for one in document.part.package.iter_parts() if isinstance(one, XmlPart)]
    named = {fonts.get(qn("w:eastAsia")) for one in roots for fonts in one.iter(qn("w:rFonts"))}
    for name in sorted(_FONTS.keys() & named):
        if name in listed:
            root.remove(listed[name])
        root.append(_font(name))
    part._blob = serialize_part_xml(root)


def _font(name: str) -> Any:
    others, panose, family, pitch = _FONTS[name]
    made = OxmlElement("w:font")
    made.set(qn("w:name"), name)
    values = (("altName", others), ("panose1", panose), ("charset", _GB2312),
              ("family", family), ("pitch", pitch))  # fmt: skip
    for kind, value in values:
        if value:
            _child(made, f"w:{kind}").set(qn("w:val"), value)
    return made


def _dated(content: bytes, at: datetime) -> bytes:
    """The same package with `at` as the time of every part, for a zip tells when it was packed."""
    then = timezone.localtime(at).timetuple()[:6]
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for one in given.infolist():
            made.writestr(
                zipfile.ZipInfo(one.filename, then), given.read(one), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()
