"""Papers made of a complaint: which, under which number, by whom. The file itself is made anew each time and kept nowhere."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, choice
from models.complaint import Complaint
from models.people import Person
from models.states import Status
from models.unit import Unit


class PaperKind(Status):
    """The papers of complaints: the ten forms of 市场监管 (2026年4月式样), other bureaus' own, and reports of an event."""

    COMPLAINT_FORM = "complaint_form", "投诉登记表"
    REPORT_FORM = "report_form", "举报登记表"
    DISTRIBUTION = "distribution", "投诉举报分送通知书"
    IDENTITY = "identity", "限期提供身份证明材料通知书"
    ACCEPTANCE = "acceptance", "投诉受理决定书"
    REFUSAL = "refusal", "投诉不予受理决定书"
    MEDIATION = "mediation", "投诉调解通知书"
    TERMINATION = "termination", "投诉终止调解决定书"
    AGREEMENT = "agreement", "投诉调解书"
    RESULT = "result", "举报处理结果告知书"
    OTHER_ACCEPTANCE = "other_acceptance", "消费投诉受理告知书"
    OTHER_REFUSAL = "other_refusal", "消费投诉不予受理告知书"
    OTHER_TERMINATION = "other_termination", "消费投诉终止调解告知书"
    OTHER_MEDIATION = "other_mediation", "消费投诉调解通知书"
    OTHER_AGREEMENT = "other_agreement", "消费争议调解协议书"
    OTHER_RESULT = "other_result", "举报处理情况告知书"
    ANSWER = "answer", "咨询答复书"
    TRANSFER = "transfer", "投诉举报移送函"
    TRANSFER_NOTICE = "transfer_notice", "投诉举报移送告知书"
    FIRST_REPORT = "first_report", "信息专报（首报）"
    FURTHER_REPORT = "further_report", "信息专报（续报）"
    FINAL_REPORT = "final_report", "信息专报（终报）"


_P = PaperKind
REGISTERS = frozenset({_P.COMPLAINT_FORM, _P.REPORT_FORM})
NUMBERED_FORMS = frozenset({_P.DISTRIBUTION, _P.IDENTITY, _P.ACCEPTANCE, _P.REFUSAL, _P.MEDIATION, _P.TERMINATION, _P.AGREEMENT, _P.RESULT})
EVENT_REPORTS = frozenset({_P.FIRST_REPORT, _P.FURTHER_REPORT, _P.FINAL_REPORT})


class ComplaintPaper(Model):
    """One paper and its number, given once: made again for the same step, it bears the same number.

    ``turn``: the how-manieth of its kind about this case: after it was reopened, came back from a transfer, or for one more 续报.
    ``prefix``: the words before the year, as the number was given.
    """

    __table_args__ = (
        UniqueConstraint("complaint_id", "kind", "unit_id", "turn"),
        UniqueConstraint("prefix", "year", "number"),
        CheckConstraint("turn > 0 AND number > 0", name="counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind))
    turn: Mapped[int] = mapped_column(default=1)
    prefix: Mapped[str] = mapped_column(Line(60))
    year: Mapped[int]
    number: Mapped[int]
    made_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    complaint: Mapped[Complaint] = relationship()
    person: Mapped[Person | None] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def label(self) -> str:
        """The number as it is printed: 示市监投受〔2026〕第1号 on a form, 示教育投受〔2026〕1号 on a letter, 〔2026〕第1期 on a report."""
        if self.kind in EVENT_REPORTS:
            return f"〔{self.year}〕第{self.number}期"
        ordinal = "第" if self.kind in NUMBERED_FORMS else ""
        return f"{self.prefix}〔{self.year}〕{ordinal}{self.number}号"
