"""Articles and troubles in words."""

import pytest

from bihuan.language.articles import numeral, spelt
from bihuan.language.troubles import about, is_theirs


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (24, "二十四"), (100, "一百"),
     (105, "一百零五"), (110, "一百一十"), (999, "九百九十九")],
)  # fmt: skip
def test_numbers_as_articles_write_them(number, written):
    assert numeral(number) == written


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_numbers_that_no_article_has(number):
    with pytest.raises(ValueError, match=str(number)):
        numeral(number)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("热线条例 §24：五个工作日内答复", "热线条例第二十四条：五个工作日内答复"),
        ("督查条例 §12–15, §21", "督查条例第十二条至第十五条,第二十一条"),
        ("行政许可法 §1234", "行政许可法 §1234"),
        ("行政许可法 §0", "行政许可法 §0"),
        ("licensing §32", "licensing §32"),
        ("§", "§"),
        ("", ""),
    ],
)
def test_a_clause_is_written_out(given, told):
    assert spelt(given) == told


def test_a_trouble_leads_to_whose_business_it_usually_is():
    assert "streets" in about("人民路的路灯坏了")
    assert "work" in about("欠薪")
    assert about("灯") == ()
    assert is_theirs("streets", "平安市城市管理局")
    assert not is_theirs("streets", "教育局")
    assert not is_theirs("nothing", "城市管理局")
