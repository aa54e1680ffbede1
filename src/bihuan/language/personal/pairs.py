"""Given names of two characters as they are put together, and the surnames that only such a one
makes likely.

Parents choose a first character from some and a last one from others: 志刚, 春雨, 有福. A pair of
that make is a name where single characters would say little: 么志刚, 来有福, 底会军.
"""

from bihuan.language.personal import chars

# The first of two, the last of two.
FIRST = frozenset(
    "志建国永文德玉秀春小晓海金大有满长福红丽爱云桂凤新东立明正成宝卫学庆家俊振光荣广世少天子思雨佳梦欣雅嘉浩宇泽一冬夏秋雪素淑慧美艳亚万兴维伟忠孝仁义礼智信克宗绍祖宏洪鸿"
    "会景敬静丹晨凯启如润瑞若诗书树松铁喜先相翠银彩巧惠燕英月兰菊莲梅香珍水火土山石占守延彦耀业益友育元远运兆哲珠茂来连良龙鹏顺双细老阿开齐全其起清润森善尚胜盛士仕述四太田廷庭同望为"
    "炳丙秉伯才昌朝崇楚传纯从存达道登殿发凡方奉富刚高根功冠贵汉恒华怀焕吉纪继坚江锦进京久君康科可昆乐力灵孟念宁平普奇千勤青仲叔季沛品邦班本彪昊瀚悦婉芷语紫若宸梓沐奕子皓煜诺依妙涵芳芝嫣晴柏"
    "艾安在多得招引迎盼援抗保护拥永富庆国解跃丰来进长久恒"
)
LAST = frozenset(
    "强刚军华芳英勇福堂霞梅兰珍明平峰林伟涛杰生民才良玲花红香娥娟琴云燕丽艳萍莲凤菊荣贵财富宝根柱山海江河龙虎飞鹏翔宇轩涵欣怡然琪雨晴阳辉光亮星晨波清泉源洋洁雪冰霜露瑶瑾瑜琳琦婷倩颖敏慧"
    "静雅淑贤惠芬芝秀玉珠银金铁钢锋锐铭武斌文彬学仁义礼智信德功业成达昌盛旺兴发庆祥瑞吉喜乐安宁康健寿年春夏秋冬月东南北国邦家城栋梁材森木松柏桐枫杨竹权群众友朋元亨利贞超越凡远志恒坚毅忠孝"
    "诚诗画书心妹弟仔娃狗牛羊田岩岭川浩泽鑫磊晶淼炎焱凯旋胜战斗爱卫禾苗青彤虹滨澜荷蓉薇莉茜蕾蓓妮娜婉媛姗娇婵媚嫣麟骏骥腾跃升宏进前水好毛悦妍萱阳辰沛航博睿哲泓钰朗远清晗昕媚丫锁栓满仓囤朴真善美丰高顺娣弟朝放军粮来根苗收产社星红旗"
)
# People are called so, though hardly anybody, and all of them are other words: 么, 底, 种, 税.
BEGINNING = (
    frozenset(
        "侬喇绽么底种税南北西那来后有字把力才丑丙甲寅卯辰未申酉戌亥上中下左右前早夕春夏秋冬日月星天火风雨雪霜冰沙岩峡波潮源滩港桥寨营军兵刃剑矛"
        "布丝线衣鞋巾灯炉勺盘桶床门户墙瓦砖粮油酱酒菜瓜果桃杏枣梨栗菊荷莲麦黍老少正公母师佛神虎狗猫鸡鸭鹅鸟虫耳口牙足心骨血肉"
        "皮毛角红紫铜锡学士工农医算运命福禄财业底粘仍不直是盟要院续依律昂揣泥贤展遇登亮迎邸茹晾阳阴洋闹雄苑泉刑阵首杰尼亦问麴"
    )
    - chars.SINGLE
) | chars.RARELY


def typical(given: str) -> bool:
    """Whether two characters are put together as given names are."""
    return len(given) == 2 and given[0] in FIRST and given[1] in LAST
