"""What a new installation starts with: settings, rule rows with their clauses, and the working calendars published so far."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from coordination.documents.fonts import Fonts
from models.rule import LimitUnit


@dataclass(frozen=True)
class SettingKind:
    """One setting: its name on the page, its default, and what it is for."""

    title: str
    default: Any
    hint: str = ""


SETTINGS: dict[str, SettingKind] = {
    "platform_name": SettingKind("平台名称", "示例县消保联席会议平台", "显示在页首和邮件标题"),
    "county_name": SettingKind("本县名称", "示例县"),
    "site_url": SettingKind("平台地址", "", "写入邮件，便于点开办理，如https://lxhy.example.gov.cn"),
    "office_hours": SettingKind("提醒时间", {"from": "08:30", "to": "17:30"}, "工作日内，含起始时刻"),
    "handling_goal": SettingKind("投诉处理率目标", 95, "百分数；放心消费行动实施方案第二部分（三）"),
    "routing_threshold": SettingKind("分派建议的把握下限", 60, "百分数；低于它不预选单位，由人工判断"),
    "fonts": SettingKind("文书字体", asdict(Fonts()), "各类文书所用字体的名称"),
    "mail": SettingKind("发信服务器", {"host": ""}, "未配置时只在平台内提醒，不向外发送任何内容"),
}


# What a table is called in the audit ledger; its entries name it before the colon (task:7).
THINGS = {
    "meeting": "会议",
    "task_paper": "督办文书",
    "task_hook": "群消息地址",
    "task_feed": "日历订阅",
    "recurring_duty": "常态化任务",
    "proposal": "议题",
    "extra_request": "临时会议申请",
    "agenda_item": "议程",
    "decision": "议定事项",
    "reply": "参会答复",
    "guest": "列席人员",
    "minutes": "纪要",
    "bulletin": "简报通报",
    "task": "任务",
    "unit": "单位",
    "membership": "成员资格",
    "mechanism": "机制",
    "duty": "职责",
    "subject": "事项分类",
    "person": "账号",
    "role_grant": "角色",
    "login_session": "登录",
    "api_client": "接口账号",
    "calendar_year": "工作日历",
    "rule": "时限规则",
    "setting": "系统设置",
    "settings": "默认设置",
    "mail": "邮件",
    "backup": "备份",
    "complaint": "投诉举报",
    "complaint_import": "投诉导入",
    "inquiry": "查询",
    "duty_shift": "值班",
    "saved_view": "队列视图",
    "routing_model": "分派建议模型",
    "routing_preference": "指定去向",
}

# What each job of the scheduler's timetable is called on the pages.
JOBS = {
    "task_ladder": "督办提醒与催办",
    "task_recurring": "常态化任务下达",
    "task_digest": "每日任务提醒",
    "registry_life": "示范单位到期和整改逾期处理",
    "registry_reminders": "示范单位移出建议和到期、复查提醒",
    "complaint_deadlines": "投诉举报到期提醒与催办",
    "minutes_reminders": "纪要简报签收和会签提醒",
    "complaint_events": "先行和解到期与信息专报提醒",
    "routing_auto": "自动分派",
    "routing_train": "分派建议重新学习",
    "mail_failures": "邮件失败通报",
    "deliver_mail": "发送邮件",
    "deliver_webhooks": "向其他平台通知状态变动",
    "deliver_hooks": "群消息推送",
    "purge_sessions": "清理登录记录",
    "purge_aside": "清理未导入的表格和过期草稿",
    "purge_calls": "清理接口往来记录",
    "purge_runs": "清理作业记录",
    "audit_anchor": "审计记录锚定",
}


@dataclass(frozen=True)
class DefaultRule:
    """One limit a new installation knows. ``until`` None: in force without end."""

    code: str
    title: str
    limit: int
    unit: LimitUnit
    clause: str
    since: date
    until: date | None = None
    note: str = ""


ORDER_121 = date(2026, 4, 15)  # 总局令第121号 in force; repealed 总局令第20号 (its 第四十六条)
ORDER_20 = date(2020, 1, 1)
LAST_OF_20 = ORDER_121 - timedelta(days=1)
PENALTIES = date(2021, 7, 15)  # 市场监督管理行政处罚程序规定
CONSUMERS = date(2024, 7, 1)  # 消费者权益保护法实施条例
BEGINNING = date(2024, 1, 1)  # the first day of the first calendar loaded
EARLIEST_UNITS = date(2015, 1, 1)  # units recognised before the platform are brought in with their own dates
OURS = "平台默认，可修改"
PROMISED = "放心消费行动实施方案第二部分（二）1；平台默认，可修改"
EVENTS = "全县消费者权益保护工作意见：重大群体性投诉、突发事件应急处理和报告制度；平台默认，可修改"
REPAIR = date(2025, 12, 25)  # 信用修复管理办法（总局令第107号）
ORDER_107 = "总局令第107号信用修复分级（{}）；平台默认，可修改"

RULES: tuple[DefaultRule, ...] = (
    DefaultRule("ACCEPT", "投诉受理决定并告知", 7, LimitUnit.WORKING, "总局令第121号第十五条", ORDER_121, note="自收到投诉之日起"),
    DefaultRule("ACCEPT", "投诉受理决定并告知", 7, LimitUnit.WORKING, "总局令第20号第十四条", ORDER_20, LAST_OF_20, "自收到投诉之日起"),
    DefaultRule(
        "MEDIATE",
        "投诉调解",
        60,
        LimitUnit.CALENDAR,
        "总局令第121号第二十三条",
        ORDER_121,
        note="自受理之日起；鉴定、检测时间除外（第二十二条）",
    ),
    DefaultRule("MEDIATE", "投诉调解", 45, LimitUnit.WORKING, "总局令第20号第二十一条", ORDER_20, LAST_OF_20, "自受理之日起"),
    DefaultRule("TERM_NOTICE", "终止调解告知", 7, LimitUnit.WORKING, "总局令第121号第二十三条", ORDER_121, note="自作出终止调解决定之日起"),
    DefaultRule(
        "TERM_NOTICE", "终止调解告知", 7, LimitUnit.WORKING, "总局令第20号第二十一条", ORDER_20, LAST_OF_20, "自作出终止调解决定之日起"
    ),
    DefaultRule("INFORM", "实名举报是否立案告知", 5, LimitUnit.WORKING, "总局令第20号第三十一条", ORDER_20, LAST_OF_20, "第121号已无此项"),
    DefaultRule("CLUE", "调解中发现线索的核查", 15, LimitUnit.WORKING, "总局令第121号第二十七条", ORDER_121, note="自发现之日起"),
    DefaultRule("CLUE_MORE", "线索核查延长", 15, LimitUnit.WORKING, "总局令第121号第二十七条", ORDER_121, note="经负责人批准"),
    DefaultRule(
        "REPORT",
        "举报核查并决定是否立案",
        15,
        LimitUnit.WORKING,
        "市场监督管理行政处罚程序规定第十八条",
        PENALTIES,
        note="自发现线索或收到材料之日起",
    ),
    DefaultRule(
        "REPORT_MORE", "举报核查延长", 15, LimitUnit.WORKING, "市场监督管理行政处罚程序规定第十八条", PENALTIES, note="经负责人批准"
    ),
    DefaultRule(
        "CASE", "普通程序案件处理决定", 90, LimitUnit.CALENDAR, "市场监督管理行政处罚程序规定第六十四条", PENALTIES, note="自立案之日起"
    ),
    DefaultRule(
        "CASE_MORE",
        "普通程序案件延长",
        30,
        LimitUnit.CALENDAR,
        "市场监督管理行政处罚程序规定第六十四条",
        PENALTIES,
        note="仍不能办结的，集体讨论决定",
    ),
    DefaultRule(
        "JURIS", "市场监管部门之间管辖争议协商", 7, LimitUnit.WORKING, "总局令第121号第三十三条", ORDER_121, note="自发生争议之日起"
    ),
    DefaultRule("CLAIM", "投诉时效", 3, LimitUnit.YEAR, "总局令第121号第十六条第四项", ORDER_121, note="自知道或应当知道之日起"),
    DefaultRule("CLAIM", "投诉时效", 3, LimitUnit.YEAR, "总局令第20号第十五条", ORDER_20, LAST_OF_20, "自知道或应当知道之日起"),
    DefaultRule(
        "DEPARTMENT",
        "各部门处理投诉并告知",
        7,
        LimitUnit.WORKING,
        "消费者权益保护法实施条例第四十六条",
        CONSUMERS,
        note="各有关行政部门均适用，行业另有规定的从其规定",
    ),
    DefaultRule(
        "DEPARTMENT_MEDIATE",
        "各部门组织调解",
        60,
        LimitUnit.CALENDAR,
        "消费者权益保护法实施条例第四十六条",
        CONSUMERS,
        note="自受理之日起；鉴定、检测时间除外",
    ),
    DefaultRule("GAS", "燃气收费与服务投诉", 15, LimitUnit.WORKING, "城镇燃气管理条例第二十九条", BEGINNING),
    DefaultRule("TELECOM", "电信申诉答复", 30, LimitUnit.CALENDAR, "电信条例第三十九条", BEGINNING),
    DefaultRule("POST", "邮政、快递申诉答复", 30, LimitUnit.CALENDAR, "邮政法第六十五条", BEGINNING),
    DefaultRule(
        "CITY_HOTLINE",
        "12345工单办结答复",
        5,
        LimitUnit.WORKING,
        "政务服务热线规定各地不同，山东为5个工作日；平台默认，可修改",
        BEGINNING,
        note="自收到工单之日起；法定时限更长的，两个时限并列",
    ),
    DefaultRule("ROUTE", "投诉举报分派", 1, LimitUnit.WORKING, OURS, BEGINNING, note="自收到之日起，由分派员办理"),
    DefaultRule(
        "RETURN",
        "不属职责的退回",
        2,
        LimitUnit.WORKING,
        "各地规定不同，山东为2个工作日；平台默认，可修改",
        BEGINNING,
        note="自分派之日起；指定办理的不得退回",
    ),
    DefaultRule("PROMISE_QUERY", "县内承诺：咨询答复", 0, LimitUnit.CALENDAR, PROMISED, BEGINNING, note="第一时间沟通答复，当天"),
    DefaultRule("PROMISE_SMALL", "县内承诺：小额清楚的投诉办结", 0, LimitUnit.CALENDAR, PROMISED, BEGINNING, note="原则上当天办结"),
    DefaultRule("PROMISE", "县内承诺：一般投诉办结反馈", 3, LimitUnit.CALENDAR, PROMISED, BEGINNING, note="3天内办结反馈"),
    DefaultRule(
        "COMPLAINT_REMIND", "投诉举报：到期提醒", -1, LimitUnit.WORKING, OURS, BEGINNING, note="负数为到期之前；告知承办单位联络员"
    ),
    DefaultRule("COMPLAINT_URGE", "投诉举报：催办", 1, LimitUnit.WORKING, OURS, BEGINNING, note="逾期次日，同时告知单位负责人"),
    DefaultRule("COMPLAINT_TOP", "投诉举报：通报分派员", 3, LimitUnit.WORKING, OURS, BEGINNING, note="逾期仍未办理的，同时告知分派员督促"),
    DefaultRule("CALL_BACK", "办结回访", 5, LimitUnit.WORKING, OURS, BEGINNING, note="自办结之日起，由12315中心回访"),
    DefaultRule(
        "INQUIRY",
        "消保中心查询的答复",
        5,
        LimitUnit.WORKING,
        "各地规定不同，浙江为5个工作日；平台默认，可修改",
        BEGINNING,
        note="自查询之日起",
    ),
    DefaultRule("EVENT_FIRST", "群体性投诉、突发事件：首报", 0, LimitUnit.CALENDAR, EVENTS, BEGINNING, note="当天；不论是否工作时间"),
    DefaultRule(
        "EVENT_FURTHER", "群体性投诉、突发事件：续报", 1, LimitUnit.CALENDAR, EVENTS, BEGINNING, note="自上一次报告之日起，事件平息前"
    ),
    DefaultRule("EVENT_FINAL", "群体性投诉、突发事件：终报", 3, LimitUnit.WORKING, EVENTS, BEGINNING, note="自事件平息之日起"),
    DefaultRule(
        "FAST_LANE",
        "先行和解（绿色通道）",
        10,
        LimitUnit.WORKING,
        "参照在线消费纠纷解决（ODR）企业10个工作日；平台默认，可修改",
        BEGINNING,
        note="自转送经营者之日起，不得晚于受理时限",
    ),
    DefaultRule("TASK_ACCEPT", "任务签收", 2, LimitUnit.WORKING, OURS, BEGINNING, note="自任务下达之日起"),
    DefaultRule("TASK_WARN", "任务临期（黄灯）", 3, LimitUnit.WORKING, OURS, BEGINNING, note="剩余工作日不多于此数时亮黄灯"),
    DefaultRule("LADDER_REMIND", "督办：到期提醒", -3, LimitUnit.WORKING, OURS, BEGINNING, note="负数为到期之前"),
    DefaultRule("LADDER_URGE", "督办：催办", 1, LimitUnit.WORKING, OURS, BEGINNING, note="逾期次日，同时告知单位负责人"),
    DefaultRule("LADDER_LETTER", "督办：拟督办函", 3, LimitUnit.WORKING, OURS, BEGINNING, note="由办公室审定后发出"),
    DefaultRule(
        "LADDER_TOP", "督办：通报或报请督查", 6, LimitUnit.WORKING, OURS, BEGINNING, note="由召集人批准；部门之间通报情况并报请县政府督查"
    ),
    DefaultRule("LADDER_ANSWER", "督办：限期办结", 5, LimitUnit.WORKING, OURS, BEGINNING, note="督办函、通报给单位的时间，自拟稿之日起"),
    DefaultRule(
        "MEETING_EVERY",
        "例会间隔",
        6,
        LimitUnit.MONTH,
        OURS,
        BEGINNING,
        note="自上次会议起；联席会议制度只定“定期或不定期召开”",
    ),
    DefaultRule("REPLY_DUE", "参会答复截止", 1, LimitUnit.WORKING, OURS, BEGINNING, note="会议前的工作日数"),
    DefaultRule("OPINION", "议题征求意见答复", 5, LimitUnit.WORKING, OURS, BEGINNING, note="自征求意见之日起"),
    DefaultRule("EXTRA_ANSWER", "临时会议申请答复", 5, LimitUnit.WORKING, OURS, BEGINNING, note="自提请之日起，由联席会议办公室答复"),
    DefaultRule("COUNTERSIGN", "纪要会签", 3, LimitUnit.WORKING, OURS, BEGINNING, note="自发起会签之日起；逾期未答复的视为同意"),
    DefaultRule("MINUTES_READ", "纪要阅知", 5, LimitUnit.WORKING, OURS, BEGINNING, note="自印发之日起"),
    DefaultRule("REG_NOTICE", "示范单位公示期", 5, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自公示次日起算；类别另有规定的从其规定"),
    DefaultRule("REG_OBJECTION", "公示异议核实", 5, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自收到异议之日起"),
    DefaultRule("REG_VALID", "示范单位有效期", 36, LimitUnit.MONTH, OURS, EARLIEST_UNITS, note="自认定之日起；类别另有规定的从其规定"),
    DefaultRule(
        "REG_RECHECK", "示范单位复查周期", 12, LimitUnit.MONTH, OURS, EARLIEST_UNITS, note="自认定或上次复查之日起；类别另有规定的从其规定"
    ),
    DefaultRule("REG_EXPIRING", "示范单位到期提醒", 60, LimitUnit.CALENDAR, OURS, EARLIEST_UNITS, note="到期前的日数；其间可办续期"),
    DefaultRule("REG_RECTIFY", "限期整改", 15, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自要求整改之日起"),
    DefaultRule("REG_PROPOSAL", "移出建议确认", 2, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="每逾期一次向上一级报告"),
    DefaultRule("REG_PLAQUE", "摘除标牌", 3, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自移出或退出之日起"),
    DefaultRule("REG_SHOWN", "移出信息公示期", 3, LimitUnit.MONTH, ORDER_107.format("轻微3个月"), REPAIR, note="事由不设再申报限制时"),
    DefaultRule(
        "REG_APPEAL_WITHIN",
        "移出申诉期限",
        30,
        LimitUnit.CALENDAR,
        OURS,
        EARLIEST_UNITS,
        note="自移出之日起，参照经营异常名录管理办法第十二条",
    ),
    DefaultRule(
        "REG_APPEAL", "移出申诉复核", 20, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自收到申诉之日起，参照经营异常名录管理办法第十二条"
    ),
    DefaultRule("REG_REVIEW", "示范单位申报审核", 5, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自申报之日起"),
    DefaultRule("REG_INSPECT", "示范单位现场检查", 15, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自申报之日起，含审核时间"),
    DefaultRule("REG_PUBLISH", "示范单位发布公示", 20, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自申报之日起，含审核、检查时间"),
    DefaultRule("REG_RECOGNISE", "示范单位认定", 5, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自公示期满之日起"),
    DefaultRule("REG_MEASURE", "协同惩戒措施填报", 10, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自移出之日起"),
    DefaultRule("REG_FEEDBACK", "监督反馈答复", 7, LimitUnit.WORKING, OURS, EARLIEST_UNITS, note="自收到之日起"),
    DefaultRule("REG_DRAFT", "申报草稿保存", 30, LimitUnit.CALENDAR, OURS, EARLIEST_UNITS, note="自最后一次修改起"),
    DefaultRule(
        "BAR_MINOR", "再申报限制：轻微失信", 3, LimitUnit.MONTH, ORDER_107.format("轻微3个月"), REPAIR, note="自移出之日起；记录修复即解除"
    ),
    DefaultRule(
        "BAR_GENERAL",
        "再申报限制：一般失信",
        12,
        LimitUnit.MONTH,
        ORDER_107.format("一般3个月至1年"),
        REPAIR,
        note="自移出之日起；记录修复即解除",
    ),
    DefaultRule(
        "BAR_SERIOUS",
        "再申报限制：严重失信",
        12,
        LimitUnit.MONTH,
        ORDER_107.format("严重1年至3年"),
        REPAIR,
        note="自移出之日起，取最短公示期；仍在名单中的，列入期间亦不受理；记录修复即解除",
    ),
    DefaultRule("BAR_OTHER", "再申报限制：其他事由", 12, LimitUnit.MONTH, OURS, BEGINNING, note="自移出之日起"),
)


@dataclass(frozen=True)
class DefaultYear:
    """One year's arrangement: where it is published, and its days.

    ``days`` holds one line per holiday: the name, then month and day of each day off (``0210-0217``: from/to) and, with a plus, of each
    weekend day worked to make up.
    """

    source: str
    days: str


def _notice(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


CALENDARS: dict[int, DefaultYear] = {
    2024: DefaultYear(
        _notice(2024),
        """元旦 0101
        春节 0210-0217 +0204 +0218
        清明节 0404-0406 +0407
        劳动节 0501-0505 +0428 +0511
        端午节 0608-0610
        中秋节 0915-0917 +0914
        国庆节 1001-1007 +0929 +1012""",
    ),
    2025: DefaultYear(
        _notice(2025),
        """元旦 0101
        春节 0128-0204 +0126 +0208
        清明节 0404-0406
        劳动节 0501-0505 +0427
        端午节 0531-0602
        国庆节、中秋节 1001-1008 +0928 +1011""",
    ),
    2026: DefaultYear(
        _notice(2026),
        """元旦 0101-0103 +0104
        春节 0215-0223 +0214 +0228
        清明节 0404-0406
        劳动节 0501-0505 +0509
        端午节 0619-0621
        中秋节 0925-0927
        国庆节 1001-1007 +0920 +1010""",
    ),
}


def days_of(year: int) -> list[tuple[date, bool, str]]:
    """The exceptions of one of ``CALENDARS``: day, is it off, the holiday's name; in order. KeyError for another year."""
    found = []
    for line in CALENDARS[year].days.splitlines():
        name, *spans = line.split()
        for span in spans:
            first, _, last = span.lstrip("+").partition("-")
            start, end = (date(year, int(day[:2]), int(day[2:])) for day in (first, last or first))
            found += [(start + timedelta(days=n), not span.startswith("+"), name) for n in range((end - start).days + 1)]
    return sorted(found)
