"""Forms of meetings, proposals, replies, the record and the minutes."""

from typing import Any

from flask_wtf.file import FileField, FileRequired, FileSize, MultipleFileField
from wtforms import FieldList, FormField, HiddenField, IntegerField
from wtforms import Form as PlainForm
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from coordination.evidence import LARGEST
from coordination.forms import Day, Form, Line, Moment, Number, OneOf, Paragraphs, SomeOf, choices
from models import Answer, BulletinKind, CountersignAnswer, ItemOutcome, LiaisonWord, MeetingKind, Presence
from models.calendar import local_date

NOT_STUDIED = "later"  # the liaison meeting left it for another day
UNKNOWN = "unknown"  # nobody has seen the unit yet
NEXT_MEETING = 0  # chosen instead of a meeting: the next one, whichever it is


def as_member(kind: Any) -> Any:
    """Coercion of a posted value to a member of this StrEnum; ValueError, as WTForms wants it, for any other."""
    return lambda value: value if value is None or isinstance(value, kind) else kind(value)


class Version(IntegerField):
    """The version the editor saw, hidden in the form."""

    widget = HiddenInput()

    def __init__(self, **more: Any) -> None:
        super().__init__("版本", default=0, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """A missing or spoilt version counts as an old one: both texts are shown then, nothing is lost."""
        try:
            self.data = int(valuelist[0])
        except (ValueError, IndexError):
            self.data = 0


class PlanForm(Form):
    """Planning a meeting, or changing its plan."""

    version = Version()
    mechanism_id = OneOf("联席会议机制", coerce=int)
    kind = OneOf(
        "类别", coerce=as_member(MeetingKind), choices=choices((kind, kind.label) for kind in MeetingKind), default=MeetingKind.REGULAR
    )
    starts_at = Moment("会议时间")
    place = Line("地点", most=120)
    chair = Line("主持", most=60, required=False)
    proposals_due_on = Day("议题截止日")
    title = Line("会议名称", most=120, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """The deadline must not lie after the meeting; said at the field."""
        good = super().validate(extra_validators)
        starts_at, due_on = self.starts_at.data, self.proposals_due_on.data
        if starts_at is not None and due_on is not None and due_on > local_date(starts_at):
            on = local_date(starts_at)
            self.proposals_due_on.errors = [*self.proposals_due_on.errors, f"议题截止日不能晚于会议日期（{on.month}月{on.day}日）"]
            return False
        return good


class RearrangeForm(Form):
    """Another time, place or chair after the notice."""

    version = Version()
    starts_at = Moment("会议时间")
    place = Line("地点", most=120)
    chair = Line("主持", most=60, required=False)

    def take_version(self, version: int) -> None:
        """Go on from this version: what is sent next has seen it."""
        self.version.data, self.version.raw_data = version, None


class ReasonForm(Form):
    """Why something is put off, cancelled, returned or settled; the label says of what."""

    reason = Paragraphs("原因", most=500, rows=3)


class ProposalForm(Form):
    """A proposal of one's unit."""

    version = Version()
    meeting_id = OneOf("提交到", coerce=int, default=NEXT_MEETING)
    title = Line("议题", most=120)
    body = Paragraphs("内容", rows=10, required=False)
    urgent_reason = Line("紧急原因", most=500, required=False)
    files = MultipleFileField("附件", [Optional()])
    minutes_wanted = Number("预计时长（分钟）", least=1, most=240, default=15)


class BulletinForm(Form):
    """A bulletin of the office."""

    version = Version()
    mechanism_id = OneOf("联席会议机制", coerce=int)
    kind = OneOf(
        "类别", coerce=as_member(BulletinKind), choices=choices((kind, kind.label) for kind in BulletinKind), default=BulletinKind.BRIEF
    )
    title = Line("标题", most=120)
    body = Paragraphs("正文", rows=16)


class SendForm(Form):
    """To which mechanism a proposal is sent."""

    mechanism_id = OneOf("转送到", coerce=int)


class AskOpinionsForm(Form):
    """Whom to ask for an opinion on a proposal, and what."""

    unit_ids = SomeOf("征求意见的单位", coerce=int, required=True)
    question = Line("请重点研究的问题", most=500, required=False)


class OpinionForm(Form):
    """What the unit thinks of a proposal."""

    version = Version()
    text = Paragraphs("本单位意见", most=4000, rows=6)

    def take_version(self, version: int) -> None:
        """Go on from this version: what is sent next has seen it."""
        self.version.data, self.version.raw_data = version, None


class ItemForm(Form):
    """An agenda item: of the office's own, or its wording, presenter and length."""

    title = Line("议程", most=120)
    presenter_id = OneOf("汇报单位", coerce=int, required=False)
    unit_ids = SomeOf("参加单位", coerce=int)
    minutes_planned = Number("时长（分钟）", least=1, most=240, default=10)


class AmendItemForm(ItemForm):
    """An item of a frozen agenda, and why it is changed."""

    reason = Paragraphs("修改原因", most=500, rows=3)


class AmendReasonForm(Form):
    """Why a frozen agenda is changed."""

    reason = Paragraphs("修改原因", most=500, rows=3)


class GuestForm(Form):
    """Somebody to sit in."""

    body = Line("单位", most=120)
    name = Line("姓名", most=40)
    post = Line("职务", most=60, required=False)


class ReplyForm(Form):
    """The unit's answer to the notice."""

    version = Version()
    answer = OneOf("答复", coerce=as_member(Answer), choices=choices((answer, answer.label) for answer in Answer))
    person_name = Line("参会人姓名", most=40, required=False)
    person_post = Line("参会人职务", most=60, required=False)
    reason = Paragraphs("请假原因", most=500, rows=3, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """A stand-in is named with post, leave has a reason; said at the field."""
        good = super().validate(extra_validators)
        wanted = []
        if self.answer.data == Answer.STAND_IN:
            wanted = [(self.person_name, "代会请填写参会人姓名"), (self.person_post, "代会请填写参会人职务")]
        if self.answer.data == Answer.LEAVE:
            wanted = [(self.reason, "请填写请假原因")]
        missing = [(field, words) for field, words in wanted if not field.data]
        for field, words in missing:
            field.errors = [*field.errors, words]
        return good and not missing


class RecordForm(Form):
    """One item in the room: what was said, what came of it, and the one clause that is open for writing."""

    version = Version()
    discussion = Paragraphs("讨论情况", required=False, rows=7)
    heard_ids = SomeOf("发言单位", coerce=int)
    heard_seen = HiddenField("原发言单位")
    away_ids = SomeOf("本项未到会单位", coerce=int)
    away_seen = HiddenField("原未到会单位")
    outcome = OneOf("本项结果", coerce=as_member(ItemOutcome), choices=choices((outcome, outcome.label) for outcome in ItemOutcome))
    clause_id = HiddenField("条款")
    clause_version = Version()
    clause_text = Paragraphs("议定事项", most=4000, required=False, rows=3)
    clause_lead_id = OneOf("牵头单位", coerce=int, required=False)
    clause_co_ids = SomeOf("配合单位", coerce=int)
    clause_due_on = Day("完成时限", required=False)
    clause_deliverable = Line("成果", most=500, required=False)
    clause_reservation = Line("保留意见", most=500, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """A clause needs its sentence as soon as anything of it is given; said at the field."""
        good = super().validate(extra_validators)
        rest = (
            self.clause_id.data,
            self.clause_lead_id.data,
            self.clause_co_ids.data,
            self.clause_due_on.data,
            self.clause_deliverable.data,
            self.clause_reservation.data,
        )
        if any(rest) and not self.clause_text.data:
            self.clause_text.errors = [*self.clause_text.errors, "请填写议定事项；不需要的请用“删去”"]
            return False
        return good


class AttendanceLine(PlainForm):
    """One unit's line of the attendance list; ``was`` is what the page showed."""

    reply_id = Version()
    was = HiddenField("原记录")
    presence = OneOf(
        "出席情况",
        required=False,
        choices=choices([*((presence.value, presence.label) for presence in Presence), (UNKNOWN, "未签到")]),
        default=UNKNOWN,
    )
    person_name = Line("姓名", most=40, required=False)
    person_post = Line("职务", most=60, required=False)


class AttendanceForm(Form):
    """签到 of every invited unit."""

    lines = FieldList(FormField(AttendanceLine))


class ExtraForm(Form):
    """Asking for an extra meeting."""

    mechanism_id = OneOf("联席会议机制", coerce=int)
    title = Line("事由", most=120)
    reason = Paragraphs("理由", most=4000, rows=6)


class ExtraAnswerForm(Form):
    """What the office, then the convenor, says to it; both labels and choices are the page's."""

    agrees = OneOf("意见")
    words = Paragraphs("说明", most=500, rows=3)


class LiaisonLine(PlainForm):
    """One proposal before the liaison meeting."""

    proposal_id = Version()
    outcome = OneOf(
        "研究意见",
        required=False,
        choices=choices([*((word.value, word.label) for word in LiaisonWord), (NOT_STUDIED, "暂不研究")]),
        default=NOT_STUDIED,
    )
    words = Line("说明", most=400, required=False)


class LiaisonForm(Form):
    """The record of a liaison meeting."""

    held_at = Moment("召开时间")
    chair = Line("主持", most=60)
    lines = FieldList(FormField(LiaisonLine))


class PartForm(Form):
    """A section of the minutes."""

    version = Version()
    heading = Line("标题", most=120)
    body = Paragraphs("正文", most=200_000, rows=16)


class OpeningForm(Form):
    """The opening of the minutes."""

    version = Version()
    opening = Paragraphs("导语", most=4000, rows=6)


class SignForm(Form):
    """Signing: ``seen`` is the digest of the text on the page."""

    seen = HiddenField("所见文字")


class CountersignForm(Form):
    """A unit's answer in a round of countersigning."""

    answer = OneOf("会签意见", coerce=as_member(CountersignAnswer), choices=choices((answer, answer.label) for answer in CountersignAnswer))
    opinion = Paragraphs("意见内容", most=4000, required=False, rows=4)

    def validate(self, extra_validators: Any = None) -> bool:
        """修改意见 needs its words; said at the field."""
        good = super().validate(extra_validators)
        if self.answer.data == CountersignAnswer.AMEND and not self.opinion.data:
            self.opinion.errors = [*self.opinion.errors, "请写明修改意见"]
            return False
        return good


class HandlingForm(Form):
    """What became of a unit's 修改意见."""

    version = Version()
    handling = Paragraphs("处理情况", most=500, rows=3)


class CorrectionForm(Form):
    """A correction of issued minutes."""

    version = Version()
    text = Paragraphs("更正内容", most=10_000, rows=6)
    reason = Paragraphs("更正原因", most=500, rows=2)


class UploadForm(Form):
    """The final text, edited in Word."""

    file = FileField(
        "Word定稿",
        [FileRequired("请选择Word文件"), FileSize(LARGEST, message="文件超过20MB，请压缩图片后再上传")],
        render_kw={"accept": ".docx"},
    )


class ActForm(Form):
    """A button without fields: only the token against forged requests."""


class RemoveForm(Form):
    """Taking something away: only if it is still what the page showed."""

    version = Version()
