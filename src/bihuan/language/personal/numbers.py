"""Numbers, addresses of accounts and days of birth, by their form and by the words before them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stdnum import luhn

# Repetitions are bounded everywhere, so that no text costs more than its length.
_SEP = r"[\s\-._/·,*()、~+]{0,3}"
_TIGHT = r"[\s\-._/·*]{0,3}"
# What stands between a word and its value.
_IS = r"(?:号码|账号|帐号|卡号|账户|号|尾号|id|ID)?[\s:是为(\[]{0,4}"
_DATE = (
    r"(?:(?:\d{4}|\d{2})(?:年|[./\-])[\d十]{1,3}(?:(?:月|[./\-])(?:[\d十]{1,3}日?)?|月份?)?"
    r"|(?:19|20)\d{6}(?!\d))"
)
_POINT = r"(?:[.,。点]|\bdot\b|[(\[]dot[)\]])"
_LUNAR = r"(?:(?:\d{4}|\d{2})年)?(?:农历|阴历)?(?:闰?[正冬腊一二三四五六七八九十\d]{1,2}月)(?:初[一二三四五六七八九十\d]|[廿十二三][一二三四五六七八九十\d]{1,2})(?:日)?"
_TLD = r"(?:com|cn|net|org|edu|gov|cc|me|io|top|vip)"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _groups(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _mobile_ok(text: str) -> bool:
    if not re.search(r"[,、*()~+]", text.removeprefix("+")):
        return True
    # 1,345,678,901.2 is money; 15, 20, 30 is a list: a number is cut into single digits or long.
    sizes = [len(group) for group in _groups(text)]
    money = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) is not None
    return not money and (max(sizes) >= 3 or sum(size == 1 for size in sizes) > len(sizes) / 2)


def _day_ok(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _card_ok(text: str) -> bool:
    digits = _digits(text)
    # 62 is UnionPay: with a mistyped digit it is still somebody's card.
    return luhn.is_valid(digits) or digits.startswith("62")


def _id_ok(text: str) -> bool:
    # A mistyped check digit is still somebody's number: the date of birth alone decides.
    digits = re.sub(r"[^\dXx]", "", text)
    if len(digits) == 15:
        return _day_ok(digits[8:10], digits[10:12])
    return 1900 <= int(digits[6:10]) <= 2100 and _day_ok(digits[10:12], digits[12:14])


def _born_ok(text: str) -> bool:
    digits = _digits(text)
    return _day_ok(digits[10:12], digits[12:14])


def _plate_ok(text: str) -> bool:
    return len(_digits(text)) >= 3 and not re.search(r"(?:19|20)\d\d\Z", text)


def _account_ok(text: str) -> bool:
    return bool(re.search(r"[\d_]", text)) or len(text) > 5


@dataclass(frozen=True)
class Rule:
    """A kind of data, its form, and what else must hold. `spelt`: digits may be words (一三九)."""

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = bool
    spelt: bool = False


def _rule(
    kind: str, pattern: str, check: Callable[[str], bool] = bool, *, spelt: bool = False
) -> Rule:
    return Rule(kind, re.compile(pattern), check, spelt)


RULES = (
    _rule(
        "email",
        r"[A-Za-z0-9._%+\-]{1,64}\s?(?:@|\(at\)|\[at\])\s?"
        r"[A-Za-z0-9\-\u4e00-\u9fff]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,3}\.[A-Za-z]{2,24}",
    ),
    _rule(
        "email",
        r"[A-Za-z0-9._%+\-]{2,64}\s?(?:@|\(at\)|\[at\]|艾特|爱特|圈[aA]|\bat\b|#)\s?"
        rf"[A-Za-z0-9\-]{{1,30}}\s?(?:{_POINT}\s?[A-Za-z0-9\-]{{1,30}}\s?){{0,2}}{_POINT}\s?{_TLD}(?![A-Za-z])",
    ),
    _rule(
        "email",
        r"[A-Za-z0-9._%+\-]{1,64}\s?@\s?[A-Za-z0-9\-\u4e00-\u9fff]{1,20}\s?(?:点|\bdot\b)\s?"
        rf"{_TLD}(?![A-Za-z])",
    ),
    _rule(
        "email",
        r"(?:邮箱|邮件|[Ee]-?mail)[\s:是为]{0,3}([A-Za-z0-9._%+\-]{2,64}[@#][^\s,;。]{3,40})",
    ),
    _rule("id_card", rf"(?<!\d)(?:\d{_SEP}){{17}}[\dXx](?!\d)", _id_ok, spelt=True),
    _rule("id_card", r"(?<!\d)\d{15}(?!\d)", _id_ok),
    _rule(
        "id_card",
        rf"(?:身份证|证件){_IS}(\d(?:{_SEP}\d){{7,17}}[\dXx*]{{0,10}})",
        spelt=True,
    ),
    # Place and day of birth, the rest blotted out.
    _rule("id_card", r"(?<!\d)[1-8]\d{5}(?:19|20)\d{6}(?=[*xX#]|某)[*xX#某]{0,6}", _born_ok),
    _rule(
        "id_card", r"(?:身份证|证件)[号码]{0,2}(?:后|末|尾)\S{1,2}[位号][\s:是为]{0,3}([\dXx]{4,6})"
    ),
    _rule("bank_card", r"(?<!\d)(?:\d[\s\-]{0,2}){15,18}\d(?!\d)", _card_ok),
    _rule(
        "bank_card",
        r"(?:银行|[工建农中交招邮]行|邮储|信用社|农信|农商行?|商行|民生|浦发|兴业|光大|中信|华夏|开户行|银行卡|储蓄卡|卡号|账号|帐号|账户|帐户|户头|存折|一卡通)"
        rf"(?:的|卡|分行|支行|储蓄)?{_IS}(\d(?:{_TIGHT}\d){{7,24}})(?!\d)",
        spelt=True,
    ),
    _rule(
        "mobile",
        rf"(?<!\d)(?<!\d\.)(?:\(?(?:\+|00)?\s?86\)?{_SEP})?\(?1{_SEP}[3-9](?:{_SEP}[\doO]){{9}}(?!\d)",
        _mobile_ok,
        spelt=True,
    ),
    _rule(
        "mobile",
        r"(?<![\dA-Za-z])1[3-9lIoO\d][lIoO\d]{9}(?![\dA-Za-z])",
        lambda t: len(_digits(t)) >= 7,
    ),
    _rule(
        "mobile",
        rf"(?:手机|电话|号码|微信同号|联系方式|联系我|拨打?|打){_IS}([1-9](?:{_SEP}[\doOlI]){{9,12}})(?!\d)",
        _mobile_ok,
        spelt=True,
    ),
    _rule(
        "landline",
        r"(?<!\d)\(?0(?:10|2\d|[3-9]\d{2})\)?[\s\-]{0,3}(?:\d{3,4}[\s\-]?\d{4}|\d{3,4}\s\d{2}\s\d{2})"
        r"(?:[\-转]\d{1,5})?(?!\d)",
    ),
    _rule(
        "landline",
        r"(?:电话|座机|固话|宅电|热线|致电|来电|拨打?|打|[Tt]el|TEL|联系)(?:号码|号)?[\s:是为(]{0,4}"
        rf"([2-9](?:{_TIGHT}\d){{6,7}})(?![\d年月日元])",
        spelt=True,
    ),
    _rule(
        "plate",
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][\s\-]{0,2}[A-HJ-NP-Za-hj-np-z]"
        r"[·•.,*\s\-]{0,3}(?:(?:[A-HJ-NP-Za-hj-np-z0-9][\s\-*]{0,2}){4}[警学挂港澳领使试超]"
        r"|(?:[A-HJ-NP-Za-hj-np-z0-9][\s\-*]{0,2}){4,5}[A-HJ-NP-Za-hj-np-z0-9])(?![A-Za-z0-9])",
        _plate_ok,
    ),
    _rule("passport", r"(?<![A-Za-z0-9])[A-Z]{3}\d{12}(?!\d)"),
    _rule("passport", r"(?<![A-Za-z0-9])[EeGgDdSsPpHhMmCcWw][A-Za-z]?\d{7,10}(?!\d)"),
    _rule(
        "passport",
        rf"(?:护照|通行证|永居证|永久居留证|永久居留身份证|回乡证|台胞证|军官证|士兵证|警官证|居住证|驾驶证|残疾证|社保卡){_IS}"
        rf"(\S{{0,2}}?(?:第|[A-Za-z]{{1,2}})?{_TIGHT}\d(?:{_TIGHT}\d){{5,19}}号?)",
    ),
    _rule(
        "account",
        r"(?:[微薇威维徽v]\s?信|(?<![A-Za-z])(?:v|w)x|wei\s?xin|we\s?chat|加v|扣\s?扣|企鹅号?|绿泡泡?|绿色软件|(?<![A-Za-z])qq|(?<![A-Za-z])q号|支付宝|抖音|快手|陌陌|小红书|微博|钉钉)"
        r"(?:账号|帐号|号码|同号|号|id|名)?[\s:]{0,4}(?:是|为|叫)?[\s:]{0,2}([A-Za-z0-9_\-@.]{5,40}|[一二三四五六七八九零〇幺\d]{6,12})",
        _account_ok,
    ),
    _rule(
        "birthday",
        rf"(?:生日|出生(?:日期|年月日?|时间|于)?|生于)[\s:是为于(]{{0,3}}({_DATE})",
        spelt=True,
    ),
    _rule("birthday", r"(?:生日|出生)[\s:是为于(]{0,3}(\d{1,2}月\d{1,2}[日号])", spelt=True),
    _rule("birthday", rf"(?:生日|出生(?:日期|年月日?|时间|于)?|生于)[\s:是为于(]{{0,3}}({_LUNAR})"),
    _rule("birthday", rf"({_LUNAR})(?=\s?(?:出生|生人|的生日))"),
    _rule(
        "birthday",
        rf"({_DATE})(?=\s?(?:出生|生人|的生日|生(?![产活效态成长物意命气育病])))",
        spelt=True,
    ),
)


def found(plain: str, spelt: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of every number in a text given plain and spelt; they may overlap."""
    for rule in RULES:
        text = spelt if rule.spelt else plain
        if rule.kind == "account":
            text = text.lower() if len(text.lower()) == len(text) else text
        for match in rule.pattern.finditer(text):
            start, end = match.span(1 if rule.pattern.groups else 0)
            if rule.check(text[start:end]):
                yield start, end, rule.kind
