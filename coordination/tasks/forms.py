"""Forms about tasks."""

from typing import Any

from wtforms import BooleanField, IntegerField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from coordination.forms import Day, Form, Line, Number, OneOf, Paragraphs, SomeOf


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


class New(Form):
    """A task without a meeting. ``lead_id`` and ``co_ids`` offer the members of the mechanism."""

    source = Line("任务来源", most=200)
    title = Line("任务名称", most=200)
    text = Paragraphs("任务内容", most=4000, required=False, rows=4)
    deliverable = Line("成果", most=500, required=False)
    lead_id = OneOf("牵头单位", coerce=int)
    co_ids = SomeOf("配合单位", coerce=int)
    due_on = Day("完成时限")

    def validate_co_ids(self, field: SomeOf) -> None:
        """The lead unit does not co-operate with itself."""
        if self.lead_id.data in (field.data or []):
            raise ValidationError("牵头单位不必再列为配合单位")
