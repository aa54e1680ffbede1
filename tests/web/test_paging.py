"""Which page of a list is asked for: bad input is answered with a page."""

import pytest
from django.test import RequestFactory

from bihuan.web import paging

ASKED = {
    "": 1, "1": 1, "7": 7, "007": 7, "0": 1, "-1": 1, "x": 1, "1.5": 1, "²": 1, "٣": 1,
    "10000": 10_000, "10001": 10_000, "9" * 5000: 10_000, "0" * 5000: 1, " 2": 1,
}  # fmt: skip


@pytest.mark.parametrize("text", ASKED, ids=lambda text: text[:8])
def test_whatever_is_asked_for_is_a_page(text):
    assert paging.number(RequestFactory().get("/", {"page": text})) == ASKED[text]


def test_nothing_asked_is_the_first():
    assert paging.number(RequestFactory().get("/")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["x", "9" * 5000, "-3"])
def test_lists_answer_whatever_page_is_asked_for(house, text):
    leader = house.client("leader")
    assert leader.get("/desk/members", {"page": text}).status_code == 200
