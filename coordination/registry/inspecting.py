"""Score sheets applied: whether every item is scored within its weight, what it comes to, and which minimum is missed."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from coordination.registry import queries
from models import InspectionKind, InspectionScore, Recognition, RecognitionStatus, ScoreSheet
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
