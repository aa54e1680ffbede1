"""The State Council's announcements, read."""

import tomllib
from datetime import date

import pytest

from bihuan.foundation.orgs.calendars import SHIPPED
from bihuan.language import announcement

YEAR_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
　　经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
2025年11月4日"""


def test_the_notice_of_a_year_gives_the_calendar_that_was_typed_from_it():
    told = announcement.read(YEAR_2026, announcement.year_of(YEAR_2026))
    typed = tomllib.loads((SHIPPED / "cn-2026.toml").read_text(encoding="utf-8"))
    assert [(day.isoformat(), name) for day, name in told.off] == [tuple(d) for d in typed["off"]]
    assert [day.isoformat() for day, _ in told.work] == [day for day, _ in typed["work"]]
    assert told.source == typed["source"]
    assert told.doubts == ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("元旦：1月1日放假1天，不调休。", [1]),
        ("一、元旦：1月1日—3日放假", [1, 2, 3]),
        ("元旦 2027年1月1日（星期五）到1月2日放假。1月3日照常上班", [1, 2]),
        ("五一：1月5日至1月3日放假", []),
        ("2026年12月31日至2027年1月1日放假", [1]),
    ],
)
def test_ways_of_writing_days(text, days):
    told = announcement.read(text, 2027)
    assert [day for day, _ in told.off] == [date(2027, 1, n) for n in days]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("国庆节：10月1日（周四）至7日放假，共7天。", "weekday"),
        ("国庆节：10月1日至7日放假，共8天。", "count"),
        ("9月31日上班。", "day"),
        ("除夕（2月9日）好好过。", "unread"),
        ("2026年12月31日放假。", "other_year"),
        ("10月1日放假。10月1日上班。", "twice"),
    ],
)
def test_what_cannot_be_right_is_a_doubt(text, kind):
    assert kind in {one.kind for one in announcement.read(text, 2027).doubts}


def test_two_holidays_in_one_line_keep_their_names():
    told = announcement.read("中秋节：9月15日放假。国庆节：10月1日放假。", 2027)
    assert [name for _, name in told.off] == ["中秋节", "国庆节"]


LISTED = """2026放假安排来了！
🎉元旦：1月1日至3日，共3天，1月4日（周日）上班
🎉国庆：10月1日-7日，共7天"""
TABLE = """节日\t放假时间\t调休上班日期\t天数
元旦\t1月1日（周四）至3日（周六）\t1月4日（周日）\t3天
国庆节\t10月1日至7日\t\t7天"""
DOTTED = """2026年放假安排
元旦 2026.1.1-2026.1.3 放假 1.4上班
国庆 2026/10/1-2026/10/7 放假"""
PAGE = "<p>一、元旦：1月1日(周四)至3日(周六)放假调休,共3天.1月4日(周日)上班.</p><p>七、国庆节：10月1日至7日放假.</p>"


@pytest.mark.parametrize("text", [LISTED, TABLE, DOTTED, PAGE])
def test_what_others_made_of_the_notice_is_read_as_well(text):
    told = announcement.read(text, announcement.year_of(text) or 2026)
    expected = [date(2026, 1, n) for n in (1, 2, 3)] + [date(2026, 10, n) for n in range(1, 8)]
    assert [day for day, _ in told.off] == expected
    assert [day for day, _ in told.work] == [date(2026, 1, 4)]
    assert {name.removesuffix("节") for _, name in told.off} == {"元旦", "国庆"}
    assert told.doubts == ()


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("月", "月 ").replace("日（", " 日 （").replace("：", "： "),
        lambda text: text.translate(str.maketrans("：，（）", ":,()")),
        lambda text: text.replace("周", "星期"),
    ],
    ids=["full-width", "one line", "spaced", "other punctuation", "weekdays"],
)
def test_a_notice_that_lost_its_form_on_the_way_says_the_same(changed):
    plain = announcement.read(YEAR_2026, 2026)
    told = announcement.read(changed(YEAR_2026), announcement.year_of(changed(YEAR_2026)))
    assert (told.off, told.work, told.doubts) == (plain.off, plain.work, ())
