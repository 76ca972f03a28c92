"""Versions of the routing model: ordered, trained on what people confirmed, measured, put in use, taken back. Callers own the transaction.

A case is confirmed once a person assigned it, or the unit received it, and it was not sent back. The newest version takes over by itself
unless a person went back to an older one: then new versions wait until the newest is chosen again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from coordination import attachments, audit
from coordination.complaints import advising
from coordination.members.queries import heirs
from coordination.permissions import SYSTEM, Actor, Permission, require
from models import Assignment, Complaint, Duty, RoutingModel
from models.calendar import SHANGHAI, local_date
from models.errors import IllegalMove, NotFound

MOST_CASES, MOST_TEXTS = 20_000, 10_000  # the newest that are learned from
NIGHT = 2  # hour from which a version is trained when something new was confirmed
KEPT = 12  # versions whose file is kept
MOST_MIXED_UP = 20
MOST_COMPARED = 300  # newest confirmed cases on which two versions are compared
MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Trained:
    """What a training came to: the bytes to keep, and the figures of ``RoutingModel``."""

    content: bytes
    seen: str
    cases: int
    texts: int
    figures: dict[str, Any]


def order(session: Session, *, actor: Actor, now: datetime) -> RoutingModel:
    """Ask for a new version; the scheduler trains it within minutes. IllegalMove while one is on order."""
    require(actor, Permission.ROUTING_EDIT)
    audit.queue(session)
    if ordered(session) is not None:
        raise IllegalMove("已在排队重新学习，请稍后查看")
    made = RoutingModel(asked_at=now, asked_by_id=actor.person_id)
    session.add(made)
    session.flush()
    audit.record(session, actor=actor, action="routing:order", subject=made, at=now, text="要求重新学习分派建议")
    return made


def choose(session: Session, *, actor: Actor, model_id: int, now: datetime) -> RoutingModel:
    """Put a version in use, also an older one (rollback). IllegalMove where its file is kept no more."""
    require(actor, Permission.ROUTING_EDIT)
    audit.queue(session)
    version = get_version(session, model_id)
    if version.file is None:
        raise IllegalMove("这一版的模型文件已不保留，不能改用")
    version.chosen_at, version.chosen_by_id = now, actor.person_id
    audit.record(session, actor=actor, action="routing:choose", subject=version, at=now, text=f"分派建议改用第{version.id}版")
    return version


def get_version(session: Session, model_id: int) -> RoutingModel:
    """One trained version; NotFound for another."""
    version = session.get(RoutingModel, model_id)
    if version is None or version.trained_at is None:
        raise NotFound("没有这一版分派建议")
    return version


def versions(session: Session, most: int = KEPT) -> list[RoutingModel]:
    """The trained versions, newest first."""
    query = select(RoutingModel).where(RoutingModel.trained_at.is_not(None)).order_by(RoutingModel.id.desc())
    return list(session.scalars(query.limit(most)))


def ordered(session: Session) -> RoutingModel | None:
    """The version on order."""
    return session.scalars(select(RoutingModel).where(RoutingModel.trained_at.is_(None)).order_by(RoutingModel.id)).first()


def is_due(session: Session, now: datetime) -> bool:
    """Is a version to be trained: on order, or at night when there is something new to learn from?"""
    if ordered(session) is not None:
        return True
    newest = next(iter(versions(session, 1)), None)
    at = now.astimezone(SHANGHAI)
    if newest is not None and (at.hour < NIGHT or local_date(newest.trained_at or now) >= at.date()):
        return False
    return _seen(session) != (newest.seen if newest is not None else "")


def learn(session: Session, now: datetime) -> Trained:
    """Train on all that was confirmed until now; reads only, and takes half a minute for ten thousand cases."""
    from coordination.complaints.evaluating import Scores, measure
    from coordination.complaints.grams import Message
    from coordination.complaints.learning import Confirmed
    from coordination.complaints.routing import Router, Terms

    today = local_date(now)
    seen = _seen(session)
    rows = session.execute(_confirmed().order_by(Assignment.id.desc()).limit(MOST_CASES)).all()
    now_at = {old: str(unit.id) for old, unit in heirs(session, today).items()}
    confirmed = [Confirmed(Message(*_texts_of(row)), now_at.get(row.unit_id, str(row.unit_id)), row.number) for row in rows]
    known = _confirmed().with_only_columns(Complaint.id)
    other = _texts().where(Complaint.id.not_in(known), Complaint.text != "").order_by(Complaint.id.desc()).limit(MOST_TEXTS)
    unlabelled = [Message(*_texts_of(row)) for row in session.execute(other)]
    router = Router(advising.duty_texts(session, today), confirmed, terms=Terms(today), unlabelled=unlabelled)
    figures: dict[str, Any] = {}
    if confirmed and router.unseen is not None:
        scores, truth = Scores(router.model.units, router.unseen), [one.unit for one in confirmed]
        figures = {**measure(scores, truth), **_by_unit(scores, truth)}
    return Trained(router.save(), seen or "0", len(confirmed), len(unlabelled), figures)


def keep(session: Session, trained: Trained, *, now: datetime) -> RoutingModel:
    """Keep what was trained as the version on order, or as a new one, and put it in use unless a person went back to an older one."""
    audit.queue(session)
    before, current = next(iter(versions(session, 1)), None), advising.in_use(session)
    version = ordered(session) or RoutingModel(asked_at=now)
    name = f"分派建议模型{local_date(now).isoformat()}.npz"
    version.file = attachments.store(session, name=name, media_type=MEDIA_TYPE, content=trained.content, now=now)
    version.trained_at, version.seen, version.figures = now, trained.seen, trained.figures
    version.cases, version.texts = trained.cases, trained.texts
    if before is None or (current is not None and current.id == before.id):
        version.chosen_at = now
    session.add(version)
    session.flush()
    text = f"分派建议第{version.id}版：学习已确认的投诉举报{trained.cases}件" + ("，已启用" if version.chosen_at else "，未启用")
    audit.record(session, actor=SYSTEM, action="routing:train", subject=version, at=now, text=text)
    return version


def drop_old(session: Session) -> list[str]:
    """Let go of the files of old versions that are not in use; returns the hashes whose bytes nobody names any more."""
    current = advising.in_use(session)
    kept = {one.id for one in versions(session, KEPT)} | ({current.id} if current is not None else set())
    old = session.scalars(select(RoutingModel).where(RoutingModel.file_id.is_not(None), RoutingModel.id.not_in(kept)))
    dropped = []
    for version in old:
        stored = version.file
        assert stored is not None
        version.file, version.chosen_at, version.chosen_by_id = None, None, None
        session.flush()
        session.delete(stored)
        dropped.append(stored.sha256)
    return dropped


@dataclass(frozen=True)
class Change:
    """A confirmed case for which two versions suggest different units, by their short names."""

    complaint: Complaint
    one: str
    other: str


def changed(session: Session, version: RoutingModel, other: RoutingModel, now: datetime) -> list[Change]:
    """Of the newest confirmed cases those for which ``version`` suggests another unit than ``other``."""
    today = local_date(now)
    ids = session.scalars(_confirmed().with_only_columns(Complaint.id).order_by(Assignment.id.desc()).limit(MOST_COMPARED)).all()
    query = select(Complaint).where(Complaint.id.in_(ids)).options(selectinload(Complaint.assignments).joinedload(Assignment.unit))
    cases = list(session.scalars(query.order_by(Complaint.id.desc())))
    told = [advising.advisor(session, today, one).first(cases) for one in (version, other)]
    names = advising.names_of(session, today)
    found = []
    for case in cases:
        units = [line[case.id][0] if case.id in line else None for line in told]
        if units[0] != units[1]:
            found.append(Change(case, *(names.get(str(unit), "") for unit in units)))
    return found


def _confirmed() -> Select[Any]:
    """The lead assignments somebody confirmed, with the words of their cases."""
    by_person = or_(Assignment.person_id.is_not(None), Assignment.received_at.is_not(None))
    query = _texts().add_columns(Complaint.number, Assignment.unit_id).join(Assignment, Assignment.complaint_id == Complaint.id)
    return query.where(Assignment.is_lead, Assignment.returned_at.is_(None), by_person, Complaint.text != "")


def _texts() -> Any:
    return select(Complaint.category, Complaint.problem, Complaint.request, Complaint.text)


def _texts_of(row: Row[Any]) -> tuple[str, str]:
    return advising.texts_of(row.category, row.problem, row.request, row.text)


def _seen(session: Session) -> str:
    """What there is to learn from now, in a word that changes with it; empty where there is nothing."""
    confirmed = _confirmed().with_only_columns(func.count(), func.max(Assignment.id))
    number, last = session.execute(confirmed).one()
    texts = session.scalar(select(func.max(Complaint.id)))
    if texts is None:
        return ""
    duties, wordings = session.execute(select(func.count(), func.sum(Duty.version))).one()
    return f"{number}.{last or 0}.{texts}.{duties}.{wordings or 0}"


def _by_unit(scores: Any, truth: Sequence[str]) -> dict[str, Any]:
    """Right ones by unit, and which units are mistaken for which."""
    from coordination.complaints.evaluating import best

    guessed = best(scores)
    units = {unit: [number, 0] for unit, number in Counter(truth).most_common()}
    for unit, number in Counter(one for one, other in zip(truth, guessed, strict=True) if one == other).items():
        units[unit][1] = number
    wrong = Counter((one, other) for one, other in zip(truth, guessed, strict=True) if one != other)
    return {"units": units, "mixed_up": [[*pair, number] for pair, number in wrong.most_common(MOST_MIXED_UP)]}
