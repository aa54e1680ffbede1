"""Text that XML, calendars and spreadsheets can hold."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bihuan.lib.legal import legal, one_line

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_every_parser_reads_it_back(text):
    element = ET.Element("a")
    element.text = legal(text)
    back = ET.fromstring(ET.tostring(element, encoding="utf-8"))
    assert (back.text or "") == legal(text)
    assert legal(legal(text)) == legal(text)


@given(ANY)
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(text) == one_line(text).strip()


def test_what_people_type_stays():
    for text in ("路灯\t坏了\n两盏", "👨\u200d👩\u200d👧", "𠮷野家", "買買提·吐爾遜", "<&>"):
        assert legal(text) == text
    assert legal("一\r\n二\r三") == "一\n二\n三"
    assert one_line(" 一\u2028二\x85三\x00 ") == "一 二三"
