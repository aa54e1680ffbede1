"""Names of people: after a cue, before a title, beside a relation or an office, or standing alone
where a sentence begins or takes one.

A Chinese name is a surname and one or two characters of those that parents choose; a name of other
peoples has a middle dot, or characters that only transcriptions use. Where the surroundings say
less, the characters must say more.
"""

import re
from collections.abc import Iterator

from bihuan.language.personal import beside, callings, chars, doing, latin, likely, pairs, peoples
from bihuan.language.personal.divided import Words
from bihuan.language.personal.letters import DOTS
from bihuan.language.personal.words import BRANDS, CALLINGS, COUNTIES, EVERYDAY, FAMOUS, ORDINARY

# What transcriptions of Uyghur, Kazakh, Tibetan, Mongol and Hui names are written with.
_TRANSCRIBED = (
    "阿艾买买提吐尔逊江热合曼依明玛木卡德尔克力古丽娜孜汗拜巴图伊斯拉穆罕默德萨伊苏里坦努尔帕夏提哈迪斯亚森库尔班玉素甫"
    "吾甫麦海加合沙吉米热扎西顿珠尼次仁卓嘎多杰旺堆格桑央金拉姆达瓦洛桑丹增强平措白玛索朗坚赞顿孟和布呼格其乌云苏日娜塔"
    "那仁图雅额尔敦朝鲁胡勒根别赛肯叶居马阔孜亥别尔波拉提塔斯恒迪拜尔阿不都则依再乃比布祖农凯赛尔霍加买合木西日"
)
_S = f"(?:{chars.DOUBLE_SURNAMES}|[{''.join(sorted(chars.SINGLE))}])"
_HAN = chars.HAN
_G = f"[{''.join(sorted(chars.GIVEN))}]"
_DOT = f"[{DOTS}.]"
_END = r"[,。.;:、\s()（）!?！？\"'“”‘’《》<>\[\]/|+=\n]"
# Only people do these: before them a surname may be an ordinary word.
_PERSONAL = r"说|诉称|称|反映|表示|来电|来信|签字|负责|确认|认为|投诉|告诉|回答|,男|,女|先生|女士"
_KIN = (
    r"父亲|母亲|爸爸|妈妈|儿子|女儿|闺女|丈夫|妻子|爱人|老公|老婆|媳妇|孩子|弟弟|哥哥|姐姐|妹妹|叔叔|伯伯|舅舅|姑姑|姨妈|爷爷|奶奶|外公|外婆|"
    r"我[爸妈爹娘哥姐弟妹姑舅姨叔伯爷奶儿女婿]|岳父|岳母|公公|婆婆|孙子|孙女|外甥|侄子|侄女|亲戚|邻居|朋友|同事|同学|房东|房客|租客|室友|对象"
)
_OFFICE = (
    r"工作人员|网格员|村支书|支书|书记|村主任|主任|会计|经理|老板|队长|组长|所长|局长|科长|院长|校长|站长|医生|护士|老师|班主任|教师|律师|"
    r"民警|警官|辅警|协警|交警|城管|司机|客服人员|客服|保安|物业经理|项目经理|承办人|审核人|经办人|经手人|答复人|负责人|签发人|"
    r"住户|业主|户主|车主|店主|摊主|机主|村民|居民|市民|家长|学生|患者|病人|职工|农民工|工人|老人|受害人|死者|伤者|原告|被告|当事人|"
    r"信访人|上访人|签收人|承包人|购房人|被执行人|申诉人|上诉人|被投诉人|投诉人|举报人|被举报人|诉求人|反映人|来信人|来电人|来访人|致电人|求助人|申请人|联系人|收件人|寄件人|法定代表人|法人代表|法人|代理人|"
    r"监护人|继承人|承租人|出租人|产权人|权利人|担保人|借款人|党员|干部|代表|志愿者|护工|厂长|董事长|总经理|股东|员工"
)
# After these a colon may follow and then a name of any characters.
_LABEL = (
    r"[记登录受见证填复监管签保收付]\w人|信访人|签收人|承租人|承包人|当事人姓名|姓名|真名|真实姓名|名字|联系人|反映人|反映人姓名|投诉人|被投诉人|举报人|被举报人|诉求人|来信人|来电人|来访人|致电人|求助人|申请人|当事人|经办人|"
    r"承办人|审核人|答复人|负责人|签发人|收件人|寄件人|户主|业主|患者|法定代表人|法人代表|法人|监护人|代理人|投诉对象|反映对象|落款|署名|"
    r"经手人|车主|机主|家长|学生|老师"
)
_ME = r"我的名字是|我的名字叫|名字叫|名字是|我名叫|名叫|我叫|本人叫|本人姓名|本人系|本人是|本人|我是|我姓|自称|化名|写的是|写着|署名为|登记为|户主系|真名|真名为|叫做|叫"
_TAKES = r"[和与及跟向对找被由让请把给为将替据经]|联系|通知|告知|转告|回访|走访|询问|感谢|表扬|举报|投诉|起诉|协助|陪同|昨天|今天|前天|上午|下午|会同|致电|经与|接到|收到|代为|转交|户名|表扬|同意|批准|建议|经调查|经核实|经查|回访时|据了解|店员|乘客|顾客|病友|队员|职员|安排|现将|派|委托|派出|上门找|咨询|原来的|前任"
_NOT_AFTER = r"(?![路街巷区县市镇乡村局所站院校厂桥河湖山庄园场馆楼寺塔湾港口岛州省府])"
_BLANK_NAME = rf"{_HAN}(?:\s{{1,3}}{_HAN}){{1,3}}"
_DOTTED = rf"{_HAN}{{1,8}}(?:\s?[{DOTS}]\s?{_HAN}{{1,8}}){{1,4}}"
# Words for people end in these: 水管员, 村医, 表哥, 来访群众.
_SOMEBODY = "[员医警哥姐妹弟婆爷叔姨舅嫂众民友人长蜜客]"
_PLAIN = f"[{''.join(sorted(chars.PLAIN))}]"
_T = f"[{''.join(sorted(chars.TELLING))}]"
_TR = f"[{''.join(sorted(set(_TRANSCRIBED)))}]"
_FULL_END = rf"(?=$|{_END}|{chars.SAID}|{chars.TITLE}|{chars.RANK})"


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


# A name is the group; which characters it may have, `_plausible` asks afterwards.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Of other peoples: after a cue or before a title any characters, else those of transcriptions.
    (
        _of(
            rf"(?:{_ME}|{_LABEL}|{_OFFICE}|{_KIN})\s?(?:叫|是|为)?[\s:]{{0,3}}({_DOTTED}){_FULL_END}"
        ),
        "any",
    ),
    (_of(rf"({_TR}{{1,8}}(?:\s?{_DOT}\s?{_TR}{{1,8}}){{1,4}})"), "any"),
    (_of(rf"(?:{_ME})[\s:]{{0,2}}({_TR}{{3,7}}?){_FULL_END}"), "any"),
    (_of(rf"(?:^|{_END}|{_TAKES}|{_OFFICE}|{_KIN})({_TR}{{3,7}}?)(?={chars.TITLE})"), "any"),
    (
        _of(
            rf"(?:阿訇|喇嘛|毕摩|{_HAN}族(?:老乡|妇女|姑娘|小伙子?|大[爷妈叔婶娘]|阿[姨妈爸]|老人|同胞|歌手|学生|牧民|村民|兄弟))({_TR}{{3,7}}?){_FULL_END}"
        ),
        "any",
    ),
    # A label and a colon: whatever stands there to the next stop.
    (
        _of(
            rf"(?:{_LABEL})[)）\]】]?\s{{0,3}}[:：]\s{{0,3}}({_HAN}{{2,4}}?)(?=$|{_END}|{chars.TITLE}|电话|手机|身份证|性别|联系)"
        ),
        "label",
    ),
    (
        _of(
            rf"(?:{_LABEL})[)）\]】]?\s{{0,3}}(?:[:：]|是|为)?\s{{0,3}}({_BLANK_NAME})(?=$|{_END})"
        ),
        "spaced",
    ),
    (_of(rf"我是[^,。;!?\n]{{1,10}}的({_S}{_G}{{1,2}}?)(?=$|{_END})"), "doing"),
    (_of(rf"(?:{_LABEL})[)）\]】](?:\s?[:：])?({_S}{_HAN}{{1,2}})(?=$|{_END})"), "label"),
    (_of(rf"(?:{_LABEL})\s{{1,3}}({_S}{_HAN}{{1,2}})(?=$|{_END})"), "label"),
    # 我叫X, 本人X
    (_of(rf"(?:{_ME})[\s:]{{0,3}}({_BLANK_NAME})(?=$|{_END})"), "spaced"),
    (_of(rf"(?:{_ME})[\s:]{{0,3}}({_S}{_HAN}{{1,2}}?){_FULL_END}"), "cued"),
    (_of(rf"我是[^,。;!?\n]{{1,10}}的({_S}{_HAN}{{1,2}}?)(?=$|{_END})"), "cued"),
    (
        _of(rf"(?:我叫|名叫|名字是|名字叫|本人姓名)[\s:]{{0,3}}({_HAN}{{2,4}})(?=$|[,。;、\s])"),
        "label",
    ),
    (
        _of(rf"(?:有[个位人]|[这那][个位]?|一[个位名])(?:名|姓名)?叫({_HAN}{{2,4}}?)(?=的|,|。|$)"),
        "label",
    ),
    (_of(rf"姓({_S}名(?:叫)?{_HAN}{{1,2}})(?=$|{_END})"), "label"),
    # X先生
    (_of(rf"({_BLANK_NAME})(?=\s?(?:{chars.TITLE}))"), "spaced"),
    (_of(rf"({_S}{_HAN}{{1,2}})(?=\s?(?:先生|女士|小姐))"), "called"),
    (_of(rf"({_S}{_HAN}{{1,2}})(?=\s?(?:{chars.TITLE}))"), "titled"),
    (_of(rf"({_S}{_G}{{1,2}})(?=(?:{chars.RANK}){_END})"), "open"),
    # 父亲X, 网格员X
    (_of(rf"(?:{_KIN}|{_OFFICE})(?:叫|是|为|名叫)?\s?({_S}{_HAN}{{1,2}}?){_FULL_END}"), "beside"),
    (_of(rf"(?:{_KIN}|{_OFFICE})(?:叫|是|为|名叫)?\s?({_S}{_G}{{2}}){_NOT_AFTER}"), "beside"),
    (_of(rf"(?:{_KIN}|{_OFFICE})(?:叫|是|为|名叫)?\s?({_S}{_T}){_NOT_AFTER}"), "beside"),
    # X anywhere, where surname and characters leave little doubt
    (_of(rf"({_PLAIN}(?:{_T}{_G}|{_G}{_T})){_NOT_AFTER}"), "doing"),
    (_of(rf"({_S}{_T}{{2}}){_NOT_AFTER}"), "open"),
    (_of(rf"({_PLAIN}{_T}){_FULL_END}"), "doing"),
    # X, standing alone
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}{_T}){_FULL_END}"), "doing"),
    (_of(rf"(?:^|{_END}|{_TAKES}|{_KIN}|{_OFFICE}|{_SOMEBODY})({_PLAIN}{_G}){_FULL_END}"), "doing"),
    (_of(rf"{_SOMEBODY}({_S}{_G}?{_T}){_NOT_AFTER}"), "doing"),
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}{_G}{{2}}){_FULL_END}"), "open"),
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}{_G}{{2}})(?={_PERSONAL})"), "doing"),
    (_of(rf"(?:^|{_END}|{_TAKES}|的)({_S}{_G}{{1,2}})(?=先生|女士|同志)"), "titled"),
    (_of(rf"^\s{{0,4}}({_S}{_HAN}{{1,2}})\s{{0,4}}$"), "cued"),
    (_of(rf"(?:回访|走访|感谢|告知|转告|询问|电话联系)({_S}{_G})(?=$|{_END}|的)"), "open"),
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}(?:{_T}{_G}|{_G}{_T})){_NOT_AFTER}"), "open"),
    (_of(rf"(?:^|{_END}|{_TAKES})((?:{chars.DOUBLE_SURNAMES}){_G}{{1,2}}){_FULL_END}"), "open"),
)
# How much a rule leaves to what the text says besides.
_LOOSE = frozenset(["open", "doing", "beside", "cued", "next", "titled"])
_OPEN = frozenset(["open", "doing", "next"])
_NEXT = re.compile(rf"\s?[、,和与及]\s?({_S}{_G}{{1,2}}?){_FULL_END}")
_SURNAME = re.compile(_S)
# A given name that is known where it stands alone.
_CHOSEN = re.compile(rf"{_T}{_G}|{_G}{_T}")
# Of how many names a text is gone through once more.
_SOUGHT_AGAIN = 200
# What must speak for one element of a name of another people.
_BETWEEN = 2.4
# So much points at somebody: 谢谢扎西, 我和扎西.
_POINTS = 1.7
# Less than this says that a rule was misled.
_DOUBT = 3.5
_CALLED = frozenset(f"{chars.TITLE}|{chars.RANK}".split("|"))


def surname(name: str) -> str:
    """The part of a name that stays."""
    match = _SURNAME.match(name)
    # 公明 may be somebody's whole name.
    return match.group() if match and match.end() < len(name) else name[:1]


def _plausible(name: str, how: str) -> bool:
    bare = re.sub(r"\s", "", name)
    own = surname(bare)
    given = bare[len(own) :]
    wordy = bare[:2] in ORDINARY
    if given in _CALLED or given[:1] == "某" or (given == "建设" and how != "label"):
        return False
    if how not in {"label", "any"} and set(given) & beside.FUNCTION:
        return False
    if how in ("any", "label"):
        return not (wordy and bare in ORDINARY)
    wordy = wordy and how != "spaced"
    if (bare in ORDINARY and how != "spaced") or not _SURNAME.match(bare) or not 0 < len(given) < 3:
        return False
    return _fits(own, given, how, wordy=wordy)


def _fits(own: str, given: str, how: str, *, wordy: bool) -> bool:
    """Whether surname and characters say as much as the surroundings `how` leave open."""
    chosen = sum(char in chars.GIVEN for char in given)
    every = chosen == len(given)
    strong = own not in chars.WEAK
    if how == "next":
        return every and not wordy
    if how in ("beside", "open", "doing"):
        placed = (own in chars.RARELY and how != "doing") or wordy
        placed = placed or (given[-1] in chars.PLACE_END and how != "beside")
        placed = placed or (how == "doing" and len(given) == 1 and not strong)
        partly = how == "beside" and len(given) == 2 and chosen == 1
        return not placed and ((every and (strong or how != "open")) or (partly and strong))
    # After a cue or before a title one character may be rare; what begins like a word may not.
    if wordy or not strong or own in chars.RARELY:
        return every
    return how in ("titled", "called", "spaced") or chosen >= 1


def _pointed(plain: str, words: Words) -> Iterator[tuple[int, int]]:
    """What a rule points at, unless it cuts a word of everybody in two."""
    blank = re.search(r"\s", plain)
    for pattern, how in _RULES:
        if how == "spaced" and not blank:
            continue
        for match in pattern.finditer(plain):
            start, end = match.span(1)
            if not _plausible(plain[start:end], how):
                continue
            given = plain[end - 2 : end]
            labelled = how == "beside" and end - start > 2 and pairs.typical(given)
            if how in _LOOSE and not labelled and words.cuts(start, end):
                continue
            if how in _OPEN and likely.worth(words, start, end) < _DOUBT:
                continue
            yield start, end


def _again(plain: str, words: Words, hits: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Who is named once is the same person further on, and by the given name alone."""
    names = {plain[start:end] for start, end in hits if end - start > 1}
    names = {name for name in names if name not in ORDINARY}
    if names:
        longest = sorted(names, key=lambda name: (-len(name), name))[:_SOUGHT_AGAIN]
        for match in re.finditer("|".join(map(re.escape, longest)), plain):
            yield match.span()
        given = [name[len(surname(name)) :] for name in longest if _SURNAME.match(name)]
        alone = sorted({one for one in given if _CHOSEN.fullmatch(one) and one not in EVERYDAY})
        for match in re.finditer("|".join(map(re.escape, alone)) or r"(?!)", plain):
            # 俊杰 of 王俊杰; 建设 of 王建设 is a word of everybody.
            if not words.cuts(*match.span()) and likely.around(words, *match.span()) >= 0:
                yield match.span()


# 小翠, 胖婶, 二狗子: what a village calls somebody.
_BYNAME = re.compile(
    rf"(小{_T}|[胖瘦黑麻癞瘸哑秃][婶嫂叔哥姐爷]|[大二三小]?(?:狗子|狗蛋|狗剩|铁蛋|柱子|毛蛋|栓子)|"
    rf"老[A-Z]|老[三四五六七八九]头?|[大二三四五六七八老][狗牛虎娃妮丫蛋柱猫妹宝喜]子?|[英霞芳兰梅燕秀玲娟凤敏强军勇伟斌涛鹏飞]子|黑皮|大头|铁头|麻杆|瘦猴|豁牙|斜眼|狗娃|{_S}(?:[麻瘸瞎聋哑拐秃胖瘦疤驼歪黑癞]子|[大二三]?(?:锤|炮|牙|脑袋|嘴|胡子|疤|愣|胖|个子|拐|嗓门|麻子|棒槌|胆))|光头|刀疤|歪嘴|大炮|二流子|大胡子|大嗓门|[小大二三][黑白胖瘦矮高毛麻疤眯光秃瘸愣傻憨][子娃头皮]?|小(?:四川|河南|安徽|湖南|湖北|江西|东北|山东|广西|贵州|云南|陕西|温州|福建|新疆)|"
    rf"({_G})\2(?=妈|爸|爷|奶|外婆|姥|同学|小朋友|家长)|[阿小]{_G})"
)
# 桂花婶, 凤英嫂: a given name and how one speaks to her.
_SPOKEN_TO = re.compile(
    rf"({_G}{_G})(?=[婶嫂姨叔伯哥姐妹爷奶](?:子|\Z|{_END}|[和与跟说家的也又还就都把被在来去一]))"
)
_KNOWN_AS = re.compile(
    rf"(?:外号|绰号|诨名|诨号|花名|小名|乳名|奶名|大名|人称|江湖人称|人送外号|自称|都叫他|都叫她|管他叫|管她叫|喊他|喊她)(?:叫做|叫作|叫|是|为|:)?[\s\"“‘「]?({_HAN}{{2,4}}?|{_HAN}?[A-Za-z]{{1,6}}{_HAN}?)(?=\Z|{_END}|[」的]|那个|这个)"
)
# 我叫黄金, 关于夏天同学: called so in so many words, whatever else the word means.
_SAID_SO = re.compile(
    rf"(?:(?:我|本人|{_KIN})(?:的名字)?(?:就|名)?叫({_S}{_HAN}{{1,2}})(?<!了)(?=[,。;、!(]|\Z)|"
    rf"(?:^|[,。;:、(]|关于|对|由|和)({_S}{_HAN}{{1,2}})(?=同学(?![们会录校间])))",
    re.MULTILINE,
)
_SUCH = frozenset("婶嫂姨叔伯哥姐妹爷奶")
_SO_CALLED = 1.4


def _bynames(plain: str, words: Words) -> Iterator[tuple[int, int]]:
    for match in _BYNAME.finditer(plain):
        start, end = match.span(1)
        if plain[start:end] in COUNTIES or plain[start:end] in ORDINARY:
            continue
        if words.cuts(start, end) and not words.people(end):
            continue
        if likely.around(words, start, end) >= _SO_CALLED:
            yield start, end
    for match in _KNOWN_AS.finditer(plain):
        yield match.span(1)
    for match in _SAID_SO.finditer(plain):
        yield match.span(match.lastindex or 0)
    for match in () if _SUCH.isdisjoint(plain) else _SPOKEN_TO.finditer(plain):
        given = match.group(1)
        called = given in CALLINGS and words.at(match.start()).text == given
        if called or (pairs.typical(given) and not words.cuts(*match.span(1))):
            yield match.span(1)


def _somebody(words: Words, start: int, end: int) -> bool:
    """Whether only people do what follows, or only they are spoken of so."""
    if words.people(end):
        return True
    return likely.around(words, start, end) >= _BETWEEN and likely.points(words, start) >= _POINTS


def _others(plain: str, words: Words) -> Iterator[tuple[int, int]]:
    """Names of other peoples, and those in letters."""
    yield from latin.found(plain)
    yield from peoples.dotted(plain)
    for start, end, elements in peoples.alone(plain):
        # 伍 各家: every name makes a word with the next 家.
        house = plain[end : end + 1] == "家" and words.at(end).end == end + 1
        whole = words.at(start).text == plain[start:end]
        if not whole and words.cuts(start, end + house):
            continue
        if elements > 1 or likely.around(words, start, end) >= _BETWEEN:
            yield start, end
    for start, end in peoples.runs(plain):
        inside = words.within(start, end)
        other = inside[-1].end != end or any(w.ordinary and w.tag[:1] != "n" for w in inside)
        if not other and words.people(end):
            yield start, end
    for word in words.every:
        if peoples.one(word.text, word.tag) and _somebody(words, word.start, word.end):
            yield word.start, word.end


_SPREAD = re.compile(
    rf"(?<!{_HAN}){_HAN}{{1,2}}(?:[\s*·._\-]{{1,3}}{_HAN}{{1,2}}(?!(?!{chars.TITLE})[\u3400-\u9fff]{{3}})){{1,3}}"
)
_BLANK = re.compile(rf"{_HAN}(?:[ ]{{1,3}}{_HAN}){{1,3}}")
# A surname of one character, a blank, one more: 关 山把井填了.
_TWO_APART = re.compile(
    rf"(?:^|{_END}|{_TAKES}|{_KIN}|{_OFFICE})({_S} {{1,3}}{_HAN})", re.MULTILINE
)
_GAP = re.compile(r"[\s*·._\-]+")


def _spread(plain: str) -> Iterator[tuple[int, int]]:
    """Names with something between their characters: 陈 大 文, 刘*洋, 住户李　明家."""
    if not _GAP.search(plain):
        return
    for match in _TWO_APART.finditer(plain):
        if (
            doing.of_people(plain, match.end())
            or doing.of_somebody(plain, match.end())
            or plain[match.end() : match.end() + 1] in "把将的"
        ):
            yield match.span(1)
    between: set[int] = set()
    for match in (*_SPREAD.finditer(plain), *_BLANK.finditer(plain)):
        for gap in _GAP.finditer(match.group()):
            between.update(range(match.start() + gap.start(), match.start() + gap.end()))
    if not between:
        return
    kept = [place for place in range(len(plain)) if place not in between]
    together = "".join(plain[place] for place in kept)
    for start, end in likely.found(Words(together)):
        first, last = kept[start], kept[end - 1]
        parts = _GAP.split(plain[first : last + 1])
        # What stands before the first blank is a surname or half of one.
        if len(parts) > 1 and parts[0] == surname(together[start:end])[: len(parts[0])]:
            yield first, last + 1


def _nobody(name: str) -> bool:
    return name in FAMOUS or name in BRANDS or (name[:1] in chars.RARELY and name[1:] in FAMOUS)


def found(plain: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of every name in a plain text; they may overlap."""
    words = Words(plain)
    hits = set(_pointed(plain, words))
    ends = {end for _, end in hits}
    # Where one is named, another may follow: 甲、乙和丙.
    for first in sorted(ends):
        after = _NEXT.match(plain, first)
        while after and after.end(1) not in ends and _plausible(after.group(1), "next"):
            hits.add(after.span(1))
            after = _NEXT.match(plain, after.end(1))
    hits |= set(_others(plain, words)) | set(_spread(plain)) | set(_bynames(plain, words))
    hits |= set(likely.found(words, {place for hit in hits for place in hit}))
    hits |= set(_again(plain, words, hits)) | set(callings.found(words))
    # 向雷锋同志学习: a word before one of them is no surname.
    known = {hit for hit in hits if not _nobody(plain[slice(*hit)])}
    yield from ((start, end, "name") for start, end in sorted(known))
