"""Whatever stands where a number belongs, a form is answered."""

import pytest

from bihuan.web.numbers import whole

WRONG = ["", "²", "٣", "1.0", "-1", "+1", " 1", "9" * 18, "9" * 5000, "一"]


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:20] or "nothing")
def test_what_is_no_number_is_none(text):
    assert whole(text) is None
    assert [whole(each) for each in ("0", "007", "9" * 17)] == [0, 7, int("9" * 17)]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["²", "9" * 5000], ids=["power", "long"])
def test_an_outing_is_refused_in_words(house, text):
    answer = house.client("desk").post("/desk/visits", {"service": text, "place": "人民广场"})
    assert answer.status_code in (404, 422)
