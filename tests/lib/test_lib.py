"""Helpers without a domain word."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.lib import canonical, clock, codes
from bihuan.lib.catalogue import Catalogue, Worded, flatten, row

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=5, alphabet=st.characters(exclude_categories=["Cs"])),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_canonical_text_reads_back(value):
    assert json.loads(canonical.dumps(value)) == value


@given(st.dictionaries(st.text(max_size=4), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_show(value):
    assert canonical.dumps(value) == canonical.dumps(dict(reversed(value.items())))


def test_one_instant_has_one_spelling():
    utc = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    shanghai = utc.astimezone(timezone(timedelta(hours=8)))
    assert canonical.instant(utc) == canonical.instant(shanghai) == "2026-03-02T01:00:00.000000Z"
    assert (
        canonical.dumps([utc, date(2026, 3, 2)]) == '["2026-03-02T01:00:00.000000Z","2026-03-02"]'
    )


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="naive"):
        canonical.dumps(datetime(2026, 3, 2))  # noqa: DTZ001 - the naive one is the point


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(TypeError, match="set"):
        canonical.dumps({1, 2})


def test_digest_is_sha256():
    assert (
        canonical.digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_the_clock_is_aware():
    assert clock.now().utcoffset() == timedelta(0)


@given(st.text(max_size=40))
def test_codes_are_typeable(label):
    code = codes.derive(b"secret", label)
    assert len(code) == codes.LENGTH
    assert set(code) <= set(codes.ALPHABET)
    assert codes.derive(b"secret", label) == code
    assert codes.normalise(code) == code


def test_codes_depend_on_secret_and_label():
    assert len({codes.derive(s, x) for s in (b"a", b"b") for x in map(str, range(500))}) == 1000


@pytest.mark.parametrize(
    "typed", ["abcd-3467 x9", " ABCD 3467X9 ", "ａｂｃｄ３４６７ｘ９", "ab–cd.3467/x9"]
)
def test_codes_as_people_type_them(typed):
    assert codes.normalise(typed) == "ABCD3467X9"


def test_confusable_letters_are_not_used():
    assert not set("0O1IL2Z5SUV") & set(codes.ALPHABET)


def test_blind_digests_are_keyed():
    assert codes.blind(b"a", "13800000000") != codes.blind(b"b", "13800000000")


def test_flatten():
    assert dict(flatten({"a": {"b": "x", "c": {"d": "y"}}, "e": "z"})) == {
        "a.b": "x",
        "a.c.d": "y",
        "e": "z",
    }


def test_what_fills_a_text_may_be_a_word_of_the_reader():
    words = Catalogue({"zh-Hans": {"a": "没有{roles}。"}, "en": {"a": "Without {roles}."}})
    roles = row(
        [
            Worded({"zh-Hans": "窗口", "en": "desk"}),
            Worded({"zh-Hans": "审核员"}),
            Worded({"zh-Hans": "窗口", "en": "desk"}),
        ]
    )
    assert words.text("a", roles=roles) == "没有窗口、审核员。"
    assert words.text("a", "en", roles=roles) == "Without desk, 审核员."
    assert f"{roles}" == "窗口、审核员"


def test_catalogue_falls_back_gently(tmp_path):
    (tmp_path / "zh-Hans.toml").write_text('a = "甲{n}"\n[b]\nc = "丙"\n', encoding="utf-8")
    (tmp_path / "en.toml").write_text('a = "A{n}"\n', encoding="utf-8")
    words = Catalogue.from_folder(tmp_path)
    assert words.text("a", "en", n=1) == "A1"
    assert words.text("b.c", "en") == "丙"
    assert words.text("missing", "en") == "missing"
    assert words.text("a", "en", other=1) == "A{n}"
    assert words.find("missing", "en") is None


def test_a_key_given_twice_is_refused(tmp_path):
    (tmp_path / "en.toml").write_text('a = "A"\n', encoding="utf-8")
    (tmp_path / "room.en.toml").write_text('a = "B"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="given twice"):
        Catalogue.from_folder(tmp_path)


@pytest.mark.parametrize("text", ["{", "}", "{0}", "{a.b}", "{a!r:>10}", "{}", "100%", "{a[0]}"])
def test_words_with_odd_braces_do_not_break_a_page(text):
    assert isinstance(Catalogue({"en": {"k": text}}).text("k", "en", a="x"), str)
