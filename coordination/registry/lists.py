"""The lists of the registry as its staff read them. Each goes by a key and costs what it shows; each says for whom."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session, joinedload

from coordination import search
from coordination.permissions import UNIT_ROLES, Actor, Permission, can
from coordination.registry import queries
from coordination.registry.queries import LARGEST_ID, PAGE, seen_by
from models import (
    Appeal,
    AppealStatus,
    ApplicationPaper,
    Assessment,
    Business,
    Category,
    Feedback,
    Inspection,
    InspectionPhoto,
    Objection,
    Promise,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    Scheme,
    SearchGram,
    StoredFile,
    TradeMeasure,
    TrustEvent,
)
from models.business import read_name, read_uscc
from models.errors import BadInput, NotFound

Row = TypeVar("Row")
STRETCH = 500  # rows of a list read at once when all of it is taken away
MOST_EXPORTED = 100_000  # rows of one spreadsheet: more than any office keeps, fewer than a server's memory
MOST_COUNTED = 1000  # a list is counted no further: nobody reads more, and counting reads what it counts


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, newest first. ``newer`` and ``older``: the ids to turn at, None where there is no more."""

    rows: list[Row]
    newer: int | None = None
    older: int | None = None


@dataclass(frozen=True)
class Turn:
    """Where to turn the page: the rows older than one id, or newer than another; neither: the first page."""

    before: int | None = None
    after: int | None = None


FIRST = Turn()


def turned(session: Session, query: Select[Any], key: Any, turn: Turn, size: int = PAGE) -> Page[Any]:
    """One page of what ``query`` finds, by descending ``key``."""
    if turn.after is not None:
        query = query.where(key > turn.after)
    elif turn.before is not None:
        query = query.where(key < turn.before)
    return _page(session, query, (key,), turn, size)


def _page(session: Session, query: Select[Any], keys: Sequence[Any], turn: Turn, size: int) -> Page[Any]:
    """The first rows of a query that begins at the turn, by descending keys."""
    backwards = turn.after is not None
    order = [key.asc() if backwards else key.desc() for key in keys]
    rows = list(session.scalars(query.order_by(*order).limit(size + 1)).unique())
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    has_newer, has_older = (more, True) if backwards else (turn.before is not None, more)
    return Page(rows, rows[0].id if has_newer else None, rows[-1].id if has_older else None)


# Recognitions

ENDED = frozenset(RecognitionStatus) - Recognition.LIVE


@dataclass(frozen=True)
class Sought:
    """What the staff's list is narrowed to; empty parts narrow nothing. ``due``: one of ``DUE``."""

    statuses: frozenset[RecognitionStatus] = frozenset()
    category_id: int | None = None
    street: str = ""
    words: str = ""
    due: str = ""


DUE = {"expiring": "即将到期", "recheck": "应年度复查", "overdue": "整改逾期"}


def recognitions(
    session: Session, actor: Actor, sought: Sought, today: date, until: date, turn: Turn = FIRST, size: int = PAGE
) -> Page[Recognition]:
    """The recognitions this person may see; ``until``: the last day that counts as expiring soon.

    Words are looked for as on the public list (coordination/search.py), the newest business first; BadInput when they are too short.
    """
    query = select(Recognition).where(seen_by(actor), *_conditions(sought, today, until)).options(*queries.WITH_ALL)
    numbered = _numbered(session, sought.words) if sought.words else None
    found: Page[Recognition]
    if sought.words and numbered is None:
        found = _named(session, query, sought.words, turn, size)
    else:
        found = turned(session, query if numbered is None else query.where(numbered), Recognition.id, turn, size)
    return found


def every_recognition(session: Session, actor: Actor, sought: Sought, today: date, until: date) -> Iterator[Recognition]:
    """All that ``recognitions`` finds, a stretch at a time, at most ``MOST_EXPORTED``."""
    turn, left = FIRST, MOST_EXPORTED
    while left > 0:
        page = recognitions(session, actor, sought, today, until, turn, min(STRETCH, left))
        yield from page.rows
        left -= len(page.rows)
        if page.older is None:
            return
        turn = Turn(before=page.older)


def _conditions(sought: Sought, today: date, until: date) -> Iterable[ColumnElement[bool]]:
    if sought.statuses:
        yield Recognition.status.in_(sought.statuses)
    if sought.category_id is not None:
        yield Recognition.category_id == sought.category_id
    if sought.street:
        yield Recognition.street == sought.street
    if sought.due == "expiring":
        yield Recognition.is_listed(today) & (Recognition.valid_until <= until)
    elif sought.due == "recheck":
        yield Recognition.is_listed(today) & (Recognition.next_check_on <= today)
    elif sought.due == "overdue":
        yield (Recognition.status == RecognitionStatus.RECTIFYING) & (Recognition.rectify_by < today)


def _numbered(session: Session, words: str) -> ColumnElement[bool] | None:
    """The condition for a whole code, or for a certificate number that was given; None for other words."""
    try:
        return Recognition.business_id.in_(select(Business.id).where(Business.uscc == read_uscc(words)))
    except BadInput:
        given = Recognition.certificate_no == words
    return given if session.scalar(select(Recognition.id).where(given)) is not None else None


def _named(session: Session, query: Select[Any], words: str, turn: Turn, size: int) -> Page[Recognition]:
    """Those whose business a keyword finds."""
    text = search.read(words)
    if len(text) < search.LEAST:
        raise BadInput(f"请至少输入{search.LEAST}个字或字母再查")
    sought = search.seek(session, text)
    if sought is None:
        return Page([])
    query, business = search.narrowed(query, sought, Recognition.business_id), SearchGram.business_id
    turned_at = turn.after or turn.before
    if turned_at is not None:
        whose = session.scalar(select(Recognition.business_id).where(Recognition.id == turned_at)) or 0
        beyond = Recognition.id > turned_at if turn.after else Recognition.id < turned_at
        query = query.where(business >= whose if turn.after else business <= whose, or_(business != whose, beyond))
    return _page(session, query, (business, Recognition.id), turn, size)


def status_counts(session: Session, actor: Actor) -> dict[RecognitionStatus, int]:
    """How many of each state this person may see, each counted up to ``MOST_COUNTED``; one query."""
    parts = []
    for status in RecognitionStatus:
        some = select(Recognition.id).where(Recognition.status == status, seen_by(actor)).limit(MOST_COUNTED).subquery()
        parts.append(select(literal(status.value), func.count()).select_from(some))
    counted = {value: number for value, number in session.execute(union_all(*parts))}  # noqa: C416  rows, not pairs
    return {status: counted.get(status.value, 0) for status in RecognitionStatus}


def seen_categories(session: Session, actor: Actor, today: date) -> list[Category]:
    """The categories in force whose units this person may see."""
    found = queries.categories(session, today, open_only=False)
    wide = actor.oversees(Permission.REGISTRY_READ)
    if wide is None:
        return found
    return [c for c in found if c.scheme.mechanism_id in wide or c.wide_scope.unit_ids & actor.unit_ids]


@dataclass(frozen=True)
class Whole:
    """All that hangs on a recognition, for its page."""

    papers: list[ApplicationPaper] = field(default_factory=list)
    inspections: list[Inspection] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    events: list[TrustEvent] = field(default_factory=list)
    proposals: list[RemovalProposal] = field(default_factory=list)
    removal: Removal | None = None
    measures: list[TradeMeasure] = field(default_factory=list)
    others: list[Recognition] = field(default_factory=list)


def whole(session: Session, recognition: Recognition) -> Whole:
    """What the page of one recognition shows; the caller has asked who may see it."""

    def of(kind: Any, *options: Any, column: Any = None, value: int | None = None) -> list[Any]:
        where = (kind.recognition_id if column is None else column) == (recognition.id if value is None else value)
        return list(session.scalars(select(kind).where(where).options(*options).order_by(kind.id.desc()).limit(50)).unique())

    removal = session.scalar(select(Removal).where(Removal.recognition_id == recognition.id))
    others = of(Recognition, *queries.WITH_ALL, column=Recognition.business_id, value=recognition.business_id)
    measures = of(TradeMeasure, joinedload(TradeMeasure.unit), column=TradeMeasure.removal_id, value=removal.id) if removal else []
    return Whole(
        papers=of(ApplicationPaper, joinedload(ApplicationPaper.file)),
        inspections=of(Inspection, joinedload(Inspection.sheet), joinedload(Inspection.unit), joinedload(Inspection.photos)),
        objections=of(Objection),
        promises=of(Promise),
        assessments=of(Assessment, joinedload(Assessment.file)),
        events=of(TrustEvent, joinedload(TrustEvent.ground), column=TrustEvent.business_id, value=recognition.business_id),
        proposals=of(RemovalProposal, joinedload(RemovalProposal.event).joinedload(TrustEvent.ground)),
        removal=removal,
        measures=measures,
        others=[other for other in others if other.id != recognition.id],
    )


def file_of(session: Session, recognition: Recognition, file_id: int) -> StoredFile:
    """A paper, photo or report of this recognition; NotFound for any other file."""
    places: Sequence[Select[Any]] = (
        select(ApplicationPaper.id).where(ApplicationPaper.recognition_id == recognition.id, ApplicationPaper.file_id == file_id),
        select(Assessment.id).where(Assessment.recognition_id == recognition.id, Assessment.file_id == file_id),
        select(InspectionPhoto.id)
        .join(Inspection, Inspection.id == InspectionPhoto.inspection_id)
        .where(Inspection.recognition_id == recognition.id, InspectionPhoto.file_id == file_id),
    )
    if not 0 < file_id <= LARGEST_ID or not any(session.scalar(place) for place in places):
        raise NotFound("没有这份材料")
    return session.get_one(StoredFile, file_id)


# Trust events and what follows from them

EVENT_VIEWS = {"": "全部", "waiting": "未匹配到经营主体", "standing": "仍在计入", "ended": "已修复或撤销"}


def events(session: Session, actor: Actor, view: str, words: str, today: date, turn: Turn = FIRST) -> Page[TrustEvent]:
    """Trust events for whoever may read the registry, newest first."""
    if not can(actor, Permission.REGISTRY_READ):
        return Page([])
    query = select(TrustEvent).options(joinedload(TrustEvent.ground), joinedload(TrustEvent.business))
    if view == "waiting":
        query = query.where(TrustEvent.business_id.is_(None))
    elif view == "standing":
        query = query.where(TrustEvent.counts(today))
    elif view == "ended":
        query = query.where(or_(TrustEvent.reversed_on.is_not(None), TrustEvent.repaired_on.is_not(None)))
    if words:
        query = query.where(or_(TrustEvent.uscc == words.upper(), TrustEvent.plain_name.contains(read_name(words), autoescape=True)))
    found: Page[TrustEvent] = turned(session, query, TrustEvent.id, turn)
    return found


def after_event(session: Session, actor: Actor, event: TrustEvent) -> tuple[list[RemovalProposal], list[Removal], list[Recognition]]:
    """What came of an event, as far as this person may see it: proposals, removals resting on it, what the business holds."""
    held = select(RemovalProposal).join(RemovalProposal.recognition).where(RemovalProposal.event_id == event.id, seen_by(actor))
    if event.business_id is None:
        return list(session.scalars(held)), [], []
    gone = select(Removal).join(Removal.recognition).where(Removal.business_id == event.business_id, seen_by(actor))
    units = select(Recognition).where(Recognition.business_id == event.business_id, seen_by(actor)).options(*queries.WITH_ALL)
    rested = [one for one in session.scalars(gone) if any(basis.event_id == event.id for basis in one.bases)]
    return list(session.scalars(held)), rested, list(session.scalars(units))


def namesakes(session: Session, event: TrustEvent, words: str) -> list[Business]:
    """Businesses an unmatched event may be about: of its name, or of the name or code that was looked for."""
    sought = read_name(words or event.name)
    query = select(Business).where(or_(Business.plain_name.contains(sought, autoescape=True), Business.uscc == sought))
    return list(session.scalars(query.order_by(Business.id.desc()).limit(20)))


def proposals(session: Session, actor: Actor, status: RemovalProposalStatus | None, turn: Turn = FIRST) -> Page[RemovalProposal]:
    """Proposals of removal this person may see, newest first."""
    query = select(RemovalProposal).join(RemovalProposal.recognition).where(seen_by(actor))
    if status is not None:
        query = query.where(RemovalProposal.status == status)
    recognition = joinedload(RemovalProposal.recognition)
    query = query.options(
        recognition.joinedload(Recognition.business), recognition.joinedload(Recognition.category).joinedload(Category.scheme)
    )
    query = query.options(joinedload(RemovalProposal.event).joinedload(TrustEvent.ground), joinedload(RemovalProposal.decided_by))
    found: Page[RemovalProposal] = turned(session, query, RemovalProposal.id, turn)
    return found


def removals(session: Session, actor: Actor, words: str, turn: Turn = FIRST) -> Page[Removal]:
    """Removals this person may see, also those whose ground is no longer public; newest first."""
    query = select(Removal).join(Removal.recognition).where(seen_by(actor)).options(joinedload(Removal.task))
    if words:
        plain = words.strip()
        named = or_(Removal.name.contains(plain, autoescape=True), Removal.uscc == plain.upper(), Removal.certificate_no == plain)
        query = query.where(named)
    found: Page[Removal] = turned(session, query, Removal.id, turn)
    return found


def appeals(session: Session, actor: Actor, *, open_only: bool, turn: Turn = FIRST) -> Page[Appeal]:
    """Appeals this person may see, newest first."""
    query = select(Appeal).join(Appeal.removal).join(Removal.recognition).where(seen_by(actor))
    if open_only:
        query = query.where(Appeal.status == AppealStatus.OPEN)
    found: Page[Appeal] = turned(session, query.options(joinedload(Appeal.removal)), Appeal.id, turn)
    return found


def appeals_of(session: Session, removal: Removal) -> list[Appeal]:
    """The appeals against one removal, newest first; the caller has asked who may see it."""
    return list(session.scalars(select(Appeal).where(Appeal.removal_id == removal.id).order_by(Appeal.id.desc())))


def measures(session: Session, actor: Actor, *, open_only: bool, turn: Turn = FIRST) -> Page[TradeMeasure]:
    """What units did or owe after removals: the own unit's, or those of the mechanisms overseen."""
    query = select(TradeMeasure).join(TradeMeasure.removal).join(Removal.recognition).where(_owed_by(actor, TradeMeasure.unit_id))
    if open_only:
        query = query.where(TradeMeasure.done_at.is_(None))
    query = query.options(joinedload(TradeMeasure.unit), joinedload(TradeMeasure.removal))
    found: Page[TradeMeasure] = turned(session, query, TradeMeasure.id, turn)
    return found


def get_measure(session: Session, actor: Actor, measure_id: int) -> TradeMeasure:
    """What one unit did or owes, for itself and for whoever oversees the registry; NotFound for others."""
    query = select(TradeMeasure).join(TradeMeasure.removal).join(Removal.recognition)
    found = session.scalar(query.where(TradeMeasure.id == _id(measure_id), _owed_by(actor, TradeMeasure.unit_id)))
    if found is None:
        raise NotFound("没有这项协同惩戒事项")
    return found


# Feedback


def feedback(session: Session, actor: Actor, *, open_only: bool, turn: Turn = FIRST) -> Page[Feedback]:
    """监督反馈 to the own unit, or all of it for whoever oversees the registry; newest first."""
    query = (
        select(Feedback).outerjoin(Feedback.recognition).where(_owed_by(actor, Feedback.unit_id, alone=Feedback.recognition_id.is_(None)))
    )
    if open_only:
        query = query.where(Feedback.answered_at.is_(None))
    query = query.options(joinedload(Feedback.unit), joinedload(Feedback.recognition).joinedload(Recognition.business))
    found: Page[Feedback] = turned(session, query, Feedback.id, turn)
    return found


def get_feedback(session: Session, actor: Actor, feedback_id: int) -> Feedback:
    """One report of the public, for whom ``feedback`` lists it; NotFound for others."""
    query = select(Feedback).outerjoin(Feedback.recognition).where(Feedback.id == _id(feedback_id))
    found = session.scalar(query.where(_owed_by(actor, Feedback.unit_id, alone=Feedback.recognition_id.is_(None))))
    if found is None:
        raise NotFound("没有这条反馈")
    return found


def _owed_by(actor: Actor, unit_id: Any, alone: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """The own unit's, or of the mechanisms overseen (the query joins the recognition); ``alone``: what stands without a recognition."""
    wide = actor.oversees(Permission.REGISTRY_READ)
    if wide is None:
        return true()
    own = unit_id.in_(actor.unit_ids if actor.roles & UNIT_ROLES else ())
    if not wide:
        return own
    of_mechanism = Recognition.category_id.in_(select(Category.id).join(Scheme).where(Scheme.mechanism_id.in_(wide)))
    return or_(own, of_mechanism) if alone is None else or_(own, of_mechanism, alone)


def _id(number: int) -> int:
    """An id that a column can hold; others are nobody's."""
    return number if 0 < number <= LARGEST_ID else 0
