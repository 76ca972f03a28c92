"""建议: whose a complaint probably is, from the duties of today, the version of the model in use, and what people decided.

The routing itself (``routing.py``) is pure; here it is told what the database knows. It is imported where it is asked: a process that
never routes pays nothing for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination import attachments
from coordination.complaints.preferring import preferences
from coordination.members.queries import duties_valid, heirs, standing
from coordination.settings.queries import setting
from models import Advice, Assignment, Complaint, RoutingModel, RoutingPreference, Subject
from models.calendar import SHANGHAI
from models.errors import BadInput

if TYPE_CHECKING:
    from coordination.complaints.explaining import DutyText, Ruling
    from coordination.complaints.routing import Answer, Case, Router

log = logging.getLogger(__name__)

MOST_RULINGS = 200  # of each kind that are heard, the newest
HEARD_FOR = timedelta(days=730)  # how long a «not ours» or a designation speaks for other cases
KEPT_RANKED = 3
WORDS_OF_TITLE = 300


@dataclass(frozen=True)
class Known:
    """What a router was made from; an equal one need not be made again."""

    model: RoutingKey | None
    duties: tuple[DutyText, ...]
    rulings: tuple[Ruling, ...]
    parents: tuple[tuple[str, str], ...]
    threshold: int
    on: date


@dataclass(frozen=True)
class RoutingKey:
    """A stored version: its row and its bytes."""

    id: int
    sha256: str


@dataclass(frozen=True)
class Advisor:
    """Suggests for complaints on one day; ``model_id``: the version it speaks from, None for the duty texts alone."""

    router: Router
    model_id: int | None
    subjects: frozenset[str]
    businesses: frozenset[str]

    def advise(self, complaint: Complaint) -> Advised:
        """The ranked units with their reasons."""
        return Advised(self.router.suggest(self.case_of(complaint)), self.model_id)

    def first(self, complaints: Sequence[Complaint]) -> dict[int, tuple[int, float]]:
        """For each complaint the likeliest unit and how sure that is, without reasons, for a list. Those nobody can judge are left out."""
        cases = [self.case_of(one) for one in complaints]
        found = {}
        for complaint, case, ranked in zip(complaints, cases, self.router.rank(cases), strict=True):
            if ranked and self.router.reads(case):
                shares: dict[str, float] = {}
                for unit, confidence in ranked:
                    bureau = self.router.bureau(unit)
                    shares[bureau] = shares.get(bureau, 0) + confidence
                unit, confidence = max(shares.items(), key=lambda pair: pair[1])
                found[complaint.id] = int(unit), min(confidence, 1.0)
        return found

    def case_of(self, complaint: Complaint) -> Case:
        """The complaint as the routing reads it: masked as it is kept."""
        from coordination.complaints.routing import Case

        title, detail = texts_of(complaint.category, complaint.problem, complaint.request, complaint.text)
        named = (complaint.target_uscc, complaint.target_name)
        return Case(
            detail,
            title,
            subject=next((word for word in (complaint.category, complaint.problem) if word in self.subjects), ""),
            territory=complaint.place,
            business=next((word for word in named if word in self.businesses), complaint.target_name),
            decided=_own_rulings(complaint, self.router.terms.on),
        )


@dataclass(frozen=True)
class Advised:
    """A suggestion as it was given, units by id in text."""

    answer: Answer
    model_id: int | None

    @property
    def unit_id(self) -> int | None:
        """The unit a form begins with; None where nobody is sure enough."""
        return int(self.answer.preset) if self.answer.preset is not None else None

    @property
    def subject(self) -> str:
        """The class of the duty that speaks for the first unit; empty if none does."""
        first = self.answer.ranked[0] if self.answer.ranked else None
        duties = (getattr(reason, "duty", None) for reason in first.reasons) if first else ()
        return next((duty.subject for duty in duties if duty is not None), "")

    def is_followed_by(self, unit_id: int) -> bool:
        """Is this the unit suggested, or a body under it that is among the suggestions?"""
        if self.unit_id is None:
            return False
        first = self.answer.ranked[0]
        return str(unit_id) in {first.unit, *(one.unit for one in first.within)}

    def check(self, unit_id: int, why: str) -> None:
        """BadInput when another unit is chosen without a reason."""
        if self.unit_id is not None and not self.is_followed_by(unit_id) and not why.strip():
            raise BadInput("没有采用建议的单位，请写明理由")

    def record(self, session: Session, given: Assignment, *, why: str, is_automatic: bool, now: datetime) -> Advice:
        """Keep what was suggested beside what was done."""
        followed = self.is_followed_by(given.unit_id)
        made = Advice(
            assignment=given,
            model_id=self.model_id,
            at=now,
            ranked=[[int(one.unit), round(one.confidence, 4)] for one in self.answer.ranked[:KEPT_RANKED]],
            suggested_id=self.unit_id,
            followed=followed,
            is_automatic=is_automatic,
            why="" if followed else why.strip(),
        )
        session.add(made)
        return made


_kept: tuple[Known, Router] | None = None  # the last router of this process; a page of today asks for the same again


def advisor(session: Session, today: date, version: RoutingModel | None = None) -> Advisor:
    """Who suggests today: by the version in use, or (to compare) by another."""
    standing_ = preferences(session)
    version = version or in_use(session)
    known = Known(
        model=RoutingKey(version.id, version.file.sha256) if version is not None and version.file is not None else None,
        duties=duty_texts(session, today),
        rulings=(*_preferred(standing_, today), *_decided(session, today)),
        parents=tuple((str(unit.id), str(unit.parent_id)) for unit in standing(session, today) if unit.parent_id is not None),
        threshold=setting(session, "routing_threshold"),
        on=today,
    )
    router = _router(known, version)
    subjects = frozenset(session.scalars(select(Subject.name)))
    businesses = frozenset(one.business for one in standing_ if one.business)
    return Advisor(router, known.model.id if known.model and router.fallback is None else None, subjects, businesses)


def in_use(session: Session) -> RoutingModel | None:
    """The version chosen last; None before the first training."""
    query = select(RoutingModel).where(RoutingModel.chosen_at.is_not(None)).options(joinedload(RoutingModel.file))
    return session.scalars(query.order_by(RoutingModel.chosen_at.desc(), RoutingModel.id.desc()).limit(1)).first()


def duty_texts(session: Session, today: date) -> tuple[DutyText, ...]:
    """The duties of today as the routing reads them."""
    from coordination.complaints.explaining import DutyText

    return tuple(
        DutyText(
            unit=str(duty.unit_id),
            text=duty.text,
            subject=duty.subject,
            clause=duty.clause,
            keywords=tuple((word, float(weight)) for word, weight in duty.keywords),
            excluded=duty.exclusions,
            territory="、".join(duty.territories),
            lead=duty.is_lead,
            ref=str(duty.id),
        )
        for duty in duties_valid(session, today)
    )


def _router(known: Known, version: RoutingModel | None) -> Router:
    global _kept
    if _kept is not None and _kept[0] == known:
        return _kept[1]
    from coordination.complaints.routing import Router, Terms

    terms = Terms(known.on, known.rulings, dict(known.parents), known.threshold / 100)
    if version is None or version.file is None:
        router = Router(known.duties, terms=terms)
    else:
        router = Router.load(_content(version), known.duties, terms=terms)
        if router.fallback is not None:
            log.error("routing model %s cannot be read: %s", version.id, router.fallback)
    _kept = known, router
    return router


def _content(version: RoutingModel) -> bytes:
    """The stored bytes; nothing where they are gone or spoilt, which the router then tells."""
    assert version.file is not None
    try:
        return attachments.read(version.file)
    except OSError:
        log.exception("routing model %s: the file is gone or spoilt", version.id)
        return b""


def _preferred(preferences: Iterable[RoutingPreference], today: date) -> list[Ruling]:
    from coordination.complaints.explaining import Ruling, RulingKind

    return [
        Ruling(
            str(one.unit.heir(today).id),
            RulingKind.PREFERRED,
            subject=one.subject.name if one.subject else "",
            business=one.business,
            territory=one.territory,
            why=one.why,
            ref=str(one.id),
        )
        for one in preferences
    ]


def _decided(session: Session, today: date) -> list[Ruling]:
    """The newest designations and «not ours» answers, for cases that are like theirs. A unit that has the case after all said nothing."""
    from coordination.complaints.explaining import Ruling, RulingKind

    answering = heirs(session, today)
    found = []
    kinds = ((Assignment.is_designated, RulingKind.DESIGNATED), (Assignment.sent_back, RulingKind.NOT_OURS))
    for condition, kind in kinds:
        query = select(Assignment).join(Complaint).where(condition, Assignment.is_lead, Complaint.text != "")
        query = query.where(Assignment.assigned_at >= datetime.combine(today - HEARD_FOR, time(), SHANGHAI))
        query = query.options(joinedload(Assignment.complaint).selectinload(Complaint.assignments))
        for one in session.scalars(query.order_by(Assignment.id.desc()).limit(MOST_RULINGS)):
            unit = answering.get(one.unit_id)
            unit_id = unit.id if unit is not None else one.unit_id
            if kind == RulingKind.NOT_OURS and one.complaint.lead is not None and one.complaint.lead.unit_id == one.unit_id:
                continue
            why = one.document_no if kind == RulingKind.DESIGNATED else one.reason
            found.append(Ruling(str(unit_id), kind, text=one.complaint.text, why=why, ref=one.complaint.number))
    return found


def _own_rulings(complaint: Complaint, today: date) -> tuple[Ruling, ...]:
    """The «not ours» answers to this very case."""
    from coordination.complaints.explaining import Ruling, RulingKind

    returns = complaint.returns
    return tuple(
        Ruling(str(one.answering(today).id), RulingKind.NOT_OURS, why=one.reason, ref=complaint.number) for one in returns if one.is_lead
    )


def names_of(session: Session, today: date) -> Mapping[str, str]:
    """Short names of the units that stand, by id in text."""
    return {str(unit.id): unit.short_name for unit in standing(session, today)}


def texts_of(category: str, problem: str, request: str, text: str) -> tuple[str, str]:
    """Title and detail of a complaint, as the routing learns from them and is asked."""
    return " ".join(filter(None, (category, problem, request)))[:WORDS_OF_TITLE], text
