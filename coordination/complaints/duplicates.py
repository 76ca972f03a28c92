"""Duplicates: found by phone, person and business, or nearly the same text; closed with reference to the first, or parted again.

A case of another consumer is no duplicate, however like its words: it is handled for itself, or flagged as one of a group. A report that
brings nothing new is not handled again; one with new facts is merged, and the clock starts at the last report (总局令第121号第三十五条).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.complaints import finding, importing, queries
from coordination.complaints.service import refresh
from coordination.complaints.telling import begin, handlers, tell, written
from coordination.permissions import Actor
from models import Complaint, ComplaintKind, ComplaintLink, ComplaintStatus, LinkKind
from models.business import read_name
from models.calendar import local_date
from models.errors import BadInput, IllegalMove

LIKE = 0.6  # of the pairs of characters: below it two texts are not called alike
LOOKED_AT = 30  # newest cases looked at for each thing shared
MOST = 20


@dataclass(frozen=True)
class Candidate:
    """A case that may be the same, why, and how alike the texts are (0 to 1)."""

    complaint: Complaint
    reasons: tuple[str, ...]
    likeness: float

    @property
    def reason(self) -> str:
        """Why, in words: 同一电话；投诉内容相似92%."""
        return "；".join(self.reasons)


def candidates(session: Session, actor: Actor, complaint_id: int) -> list[Candidate]:
    """Cases this person may see that may be the same as this one, the most reasons first. Nothing of who complained is told."""
    complaint = queries.get_complaint(session, actor, complaint_id)
    name = importing.open_sealed(complaint)["person"].get("name", "")
    keys = finding.keys_of(finding.found_of(complaint, name))
    by_person = {finding.person_key(name, complaint.target_name)} & keys if name else set()
    of_person = finding.sharing(session, complaint.id, by_person, LOOKED_AT)
    of_phone = _of_phone(session, complaint)
    ids = of_person | of_phone | finding.sharing(session, complaint.id, keys - by_person, LOOKED_AT)
    query = select(Complaint).where(Complaint.id.in_(ids), Complaint.duplicate_of_id.is_(None), queries.seen_by(actor))
    found = (_candidate(complaint, row, row.id in of_phone, row.id in of_person) for row in session.scalars(query))
    return sorted((one for one in found if one.reasons), key=lambda one: (-len(one.reasons), -one.likeness, one.complaint.id))[:MOST]


def link(
    session: Session,
    *,
    actor: Actor,
    complaint_id: int,
    first_id: int,
    reason: str,
    told_on: date,
    new_facts: bool = False,
    now: datetime,
) -> ComplaintLink:
    """Close this case with reference to the first; its clocks are answered by what becomes of that. ``told_on``: the complainant was told.

    ``new_facts``, for reports only: the first one's clocks start anew at the day this one was received.
    """
    complaint = begin(session, actor, complaint_id, router=True)
    first = _root(queries.get_complaint(session, actor, first_id))
    _check(session, complaint, first, new_facts)
    kind = LinkKind.MERGED if new_facts else LinkKind.REPEAT if complaint.kind == ComplaintKind.REPORT else LinkKind.DUPLICATE
    if not (complaint.received_on or told_on) <= told_on <= local_date(now):
        raise BadInput("告知日期应在收到之日至今天之间")
    for one in complaint.current:
        one.returned_at, one.reason = now, f"与{first.number}重复，并入该件"
    made = ComplaintLink(
        complaint=complaint, first=first, kind=kind, reason=written(reason, "请写明认定为同一件的理由"), linked_at=now, told_on=told_on
    )
    session.add(made)
    complaint.rest_on(first, now)
    if new_facts:
        first.restarted_on = max(complaint.received_on or told_on, first.restarted_on or date.min)
    refresh(session, first)
    refresh(session, complaint)
    audit.record(
        session, actor=actor, action="complaint:link", subject=complaint, at=now, text=f"{kind.label}，并入{first.number}：{reason}"
    )
    audit.record(session, actor=actor, action="complaint:link", subject=first, at=now, text=f"{complaint.number}并入本件（{kind.label}）")
    if kind != LinkKind.REPEAT:
        people = handlers(session, first, now)
        tell(session, kind="complaint_merged", complaint=first, people=people, now=now, slot=made.id, link=made, other=complaint)
    return made


def unlink(session: Session, *, actor: Actor, complaint_id: int, reason: str, now: datetime) -> Complaint:
    """No duplicate after all: the router has it again, and its own clocks run on from its receipt."""
    complaint = begin(session, actor, complaint_id, router=True)
    first = complaint.duplicate_of
    if first is None:
        raise IllegalMove("本件没有并入其他件")
    made = session.scalars(_links().where(ComplaintLink.complaint_id == complaint.id)).one()
    made.undone_at, made.undone_why = now, written(reason, "请写明解除的理由")
    complaint.part_from()
    session.flush()
    if made.kind == LinkKind.MERGED:
        first.restarted_on = _restarted(session, first)
        refresh(session, first)
    refresh(session, complaint)
    audit.record(session, actor=actor, action="complaint:unlink", subject=complaint, at=now, text=f"与{first.number}解除并入：{reason}")
    audit.record(session, actor=actor, action="complaint:unlink", subject=first, at=now, text=f"{complaint.number}解除并入")
    return complaint


def duplicates_of(session: Session, complaint: Complaint) -> list[ComplaintLink]:
    """The cases closed with reference to this one, oldest first; for whoever sees this one."""
    return list(session.scalars(_links().where(ComplaintLink.first_id == complaint.id)))


def _candidate(complaint: Complaint, other: Complaint, by_phone: bool, by_person: bool) -> Candidate:
    likeness = finding.likeness(complaint.text, other.text)
    same_target = read_name(complaint.target_name) == read_name(other.target_name) and bool(other.target_name)
    reasons = ["同一电话"] if by_phone else []
    if by_person:
        reasons.append("同一投诉人投诉同一经营者")
    elif by_phone and same_target:
        reasons.append("同一经营者")
    if likeness >= LIKE and (same_target or by_phone):
        reasons.append(f"{'' if by_phone or by_person else '同一经营者，'}内容相似{round(likeness * 100)}%")
    return Candidate(other, tuple(reasons), likeness)


def _of_phone(session: Session, complaint: Complaint) -> set[int]:
    if not complaint.phone_hash:
        return set()
    same = (Complaint.phone_hash == complaint.phone_hash, Complaint.id != complaint.id)
    return set(session.scalars(select(Complaint.id).where(*same).order_by(Complaint.id.desc()).limit(LOOKED_AT)))


def _check(session: Session, complaint: Complaint, first: Complaint, new_facts: bool) -> None:
    if complaint.id == first.id:
        raise BadInput("不能并入自己")
    if complaint.kind != first.kind:
        raise BadInput(f"本件是{complaint.kind.label}，{first.number}是{first.kind.label}，应分别办理")
    if new_facts and complaint.kind != ComplaintKind.REPORT:
        raise BadInput("只有举报按新事实并案")
    if duplicates_of(session, complaint):
        raise IllegalMove("已有其他件并入本件，请先解除，或把该件并入本件")
    if first.received_at is not None and complaint.received_at is not None and first.received_at > complaint.received_at:
        raise BadInput(f"{first.number}收到在后，请把该件并入本件")
    if new_facts and first.verdict_on is not None:
        raise IllegalMove(f"{first.number}已作出决定，有新事实的请单独办理")
    if first.status == ComplaintStatus.WITHDRAWN or (first.status == ComplaintStatus.TRANSFERRED):
        raise IllegalMove(f"{first.number}{first.status.label}，不能并入")
    if _other_person(complaint, first):
        raise BadInput("两件的投诉人不同，不是重复件，应分别办理；人数较多的请登记为群体性投诉")


def _other_person(complaint: Complaint, first: Complaint) -> bool:
    """Do both say who complained, and neither the phone nor the name is the same?"""
    if complaint.phone_hash and complaint.phone_hash == first.phone_hash:
        return False
    one, other = (importing.open_sealed(row)["person"].get("name", "") for row in (complaint, first))
    return bool(one and other) and read_name(one) != read_name(other)


def _root(complaint: Complaint) -> Complaint:
    """The case this one rests on in the end."""
    return _root(complaint.duplicate_of) if complaint.duplicate_of is not None else complaint


def _restarted(session: Session, first: Complaint) -> date | None:
    """Where the clocks of a report start: the last of those still merged into it, or its own beginning."""
    merged: Iterable[ComplaintLink] = (one for one in duplicates_of(session, first) if one.kind == LinkKind.MERGED)
    days = [one.complaint.received_on or one.told_on for one in merged]
    rounds = [local_date(past.reopened_at) for past in first.rounds]
    return max([*days, *rounds], default=None)


def _links() -> Select[ComplaintLink]:
    return select(ComplaintLink).where(ComplaintLink.undone_at.is_(None)).order_by(ComplaintLink.id)
