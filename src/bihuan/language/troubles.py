"""Whose business a trouble usually is: how people name it, and what stands in the names of those whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """`said`: words that people use; `named`: parts of the names of organisations."""

    said: tuple[str, ...]
    named: tuple[str, ...]


TROUBLES: Mapping[str, Trouble] = {
    "streets": Trouble(
        ("路灯", "井盖", "垃圾", "摆摊", "占道", "违建", "广告牌", "绿化", "公厕", "油烟", "噪声"),
        ("城市管理", "城管", "市容", "市政", "园林"),
    ),
    "traffic": Trouble(
        ("公交", "修路", "坑", "红绿灯", "停车", "出租车", "堵车", "限行", "车站"),
        ("交通", "交警", "公路", "公交"),
    ),
    "housing": Trouble(
        ("物业", "小区", "电梯", "房产证", "漏水", "装修", "公积金", "买房", "租房", "拆迁"),
        ("住房", "住建", "房产", "不动产", "公积金", "物业"),
    ),
    "supply": Trouble(
        ("停水", "停电", "停气", "水费", "电费", "燃气", "暖气", "供热", "水压", "下水道"),
        ("水务", "自来水", "供电", "电力", "燃气", "供热", "排水"),
    ),
    "schools": Trouble(
        ("学校", "上学", "入学", "补课", "幼儿园", "老师", "校车", "学区"), ("教育", "学校", "教体")
    ),
    "health": Trouble(
        ("医院", "看病", "医保", "疫苗", "报销", "急诊", "药费"),
        ("卫生", "医疗", "医院", "疾控", "医保"),
    ),
    "work": Trouble(
        ("工资", "欠薪", "社保", "养老金", "工伤", "失业", "劳动合同", "退休"),
        ("人力资源", "人社", "社会保障"),
    ),
    "welfare": Trouble(
        ("低保", "救助", "残疾", "结婚登记", "养老院", "殡葬", "退役"),
        ("民政", "残疾人", "退役军人"),
    ),
    "shopping": Trouble(
        ("假货", "退货", "食品", "价格", "营业执照", "缺斤少两", "超市", "饭店"),
        ("市场监督", "市场监管", "消费者"),
    ),
    "surroundings": Trouble(
        ("污染", "臭味", "河道", "排污", "扬尘", "污水", "冒烟"), ("生态环境", "环保", "环境")
    ),
    "safety": Trouble(
        ("户口", "身份证", "居住证", "诈骗", "治安", "消防", "隐患"),
        ("公安", "派出所", "消防", "应急"),
    ),
    "fields": Trouble(
        ("种地", "农田", "灌溉", "补贴", "土地", "宅基地", "山林"),
        ("农业", "自然资源", "林业", "水利"),
    ),
}


def about(text: str) -> tuple[str, ...]:
    """The names of the troubles that a text speaks of, or whose word it begins."""
    asked = text.strip()
    if len(asked) < 2:
        return ()
    return tuple(
        name
        for name, one in TROUBLES.items()
        if any(word in asked or asked in word for word in one.said)
    )


def is_theirs(trouble: str, organisation: str) -> bool:
    """Whether an organisation is called like those whose business a trouble usually is."""
    found = TROUBLES.get(trouble)
    return found is not None and any(part in organisation for part in found.named)
