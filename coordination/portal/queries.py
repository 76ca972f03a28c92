"""What the public reads: the joint meeting, its member units and who handles what; numbers of the registry; receipts; and whether the
platform is fit to serve. What the list itself shows is coordination/registry/public.py's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload

from coordination.members import owners
from coordination.members.queries import any_duty, mechanisms, office_unit, seats, subjects
from coordination.portal import receipts
from coordination.registry import public
from coordination.registry.queries import LARGEST_ID, categories
from coordination.settings import schema
from coordination.settings.queries import setting
from models import (
    Appeal,
    ApplicationPaper,
    ConsumerReview,
    Feedback,
    Lease,
    Objection,
    Recognition,
    RecognitionStatus,
    Removal,
    Scheme,
    StoredFile,
)
from models.calendar import SHANGHAI, in_words
from models.errors import BadInput, NotFound

Row = TypeVar("Row")
LIFE_SIGN = timedelta(seconds=60)


@dataclass(frozen=True)
class Handled:
    """谁来管, one line: the subject, the unit that answers for it today, the clause it rests on, and where one complains."""

    subject: str
    unit: str
    is_lead: bool
    text: str
    clause: str
    territory: str
    phone: str
    way: str


@dataclass(frozen=True)
class Handling:
    """谁来管: what was found. ``subject``: the class that was chosen; ``below``: the classes right below it; ``next``: where to go on."""

    handled: tuple[Handled, ...]
    total: int
    next: int | None
    subject: str = ""
    below: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Front:
    """The first page. Everything on it is public; no person is named."""

    title: str
    basis: str
    office: str
    phone: str
    members: tuple[str, ...]
    classes: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]


def front(session: Session, on: date) -> Front:
    """The county's joint meeting as it stands on that day; an installation still empty has a name and no more."""
    found = mechanisms(session)[:1]
    if not found:
        return Front(f"{setting(session, 'county_name')}消费者权益保护工作联席会议", "", "", "", (), ())
    county, office = found[0], office_unit(session)
    sitting = [seat.unit for seat in seats(session, found, on)[county.id]]
    return Front(
        title=county.name,
        basis=county.basis,
        office=county.office_unit.name,
        phone=office.phone if office else "",
        members=tuple(unit.short_name for unit in sitting),
        classes=classes(session, on),
    )


def classes(session: Session, on: date) -> tuple[tuple[str, tuple[tuple[int, str], ...]], ...]:
    """What 谁来管 can be asked for: each class at the top with the ids and names of those below it; none while no duty is registered."""
    if not any_duty(session, on):
        return ()
    found = owners.branches(session, on, public_only=True)
    return tuple((one.subject.name, tuple((row.id, row.name) for row in one.below or [one.subject])) for one in found)


def who(session: Session, on: date, *, words: str = "", subject_id: int | None = None, after: int | None = None) -> Handling:
    """Who handles what was asked for on that day; NotFound for a class the public is not shown, BadInput for words too short."""
    if words:
        return _handling(owners.find(session, on, words=owners.read_words(words), public_only=True, after=after))
    chosen = next((row for row in subjects(session, on) if row.id == subject_id and row.is_public), None)
    if chosen is None:
        raise NotFound("没有这个事项")
    found = owners.find(session, on, subject_id=chosen.id, public_only=True, after=after)
    below = tuple((row.id, row.name) for row in owners.below(session, on, chosen.id, public_only=True))
    return replace(_handling(found), subject=chosen.name, below=below)


def _handling(found: owners.Found) -> Handling:
    handled = [
        Handled(
            subject=one.duty.subject,
            unit=one.unit.short_name if one.bureau is one.unit else f"{one.bureau.short_name}{one.unit.short_name}",
            is_lead=one.duty.is_lead,
            text=one.duty.text,
            clause=one.duty.clause,
            territory="、".join(one.duty.territories),
            phone=one.phone,
            way=one.way,
        )
        for one in found.answers
    ]
    return Handling(tuple(handled), found.total, found.next)


def titles(session: Session, today: date) -> tuple[str, ...]:
    """What the schemes in force call their units (放心消费示范单位), each once."""
    return tuple(dict.fromkeys(category.scheme.title for category in categories(session, today, open_only=False)))


def category_choices(session: Session, today: date) -> dict[int, str]:
    """The categories of the schemes in force by id, in order."""
    return {category.id: category.name for category in categories(session, today, open_only=False)}


class Offered(NamedTuple):
    """A category that takes applications, and who reviews them."""

    id: int
    name: str
    unit: str


def open_categories(session: Session, today: date) -> list[Offered]:
    """The categories one may apply for now, in order."""
    return [Offered(one.id, one.name, one.responsible.heir(today).name) for one in categories(session, today)]


def by_number(session: Session, typed: str, today: date) -> public.Line | None:
    """The unit on the list whose certificate has exactly this number."""
    number = typed.translate(str.maketrans("－—", "--")).replace(" ", "")
    found = session.scalar(select(Recognition.id).where(Recognition.certificate_no == number, Recognition.is_listed(today)))
    return public.line(session, found) if found is not None else None


class Reviews(NamedTuple):
    """What consumers said of a unit in the year up to yesterday; ``score`` None: too few to say."""

    number: int
    score: float | None
    least: int


def reviews(session: Session, unit: Recognition, today: date) -> Reviews:
    """Counted by whole days, so that one day's page of a unit is one page."""
    until = datetime.combine(today, time.min, SHANGHAI)
    in_the_year = (ConsumerReview.at >= until - timedelta(days=365), ConsumerReview.at < until)
    query = select(func.count(), func.avg(ConsumerReview.stars)).where(ConsumerReview.recognition_id == unit.id, *in_the_year)
    count, mean = session.execute(query).one()
    least = max(1, unit.category.least_reviews)
    return Reviews(count, round(float(mean), 1) if count >= least else None, least)


class Progressed(NamedTuple):
    """One category against its target of the year."""

    name: str
    unit: str
    listed: int
    target: int | None

    @property
    def share(self) -> float | None:
        """How much of the target is reached; None without one."""
        return self.listed / self.target if self.target else None

    @property
    def reached(self) -> bool:
        """Are there as many as there should be?"""
        return self.target is not None and self.listed >= self.target


def progress(session: Session, today: date) -> list[Progressed]:
    """Every category of the schemes in force."""
    found = public.progress(session, today)
    return [Progressed(one.category.name, one.category.responsible.heir(today).short_name, one.listed, one.target) for one in found]


def removals_by_ground(session: Session, today: date) -> list[tuple[str, int]]:
    """How many of the removals that may be shown rest on each ground, the most frequent first."""
    query = select(Removal.ground, func.count()).where(Removal.is_public(today)).group_by(Removal.ground)
    return [(ground, number) for ground, number in session.execute(query.order_by(func.count().desc(), Removal.ground))]


def mark_of(session: Session, scheme_id: int) -> StoredFile:
    """The mark a scheme shows now; NotFound where there is none, and for any other file."""
    scheme = session.get(Scheme, scheme_id) if 0 < scheme_id <= LARGEST_ID else None
    if scheme is None or scheme.mark is None:
        raise NotFound("没有这个标识")
    return scheme.mark


def recognised(session: Session, recognition_id: int) -> Recognition:
    """A unit that is or was on the list; NotFound for another."""
    found = session.get(Recognition, recognition_id) if 0 < recognition_id <= LARGEST_ID else None
    if found is None or found.recognised_on is None:
        raise NotFound("没有这个单位")
    return found


def on_notice(session: Session, recognition_id: int, today: date) -> Recognition:
    """A unit whose public notice runs; NotFound for another."""
    found = session.get(Recognition, recognition_id) if 0 < recognition_id <= LARGEST_ID else None
    if found is None or found.status != RecognitionStatus.ON_NOTICE or found.notice_until is None or found.notice_until < today:
        raise NotFound("该单位不在公示中")
    return found


def removal_of(session: Session, certificate_no: str, uscc: str) -> int:
    """The removal of this certificate, if the code is that business's; BadInput otherwise, whichever of both is wrong."""
    number = certificate_no.translate(str.maketrans("－—", "--")).replace(" ", "")
    found = session.scalar(select(Removal.id).where(Removal.certificate_no == number, Removal.uscc == uscc))
    if found is None:
        raise BadInput("没有与证书编号和统一社会信用代码都一致的移出记录，请对照证书核对")
    return found


def papers(session: Session, draft_id: int) -> list[ApplicationPaper]:
    """The papers of a draft, in the order they came."""
    query = select(ApplicationPaper).where(ApplicationPaper.draft_id == draft_id).options(joinedload(ApplicationPaper.file))
    return list(session.scalars(query.order_by(ApplicationPaper.id)))


@dataclass(frozen=True)
class Receipt:
    """What became of something sent. ``answer`` None: not yet; ``outcome``: the decision in a word, where there is one."""

    what: str
    number: str
    about: str
    unit: str
    received_at: datetime
    due_on: date
    outcome: str
    answer: str | None
    answered_at: datetime | None


def receipt(session: Session, token: str) -> Receipt:
    """The thing a sender's code is about; NotFound for a code never given."""
    kind, number = receipts.read(token)
    if kind == receipts.FEEDBACK:
        return _of_feedback(_there(session.get(Feedback, number)))
    if kind == receipts.OBJECTION:
        return _of_objection(_there(session.get(Objection, number)))
    return _of_appeal(_there(session.get(Appeal, number)))


def _there(row: Row | None) -> Row:
    if row is None:
        raise NotFound("没有这个查询码")
    return row


def _of_feedback(sent: Feedback) -> Receipt:
    about = f"{sent.kind.label}：{sent.recognition.business.name if sent.recognition else '查无此码的标牌'}"
    answer, at = sent.answer or None, sent.answered_at
    return Receipt("监督反馈", sent.number, about, sent.unit.name, sent.received_at, sent.due_on, "已答复" if at else "待答复", answer, at)


def _of_objection(sent: Objection) -> Receipt:
    unit = sent.recognition.category.responsible.name
    answer, at = sent.finding or None, sent.decided_at
    about = f"公示单位：{sent.recognition.business.name}"
    return Receipt("公示异议", "", about, unit, sent.received_at, sent.due_on, sent.status.label, answer, at)


def _of_appeal(sent: Appeal) -> Receipt:
    unit = sent.removal.recognition.category.scheme.issuer
    about = f"移出名录：{sent.removal.name}（{sent.removal.certificate_no}）"
    return Receipt("申诉", "", about, unit, sent.received_at, sent.due_on, sent.status.label, sent.answer or None, sent.decided_at)


class Entry(NamedTuple):
    """One entry of a feed. ``key``: what its lasting id is made of."""

    key: str
    title: str
    text: str
    at: datetime
    unit_id: int | None


def addition_entries(lines: Iterable[public.Line]) -> list[Entry]:
    """Units that came onto the list."""
    return [
        Entry(
            f"unit-{line.id}",
            line.name,
            f"{line.category}，证书编号{line.certificate_no}，地址{line.address}，有效至{in_words(line.valid_until)}",
            datetime.combine(line.recognised_on, time.min, SHANGHAI),
            line.id,
        )
        for line in lines
    ]


def removal_entries(removals: Iterable[Removal]) -> list[Entry]:
    """Units that were removed."""
    return [
        Entry(
            f"removal-{one.id}",
            f"移出名录：{one.name}",
            f"{one.category_name}，证书编号{one.certificate_no}，原因：{one.ground}",
            one.removed_at,
            None,
        )
        for one in removals
    ]


def readiness(session: Session, now: datetime) -> dict[str, bool]:
    """Can the platform serve: does the database answer, is its structure the newest, has the scheduler given a sign of life lately?"""
    try:
        current = schema.current(session.connection())
        beats = list(session.scalars(select(Lease.beat_at)))
    except SQLAlchemyError:
        session.rollback()
        return {"database": False, "migrations": False, "scheduler": False}
    alive = any(now - beat <= LIFE_SIGN for beat in beats)
    return {"database": True, "migrations": current == schema.head(), "scheduler": alive}
