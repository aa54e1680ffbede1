"""Names that are ordinary words, 高兴 or 江南, and given names alone: somebody only where the text
on both sides says so."""

import re
from collections.abc import Iterator

from bihuan.language.personal import beside, chars
from bihuan.language.personal.likely import Word, Words
from bihuan.language.personal.words import CALLINGS

# What people do well, at ease or by the way: 学校成功把…, 家长任意停…
_MANNER_WORDS = (
    "成功 任意 平安 辛苦 严明 幸福 安心 安稳 齐心 辛勤 殷勤 冷静 关心 关爱 关怀 明显 胜利 建设 解放 许可 左右 张罗 包容 盛开 敬业 "
    "敬重 习惯 迟到 光荣 喜悦 欢喜 阳光 周到 周全 周密 成长 成才 文明 和谐 和睦 和平 安定 安全 项目 程序 程度 严谨 利落 齐全"
)
_MANNER = frozenset(_MANNER_WORDS.split())
# So much speaks for a name in all.
_ENOUGH = 2.5
_STOP = re.compile(r"[\s,。.;:、()!?\"'“”]")
_TITLED = re.compile(
    r"(?:先生|女士|小姐|同志|师傅|老师|医生|大夫|护士|警官|大爷|大妈|大娘|大叔|大姐|大哥|阿姨|老人|同学|律师|小朋友)(?!们|节)"
)
_SAYS = re.compile(
    r"[又也还总都就]?(?:说(?![明到起]|不定)|讲|骂|答应|打了|打我|打人|告诉|反映|表示|承诺|保证|喊|哭|嚷|辱骂|殴打|威胁|推搡|家的|家里|家(?=[^园具电庭政乐居装属常教禽畜风乡])|他[爸妈爹娘]|她[爸妈爹娘妈]|一家|把[^,。;]{1,6}?[撕砸打骂扔偷拿占卖藏丢摔锁砍])"
)
_DOES = re.compile(
    r"[又也还总都就]?(?:把|被|让|给|替|带|跟|收了|拿了|借了|欠|占了|偷|推给|修|送|值班|负责|天天|自己|本人|名下|签字|经手|做|去报|来报|拉着|陪|帮|抢|骗|害|治|教|主刀|开车|当班|乱[停收扔搭倒]|强[迫占收]|绕|拒|闯)"
)
_IS = re.compile(
    r"(?:的[^确话]|在|没|不|来|去|又|也|还|总|经常|已|曾|今年|和|与|住|是|接|态度|立了|,)"
)
# The people whom a text speaks of in general are not called anything.
_ALL_OF_THEM = re.compile(
    r"(?:人民|群众|大家|职工|业主|居民|市民|村民代表|代表|全体|员工|师生|家长们|学生)\Z"
)
_CALLED_BY = re.compile(r"(?:我叫|叫|名叫|我是|本人|姓名|:)\s?\Z")
_BRACKETED = re.compile(r"人[)）】\]]\Z")
_GIVEN_ONLY = re.compile(rf"[{''.join(sorted(chars.GIVEN))}]{{2}}")
_OF_OURS = re.compile(
    r"(?:[我俺咱他她你]|我们|俺们)?(?:家)?(?:[大二三四小老幺表堂]?(?:爹|娘|爸|妈|哥|嫂|姐|妹|弟|舅|姑|姨|叔|婶|儿子|女儿|闺女|孙子|孙女|外甥|外甥女|侄子|侄女|"
    r"弟弟|妹妹|哥哥|姐姐|老公|老婆|媳妇|丈夫|妻子|爱人|对象|老伴|女婿|儿媳|娃娃|娃|孩子|儿|女))(?=(.{2}))"
)
_NAMED = re.compile(
    r"(?:把|被|在|说|今年|没|不|上|去|得|也|才|刚|都|从|和|跟|是|给|就|因|患|,|。|\d|[一二三四五六七八九十]+岁)"
)


def _led(words: Words, start: int) -> float | None:
    """What stands before; None where nothing there lets a name begin."""
    near = words.plain[max(0, start - 8) : start]
    if not near or _STOP.match(near[-1]):
        labelled = beside.LABEL.search(near) or beside.MINE.search(near) or _BRACKETED.search(near)
        return 2.5 if labelled else 0.5
    cues = (beside.LABEL, beside.MINE, beside.SO_CALLED, beside.KIN)
    if any(cue.search(near) for cue in cues):
        return 2.5
    text = words.at(start - 1).text
    if beside.PERSON.search(near) and (len(text) > 1 or text in "员师"):
        return 1.0 if _ALL_OF_THEM.search(near) else 1.9
    if (
        beside.THAT.search(near)
        or text in beside.BEFORE
        or (beside.OFFICE.search(near) and len(text) > 1)
    ):
        return 1.0
    return None


def _followed(plain: str, end: int) -> float:
    """What stands after: 0 where nobody is spoken of."""
    if _TITLED.match(plain, end):
        return 3.0
    if _SAYS.match(plain, end):
        return 2.0
    if _DOES.match(plain, end):
        return 1.5
    if end >= len(plain) or _STOP.match(plain[end]):
        return 0.5
    return 1.0 if _IS.match(plain, end) else 0.0


def _worth(words: Words, word: Word) -> float:
    near = words.plain[max(0, word.start - 8) : word.start]
    led = _led(words, word.start)
    follows = _followed(words.plain, word.end)
    if led is None or not follows:
        return 0.0
    if word.text in _MANNER and follows < 3.0:
        return 0.0
    if word.tag[:1] == "t" and follows < 2.0:
        return 0.0
    # 孩子高兴, 护士温暖: said of them, unless something is done by who is named so.
    if word.tag[:1] not in ("n", "t") and follows < 1.5 and not _CALLED_BY.search(near):
        return 0.0
    return led + follows


def found(words: Words) -> Iterator[tuple[int, int]]:
    """(start, end) of every ordinary word that is somebody's name here."""
    for word in words.every:
        if word.text in CALLINGS and _worth(words, word) >= _ENOUGH:
            yield word.start, word.end
    yield from _given_alone(words)


def _given_alone(words: Words) -> Iterator[tuple[int, int]]:
    """我妹秀英, 儿子浩然: after one of the family a given name may stand alone."""
    plain = words.plain
    for kin in _OF_OURS.finditer(plain):
        start, end = kin.span(1)
        name = plain[start:end]
        if not _GIVEN_ONLY.fullmatch(name) or not any(char in chars.TELLING for char in name):
            continue
        inside = words.within(start, end)
        whole = inside[0].start == start and inside[-1].end == end
        whole = whole and not any(w.ordinary and w.text not in CALLINGS for w in inside)
        if whole and (end >= len(plain) or _NAMED.match(plain, end)):
            yield start, end
