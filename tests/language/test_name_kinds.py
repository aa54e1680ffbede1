"""Names by kind, each through the door: what goes, and what of the same look stays."""

import pytest

from bihuan.language import redact

# Of each kind: what goes, between « and »; and what looks like it and stays.
GOES = {
    "a surname hardly anybody bears": [
        "«么志刚»昨天把工具拉走了。",
        "村西头«来有福»把公家的路挖了。",
        "«底会军»酒后闹事。",
        "请查一下«那春雨»的社保。",
        "我向«来长顺»反映过两次。",
    ],
    "a name that is a word": [
        "到现在«常青»也没把押金退给我。",
        "«元宝»昨晚又把三轮车停在消防通道上。",
        "我们组长«江河»从来不按时发工资。",
        "供电所的«高峰»冒雨抢修到凌晨。",
        "急诊那晚值班的是«童心»，处理得很及时。",
        "第二次«曲直»说系统坏了。",
        "老板姓边，叫«边城»，欠薪跑了。",
    ],
    "a given name that is what people do": ["«车前进»乱停车。", "«宁有种»承包工程层层转包。"],
    "a given name alone": [
        "跟«桂花»婶一起捡棉花。",
        "替«海生»大伯问一下。",
        "孙子«乐乐»在幼儿园被打了。",
    ],
    "of other peoples, without a cue": [
        "«洛桑扎西»开的藏药店没有许可证。",
        "«阿侯尔作»带头修的路。",
        "«沙马拉且»去县医院看病。",
        "«泽仁拥忠»骑摩托摔伤。",
        "«玛丽亚»在社区教英语。",
        "帮我谢谢«扎西»，他背着我走了五里山路。",
    ],
    "with a blank": [
        "申请人：«田　禾»",
        "«王　芳»反映楼上漏水。",
        "住户«李 明»家的电表走得太快。",
        "«刘　洋»、«周　敏»、«许　静»三人到村部签了字。",
    ],
    "after the words of the country for kin": [
        "我阿嫲«区银好»今年九十二。",
        "我伢«熊细毛»在学校跌了一跤。",
        "我弟媳«况小琴»产检被收了三次钱。",
    ],
    "a byname": [
        "外号«小黑子»的那个人又来了。",
        "«老K»带着一帮人赌钱。",
        "绰号叫«二愣子»的那个人。",
    ],
}
STAYS = {
    "counties and cities": [
        "景洪的橄榄坝景区门票太贵。",
        "从景洪到勐海的班车一天只有两趟。",
        "石渠、色达、德格、白玉四县的虫草。",
        "青海的牦牛肉。",
        "陆丰的虾苗今年死了一半。",
    ],
    "what is sold under a name": [
        "张裕葡萄酒买到假的。",
        "陈克明挂面里有虫。",
        "孙记包子铺没有营业执照。",
        "吴裕泰茶庄不开发票。",
        "罗莱家纺的被子掉毛。",
    ],
    "whom everybody speaks of": [
        "向雷锋同志学习。",
        "说曹操曹操到。",
        "林黛玉式的办事风格要不得。",
        "张三、李四之类的假名字也能注册。",
    ],
    "words that some are called": [
        "高峰时段公交挤不上去。",
        "汽车向前滑了两米。",
        "石榴和葡萄都被鸟吃了。",
        "常青街道的垃圾桶满了三天。",
        "方向盘锁死了。",
    ],
    "halves of sentences": [
        "夏天热得要命，冬天冷得要死。",
        "结算时才发现多收了两天床位费。",
        "来年开春再修就晚了。",
        "罗某与卢某系邻里纠纷。",
        "杨絮满天飞。",
    ],
    "an act of an office": ["居委会把路修好了。", "公安把案子破了。", "银行欠我一个说法。"],
}


@pytest.mark.parametrize("text", [one for kind in GOES.values() for one in kind])
def test_goes(text):
    plain = text.replace("«", "").replace("»", "")
    found = [one.text for one in redact.find(plain) if one.kind == "name"]
    assert [part.split("»")[0] for part in text.split("«")[1:]] == found, found


@pytest.mark.parametrize("text", [one for kind in STAYS.values() for one in kind])
def test_stays(text):
    assert redact.mask(text) == text


def test_a_surname_that_is_the_whole_name_goes_too():
    assert redact.mask("公明欠我们八个人的工资。") == "公某欠我们八个人的工资。"


def test_who_is_known_goes_whatever_the_text_says():
    assert redact.mask("景洪的门票太贵。", ["景洪"]) == "景某的门票太贵。"
    assert redact.mask("向雷锋同志学习。", ["雷锋"]) == "向雷某同志学习。"
