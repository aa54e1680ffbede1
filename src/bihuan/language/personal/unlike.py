"""What speaks against a name, from its own characters and those it touches: places, measures, the
halves of sentences."""

import re

from bihuan.language.personal import beside, chars, pairs
from bihuan.language.personal.words import ORDINARY

# What roads are called everywhere, whose last character is a surname too: 人民路坑槽 is nobody.
_ROAD = re.compile("(?:人民|和平|解放|建设|中山|新华|胜利|团结|光明|长江|黄河|迎宾|滨河|环城)路")

ADDRESSED = frozenset(
    [
        "先生",
        "女士",
        "小姐",
        "同志",
        "老师",
        "师傅",
        "主任",
        "医生",
        "大爷",
        "大妈",
        "阿姨",
        "大夫",
        "护士",
        "队长",
        "书记",
    ]
)


def against(plain: str, start: int, own: int, end: int, *, sure: bool) -> float:
    """How much speaks against a stretch; `own` characters of it are a surname, `sure`: hardly ever
    anything else."""
    name = plain[start:end]
    worth = _cut(plain, start, end, own)
    if name[-1] in beside.WHERE and not sure:
        worth += 1.5
    if len(name) > own + 1:
        worth += _settled(name, own)
    if name[-1] in beside.PLACE or name[-1] in beside.THING:
        # 潘金山 is called after a mountain, 白云山 is one.
        high = name[-1] in "山海江" and name[:own] not in chars.WEAK
        high = high or (name[-1] in "山海江河" and pairs.typical(name[own:]))
        worth += 1.5 if high or (name[-1] in beside.NATURE and sure) else 3.0
    return worth


def _cut(plain: str, start: int, end: int, own: int) -> float:
    """Where it begins like a word, after a number, or goes on like half a sentence."""
    name = plain[start:end]
    # 黄先生来电: what people are called by is not cut through.
    worth = 6.0 if plain[end - 1 : end + 1] in ADDRESSED else 0.0
    if name[:2] in ORDINARY and own == 1:
        worth += 0.5 if name[-1] in chars.TELLING else 1.5
    if start and plain[start - 1].isascii() and plain[start - 1].isalnum():
        # A3区, 13万: a measure.
        worth += 4.0 if name[0] in chars.WEAK or name[0] in beside.MEASURES else 1.0
    if len(name) > own + 1 and name[-1] in "和与及跟同" and beside.ANY.match(plain, end):
        worth += 2.5
    if name[0] == "连" and beside.EVEN.match(plain, start):
        worth += 4.0
    return worth


def _settled(name: str, own: int) -> float:
    """李村河, 郑家冲, 谢家仍."""
    worth = 3.0 if name[-1] in beside.STREET else 0.0
    if name[own] == "家" and name[-1] not in chars.GIVEN:
        worth += 2.0
    return worth + (4.5 if beside.SETTLED.match(name, own) else 0.0)


def is_road(plain: str, start: int) -> bool:
    """Whether the surname at a place is the end of a road's name."""
    return _ROAD.fullmatch(plain, max(0, start - 2), start + 1) is not None
