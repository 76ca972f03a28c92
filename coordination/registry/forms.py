"""Forms of the registry's staff pages. None of them can set a status: that is what the services' verbs are for."""

from typing import Any

from flask_wtf.file import FileField, FileSize
from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from coordination import checked
from coordination.checked import Table
from coordination.forms import Day, Form, Line, Number, OneOf, Paragraphs, Required, SomeOf, choices
from models import Effect, EventSource, LegalStatus, PromiseKind

MOST_FILE = 20 * 1024 * 1024


def _number_or_none(value: Any) -> int | None:
    return int(value) if value not in {"", None, "None"} else None


class Pick(SelectField):
    """One of many rows, as a drop-down whose first line is none."""

    def __init__(self, label: str, *, required: bool = True, **more: Any) -> None:
        wrong = f"请重新选择{label}"
        checks = [Required() if required else Optional()]
        super().__init__(label, checks, coerce=_number_or_none, invalid_choice_message=wrong, invalid_value_message=wrong, **more)

    def offer(self, pairs: Any, none: str = "请选择") -> None:
        """Set the choices: (id, words) pairs after the one that says none."""
        self.choices = [SelectChoice("", none), *choices(pairs)]


class Versioned(Form):
    """Parent of forms about something that may change meanwhile: the version the person saw."""

    version = IntegerField("版本", [Required()], widget=HiddenInput())

    def take_version(self, version: int) -> None:
        """Go on from this version: what is sent next has seen it."""
        self.version.process_data(version)
        self.version.raw_data = None


# Gates


class Opinion(Form):
    """审核通过."""

    opinion = Paragraphs("审核意见", most=1000, required=False, rows=3)


class Reason(Form):
    """A step that needs its reason and nothing else."""

    reason = Paragraphs("理由", most=400, rows=4)


class Confirm(Form):
    """A step that needs no words."""


class ConfirmVersion(Versioned):
    """A step that needs no words, but must have seen the newest state."""


class ObjectionFinding(Form):
    """核实一件异议."""

    upheld = OneOf("核实结论", coerce=int, choices=choices(((0, "异议不成立，继续公示和认定"), (1, "异议成立，不予认定"))))
    finding = Paragraphs("核实情况", most=4000, rows=5)


class BusinessFields(Form):
    """Who runs the place."""

    uscc = Line("统一社会信用代码", most=40)
    name = Line("经营者名称", most=120)
    address = Line("经营地址", most=200)
    street = Line("街道（乡镇）", most=40, required=False)
    contact = Line("联系人", most=40, required=False)
    phone = Line("联系电话", most=40, required=False)


class Apply(BusinessFields):
    """A unit puts a business forward."""

    category_id = OneOf("申报类别", coerce=int)


class Inspect(Form):
    """The head and foot of an inspection; the points come one by one from the score sheet."""

    inspected_on = Day("检查日期")
    finding = Paragraphs("检查发现", most=4000, required=False, rows=4)
    key = HiddenField("标记", [Required()])
    sheet_id = IntegerField("评分表", [Required()], widget=HiddenInput())


# Life


class Rectify(Form):
    """限期整改."""

    finding = Paragraphs("需要整改的问题", most=1000, rows=4)
    by = Day("整改期限", required=False)


class Promising(Form):
    """A promise for the public page."""

    kind = OneOf("承诺事项", coerce=PromiseKind, choices=choices((kind, kind.label) for kind in PromiseKind))
    text = Paragraphs("承诺内容", most=500, rows=3)


class Breach(Form):
    """A promise that was not kept."""

    happened_on = Day("发生日期")
    proof = Paragraphs("查实的情况", most=2000, rows=4)


class Assess(Form):
    """A third party's assessment."""

    assessor = Line("评估机构", most=120)
    assessed_on = Day("评估日期")
    score = Number("得分", least=0, most=100)
    finding = Paragraphs("评估意见", most=4000, required=False, rows=4)
    report = FileField("评估报告", [Optional(), FileSize(MOST_FILE, message="文件超过20MB，请压缩或分开上传")])


class ChangeBusiness(Versioned):
    """更名, 迁址."""

    name = Line("经营者名称", most=120)
    address = Line("经营地址", most=200)
    street = Line("街道（乡镇）", most=40, required=False)
    phone = Line("联系电话", most=40, required=False)


class CloseBusiness(Form):
    """The business is no more, or stands again."""

    status = OneOf("主体状态", coerce=LegalStatus, choices=choices((s, s.label) for s in LegalStatus if s not in {LegalStatus.REVOKED}))
    remark = Line("依据", most=400)


# Trust events and what follows


class Event(Form):
    """One trust event, entered by hand."""

    ground = SelectField("移出事由", [Required()])
    source = OneOf(
        "来源",
        coerce=EventSource,
        choices=choices(
            (s, s.label) for s in (EventSource.ENTERED, EventSource.OFFICIAL_LIST, EventSource.COMPLAINT, EventSource.SAMPLING)
        ),
    )
    name = Line("经营者名称", most=120)
    uscc = Line("统一社会信用代码", most=40, required=False)
    happened_on = Day("列入或决定日期")
    authority = Line("作出决定的机关", most=120, required=False)
    document_no = Line("文号", most=120, required=False)
    counts_until = Day("计入截止日期", required=False)
    text = Paragraphs("事实", most=4000, required=False, rows=3)


class Match(Form):
    """Whose event it is."""

    business_id = OneOf("经营主体", coerce=int)
    reason = Paragraphs("认定为同一主体的理由", most=400, rows=3)


class EndEvent(Form):
    """修复 or 撤销."""

    on = Day("日期")
    remark = Line("依据", most=400)


class Decide(Versioned):
    """The approver on an appeal."""

    upheld = OneOf("复核结论", coerce=int, choices=choices(((0, "维持移出"), (1, "申诉成立，撤销移出"))))
    answer = Paragraphs("答复意见", most=4000, rows=5)


class Answer(Form):
    """What was found and done: feedback, measures."""

    text = Paragraphs("核实和处理情况", most=1000, rows=5)


# Tables


class EventTable(Table):
    """A trust list."""

    ground = SelectField("移出事由", [Required()])
    source = OneOf(
        "来源", coerce=EventSource, choices=choices(((EventSource.OFFICIAL_LIST, "官方名单"), (EventSource.ENTERED, "其他来源")))
    )
    authority = Line("作出决定的机关", most=120, required=False)


class Checked(checked.Checked):
    """The table once more, with what the upload said of the whole list."""

    ground = HiddenField("移出事由")
    source = HiddenField("来源")
    authority = HiddenField("机关")


# Schemes


class SchemeFields(Form):
    """A new scheme."""

    mechanism_id = OneOf("联席会议机制", coerce=int)
    name = Line("方案名称", most=120)
    title = Line("称号", most=60)
    certificate_prefix = Line("证书号前缀", most=20)
    code = Line("代码", most=32)
    issuer = Line("发证单位", most=120)
    basis = Line("文件依据", most=200, required=False)
    valid_from = Day("施行日期", required=False)
    valid_to = Day("废止日期", required=False)


class SchemeChange(Versioned):
    """What of a scheme may be changed later."""

    name = Line("方案名称", most=120)
    title = Line("称号", most=60)
    issuer = Line("发证单位", most=120)
    basis = Line("文件依据", most=200, required=False)
    valid_from = Day("施行日期", required=False)
    valid_to = Day("废止日期", required=False)


class Mark(Form):
    """The province's unified mark."""

    file = FileField("标识图片", [Optional(), FileSize(MOST_FILE, message="文件超过20MB，请压缩后上传")], render_kw={"accept": ".png,.jpg"})


class CategoryFields(Form):
    """A category of a scheme."""

    name = Line("类别名称", most=60)
    code = Line("代码", most=32)
    responsible_id = Pick("责任单位")
    co_ids = SomeOf("配合单位", coerce=int)
    subjects = Line("行业职责", most=300, required=False)
    excludes = SomeOf("不能同时认定的类别", coerce=int)
    notice_days = Number("公示工作日数", least=1, most=60, required=False)
    validity_months = Number("有效期（月）", least=1, most=120, required=False)
    recheck_months = Number("复查周期（月）", least=1, most=60, required=False)
    least_reviews = Number("消费者评价最少条数", least=1, most=1000)
    is_open = BooleanField("接受申报")
    version = IntegerField("版本", [Optional()], widget=HiddenInput())


class TargetFields(Form):
    """How many there should be by the end of a year."""

    year = Number("年度", least=2000, most=2100)
    number = Number("目标数", least=0, most=10_000_000)
    unit_id = Pick("单位", required=False)


class SheetFields(Form):
    """A score sheet, one item a line."""

    title = Line("名称", most=120)
    minimum = Number("最低总分", least=0, most=10_000)
    lines = Paragraphs("评分项", most=20_000, rows=14)


class GroundFields(Versioned):
    """A ground of removal."""

    name = Line("事由", most=60)
    clause = Line("依据条款", most=300, required=False)
    effect = OneOf("后果", coerce=Effect, choices=choices((effect, effect.label) for effect in Effect))
    bar_rule = SelectField("再申报限制", [Optional()])
    is_active = BooleanField("使用中")
