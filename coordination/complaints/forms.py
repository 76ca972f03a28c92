"""Forms of the complaint pages. None of them can set a status: that is what the services' verbs are for."""

from typing import Any

from flask_wtf.file import FileField, FileRequired, FileSize
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from coordination.complaints import saving
from coordination.forms import Day, Form, Line, Moment, Number, OneOf, Paragraphs, Required, SomeOf, choices
from models import Channel, ComplaintKind, EventLevel, RecipientKind, RefusalGround, Sector, TerminationGround

MOST_TABLE = 20 * 1024 * 1024
KINDS = (ComplaintKind.COMPLAINT, ComplaintKind.REPORT, ComplaintKind.QUERY, ComplaintKind.MIXED)
YES_NO = (("yes", "同意"), ("no", "不同意"))
DESIGNATORS = ("联席会议", "12345热线管理机构", "县人民政府", "召集人")


def _number_or_none(value: Any) -> int | None:
    return int(value) if value not in {"", None, "None"} else None


class Confirm(Form):
    """A step that needs no words."""


class Registering(Form):
    """登记, with the fields of the official 投诉登记表 and 举报登记表."""

    kind = OneOf("类型", coerce=ComplaintKind, choices=choices((kind, kind.label) for kind in KINDS))
    number = Line("12315登记编号", most=60, required=False)
    channel = SelectField("接收方式", [Required()], coerce=Channel, choices=choices((c, c.label) for c in Channel))
    received_at = Moment("收到时间")
    sector = SelectField("适用时限", [Required()], coerce=Sector, choices=choices((s, s.label) for s in Sector))
    name = Line("投诉（举报）人姓名", most=60, required=False)
    phone = Line("联系电话", most=40, required=False)
    id_no = Line("证件号码", most=40, required=False)
    address = Line("联系地址", most=200, required=False)
    target_name = Line("被投诉（举报）方名称", most=200, required=False)
    target_uscc = Line("统一社会信用代码", most=40, required=False)
    target_address = Line("被投诉（举报）方地址", most=300, required=False)
    text = Paragraphs("争议事实或线索", most=12_000, rows=8)
    request = Line("投诉请求", most=1000, required=False)
    category = Line("商品或服务类别", most=200, required=False)
    problem = Line("问题类别", most=200, required=False)
    place = Line("事发地", most=200, required=False)
    amount = Line("涉及金额（元）", most=20, required=False)
    publication = OneOf("是否同意公示投诉信息", required=False, choices=choices(YES_NO))
    delegation = OneOf("是否同意委托调解", required=False, choices=choices(YES_NO))
    is_small = BooleanField("金额小、事实清楚，当天办结")


class Assign(Form):
    """分派."""

    lead_id = OneOf("主办单位", coerce=int)
    co_ids = SomeOf("协办单位", coerce=int)
    why = Line("不采用建议的理由", most=300, required=False)
    note = Paragraphs("交办意见", most=500, required=False, rows=3)
    report_by = Day("报告结果日期", required=False)


class Designate(Form):
    """记录指定结果."""

    lead_id = OneOf("指定办理单位", coerce=int)
    body = OneOf("指定机关", choices=choices((name, name) for name in DESIGNATORS))
    document_no = Line("会议纪要或文件文号", most=100)


class SendBack(Form):
    """退回分派中心."""

    reason = Paragraphs("不属本单位职责的理由", most=500, rows=4)
    believed_id = SelectField("认为有权处理的单位", [Optional()], coerce=_number_or_none)

    def offer(self, units: Any) -> None:
        """Set the units to choose from; none may be named."""
        self.believed_id.choices = [SelectChoice("", "不能确定"), *choices(units)]


class Refuse(Form):
    """不予受理."""

    ground = OneOf("不予受理的情形", coerce=RefusalGround, choices=choices((g, g.label) for g in RefusalGround))
    reason = Paragraphs("具体理由", most=2000, rows=4)


class Terminate(Form):
    """终止调解."""

    ground = OneOf("终止调解的情形", coerce=TerminationGround, choices=choices((g, g.label) for g in TerminationGround))
    reason = Paragraphs("具体情况", most=2000, rows=4)


class Mediate(Form):
    """组织调解."""

    place = Line("时间和地点", most=200, required=False)


class Said(Form):
    """A step with its words: result, reason, answer."""

    text = Paragraphs("情况", most=4000, rows=5)


class Verdict(Form):
    """核查结果."""

    filed = OneOf("核查结论", coerce=int, choices=choices(((1, "立案"), (0, "不予立案"))))
    case_number = Line("案号", most=60, required=False)
    result = Paragraphs("核查情况", most=4000, rows=5)


class Approved(Form):
    """Who approved it."""

    approved_by = Line("批准的负责人", most=60)


class Appraise(Form):
    """委托鉴定、检测."""

    body = Line("鉴定、检测机构", most=120)
    since = Day("委托日期")


class Appraised(Form):
    """鉴定、检测结论."""

    until = Day("结论日期")
    finding = Paragraphs("结论", most=2000, rows=4)


class Purpose(Form):
    """Why somebody looks at who complained."""

    reason = Line("查看用途", most=200)


class Split(Form):
    """拆分."""

    complaint_text = Paragraphs("投诉部分", most=12_000, rows=6)
    report_text = Paragraphs("举报部分", most=12_000, rows=6)


class Divide(Form):
    """拆分为两件."""

    first_text = Paragraphs("本件保留的内容", most=12_000, rows=6)
    second_text = Paragraphs("另立一件的内容", most=12_000, rows=6)


class ByPhone(Form):
    """Searching by phone: posted, so that it stands in no address or log."""

    phone = Line("投诉人电话", most=40)


class NamedView(Form):
    """A name for the filters one came with."""

    name = Line("视图名称", most=saving.MOST_NAME)
    query = HiddenField()


class Table(Form):
    """A table to import."""

    file = FileField("12315平台导出的表格", [FileRequired("请选择文件"), FileSize(MOST_TABLE, message="文件超过20MB，请分开导出")])


class TakeIn(Form):
    """What was looked at is taken in."""

    file_id = HiddenField("文件", [Required()])
    mark = HiddenField("标记", [Required()])


class Transferring(Form):
    """移送."""

    recipient_kind = OneOf("移送对象", coerce=RecipientKind, choices=choices((kind, kind.label) for kind in RecipientKind))
    recipient = Line("接收机关", most=120)
    reason = Paragraphs("移送理由", most=2000, rows=4)
    document_no = Line("移送函文号", most=120)
    on = Day("移送日期")


class Receipt(Form):
    """接收机关签收."""

    on = Day("签收日期")
    receipt_no = Line("回执文号", most=120, required=False)


class ToldHow(Form):
    """书面告知投诉人."""

    on = Day("告知日期")
    how = Line("告知方式", most=120)


class RefusedBy(Form):
    """接收机关退回."""

    on = Day("退回日期")
    reason = Paragraphs("退回理由", most=500, rows=3)


class Link(Form):
    """合并重复."""

    first_id = OneOf("并入哪一件", coerce=int)
    reason = Paragraphs("认定为同一件的理由", most=500, rows=3)
    told_on = Day("告知投诉人日期")
    new_facts = BooleanField("举报有新的事实，并案后期限重新起算")


class Call(Form):
    """回访."""

    reached = OneOf("是否联系上", choices=choices((("yes", "联系上"), ("no", "未联系上"))))
    solved = OneOf("问题是否解决", required=False, choices=choices((("yes", "已解决"), ("no", "未解决"))))
    satisfied = OneOf("是否满意", required=False, choices=choices((("yes", "满意"), ("no", "不满意"))))
    note = Paragraphs("回访情况", most=2000, required=False, rows=3)
    reopen = BooleanField("退回承办单位重新办理")


class Emergency(Form):
    """突发事件."""

    level = OneOf("等级", coerce=EventLevel, choices=choices((level, level.label) for level in EventLevel))
    people = Number("涉及人数", least=0, most=10_000_000, required=False)
    facts = Paragraphs("基本情况", most=4000, rows=5)


class Group(Form):
    """群体投诉, with the two who were chosen in writing."""

    level = OneOf("等级", coerce=EventLevel, choices=choices((level, level.label) for level in EventLevel))
    people = Number("投诉人数", least=2, most=10_000_000)
    name1 = Line("代表人一姓名", most=60)
    phone1 = Line("代表人一电话", most=40)
    paper1 = Line("代表人一推选书", most=120)
    name2 = Line("代表人二姓名", most=60)
    phone2 = Line("代表人二电话", most=40)
    paper2 = Line("代表人二推选书", most=120)
    facts = Paragraphs("基本情况", most=4000, rows=5)


class EventReporting(Form):
    """信息专报."""

    text = Paragraphs("报告内容", most=8000, rows=8)
    recipients = Paragraphs("报送对象", most=1000, rows=4)
    number = Line("编号", most=60, required=False)


class EndEvent(Form):
    """事件平息."""

    on = Day("平息日期")
    outcome = Paragraphs("处置结果", most=4000, rows=4)


class Lane(Form):
    """转经营者先行和解."""

    consents = BooleanField("投诉人同意先行和解")
    shares_contact = BooleanField("投诉人同意向经营者提供姓名和电话")


class LaneConfirm(Form):
    """投诉人对和解的意见."""

    confirmed = OneOf("投诉人是否认可", choices=choices((("yes", "认可，按和解办结"), ("no", "不认可，按正常程序办理"))))
    note = Paragraphs("核实情况", most=500, rows=3)


class BrokenPromise(Form):
    """承诺未兑现."""

    promise_id = OneOf("未兑现的承诺", coerce=int)
    finding = Paragraphs("查实的情况", most=2000, rows=4)
    document_no = Line("认定依据的文书文号", most=120)


class AssignMany(Form):
    """分派 of several."""

    lead_id = OneOf("主办单位", coerce=int)
    why = Line("不采用建议的理由", most=300, required=False)
    note = Paragraphs("交办意见", most=500, required=False, rows=3)
    report_by = Day("报告结果日期", required=False)


class AssignAdvised(Form):
    """按建议分派 of several."""

    note = Paragraphs("交办意见", most=500, required=False, rows=3)
    report_by = Day("报告结果日期", required=False)


class AutoSubject(Form):
    """自动分派 of a class."""

    subject_id = SelectField("事项分类", [Required()], coerce=int)
    percent = Number("把握不低于（%）", least=50, most=100)


class Preference(Form):
    """指定去向."""

    subject_id = SelectField("事项分类", [Optional()], coerce=_number_or_none)
    business = Line("被投诉方名称或统一社会信用代码", most=200, required=False)
    territory = Line("所在地", most=80, required=False)
    unit_id = SelectField("办理单位", [Required()], coerce=int)
    why = Line("理由", most=300)


class Ask(Form):
    """向单位查询."""

    unit_id = OneOf("单位", coerce=int)
    question = Paragraphs("查询的问题", most=4000, rows=4)


class OnSitePlace(Form):
    """安排现场调处."""

    place = Line("现场地点", most=200)


class OnSiteTime(Form):
    """到场."""

    at = Moment("时间")


class OnSiteResult(Form):
    """现场调处结果."""

    at = Moment("结束时间")
    result = Paragraphs("现场调处结果", most=2000, rows=4)


class Shift(Form):
    """值班."""

    from_on = Day("开始日期")
    to_on = Day("结束日期")
    name = Line("值班人", most=40)
    phone = Line("值班电话", most=40)
