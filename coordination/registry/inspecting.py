"""Score sheets applied: whether every item is scored within its weight, what it comes to, and which minimum is missed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination.registry import queries
from models import (
    Assessment,
    ConsumerReview,
    Inspection,
    InspectionKind,
    InspectionScore,
    Recognition,
    RecognitionStatus,
    ScoreSheet,
)
from models.calendar import SHANGHAI
from models.errors import BadInput, IllegalMove

STATES = {
    InspectionKind.FIRST: RecognitionStatus.REVIEWED,
    InspectionKind.RECHECK: RecognitionStatus.RECOGNISED,
    InspectionKind.RECTIFICATION: RecognitionStatus.RECTIFYING,
}


@dataclass(frozen=True)
class Result:
    """The total, and in words what falls short of a minimum (empty: nothing)."""

    total: int
    shortfall: str


def check_kind(recognition: Recognition, kind: InspectionKind) -> None:
    """IllegalMove when this kind of inspection is not due in the state it is in."""
    if recognition.status != STATES[kind]:
        raise IllegalMove(f"现为“{recognition.status.label}”，不能填报{kind.label}")


def sheet_for(session: Session, recognition: Recognition, sheet_id: int) -> ScoreSheet:
    """The published sheet the inspector filled in; a newer one published since does not undo what was done on site."""
    sheet = session.get(ScoreSheet, sheet_id) if 0 < sheet_id <= queries.LARGEST_ID else None
    if sheet is None or sheet.category_id != recognition.category_id or sheet.published_at is None:
        raise BadInput("评分表与类别不符，请重新打开检查页")
    return sheet


def weigh(sheet: ScoreSheet, points: Mapping[int, int]) -> Result:
    """The result of these points by item id. BadInput when one is missing, unknown or beyond its weight."""
    items = {item.id: item for item in sheet.items}
    if set(points) - set(items):
        raise BadInput("有的得分不在评分表中，请重新打开检查页")
    missing = [item.text for id_, item in items.items() if id_ not in points]
    if missing:
        raise BadInput(f"还有{len(missing)}项没有评分：{missing[0]}")
    for id_, item in items.items():
        if not 0 <= points[id_] <= item.weight:
            raise BadInput(f"“{item.text}”应为0至{item.weight}分")
    total = sum(points.values())
    short = [f"总分{total}，最低{sheet.minimum}"] if total < sheet.minimum else []
    for part in sheet.parts:
        reached = sum(points[item.id] for item in part.items)
        if reached < part.minimum:
            short.append(f"{part.name}{reached}，最低{part.minimum}")
    return Result(total, "；".join(short)[:300])


def scores(points: Mapping[int, int], notes: Mapping[int, str]) -> list[InspectionScore]:
    """The rows that keep them."""
    return [InspectionScore(item_id=id_, points=given, note=notes.get(id_, "")) for id_, given in points.items()]


@dataclass(frozen=True)
class Voices:
    """What others said of a unit since a day: how many consumers and their mean (None below the minimum count), the newest assessment."""

    since: date
    consumers: int
    stars: float | None
    assessment: Assessment | None

    def shortfall(self, sheet: ScoreSheet) -> str:
        """What of it falls below the share of the full marks that the score sheet itself asks for, in words; empty: nothing."""
        share = 100 * sheet.minimum / sheet.most
        short = []
        if self.stars is not None and self.stars * 20 < share:
            short.append(f"消费者评价均分{self.stars}（满分5），低于评分表要求的{share:.0f}%")
        if self.assessment is not None and self.assessment.score < share:
            short.append(f"第三方评估{self.assessment.score}分，低于评分表要求的{share:.0f}%")
        return "；".join(short)

    @property
    def words(self) -> str:
        """In a sentence for the record."""
        reviews = f"消费者评价{self.consumers}条" + (f"，均分{self.stars}" if self.stars is not None else "，不足最少条数，不计均分")
        assessed = f"第三方评估{self.assessment.score}分（{self.assessment.assessor}）" if self.assessment else "没有第三方评估"
        return f"{reviews}；{assessed}"


def voices(session: Session, recognition: Recognition) -> Voices:
    """What consumers and third parties said since the unit was last looked at, or was recognised: the yearly re-check counts it."""
    last = select(func.max(Inspection.inspected_on)).where(
        Inspection.recognition_id == recognition.id, Inspection.kind == InspectionKind.RECHECK, Inspection.passed
    )
    since = session.scalar(last) or recognition.recognised_on or recognition.applied_on
    count, stars = consumer_score(session, recognition, datetime.combine(since, time.min, SHANGHAI))
    assessed = (Assessment.recognition_id == recognition.id, Assessment.assessed_on >= since)
    newest = select(Assessment).where(*assessed).order_by(Assessment.assessed_on.desc(), Assessment.id.desc()).limit(1)
    return Voices(since, count, stars, session.scalar(newest))


def consumer_score(session: Session, recognition: Recognition, since: datetime) -> tuple[int, float | None]:
    """How many consumers said something since then, and their mean; None below the category's minimum count, which says nothing yet."""
    query = select(func.count(), func.avg(ConsumerReview.stars)).where(
        ConsumerReview.recognition_id == recognition.id, ConsumerReview.at >= since
    )
    count, mean = session.execute(query).one()
    return count, round(float(mean), 1) if count >= max(1, recognition.category.least_reviews) else None
