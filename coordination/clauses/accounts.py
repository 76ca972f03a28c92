"""What a text tells and asks of nobody: letterheads, aims, bodies and their powers, reports, cases, contacts."""

import re

from coordination.clauses.periods import DAYS, IMMEDIATE, NONE
from coordination.clauses.shape import DUE, MAIN_LEVELS, OVER, UNIT, Sentence, Shape

LONGEST_SALUTATION = 60
_ORDERS = "要(?!求)|须|(?<![响供适效反对答])应(?![急对用答])|(?<!申)请(?!假|示|求)|务必|由|负责(?!人|同志)|确保|力争|不少于|不低于|以上"
_ASKED = re.compile(_ORDERS)
_DEMANDS = re.compile(f"{_ORDERS}|牵头(?!事项|任务|工作|的)|{DUE}")
# An account of what was done, with its numbers: where nothing in it is asked of anybody and no limit is set.
_COUNTS = re.compile(
    r"\d(?:余|多|\.\d+)?(?:万|百|千)?(?:件|起|家|个|次|户|元|人|台|期|场|款|份|条|批次|处|名|套|班次|条次|小时)(?=$|[，；、）])"
    r"|[位居](?:列|居|前|首)|平稳|(?:率|占比)(?:均为|为)?\d+(?:\.\d+)?%(?=$|，)|好评|惠及|受益"
)
_PERFECT = re.compile("(?:(?:均|都|全部|早|现)已|已于|已全部|已基本)(?![^，。；]{0,12}的)")
_ELIDED = re.compile("(?:先后)?(?:牵头|会同|联合|配合|协助)")  # whose deeds are told goes without saying
_ORDERED = re.compile("要(?!求)|(?<!申)请(?!假|示|求)|须|务必|责成|确保|力争")
_TOTAL = re.compile(r"(?:^|，)(?:全年|全县|全市)?(?:共(?![建享治同])|累计)[^，。；]{0,12}\d")
# What others decided, do well or hope for; what was thanked for, put off or struck out; how something that stands works.
_TELLS = re.compile(
    "^(?:党中央|国务院|中央)[^，；]{0,20}(?:印发|出台|发布|部署|要求|明确|决定|批准)"
    "|^国家[一-龥]{2,12}(?:总局|委员会|局)[^，；]{0,6}(?:印发|出台|发布|部署|要求)"
    r"|提醒(?:广大|各位)?(?:消费者|市民|群众|家长)|议题[^；]{0,60}推迟[到至]|决定(?:删去|删除|取消)|原定[^；]{0,60}(?:推迟|延期|改期|取消|暂缓)"
    r"|，[^，]{0,16}已[^，]{0,8}(?:收到|反馈)(?!的)[^，]*$|，已[一-龥]{1,4}\d"
    "|(?:没有|没|未|不予|未予)(?:同意|采纳|通过|定下来|形成(?:决定|一致))(?=$|，)|，(?:这个|此事)?(?:不搞|放下了|先放一放)"
    "|取消了$|意见不一致(?!的)|以后再(?:议|说|定)|再议$|(?:会议|县政府|领导)[^，]{0,4}不同意|，不同意[一-龥]{2,6}$|^会议[^，]{0,20}(?:结束|休会)"
    "|^图为|^更正：|之误|简称“|合称“|负责解释$|(?:开放|办公|营业|接待)时间(?:为|：)|^现将[^，]*(?:转|印发|送)[^，]*$"
    "|(?:已|因故)取消(?![^，]{0,8}的)|收悉$|^感谢(?!信)|谨致|谢忱|表示(?:衷心)?感谢|^喜报"
)
# The same, unless a day is set in it.
_TELLS_UNDATED = re.compile(
    "的(?:做法|经验|模式)是|(?:^|，)(?:这一|该|上述)(?:做法|经验|模式|流程)|值得(?:借鉴|推广|肯定)|很有启发"
    "|的(?:代表队|队伍)获得|[来致复]函，|来信，|有的[^，]{0,6}(?:由|将)|，可以?(?:提请|告知|申请|要求|向)|由[^，]{2,8}依法承担|，当[日天]即"
    "|未发生|未造成|至今(?:未|没有|仍)|^该[一-龥]{2,8}(?:于|是)"
    "|，\ue000(?:则)?(?:认为|觉得|表示|说|对[^，]{0,16}作了)|活动[^，]{0,4}在[^，。]{1,16}(?:举行|启动|开幕)(?=，|$)|，目前(?:已|共|有)"
    rf"|^{UNIT}：?(?:负责)?承担[^，；]{{1,20}}(?:职责|工作)(?=$|，)|^{UNIT}[^，]{{0,4}}依法(?:履行|承担|受理|实施|对|进行)|由{UNIT}于20\d\d年"
    rf"|^(?:会议|会上)[^，]{{0,8}}由{UNIT}(?:介绍|主持|作|宣读|领学|通报|汇报)|^{UNIT}(?:创新|率先|探索)"
    "|^该(?:平台|系统|机制|制度|热线|专栏)(?:由|是|为|自)|各有依据|(?:上述|以上)职责|职责交叉|负责(?:会议)?记录$"
    "|(?:代表|委员|企业|商户|家长|业主|消费者|群众|市民)(?:发言)?[：，]?(?:也)?希望"
    rf"|^根据[^，]{{0,12}}(?:条例|规定|办法|法律|法)，[^；]*(?:部门|{UNIT})负责"
)
_LETTERHEAD = re.compile(
    rf"[一-龥]{{0,9}}(?:（[一-龥]{{1,8}}）)?{UNIT}(?:文件)?$|[一-龥]{{1,10}}（?\d{{4}}）? ?\d{{1,4}}号[^，]*$"
    rf"|[一-龥]{{2,6}}第\d{{1,4}}号$|督办(?:单|通知单?|函)(?:（\d{{4}}）第?\d{{1,4}}号)?$|[^，。]{{0,16}}{UNIT} *[^，。]{{1,12}}印发$"
)  # who wrote, and the number
# What follows the name of who wrote: the title of the paper, or below it the day.
_TITLE_OR_DAY = re.compile(
    rf"\s*(?:关于[^。，]{{2,60}}|[^。，；：{UNIT}]{{2,40}}(?:方案|办法|意见|通知|制度|纪要|函|报告|通报|简报|规则)"
    rf"|(?:二〇|20\d\d)[^，。；\n]{{4,12}}日|{OVER})(?: *印发)?(?:\n|$)"
)
# Headings below which nobody is given anything: what is aimed at, what guides, who sits in a body and how it works.
_SILENT = re.compile(
    "(?:总体|工作|主要|行动|活动|发展)?目标|指导思想|(?:基本|工作|总体)原则|(?:主要|工作|部门)?(?:职责|职能)|(?:组成|成员)单位|组成人员|工作规则|议事规则|(?:工作)?背景|基本情况|形势分析"
)
_DUTIES = re.compile("[^，。：]{0,16}(?:(?:主要|工作)职责|成员名单|组成人员(?:名单)?)")  # the same, of an annex
_COMPETENCE = re.compile(
    rf"(?:{UNIT}|联席会议|领导小组|指挥部|专班)[^，；。：]{{0,4}}(?:主要|工作|基本)(?:职责|职能)(?:是|为|有|包括|如下)?："
    rf"|(?:联席会议|全体会议|例会)(?:原则上)?[^，]{{0,6}}(?:{DUE}|不?定期)[^，]{{0,8}}召开"
)  # what a body is there for, and when it meets
_COMPOSED = re.compile(
    rf"(?:联席会议|领导小组|指挥部|委员会)由[^；]{{0,40}}{UNIT}[^；]{{0,60}}(?:等|单位|部门)[^；，]{{0,8}}组成"
    r"|由[^；]{0,60}担任|(?:家|个)单位为成员单位"
)  # who sits in a body
_LISTS = re.compile(r"[ \t]*(?:附件 ?\d?|(?:会议)?议程)[：:]")
_ARTICLE = re.compile(r"[ \t]*第[一二三四五六七八九十百\d]{1,4}条")  # a rule that stands, not a task
# After one of these the line tells; a heading of this sort tells for all below it.
_REPORT = re.compile(
    r"(?:(?:典型)?案例[^，：]{0,4}|新闻(?:发布|通)稿|简讯|[^，：]{0,24}(?:汇报|通报|反映|发言|介绍|显示|发现|回顾|简报|结果|排名)(?:的?(?:情况|问题)[^，：]{0,4})?)："
    r"|[^。；：]{2,30}存在[^，。：]{1,12}(?:问题|不足|短板|困难)："
)
# A line of the head or foot of minutes, an agenda with its hours, a chat's answer.
_HEADER = re.compile(
    r"(?:主持人?|记录人?|参加|出席|列席|到会|缺席|请假|参会人员|传阅范围|共印"
    r"|签到|散会|报送|分送|抄送|签发|核稿|主送|编号|文号|收件|发出|来文|发文|受文|被[一-龥]{2,3})(?:单位|人员)?[： ]|往[届年]|历[届年]"
    r"|[^，。；：]{0,12}：(?:收到|好的|明白|辛苦)"
    r"|\d{1,2}：\d\d(?: |$)|[^，。]{2,30} \d{1,2}：\d\d(?:（[^）]*）)?$|答："
)
_ASSIGNS = re.compile("任务|责任|牵头|事项|要求")
_WHEN = re.compile(r"(?:会议)?(?:时间|日期)[： ]")
_CASE = re.compile("(?:典型)?案例")
_ROSTER = re.compile(f"[^，。：]{{0,24}}{UNIT}：(?:{UNIT}[、，和及]?)+(?:等\\d*个?(?:单位|部门))?$")  # 联席会议成员单位：…
_PROBLEM = re.compile(r"问题[\d一二三四五六七八九十]{0,3}：")
_ACTIVITY = re.compile("[^，：]{0,6}(?:活动|会议)(?:主题|时间|地点)：|[主分]会场：")
_REPORT_HEADING = re.compile(
    r"(?!关于)[^，。；]{0,16}(?:(?:保障|检查|受理|开展|完成|落实|进展|基本|值守|办理|工作)情况|(?:存在|主要|突出)的?问题|主要做法|工作成效|特点|原因分析)：?$"
)
_PUTS = re.compile(
    rf"会议(?:议定|要求|决定|明确|确定|强调)|责成|现要求|要求{UNIT}|请{UNIT}|{UNIT}[^，。]{{0,4}}(?:要(?!求)|应当)|须|务必|：{UNIT}[^，。；]{{0,8}}{DUE}"
)
_MAY_CALL = re.compile(r"\d{7}|联系|地址|电话|邮箱")
_PHONE = re.compile(
    r"(?<!\d)(?:\d{3,4}-\d{7,8}|1\d{10}|[2-8]\d{6,7})$|(?<!\d)(?:\d{3,4}-\d{7,8}|1\d{10})(?!\d)|^(?:联系人|地址|(?:值班|投诉)?电话|联系电话|邮箱)："
)
_BODY = re.compile(
    f"(?:[局委办厅部院站所队处股科室校会镇乡县市]|政府|单位|部门|组织|企业|公司|中心|街道|银行|协会|机构|社区|集团|园区){UNIT}?$|{UNIT}[^，]{{0,6}}$"
)
_WANTS = re.compile("要|请|须|应|做好|如下|以下|工作|负责|牵头|职责")


class Passages:
    """Where a text tells. Asked of each of its sentences in order."""

    def __init__(self, shaped: Shape) -> None:
        self.shaped = shaped
        self.is_listing = self.is_annex = self.is_report = self.is_case = False
        self.silent_level = self.report_level = 0
        self.is_top = True  # where minutes say when, where and who
        self.before = ""

    def tells(self, sentence: Sentence) -> bool:
        """Does the sentence stand in a passage that tells, and ask nothing of its own?"""
        text, start, end = self.shaped.text, sentence.start, sentence.end
        if self.before != "；":
            self.is_listing = self.is_annex = self.is_annex and sentence.level > 0
        if sentence.opens_line:
            self.is_report = self.is_case = False
        self.before = sentence.stop
        self._head(sentence)
        self._list(sentence)
        is_dated = has_day(self.shaped, sentence)
        is_silent = self.silent_level > 0 and not (is_dated and UNIT in text[start:end])
        is_data = self._is_header(sentence) or self._is_contact(sentence) or _ACTIVITY.match(text, start, end) is not None
        return self._reports(sentence, is_dated=is_dated) or self.is_listing or is_silent or is_data

    def _reports(self, sentence: Sentence, *, is_dated: bool) -> bool:
        """Within a report, what is put to nobody. A day makes a task of it, but not where the report opens, nor in a case."""
        text, start, end = self.shaped.text, sentence.start, sentence.end
        opened_before = self.is_report
        self.is_case = self.is_case or _CASE.match(text, start) is not None
        self.is_report = opened_before or _REPORT.match(text, start, end) is not None
        if not (self.is_report or self.report_level) or _PUTS.search(text, start, end):
            return False
        if not self.is_report:
            return not is_dated
        is_set = UNIT in text[start:end] if opened_before else _ASKED.search(text, start, end) is not None
        return self.is_case or not (is_dated and is_set)

    def _is_contact(self, sentence: Sentence) -> bool:
        text, start, end = self.shaped.text, sentence.start, sentence.end
        is_phone = _MAY_CALL.search(text, start, end) and _PHONE.search(text, start, end)
        return is_phone is not None and _DEMANDS.search(text, start, end) is None

    def _is_header(self, sentence: Sentence) -> bool:
        text, start, end = self.shaped.text, sentence.start, sentence.end
        self.is_top = self.is_top and not sentence.level and sentence.stop not in ("。", "；") and not _ASSIGNS.search(text, start, end)
        is_time = self.is_top and _WHEN.match(text, start, end) and self._is_day(sentence)
        return sentence.opens_line and bool(_HEADER.match(text, text.rfind("\n", 0, start) + 1, end) or is_time)

    def _is_limited(self, sentence: Sentence) -> bool:
        """Does it set a day or a rhythm?"""
        return any(self.shaped.dues[at].value for at in self.shaped.dues_in(sentence.start, sentence.end))

    def _is_day(self, sentence: Sentence) -> bool:
        """Is what is told a day or an hour, and no limit?"""
        return all(self.shaped.dues[at].is_plain is False for at in self.shaped.dues_in(sentence.start, sentence.end))

    def _head(self, sentence: Sentence) -> None:
        """A heading of aims, rules or reports is silent until the next of its rank."""
        words = self.shaped.text[sentence.start : sentence.end]
        if 0 < sentence.level <= self.silent_level:
            self.silent_level = 0
        if 0 < sentence.level < self.report_level or (_PUTS.search(words) and not sentence.level):
            self.report_level = 0
        if sentence.stop == "\n" and 0 < sentence.level < MAIN_LEVELS and _SILENT.fullmatch(words):
            self.silent_level = sentence.level
        if sentence.stop == "\n" and not sentence.level and _DUTIES.fullmatch(words):
            self.silent_level = MAIN_LEVELS - 1
        if sentence.stop == "\n" and _REPORT_HEADING.match(words):
            self.report_level = (sentence.level or MAIN_LEVELS - 1) + 1

    def _list(self, sentence: Sentence) -> None:
        """What is listed: annexes, an article's rules, what a body is there for and who sits in it."""
        text, start, end = self.shaped.text, sentence.start, sentence.end
        line = text.rfind("\n", 0, start) + 1
        self.is_annex = self.is_annex or bool(_LISTS.match(text, line))
        is_rule = _ARTICLE.match(text, line) and not (
            _PUTS.search(text, start, end) or (UNIT in text[start:end] and self._is_limited(sentence))
        )
        is_of_body = (
            _COMPETENCE.match(text, start, end)
            or _ROSTER.match(text, start, end)
            or (_COMPOSED.search(text, start, end) and not has_day(self.shaped, sentence))
        )
        self.is_listing = self.is_listing or self.is_annex or bool(is_rule or is_of_body)


def has_day(shaped: Shape, sentence: Sentence) -> bool:
    """Does the sentence set a limit that has a day?"""
    kinds = {shaped.dues[at].kind for at in shaped.dues_in(sentence.start, sentence.end) if not shaped.dues[at].is_over}
    return not kinds.isdisjoint(DAYS)


def is_account(shaped: Shape, sentence: Sentence) -> bool:
    """Does the sentence tell what was done, or what others do? A numbered one gives tasks with numbers to be reached."""
    whole = shaped.text[sentence.start : sentence.end]
    first = shaped.dues.get(sentence.start)
    is_asked = _ASKED.search(whole)
    if first is not None and not first.is_plain and whole[1:2] == "，" and (first.is_over or (_COUNTS.search(whole) and not is_asked)):
        return True  # 一季度，…; 3月12日，…发放宣传册600份
    is_dated = any(shaped.dues[at].kind not in (NONE, IMMEDIATE) for at in shaped.dues_in(sentence.start, sentence.end))
    if (_PERFECT.search(whole) and not _ORDERED.search(whole)) or (_TOTAL.search(whole) and not (is_asked or is_dated)):
        return True
    if _TELLS.search(whole) or (_TELLS_UNDATED.search(whole) and not has_day(shaped, sentence)):
        return True
    is_demanded = _DEMANDS.search(whole) and not (_ELIDED.match(whole) and not is_asked and not is_dated)
    return UNIT in whole and not sentence.level and bool(_COUNTS.search(whole)) and not is_demanded


def is_problem(shaped: Shape, sentence: Sentence) -> bool:
    """问题三：…: what is wrong, not what is to be done."""
    line = shaped.text.rfind("\n", 0, sentence.start) + 1
    return sentence.opens_line and _PROBLEM.match(shaped.text, line) is not None


def is_letterhead(shaped: Shape, sentence: Sentence) -> bool:
    """Who wrote, and the paper's number."""
    return not sentence.level and _LETTERHEAD.match(shaped.text, sentence.start, sentence.end) is not None


def is_above_title(shaped: Shape, sentence: Sentence) -> bool:
    """Who wrote, above the paper's title or its day: nothing before it was asked of them."""
    return UNIT in shaped.text[sentence.start : sentence.end] and _TITLE_OR_DAY.match(shaped.text, sentence.end + 1) is not None


def is_salutation(whole: str) -> bool:
    """The units a letter speaks to, and nothing else: 县市场监管局：, 各乡镇人民政府，县政府各部门，有关社会组织："""
    bodies = [body for body in re.split("[、，：和与及 ]|（[^）]*）", whole) if body]
    are_bodies = all(body == UNIT or _BODY.search(body) for body in bodies)
    return UNIT in whole and len(whole) <= LONGEST_SALUTATION and are_bodies and not _WANTS.search(whole)
