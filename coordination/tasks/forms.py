"""Forms about tasks."""

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, IntegerField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from coordination.checked import Checked, Table
from coordination.forms import Day, Form, Line, Number, OneOf, Paragraphs, SomeOf, choices
from models import Cadence, HookFormat, Priority

ROUNDS = choices((one, one.label) for one in (Cadence.MONTH, Cadence.QUARTER, Cadence.HALF, Cadence.YEAR))
PRIORITIES = choices((one, one.label) for one in Priority)
CADENCES = choices((one, one.label) for one in (Cadence.NONE, Cadence.WEEK, Cadence.MONTH, Cadence.QUARTER))


class Seen(IntegerField):
    """What the editor had seen when the page was opened, hidden in the form. Missing or spoilt it counts as nothing seen."""

    widget = HiddenInput()

    def __init__(self, **more: Any) -> None:
        super().__init__("版本", [Optional()], default=0, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number; anything else is an old version, so that nothing is overwritten unseen."""
        try:
            self.data = int(valuelist[0])
        except (ValueError, IndexError):
            self.data = 0


class TaskForm(Form):
    """Parent of the forms that do something to a task."""

    version = Seen()

    def take_version(self, version: int) -> None:
        """Go on from this version: what is sent next has seen it."""
        self.version.data, self.version.raw_data = version, None


class Report(TaskForm):
    """填报进展; ``version`` is the newest report of the own unit. A co-operating unit has no ``final``."""

    text = Paragraphs("进展情况", most=10_000, rows=4)
    percent = Number("完成比例", least=0, most=100)
    difficulty = Paragraphs("困难和问题", most=2000, required=False, rows=2)
    support = Paragraphs("需要联席会议支持的事项", most=2000, required=False, rows=2)
    files = MultipleFileField("佐证材料", [Optional()])
    final = BooleanField("任务已全部完成，报结")

    def validate_final(self, field: BooleanField) -> None:
        """报结 below 100 per cent contradicts itself."""
        if field.data and self.percent.data is not None and self.percent.data < 100:
            raise ValidationError("报结时完成比例应为100%。尚未完成的，请不要勾选报结")


class Close(TaskForm):
    """销号."""

    finding = Paragraphs("核验意见", most=500, rows=3)


class SendBack(TaskForm):
    """退回重办."""

    reason = Paragraphs("退回原因", most=500, rows=3)
    due_on = Day("新的完成时限")


class Cancel(TaskForm):
    """撤销."""

    reason = Paragraphs("撤销原因", most=500, rows=3)


class Edit(TaskForm):
    """更改任务内容. The text of a decision is not in it: the minutes have it."""

    title = Line("任务名称", most=200)
    text = Paragraphs("任务内容", most=4000, required=False)
    deliverable = Line("成果", most=500, required=False)
    priority = OneOf("轻重缓急", choices=PRIORITIES, coerce=Priority)
    cadence = OneOf("填报频次", choices=CADENCES, coerce=Cadence)


class AskMore(TaskForm):
    """申请延期."""

    wanted_on = Day("延至")
    reason = Paragraphs("延期原因", most=500, rows=3)


class GrantMore(TaskForm):
    """同意延期."""

    due_on = Day("新的完成时限")


class Why(TaskForm):
    """A reason and nothing else."""

    reason = Paragraphs("原因", most=500, rows=3)


class ChangeLead(TaskForm):
    """更换牵头单位; ``lead_id`` offers the members of the mechanism."""

    lead_id = OneOf("新的牵头单位", coerce=int)
    reason = Paragraphs("更换原因", most=500, rows=3)


class DraftPaper(TaskForm):
    """拟督办文书; ``kind`` offers what the mechanism knows."""

    kind = OneOf("文书种类")


class Paper(TaskForm):
    """修改文书."""

    to = Line("主送", most=200)
    title = Line("标题", most=200)
    text = Paragraphs("正文", most=8000, rows=14)


class Received(TaskForm):
    """登记签收 of what went out on paper."""

    who = Line("签收人", most=60)


class New(Form):
    """A task without a meeting. ``lead_id`` and ``co_ids`` offer the members of the mechanism."""

    source = Line("任务来源", most=200)
    title = Line("任务名称", most=200)
    text = Paragraphs("任务内容", most=4000, required=False, rows=4)
    deliverable = Line("成果", most=500, required=False)
    lead_id = OneOf("牵头单位", coerce=int)
    co_ids = SomeOf("配合单位", coerce=int)
    due_on = Day("完成时限")
    priority = OneOf("轻重缓急", choices=PRIORITIES, coerce=Priority, default=Priority.NORMAL)
    cadence = OneOf("填报频次", choices=CADENCES, coerce=Cadence, default=Cadence.NONE)

    def validate_co_ids(self, field: SomeOf) -> None:
        """The lead unit does not co-operate with itself."""
        if self.lead_id.data in (field.data or []):
            raise ValidationError("牵头单位不必再列为配合单位")


class PlanTable(Table):
    """导入计划. ``mechanism_id`` offers the mechanisms supervised."""

    mechanism_id = OneOf("联席会议机制", coerce=int)
    name = Line("计划名称", most=120)
    schemes_due_on = Day("各单位报送工作方案的时限", required=False)


class CheckedPlan(Checked):
    """The plan once more, now that it was looked at."""

    mechanism_id = IntegerField(widget=HiddenInput())
    name = Line("计划名称", most=120, widget=HiddenInput())
    schemes_due_on = DateField("工作方案时限", [Optional()], widget=HiddenInput())


class NewDuty(Form):
    """设常态化任务; ``lead_id`` and ``co_ids`` offer the members of the mechanism."""

    source = Line("任务来源", most=200, required=False)
    title = Line("任务名称", most=180)
    text = Paragraphs("任务内容", most=4000, required=False, rows=4)
    deliverable = Line("成果", most=500, required=False)
    lead_id = OneOf("牵头单位", coerce=int)
    co_ids = SomeOf("配合单位", coerce=int)
    cadence = OneOf("多久一次", choices=ROUNDS, coerce=Cadence)
    from_on = Day("开始日期")
    to_on = Day("截止日期", required=False)


class StopDuty(Form):
    """停止常态化任务."""

    to_on = Day("最后一日")


class Urge(Form):
    """催办; the words go into the notice."""

    said = Paragraphs("催办要求", most=500, required=False, rows=3)


class Review(TaskForm):
    """填写落实情况."""

    text = Paragraphs("落实情况", most=1000, rows=4)


class NewHook(Form):
    """登记推送地址; ``mechanism_id`` offers the mechanisms supervised."""

    mechanism_id = OneOf("联席会议机制", coerce=int)
    name = Line("群名称", most=60)
    format = OneOf("格式", choices=choices((one, one.label) for one in HookFormat), coerce=HookFormat)
    url = Line("推送地址", most=300)
    secret = Line("签名密钥", most=120, required=False)
