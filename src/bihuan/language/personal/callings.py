"""Names that are ordinary words, 高兴 or 江南, and given names alone: somebody only where the text
on both sides says so."""

import re
from collections.abc import Iterator
from itertools import pairwise

from bihuan.language.personal import beside, chars, doing, pairs
from bihuan.language.personal.divided import Word, Words
from bihuan.language.personal.words import CALLINGS, COUNTIES, FAMOUS

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
    r"(?:先生|女士|小姐|同志|师傅|老师|医生|大夫|护士|警官|大爷|大妈|大娘|大叔|大姐|大哥|大嫂|大伯|大婶|阿姨|阿婆|阿伯|阿叔|老人|同学|律师|小朋友|[叔婶爷伯嫂姨](?!父|母|妈|[叔婶爷伯嫂姨])|[哥姐奶](?:子|家)?(?=[,。的说家今年也又还就都把被在来去一让当给,;!?\\s]))(?!们|节)"
)
_SAYS = re.compile(
    r"[又也还总都就]?(?:说(?![明到起]|不定)|讲|骂|答应|打了|打我|打人|告诉|反映|表示|承诺|保证|喊|哭|嚷|辱骂|殴打|威胁|推搡|家的|家里|家(?=[^园具电庭政乐居装属常教禽畜风乡])|他[爸妈爹娘]|她[爸妈爹娘妈]|一家|把[^,。;]{1,6}?[撕砸打骂扔偷拿占卖藏丢摔锁砍])"
)
_DOES = re.compile(
    r"[又也还总都就]?(?:把|让|给|替|带|跟|收了|拿了|借了|欠|占了|偷|推给|修|送|值班|负责|天天|自己|本人|名下|签字|经手|做|去报|来报|拉着|陪|帮|抢|骗|害|治|教|主刀|开车|当班|乱[停收扔搭倒]|强[迫占收]|绕|拒|闯)"
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
_NAMED_SO = re.compile(
    r"(?:[我他她人员师生长板工任记夫士,]|名字?|[名人]就|全名|真名|外号|绰号|小名|人称)叫\s?\Z"
)
# 供电所的高峰, 隔壁的常青
_OF_OFFICE = re.compile(
    r"(?:[村组班店厂校院队里]里|[开卖管修送收做看][^,。;]{1,4}|扫地|看门|做饭|办事|[所局队院校厂村组科店班楼站]|[办局头边镇乡县]|公司|社区|中心|窗口|街道|物业|隔壁|对门|楼上|楼下|那边|一起|当班|值班|管事|负责)的\Z"
)
# 我举报江河，他在河道里采砂
_HE = re.compile(r"[,。;]\s?(?:可|但|结果|因为)?[他她](?!们)")
# 值班的是童心: who did it.
_DID = re.compile(
    r"(?:值班|接待|接诊|办理|经手|负责|救|打人|打我|骂|收钱|收费|签字|开车|开门|带头|带队|领头|主刀|主讲|承包|教|管事|出面|帮忙|帮|送|偷|欠|借|租|领走|拿|写|作证|报警|报案|动手|陪|照顾|来)[^,。;!?]{0,6}的(?:正|就|还|也|又)?是\Z"
)
# 出警的民警是高原
_WHO = re.compile(
    r"的(?:民警|警察|交警|医生|大夫|护士|老师|司机|师傅|同志|人|经理|老板|队长|组长|会计|干部|工作人员|保安|网格员|律师|店员|老乡|孩子|同学|学生)(?:就|正)?是\Z"
)
_ASKED = re.compile(
    r"(?:我|我们|俺|他|她)(?:又|就|也|还|再|曾|打电话)?(?:问|告诉|请教|求|催|劝|质问|找|找过)\Z"
)
_GIVEN_ONLY = re.compile(rf"[{''.join(sorted(chars.GIVEN))}]{{2}}")
_OF_OURS = re.compile(
    r"(?:[我俺咱他她你]|我们|俺们)?(?:家)?(?:[大二三四小老幺表堂]?(?:爹|娘|爸|妈|哥|嫂|姐|妹|弟|舅|姑|姨|叔|婶|儿子|女儿|闺女|孙子|孙女|外甥|外甥女|侄子|侄女|"
    r"弟弟|妹妹|哥哥|姐姐|老公|老婆|媳妇|丈夫|妻子|爱人|对象|老伴|女婿|儿媳|娃娃|娃|孩子|儿|女))(?=(.{2}))"
)
_NAMED = re.compile(
    r"(?:把|被|在|说|今年|没|不|上|去|得|也|才|刚|都|从|和|跟|是|给|就|因|患|,|。|\d|[一二三四五六七八九十]+岁)"
)


_CUES = (beside.LABEL, beside.MINE, beside.SO_CALLED, beside.KIN, beside.OURS, _NAMED_SO)


def _led(words: Words, start: int) -> float | None:
    """What stands before; None where nothing there lets a name begin."""
    near = words.plain[max(0, start - 8) : start]
    if not near or _STOP.match(near[-1]):
        labelled = beside.LABEL.search(near) or beside.MINE.search(near) or _BRACKETED.search(near)
        return 2.5 if labelled else 0.5
    if any(cue.search(near) for cue in _CUES):
        return 2.5
    if any(cue.search(near) for cue in (_WHO, _ASKED)) or _DID.search(
        words.plain[max(0, start - 16) : start]
    ):
        return 2.1
    text = words.at(start - 1).text
    if beside.PERSON.search(near) and (len(text) > 1 or text in "员师" or near[-2:] in chars.RANKS):
        return 1.0 if _ALL_OF_THEM.search(near) else 1.9
    if beside.OFFICE.search(near) and len(text) > 1:
        return 1.0
    weak = _OF_OFFICE.search(near) or beside.THAT.search(near) or text in beside.BEFORE
    return 1.0 if weak else None


def _followed(words: Words, end: int) -> float:
    """What stands after: 0 where nobody is spoken of."""
    plain = words.plain
    if _TITLED.match(plain, end):
        return 3.0
    if words.people(end):
        return 2.2
    for pattern, says in ((_SAYS, 2.0), (_HE, 1.6), (_DOES, 1.5)):
        if pattern.match(plain, end):
            return says
    if end >= len(plain) or _STOP.match(plain[end]):
        return 0.5
    return 1.0 if _IS.match(plain, end) or doing.of_somebody(plain, end) else 0.0


def _worth(words: Words, word: Word) -> float:
    near = words.plain[max(0, word.start - 8) : word.start]
    led = _led(words, word.start)
    follows = _followed(words, word.end)
    if follows == 0.0 and _ASKED.search(near):
        follows = 0.6
    if led is None or not follows:
        return 0.0
    if word.text in COUNTIES and words.plain.startswith("的", word.end):
        # 青海的牦牛
        return 0.0
    if word.text in _MANNER and follows < (2.2 if led >= 1.0 else 3.0):
        return 0.0
    if word.tag[:1] == "t" and follows < 2.0:
        return 0.0
    # 孩子高兴, 护士温暖: said of them, unless something is done by who is named so.
    if word.tag[:1] not in ("n", "t") and follows < 1.5 and not _CALLED_BY.search(near):
        return 0.0
    return led + follows


# Who acts in a text without being called so: members, bodies, kinds of people, beasts.
_BODIES = re.compile(
    r".[人员长师友民众族兵军党委局院厂行司部队组户主贩商客东婆公爷奶娘妈爸父母亲孙妻夫家们警政办管务业会社团企单位校班区县市省镇乡村国界方站所中车船机狗猫牛羊猪鸡鸭鱼鸟马猴鼠虫理安教路道店铺库房门]\Z"
    r"|公安|农业|林业|水利|水务|文化|卫生|金融|纪律|信访|房管|城管|项目|平台|系统|法律|章程|规定|通知|通告|公告|文件|方案|文书|应急|消防|双方|全体|全家|全镇|高层|高校|商会|童子|孙子|师傅|后勤|白天|时间|原告|任何|应当|相关"
)
_MORE = 2.7


def _any_word(word: Word) -> bool:
    """Whether a word nobody thought of may be a surname and a given name: 曲直, 甘愿, 水泥."""
    text = word.text
    if len(text) != 2 or text in CALLINGS or text in FAMOUS:
        return False
    if text[0] not in chars.SINGLE and not pairs.typical(text):
        return False
    if text[0] == text[1]:
        return False
    return (word.tag[:1] in "naiz" or pairs.typical(text)) and not _BODIES.match(text)


def _by_deeds(words: Words, word: Word) -> bool:
    """Whether what is done is done by nobody but people, and a word for whom stands there."""
    near = words.plain[max(0, word.start - 8) : word.start]
    done = words.people(word.end) or _TITLED.match(words.plain, word.end)
    led = _led(words, word.start) if done or _CALLED_BY.search(near) else None
    if led is None:
        return False
    if _NAMED_SO.search(near) or (led >= 2.5 and _CALLED_BY.search(near)):
        return _followed(words, word.end) > 0
    if word.tag[:1] != "n" and led < 1.0:
        # 严厉 批评, 甘愿 受罚: how it was done.
        return False
    if pairs.typical(word.text) and _TITLED.match(words.plain, word.end):
        return True
    if word.text in COUNTIES:
        # 长春在城里买了房, never 长春的房子
        return bool(doing.ALONE.match(words.plain, word.end)) and words.plain[word.end] != "的"
    return words.people(word.end) and led + 2.2 >= _MORE


def _put_together(words: Words) -> Iterator[Word]:
    """Given names of two characters that no dictionary has: 有 粮, 海 生."""
    for first, last in pairwise(words.every):
        given = first.text + last.text
        if pairs.typical(given):
            yield Word(first.start, last.end, given, "nr")


def found(words: Words) -> Iterator[tuple[int, int]]:
    """(start, end) of every ordinary word that is somebody's name here."""
    for word in _put_together(words):
        if _worth(words, word) >= _MORE:
            yield word.start, word.end
    for word in words.every:
        if word.text in CALLINGS:
            if _worth(words, word) >= _ENOUGH:
                yield word.start, word.end
        elif _any_word(word) and _by_deeds(words, word):
            yield word.start, word.end
    yield from _given_alone(words)


def _given_alone(words: Words) -> Iterator[tuple[int, int]]:
    """我妹秀英, 儿子浩然: after one of the family a given name may stand alone."""
    plain = words.plain
    for kin in _OF_OURS.finditer(plain):
        start, end = kin.span(1)
        name = plain[start:end]
        if not _GIVEN_ONLY.fullmatch(name):
            continue
        inside = words.within(start, end)
        if name[0] == name[1] and inside[0].start == start and inside[-1].end == end:
            # 孙子乐乐, never 孩子天天
            if not (len(inside) == 1 and inside[0].tag[:1] in "dtmv"):
                yield start, end
            continue
        if not any(char in chars.TELLING for char in name):
            continue
        whole = inside[0].start == start and inside[-1].end == end
        whole = whole and not any(w.ordinary and w.text not in CALLINGS for w in inside)
        if whole and (end >= len(plain) or _NAMED.match(plain, end)):
            yield start, end
