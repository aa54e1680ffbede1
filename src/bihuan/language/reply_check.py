"""A check-list for an answer before it goes out: reasons to look again, never a verdict."""

import re
from dataclasses import dataclass

from bihuan.language import similar

_ASK = re.compile(
    r"[^。！？!?；;\n]*(?:请问|能否|可否|是否|何时|什么时候|为什么|怎么|如何|多久|吗|呢|希望|建议|要求|恳请)[^。！？!?；;\n]*"
)
_PLACEHOLDER = re.compile(r"收悉|已转|转交|转办|转至")
_BASIS = re.compile(r"根据|依据|按照|依照|《[^》]{2,40}》|经查|经核实|经调查")
_MEASURE = re.compile(r"已(?!收悉|转)|将(?:于|在|会)?|责令|完成|整改|安排|落实|处理|协调")
_WHEN = re.compile(r"\d{1,2}月|\d+[个]?(?:工作)?[日天周月]内?|年底|本周|下周|近期|立即|当日")
_CONTACT = re.compile(r"电话|热线|咨询|联系|\d{7,12}")
SHORT = 60
SHORT_PLACEHOLDER = 110
OFF_TOPIC = 0.05


@dataclass(frozen=True)
class Check:
    """One line of the list: `key` names its words, `good` whether nothing is amiss."""

    key: str
    good: bool
    detail: str = ""


def asks(message: str) -> list[str]:
    """The sentences of a message that ask for something."""
    return [m.group().strip(" ，,") for m in _ASK.finditer(message) if len(m.group().strip()) > 3]


def is_placeholder(reply: str) -> bool:
    """Whether the reply only says that the message was received or passed on."""
    found = bool(_PLACEHOLDER.search(reply)) and not _BASIS.search(reply)
    return (len(reply) < SHORT and found) or (found and len(reply) < SHORT_PLACEHOLDER)


def check(message: str, reply: str) -> list[Check]:
    """The list for one answer; lines in a fixed order."""
    asked = asks(message)
    target = similar.grams(reply)
    missed = [
        one
        for one in asked
        if sum(1 for g in similar.grams(one) if g in target)
        < 0.15 * max(1, len(similar.grams(one)))
    ]
    likeness = similar.cosine(similar.grams(message), target)
    return [
        Check("answer_check.on_topic", likeness >= OFF_TOPIC),
        Check("answer_check.not_placeholder", not is_placeholder(reply)),
        Check("answer_check.asks_covered", not missed, "；".join(missed[:3])),
        Check("answer_check.has_basis", bool(_BASIS.search(reply))),
        Check("answer_check.has_measure", bool(_MEASURE.search(reply))),
        Check("answer_check.has_date", bool(_WHEN.search(reply))),
        Check("answer_check.has_contact", bool(_CONTACT.search(reply))),
    ]
