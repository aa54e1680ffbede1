"""Names of people: after a cue, before a title, beside a relation or an office, or standing alone
where a sentence begins or takes one.

A Chinese name is a surname and one or two characters of those that parents choose; a name of other
peoples has a middle dot, or characters that only transcriptions use. Where the surroundings say
less, the characters must say more.
"""

import re
from collections.abc import Iterator

from bihuan.language.personal.letters import DOTS
from bihuan.language.personal.words import ORDINARY

_DOUBLE = (
    "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|端木|申屠|轩辕|钟离|鲜于|闾丘|"
    "澹台|公冶|濮阳|淳于|单于|太叔|仲孙|司空|百里|呼延|东郭|南宫|西门|赫连|拓跋|独孤|第五|完颜|纳兰|欧陽"
)
# The Hundred Family Names and those that are common today though it lacks them.
_SINGLE = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞"
    "任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏"
    "成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘"
    "缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷"
    "车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能"
    "苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨"
    "居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾沙乜养鞠须丰巢关蒯相查后荆红游竺权"
    "逯盖益桓公覃付肖闫代岳兰佟仝亓禤揭占邸苑牟禹芦麦涂郜郎生帅原苟谌税褟亢皋操但粟库母妥敬藏撒闪拜佘佴闻谯漆车辜户初哈"
    "锁沐晋苏靖冼卿解补青刚来展丛楚由矫迟宿矣佀逢刀岩召依斯隋鞠商玉门单劳普位冶鄢智练鲜阿区勾卿官折仉仵俎励区撖恽承栗楼畅睢禚笪綦缑菅郇郄麴朴杭隋釜过言豆竹木腾晓尧开银奉字寸回闭植厚邝幺战滿孫張陳劉楊趙黃吳馬謝許鄧馮蕭葉鄭羅呂蘇盧鍾"
)
# Single surnames that are ordinary words first: only where the surroundings say it is a name.
_WEAK = frozenset(
    "斯商位智练鲜阿区官折承楼过言豆木开字回奉水时元平和明成应于能双通连向后红来由原初生门户补广国文东利公相关空家都养代但方常安高金石车管经包万从"
    "单越单全井松秋山乌弓富班习居步满权盖益展战青刚厚植依敬库母操占支干强路计席容古易云花党终别充养融冷师须丰益"
)
# And those that are hardly ever one: a cue, a label or a title must say so.
_RARELY = frozenset("能应由从向相都那后来双和但")
# With these at its end it is a place or a paper.
_PLACE_END = "湖冲舞社河江桥岭岗湾溪洲浦镇路章发等期"
# What parents choose; the first line is met in every village.
_GIVEN = frozenset(
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉萍红梅建国华文志淑珍春荣凤琴云莲素秋月香菊菲芬燕玲慧"
    "鹏飞宇浩轩博俊豪鑫泽昊然子涵梓欣怡诗雨思佳嘉琪雅婷晨曦晓东小冬雪莹莉薇倩颖瑶琳璐瑞雷雯斌彬波海江河湖清源"
    "龙虎彪辉光亮晶旭阳晖炎焱毅刚坚松柏林森枫桐楠杨柳青蓝翠碧紫丹彤虹霖露霜雁鸿鹤鸾莺鹃凯旋胜利成功业德仁义礼智信"
    "忠孝廉良善贤能才学书翰墨翔腾跃升达远程途广博大宏弘伯仲叔季元兴旺盛昌隆福禄寿喜庆祥吉宝贵财富金银珠玥珏琼瑾瑜"
    "璇环佩钰铭锋锐钢铁钧镇钊锦绣彩美媛妍娇婉婵娥嫣妮姗姝娴娅婕嫒巧惠蕙芝芸芷若茜蓉蓓蕾薇芹荷萱葵兰竹苗苑莎"
    "启迪开创立新安康宁健永恒久长江山川岩石峰岭岚峻崇嵩世家宗祖绍继承传先全友民生树根柱梁栋材桥冲斗星辰宸宇宙天乾坤"
    "地中正直端方圆少晋楚秦汉唐宋元鲁齐魏吴越川渝粤沪京津冀豫鄂湘皖浙闽琼力勤俭朴素洁净纯真如意恩爱慈友和顺从容冠"
    "群众士卫兵战武斌威武雄健克定邦国庆社会党锁栓虎牛满仓有余发来进财旺顺之乃也亦其可以为望舒听砚南乔棠映知何"
    "瑛璟珂珊玮琦琛琰璞瑄逸轶奕弈翊羽翼翎翀霄汐沐沛沁沂洛洲浦涓淇淼清渊渝湘溪滢潇潮澄澜灏炜炯烁烨煜煊熙熠燕"
    "亚卉卓南卿双叶君吟咏唯哲唱善均培堃增声夏夕多奇如妙妤姣姿威娣孟季宜宣实容宽寅密尔尧展岳川巍己常干年幼一凡灵仪令恭守予帆朔荷庭廷延弦弟彦"
    "彰影征微心忆念怀思恬悦悠情惜慕懿戈所才扬承拓振捷挺援放政敬斐方旎旻昀映昕昱晋晏晔晗普景智暄暖曼朗朔本朋服朝柯栩桃桦"
    "梦楚榕槿樱欢殊殿毓民水汝沙治法泉泰津浚润深渊湛满漫然焕照熊爽珑理琬瑗瑾璋甜用田甲申畅白皓益相眉硕祖祺禹禾秉科程穗"
    "立章笑笛筠简箫籽精紫约红纪纯练经维绮缘缨罡羿聪肖育胤致航舟良色艺艾节芙花芮苏英茂茗茵茹荟莫菁菡萌落葆蒙蓝薪虎蝶融行"
    "衡裕西言言诚语谊谦谨豆贝贞贤赞超越跃路轲辉辞达迅运进连逍遥道邦郁酉采里量野钦铃银锡镜长闯闻阔陶隽雄雅集雯震霏霞青非"
    "顺颂领颜风飘香馨骁骏高魁鲲鸣麒麟黎默齐龄庚富仓树堂朵茜乐奎壮尊岗岐川希帆彭律恺揚撼攀旗显汶洪浪淳渤璇略"
    "丙丞丰亘亨京亭伊伦佐佑作侃侠俊俐俏保修俪倡健偲傲儒允兆兢冬冰凌凝列初剑劲励劭勋勉勃匀千升占印厚原同名启吾呈哲商善嘉园围圣坦垚垒城域培基堂境士壮备复太夫奂奉奔姜姗娆娅婧媚媱嫄孜学守官定宛宪宫宵宾寒察寻导尚岑岱峥崎崧崴嵘巧帅希帜序应底度弘弛弥张归彤形彰彻律得徽必志忍忻恋恕悌悟惟惊想愉意愫愿慎慰慷憬戎战扶抒拔持指授掌探揽擎收攸效教敦斯新族旦早旬时昂易昭显晟晴暑暮曙曜期术权材条来极构枝枢柔标校格桑梅棋植椿楷榆槐橙次止步比毕汀求汇汉汕池汪沅泊泓泳活派流测浓浙浣深添渔温港游湄湜源溢滋滨漪潜潞澈澎濂濡瀚灿炀炅炫炬炳点烽煌煦燊燚爵牡牧特献玄玖玘环珀珈珞班球琢琮瑚瑟璀瓒生电男留登百皎盈盼省睦疆向睿研磐祎祐神祯禛私稀稔稳稷穆空窈童竞笠笙策筱箐米粒粟索级纬纮纲纳纶纹线组绅细绎绒统绩绪绵综绿缇缜缤罗羚翙翟翥耀老考耕耘联聆聚肃肯脉臣舒舜船艮艳芊芦芫苇苏苒苹草荃荔荧莅莘菀菘菱萃萦葳蓁蔓蔚蕊蕴藜藤蘅虔蝉衍览觉认训记论设词试诗诠诣详诸诺谌谐谙谟贡贯资赋赐赛赫起足踔身转轻载辅迈迎近述适逊造逸遐遵邈邑邱邵郡都重鉴铂铎铠铮键锴镒镕门闪间阁阅阗防阵陆陇降陵随雀集零雾霁霆霓靓鞠韧韬韵音韶页顶项须颀预颐频飒首馥驰驹驿骄骅骋骐骞骥鱼鲜鸥鹭鹰麓麾鼎娘苓妹姐弟嫂英晖勤侬婆狗猛刘发财旺招"
)
# Of these, those that are in names and hardly anywhere else: one is enough.
_TELLING = frozenset(
    "伟芳娜秀英敏静丽磊洋艳杰娟涛超霞刚桂兰萍梅芬燕玲慧鹏浩轩俊豪鑫泽昊涵梓欣怡佳琪雅婷晨曦雪莹莉薇倩颖瑶琳璐瑞雯斌彬辉旭炎毅"
    "枫楠翠彤虹鸿雁凯智忠孝翰伯淑珍琴云莲菊菲蓉蓓蕾萱薪婧妍娇婉婵嫣妮姗娴娅媛嫒芸芷茜丹钰铭锋锐钧镇钊琼瑾瑜玥珏璇娥嫂勇强军建磊"
    "峻嵩坤婕绮炜烨煜熙灏琦琛瑛璟邦宪庚昕昱晖晗曼柯棠榕沛沁淇渊澜玮瑄琰祺睿瀚奕娣姣嫦贞霖露霏韵飒馨骏骁麒麟欢畅洁健彪杨林宇帆"
)
# What transcriptions of Uyghur, Kazakh, Tibetan, Mongol and Hui names are written with.
_TRANSCRIBED = (
    "阿艾买买提吐尔逊江热合曼依明玛木卡德尔克力古丽娜孜汗拜巴图伊斯拉穆罕默德萨伊苏里坦努尔帕夏提哈迪斯亚森库尔班玉素甫"
    "吾甫麦海加合沙吉米热扎西顿珠尼次仁卓嘎多杰旺堆格桑央金拉姆达瓦洛桑丹增强平措白玛索朗坚赞顿孟和布呼格其乌云苏日娜塔"
    "那仁图雅额尔敦朝鲁胡勒根别赛肯叶居马阔孜亥别尔波拉提塔斯恒迪拜尔阿不都则依再乃比布祖农凯赛尔霍加买合木西日"
)
_S = f"(?:{_DOUBLE}|[{_SINGLE}])"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
_G = f"[{''.join(sorted(_GIVEN))}]"
_DOT = f"[{DOTS}.]"
_END = r"[,。.;:、\s()（）!?！？\"'“”‘’《》<>\[\]/|+=\n]"
_SAID = (
    r"说|称|反映|表示|来电|来信|来访|诉称|投诉|举报|申请|办理|负责|签字|确认|同意|认为|提出|要求|咨询|答复|联系|住|家住|"
    r"电话|手机|身份证|男|女|系|已|未|没|不|于|在|和|与|及|跟|同|去|到|把|将|被|因|为|是|的|等|又|也|多次|经常|从|向|对|本人|"
    r"今年|家的|家里|家门|了解|协商|沟通|核实|解释|说明|确实|曾|刚|拒|乱|态度|打|给|找|让|这|那|并|现|居住|所|"
    r"[二两三四五]人|等人|不服|怀疑|驾|骑|购|买|租|经营|名下|领取|填写|递交|提交|出生|死亡|去世|受伤|报警|报案|撤诉|担任|退休|患|现年|年满|户口|账户|"
    r"承包|违规|私自|擅自|强占|占用|出具|拿|送|一家|一人|为人|服务|热情|耐心|工作|接待|处理|受理|值班|检查|上门|回复|解答|当场|故意|辱骂|殴打|威胁|"
    r"推诿|拖欠|欠|借|收|退|没|有|从|亲|签|夫妻|夫妇|父|母|妻|儿|之|"
    r"尽快|两位|接警|抢|堵|骂|推|堆|养|种|建|盖|搬|摆|卖|开|停|放|修|装|租|吃|读|上班|下班|生病|住院|做|干|当|曾任|现任|原任|兼任|任|才|就|都|还|再|却|竟|"
    r"总是|一直|始终|从未|至今|目前|现在|后来|当时|昨|上个|去年|希望|请求|恳请|想|愿意|语气|讲|指|骗|偷|签|缴纳|领|受|获|遭|使|替|发|带|写|看|听|问|叫|喊|"
    r"帮|陪|经手|掌握|主持|牵头|联合|共同|分别|均|自己|本来|当天|当日|随后|立即|马上|及时|主动|逐户|多年|长期|独自|独居|身患|瘫痪|失踪|死|亡|牺牲|病|伤|"
    r"小朋友|名字|一案|案|名义|账上|那里|处|手中|手里|两户|三户|绕|催|长期|下岗|体罚|牵头|答应|答复|提出|达成|拖|在|承办|确系|享受|给予|骗取|均|作为|按|属|符合|需|可|能|会|应|一行|迟迟|卧床|发生|本人|取得|也|组织|致歉|夜间|不|公开|捐|主办|过度"
)
# Only people do these: before them a surname may be an ordinary word.
_PERSONAL = r"说|诉称|称|反映|表示|来电|来信|签字|负责|确认|认为|投诉|告诉|回答|,男|,女|先生|女士"
_TITLE = r"先生|女士|小姐|同志|师傅|老师|医生|大夫|护士|警官|大爷|大妈|大娘|大叔|大姐|大哥|阿姨|老人|同学|教授|律师|小朋友|夫妇|夫妻|一家|家属"
_RANK = r"书记|主任|经理|局长|所长|科长|处长|院长|校长|队长|组长|村长|镇长|乡长|站长|会计|老板|委员|董事长|总经理|法官|检察官"
_KIN = (
    r"父亲|母亲|爸爸|妈妈|儿子|女儿|闺女|丈夫|妻子|爱人|老公|老婆|媳妇|孩子|弟弟|哥哥|姐姐|妹妹|叔叔|伯伯|舅舅|姑姑|姨妈|爷爷|奶奶|外公|外婆|"
    r"我[爸妈爹娘哥姐弟妹姑舅姨叔伯爷奶儿女婿]|岳父|岳母|公公|婆婆|孙子|孙女|外甥|侄子|侄女|亲戚|邻居|朋友|同事|同学|房东|房客|租客|室友|对象"
)
_OFFICE = (
    r"工作人员|网格员|村支书|支书|书记|村主任|主任|会计|经理|老板|队长|组长|所长|局长|科长|院长|校长|站长|医生|护士|老师|班主任|教师|律师|"
    r"民警|警官|辅警|协警|交警|城管|司机|客服人员|客服|保安|物业经理|项目经理|承办人|审核人|经办人|经手人|答复人|负责人|签发人|"
    r"住户|业主|户主|车主|店主|摊主|机主|村民|居民|市民|家长|学生|患者|病人|职工|农民工|工人|老人|受害人|死者|伤者|原告|被告|当事人|"
    r"信访人|上访人|签收人|承包人|购房人|被执行人|申诉人|上诉人|被投诉人|投诉人|举报人|被举报人|诉求人|反映人|来信人|来电人|来访人|致电人|求助人|申请人|联系人|收件人|寄件人|法定代表人|法人代表|法人|代理人|"
    r"监护人|继承人|承租人|出租人|产权人|权利人|担保人|借款人|党员|干部|代表|志愿者|护工|厂长|董事长|总经理|股东|员工"
)
# After these a colon may follow and then a name of any characters.
_LABEL = (
    r"[记登录受见证填复监管签保收付]\w人|信访人|签收人|承租人|承包人|当事人姓名|姓名|真名|真实姓名|名字|联系人|反映人|反映人姓名|投诉人|被投诉人|举报人|被举报人|诉求人|来信人|来电人|来访人|致电人|求助人|申请人|当事人|经办人|"
    r"承办人|审核人|答复人|负责人|签发人|收件人|寄件人|户主|业主|患者|法定代表人|法人代表|法人|监护人|代理人|投诉对象|反映对象|落款|署名|"
    r"经手人|车主|机主|家长|学生|老师"
)
_ME = r"我的名字是|我的名字叫|名字叫|名字是|我名叫|名叫|我叫|本人叫|本人姓名|本人系|本人是|本人|我是|我姓|自称|化名|写的是|写着|署名为|登记为|户主系|真名|真名为|叫做|叫"
_TAKES = r"[和与及跟向对找被由让请把给为将替据经]|联系|通知|告知|转告|回访|走访|询问|感谢|表扬|举报|投诉|起诉|协助|陪同|昨天|今天|前天|上午|下午|会同|致电|经与|接到|收到|代为|转交|户名|表扬|同意|批准|建议|经调查|经核实|经查|回访时|据了解|店员|乘客|顾客|病友|队员|职员|安排|现将|派|委托|派出|上门找|咨询|原来的|前任"
_NOT_AFTER = r"(?![路街巷区县市镇乡村局所站院校厂桥河湖山庄园场馆楼寺塔湾港口岛州省府])"
_BLANK_NAME = rf"{_HAN}(?:\s{{1,3}}{_HAN}){{1,3}}"
_DOTTED = rf"{_HAN}{{1,8}}(?:\s?{_DOT}\s?{_HAN}{{1,8}}){{1,4}}"
# Words for people end in these: 水管员, 村医, 表哥, 来访群众.
_SOMEBODY = "[员医警哥姐妹弟婆爷叔姨舅嫂众民友人长蜜客]"
# Surnames that hardly any other word begins with.
_PLAIN = "[王李刘陈杨赵吴徐孙胡朱郭罗郑梁谢宋韩冯邓曹彭肖潘袁蔡蒋杜魏吕卢姚沈崔谭廖贾邹秦邱薛闫黎郝龚邵覃戴张周丁韦黄林唐许何苏叶钟范陆孟熊段侯尹傅]"
_T = f"[{''.join(sorted(_TELLING))}]"
_TR = f"[{''.join(sorted(set(_TRANSCRIBED)))}]"
_FULL_END = rf"(?=$|{_END}|{_SAID}|{_TITLE}|{_RANK})"


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


# A name is the group; which characters it may have, `_plausible` asks afterwards.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Of other peoples: after a cue or before a title any characters, else those of transcriptions.
    (
        _of(
            rf"(?:{_ME}|{_LABEL}|{_OFFICE}|{_KIN})\s?(?:叫|是|为)?[\s:]{{0,3}}({_DOTTED}){_FULL_END}"
        ),
        "any",
    ),
    (_of(rf"({_TR}{{1,8}}(?:\s?{_DOT}\s?{_TR}{{1,8}}){{1,4}})"), "any"),
    (_of(rf"(?:{_ME})[\s:]{{0,2}}({_TR}{{3,7}}?){_FULL_END}"), "any"),
    (_of(rf"(?:^|{_END}|{_TAKES}|{_OFFICE}|{_KIN})({_TR}{{3,7}}?)(?={_TITLE})"), "any"),
    # A label and a colon: whatever stands there to the next stop.
    (
        _of(
            rf"(?:{_LABEL})[)）\]】]?\s{{0,3}}[:：]\s{{0,3}}({_HAN}{{2,4}}?)(?=$|{_END}|{_TITLE}|电话|手机|身份证|性别|联系)"
        ),
        "label",
    ),
    (
        _of(
            rf"(?:{_LABEL})[)）\]】]?\s{{0,3}}(?:[:：]|是|为)?\s{{0,3}}({_BLANK_NAME})(?=$|{_END})"
        ),
        "spaced",
    ),
    (_of(rf"我是[^,。;!?\n]{{1,10}}的({_S}{_G}{{1,2}}?)(?=$|{_END})"), "doing"),
    (_of(rf"(?:{_LABEL})[)）\]】](?:\s?[:：])?({_S}{_HAN}{{1,2}})(?=$|{_END})"), "label"),
    (_of(rf"(?:{_LABEL})\s{{1,3}}({_S}{_HAN}{{1,2}})(?=$|{_END})"), "label"),
    # 我叫X, 本人X
    (_of(rf"(?:{_ME})[\s:]{{0,3}}({_BLANK_NAME})(?=$|{_END})"), "spaced"),
    (_of(rf"(?:{_ME})[\s:]{{0,3}}({_S}{_HAN}{{1,2}}?){_FULL_END}"), "cued"),
    (_of(rf"我是[^,。;!?\n]{{1,10}}的({_S}{_HAN}{{1,2}}?)(?=$|{_END})"), "cued"),
    (
        _of(rf"(?:我叫|名叫|名字是|名字叫|本人姓名)[\s:]{{0,3}}({_HAN}{{2,4}})(?=$|[,。;、\s])"),
        "label",
    ),
    (_of(rf"姓({_S}名(?:叫)?{_HAN}{{1,2}})(?=$|{_END})"), "label"),
    # X先生
    (_of(rf"({_BLANK_NAME})(?=\s?(?:{_TITLE}))"), "spaced"),
    (_of(rf"({_S}{_HAN}{{1,2}})(?=\s?(?:{_TITLE}))"), "titled"),
    (_of(rf"({_S}{_G}{{1,2}})(?=(?:{_RANK}){_END})"), "open"),
    # 父亲X, 网格员X
    (_of(rf"(?:{_KIN}|{_OFFICE})(?:叫|是|为|名叫)?\s?({_S}{_HAN}{{1,2}}?){_FULL_END}"), "beside"),
    (_of(rf"(?:{_KIN}|{_OFFICE})(?:叫|是|为|名叫)?\s?({_S}{_G}{{2}}){_NOT_AFTER}"), "beside"),
    (_of(rf"(?:{_KIN}|{_OFFICE})(?:叫|是|为|名叫)?\s?({_S}{_T}){_NOT_AFTER}"), "beside"),
    # X anywhere, where surname and characters leave little doubt
    (_of(rf"({_PLAIN}(?:{_T}{_G}|{_G}{_T})){_NOT_AFTER}"), "doing"),
    (_of(rf"({_S}{_T}{{2}}){_NOT_AFTER}"), "open"),
    (_of(rf"({_PLAIN}{_T}){_FULL_END}"), "doing"),
    # X, standing alone
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}{_T}){_FULL_END}"), "doing"),
    (_of(rf"(?:^|{_END}|{_TAKES}|{_KIN}|{_OFFICE}|{_SOMEBODY})({_PLAIN}{_G}){_FULL_END}"), "doing"),
    (_of(rf"{_SOMEBODY}({_S}{_G}?{_T}){_NOT_AFTER}"), "doing"),
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}{_G}{{2}}){_FULL_END}"), "open"),
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}{_G}{{2}})(?={_PERSONAL})"), "doing"),
    (_of(rf"(?:^|{_END}|{_TAKES}|的)({_HAN}{_G}{{1,2}})(?=先生|女士|同志)"), "label"),
    (_of(rf"^\s{{0,4}}({_S}{_HAN}{{1,2}})\s{{0,4}}$"), "cued"),
    (_of(rf"(?:回访|走访|感谢|告知|转告|询问|电话联系)({_S}{_G})(?=$|{_END}|的)"), "open"),
    (_of(rf"(?:^|{_END}|{_TAKES})({_S}(?:{_T}{_G}|{_G}{_T})){_NOT_AFTER}"), "open"),
    (_of(rf"(?:^|{_END}|{_TAKES})((?:{_DOUBLE}){_G}{{1,2}}){_FULL_END}"), "open"),
)
_NEXT = re.compile(rf"\s?[、,和与及]\s?({_S}{_G}{{1,2}}?){_FULL_END}")
_SURNAME = re.compile(_S)
_CALLED = frozenset(f"{_TITLE}|{_RANK}".split("|"))


def surname(name: str) -> str:
    """The part of a name that stays."""
    match = _SURNAME.match(name)
    return match.group() if match else name[:1]


def _plausible(name: str, how: str) -> bool:
    bare = re.sub(r"\s", "", name)
    own = surname(bare)
    given = bare[len(own) :]
    wordy = bare[:2] in ORDINARY
    if given in _CALLED or given == "建设":
        return False
    if how in ("any", "label"):
        return not wordy
    if bare in ORDINARY or not _SURNAME.match(bare) or not 0 < len(given) < 3:
        return False
    return _fits(own, given, how, wordy=wordy)


def _fits(own: str, given: str, how: str, *, wordy: bool) -> bool:
    """Whether surname and characters say as much as the surroundings `how` leave open."""
    chosen = sum(char in _GIVEN for char in given)
    every = chosen == len(given)
    strong = own not in _WEAK
    if how == "next":
        return every and not wordy
    if how in ("beside", "open", "doing"):
        placed = (own in _RARELY and how != "doing") or wordy
        placed = placed or (given[-1] in _PLACE_END and how != "beside")
        placed = placed or (how == "doing" and len(given) == 1 and not strong)
        partly = how == "beside" and len(given) == 2 and chosen == 1
        return not placed and ((every and (strong or how != "open")) or (partly and strong))
    # After a cue or before a title one character may be rare; what begins like a word may not.
    if wordy or not strong or own in _RARELY:
        return every
    return how in ("titled", "spaced") or chosen >= 1


def found(plain: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of every name in a plain text; they may overlap."""
    ends: set[int] = set()
    for pattern, how in _RULES:
        for match in pattern.finditer(plain):
            start, end = match.span(1)
            if _plausible(plain[start:end], how):
                ends.add(end)
                yield start, end, "name"
    # Where one is named, another may follow: 甲、乙和丙.
    for first in sorted(ends):
        after = _NEXT.match(plain, first)
        while after and after.end(1) not in ends and _plausible(after.group(1), "next"):
            start, end = after.span(1)
            yield start, end, "name"
            after = _NEXT.match(plain, end)
