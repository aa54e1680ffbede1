"""What of a question is asked about: 路灯坏了怎么报修 asks about 路灯. Words of asking, of being at a loss and
of things being broken stand in every question, and say nothing of which."""

import re
from functools import cache

from bihuan.language.tokens import RUN, fold

# Nobody asks in more: a longer text tells what happened, and is compared as it stands.
LONGEST = 30

# By these a question is known for one.
ASKING = (
    "请问", "请教", "想问一下", "想问问", "想问", "问一下", "咨询一下", "怎么样", "怎么办理", "怎么办", "怎么处理", "怎么", "怎样", "咋办", "咋",
    "如何", "在哪里", "去哪里", "到哪里", "哪里", "在哪儿", "去哪儿", "到哪儿", "哪儿", "在哪", "去哪", "哪个部门", "哪个单位", "哪些", "哪个",
    "什么时候", "什么时间", "什么条件", "需要什么材料", "什么材料", "什么", "何时", "多久", "多少钱", "多少", "几点", "几天",
    "找谁", "谁来管", "归谁管", "谁管", "能不能", "可不可以", "可以吗", "行吗", "是否", "有没有", "是不是", "为什么", "为何", "吗", "呢",
    "报修电话", "报修",
)  # fmt: skip
# These go with them.
BESIDE = (
    "坏掉了", "坏掉", "坏了", "损坏了", "损坏", "出故障了", "出故障", "故障", "出问题了", "有问题", "用不了了", "用不了", "不能用",
    "电话号码", "办理", "处理", "反映", "投诉", "修好", "修理", "您好", "你好", "谢谢", "麻烦", "我家", "我们", "我想", "我要", "我",
    "应该", "需要", "想要", "的", "了", "啊", "呀", "吧",
)  # fmt: skip


@cache
def _any(*words: str) -> re.Pattern[str]:
    # When first asked: every command would wait for the fold's tables, a tenth of its start.
    folded = sorted({fold(word) for word in words}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, folded)))


def about(text: str) -> str:
    """What a short question asks about, its words apart; the text as it stands where it is no question,
    or where nothing else is in it."""
    folded = fold(text)
    if len(folded) > LONGEST or not _any(*ASKING).search(folded):
        return text
    left = " ".join(_any(*ASKING, *BESIDE).sub(" ", folded).split())
    return left if any(len(run) > 1 for run in RUN.findall(left)) else text
