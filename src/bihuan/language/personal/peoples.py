"""Names of peoples who have no surname before a given name, as Chinese texts write them: Uyghur,
Kazakh, Tibetan, Mongol, and foreign ones; with and without a middle dot."""

import re
from collections.abc import Iterator

from bihuan.language.personal import chars
from bihuan.language.personal.letters import DOTS
from bihuan.language.personal.words import COUNTIES, words

# What such names are made of; two of these make one, and one of them with a cue.
_ELEMENTS = (
    # Tibetan
    "扎西|卓玛|次仁|央金|多吉|顿珠|旺堆|格桑|达瓦|尼玛|桑杰|才让|才旦|仁青|索朗|索南|洛桑|丹增|平措|彭措|拉姆|曲珍|德吉|白玛|边巴|巴桑|普布|米玛|"
    "强巴|旺姆|措姆|卓嘎|旦增|加措|嘉措|坚赞|益西|伦珠|土登|阿旺|贡布|罗布|诺布|群培|群佩|次旦|次旺|旺久|旺扎|旺杰|其美|赤列|确吉|俄珠|公保|仁增|"
    "卡毛|措毛|南杰|朗杰|东智|扎巴|贡桑|降央|泽仁|翁姆|志玛|拥措|朋措|仓决|曲扎|多杰|仁钦|班觉|晋美|久美|龙珠|次珍|玉珍|康珠|央宗|央吉|曲宗|"
    "贡保|看召|旦正|旦巴|当智|道吉|多旦|尕玛|尕桑|官却|关却|桑吉|西合|项毛|交巴|完玛|完么|夏吾|周毛|才项|才措|才旺|才仁|扎洛|扎尕|闹吾|闹日|南加|切羊|仁欠|索巴|"
    "万玛|万德|冷知|娘吉|娘毛|年知|洛藏|斗拉|斗格|角巴|角毛|昂毛|昂加|昂秀|巴丁|更太|更尕|代青|旦周|丁增|尼珍|次央|德央|仁措|云丹|罗藏|罗追|边珍|曲吉|曲尼|曲培|曲英|曲桑|"
    "洛松|洛追|松吉|四郎|斯朗|四朗|降措|邓珠|郎加|拉加|拉珍|格来|格列|格绒|呷玛|仁真|绒布|尼措|吉卓|多吉|久措|加羊|加洋|贡去|才昂|才保|增太|索洛|东周|拉旦|拉夫|"
    "桑珠|嘎玛|嘎松|尕藏|尕让|完德|项秀|看卓|拉毛|吉毛|先巴|三智|华旦|华青|更登|更藏|更桑|当增|"
    # Mongol
    "巴特尔|巴图|乌云|其其格|娜仁|格日勒|图雅|斯琴|高娃|苏日娜|乌日娜|萨仁|塔娜|哈斯|宝音|朝鲁|额尔敦|敖登|呼和|那顺|布和|孟和|巴雅尔|"
    "阿拉坦|特木尔|铁木尔|牧仁|毕力格|毕勒格|德力格尔|青格勒|吉雅|赛罕|赛音|莫日根|朝克图|朝克|达来|那日苏|那木|希吉日|胡日|娜日|苏和|满都拉|"
    "温都苏|乌力吉|道尔吉|阿古拉|钢图|钢巴|图门|通拉嘎|其木格|苏布德|额日德|恩和|恩克|巴根|巴音|布日|宝力|宝力道|都兰|哈日|吉日|金山|"
    "格日乐|额尔德|木图|萨如拉|嘎拉|达木丁|阿尔斯楞|那仁|满达|吉日嘎拉|白音|宝鲁|宝乐|都仁|照日|格图|孟根|高勒|阿木尔|吉乐|呼斯楞|呼格|吉勒|呼日|伊德尔|敖其尔|敖特根|扎木苏|扎那|"
    "桑布|仁钦|格根|萨楚拉|珠拉|娜布其|其布日|乌仁|乌优|巴达玛|特日格勒|木其尔|布仁|布赫|巴音|满都|青格|朝格|图格|巴拉|达赖|旭日|苏德|花拉|其木|查娜|苏伦|钦达|陶格|陶克|胡格|吉勒图|宝德|海日|"
    "萨日娜|萨日|托娅|托雅|乌尼尔|乌恩|勿日|孟克|阿茹|阿荣|阿斯|斯日|斯日古楞|古楞|苏雅拉|苏伊拉|傲日|敖日|格勒|阿木古|"
    # Uyghur and Kazakh
    "阿依|古丽|买买提|麦麦提|穆罕默德|吐尔逊|图尔荪|艾合买提|艾买提|玉素甫|阿布都|阿卜杜|阿不都|阿不力|阿布力|热合曼|热依木|热西提|克里木|卡德尔|卡迪尔|"
    "伊力哈木|伊力亚斯|伊明|依明|依米提|木合塔尔|木沙|木拉提|迪丽|迪力|努尔|努尔兰|帕提|帕提曼|帕夏|帕尔哈提|玛依拉|玛依努尔|阿曼|热娜|热依扎|热孜|库尔班|"
    "吾甫尔|吾买尔|亚森|亚库甫|艾尔肯|艾力|艾克拜尔|艾则孜|艾孜|艾山|艾沙|买合木提|阿迪力|阿迪拉|阿里木|阿力木|哈力克|哈斯木|哈木|哈德尔|别克|叶尔|叶尔兰|叶尔肯|"
    "巴哈尔|巴合|巴合提|加尔肯|江布|沙吾列|赛力克|赛买提|赛迪|米吉提|米娜|米热|塔依尔|塔西|萨比尔|萨迪克|吐尔洪|吐尔地|托合提|托乎提|凯赛尔|再努尔|再娜普|祖丽|祖农|"
    "胡马尔|地里|夏提|哈孜|哈尼|孜娜|姑丽|古扎|古再|努热|尼亚孜|尼加提|夏依|肉孜|如则|如孜|如仙|色买提|沙比|斯迪克|斯依提|铁力|瓦力|西尔|西热|依布拉|伊卜拉|易卜拉|"
    "伊斯马|依斯马|伊斯拉|依萨克|伊萨|玉山|约麦尔|扎克|扎依|居马|加马|加克|加那|阿山|阿汗|沙拉|赛依|马合|马木提|买日|买苏|曼别|努拉|帕孜|热扎|恒巴|叶留|叶斯|叶力|叶里|"
    "木扎|木塔|苏来|苏莱|吾守|吾斯|伍斯|吾拉|吾热|艾比|艾米|艾散|艾斯|艾尼|艾麦|阿瓦|阿娜|阿提|阿孜|阿巴|阿布|阿合|阿斯|阿尔|阿力|"
    "买提|热合|尼合|木合亚提|木合|亚提|马力克|别尔克|叶尔波力|波力|巴扎尔|合那|扎提|那孜|沙那|加依|努尔古丽|古丽|买尔|买尔旦|麦尔旦|艾丽|艾尔|凯丽|凯迪|凯赛|迪娜|迪娜尔|祖拜|祖热|布合|布沙|热比|"
    "阿依木|阿依夏|阿依努|帕塔|帕热|萨依|萨尼|吐尼|吐逊|吐尔|托乎|托列|托尔|那扎|夏木|夏热|肖开提|肖合|西仁|佐热|卡斯|卡依|卡米|海热|海尼|居来|居玛|吉恩|赛尔|赛提|叶斯|"
    # Yi, Hani and Lahu
    "拉黑|木牛|阿苏|阿体|马比|沙马|沙玛|吉克|吉木|吉伍|吉觉|吉则|吉胡|吉史|阿呷|阿木|阿牛|阿支|阿果|阿芝|阿洛|阿余|阿说|阿库|阿的|阿苏|阿比|曲比|曲木|曲么|马海|马黑|尔古|尔布|尔且|尔体|俄木|俄尔|海来|木呷|木果|木且|"
    "伍果|伍呷|伍牛|伍合|伍沙|石布|史布|史古|拉哈|拉色|日火|日哈|子洛|乌果|乌呷|乌牛|乌加|勒伍|勒格|勒黑|贾巴|贾尼|苏呷|麻卡|莫色|瓦扎|瓦其|依伙|依火|呷呷|比布|且且|子呷|子古|日则|尔哈|果果|果洛莫|莫洛|打牛|克惹|克古|惹古|惹呷|"
    # Hui and Salar
    "尤布|尤苏夫|由素|乙布|以布|卜拉|一卜拉|乙卜拉|以卜拉|尔萨|尔撒|而萨|主麻|努海|牙古|牙亥|达吾|哈克|木哈|哈木则|海比|胡塞|索菲|麦海|麦日燕|赛力麦|阿西也|阿依舍|阿乙舍|阿米乃|古麦|热麦|沙力海|"
    "舍木|叶哈|者麻|穆沙|海迪彻|海迪且|海车|法土麦|法图麦|祖白|苏麦|艾米乃|艾力木|奴海|哈白|哈给|哈三|"
    "尔里|哈三|哈桑|哈散|尤素|尤努|海力|海迪|索非|阿乙|法图|麦燕|穆萨|伊布"
)
# Of these, what the dictionary knows and nobody takes for anything else.
_KNOWN_ALONE = (
    "扎西 卓玛 次仁 达娃 央金 多吉 多杰 尼玛 格桑 才让 巴桑 拉姆 德吉 白玛 梅朵 桑吉 丹增 旺堆 顿珠 洛桑 索朗 平措 仁青 拉毛 巴特尔 巴图 其其格 娜仁 乌云 萨仁 塔娜 斯琴 高娃 苏日娜 乌日娜 "
    "古丽 阿依 买买提 吐尔逊 库尔班 哈桑 木沙 努尔 阿里木 边巴 普布 米玛 拉巴 强巴 旺姆 卓嘎 德央 曲珍 次旺 桑杰 加措 嘎玛 仁增 洛追 泽仁 多布杰 降央 巴雅尔 朝克图 那仁 图雅 敖登 海日 阿木尔 巴根 艾力 玉素甫 热孜 艾山 阿牛 阿呷 木呷 朝鲁 布和 呼格"
)
_ONES = frozenset(_KNOWN_ALONE.split())
_ENDED = (
    "扎西|卓玛|次仁|多杰|多吉|才让|才旦|仁青|索南|拉毛|华旦|完德|三智|东智|项秀|先巴|看召|旦正|贡保|桑杰|南杰|尕藏|更登|公保|夏吾|周毛|仁增|才项|当智|道吉|德吉|闹日|冷知|完么|万玛|桑吉|拉姆|"
    "切羊|加羊|索太|豆拉|斗拉|李毛|角巴|关却|官却|才昂|旦知|尕玛|羊本|卡毛|娘毛|彭毛|贡布|智华|华青"
)
# What transcriptions are written with, foreign ones too.
_WRITTEN = (
    "阿艾买提吐尔逊江热合曼依明玛木卡德克力古丽娜孜汗拜巴图伊斯拉穆罕默萨里苏坦努帕夏哈迪亚森库班玉素甫吾麦海加沙吉米扎西顿珠尼次仁卓嘎多杰旺堆格桑央金姆"
    "达瓦洛丹增强平措白索朗坚赞孟和布呼其乌云日塔那雅额敦朝鲁胡勒根别赛肯叶居马阔亥尔波恒都则再比祖农凯霍约翰史密大卫杰逊汤姆彼得玛丽安东尼罗伯特查理乔治威廉"
    "詹亨利路易莎琳莉露珍妮黛茜爱琼凯文迈理麦弗朗塞费奥瓦诺科科兹基夫斯娃夫娅切谢耶维奇托伊万德佩佐尤里莫什泽纳萨穆戈根普菲拿洁西雷蒙贝蒂米歇菲利蓬加哥贾邓肯霍华"
)
_W = f"[{''.join(sorted(set(_WRITTEN)))}]"


def _any_of(words: str) -> str:
    """One pattern for many words, first characters first: an alternation of hundreds is slow."""
    rests: dict[str, list[str]] = {}
    for word in sorted({*filter(None, words.split("|"))}, key=lambda w: (-len(w), w)):
        rests.setdefault(word[0], []).append(word[1:])
    firsts = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in sorted(rests.items()))
    return f"(?=[{''.join(sorted(rests))}])(?:{firsts})"


_MANY = "|".join([_ELEMENTS, *sorted(words("transcribed"))])
_E = _any_of(_MANY)
_LONG = _any_of("|".join(one for one in _MANY.split("|") if len(one) > 2))
# A clan of the Yi, and what its children are called: 阿侯尔作, 沙马拉且.
_CLANS = _any_of("|".join(sorted(words("clans"))))
_OF_CLANS = "阿布彼比补波措达打的德地尔嘎呷各格古果哈合黑惠火机基吉几几加甲姐金军觉卡克拉来勒里力列林六龙洛妈马玛木么莫姆乃尼妞牛诺坡普其且铁体秋曲日惹沙莎色什石史使示书苏所索特提土哇瓦威为伍乌五西洗夏伙衣依以一英友有约则扎杂支芝者孜子作洗英芳花珍明强华海龙才"
_YI = rf"{_CLANS}(?:[{_OF_CLANS}]{{2,3}}?)"
_DOT = f"[{DOTS}]"
# 拉毛措, 卓玛加: what Amdo names end in; only where a name may end.
_AMDO = rf"{_any_of(_ENDED)}[加吉太本措杰毛才昂东](?=[,。;、!?\s()]|$|[和与的说家把被在也就从]|反映|今年|老师|医生|没|要)"
# 岩温罕, 玉香腊: Dai names, which begin so.
_DAI = r"(?:岩[温罕香坎叫吨甩扁胆糯恩论拉章三燕应说宰教]|玉[香腊波罕叫喃应旺约囡坎糯婉尖万章丙]|依[波罕香腊叫])[罕叫香胆坎扁拉旺龙尖嫩丙叶光糯囡应甩保单]"
_DAI_SHORT = re.compile(
    "岩[温罕香坎叫吨甩扁胆糯恩论拉章三燕应说宰教]|玉[香腊波罕叫喃应旺约囡坎糯婉尖章丙]"
)
# 马哈三, 韩尤布: the surnames that the names of Hui and Salar follow.
_HUI = r"[马韩冶喇妥沙闵撒丁穆牟苏白拜绽周鲜]"
_FAITH = (
    r"(?:哈三|哈给|哈桑|哈散|尔里|[一乙以义]卜拉|[一乙以]布拉(?:黑麦)?|尔[萨撒洒沙]|艾米|乙布|尤布|[由尤]素夫?|主[麻马]|努海|奴海|牙古|牙亥|牙黑牙|达吾|达五|哈克|哈木则|哈比|海比|胡塞|胡才|索菲|"
    r"法[土图]麦|麦[海日]燕?|赛力麦|阿西也|阿[依乙]舍|阿米乃|古麦|热[比麦]|沙力海|舍木|叶哈|者麻|穆[萨沙]|木沙|伊布|伊斯哈|依斯|阿卜都?|阿布都?|努尔|如给|如改|海迪|木哈麦|索力么)[\u4e00-\u9fff]{0,1}?"
)
# Words of everybody that are written so too.
_NOT = re.compile(
    r"乌鲁木齐|克拉玛依|塔里木|呼和浩特|巴彦|淖尔|和田|阿勒泰|伊犁|哈密|吐鲁番|拉萨|那曲|阿里|日喀则|格尔木|德令哈|玛多|巴黎|加拿大|意大利|西班牙|"
    r"马来西亚|尼泊尔|阿尔山|锡林|乌兰|海拉尔|满洲里|巴音郭|克孜勒|阿克苏|喀什|图木舒克|塔城|博尔塔拉|香格里拉|达州|海东|玉树|果洛|阿里巴巴|"
    r"马尔康|甘孜|阿坝|西宁|大卫生|巴士|马尔代夫|欧洲|罗马|特斯拉|奥迪|马自达|西门子|沃尔玛|家乐福|麦德龙|万达|金山|吉利|凯里|加工|提高|"
    r"江西|江苏|海南|大和|大多|多加|和平|强加|平安|文明"
)
# 山本一郎, and no 小林子.
_JAPANESE = re.compile(
    r"(?:山本|田中|佐藤|铃木|高桥|伊藤|渡边|中村|小林|加藤|吉田|山田|佐佐木|松本|井上|木村|清水|山口|石川|中岛|前田|藤田|后藤|冈田|长谷川|近藤|石井|斋藤|坂本|远藤|"
    r"青木|藤井|西村|福田|太田|三浦|藤原|松田|中川|中野|原田|小川|竹内|金子|和田|石田|上田|森田|柴田|酒井|宫崎|工藤|横山|宫本|内田|高木|安藤|岛田|谷口|大野|丸山|今井|河野)"
    r"[\u4e00-\u9fff]{0,2}[郎子美男雄一介夫树香奈惠江代彦哉也太辅人司]"
)
# A name ends where no further character of its kind follows.
_ALONE = re.compile(rf"({_E}(?:{_E}|{_W}){{1,4}}|{_W}{{1,3}}{_E}{{1,2}}|{_E}{{2,3}}|{_LONG})")
_BY_FORM = re.compile(
    rf"({_AMDO}|{_DAI}|{_HUI}{_FAITH}|{_E}(?=阿妈|阿爸|阿佳|喇嘛|活佛|村医)|{_YI}(?![{_OF_CLANS}](?![家的和与在把被]))|{_CLANS}[\u4e00-\u9fff]{{1,2}}(?=[,。]?男|[,。]?女))"
)
_DOTTED = re.compile(
    rf"({chars.HAN}{{1,8}}\s?{_DOT}\s?{chars.HAN}{{1,9}}(?:\s?{_DOT}\s?{chars.HAN}{{1,8}}){{0,3}})"
)
_TWO = re.compile(rf"({_W}{{2,8}}\s{{1,2}}{_W}{{2,8}})")
_LONE = re.compile(_E)
_ALL = re.compile(f"(?:{_W}|[{DOTS}\\s])+")
_MORE = 3
_RUN = re.compile(rf"(?<!{chars.HAN}){_W}{{3,7}}")


def written(word: str) -> bool:
    """Whether a word is written as transcriptions are."""
    return bool(_ALL.fullmatch(word))


def made_of(word: str) -> int:
    """How many elements of such names a word is made of, 0 where something else is in it."""
    place = many = 0
    while place < len(word):
        match = _LONE.match(word, place)
        if match is None:
            return 0
        place = match.end()
        many += len(match.group()) > 1
    return many


def dotted(plain: str) -> Iterator[tuple[int, int]]:
    """(start, end) of names whose parts a middle dot joins."""
    for match in _DOTTED.finditer(plain):
        parts = list(re.finditer(rf"{chars.HAN}+", match.group(1)))
        base = match.start(1)
        first, last = parts[0], parts[-1]
        # To the left and right as far as the characters are of the kind.
        start, end = first.end(), last.start()
        while start > first.start() and written(match.group(1)[start - 1]):
            start -= 1
        while end < last.end() and written(match.group(1)[end]):
            end += 1
        middle = all(written(part.group()) for part in parts[1:-1])
        if middle and first.end() - start >= 1 and end - last.start() >= 1 and end - start > _MORE:
            yield base + start, base + end


def one(word: str, tag: str) -> bool:
    """Whether a word of the dictionary is such a name as a whole: 扎西, 玛丽亚."""
    if word in _ONES:
        return True
    foreign = tag in ("nr", "nrt") and len(word) > _MORE - 1 and written(word)
    return foreign and word not in COUNTIES and not _NOT.search(word)


def runs(plain: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what begins a clause and is written as such names are, in every length."""
    for match in _RUN.finditer(plain):
        if not _NOT.search(match.group()):
            for end in range(match.end(), match.start() + _MORE - 1, -1):
                yield match.start(), end


def alone(plain: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, elements) of stretches made of elements of such names."""
    for match in _ALONE.finditer(plain):
        word = match.group(1)
        if not _NOT.search(plain[max(0, match.start(1) - 2) : match.end(1) + 2]):
            made = made_of(word)
            yield match.start(1), match.end(1), made or len(re.findall(_LONG, word))
    for match in _BY_FORM.finditer(plain):
        yield match.start(), match.end(), 2
    for match in _DAI_SHORT.finditer(plain):
        yield match.start(), match.end(), 1
    for match in _JAPANESE.finditer(plain):
        yield match.start(), match.end(), 2 if match.end() - match.start() > _MORE else 0
