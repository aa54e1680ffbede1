"""Personal data in a text: found by form, masked, and always shown to a person before publishing."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stdnum import luhn


@dataclass(frozen=True)
class Found:
    """A stretch of text that looks like personal data: [start, end) and what kind."""

    start: int
    end: int
    kind: str
    text: str


# Patterns look at a text folded letter by letter: full width to half width, any dash to "-".
# Each letter stays one letter, so a place in the folded text is the same place in the original.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord(c): ord("-") for c in "‐‑‒–—―−－"} | {0x3000: ord(" ")}
# Repetitions are bounded everywhere, so that no text costs more than its length.
_SEP = r"[\s\-._/·]{0,2}"
_NUMERAL = r"[0-9A-Za-z一二三四五六七八九十百零〇]{1,5}"
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
    r"名叫|法人代表|负责人)(?:叫|是|为)?[:\s]{0,2}"
)
_NAME_TAIL = (
    r"(?=先生|女士|同志|师傅|老师|医生|警官|主任|经理|大爷|阿姨|[,。;、\s(:]|电话|手机|身份证|"
    r"于[昨今前本上\d]|$)"
)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _card_ok(text: str) -> bool:
    digits = _digits(text)
    # 62 is UnionPay: with a mistyped digit it is still somebody's card.
    return luhn.is_valid(digits) or digits.startswith("62")


def _day_ok(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _id_ok(text: str) -> bool:
    # A mistyped check digit is still somebody's number: the date of birth alone decides.
    digits = re.sub(r"[^\dXx]", "", text)
    if len(digits) == 15:
        return _day_ok(digits[8:10], digits[10:12])
    return 1900 <= int(digits[6:10]) <= 2100 and _day_ok(digits[10:12], digits[12:14])


def _plate_ok(text: str) -> bool:
    return len(_digits(text)) >= 3


_RULES: list[tuple[str, re.Pattern[str], Callable[[str], bool]]] = [
    (
        "email",
        re.compile(
            r"[A-Za-z0-9._%+\-]{1,64}\s?(?:@|\(at\)|\[at\])\s?"
            r"[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,3}\.[A-Za-z]{2,24}"
        ),
        bool,
    ),
    ("id_card", re.compile(r"(?<!\d)(?:\d[\s\-]{0,2}){17}[\dXx](?!\d)"), _id_ok),
    ("id_card", re.compile(r"(?<!\d)\d{15}(?!\d)"), _id_ok),
    ("bank_card", re.compile(r"(?<!\d)(?:\d[\s\-]{0,2}){15,18}\d(?!\d)"), _card_ok),
    (
        "mobile",
        re.compile(
            rf"(?<!\d)(?<!\d\.)(?:\(?(?:\+|00)?\s?86\)?{_SEP})?1{_SEP}[3-9](?:{_SEP}\d){{9}}(?!\d)"
        ),
        bool,
    ),
    (
        "landline",
        re.compile(
            r"(?<!\d)\(?0(?:10|2\d|[3-9]\d{2})\)?[\s\-]{0,2}\d{3,4}[\s\-]?\d{4}"
            r"(?:[\-转]\d{1,5})?(?!\d)"
        ),
        bool,
    ),
    (
        "plate",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-Za-hj-np-z]"
            r"[·•.\s\-]?(?:[A-HJ-NP-Za-hj-np-z0-9]{4}[警学挂港澳领使试超]"
            r"|[A-HJ-NP-Za-hj-np-z0-9]{5,6})(?![A-Za-z0-9])"
        ),
        _plate_ok,
    ),
    ("passport", re.compile(r"(?<![A-Za-z0-9])[EeGgDdSsPpHhMm][A-Za-z]?\d{7,10}(?!\d)"), bool),
    (
        "account",
        re.compile(
            r"(?:微信|[Qq]{2}|支付宝)(?:账号|帐号|号码|号)?[:\s]{0,3}(?:是|为)?[:\s]?"
            r"([A-Za-z0-9_\-@.]{5,40})"
        ),
        bool,
    ),
    (
        "address",
        re.compile(
            rf"(?:{_NUMERAL}(?:号楼|栋|幢)|[0-9A-Za-z]{{1,5}}座)\s?(?:{_NUMERAL}(?:单元|门)\s?)?"
            rf"(?:{_NUMERAL}(?:楼|层)\s?)?{_NUMERAL}(?:-{_NUMERAL})?(?:室|号|房|户)?"
        ),
        bool,
    ),
    (
        "address",
        re.compile(
            rf"\d{{1,5}}号院(?:\s?{_NUMERAL}号楼)?|(?<![\d\-])\d{{1,4}}-\d{{1,4}}(?:-\d{{1,5}})?室"
        ),
        bool,
    ),
    ("name", re.compile(rf"{_NAME_CUE}((?:{_SURNAMES}){_GIVEN}?){_NAME_TAIL}"), bool),
    (
        "name",
        re.compile(rf"((?:{_SURNAMES}){_GIVEN})(?=先生|女士|同志|师傅|大爷|阿姨|警官)"),
        bool,
    ),
]
_SURNAME = re.compile(_SURNAMES)


def find(text: str, roster: Iterable[str] = ()) -> list[Found]:
    """Everything that looks like personal data, in order, without overlaps.

    `roster` are names to mask wherever they stand (the office's own people, say).
    """
    hits: list[Found] = []
    folded = text.translate(_FOLD)
    for kind, pattern, check in _RULES:
        for match in pattern.finditer(folded):
            group = 1 if pattern.groups else 0
            start, end = match.span(group)
            if check(folded[start:end]):
                hits.append(Found(start, end, kind, text[start:end]))
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


def _surname(name: str) -> str:
    found = _SURNAME.match(name)
    return found.group() if found else name[0]


def mask(text: str, roster: Iterable[str] = ()) -> str:
    """The text with what was found replaced; a surname stays, so that a reply still reads."""
    out: list[str] = []
    last = 0
    for hit in find(text, roster):
        out.append(text[last : hit.start])
        out.append(f"{_surname(hit.text)}某" if hit.kind == "name" else "＊＊＊")
        last = hit.end
    out.append(text[last:])
    return "".join(out)
