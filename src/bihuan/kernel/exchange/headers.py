"""The words in the first line of tables by which anybody names what a message consists of. What offices
of one programme call it beside, the programme says in its `import.toml`.
"""

from bihuan.kernel.exchange import declared
from bihuan.spec.schema import Programme

NAMES = {
    "number": ("编号", "流水号", "number", "id"),
    "subject": ("主题", "标题", "事项标题", "问题标题", "subject", "title"),
    "body": (
        *("内容", "详情", "正文", "具体内容", "事项内容", "问题描述", "问题内容"),
        *("body", "text", "description"),
    ),
    "category": ("类别", "类型", "事项类别", "category", "type"),
    "channel": ("渠道", "来源", "来源渠道", "channel", "source"),
    "place": ("地点", "地址", "发生地点", "问题地点", "所在地", "place", "address", "location"),
    "name": ("姓名", "联系人", "联系人姓名", "name"),
    "phone": (
        *("电话", "手机", "联系电话", "手机号", "手机号码", "电话号码", "联系方式", "联系号码"),
        *("phone", "telephone", "mobile"),
    ),
    "email": ("邮箱", "电子邮箱", "电子邮件", "email", "e-mail", "mail"),
    "complained_of": ("complained_of",),
    "time": (
        *("时间", "登记时间", "提交时间", "创建时间", "日期", "登记日期"),
        *("time", "date", "opened_at"),
    ),
    # Beside a day: a second column that is known as a time, or one of these.
    "hour": ("时刻", "钟点", "时分", "几点", "具体时间", "hour", "clock"),
}
# Two columns of one field: the second is what stands here.
SECOND = {"time": "hour"}
# One of these there must be.
TEXTS = frozenset({"body", "subject"})
# Here "none" says that there is none; in a text it may be what somebody has to say.
MAY_BE_NOTHING = frozenset(NAMES) - TEXTS


def names(programme: Programme, kind: str) -> dict[str, tuple[str, ...]]:
    """The headers by which columns of every message are known in a table of a kind."""
    own = declared.of(programme, kind).headers
    return {column: (*words, *own.get(column, ())) for column, words in NAMES.items()}
