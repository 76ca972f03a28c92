"""Forms of the complaint pages. None of them can set a status: that is what the services' verbs are for."""

from typing import Any

from flask_wtf.file import FileField, FileRequired, FileSize
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from coordination.forms import Day, Form, Line, Moment, OneOf, Paragraphs, Required, SomeOf, choices
from models import Channel, ComplaintKind, RefusalGround, Sector, TerminationGround

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


class ByPhone(Form):
    """Searching by phone: posted, so that it stands in no address or log."""

    phone = Line("投诉人电话", most=40)


class Table(Form):
    """A table to import."""

    file = FileField("12315平台导出的表格", [FileRequired("请选择文件"), FileSize(MOST_TABLE, message="文件超过20MB，请分开导出")])


class TakeIn(Form):
    """What was looked at is taken in."""

    file_id = HiddenField("文件", [Required()])
    mark = HiddenField("标记", [Required()])
