"""Who does what in one stretch of a sentence: which units lead, co-operate, are responsible, or are only spoken of."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from coordination.clauses.shape import DUE, OVER, PERSON, UNIT
from coordination.clauses.verbs import PREPOSITIONS, VERBS


class Role(StrEnum):
    """What a unit is in a stretch. HELPED: somebody helps it, so it leads. SOFT_CO: asked to work along (密切配合), which may be all."""

    LEAD = "lead"
    CO = "co"
    SOFT_CO = "soft_co"
    RESPONSIBLE = "responsible"
    HELPED = "helped"
    SPOKEN_OF = "spoken_of"


@dataclass
class Part:
    """One stretch between commas. ``places``: units by role; ``action``: what is left that may be done, [start, end); ``is_told``: it tells
    what was, not what shall be; ``starts_task``: an order begins here (会议要求…)."""

    start: int
    end: int
    places: dict[Role, list[int]] = field(default_factory=dict)
    action: str = ""
    is_told: bool = False
    is_ordered: bool = False
    is_decided: bool = False
    is_doubtful: bool = False
    has_cue: bool = False
    is_support: bool = False
    is_each: bool = False

    def of(self, *roles: Role) -> list[int]:
        """The places of units in these roles, in order."""
        if not self.places:
            return []
        if len(roles) == 1:
            return sorted(self.places.get(roles[0], ()))
        return sorted(place for role in roles for place in self.places.get(role, ()))


_ETC = (
    r"(?:等?(?:\d{1,2}个|多个|几个|有关|相关|成员|职能|主管|责任|县级|市级|省级|行业|行政|监管|各)*(?:部门"
    r"|单位)(?:（单位）|[、和]单位)?|[两三四五六七八九十]家(?:单位)?|等)?"
)
_JOIN = r"(?:、| |\+|和|与|及|以及|跟|/|（[^（），。\n]{1,8}）|等(?=[、和与及]))"
_GROUP = re.compile(rf"{UNIT}(?:{_JOIN}{{0,3}}{UNIT})*")
_ADVERB = (
    r"(?:要(?!求)|应当|应|须|需|于|、|最迟不超过|最迟|至迟|不晚于|力争|确保|争取|务必|必须|得|将|进一步|切实|认真|积极|主动|充分|全力|加快|尽快|尽早|及时|依法|定期|全面|深入|扎实|继续|持续|统一|分别|同步|联合|共同|各自|严格|从严|从快|具体|直接"
    r"|近期(?:内)?|分期|分步|分批|逐步|逐级|强力|稳步|如实|客观|精准|科学|合理|妥善|有效|专题|专项|专门|各|也|还|都|再|先|现场|当场|书面|分头|全程|独立|及早|提前|按期|限期|限时|适时|定期|随时|择机|按需|从速|多措并举|常态化|不断|始终|高度|有力|坚决|自觉|通力|迅速|抓紧|有序|广泛|大力|分类|逐一|逐项|逐户|至少|重新|重点|牢牢|并|再次|另行|单独|按规定|按程序|按要求|按时|如期|"
    + DUE
    + r"|按(?:照)?(?:各自)?(?:职责|分工|职能)(?:职责|分工)?|各司其职|根据职责|结合实际|立足职能|下班前|到场|现场| |，(?=配合))"
)
_LEADS = re.compile(
    rf"^{_ETC}(?:（(?:牵头|主办|承办|主责)(?:单位|部门)?）|{_ADVERB}{{0,4}}(?:负责)?(?:作为|为|是|列为|确定为|明确为|履行好?|发挥好?|扛起|担起|当好|落实|承担)?(?:总)?(?:牵头|主办|承办|主责|抓总|负总责|总负责|统筹(?!安排|用好|资金)|为主(?![要动管办席题])))"
)
_HELPS = re.compile(
    rf"^{_ETC}(?:（(?:配合|协办|协助)(?:单位|部门)?）|{_ADVERB}{{0,4}}(?:作为|为|是|列为|确定为|明确为|负责|做好|予以|给予|派员|派人|抽调人员|主动|加强|抓好)?(?:配合|协助|协办|协查|协管|参与|参加(?!会|了)|协同(?!有关)|会办|支持(?!.{{0,12}}(?:发展|建设|入驻))|(?:在[^，]{{1,10}}(?:上|方面)?)?(?:予以|给予)[^，]{{0,6}}(?:支持|配合|协助|指导)|协作|会签|搭手|帮忙|为辅|(?:业务|技术)?指导(?=$|、)))"
)
_SENDS = re.compile(rf"^{_ETC}(?:各|分别)?(?:派|抽调|选派)[^，]{{0,12}}(?:(?:参加|参与|配合)|人)$")
_SOFT = re.compile(rf"^{_ETC}{_ADVERB}{{0,4}}.{{0,6}}?(?:密切|相互|协同|通力|加强|协调|互相)(?:配合|协作)")
_RESPONSIBLE = re.compile(
    rf"^{_ETC}{_ADVERB}{{0,4}}(?:负责|各负其责|各司其职|分工负责|抓好|抓落实|落实|做好|配齐|履行|承担|完成|实施|具体负责|(?:为|是|列为|确定为|明确为|作为)(?:主要)?责任单位|办理|处理|阅处|阅办|研究|制定)"
)
_IS_RESPONSIBLE = re.compile(rf"^{_ETC}(?:为|是|列为|确定为|明确为|作为)(?:主要|第一)?责任(?:单位|部门|人|主体)")
_BODY = re.compile(
    r"(?:、[^，。、]{1,16})*[^，。]{0,16}(?:组成(?!部分|方案|名单|[^，的]{0,6}(?:组|专班|队)(?![一-龥]))|任组长|任副组长)"
    r"|[^，]{0,12}(?:为|是|任)(?:小组|专班)?成员(?!单位)"
)
_MODAL = re.compile(rf"^{_ETC}(?:{DUE})?(?:要(?!求)|应当|应(?!对|急)|须|务必|必须|负责|需(?!求|要进一步研究)|限)")
_VERB = re.compile(rf"^{_ETC}{_ADVERB}{{0,5}}(?:{PREPOSITIONS}|{VERBS}|会同|联合|会?商$|携手)")
_PEOPLE = re.compile(rf"^{_ETC}(?:有关|主要|分管|相关)?(?:负责同志|负责人|领导|同志)[^，]{{0,4}}(?:参加|出席|列席|到会)")
_COMES_TO = re.compile(rf"^{_ETC}来[一-龥]")  # 初稿联席办来写
_ORDERLY = re.compile(
    rf"^{_ETC}(?:及时|尽快|尽早|认真|切实|按时|按期|主动|抓紧|逐一|收到[^，]*后|自{DUE}?)[一-龥]{{2}}"
)  # an order, whatever the verb
_EACH = re.compile(f"{UNIT}分别(?:负责)?(?:牵头|主办)")
_TOGETHER = re.compile(rf"^{_ETC}(?:共同|联合|分别|各自|分头|各)")
_SPEAKS = re.compile(
    rf"^{_ETC}[^，。：{DUE}]{{0,30}}?(?:汇报|通报了|发言|说明了|作了|交流了|情况的报告|工作报告$)(?!制度|机制)"
    rf"|^{_ETC}(?:报告|答复|预计)$|^{_ETC}[^，。：]{{0,6}}?(?:介绍|表示|指出|认为|强调|回应|陈述|坦言|谈到)|^{_ETC}.{{0,3}}?(?:提出|说|称|通报|反映|反馈|提示|建议|提醒|解释|补充|说明|希望|(?:提请|请求|申请)会议[^，]*|(?:通报|数据|统计|监测)显示)(?=，|：|$|由)"
)
_STATE = re.compile(
    rf"^{_ETC}(?:对[^，]{{1,12}}(?:(?:均|都)(?![要须应])|没有|并无|无|持)|(?:均|都)(?:有|无|未|为|是|已|没有)|居[^，]{{0,8}}位|(?:合并|划转)(?=组建|成立|后|为|[到至])|更名|改制|撤并|设(?=$|[^，]{{1,8}}(?:委员会|小组|办公室|联络员))|主持|组成(?![^，的]{{0,6}}(?:组|专班|队)(?![一-龥]))|设在|位于|是(?!.{{0,2}}责任|.{{0,3}}牵头)[^，]|系|属于|担任|有权|存在|成效|表现|被|未(?!按|列|尽|完成的)|没有|拥有|列席|出席|请假|缺席|参会|接到(?![^，]*后)|收到(?![^，]*后|之日)|达成|职责交叉|为[其本]|享有|在[^，]{{0,6}}[楼室侧])"
)
_MAY = re.compile(rf"^{_ETC}[^，。：{UNIT}]{{0,12}}(?<![不许认])可(?:以|视|根据|结合|自行)")  # leave given, not a task
_PAST = re.compile(
    r"^经[^，]{2,40}研究$|^会议(?:评价|充分肯定|肯定)|^[^，\ue000\ue001]{0,4}\ue000?去年(?![^，]{0,14}的)|(?:^|\ue000)(?:日前|近日)|(?<!超)过[一两三几多]次(?!的)|(?<!确保)(?<!对)没有[一-龥]{2,8}$|(?<![对按期])未(?:归档|填写|公示|标明|提供|告知|签收)[^的，]{0,4}$|^(?:会议(?:指出|认为)，?)?去年|如期完成$|(?<![为除])了(?!解|望|断)|已(?![^，。]{1,8}的)|^已|曾|先后|共(?:受理|查|立|开展|发布|检查|办|计|有|接|处)|(?:以来(?!全部|所有|[^，]{0,10}的)|同比|较上年|较去年)|取得(?:了|明显成效$)|(?:均|全部)已|(?:破获|查获|查扣|缴获)(?!的)|涉案(?:金额|货值)[^，]{0,4}\d|挽回[^，。]{0,12}\d|再议|再定|的(?:设想|构想|提议|想法|说法)$|[未待]定$|再行研究|(?<![按照])原计划|尚[未无](?![^，]{1,12}的)|暂不(?:审议|研究|列入|讨论|出台|推进)|暂缓(?:审议|研究|列入|讨论)|存在(?:分歧|争议|异议|不同意见)(?!的)|未作决定|未达成(?![^，]{0,6}的)|意见不一|未(?:予)?采纳|不予采纳|未获通过|目前|一直|正在|还在|仍在|未能|上次会议|(?:是否|能否)由|^(?:是否|能否)|(?:不清|不够|不足|不力|不全|滞后|缓慢|薄弱|缺位|良好|显著|明显|突出|有限|严重|不严|流于形式|缺失|较[大多高低差慢])$|\ue004"
)
_ATTRIBUTE = re.compile(r"^.{0,8}(?:牵头|提出|参与|主办|配合|协助)的|^(?:牵头|主办|参与)[一-龥]{1,6}的")
_PLACE = re.compile(
    rf"^(?:的(?!投诉|问题)|门户|官网|网站|微信|公众号|系统|平台|三楼|会议室|名义|窗口|内部|邮箱|备案$|审定|审批$|同意|批准|会签$|考核|办公楼|（?联系)|^[一-龥]{{0,2}}(?:{VERBS})的|^.{{0,8}}(?:提出|提交|提供|反映|报送|牵头|转来|移送)的"
)
_ASKED = re.compile(
    r"(?:由|(?<![提申报邀敬恳函商])请|责成|(?<!按照)(?<!照)要求|明确|明确由|确定|安排|交由|转由|限|责令|指定|授权|委托|^希望|@)$"
)
_NOT_ASKED = re.compile(
    r"(?:原|原拟|曾|已|已经|不再|是否|建议|可以?|不宜|不|职责|现|仍|此前|过去|一直|经|(?<![治管处办清整受审])理|自|缘|来|考虑)由$|(?:提|申|报|邀)请$"
)
_CHARGED = re.compile("(?:责成|要求|请|明确)$")
_POLITELY = re.compile("(?:商请|函请|恳请|敬请)$")  # how equals and those above are asked
_AND = re.compile(f"(?:^|[内前{DUE}])[与同]$")
_IS_TOLD = re.compile("已(?![^，。]{1,8}的)|[还仍]在")  # 广告科：户外大牌已清完
_LETTER = re.compile(f"：(?:[^，]{{0,12}}(?:反映|发现|收悉|来函)|贵|近日|近期|{OVER})")  # how a letter to the unit goes on, no task
_HANDS = re.compile("(?<![移转上提送])(?:交|转)$")
_DEALS = re.compile("负责|办|管|牵头|主管")
_ANSWERS_FOR = re.compile(rf"^{_ETC}{_ADVERB}{{0,4}}负责")
_ET_CETERA = re.compile(f"^{_ETC}")
_WITH_IT = re.compile(rf"^{_ETC}(?:共同|商定|协商|会商|联合)")  # 与县市场监管局共同拟定
_WITH = re.compile(r"(?:会同|联合|协同(?!配合)|携手|联动|(?<![招电工协微客经])商|牵头会同)$")
_HELPING = re.compile(r"(?:配合|协助|协同配合|配合好|支持配合)$")
_ALSO = re.compile(rf"^{_ETC}(?:的)?(?:指导|支持|协助|配合|监督|帮助)下")
_UNDER = re.compile(rf"^{_ETC}(?:的)?(?:牵头|统筹|组织|统一领导|主导|领导)下")
_OBJECT = re.compile(
    r"(?:向|(?<![简月年周海])报|报送|上报|报经|报请|抄送|抄报|抄告|(?<!报)送|移送|移交|转交|转送|函告|函复|函请|告知|通知|提请|提交|商请|征求|听取|约谈|(?<!面)(?<!针)对|针对|督促|指导|督导|监督|检查|考核|表扬|批评|组织"
    r"|协调|支持|帮助|依托|通过|经|按照|根据|从|与|给|受|纳入|列入|交|发至|发给|发送|反馈|反馈给|印发|下发|印送|分送|答复|批复|下达|回复|函告|汇总|收集|汇总至|汇总报|推送|推送至|设在|设于|划入|并入|在(?:我|本)?[省市县区]?|到|至|找|归|经会商|(?<![一二三四五六七八九十])是|除|接受|争取|联系|对接|结合|派驻|聘请|邀请|抽调|选派|转|登录|纠正|追究|据|登记机关为"
    r"|(?<!印)发|的|将|把|为|供|帮|归口|抄|带动|引导|鼓励|压实|强化|发挥|推动|促进|要靠|依靠|加强与|送交|函|名单报|汇总后报|对照)$"
)
_HANDLED = re.compile(rf"^{_ETC}(?:研究)?(?:办理|处理|阅处|阅办|负责|牵头|落实|查处|核查|印制|核实)")
_LEAD_IN = re.compile(
    rf"^(?:(?:[^，]{{0,8}}?会议|联席会议|县政府|会上|主持人)?(?:一致)?(?:要求|强调|决定|议定|明确|确定|指出|同意"
    rf"|研究确定|提出)[，：]?|[一二三四五六七八九十]是|[^，]{{0,6}}期(?:内|间)|其中|同时|此外|另外|并|对此|为此|下一步|今后|会后|今年|届时|如有必要|要求|期间|具体|其他"
    rf"|其它|随后|最后|首先|同意|后续|继续|现|即|则|{DUE}|由|请| |：|“|”|（)*$"
)
_ORDER = re.compile(
    r"^[ “]*(?:(?:会议|联席会议|会上|经研究|县政府)[^，]{0,6}?)?(?:要求|议定|决定|明确|确定|责成|请(?!假|示)|同意由|强调(?=，?(?:各|要)))"
    r"|^[^，：]{0,6}(?:定下来|定了|安排如下|分工如下|下一?步)："
)
_DECIDES = re.compile(
    rf"^(?:会议|联席会议|会上|经研究|县政府)[^，]{{0,6}}?(?:(?:议定|决定|明确|确定)(?=，|：|由|对|将|{UNIT}|{VERBS})|同意(?=，|：|由))"
)
_SUPPORT = re.compile(
    rf"^{_ETC}{_ADVERB}{{0,3}}(?:提供|提出需求|派员|派人|给予|予以|加强指导|分别指导|指导$|支持|做好.{{0,8}}(?:保障|配合|支撑))"
)
_NO_ACTION = re.compile(
    rf"[{UNIT}{DUE}{PERSON}，、：；。（）“” \t/|]|于|由|在|请|前|其中|同时|并|要|应|须|按(?:照)?(?:各自)?(?:职责"
    rf"|分工)(?:分工|职责)?|负责|牵头|主办|承办|协办|配合|协助|参与|参加|支持|会同|联合|共同|具体|分别|总(?=牵头|负责|抓)|负总责|总负责|(?:予以|给予|加强)指导|积极|主动|抓好|落实|各负其责|各司其职|为主|为辅|予以|给予|统筹|等|单位|部门"
)
SHORTEST_TASK = 4
BARE = re.compile(rf"[{UNIT}{DUE}，、：；。（）“” \t/|和与及]")


def groups(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lists of units in a stretch: [start, end) of each."""
    return [(found.start(), found.end()) for found in _GROUP.finditer(text, start, end)]


def action_of(words: str) -> str:
    """What is left of a stretch that may be done, without units, limits and words of role."""
    return _NO_ACTION.sub("", words)


def read_part(text: str, start: int, end: int, *, is_last: bool) -> Part:
    """The roles of one stretch, each list of units by what stands before and behind it."""
    part = Part(start, end)
    whole = text[start:end]
    part.is_told = bool(_PAST.search(whole))
    part.is_ordered = bool(_ORDER.match(whole))
    part.is_decided = bool(_DECIDES.match(whole))
    lists = groups(text, start, end)
    part.action = action_of(whole)
    part.is_each = "分别" in whole and _EACH.search(whole) is not None
    before = start
    roles: list[Role] = []
    for number, (first, last) in enumerate(lists):
        after = lists[number + 1][0] if number + 1 < len(lists) else end
        left, right = text[before:first].rpartition("：")[2], text[last:after]
        if _is_column(text[first:last], left, right):
            role = Role.RESPONSIBLE
        else:
            role = _role(left, right, roles[-1] if roles else None, first == start, number + 1 < len(lists), part)
        _place(part, text, first, last, role, right)
        roles.append(role)
        before = last
    is_cued = bool(lists) and roles[0] in (Role.LEAD, Role.CO) and not _ASKED.search(text[start : lists[0][0]])
    if is_cued and _ATTRIBUTE.match(text[lists[-1][1] : end]):  # 由谁牵头、谁配合的整治 is spoken of
        part.places = {Role.SPOKEN_OF: list(part.of(*Role))}
    return part


def _is_column(units: str, left: str, right: str) -> bool:
    """Units without a sign between them behind a task, with nothing after them but a limit: columns that a copy has glued together."""
    return UNIT * 2 in units and len(left) >= SHORTEST_TASK and not right.strip(DUE + " ") and not _ASKED.search(left)


def _place(part: Part, text: str, first: int, last: int, role: Role, right: str) -> None:
    """Put the units of a list in their roles: those marked one by one (牵头) in theirs, the first alone of A与B共同."""
    places = [at for at in range(first, last) if text[at] == UNIT]
    marked = [at for at in places if re.match(r"（(?:牵头|主办|承办|主责)", text[at + 1 : at + 4])]
    if marked and role is not Role.SPOKEN_OF:
        part.places.setdefault(Role.LEAD, []).extend(marked)
        part.has_cue = True
        places = [at for at in places if at not in marked]
        role = Role.RESPONSIBLE if role is Role.LEAD else role
    if (
        role is Role.RESPONSIBLE
        and len(places) > 1
        and re.match(f"{_ETC}(?:共同|联合)" if text[places[-1] - 1] in "与和同" else "共同", right)
        and len(places) == 2
    ):
        part.places.setdefault(Role.LEAD, []).append(places[0])
        part.places.setdefault(Role.CO, []).append(places[1])
        return
    glued = [at for before, at in pairwise(places) if at == before + 1]
    if role is Role.RESPONSIBLE and glued and not part.has_cue and not right.strip(DUE + " "):
        part.places.setdefault(Role.LEAD, []).extend(at for at in places if at < glued[0])
        part.places.setdefault(Role.CO, []).extend(at for at in places if at >= glued[0])
        part.is_doubtful = True
        return
    part.places.setdefault(role, []).extend(places)


def _role(left: str, right: str, before: Role | None, is_first: bool, has_next: bool, part: Part) -> Role:
    """One list's role. Cues that name a role go first, then what makes it an object, then what makes it a subject."""
    if right.startswith("负责解释") or _PEOPLE.match(right):
        part.is_told = True
        return Role.SPOKEN_OF
    named = _named(left, right, has_next, is_told=part.is_told) if before is not Role.SPOKEN_OF or not part.is_told else None
    if named is not None:
        part.has_cue = True
        return named
    asked = bool(_ASKED.search(left)) and not _NOT_ASKED.search(left)
    if right.startswith("：") and _LEAD_IN.match(left) and not _IS_TOLD.search(right):
        part.is_told = False
        return Role.SPOKEN_OF if _LETTER.match(right) else Role.RESPONSIBLE
    if (_BODY.match(right) and not _CHARGED.search(left)) or _MAY.match(right) or (_STATE.match(right) and not asked):
        part.is_told = True
        return Role.SPOKEN_OF
    if _IS_RESPONSIBLE.match(right):
        part.has_cue = True
        return Role.RESPONSIBLE
    if _is_handed(left, right, has_next):
        return Role.RESPONSIBLE
    if not asked and (_OBJECT.search(left) or _NOT_ASKED.search(left)):
        return Role.SPOKEN_OF
    if (_PLACE.match(right) and not left.endswith("请")) or (part.is_told and not part.is_ordered):
        return Role.SPOKEN_OF
    if _SPEAKS.match(right) and not asked and not _MODAL.match(right):
        part.is_told = True
        return Role.SPOKEN_OF
    return _subject(left, right, before, asked, part)


def _is_handed(left: str, right: str, has_next: bool) -> bool:
    """Handed to it to deal with (交县公安局办理), or asked of it politely (商请县税务局提供)?"""
    if _HANDS.search(left) and _HANDLED.match(right):
        return True
    if (left.endswith(("交给", "交由")) and not right) or (left.endswith("归") and _DEALS.match(right)):
        return True
    return bool(_POLITELY.search(left) and (_VERB.match(right) or (has_next and right in ("协同", "会同", "联合"))))


def _named(left: str, right: str, has_next: bool, *, is_told: bool) -> Role | None:
    if _NOT_ASKED.search(left) or left.endswith(("请求", "经会商")) or _BODY.match(right) or _ATTRIBUTE.match(right):
        return None
    if is_told and _PAST.search(right) and not _ORDER.match(left):
        return None
    if left.endswith(("在", "在原")):
        return Role.CO if _ALSO.match(right) else Role.LEAD if _UNDER.match(right) and "领导" not in right[:6] else None
    if _LEADS.match(right):
        return Role.LEAD
    if _WITH.search(left) or (_AND.search(left) and _WITH_IT.match(right)):
        return Role.CO
    if _HELPING.search(left) and not _HELPS.match(right):
        return Role.HELPED
    if _OBJECT.search(left) and not _ASKED.search(left):
        return None
    if _SOFT.match(right):
        return Role.SOFT_CO
    if _SENDS.match(right) and not _ASKED.search(left):
        return Role.CO
    return Role.CO if _HELPS.match(right) and not (has_next and right.endswith(("指导", "协同"))) else None


def _subject(left: str, right: str, before: Role | None, asked: bool, part: Part) -> Role:
    """A list that no cue names: responsible where something is asked of it, or where it stands alone at the end as a column does."""
    part.is_support = part.is_support or bool(_SUPPORT.match(right))
    if asked or _MODAL.match(right) or _RESPONSIBLE.match(right):
        part.has_cue = part.has_cue or asked or bool(_ANSWERS_FOR.match(right))
        return Role.RESPONSIBLE
    leads_in = bool(_LEAD_IN.match(left)) or before is not None
    if _COMES_TO.match(right) or (leads_in and _ORDERLY.match(right)):
        return Role.RESPONSIBLE
    if (_VERB.match(right) or _TOGETHER.match(right) or DUE in right) and leads_in and BARE.sub("", right):
        return Role.RESPONSIBLE
    if not BARE.sub("", _ET_CETERA.sub("", right, count=1)):
        part.is_doubtful = part.is_doubtful or bool(left)
        return Role.RESPONSIBLE
    return Role.SPOKEN_OF
