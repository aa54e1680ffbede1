"""Personal data in a text: found by form, masked, and always shown to a person before publishing."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stdnum import luhn
from stdnum.cn import ric


@dataclass(frozen=True)
class Found:
    """A stretch of text that looks like personal data: [start, end) and what kind."""

    start: int
    end: int
    kind: str
    text: str


_DIGIT = "0-9０-９"
_SEP = r"[\s\-—–·.]?"
_SURNAMES = (
    "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|端木|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱"
    "严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚"
    "符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆"
    "农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝]"
)
_GIVEN = r"[\u4e00-\u9fff]{1,2}"
_NAME_CUE = (
    r"(?:我叫|我是|本人|姓名|联系人|申请人|投诉人|当事人|经办人|举报人|户主|业主|居民|村民|市民|患者|"
    r"名叫|法人代表|负责人)(?:叫|是|为)?[：:\s]{0,2}"
)
_NAME_TAIL = r"(?=先生|女士|同志|师傅|老师|医生|警官|主任|经理|大爷|阿姨|[，,。；;、\s（(：:]|电话|手机|身份证|$)"


def _card_ok(text: str) -> bool:
    digits = re.sub(r"\D", "", _half(text))
    return len(digits) in range(16, 20) and luhn.is_valid(digits)


def _half(text: str) -> str:
    return text.translate({ord("０") + i: ord("0") + i for i in range(10)}).replace("Ｘ", "X")


def _id_ok(text: str) -> bool:
    compact = re.sub(r"[\s\-]", "", _half(text)).upper()
    # A mistyped check digit is still somebody's number: the date alone is enough to mask it.
    return ric.is_valid(compact) or 1900 <= int(compact[6:10]) <= 2100


_RULES: list[tuple[str, re.Pattern[str], Callable[[str], bool]]] = [
    (
        "email",
        re.compile(r"[A-Za-z0-9._%+\-]{1,64}\s?[@＠]\s?[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z]{2,24}){1,3}"),
        bool,
    ),
    (
        "id_card",
        re.compile(rf"(?<![{_DIGIT}])(?:[{_DIGIT}]{_SEP}){{17}}[{_DIGIT}XxＸ](?![{_DIGIT}])"),
        _id_ok,
    ),
    ("bank_card", re.compile(rf"(?<![{_DIGIT}])(?:[{_DIGIT}][\s\-]?){{15,18}}[{_DIGIT}](?![{_DIGIT}])"), _card_ok),
    (
        "mobile",
        re.compile(
            rf"(?<![{_DIGIT}])(?:[+＋]?86{_SEP})?[1１][3-9３-９](?:{_SEP}[{_DIGIT}]){{9}}(?![{_DIGIT}])"
        ),
        bool,
    ),
    (
        "landline",
        re.compile(rf"(?<![{_DIGIT}])[（(]?0[{_DIGIT}]{{2,3}}[)）]?[\s\-—–]?[{_DIGIT}]{{7,8}}(?:[\-转][{_DIGIT}]{{1,5}})?(?![{_DIGIT}])"),
        bool,
    ),
    (
        "plate",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-Za-hj-np-z][·\s\-]?"
            r"[A-HJ-NP-Za-hj-np-z0-9]{5,6}(?![A-Za-z0-9])"
        ),
        bool,
    ),
    ("passport", re.compile(r"(?<![A-Za-z0-9])[EeGgDdSsPpHh][A-Za-z]?\d{7,8}(?!\d)"), bool),
    (
        "account",
        re.compile(r"(?:微信号?|QQ号?|qq号?|支付宝)[：:\s]{0,3}(?:是|为)?\s?([A-Za-z0-9_\-]{5,20})"),
        bool,
    ),
    (
        "address",
        re.compile(
            r"[0-9０-９一二三四五六七八九十A-Za-z]{1,5}(?:号楼|栋|幢|座|单元)"
            r"(?:[0-9０-９一二三四五六七八九十A-Za-z]{1,5}(?:单元|楼|层|门))?"
            r"\s?[0-9０-９]{1,5}(?:室|号|房|户)?"
        ),
        bool,
    ),
    ("name", re.compile(rf"{_NAME_CUE}((?:{_SURNAMES}){_GIVEN}?){_NAME_TAIL}"), bool),
    ("name", re.compile(rf"((?:{_SURNAMES}){_GIVEN})(?=先生|女士|同志|师傅|大爷|阿姨|警官)"), bool),
]


def find(text: str, roster: Iterable[str] = ()) -> list[Found]:
    """Everything that looks like personal data, in order, without overlaps.

    `roster` are names to mask wherever they stand (the office's own people, say).
    """
    hits: list[Found] = []
    for kind, pattern, check in _RULES:
        for match in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            value = match.group(group)
            if value and check(value):
                hits.append(Found(match.start(group), match.end(group), kind, value))
    for name in roster:
        if len(name) > 1:
            hits += [
                Found(m.start(), m.end(), "name", name) for m in re.finditer(re.escape(name), text)
            ]
    hits.sort(key=lambda h: (h.start, h.start - h.end))
    kept: list[Found] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def mask(text: str, roster: Iterable[str] = ()) -> str:
    """The text with what was found replaced; a surname stays, so that a reply still reads."""
    out: list[str] = []
    last = 0
    for hit in find(text, roster):
        out.append(text[last : hit.start])
        out.append(f"{hit.text[0]}某" if hit.kind == "name" else "＊＊＊")
        last = hit.end
    out.append(text[last:])
    return "".join(out)
