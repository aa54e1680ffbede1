"""E-mail addresses as people type them."""

import pytest

from bihuan.lib import mailbox


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("abc＠qq.com", "abc@qq.com"),
        ("ａｂｃ＠ｑｑ．ｃｏｍ", "abc@qq.com"),
        (" abc@qq。com ", "abc@qq.com"),
        ("a.b+c@mail.example.org", "a.b+c@mail.example.org"),
        ("wang@例子.中国", "wang@例子.中国"),
    ],
)
def test_what_can_be_read_in_one_way_is_folded(typed, folded):
    assert mailbox.fold(typed) == folded
    assert mailbox.is_address(folded)


@pytest.mark.parametrize(
    "typed",
    [
        "abc@qq,com", "abc@qq，com", "a@b@c", "a@b@c.org", "abc@qq", "@qq.com", "abc@", "abc@.com",
        "abc@qq..com", ".abc@qq.com", "a b@qq.com", "abc@qq.com,d@qq.com", "abc@127.0.0.1",
        "abc@qq.com\nBcc: d@qq.com", "王<abc@qq.com>", "a" * 65 + "@qq.com", "-", "无",
    ],
)  # fmt: skip
def test_what_cannot_is_refused(typed):
    assert not mailbox.is_address(mailbox.fold(typed))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("abc@qq,com", "abc@qq.com"),
        ("abc@qq，com", "abc@qq.com"),
        ("abc＠qq、com", "abc@qq.com"),
        ("abc@@qq.com", "abc@qq.com"),
        ("abc@qq..com", "abc@qq.com"),
        ("abc@ qq.com", "abc@qq.com"),
        ("abc@qq", "abc@qq.com"),
        ("abc@163", "abc@163.com"),
        ("abc@qq.con", "abc@qq.com"),
        ("abc@gmail.cmo", "abc@gmail.com"),
        ("abc@189", "abc@189.cn"),
        ("王<abc@qq.com>", "abc@qq.com"),
        ("mailto:abc@qq.com", "abc@qq.com"),
        ("a@b@c", ""),
        ("a@qq.com,b@qq.com", ""),
        ("abc", ""),
        ("abc@intranet", ""),
        ("无", ""),
    ],
)
def test_what_was_likely_meant_is_asked_about(typed, meant):
    folded = mailbox.fold(typed)
    assert mailbox.meant(folded) == meant
    assert not mailbox.is_address(folded)
    if meant:
        assert mailbox.is_address(meant)


def test_two_signs_are_named():
    assert mailbox.why_not("a@b@c") == ("ats", "")
    assert mailbox.why_not("abc@qq,com") == ("meant", "abc@qq.com")
    assert mailbox.why_not("abc") == ("", "")
