"""Fields that hold several: numbers as people write them, people by their ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.kernel.matters.fieldtypes import MANY, TYPES, BadValueError, Words
from bihuan.kernel.matters.several import written
from bihuan.spec.schema import Input

MATTERS, PEOPLE = Input(type="matters"), Input(type="people")
WORDS = Words(
    lambda key, **values: "、" if key == "value.between" else key, lambda name, value: value
)


@given(st.lists(st.from_regex(r"[A-Z]{2}2026-\d{6}", fullmatch=True), max_size=9), st.data())
def test_numbers_come_apart_however_people_part_them(numbers, data):
    between = st.sampled_from([" ", "、", ",", "，", ";", "；", "\n", " 、 ", "，\n", "\u3000"])
    text = "".join(f"{one}{data.draw(between)}" for one in numbers)
    assert written(text) == numbers


@pytest.mark.django_db
def test_matters_are_read_by_number_or_id_in_their_order_and_told_by_number(house):
    first, second = house.open("一处", category="consult").matter, house.open("二处").matter
    read, tell = TYPES["matters"].read, TYPES["matters"].tell
    wanted = [second.pk, first.pk]
    for raw in (
        f"{second.number}、{first.number}",
        f"{second.number.lower()} {first.number}",
        [second.pk, first.pk],
        [second.number, str(first.pk), second.pk],
    ):
        assert read(MATTERS, raw) == wanted
    assert tell("issues", wanted, WORDS) == f"{second.number}、{first.number}"


@pytest.mark.django_db
def test_what_is_no_matter_is_said_by_its_place(house):
    there = house.open().matter
    wrong_year = there.number.replace("2026", "2025")
    wrong_letters = f"ZZ{there.number[2:]}"
    for text in (wrong_year, wrong_letters, "MY2026-999999", "x", "-", "99999999999999999999", "²"):
        with pytest.raises(BadValueError) as error:
            TYPES["matters"].read(MATTERS, [there.number, text])
        assert (error.value.key, error.value.values) == ("input.unknown_matter", {"nth": 2})
    with pytest.raises(BadValueError, match="too_many"):
        TYPES["matters"].read(MATTERS, [str(n) for n in range(1, MANY + 2)])


@pytest.mark.django_db
def test_people_are_read_once_each_and_told_by_name(house):
    desk, handler = house.person("desk"), house.person("handler")
    found = TYPES["people"].read(PEOPLE, [handler.pk, str(desk.pk), handler.pk])
    assert found == sorted([desk.pk, handler.pk])
    assert TYPES["people"].tell("present", found, WORDS) == "、".join(
        {desk.pk: desk.name, handler.pk: handler.name}[pk] for pk in found
    )
    with pytest.raises(BadValueError, match="unknown_person"):
        TYPES["people"].read(PEOPLE, [10**9])
