"""Third parties' assessments (第三方评估) of units: entered with their report, counted in the yearly re-check."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from coordination import attachments, audit
from coordination.permissions import Actor, Permission
from coordination.registry.applying import LARGEST_PAPER, PAPER_TYPES
from coordination.registry.service import begin
from models import Assessment, Recognition
from models.calendar import in_words, local_date
from models.errors import BadInput, IllegalMove


@dataclass(frozen=True)
class Report:
    """The assessor's report as a file."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Assessed:
    """An assessment as somebody made it; ``score`` of 100."""

    assessor: str
    assessed_on: date
    score: int
    finding: str = ""
    report: Report | None = None


def record_assessment(session: Session, *, actor: Actor, recognition_id: int, said: Assessed, now: datetime) -> Assessment:
    """Enter what a third party found of a listed unit. IllegalMove for one that is not listed; BadInput for what cannot be meant."""
    recognition = begin(session, actor, recognition_id, Permission.REGISTRY_INSPECT)
    _check(recognition, said, local_date(now))
    file = None
    if said.report is not None:
        report = said.report
        if not report.content.startswith(PAPER_TYPES.get(report.media_type, b"\0")) or len(report.content) > LARGEST_PAPER:
            raise BadInput("评估报告只接收20MB以内的PDF、JPG、PNG文件")
        file = attachments.store(session, name=report.name, media_type=report.media_type, content=report.content, now=now)
    made = Assessment(
        recognition_id=recognition.id,
        assessor=said.assessor.strip(),
        assessed_on=said.assessed_on,
        score=said.score,
        finding=said.finding,
        file=file,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    text = f"登记第三方评估：{made.assessor}，{in_words(made.assessed_on)}，{made.score}分"
    audit.record(session, actor=actor, action="registry:assess", subject=recognition, at=now, text=text, assessment=made.id)
    return made


def _check(recognition: Recognition, said: Assessed, today: date) -> None:
    if recognition.status not in Recognition.LISTED or recognition.recognised_on is None:
        raise IllegalMove(f"现为“{recognition.status.label}”，不在名录上，不能登记评估")
    if not said.assessor.strip():
        raise BadInput("请填写评估机构")
    if not 0 <= said.score <= 100:
        raise BadInput("评估得分应在0至100之间")
    if not recognition.recognised_on <= said.assessed_on <= today:
        raise BadInput("评估日期应在认定之后、今天以前，请核对")
