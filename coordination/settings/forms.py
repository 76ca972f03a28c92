"""Forms of the settings pages."""

from datetime import time

from flask_wtf.file import FileField, FileRequired, FileSize
from wtforms import HiddenField, IntegerField, PasswordField, SelectField, TimeField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from coordination.forms import Day, Form, Line, Number, OneOf, Paragraphs, Required, choices
from coordination.settings.service import FONT_PLACES
from models import LimitUnit

MOST_FILE = 200_000


class Clock(TimeField):
    """A time of day."""

    def __init__(self, label: str, **more: object) -> None:
        super().__init__(label, [Required()], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in words what is wrong with a time that is none."""
        if valuelist == [""]:
            self.data = None  # left empty: ``Required`` says so
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(f"{self.label.text}不是有效时间，请按“08:30”填写") from wrong

    @property
    def stored(self) -> str:
        """The time as a setting keeps it: 08:30."""
        return self.data.strftime("%H:%M") if isinstance(self.data, time) else ""


class Seen(IntegerField):
    """The version the editor saw, hidden in the form; 0 when there was none."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """A version that is no number is none that could be current."""
        self.raw_data = None  # shown again is what the view sets, not what was sent
        self.data = int(valuelist[0]) if valuelist and valuelist[0].isdecimal() and len(valuelist[0]) < 10 else -1


class NamesForm(Form):
    """What the platform is called, where it stands, when it may write to people, and what units are measured against."""

    platform_name = Line("平台名称", most=60)
    county_name = Line("本县名称", most=60)
    site_url = Line("平台地址", most=200, required=False)
    start = Clock("开始时间")
    end = Clock("结束时间")
    handling_goal = Number("投诉处理率目标（%）", least=1, most=100)
    routing_threshold = Number("分派建议的把握下限（%）", least=1, most=100)
    version = HiddenField()


class FontsForm(Form):
    """The names of the fonts papers are set in."""

    title = Line(FONT_PLACES["title"], most=31)
    body = Line(FONT_PLACES["body"], most=31)
    heading1 = Line(FONT_PLACES["heading1"], most=31)
    heading2 = Line(FONT_PLACES["heading2"], most=31)
    number = Line(FONT_PLACES["number"], most=31)
    version = Seen()


class MailForm(Form):
    """The mail server. The password is never shown; left empty it stays."""

    host = Line("服务器地址", most=253, required=False)
    port = Number("端口", least=1, most=65535)
    security = OneOf("加密方式", choices=choices((("starttls", "STARTTLS"), ("ssl", "SSL/TLS"), ("none", "不加密"))))
    sender = Line("发件人地址", most=254, required=False)
    username = Line("用户名", most=200, required=False)
    password = PasswordField("密码", [Optional(), Length(max=200, message="密码最多200字")], render_kw={"autocomplete": "new-password"})
    version = Seen()


class ArrangementForm(Form):
    """The file with one year's holidays."""

    file = FileField(
        "节假日安排文件",
        [FileRequired("请选择节假日安排文件"), FileSize(MOST_FILE, message="文件过大，不是节假日安排")],
        render_kw={"accept": ".json"},
    )


class CheckedForm(Form):
    """The file once more, now that it was compared: its text, and the revision it was compared with."""

    content = HiddenField()
    seen = Seen()


class LimitFields(Form):
    """A limit as an admin writes it."""

    limit = Number("时限", least=-3650, most=3650)
    unit = OneOf("单位", coerce=LimitUnit, choices=choices((unit, unit.label) for unit in LimitUnit))
    clause = Line("依据", most=200)
    note = Paragraphs("说明", most=1000, required=False, rows=2)
    effective_from = Day("生效日期")


class ChangeRuleForm(LimitFields):
    """Another limit from a day on."""

    version = Seen()


class NewRuleForm(LimitFields):
    """A limit for one mechanism alone, or a common one where there is none; the choices are set by the route."""

    code = SelectField("事项", invalid_choice_message="请重新选择事项")
    mechanism = OneOf("适用机制", coerce=int, choices=[])
