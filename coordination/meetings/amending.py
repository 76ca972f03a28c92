"""Amendments of a frozen agenda (议程修改): one change, numbered, with its reason, told to everybody who was invited."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.meetings import agenda, audience, queries, words
from coordination.permissions import Actor, Permission, require
from models import AgendaItem, Amendment, ItemKind, Meeting, MeetingStatus
from models.errors import BadInput, IllegalMove, NotFound
from models.numbering import take_number


def listed(session: Session, meeting: Meeting) -> list[Amendment]:
    """The amendments of the meeting's agenda, in order."""
    query = select(Amendment).where(Amendment.meeting_id == meeting.id)
    return list(session.scalars(query.order_by(Amendment.number)))


def add_item(
    session: Session,
    *,
    actor: Actor,
    meeting_id: int,
    reason: str,
    title: str,
    presenter_id: int | None,
    minutes_planned: int,
    unit_ids: Iterable[int],
    now: datetime,
) -> Amendment:
    """增加 an item of the office's own, as the last one."""
    meeting = _amendable(session, actor, meeting_id)
    item = AgendaItem(kind=ItemKind.OTHER, title=title)
    agenda.append(meeting, item)
    agenda.describe(session, item, title, presenter_id, minutes_planned, unit_ids)
    return _amended(session, actor, meeting, f"增加第{item.position + 1}项“{title}”", reason, now)


def take_up(session: Session, *, actor: Actor, meeting_id: int, proposal_id: int, reason: str, now: datetime) -> Amendment:
    """列入 a proposal that waits, as the last item: an urgent one, for instance."""
    meeting = _amendable(session, actor, meeting_id)
    proposal = queries.get_proposal(session, actor, proposal_id)
    if proposal.mechanism_id != meeting.mechanism_id:
        raise BadInput("议题属于另一机制，不能列入本次会议")
    item = agenda.place(session, actor, meeting, proposal, now)
    return _amended(session, actor, meeting, f"增加第{item.position + 1}项“{item.title}”（{proposal.unit.short_name}）", reason, now)


def change_item(
    session: Session,
    *,
    actor: Actor,
    meeting_id: int,
    item_id: int,
    reason: str,
    title: str,
    presenter_id: int | None,
    minutes_planned: int,
    unit_ids: Iterable[int],
    now: datetime,
) -> Amendment:
    """修改 what an item is called, who reports, how long it takes or who attends. BadInput when nothing is changed."""
    meeting = _amendable(session, actor, meeting_id)
    item = _item(session, actor, meeting, item_id)
    before = in_words(item)
    agenda.describe(session, item, title, presenter_id, minutes_planned, unit_ids)
    session.flush()
    session.refresh(item, ["presenter"])
    after = in_words(item)
    if before == after:
        raise BadInput("议程没有改动")
    said = "（限到会单位）有改动" if item.is_confidential else f"由“{before}”改为“{after}”"
    return _amended(session, actor, meeting, f"第{item.position + 1}项{said}", reason, now)


def remove_item(session: Session, *, actor: Actor, meeting_id: int, item_id: int, reason: str, now: datetime) -> Amendment:
    """撤下 an item; its proposal waits with the office again."""
    meeting = _amendable(session, actor, meeting_id)
    item = _item(session, actor, meeting, item_id)
    text = f"撤下原第{item.position + 1}项{'（限到会单位）' if item.is_confidential else f'“{item.title}”'}"
    agenda.strike(session, actor, item, now)
    return _amended(session, actor, meeting, text, reason, now)


def in_words(item: AgendaItem) -> str:
    """The item as one line: 预付式消费，县商务局汇报，15分钟，县教育局参加."""
    presenter = f"{item.presenter.short_name}汇报" if item.presenter else ""
    units = f"{'、'.join(unit.short_name for unit in item.units)}参加" if item.units else ""
    return "，".join(part for part in (item.title, presenter, f"{item.minutes_planned}分钟", units) if part)


def _item(session: Session, actor: Actor, meeting: Meeting, item_id: int) -> AgendaItem:
    item = queries.get_item(session, actor, item_id)
    if item.meeting_id != meeting.id:
        raise NotFound("没有这项议程")
    return item


def _amendable(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    check(meeting)
    return meeting


def check(meeting: Meeting) -> None:
    """IllegalMove unless the notice is out and the meeting has not begun."""
    if meeting.status != MeetingStatus.NOTIFIED:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不作议程修改；通知发出前请直接编排议程")


def _amended(session: Session, actor: Actor, meeting: Meeting, change: str, reason: str, now: datetime) -> Amendment:
    number = take_number(session, f"amendment:{meeting.id}")
    made = Amendment(meeting=meeting, number=number, change=change, reason=reason, made_at=now, made_by_id=actor.person_id)
    session.add(made)
    session.flush()
    told = audience.concerned(session, meeting)
    text = f"议程修改第{number}号：{change}。原因：{reason}。已告知{len(told.people)}人"
    audit.record(session, actor=actor, action="agenda:amend", subject=meeting, at=now, text=text)
    message, path = words.amended(made), f"/meetings/{meeting.id}#agenda"
    audience.tell(session, kind="agenda_amended", about=made, people=told.people, message=message, path=path, now=now)
    return made
