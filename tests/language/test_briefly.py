"""What a card says of a description: its beginning, whole."""

import pytest

from bihuan.language.briefly import LINE, briefly

LONG = "提出的有人附议，附议的有人答复，答复的由提案人说了算，最后都要公开"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("群众来信、来电、网上留言：有人接、有人办。", "群众来信、来电、网上留言"),
        ("提出的有人附议。", "提出的有人附议"),
        (LONG, "提出的有人附议，附议的有人答复，答复的由提案人说了算"),
        ("Messages by any channel: taken, answered.", "Messages by any channel"),
        ("Version 1.2 is out. More follows.", "Version 1.2 is out"),
        ("", ""),
    ],
)
def test_a_description_in_a_line(text, said):
    assert briefly(text) == said


def test_what_has_no_end_is_not_cut_within_a_clause():
    assert briefly("字" * LINE) == "字" * LINE
