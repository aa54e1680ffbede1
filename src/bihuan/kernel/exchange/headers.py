"""The words in the first line of tables by which offices name what a message consists of.

Programmes may bring words of their own one day; whoever reads a table asks only for `NAMES`.
"""

NAMES = {
    "number": (
        *("留言编号", "编号", "工单编号", "工单号", "受理编号", "受理号", "诉求编号", "来信编号"),
        *("信访编号", "案件编号", "流水号", "number", "id", "ticket"),
    ),
    "subject": (
        *("留言主题", "主题", "标题", "事项标题", "诉求标题", "工单标题", "来信标题", "信件标题"),
        *("诉求主题", "问题标题", "subject", "title"),
    ),
    "body": (
        *("留言详情", "内容", "详情", "正文", "诉求内容", "反映内容", "工单内容", "来信内容"),
        *("来电内容", "信件内容", "诉求详情", "诉求描述", "问题描述", "问题内容", "反映问题"),
        *("主要诉求", "具体内容", "事项内容", "投诉内容", "咨询内容", "建议内容", "留言内容"),
        *("body", "text", "description"),
    ),
    "category": (
        *("类别", "类型", "诉求类型", "诉求类别", "工单类型", "信件类型", "事项类别"),
        *("category", "type"),
    ),
    "channel": (
        *("渠道", "来源", "诉求来源", "来源渠道", "受理渠道", "反映渠道", "channel", "source"),
    ),
    "place": (
        *("地点", "地址", "事发地点", "事发地址", "发生地点", "诉求地址", "反映地点", "问题地点"),
        *("所在地", "place", "address", "location"),
    ),
    "name": (
        *("姓名", "留言用户", "联系人", "反映人", "来电人", "诉求人", "来信人", "投诉人", "来访人"),
        *("信访人", "申请人", "市民姓名", "联系人姓名", "来电人姓名", "诉求人姓名", "反映人姓名"),
        *("来信人姓名", "name"),
    ),
    "phone": (
        *("电话", "手机", "联系电话", "手机号", "手机号码", "电话号码", "联系方式", "来电号码"),
        *("来电电话", "联系号码", "反映人电话", "诉求人电话", "来电人电话"),
        *("phone", "telephone", "mobile"),
    ),
    "email": ("邮箱", "电子邮箱", "电子邮件", "email", "e-mail", "mail"),
    "complained_of": (
        *("被反映单位", "被反映人", "被投诉单位", "被投诉人", "被投诉对象", "被举报人"),
        "complained_of",
    ),
    "time": (
        *("留言时间", "时间", "反映时间", "受理时间", "来电时间", "诉求时间", "来信时间"),
        *("登记时间", "提交时间", "创建时间", "日期", "来电日期", "来信日期", "受理日期"),
        *("登记日期", "反映日期", "time", "date", "opened_at"),
    ),
    # Beside a day: a second column that is known as a time, or one of these.
    "hour": ("时刻", "钟点", "时分", "几点", "具体时间", "来电时刻", "hour", "clock"),
}
# Two columns of one field: the second is what stands here.
SECOND = {"time": "hour"}
# One of these there must be.
TEXTS = frozenset({"body", "subject"})
# Here "none" says that there is none; in a text it may be what somebody has to say.
MAY_BE_NOTHING = frozenset(NAMES) - TEXTS
