"""The demo county's duties: between bureaus those the county's plan of 2017 names, in its own words, and those the laws give, in ours
(the plan names units as they were then: their heirs answer); inside the bureau those of the implementing measures."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.demo.register import FOUNDED_ON, SECTIONS_ON
from coordination.demo.section_duties import ARTICLE, SECTIONS, STATIONS
from coordination.demo.text import blocks
from coordination.members import duties, subjects, wording
from coordination.members.duties import DutyFacts
from coordination.permissions import OPERATOR
from models import DutyRole, Subject, Unit

ROLES = {"主": DutyRole.LEAD, "协": DutyRole.CO}
SINCE = date(2024, 7, 1)  # 消费者权益保护法实施条例 in force
PLAN = "放心消费行动实施方案"

# Unit, 主 or 协, class, part of the plan; below it the plan's own words.
BY_PLAN = """
SCJG 主 W11 二(一)1
    放心市场、放心商店、放心网店、放心餐饮店建设由县市场监管局负责
WLJJ 协 W11 二(一)1
    放心网店建设由县网络经济局配合
LYJ 主 S0901 二(一)1
    放心A级景区建设由县旅游局牵头
FGJ 协 W11 二(一)1
    放心A级景区建设由县旅游局牵头,县发改局、县经济商务局等单位配合
SWJ 协 W11 二(一)1
    放心A级景区建设由县旅游局牵头,县发改局、县经济商务局等单位配合
SCJG 主 G 二(一)2
    深化“春安行动”“金剑秋风”等系列专项整治行动,积极贯彻落实七日无理由退货规定,打击流通领域质量违法行为
SCJG 主 W13 二(一)3
    推广应用先进的质量管理办法,引导企业提升产品质量和管理水平
SCJG 主 S0101 二(一)4
    实施“阳光厨房”提质扩面工程,继续推进餐饮服务食品安全量化分级管理
FGJ 协 W12 二(一)5
    重点对消费者反映问题较为突出的预付式消费、老年保健品消费、汽车售后维修、个人信息保护、金融消费、教育培训、网络购物等领域开展专项行动
SWJ 协 W12 二(一)5
    重点对消费者反映问题较为突出的预付式消费、老年保健品消费、汽车售后维修、个人信息保护、金融消费、教育培训、网络购物等领域开展专项行动
JYJ 协 W12 二(一)5
    重点对消费者反映问题较为突出的预付式消费、老年保健品消费、汽车售后维修、个人信息保护、金融消费、教育培训、网络购物等领域开展专项行动
GAJ 协 W12 二(一)5
    重点对消费者反映问题较为突出的预付式消费、老年保健品消费、汽车售后维修、个人信息保护、金融消费、教育培训、网络购物等领域开展专项行动
SCJG 主 W12 二(一)5
    重点对消费者反映问题较为突出的预付式消费、老年保健品消费、汽车售后维修、个人信息保护、金融消费、教育培训、网络购物等领域开展专项行动
RH 协 W12 二(一)5
    重点对消费者反映问题较为突出的预付式消费、老年保健品消费、汽车售后维修、个人信息保护、金融消费、教育培训、网络购物等领域开展专项行动
XBW 协 W12 二(一)5
    重点对消费者反映问题较为突出的预付式消费、老年保健品消费、汽车售后维修、个人信息保护、金融消费、教育培训、网络购物等领域开展专项行动
GAJ 主 T1001 二(二)2
    对于恶意关门携款潜逃的,及时移交公安机关立案审查
SCJG 主 W01 三(一)
    县市场监管局要切实履行好牵头职责,各成员单位和相关职能部门要各司其职,紧密配合,共同推进各项工作的落实
"""
# Unit, 主 or 协, class, clause, keywords, words that rule out; below it the duty in our words.
BY_LAW = """
SCJG 主 T01 消费者权益保护法实施条例第二十七条 质量*2、以次充好*2、掺假
    处理商品和服务质量方面的消费投诉
SCJG 主 T02 消费者权益保护法实施条例第二十七条 三包*3、退货、换货、保修*2
    处理三包和售后服务方面的消费投诉
SCJG 主 T03 消费者权益保护法实施条例第二十七条 格式条款*2、霸王条款*2
    查处合同格式条款侵害消费者权益的行为
SCJG 主 T04 价格法第三十三条 价格*2、收费、价格欺诈*3、明码标价*3
    查处价格欺诈、不明码标价等行为
SCJG 主 T05 总局令第121号第十三条 虚假宣传*3、广告*2
    查处虚假宣传和虚假广告
SCJG 主 T06 总局令第121号第十三条 电梯*3、锅炉*3、气瓶*2
    处理商品安全和特种设备安全方面的投诉举报
SCJG 主 T07 总局令第121号第十三条 假货*3、假冒*3、冒牌*2
    查处销售假冒商品的行为
SCJG 主 T08 总局令第121号第十三条 缺斤少两*3、计量*2
    查处缺斤少两和计量器具作弊
SCJG 主 T09 消费者权益保护法第二十七条 侮辱、搜身*3
    查处侵害消费者人格尊严的行为
SCJG 主 G03 食品安全法第六条 食品*2、过期*2、变质*2、异物*2
    查处食品生产经营违法行为,处理食品消费投诉
SCJG 主 S0101 食品安全法第六条 饭店*2、外卖*2、餐馆*2
    监督餐饮服务食品安全,处理餐饮消费投诉
SCJG 主 S02 网络交易监督管理办法 网购*2、网店*2、七天无理由*2
    监督网络交易,处理平台内经营者的消费投诉
SCJG 协 S0601 消费者权益保护法实施条例第二十二条 预付卡、会员卡、充值
    查处预收款后不按约定提供商品或服务的行为
SCJG 协 S0502 体育法第一百零三条 健身卡
    与体育部门共同查处健身场所侵害消费者权益的行为
SCJG 主 S0602 拍卖监督管理办法 拍卖*3
    监督拍卖活动
SCJG 主 W08 总局令第121号第十三条 营业执照
    处理企业登记注册方面的投诉、举报、咨询
SCJG 主 W10 企业信息公示暂行条例 经营异常名录*2、失信
    管理经营异常名录和严重违法失信名单
FGJ 主 S0707 地方定价目录 水价*3、电价*3、停车费标准*2
    制定和调整列入目录的停车、公用事业收费标准
SWJ 主 S0601 单用途商业预付卡管理办法 预付卡*3、美容卡*2、洗车卡*3、会员卡*2、充值*2 健身、培训、游泳
    管理零售、住宿餐饮、居民服务业单用途商业预付卡
SWJ 主 S0103 商务部门职责规定 美发*3、美容*2、理发*2 医疗美容、整形
    指导美容美发业规范经营
SWJ 主 S0104 商务部门职责规定 家政*3、保姆*2、月嫂*2
    指导家政服务业规范经营
SWJ 主 S0105 商务部门职责规定 家电维修*3、空调维修*2
    指导家电维修业规范经营
SWJ 主 S0102 商务部门职责规定 宾馆、酒店、民宿
    指导住宿业规范经营
SWJ 主 G0601 汽车销售管理办法 汽车销售*3、4S店*3、提车*2、买车*2 驾校
    监督汽车销售和售后服务
JYJ 主 S0301 民办教育促进法第八条 补课*3、学费*2、培训*2、教育机构、停课 驾校、舞蹈、健身、篮球、游泳
    管理学科类校外培训机构,督促退还未消课学费
JYJ 主 S03 民办教育促进法第十二条 民办学校*3、幼儿园*2
    管理民办学校和幼儿园的收费与服务
RSJ 主 S0304 民办教育促进法第十二条 技能培训*3、考证*2
    管理民办职业技能培训机构
RSJ 主 T1003 劳动保障监察条例 工资*3、欠薪*3
    处理拖欠劳动报酬的投诉(不属消费争议)
GAJ 主 T1001 总局令第121号第四十二条 跑路*3、失联*2、诈骗*3、卷款*3、人身伤害*2
    侦查以消费为名的诈骗、收款后关门失联等犯罪
SFJ 主 W15 人民调解法第五条 人民调解*2、法律援助*3
    指导人民调解组织调解消费纠纷,提供法律援助
CZJ 协 W16 消费者权益保护法实施条例第二十五条 —
    保障消费维权和商品抽检经费
JSJ 主 S0801 物业管理条例第四十八条 物业费*3、物业*3、公共收益*3、小区
    监督物业服务
JSJ 主 S0802 住宅室内装饰装修管理办法 装修*3、漏水*2
    监督住宅装修
JSJ 主 G0501 城市商品房销售管理办法 买房*3、交房*3、商品房*3、开发商*2
    监督商品房销售
JSJ 主 S0803 房地产经纪管理办法 中介费、租房*2、公租房*3
    监督房屋租赁和房地产经纪,管理公共租赁住房
JSJ 主 S0703 城镇燃气管理条例第二十九条 燃气*3、停气*3、煤气*2
    监督城镇燃气企业的收费和服务
JSJ 主 S0701 城市供水条例第七条 供水*3、停水*3、水压*2、自来水*2
    监督城市供水企业的服务
JSJ 主 S0704 供热管理规定 供热*3、暖气*2
    监督供热企业的服务
JTJ 主 S0305 道路运输条例第三十八条 驾校*3、学车*3、教练*2
    监督机动车驾驶员培训机构
JTJ 主 S0106 道路运输条例第三十七条 修车*3、汽车维修*3、修理厂*2
    监督机动车维修经营者
JTJ 主 S0706 道路运输条例 客运*3、网约车*3、出租车*3、班车
    监督客运、出租车和网约车经营者
WLJ 主 S09 旅游法第九十一条 旅游*3、跟团*2
    受理旅游投诉,处理或移交并告知投诉人
WLJ 主 S0902 旅行社条例第四十三条 旅行社*3、导游*3、强迫购物*3、退团*2
    监督旅行社和导游
WLJ 主 S0302 娱乐场所管理条例第三条 舞蹈*3、音乐培训*3、美术班*2、乐器*2
    管理文化艺术类校外培训机构
WLJ 主 S0501 娱乐场所管理条例第三条 歌厅*3、网吧*3、演出票*3、演唱会*3
    管理娱乐场所和营业性演出
WLJ 主 S0504 广播电视管理条例第五条 有线电视*3、机顶盒*2
    监督有线电视服务
XCB 主 S0503 电影产业促进法第八条 电影票*3、影院*3
    监督电影放映服务
TYJ 主 S0502 体育法第一百零三条 健身房*3、健身卡*3、游泳馆*3、私教*3、瑜伽*2
    督促健身场所规范预收费,处理健身消费投诉
TYJ 主 S0303 体育法第一百零三条 篮球培训*3、跆拳道*3、游泳班*3、体育培训*3
    管理体育类校外培训机构
WSJK 主 S1201 医疗纠纷预防和处理条例第二十二条 医院*3、诊所*3、看病*2、牙科*2 兽医、宠物
    监督医疗机构,指导处理医疗服务纠纷
WSJK 主 S1202 医疗纠纷预防和处理条例第二十二条 医疗美容*3、医美*3、整形*3
    监督医疗美容机构
YBJ 主 S1203 医疗保障基金使用监督管理条例第三十五条 医保*3、报销*2
    处理医疗保障基金使用方面的投诉举报
MZJ 主 S0107 养老机构管理办法 养老院*3、养老机构*3、护理院*2
    监督养老机构的收费和服务
WLJJ 协 S0202 县网络经济局职责规定 直播带货*2、电商园区*2
    指导电商园区和直播基地落实经营者主体责任
JRJG 主 S11 银行业保险业消费投诉处理管理办法 银行*3、贷款*2、信用卡*3
    处理银行消费投诉,开展金融知识宣传
JRJG 主 S13 银行业保险业消费投诉处理管理办法 保险*3、理赔*3、退保*3
    处理保险消费投诉
BMFW 主 W14 国办发〔2020〕53号 8890*2
    受理群众来电,按职责分流并跟踪回访
NYNC 主 G10 农产品质量安全法 种子*3、农药*3、化肥*3、兽药*3、饲料*2、农机*2
    监管农药、肥料、种子、兽药、饲料和农机质量
NYNC 主 G0304 农产品质量安全法 农残*3、种植、养殖
    监管种植养殖环节农产品质量
YCJ 主 G0901 烟草专卖法 香烟*3、假烟*3
    监管烟草制品销售
CGJ 主 S0705 县综合行政执法局职责规定 停车*2、占道*2、停车场*2
    管理公共停车和占道经营
XFJ 主 T1002 信访工作条例第二十二条 信访*2、行政收费*2
    受理信访事项,按规定转送
XBW 协 W03 消费者权益保护法实施条例第三十六条 消保委*2、调解
    受理消费者投诉,并对投诉事项进行调查、调解
"""


def load_duties(session: Session, units: dict[str, Unit], now: datetime) -> None:
    """Bring the classes in and write every duty down."""
    subjects.load_default_subjects(session, now)
    ids = {subject.code: subject.id for subject in session.scalars(select(Subject))}
    for unit, since, facts in (*_by_plan(ids), *_by_law(ids), *_of_sections(ids), *_of_stations(ids)):
        begun = max(since, units[unit].valid_from or since)
        duties.add_duty(session, actor=OPERATOR, unit_id=units[unit].id, valid_from=begun, facts=facts, now=now)


Given = tuple[str, date, DutyFacts]


def _by_plan(ids: dict[str, int]) -> Iterator[Given]:
    for head, text in blocks(BY_PLAN):
        unit, role, code, part = head.split()
        yield unit, FOUNDED_ON, DutyFacts(ids[code], text, f"{PLAN}{part}", role=ROLES[role])


def _by_law(ids: dict[str, int]) -> Iterator[Given]:
    for head, text in blocks(BY_LAW):
        unit, role, code, clause, words, *out = head.split()
        yield unit, SINCE, _worded(ids[code], text, clause, words, out, ROLES[role])


def _of_sections(ids: dict[str, int]) -> Iterator[Given]:
    for head, text in blocks(SECTIONS):
        unit, code, item, words, *out = head.split()
        yield unit, SECTIONS_ON, _worded(ids[code], text, ARTICLE.format(item), words, out)


def _of_stations(ids: dict[str, int]) -> Iterator[Given]:
    for head, text in blocks(STATIONS):
        unit, code, item, words, places = head.split()
        yield unit, SECTIONS_ON, DutyFacts(ids[code], text, ARTICLE.format(item), wording.keywords(words), territory=places)


def _worded(subject_id: int, text: str, clause: str, words: str, out: list[str], role: DutyRole = DutyRole.LEAD) -> DutyFacts:
    weighed = {} if words == "—" else wording.keywords(words)
    return DutyFacts(subject_id, text, clause, weighed, wording.words(out[0]) if out else (), role=role)
