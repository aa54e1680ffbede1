"""Search against plain substring search: recall and precision 1.0, on whichever database runs."""

import random
import unicodedata
import uuid
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.foundation.search import api as search
from bihuan.foundation.search import index
from bihuan.foundation.search.models import Document
from bihuan.language.tokens import QUERY_LIMIT, fold

pytestmark = [pytest.mark.django_db, pytest.mark.both]

TEXTS = [
    "红绿灯坏了三天，请尽快修理。", "路灯不亮，晚上害怕", "灯", "信号灯与路灯都坏了", "红灯绿灯黄灯",
    "办理营业执照排队两小时", "2026年3月2日9:30停水", "联系MY2026-000017号", "G6京藏高速K12+300处积水",
    "full Width ＡＢＣ１２３", "mixed CASE Straße ﬁne", "100%满意_不_满意", "路径C:\\灯\\x", "他说\"灯坏了\"", "it's broken",
    "emoji 😀 灯 👨‍👩‍👧", "罕见字𠮷野家𪚥", "tab\t与 空格\n换行", "a-b_c.d", "(括号)【方括号】《书名》", "??!!……——", "%%", "__", "\\",
    "灯灯灯灯灯", "坏灯", "<b>灯</b>", "日本語のテキスト", "한국어 등불", "éclair café", "٣٤٥", "NULL null", "α灯β", "x灯y坏z", "",
    "台灣路燈壞了三天", "台湾路灯", "裡面的頭髮", "里面的头发", "臺北颱風", "台北台风", "羣眾著急", "群众着急", "麵條麪館", "面条面馆",
]  # fmt: skip
LETTERS = "灯燈壞台臺湾灣里裡裏坏了红绿路亮修理年月日ABCabc０1２3% _\\'\"😀𠮷，。-"


@pytest.fixture
def filled():
    for number, text in enumerate(TEXTS, 1):
        search.put("m", number, text)
    search.put("p", 1, "红绿灯在别处")


def expected(query, texts=TEXTS):
    words = fold(query[:QUERY_LIMIT]).split()
    return [
        n
        for n in range(len(texts), 0, -1)
        if words and all(w in fold(f"{texts[n - 1]}\n") for w in words)
    ]


def pieces():
    for text in TEXTS:
        for length in (1, 2, 3, 4, 7):
            for start in range(max(1, len(text) - length + 1)):
                yield text[start : start + length]


def test_every_piece_of_every_text(filled):
    queries = {p for p in pieces() if p.strip()}
    assert len(queries) > 400
    for query in sorted(queries):
        assert list(search.find("m", query)) == expected(query), repr(query)


@pytest.mark.parametrize(
    "query",
    ["灯", "坏了", "红绿灯", "红绿灯坏了", "ＡＢＣ", "abc123", "%", "_", "\\", "'", '"', "😀", "👨‍👩‍👧", "𠮷", "𠮷野", "灯 坏",
     "  灯  ", "9:30", "MY2026-000017", "c:\\灯", "满意_", "100%", "k12+300", "《书名》", "……", "STRASSE", "ﬁ", "٣", "等",
     "台灣路燈", "台湾路灯", "臺灣", "裡面", "里面", "裏", "髮", "发", "頭髮", "颱風", "台风", "群眾", "羣众", "着急", "麪", "面馆",
     "灯'; DROP TABLE search_document; --", "灯\x00", "NOT 灯", "灯*", "NEAR(灯 坏)", "-灯", "^灯", "t:灯", "灯:*", "灯|坏", "&", "!灯"],
)  # fmt: skip
def test_awkward_queries(filled, query):
    assert list(search.find("m", query)) == expected(query)


def test_kinds_do_not_mix(filled):
    assert list(search.find("p", "红绿灯")) == [1]


def test_blank_queries_find_nothing(filled):
    for query in ("", " ", "\u3000", "\n"):
        assert list(search.find("m", query)) == []


def test_replaced_and_removed_texts(filled):
    search.put("m", 1, "全新的内容")
    assert 1 not in list(search.find("m", "红绿灯坏了"))
    assert 1 in list(search.find("m", "全新的内容"))
    search.remove("m", 1)
    assert list(search.find("m", "全新的内容")) == []
    search.remove("m", 1)


@settings(max_examples=60)
@given(st.data())
def test_random_texts_and_queries(data):
    rng = random.Random(data.draw(st.integers(0, 10**6)))
    texts = ["".join(rng.choices(LETTERS, k=rng.randint(0, 14))) for _ in range(8)]
    # Numbers of their own kind of text: examples of one test share a transaction.
    base = uuid.uuid4().int % 10**12
    for number, text in enumerate(texts, 1):
        search.put("z", base + number, text)
    for _ in range(6):
        query = "".join(rng.choices(LETTERS, k=rng.randint(1, 4)))
        mine = [n - base for n in search.find("z", query) if base < n <= base + 8]
        assert mine == expected(query, texts), (query, texts)
    for number in range(1, 9):
        search.remove("z", base + number)


def test_more_than_one_batch(db):
    for number in range(1, 351):
        search.put_new("m", number, f"第{number}盏路灯{'坏' if number % 7 == 0 else '亮'}")
    assert list(search.find("m", "路灯坏")) == [n for n in range(350, 0, -1) if n % 7 == 0]
    assert list(search.find("m", "路灯")) == list(range(350, 0, -1))


def test_likeness_ranks_and_narrows(db):
    search.put("m", 1, "人民路红绿灯坏了三天早晚高峰很堵请尽快派人修理")
    search.put("m", 2, "人民路的红绿灯坏了三天了早晚高峰非常堵请尽快派人来修理")
    search.put("m", 3, "营业执照办理排队两小时")
    found = search.alike("m", "人民路红绿灯坏了三天，早晚高峰很堵，请尽快派人修理。")
    assert [one.number for one in found] == [1, 2]
    assert found[0].score == pytest.approx(1)
    kept = search.alike("m", "人民路红绿灯坏了三天早晚高峰很堵", keep=lambda ids: {2} & set(ids))
    assert [one.number for one in kept] == [2]
    assert search.alike("m", "，。！") == []


ANSWERED = "请问东湖路路灯何时修好\n东湖路路灯坏了，晚上走路看不见。\n已安排照明所检修，线路老化，三天内更换，到时再来回访各位居民。"


def test_what_is_asked_is_found_by_title_words_and_answer(db):
    """Short questions about long texts: the exact title, its rare words in other order, the answer's."""
    search.put("p", 1, *ANSWERED.split("\n", 1))
    for number in range(2, 340):
        search.put_new(
            "p", number, f"第{number}号院暖气何时修好", "请尽快修好，晚上太冷。\n已安排检修。"
        )
    for asked in ("请问东湖路路灯何时修好", "东湖路的路灯坏了好久了", "照明所说线路老化要更换"):
        assert [one.number for one in search.alike("p", asked)] == [1], asked
    assert search.alike("p", "身份证丢了去哪里补办") == []
    assert search.alike("p", "东湖公园门票多少钱") == []


def test_words_of_asking_do_not_stop_a_match(db):
    """路灯坏了怎么报修 finds what is about lamps, among as many as there may be that ask in the same words."""
    search.put("p", 1, "人民路路灯不亮", "晚上看不见。\n已更换灯泡。")
    for number in range(2, 340):
        search.put_new("p", number, f"第{number}号院暖气坏了怎么报修", "太冷。\n已安排检修。")
    assert [one.number for one in search.alike("p", "路灯坏了怎么报修")] == [1]
    assert [one.number for one in search.alike("p", "请问路灯归谁管")] == [1]


def test_frequencies_are_counted(filled):
    assert search.refresh_frequencies("m") > 0
    assert search.refresh_frequencies("m") > 0


PAIRS = [
    ("台灣路燈", "台湾路灯"), ("臺北颱風", "台北台风"), ("裡面", "里面"), ("衛生間漏水", "卫生间漏水"), ("羣眾著急", "群众着急"),
    ("頭髮", "头发"), ("爲什麼", "为什么"), ("電線桿", "电线杆"), ("麪館", "面馆"), ("一隻狗", "一只狗"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [*PAIRS, *((b, a) for a, b in PAIRS)])
def test_each_form_finds_the_other(one, other):
    search.put("m", 1, f"门前{one}请处理")
    assert list(search.find("m", other)) == [1]
    assert [found.number for found in search.alike("m", f"门前{other}请处理")] == [1]


def _as_before(number, text):
    """As the version before kept it: width and case folded only."""
    plain = unicodedata.normalize("NFKC", text).lower()
    document = Document.objects.create(kind="m", number=number, body=plain)
    index.put(document.pk, "m", {*plain, *map("".join, pairwise(plain))}, replace=False)


def test_texts_of_the_version_before_are_folded_piece_by_piece(monkeypatch):
    texts = [f"第{n}處路燈壞了" if n % 2 else f"第{n}处路灯坏了" for n in range(1, 10)]
    for number, text in enumerate(texts, 1):
        _as_before(number, text)
    assert len(list(search.find("m", "路燈"))) == 4
    stops = iter([False, True])
    write = index.put

    def killed(*given, **named):
        write(*given, **named)
        if next(stops, False):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(index, "put", killed)
        with pytest.raises(KeyboardInterrupt):
            search.renew(piece=2)
    # The first piece stands, the second is as it was: the rest is done, nothing twice.
    assert search.renew(piece=2) == 4
    assert list(search.find("m", "路燈")) == list(search.find("m", "路灯")) == list(range(9, 0, -1))
    assert search.renew() == 0


def test_another_edition_of_the_fold_is_noticed(monkeypatch):
    assert search.renew() == 0
    _as_before(1, "路燈")
    assert search.renew() == 0
    monkeypatch.setattr("bihuan.language.tokens.edition", lambda: "another")
    assert search.renew() == 1
    assert list(search.find("m", "路灯")) == [1]


def test_a_restored_index_is_folded_too():
    _as_before(1, "路燈")
    assert search.rebuild() == 1
    assert list(search.find("m", "路灯")) == list(search.find("m", "路燈")) == [1]
