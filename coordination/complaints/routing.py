"""Whose is a case: the units ranked, each with its confidence and the reasons for it. Pure: no database, no clock, no network.

What people decided (a designation, a unit's «not ours») outranks what was learned; what nobody can give a reason for is preset to nobody.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coordination.complaints import explaining, learning
from coordination.complaints.explaining import (
    ByCases,
    ByDuty,
    ByRuling,
    BySubject,
    ByTerritory,
    DutyText,
    Reason,
    Ruling,
    RulingKind,
    Wording,
    Written,
)
from coordination.complaints.grams import MOST, Message, Rows, plain
from coordination.complaints.learning import Confirmed, Model, ModelBroken

SUBJECT_SAYS, TERRITORY_SAYS, KEYWORD_SAYS, EXCLUDED_SAYS = 3.0, 2.0, 1.0, -3.0  # in natural logarithms of odds
MOST_KEYWORDS_SAY = 3.0
ALIKE = 0.6  # share of a ruling's words that a case must have
SIMILAR = 0.25  # likeness from which a confirmed case is shown as similar
NEIGHBOURS = 10
RARE, RARE_SHARE = 2.5, 0.3  # rarity of a word that is a reason: fewer than every fourth text has it; among few texts a share of the rarest
SHOWN = 5  # units that get reasons
LEAST_HAN = 4  # characters: fewer do not tell a matter
SURE_OF_PART = 0.8
MOST_CUTS = 5
_HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")


class Note(StrEnum):
    """What a person should know of an answer; the label is for the screen."""

    EMPTY = "没有可供判断的文字"
    SHORT = "文字过少"
    NOT_CHINESE = "不是中文，请人工判断"
    CONTACT_ONLY = "只有联系方式，没有诉求"
    NO_REASON = "没有找到职责或相似投诉作依据"
    UNSURE = "把握不足，请人工判断"
    TWO_MATTERS = "可能涉及两件事，可拆分办理"
    NO_MODEL = "模型不能读取，暂按职责文字判断"


@dataclass(frozen=True)
class Case:
    """What is known of a case to be routed."""

    detail: str
    title: str = ""
    subject: str = ""
    territory: str = ""
    business: str = ""
    decided: tuple[Ruling, ...] = ()
    """What was decided of this very case, such as a unit's «not ours»."""

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Name and text of what was written."""
        return ("title", self.title), ("detail", self.detail)


@dataclass(frozen=True)
class Suggestion:
    """A unit, how likely it is the right one (0 to 1), why, and the sections or stations under it, ranked in the same way."""

    unit: str
    confidence: float
    reasons: tuple[Reason, ...] = ()
    within: tuple["Suggestion", ...] = ()


@dataclass(frozen=True)
class Part:
    """A stretch of the detail that is about a matter of its own."""

    start: int
    end: int
    unit: str
    confidence: float


@dataclass(frozen=True)
class Answer:
    """Units by falling confidence. ``preset`` is the unit a form may begin with: None when nobody should trust it."""

    ranked: tuple[Suggestion, ...]
    preset: str | None
    notes: tuple[Note, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What holds on the day of asking: duties in force ``on`` it, rulings, which unit is under which, and the office's threshold."""

    on: date
    rulings: tuple[Ruling, ...] = ()
    parents: Mapping[str, str] = field(default_factory=dict)
    threshold: float = 0.6


class Router:
    """Ranks the units for a case. Made by training on confirmed cases, or from a stored model; without either it reads the duties."""

    def __init__(
        self,
        duties: Sequence[DutyText],
        confirmed: Sequence[Confirmed] = (),
        *,
        terms: Terms,
        unlabelled: Sequence[Message] = (),
        seed: int = 0,
    ) -> None:
        texts = _texts([duty for duty in duties if duty.in_force(terms.on)])
        trained = learning.train_checked(texts, confirmed, unlabelled, seed)
        self.unseen: NDArray[Any] | None = trained.unseen
        """Confidence in each confirmed case while it was left out (``model.units`` across); None of a model that was loaded."""
        self._begin(trained.model, duties, terms)

    @classmethod
    def load(cls, content: bytes, duties: Sequence[DutyText], *, terms: Terms) -> "Router":
        """Take up a stored model with the duties of today. One that does not load: the duty text answers and says so."""
        try:
            model = Model.from_bytes(content)
        except ModelBroken as broken:
            router = cls(duties, terms=terms)
            router.fallback = str(broken)
            return router
        router = cls.__new__(cls)
        router.unseen = None
        router._begin(model, duties, terms)
        return router

    def _begin(self, model: Model, duties: Sequence[DutyText], terms: Terms) -> None:
        in_force = [duty for duty in duties if duty.in_force(terms.on)]
        texts = {ruling.unit: "" for ruling in terms.rulings} | _texts(in_force)
        self.terms, self.model = terms, model.knowing(texts)
        self.fallback: str | None = None
        """Why the stored model was not taken, for the log; None when all is well."""
        self._scorer = self.model.scorer(texts)
        self.units = self._scorer.units
        self._place = {unit: at for at, unit in enumerate(self.units)}
        self._duties = {unit: tuple(duty for duty in in_force if duty.unit == unit and duty.lead) for unit in self.units}
        self._wordings = {unit: Wording(duties) for unit, duties in self._duties.items()}
        special = {unit for unit, duties in self._duties.items() if any(one.keywords or one.excluded or one.territory for one in duties)}
        self._special = [unit in special for unit in self.units]
        self._territories = {territory for duty in in_force for territory in duty.territories}
        self._rarities: dict[str, float] = {}
        rarest = float(self.model.vocabulary.rarity.max(initial=1))
        self._least_rarity = min(RARE, 1 + RARE_SHARE * (rarest - 1))
        withdrawn = {duty.unit for duty in duties} - {duty.unit for duty in in_force}
        self._withdrawn = np.array([unit in withdrawn for unit in self.units], dtype=bool)
        rulings = sorted(terms.rulings, key=lambda ruling: list(RulingKind).index(ruling.kind))
        self._rulings = [(ruling, set(self._row(Message("", ruling.text)).columns.tolist())) for ruling in rulings]

    def save(self) -> bytes:
        """The trained model, to be taken up by ``load``."""
        return self.model.to_bytes()

    def rank(self, cases: Sequence[Case]) -> list[list[tuple[str, float]]]:
        """Unit and confidence, by falling confidence, for each of many cases; without the reasons."""
        rows = self.model.vocabulary.rows([Message(case.title, case.detail) for case in cases])
        confidence = self._confidence(cases, rows)
        order = np.argsort(-confidence, axis=1, kind="stable")
        return [
            [(self.units[at], float(confidence[i, at])) for at in line if not self._withdrawn[at]] for i, line in enumerate(order.tolist())
        ]

    def reads(self, case: Case) -> bool:
        """Has the case a text, or a subject, to be judged by?"""
        return _shortcoming(case) in (None, Note.SHORT) or bool(case.subject or case.decided)

    def suggest(self, case: Case) -> Answer:
        """The ranked units with their reasons, what a form may begin with, and what a person should know."""
        row = self._row(Message(case.title, case.detail))
        short_of = _shortcoming(case)
        notes = [note for note in (short_of, Note.NO_MODEL if self.fallback is not None else None) if note]
        ruled = {id(ruling): ruling for ruling in self._rulings_on(case, row)}.values()
        reads = short_of in (None, Note.SHORT)
        if not reads and not ruled and not case.subject:
            return Answer((), None, tuple(notes))
        confidence = self._confidence([case], row)[0]
        neighbours = self._neighbours(row) if reads else []
        ranked = self._ranked(case, confidence, neighbours, tuple(ruled))
        first = ranked[0] if ranked else None
        parts = self._parts(case) if short_of is None else ()
        if parts:
            notes.append(Note.TWO_MATTERS)
        if first is not None and not first.reasons:
            notes.append(Note.NO_REASON)
        decided = first is not None and any(isinstance(reason, ByRuling) for reason in first.reasons)
        sure = first is not None and bool(first.reasons) and first.confidence >= self.terms.threshold
        sure = sure and (decided or (short_of is None and not parts))
        if not sure:
            notes.append(Note.UNSURE)
        return Answer(ranked, first.unit if first is not None and sure else None, tuple(notes), parts)

    def _row(self, message: Message) -> Rows:
        return self.model.vocabulary.rows([message])

    def _confidence(self, cases: Sequence[Case], rows: Rows) -> NDArray[Any]:
        scores = self._scorer.of(rows).astype(np.float64)
        for at, case in enumerate(cases):
            if _shortcoming(case) not in (None, Note.SHORT):
                scores[at] = 0
            scores[at] += self._said(case)
        scores[:, self._withdrawn] = -np.inf
        confidence = learning.softmax(scores) if scores.size and not self._withdrawn.all() else np.zeros_like(scores)
        if self._rulings or any(case.decided for case in cases):
            for at, case in enumerate(cases):
                confidence[at] = self._ruled(confidence[at], self._rulings_on(case, rows.one(at)))
        return confidence

    def _said(self, case: Case) -> NDArray[Any]:
        """What subject, territory, keywords and exclusions say for and against each unit."""
        said = np.zeros(len(self.units))
        text = plain(f"{case.title}\n{case.detail}")
        for at, unit in enumerate(self.units):
            duties = self._duties[unit]
            if not duties or not (case.subject or self._special[at]):
                continue
            fit = [duty for duty in duties if not duty.is_excluded(text)]
            said[at] += SUBJECT_SAYS * any(case.subject and duty.subject == case.subject for duty in fit)
            said[at] += TERRITORY_SAYS * any(_in_territory(duty, case) for duty in fit)
            elsewhere = any(territory in case.territory for territory in self._territories)
            if elsewhere and all(duty.territory and not _in_territory(duty, case) for duty in duties):
                said[at] -= TERRITORY_SAYS
            weights = {word: weight for duty in fit for word, weight in duty.plain_keywords if word in text}
            said[at] += min(MOST_KEYWORDS_SAY, KEYWORD_SAYS * sum(weights.values()))
            said[at] += EXCLUDED_SAYS * (not fit)
        return said

    def _rulings_on(self, case: Case, row: Rows) -> list[Ruling]:
        has = set(row.columns.tolist())
        alike = [ruling for ruling, words in self._rulings if _holds(ruling, words, case, has)]
        return [ruling for ruling in (*case.decided, *alike) if ruling.unit in self._place]

    def _ruled(self, confidence: NDArray[Any], rulings: Sequence[Ruling]) -> NDArray[Any]:
        """A designation is certain; a unit that answered «not ours» gets nothing; a preference decides between the rest."""
        of = {kind: [self._place[ruling.unit] for ruling in rulings if ruling.kind == kind] for kind in RulingKind}
        named = of[RulingKind.DESIGNATED][:1]
        confidence = confidence.copy()
        confidence[[at for at in of[RulingKind.NOT_OURS] if at not in named]] = 0
        preferred = [at for at in of[RulingKind.PREFERRED] if at not in of[RulingKind.NOT_OURS]][:1]
        if named or preferred:
            certain = np.zeros_like(confidence)
            certain[named or preferred] = 1
            share = 1.0 if named else 0.9
            confidence[named or preferred] = 0
            return share * certain + (1 - share) * confidence / (confidence.sum() or 1)
        return confidence / (confidence.sum() or 1)

    def _neighbours(self, row: Rows) -> list[int]:
        if not self.model.cases.refs:
            return []
        likeness = self.model.cases.likeness(row, len(self.model.vocabulary))
        first = np.argsort(-likeness, kind="stable")[:NEIGHBOURS]
        return [int(at) for at in first if likeness[at] >= SIMILAR]

    def _ranked(self, case: Case, confidence: NDArray[Any], neighbours: list[int], ruled: Sequence[Ruling]) -> tuple[Suggestion, ...]:
        """Bureaus first: a bureau is as likely as it and all under it together."""
        shown = [at for at in np.argsort(-confidence, kind="stable").tolist() if not self._withdrawn[at]]
        ruled_on = {ruling.unit for ruling in ruled}
        told_of = [at for place, at in enumerate(shown) if place < SHOWN or self.units[at] in ruled_on]
        written = Written(case.fields)
        told = {at: self._reasons(case, self.units[at], neighbours, ruled, written) for at in told_of}
        own = [Suggestion(self.units[at], float(confidence[at]), told.get(at, ())) for at in shown]
        groups: dict[str, list[Suggestion]] = {}
        for one in own:
            groups.setdefault(self.bureau(one.unit), []).append(one)
        joined = [_joined(bureau, members) for bureau, members in groups.items()]
        return tuple(sorted(joined, key=lambda one: -one.confidence))

    def bureau(self, unit: str) -> str:
        """The topmost unit above this one."""
        seen = {unit}
        while (above := self.terms.parents.get(unit)) is not None and above not in seen:
            seen.add(above)
            unit = above
        return unit

    def _reasons(self, case: Case, unit: str, neighbours: Sequence[int], ruled: Sequence[Ruling], written: Written) -> tuple[Reason, ...]:
        reasons: list[Reason] = [ByRuling(ruling) for ruling in ruled if ruling.unit == unit]
        duties = [duty for duty in self._duties[unit] if not duty.is_excluded(written.text)]
        reasons += [BySubject(duty) for duty in duties if case.subject and duty.subject == case.subject][:1]
        by_words = self._by_words(unit, written)
        keywords = (explaining.by_keyword(duty, written) for duty in duties if duty.keywords)
        reasons += [*([by_words] if by_words else []), *[found for found in keywords if found][:1]]
        reasons += [ByTerritory(duty) for duty in duties if _in_territory(duty, case)][:1]
        cases = self.model.cases
        theirs = [at for at in neighbours if self.model.units[cases.owners[at]] == unit]
        if theirs:
            reasons.append(ByCases(len(theirs), len(neighbours), tuple(cases.refs[at] for at in theirs)))
        return tuple(reasons)

    def _by_words(self, unit: str, written: Written) -> ByDuty | None:
        return self._wordings[unit].shared(written, self._rarity, self._least_rarity)

    def _rarity(self, pair: str) -> float:
        if pair not in self._rarities:
            self._rarities[pair] = self.model.vocabulary.rarity_of(pair)
        return self._rarities[pair]

    def _parts(self, case: Case) -> tuple[Part, ...]:
        """Where the detail falls into two stretches that surely are different units' matters; nothing otherwise."""
        ends = [found.end() for found in _SENTENCE.finditer(case.detail)][:-1]
        cuts = [ends[at] for at in sorted({round(i * (len(ends) - 1) / max(MOST_CUTS - 1, 1)) for i in range(MOST_CUTS)})] if ends else []
        spans = [span for cut in cuts for span in ((0, cut), (cut, len(case.detail)))]
        parts = [replace(case, title="", detail=case.detail[start:end], subject="") for start, end in spans]
        if not parts:
            return ()
        told = [line[0] if line else ("", 0.0) for line in self.rank(parts)]
        best: tuple[float, tuple[Part, ...]] = (SURE_OF_PART, ())
        for at in range(0, len(parts), 2):
            (one, sure), (other, as_sure) = told[at : at + 2]
            whole = all(not _shortcoming(part) for part in parts[at : at + 2])
            if whole and self.bureau(one) != self.bureau(other) and min(sure, as_sure) >= best[0]:
                found = tuple(Part(*spans[at + i], *told[at + i]) for i in (0, 1))
                if all(self._by_words(part.unit, Written(parts[at + i].fields)) for i, part in enumerate(found)):
                    best = min(sure, as_sure), found
        return best[1]


def _texts(duties: Sequence[DutyText]) -> dict[str, str]:
    """What each unit leads in, in one text: subjects, wording and keywords."""
    texts: dict[str, str] = {}
    for duty in duties:
        words = "\n".join([duty.subject, duty.text, *(word for word, _ in duty.keywords)]) if duty.lead else ""
        texts[duty.unit] = f"{texts[duty.unit]}\n{words}" if duty.unit in texts else words
    return texts


def _shortcoming(case: Case) -> Note | None:
    """Why the text cannot be judged, if so."""
    written = f"{case.title}\n{case.detail}"
    if not written.strip():
        return Note.EMPTY
    number = len(_HAN.findall(written[:MOST]))
    if not number:
        letters = sum(one.isalpha() for one in written)
        return Note.NOT_CHINESE if letters else Note.CONTACT_ONLY
    if re.search(r"\d{7,}", written) and number < 2 * LEAST_HAN and re.search(r"电话|手机|联系|微信|号码", written):
        return Note.CONTACT_ONLY
    return Note.SHORT if number < LEAST_HAN else None


def _in_territory(duty: DutyText, case: Case) -> bool:
    """Does the place of the case lie there? Where none is given, does the text name it?"""
    where = case.territory or case.title + case.detail
    return any(territory in where for territory in duty.territories)


def _holds(ruling: Ruling, words: set[int], case: Case, has: set[int]) -> bool:
    named = [(ruling.subject, case.subject), (ruling.business, case.business), (ruling.territory, case.territory)]
    if any(wanted and wanted != given for wanted, given in named[:2]) or ruling.territory not in case.territory:
        return False
    if ruling.text:
        return bool(words) and len(words & has) >= ALIKE * len(words)
    return any(wanted for wanted, _ in named)


def _joined(bureau: str, members: list[Suggestion]) -> Suggestion:
    if len(members) == 1 and members[0].unit == bureau:
        return members[0]
    reasons = tuple(reason for member in members for reason in member.reasons)
    within = tuple(member for member in members if member.unit != bureau)
    return Suggestion(bureau, min(1.0, sum(member.confidence for member in members)), reasons, within)
