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
