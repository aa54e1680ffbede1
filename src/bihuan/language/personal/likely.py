"""Names without a cue: how much speaks for one, from its characters, the words around it and how
the text falls into words.

Words come from jieba's dictionary (`rjieba`). A name is what the dictionary does not explain: a
surname and one or two characters that stand alone between whole words.
"""

import re
from collections.abc import Iterable, Iterator

import rjieba

from bihuan.language.personal import beside, chars, doing, pairs
from bihuan.language.personal.divided import Word, Words
from bihuan.language.personal.unlike import against, is_road
from bihuan.language.personal.words import BRANDS, COUNTIES, EVERYDAY, FAMOUS, ORDINARY

# What must speak for a name in all, for one of two characters, and for one beside another name.
ENOUGH = 3.8
_SHORT = 5.0
_BESIDE = 3.0
_NEVER = -20.0
# The most that what stands around can say.
_AROUND = 6.5
# How often a list of names is gone through for the next one.
_IN_A_LIST = 8
# Where something points at it and something follows it, both count more.
_POINTED, _FOLLOWED, _POINTS = 1.7, 1.5, 0.7
_STOP = re.compile(r"[\s,。.;:、()（）!?！？\"'“”‘’《》<>\[\]【】/|+=\-~…·]")
_HAN = re.compile(f"{chars.HAN}{{1,2}}")


def _sure(own: str) -> bool:
    """Whether a surname is hardly ever anything else."""
    return len(own) > 1 or own in chars.ONLY or own in chars.PLAIN


def _surname(own: str) -> float:
    if len(own) > 1:
        return 2.0 if own in chars.DOUBLE_WEAK else 4.3
    if own in chars.RARELY or own in pairs.BEGINNING:
        return -2.0
    if own in chars.WEAK:
        return 1.2
    if own in chars.ONLY:
        return 4.3
    return 4.0 if own in chars.PLAIN else 2.5


def _given(given: str) -> float:
    paired = pairs.typical(given)
    if given not in beside.NAMED and not paired and any(char in beside.FUNCTION for char in given):
        return _NEVER
    worth = 0.0
    for place, char in enumerate(given):
        if char == "阿" and not place and given[1:] in chars.GIVEN:
            continue
        if char in beside.SELDOM:
            # 有财, 三柱: a village's.
            worth += -1.2 if place or given[1:] not in chars.RURAL else 0.3
        else:
            worth += 1.5 if char in chars.TELLING else 0.7 if char in chars.GIVEN else -0.9
    if given in beside.LONE:
        worth -= 2.2
    if given in ("得", "才"):
        # 热得, 冷得要命
        return _NEVER
    if len(given) > 1 and given[0] == given[1]:
        worth += 1.5
    elif given[-1] in chars.ONLY or given[-1] in beside.FIRST_ONLY:
        # 郑凯 吴昕: the next one's surname.
        worth -= 1.2
    return worth


def _paired(words: Words, start: int, own: int, end: int) -> float:
    """What it says that a given name is put together as given names are."""
    if not pairs.typical(words.plain[start + own : end]):
        return 0.0
    for word in words.within(start + own, end):
        inside = word.start >= start + own and word.end <= end
        place = word.tag in ("ns", "nz") and word.text not in EVERYDAY
        if inside and word.ordinary and not place:
            # 来 开春: a word of everybody.
            return 0.0
    return 2.6 if words.plain[start : start + own] in pairs.BEGINNING else 0.7


def _cut_before(words: Words, word: Word, start: int, end: int) -> float:
    """What it says against a stretch that it begins inside a word."""
    led = word.end < end and words.plain[word.start : start] in beside.BEFORE
    if led and pairs.typical(words.plain[end - 2 : end]):
        # 我 向来 长顺 反映
        return 1.0
    return 2.0 if _whole_before(words.plain, start) else 5.0


def _whole_before(plain: str, start: int) -> bool:
    """Whether a word of some length ends where the stretch begins: 楼长 石玲, not 楼 长石 玲."""
    return len(rjieba.cut(plain[max(0, start - 4) : start], hmm=False)[-1]) > 1


def _cut_behind(words: Words, word: Word, end: int) -> float:
    """What it says against a stretch that it ends inside a word."""
    if word.end == end + 1 and words.plain[end] == "家":
        # 志 高家 的甘蔗: every surname makes such a word.
        return 0.5
    if _whole_after(words.plain, end):
        return 2.0
    return 2.5 if words.people(end) else 5.0


def _whole_after(plain: str, end: int) -> bool:
    return len(rjieba.cut(plain[end : end + 4], hmm=False)[0]) > 1


def _inside(words: Words, start: int, own: int, end: int) -> float:
    """What the division into words says of a stretch."""
    touched = words.within(start, end)
    worth = 0.0
    if touched[0].start < start:
        worth -= _cut_before(words, touched[0], start, end)
    if touched[-1].end > end:
        worth -= _cut_behind(words, touched[-1], end)
    if len(touched) > 1:
        said = words.plain[start : start + own]
        sure = _sure(said) and said not in beside.ASKS
        parts = (word for word in touched if len(word.text) > 1)
        worth += sum(_part(word, start, own, end, sure=sure) for word in parts)
        alone = all(len(word.text) == 1 or word.end == start + own for word in touched)
        return worth + 1.0 if alone else worth
    word = touched[0]
    if (word.start, word.end) != (start, end):
        return worth
    if word.ordinary:
        return worth - 6.0
    if word.text[-1] in beside.PLACE:
        # 白龙江 is as likely to be one.
        return worth
    return worth + (1.5 if end - start > 2 or _sure(words.plain[start : start + own]) else 0.3)


def _part(word: Word, start: int, own: int, end: int, *, sure: bool) -> float:
    """What a word of some length says that is part of a stretch."""
    if word.start <= start and word.end > start + own:
        # 高翔 宇: a word made of the surname and half of the rest.
        return -2.0 if word.ordinary else 0.3
    if word.start == start + own and word.end == end:
        return _given_word(word, sure=sure)
    return -1.0 if word.start != start else 0.0


def _given_word(word: Word, *, sure: bool) -> float:
    """What it says that a whole given name is a word."""
    if word.text[0] == "阿" or (word.text[0] in beside.SELDOM and word.text[1:] in chars.RURAL):
        # 阿妹, 二柱
        return 0.0
    if word.text in EVERYDAY:
        return -1.0 if sure else -3.5
    chosen = all(char in chars.GIVEN for char in word.text)
    if not chosen and word.ordinary and not word.tag.startswith(("nz", "ns")):
        # 原规划, 曾发布, 何措施.
        return -3.0 if sure else -3.5
    worth = 0.3
    if word.ordinary and word.tag == "n" and not pairs.typical(word.text):
        worth = -0.6 if sure else -1.2
    elif word.tag[:1] in "vdrtfmcpsq" or word.text in ORDINARY:
        worth = -0.8 if chosen else -2.0
    return worth


def _before(words: Words, start: int) -> float:
    near = words.plain[max(0, start - 8) : start]
    if any(cue.search(near) for cue in (beside.LABEL, beside.MINE, beside.SO_CALLED)):
        return 2.7
    if not near or _STOP.match(near[-1]):
        return 1.0
    word = words.at(start - 1)
    text = word.text[: start - word.start]
    if word.end > start:
        # The dictionary's cut is one of two: 楼 长石 玲.
        text = rjieba.cut(near, hmm=False)[-1]
    return _cued(near, text) or _led(text, word.tag)


def _cued(near: str, text: str) -> float:
    """What a word says that people are named after; 0 where it is none. `text` is the last one."""
    whole = len(text) > 1 or near[-1] in "员师" or near[-2:] in chars.RANKS
    if (
        beside.KIN.search(near)
        or beside.OURS.search(near)
        or (beside.PERSON.search(near) and whole)
    ):
        return 2.7
    if beside.THAT.search(near):
        return 2.0
    if text in beside.BEFORE or text in beside.KIN_ALONE or near[-1] in "是叫":
        return 1.7
    if beside.CLASS.search(near) or beside.WHY.search(near):
        return 1.7
    office = beside.OFFICE.search(near) and (len(text) > 1 or text in "小中村组")
    return 1.5 if office else 0.0


def _led(text: str, tag: str) -> float:
    """What a word of no one in particular says of what follows it."""
    if tag[:1] in "vp" and text not in ("的", "了", "过"):
        return 1.0
    if text in ("的", "了", "过") or tag[:1] in "tf" or tag.startswith("ns"):
        return 0.7
    return 0.0 if len(text) > 1 else -1.0


def _is_addressed(plain: str, end: int) -> bool:
    """Whether a line begins with what stands before and a colon: 岳某某:您好."""
    return plain.startswith(":", end) and bool(beside.GREETED.match(plain, end))


def _after(words: Words, end: int) -> float:
    plain = words.plain
    if beside.AS_PERSON.match(plain, end) or _is_addressed(plain, end):
        return 3.0
    if beside.FORM_NEXT.match(plain, end):
        return 2.0
    if end >= len(plain) or (_STOP.match(plain[end]) and not beside.NUMBERED.match(plain, end)):
        return 1.0
    return _place_after(plain, end) or _word_after(words, end)


def _place_after(plain: str, end: int) -> float:
    """What is said of a place or a firm by what follows; 0 where nothing is."""
    if plain[end] in beside.PLACE or beside.GROUP.match(plain, end):
        return -5.0
    if beside.NUMBERED.match(plain, end):
        return -6.0
    return -2.0 if beside.FIRM.match(plain, end) else 0.0


def _word_after(words: Words, end: int) -> float:
    plain = words.plain
    word = words.at(end)
    text, tag = word.text, word.tag
    if word.start < end:
        text, tag = rjieba.tag(plain[end : end + 6], hmm=False)[0]
    if beside.ALIKE.match(plain, end):
        return -3.0
    if text not in beside.AFTER and chars.CALLED.match(plain, end):
        return 3.0
    if words.people(end):
        return 2.5
    does = chars.DOES.match(plain, end) is not None
    if not does and (_is_ware(text, tag) or _is_ware(*_next(words, end + 1))):
        # 张小泉菜刀, 孙记包子铺
        return -4.5
    return _followed(text, tag, does=does)


def _next(words: Words, place: int) -> tuple[str, str]:
    """The word that begins at a place: of 裕泰茶庄, 茶庄."""
    word = words.at(min(place, len(words.plain) - 1))
    return (word.text, word.tag) if word.start == place else ("", "")


def _is_ware(text: str, tag: str) -> bool:
    return tag[:1] in "nz" and len(text) > 1 and text[-1] in beside.WARES


def _followed(text: str, tag: str, *, does: bool) -> float:
    """What a word says of what it follows; `does`: it is something that people do."""
    if text in beside.AFTER:
        return 1.7
    if does or tag[:1] in "vd":
        return 1.5
    if tag.startswith("nr") and text[0] in chars.SINGLE:
        return 1.0
    return 0.7 if tag[:1] in "pct" or text[0] in "一二三四五六七八九十两" else -0.3


_FIRST = re.compile(r"\n[ \t]{0,40}\Z")
_LAST = re.compile(r"[ \t]{0,40}(?:\n|\Z)")


def _alone(plain: str, start: int, end: int) -> bool:
    led = _FIRST.search(plain[max(0, start - 41) : start])
    return led is not None and _LAST.match(plain, end) is not None


def around(words: Words, start: int, end: int) -> float:
    """What the words on both sides of a stretch say for its being a name."""
    before, after = points(words, start), _follows(words, end)
    if _alone(words.plain, start, end):
        # A line of its own, at the end: who signs.
        return before + after + _POINTED
    both = _POINTS if before >= _POINTED and after >= _FOLLOWED else 0.0
    if before >= 1.5 and beside.CLEFT.match(words.plain, end):
        # 墙是甲砌的.
        both += 1.2
    return before + after + both


def points(words: Words, start: int) -> float:
    """What the words before a place say for a name's beginning there."""
    if start not in words.led:
        words.led[start] = _before(words, start)
    return words.led[start]


def _follows(words: Words, end: int) -> float:
    if end not in words.followed:
        words.followed[end] = _after(words, end)
    return words.followed[end]


def worth(words: Words, start: int, end: int) -> float:
    """How much speaks for a stretch's being a name."""
    plain = words.plain
    name = plain[start:end]
    own = 2 if chars.DOUBLE.match(name) and len(name) > 2 else 1
    return _worth(words, start, own, end)


def _refused(name: str, own: int) -> bool:
    """Whether a stretch is nobody's name in any surroundings."""
    given = name[own:]
    if given[0] == "某" or given in beside.CALLED_SO or chars.CALLED.fullmatch(given):
        return True
    if name[:own] in chars.DOUBLE_WEAK and not chars.GIVEN.issuperset(given):
        return True
    return name in ORDINARY or name in FAMOUS or name in BRANDS


def _known(words: Words, start: int, own: int, end: int, *, sure: bool) -> float:
    """What a given name is worth where a word of every sentence is in it: 萧何, 茅以成."""
    name = words.plain[start:end]
    word = words.at(start)
    if word.text == name and word.start == start and not word.ordinary:
        return 0.0
    soft = sure and beside.FUNCTION.isdisjoint(set(name[own:]) - beside.SOFT)
    return -1.5 if soft else _NEVER


def _something(words: Words, start: int, own: int, end: int) -> float:
    """What says that it is a place, a plant, something called after somebody, or half a sentence."""
    name = words.plain[start:end]
    worth = 0.0
    if name in COUNTIES:
        worth += 1.3 if words.people(end) and words.plain[end : end + 1] != "的" else 6.0
    if len(name) > own + 1 and name[-1] in "花草树藤菜果豆菌叶" and not _sure(name[:own]):
        # 凤仙花, 金鱼草
        worth += 4.0 if rjieba.has_word(name[:2]) else 0.0
    if len(name) > own + 1 and (name[:2] in FAMOUS or name[:2] in BRANDS):
        # 鲁班锁
        worth += 4.0
    if name[0] == "时" and 0.0 <= points(words, start) < 1.0:
        # 结算 时 才发现
        worth += 4.0
    return worth


def _worth(words: Words, start: int, own: int, end: int) -> float:
    name = words.plain[start:end]
    if _refused(name, own) or is_road(words.plain, start):
        return _NEVER
    sure = _sure(name[:own])
    given = _given(name[own:])
    if given == _NEVER:
        given = _known(words, start, own, end, sure=sure)
        if given == _NEVER:
            return _NEVER
    worth = _surname(name[:own]) + given + _paired(words, start, own, end)
    worth -= against(words.plain, start, own, end, sure=sure)
    worth += _inside(words, start, own, end)
    if name[own:] in beside.DEEDS:
        worth += _deeds(words, start, end)
    # Nothing around it could make up for so little.
    if worth < _BESIDE - _AROUND:
        return worth
    if end - start == own + 1:
        before = points(words, start)
        if before == 0.0 or (before < 1.5 and name[own:] not in chars.GIVEN):
            # 盛世 华庭, 科尔沁 牛业: the second half of a longer name; 杨絮
            worth -= 1.0
    return worth - _something(words, start, own, end) + around(words, start, end)


def _deeds(words: Words, start: int, end: int) -> float:
    """What makes up for a given name's being what people do: 车前进 where only people act."""
    if words.people(end):
        return 4.5
    if doing.of_somebody(words.plain, end):
        return 3.6
    return 3.0 if points(words, start) >= 2.7 else 0.0


def _begun(plain: str) -> Iterator[tuple[int, int]]:
    """(place, length) of everything that may be a surname."""
    for match in chars.DOUBLE.finditer(plain):
        yield match.start(), 2
    for place, char in enumerate(plain):
        if char in chars.SINGLE or (
            char in pairs.BEGINNING and pairs.typical(plain[place + 1 : place + 3])
        ):
            yield place, 1


def _maybe(words: Words) -> list[tuple[float, int, int]]:
    """(worth, start, end) of everything for which enough speaks beside another name, best first."""
    plain = words.plain
    maybe = []
    for start, own in _begun(plain):
        for end in (start + own + 2, start + own + 1):
            if end <= len(plain) and _HAN.fullmatch(plain, start + own, end):
                worth = _worth(words, start, own, end)
                if worth >= _BESIDE:
                    maybe.append((worth, start, end))
    return sorted(maybe, key=lambda m: (-m[0], m[1]))


def found(words: Words, named: Iterable[int] = ()) -> list[tuple[int, int]]:
    """(start, end) of names that nothing points at, apart from each other.

    `named` are places where a name found otherwise begins or ends: beside one, and in a list
    with it, less need speak for another.
    """
    maybe = _maybe(words)
    taken: list[tuple[int, int]] = []
    # Place by place: a text full of names must not cost the square of its length.
    covered = bytearray(len(words.plain))
    for worth, start, end in maybe:
        enough = ENOUGH if end - start > 2 else _SHORT
        if worth >= enough and not any(covered[start:end]):
            taken.append((start, end))
            covered[start:end] = b"\1" * (end - start)
    beside = {*named, *(place for stretch in taken for place in stretch)}
    for _ in range(_IN_A_LIST):
        before = len(taken)
        for _, start, end in maybe:
            if not any(covered[start:end]) and _listed(words.plain, start, end, beside):
                taken.append((start, end))
                covered[start:end] = b"\1" * (end - start)
                beside |= {start, end}
        if len(taken) == before:
            break
    return taken


def _listed(plain: str, start: int, end: int, beside: set[int]) -> bool:
    left = start - 1 if start and plain[start - 1] in "、和与及" else start
    right = end + 1 if end < len(plain) and plain[end] in "、和与及" else end
    return left in beside or right in beside
