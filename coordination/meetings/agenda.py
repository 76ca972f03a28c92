"""The agenda: system items first, then proposals and the office's own items in the order the office gives them; and the guests.

Frozen once the notice is sent.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.accounts.queries import people_of_units
from coordination.meetings import audience, queries, words
from coordination.meetings.audience import LIAISONS_AND_HEADS
from coordination.permissions import Actor, Permission, require
from models import AgendaItem, Guest, ItemKind, Meeting, Proposal, ProposalStatus, Role, Unit
from models.calendar import local_date
from models.errors import BadInput, IllegalMove

REVIEW_MINUTES, APPROVAL_MINUTES = 10, 5


def total_minutes(items: list[AgendaItem]) -> int:
    """How long the agenda takes, in minutes."""
    return sum(item.minutes_planned for item in items)


def renew_system_items(session: Session, meeting: Meeting) -> None:
    """Item 1 stands on every agenda; item 2 while minutes of an earlier meeting are not issued, and goes when they are."""
    kinds = {item.kind: item for item in meeting.items}
    if ItemKind.REVIEW not in kinds:
        review = AgendaItem(kind=ItemKind.REVIEW, title=ItemKind.REVIEW.label, minutes_planned=REVIEW_MINUTES, position=0)
        meeting.items.insert(0, review)
    title = approval_title(session, meeting)
    approval = kinds.get(ItemKind.APPROVAL)
    if title and approval is None:
        meeting.items.insert(1, AgendaItem(kind=ItemKind.APPROVAL, title=title, minutes_planned=APPROVAL_MINUTES, position=1))
    elif title and approval is not None:
        approval.title = title
    elif approval is not None:
        meeting.items.remove(approval)
    _number(meeting.items)


def approval_title(session: Session, meeting: Meeting) -> str:
    """审议2026年第1次联席会议纪要; empty when no earlier minutes are open."""
    names = [minutes.meeting.name for minutes in queries.open_minutes(session, meeting)]
    return f"审议{words.listed(names, 3)}纪要" if names else ""


def take_up(session: Session, *, actor: Actor, meeting_id: int, proposal_id: int, now: datetime) -> AgendaItem:
    """上会: a proposal handed in, or left over from an earlier meeting, becomes the last item; its unit is told."""
    meeting = _open_agenda(session, actor, meeting_id)
    proposal = queries.get_proposal(session, actor, proposal_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if proposal.mechanism_id != meeting.mechanism_id:
        raise BadInput("议题属于另一机制，不能列入本次会议")
    return place(session, actor, meeting, proposal, now)


def place(session: Session, actor: Actor, meeting: Meeting, proposal: Proposal, now: datetime) -> AgendaItem:
    """The proposal as the last item of that agenda, open or amended; IllegalMove when it does not wait for it."""
    if proposal.id not in {waiting.id for waiting in queries.waiting(session, meeting)}:
        raise IllegalMove(f"议题“{proposal.title}”现为“{proposal.status.label}”，不能列入本次会议议程")
    proposal.take_up()
    proposal.meeting_id = meeting.id
    item = AgendaItem(
        kind=ItemKind.PROPOSAL,
        title=proposal.title,
        proposal_id=proposal.id,
        presenter_id=proposal.unit_id,
        minutes_planned=proposal.minutes_wanted,
    )
    append(meeting, item)
    audit.record(session, actor=actor, action="agenda:take_up", subject=meeting, at=now, text=f"将议题“{item.title}”列入议程")
    audit.record(session, actor=actor, action="proposal:take_up", subject=proposal, at=now, text=f"列入{meeting.name}议程")
    if meeting.is_shared:
        tell_unit(session, proposal, "proposal_taken_up", words.taken_up(proposal, meeting), now)
    return item


def add_item(
    session: Session,
    *,
    actor: Actor,
    meeting_id: int,
    title: str,
    presenter_id: int | None,
    minutes_planned: int,
    now: datetime,
    unit_ids: Iterable[int] = (),
) -> AgendaItem:
    """An item of the office's own (其他事项) at the end; ``unit_ids``: who attends for it, all when none is named."""
    meeting = _open_agenda(session, actor, meeting_id)
    item = AgendaItem(kind=ItemKind.OTHER, title=title)
    append(meeting, item)
    describe(session, item, title, presenter_id, minutes_planned, unit_ids)
    audit.record(session, actor=actor, action="agenda:add", subject=meeting, at=now, text=f"增加议程“{title}”")
    return item


def change_item(
    session: Session,
    *,
    actor: Actor,
    item_id: int,
    title: str,
    presenter_id: int | None,
    minutes_planned: int,
    now: datetime,
    unit_ids: Iterable[int] = (),
) -> AgendaItem:
    """Another wording, presenter, length or attendance of an item; a system item keeps its name."""
    item, meeting = _item_of_open_agenda(session, actor, item_id)
    describe(session, item, title, presenter_id, minutes_planned, unit_ids)
    audit.record(session, actor=actor, action="agenda:change", subject=meeting, at=now, text=f"修改议程“{title}”")
    return item


def describe(
    session: Session, item: AgendaItem, title: str, presenter_id: int | None, minutes_planned: int, unit_ids: Iterable[int]
) -> None:
    """Give the item its wording, presenter, length and the units that attend for it; BadInput for a unit there is not."""
    if item.is_system and title != item.title:
        raise BadInput("本项由系统生成，名称不能改")
    wanted = set(unit_ids)
    units = list(session.scalars(select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.position, Unit.id)))
    if presenter_id is not None and session.get(Unit, presenter_id) is None:
        raise BadInput("请重新选择汇报单位")
    if len(units) != len(wanted):
        raise BadInput("请重新选择参加单位")
    item.title, item.minutes_planned, item.presenter_id = title, minutes_planned, presenter_id
    item.units = units


def move_item(session: Session, *, actor: Actor, item_id: int, up: bool, now: datetime) -> AgendaItem:
    """上移/下移 by one place among the items that are not the system's; at either end nothing happens."""
    item, meeting = _item_of_open_agenda(session, actor, item_id)
    if item.is_system:
        raise IllegalMove("本项由系统生成，固定在议程最前")
    order = [other for other in meeting.items if not other.is_system]
    at = order.index(item)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(order):
        return item
    order[at], order[to] = order[to], order[at]
    _number([*(other for other in meeting.items if other.is_system), *order])
    session.flush()
    session.expire(meeting, ["items"])
    text = f"将“{item.title}”{'上移' if up else '下移'}为第{item.position + 1}项"
    audit.record(session, actor=actor, action="agenda:move", subject=meeting, at=now, text=text)
    return item


def remove_item(session: Session, *, actor: Actor, item_id: int, now: datetime) -> Meeting:
    """Take an item off; a proposal goes back to those that wait with the office."""
    item, _ = _item_of_open_agenda(session, actor, item_id)
    return strike(session, actor, item, now)


def strike(session: Session, actor: Actor, item: AgendaItem, now: datetime) -> Meeting:
    """Take the item off an agenda, open or amended."""
    meeting = item.meeting
    if item.is_system:
        raise IllegalMove("本项由系统生成，不能移出议程")
    if item.proposal is not None:
        item.proposal.take_off()
        audit.record(session, actor=actor, action="proposal:take_off", subject=item.proposal, at=now, text=f"移出{meeting.name}议程")
    meeting.items.remove(item)
    _number(meeting.items)
    audit.record(session, actor=actor, action="agenda:remove", subject=meeting, at=now, text=f"将“{item.title}”移出议程")
    return meeting


def invite_guest(session: Session, *, actor: Actor, meeting_id: int, name: str, body: str, post: str, now: datetime) -> Guest:
    """Somebody to sit in (列席); the platform mails them nothing, the office calls them."""
    meeting = _open_agenda(session, actor, meeting_id)
    guest = Guest(name=name, body=body, post=post)
    meeting.guests.append(guest)
    audit.record(session, actor=actor, action="guest:invite", subject=meeting, at=now, text=f"邀请列席：{body}{name}")
    return guest


def uninvite_guest(session: Session, *, actor: Actor, guest_id: int, now: datetime) -> Meeting:
    """The guest does not come after all."""
    guest = queries.get_guest(session, actor, guest_id)
    meeting = _open_agenda(session, actor, guest.meeting_id)
    meeting.guests.remove(guest)
    audit.record(session, actor=actor, action="guest:uninvite", subject=meeting, at=now, text=f"取消列席：{guest.body}{guest.name}")
    return meeting


def release_proposals(session: Session, *, actor: Actor, meeting: Meeting, now: datetime) -> None:
    """The meeting is cancelled: its proposals wait with the office again."""
    for item in meeting.items:
        if item.proposal is not None and item.proposal.status == ProposalStatus.ON_AGENDA:
            item.proposal.take_off()
            item.proposal.meeting_id = None
            text = f"{meeting.name}取消，议题退回待列入"
            audit.record(session, actor=actor, action="proposal:take_off", subject=item.proposal, at=now, text=text)


def tell_unit(
    session: Session, proposal: Proposal, kind: str, message: words.Message, now: datetime, roles: Iterable[Role] = LIAISONS_AND_HEADS
) -> None:
    """Owe the proposing unit's people in these roles a notice on their proposal."""
    people = people_of_units(session, [proposal.unit.heir(local_date(now)).id, proposal.unit_id], roles)
    path = f"/meetings/proposals/{proposal.id}"
    audience.tell(session, kind=kind, about=proposal, people=people, message=message, path=path, now=now)


def _open_agenda(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MEETING_PLAN, meeting.scope)
    if not meeting.agenda_is_open:
        raise IllegalMove(f"会议现为“{meeting.status.label}”：会议通知发出后议程不再改动")
    return meeting


def _item_of_open_agenda(session: Session, actor: Actor, item_id: int) -> tuple[AgendaItem, Meeting]:
    item = queries.get_item(session, actor, item_id)
    return item, _open_agenda(session, actor, item.meeting_id)


def append(meeting: Meeting, item: AgendaItem) -> None:
    """Put the item last."""
    item.position = len(meeting.items)
    meeting.items.append(item)
    _number(meeting.items)


def _number(items: list[AgendaItem]) -> None:
    for position, item in enumerate(items):
        if item.position != position:
            item.position = position
