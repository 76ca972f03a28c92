"""What came before the meetings: units asked for extra ones and for each other's opinions, and the agenda was amended once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.demo.stage import Stage
from coordination.meetings import amending, extra, opinions
from models import AgendaItem, ItemKind, Opinion, Proposal, ProposalStatus, Unit

# (days before, unit, title, reason, office: agrees and words, convenor: agrees and words)
REFUSED = (
    (-30, "JTJ", "驾培机构集中退费", "两所驾培机构同时停训，学员咨询增多，建议近期专题研究退费办法。"),
    (-28, False, "两所机构已恢复训练，退费正在办理，可列入下次例会。"),
    (-27, False, "同意办公室意见，列入下次例会研究。"),
)
OPEN = (-1, "JYJ", "暑期培训机构停业风险", "近期三所校外培训机构拖欠房租，涉及预收学费，建议在放假前专题研究处置办法。")


def plan_extra_meetings(stage: Stage) -> None:
    """One request that was answered and refused, and one that now waits for the office."""
    (asked, unit, title, reason), (answered, agrees, words), (decided, held, decision) = REFUSED
    made: list[int] = []
    stage.plan(asked, "10:05", _ask(stage, unit, title, reason, made))
    stage.plan(answered, "10:10", _then(stage, made, extra.answer, "office", agrees, words))
    stage.plan(decided, "10:15", _then(stage, made, extra.decide, "convenor", held, decision))
    stage.plan(OPEN[0], "10:20", _ask(stage, *OPEN[1:], made))


def _ask(stage: Stage, unit: str, title: str, reason: str, made: list[int]) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        facts: dict[str, Any] = {
            "mechanism_id": stage.mechanisms["county"].id,
            "unit_id": stage.units[unit].id,
            "title": title,
            "reason": reason,
        }
        made.append(extra.ask(stage.session, actor=stage.liaison(unit), now=now, **facts).id)

    return act


def _then(stage: Stage, made: list[int], verb: Callable[..., object], by: str, agrees: bool, words: str) -> Callable[[datetime], object]:
    return lambda now: verb(stage.session, actor=stage.actor(by), request_id=made[0], agrees=agrees, text=words, now=now)


def plan_opinions(stage: Stage, asked: int, answered: int, unit: str, others: tuple[str, str], text: str) -> None:
    """The unit's proposal that waits is shown to two others; the first has said what it thinks."""

    def ask(now: datetime) -> None:
        proposal = _waiting(stage.session, stage.units[unit])
        if proposal is not None:
            ids = [stage.units[code].id for code in others]
            facts: dict[str, Any] = {"proposal_id": proposal.id, "unit_ids": ids, "question": "由谁牵头、怎样分工"}
            opinions.ask(stage.session, actor=stage.liaison(unit), now=now, **facts)

    def answer(now: datetime) -> None:
        opinion = stage.session.scalars(select(Opinion).where(Opinion.unit_id == stage.units[others[0]].id)).first()
        if opinion is not None:
            facts: dict[str, Any] = {"opinion_id": opinion.id, "version": opinion.version, "text": text}
            opinions.answer(stage.session, actor=stage.liaison(others[0]), now=now, **facts)

    stage.plan(asked, "16:05", ask)
    stage.plan(answered, "16:10", answer)


def _waiting(session: Session, unit: Unit) -> Proposal | None:
    return session.scalars(select(Proposal).where(Proposal.unit_id == unit.id, Proposal.status == ProposalStatus.SUBMITTED)).first()


def amend(stage: Stage, meeting_id: int, now: datetime) -> None:
    """议程修改第1号: the first proposal gets more time."""
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id, AgendaItem.kind == ItemKind.PROPOSAL)
    item = stage.session.scalars(query.order_by(AgendaItem.position)).first()
    if item is not None:
        facts: dict[str, Any] = {
            "title": item.title,
            "presenter_id": item.presenter_id,
            "minutes_planned": item.minutes_planned + 5,
            "unit_ids": [],
        }
        facts |= {"meeting_id": meeting_id, "item_id": item.id, "reason": "增加典型案例的通报"}
        amending.change_item(stage.session, actor=stage.actor("office"), now=now, **facts)
