"""The words of complaints: what they are, how they came in, where they stand, on which grounds they end."""

from models.states import Status


class ComplaintKind(Status):
    """What it is in law; a mixed one is split and each part handled on its own track (总局令第121号第九条)."""

    COMPLAINT = "complaint", "投诉"
    REPORT = "report", "举报"
    QUERY = "query", "咨询"
    MIXED = "mixed", "投诉举报（待拆分）"


class Channel(Status):
    """How it came in; every count can be split by it."""

    PLATFORM = "platform", "全国12315平台"
    HOTLINE = "hotline", "12315热线"
    CITY_HOTLINE = "city_hotline", "12345热线"
    LETTER = "letter", "来函"
    ON_SITE = "on_site", "现场"
    VISIT = "visit", "来信来访"
    HANDED_OVER = "handed_over", "移送"
    OTHER = "other", "其他"


class Sector(Status):
    """Whose law sets the limits: 市场监管's own, that of every department, or a sector's."""

    MARKET = "market", "市场监管"
    DEPARTMENT = "department", "其他部门"
    GAS = "gas", "燃气"
    TELECOM = "telecom", "电信"
    POST = "post", "邮政快递"


class ComplaintStatus(Status):
    """Where it stands. Near and overdue are derived from the clocks."""

    REGISTERED = "registered", "待分派"
    ASSIGNED = "assigned", "待签收"
    RECEIVED = "received", "待受理"
    RETURNED = "returned", "已退回"
    DISPUTED = "disputed", "职责争议"
    ACCEPTED = "accepted", "已受理"
    REFUSED = "refused", "不予受理"
    MEDIATING = "mediating", "调解中"
    SETTLED = "settled", "达成调解"
    TERMINATED = "terminated", "终止调解"
    WITHDRAWN = "withdrawn", "已撤回"
    CHECKING = "checking", "核查中"
    FILED = "filed", "已立案"
    NOT_FILED = "not_filed", "不予立案"
    INFORMED = "informed", "已告知"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已办结"
    TRANSFERRED = "transferred", "已移送"


class RefusalGround(Status):
    """不予受理 (总局令第121号第十六条, in its order); the notice names the other routes of 消法第三十九条."""

    NOT_COMPETENT = "not_competent", "不属于本部门职责或无处理权限"
    ELSEWHERE = "elsewhere", "法院、仲裁机构、行政机关或消费者组织已受理或处理过同一争议"
    NO_CONSUMER = "no_consumer", "不是为生活消费需要，或不能证明存在消费者权益争议"
    TOO_OLD = "too_old", "知道或应当知道权益受侵害之日起超过三年"
    NO_PAPERS = "no_papers", "未提供规定的材料或提供虚假材料"
    NOT_ONESELF = "not_oneself", "冒用他人名义或拒不配合核验身份"
    OTHER = "other", "法律、法规、规章规定的其他情形"


class TerminationGround(Status):
    """终止调解 (总局令第121号第二十三条, in its order)."""

    AGREED = "agreed", "投诉人撤回投诉或双方自行和解"
    ABSENT = "absent", "无正当理由不参加调解或明确拒绝调解"
    IMPOSSIBLE = "impossible", "经组织调解明确无法达成协议"
    APPRAISAL = "appraisal", "就鉴定、检测的委托或费用无法协商一致"
    TIME_UP = "time_up", "自受理之日起六十日内未能达成调解协议"
    NOT_TO_ACCEPT = "not_to_accept", "受理后发现存在不予受理或移送的情形"
    PARTY_GONE = "party_gone", "一方死亡或主体灭失，没有承受人"
    OTHER = "other", "法律、法规、规章规定的其他情形"
