"""Many at once, as the router confirmed them on one page: each is done or refused for itself, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from coordination.complaints import queries, service
from coordination.complaints.advising import Advisor, advisor
from coordination.permissions import Actor, Permission, require
from models.calendar import local_date
from models.errors import BadInput, RuleBroken

MOST = 200


@dataclass(frozen=True)
class Done:
    """What became of one: ``reason`` is empty where it was assigned."""

    complaint_id: int
    unit_id: int
    reason: str = ""

    @property
    def is_done(self) -> bool:
        """Was it assigned?"""
        return not self.reason


def assign_many(
    session: Session,
    *,
    actor: Actor,
    pairs: Iterable[tuple[int, int]],
    note: str = "",
    report_by: date | None = None,
    why: str = "",
    as_advised: bool = False,
    whole: bool = False,
    now: datetime,
) -> list[Done]:
    """Assign each case to its unit, ``(complaint_id, unit_id)``; one that cannot be stops no other and leaves nothing behind.

    ``why``: the reason where a unit is not the one suggested. ``as_advised``: only where it still is the one suggested. ``whole``: all or
    none; BadInput names the first that cannot be. BadInput for too many, or one case named twice.
    """
    require(actor, Permission.COMPLAINT_ROUTE)
    wanted = list(pairs)
    if len(wanted) > MOST:
        raise BadInput(f"一次最多分派{MOST}件，现有{len(wanted)}件")
    if len({complaint_id for complaint_id, _ in wanted}) < len(wanted):
        raise BadInput("同一件不能分派两次，请核对")
    judge = advisor(session, local_date(now))
    told: dict[str, Any] = {"note": note, "report_by": report_by, "why": why, "now": now}
    done = [_one(session, actor, pair, judge, as_advised, told) for pair in wanted]
    refused = next((one for one in done if not one.is_done), None)
    if whole and refused is not None:
        raise BadInput(f"有投诉举报不能分派，全部未分派：{refused.reason}")
    return done


def _one(session: Session, actor: Actor, pair: tuple[int, int], judge: Advisor, as_advised: bool, told: dict[str, Any]) -> Done:
    complaint_id, unit_id = pair
    try:
        with session.begin_nested():
            advised = judge.advise(queries.get_complaint(session, actor, complaint_id))
            if as_advised and advised.unit_id != unit_id:
                return Done(complaint_id, unit_id, "建议已有变化，请核对后单独分派")
            service.assign(session, actor=actor, complaint_id=complaint_id, lead_id=unit_id, advised=advised, **told)
    except RuleBroken as broken:
        return Done(complaint_id, unit_id, broken.message)
    except StaleDataError:
        return Done(complaint_id, unit_id, "他人刚刚办理过这件，请看过新内容再办")
    return Done(complaint_id, unit_id)
