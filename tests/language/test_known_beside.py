"""Words the house knows, as people write them beside Chinese characters, in one field with others, and with what
nobody sees between."""

import pytest

from bihuan.language import redact


@pytest.mark.parametrize(
    ("known", "text", "hidden"),
    [
        ("Kim", "反映人Kim称路灯坏了", "Kim"),
        ("Anwar", "您好Anwar，已修复。", "Anwar"),
        ("Abdul Karim", "致Abdul Karim先生", "Abdul Karim"),
        ("kim.lee@example.org", "联系kim.lee@example.org谢谢", "kim.lee@example.org"),
        ("ma.li@163.com", "邮箱ma.li@163.com请回", "ma.li@163.com"),
        ("laoma_88", "账号laoma_88请加", "laoma_88"),
        ("E12345678", "证件E12345678已核", "E12345678"),
        ("+86 138 0013 8000", "已致电13800138000", "13800138000"),
        ("+8613912345678", "已致电13912345678", "13912345678"),
        ("13800138000、13900139000", "已致电13900139000", "13900139000"),
        ("0971-8251234转801", "已致电0971-8251234", "0971-8251234"),
        ("13912345678/0971-8251234", "座机8251234无人接", "8251234"),
        ("张伟、李娜", "李娜女士您好", "李娜"),
        ("张伟（儿子代）", "张伟已签收", "张伟"),
        ("刘伟", "刘\u200d伟上报", "刘\u200d伟"),
        ("刘伟", "刘\u00ad伟上报", "刘\u00ad伟"),
        ("张伟", "张+伟上报", "张+伟"),
    ],
)
def test_what_is_known_is_masked_beside_anything(known, text, hidden):
    assert hidden not in redact.mask_known(text, [known])


@pytest.mark.parametrize(
    ("known", "text"),
    [("Kim", "请联系Kimberly"), ("Ann", "查看Planning"), ("12345", "编号9123456")],
)
def test_a_longer_word_is_another(known, text):
    assert redact.mask_known(text, [known]) == text
