"""Official sentences into clauses: who leads, who co-operates, by when, what comes of it; with the words each was read from."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from coordination.clauses.deliverables import deliverable
from coordination.clauses.drafts import Draft, SentenceReader, Told
from coordination.clauses.dues import NONE, Due, dues
from coordination.clauses.labels import EVERYWHERE, FIRST_LEADS, Answer, Labelled, Notes, is_head, labelled, note, row
from coordination.clauses.names import Entry, index, mentions
from coordination.clauses.shape import DUE, UNIT, Sentence, Shape, sentences, shape
from coordination.clauses.text import Plain, plain
from models.calendar import Calendar

FIELDS = ("lead", "co", "due", "deliverable")
LONGEST_HEADING = 26
_STAYS = re.compile("(?:保持|稳定|维持)在")
_LASTS = re.compile("(?:长期|持续|常年|始终)(?:坚持|推进|开展)|常态化(?:推进|开展)?|全年|(?:并)?(?:抓好|认真)?落实|特此通知")
_ENUMERATES = re.compile(rf"{UNIT}[^，；]{{0,14}}：(?:一是|1|一、|（[一1]）|①|（1）)")


@dataclass(frozen=True)
class Term:
    """By when: ``kind`` and ``value`` as dues.Due has them, ``raw`` the words it was read from."""

    kind: str = NONE
    value: str | None = None
    raw: str = ""


@dataclass(frozen=True)
class Clause:
    """One task. ``lead`` and ``co`` are names of the register, ``unknown`` words for units it has none for.

    ``spans``: by field the [start, end) in code points of the text that the field was read from. ``certain``: False for a field that a
    person must look at; ``doubts`` says why, in words.
    """

    text_span: str
    span: list[int]
    lead: list[str]
    co: list[str]
    unknown: list[str]
    due: Term
    deliverable: str
    spans: dict[str, list[list[int]]]
    certain: dict[str, bool]
    doubts: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As JSON shows it."""
        return asdict(self)

    def in_words(self) -> str:
        """读作: the fields on one line, and what must be looked at."""
        said = self.due.value or self.due.raw or "未写明"
        fields = [
            f"牵头 {'、'.join(self.lead) or '未写明'}",
            f"配合 {'、'.join(self.co) or '无'}",
            f"时限 {said}",
            f"成果 {self.deliverable or '未写明'}",
        ]
        return "｜".join(fields) + (f"　请核对：{'；'.join(self.doubts)}" if self.doubts else "")


def read(text: str, register: Iterable[Entry], on: date, calendar: Calendar) -> list[Clause]:
    """The tasks a text gives, in order; none where it gives none.

    ``register``: the units it may name; ``on``: the meeting's day, from which limits are counted; ``calendar``: for limits in working
    days. Never fails on a text; costs time in proportion to it.
    """
    simple = plain(text)
    units = mentions(simple.text, index(tuple(register)))
    shaped = shape(simple.text, units, dues(simple.text, on, calendar))
    return [_clause(text, simple, shaped, draft) for draft in _Reader(shaped).read()]


class _Reader:
    """Walks the sentences of a text. ``block``: the tasks since the last numbering, whom a responsibility behind them answers for."""

    def __init__(self, shaped: Shape) -> None:
        self.shaped = shaped
        self.notes = Notes(shaped)
        self.done: list[Draft] = []
        self.block: list[Draft] = []
        self.pending = Answer()
        self.carried = Answer()
        self.block_due: int | None = None
        self.leading: int | None = None
        self.addressed: list[int] = []
        self.head = ""
        self.all_first_lead = False
        self.last_stop = self.before = ""

    def read(self) -> list[Draft]:
        """Every task in order."""
        before = ""
        for sentence in sentences(self.shaped):
            if sentence.level and sentence.level <= 3 and before != "；":
                self._end_block()
            if before != "；":
                self.carried = Answer()
            if sentence.end > sentence.start:
                self._take(sentence)
            if sentence.stop != "；":
                self.leading = None
            before = self.before = sentence.stop
            if sentence.end > sentence.start:
                self.last_stop = sentence.stop
        self._end_block()
        for draft in self.done:
            if self.all_first_lead and not draft.answer.lead and len(draft.answer.responsible) > 1:
                draft.answer.first_leads = True
            self._address(draft)
        return sorted(self.done, key=lambda draft: (draft.start, draft.end))

    # -- one sentence

    def _take(self, sentence: Sentence) -> None:
        text, start, end = self.shaped.text, sentence.start, sentence.end
        whole = text[start:end]
        if sentence.stop == "？":
            return
        if is_head(text, start, end):
            self.head = whole
            return
        if FIRST_LEADS.search(whole) and UNIT not in whole and EVERYWHERE.search(whole):
            self.all_first_lead = True
            return
        if whole.endswith("：") and sentence.stop in ("\n", "") and _is_salutation(whole):
            self.addressed = [at for at in self.shaped.units if start <= at < end]
            return
        if sentence.is_note:
            self._close(note(self.shaped, start, end), end)
            return
        line = row(self.shaped, start, end, self.head)
        if line is not None:
            draft = Draft(*line.task, answer=line.answer, actions=[line.task], due=line.answer.dues[0] if line.answer.dues else None)
            self.block.append(draft)
            return
        found = labelled(self.shaped, start, end, self.notes.text)
        if found is None:
            self._told(SentenceReader(self.shaped, self.notes, start, end, self.leading).read(), sentence)
        elif not found.is_told:
            self._labelled(found, sentence)

    def _labelled(self, found: Labelled, sentence: Sentence) -> None:
        """Body, then labels: the labels answer for the body, for the tasks before, or for those to come."""
        before = [draft for draft in self.block if draft.is_open]
        if found.at > sentence.start and self.shaped.text[sentence.start : found.at].strip("，、 \t-："):
            self._told(SentenceReader(self.shaped, self.notes, sentence.start, found.at, self.leading).read(), sentence)
        for start, end in found.tasks:
            while end > start and self.shaped.text[end - 1] in " \t，、-":
                end -= 1
            if end > start:
                self._told(SentenceReader(self.shaped, self.notes, start, end, None).read(), sentence)
        del before
        self._close(found.answer, sentence.end, is_label=True)

    def _told(self, told: Told, sentence: Sentence) -> None:
        drafts = [draft for draft in told.drafts if not (draft.is_open and _LASTS.fullmatch(self._text(draft)))]
        self.leading = told.leading_due
        if told.due_for_all_before is not None:
            for draft in [*self.done, *self.block]:
                draft.due = draft.due if draft.due is not None else told.due_for_all_before
        for draft in drafts:
            if draft.due is None and self.block_due is not None:
                draft.due = self.block_due
        if sentence.level and told.heading_due is not None and not any(draft.answer.names_units for draft in drafts):
            self.block_due = told.heading_due
        if (
            drafts
            and sentence.level
            and drafts[0].is_open
            and sentence.end - sentence.start <= LONGEST_HEADING
            and sentence.stop in "。\n："
        ):
            drafts[0].is_heading = True
        if drafts and self._is_signature(drafts, sentence):
            return
        if len(drafts) == 1 and not drafts[0].actions and not drafts[0].is_open and any(draft.is_open for draft in self.block):
            answer = drafts[0].answer
            answer.dues = [drafts[0].due] if drafts[0].due is not None else []
            self._close(answer, sentence.end)
            return
        if len(drafts) == 1 and not drafts[0].actions and not drafts[0].is_open and drafts[0].due is None:
            self.pending.add(drafts[0].answer)
            return
        if drafts and (self.pending.names_units or self.pending.dues):
            for draft in drafts:
                if draft.is_open:
                    draft.answer = self.pending.copy()
                draft.due = draft.due if draft.due is not None else next(iter(self.pending.dues), None)
            self.pending = Answer()
        for draft in drafts:
            if draft.is_open and self.carried.names_units:
                draft.answer = self.carried.copy()
        if sentence.stop == "；" and drafts and _ENUMERATES.search(self.shaped.text[sentence.start : sentence.end]):
            self.carried = drafts[0].answer.copy()
        if self.before == "；" and not sentence.level and self.block and drafts and drafts[0].is_open:
            drafts[0].follows = self.block[-1]
        self._bracket_closes(drafts)
        self.block += drafts

    def _is_signature(self, drafts: list[Draft], sentence: Sentence) -> bool:
        """Units alone in a line, below a sentence that was ended: who signs, not who answers."""
        alone = len(drafts) == 1 and not drafts[0].actions and not drafts[0].has_cue
        return alone and sentence.stop in ("\n", "") and self.last_stop in ("。", "", "！") and not drafts[0].is_open

    def _bracket_closes(self, drafts: list[Draft]) -> None:
        """A heading before a task that somebody answers for is its title."""
        if drafts and not drafts[0].is_open and self.block and self.block[-1].is_heading:
            title = self.block.pop()
            drafts[0].title = (title.start, title.end)

    def _close(self, answer: Answer | None, end: int, *, is_label: bool = False) -> None:
        """Responsibility behind its tasks: it answers for all that nobody answers for yet; with none there it waits for what follows."""
        if answer is None:
            return
        waiting = [draft for draft in self.block if draft.is_open]
        if len(waiting) > 1 and waiting[0].is_heading:
            title = waiting.pop(0)
            self.block.remove(title)
            waiting[0].title = (title.start, title.end)
        if not waiting:
            if is_label and (answer.names_units or not self.block):
                self.pending.add(answer)
            if answer.dues and self.block:
                for draft in self.block:
                    draft.due = draft.due if draft.due is not None else answer.dues[-1]
            if self.block and not answer.has_subject and answer.names_units:
                self.block[-1].answer.add(answer)
                self.pending = Answer()
            return
        if answer.names_units:
            for draft in waiting:
                draft.answer = answer.copy()
        if answer.dues:
            for draft in waiting if answer.names_units else self.block:
                if draft.due is None or self.shaped.dues[draft.due].kind == NONE:
                    draft.due = answer.dues[0]

    def _end_block(self) -> None:
        """What nobody answers for is a task only where it has a limit or was decided."""
        named = [draft for draft in self.block if not draft.is_open]
        for draft in self.block:
            if draft.is_open and draft.actions and draft.follows is not None and draft.follows.answer.has_subject:
                draft.answer = draft.follows.answer.copy()
                draft.answer.is_doubtful = True
            if draft.is_open:
                limit = self.shaped.dues[draft.due] if draft.due is not None else None
                if (
                    draft.is_heading
                    and (named or len(self.block) > 1)
                    or not draft.actions
                    or _STAYS.search(self._text(draft))
                    or not (draft.is_ordered or (limit and limit.kind != NONE and not limit.is_over))
                ):
                    continue
            self.done.append(draft)
        self.block, self.block_due, self.pending = [], None, Answer()

    def _text(self, draft: Draft) -> str:
        return self.shaped.text[draft.start : draft.end]

    def _address(self, draft: Draft) -> None:
        """你单位 is the one the letter speaks to, where it names one."""
        if len(self.addressed) != 1:
            return
        for places in (draft.answer.lead, draft.answer.responsible):
            for number, place in enumerate(places):
                unit = self.shaped.units[place]
                if not unit.is_known and self.shaped.is_spoken_to(place):
                    self.shaped.units[place] = type(unit)(unit.start, unit.end, self.shaped.units[self.addressed[0]].names)
                    places[number] = place
                    draft.answer.is_doubtful = True


def _is_salutation(whole: str) -> bool:
    """The units a letter speaks to: 县市场监管局：, 各乡镇人民政府，县政府各部门："""
    rest = re.sub(rf"[{UNIT}、，：和与及 ]", "", whole)
    return UNIT in whole and len(rest) <= 12 and not re.search("要|请|须|应|做好|如下|以下|工作|负责|牵头|职责", rest)


def _roles(answer: Answer) -> tuple[list[int], list[int]]:
    """Who leads and who co-operates: where one leads, everybody else responsible co-operates; else all responsible lead."""
    lead, responsible = [*answer.lead, *answer.helped], list(answer.responsible)
    co = [*answer.co]
    if answer.first_leads and not lead:
        lead, responsible = responsible[:1], responsible[1:]
    if answer.helped and not answer.lead:
        co += responsible + answer.soft
    elif lead:
        co += responsible + answer.soft
    elif responsible:
        lead, co = responsible, co + answer.soft
    else:
        lead = list(answer.soft)
    return sorted(set(lead)), sorted(set(co) - set(lead))


def _clause(written: str, simple: Plain, shaped: Shape, draft: Draft) -> Clause:
    lead, co = _roles(draft.answer)
    doubts: list[str] = []
    spans: dict[str, list[list[int]]] = {name: [] for name in FIELDS}
    unknown: list[str] = []
    names: dict[str, list[str]] = {"lead": [], "co": []}
    certain = dict.fromkeys(FIELDS, True)
    for role, places in (("lead", lead), ("co", co)):
        for place in places:
            unit, where = shaped.units[place], simple.span(shaped.starts[place], shaped.units[place].end)
            if unit.name is None:
                raw = written[where[0] : where[1]]
                certain[role] = False
                if raw not in unknown:
                    unknown.append(raw)
                    doubts.append(_asking(raw, unit.names))
            elif unit.name not in (*names["lead"], *names["co"]):
                names[role].append(unit.name)
                spans[role].append(where)
    if draft.answer.is_doubtful:
        certain["lead"] = certain["co"] = False
        doubts.append("牵头、配合单位按位置读出，请核对")
    if not lead:
        certain["lead"] = False
        doubts.append("没有写明牵头单位")
    term = _term(written, simple, shaped, draft, spans, certain, doubts)
    result = _result(written, simple, shaped, draft, spans, certain)
    where = _whole(simple, shaped, draft)
    return Clause(written[where[0] : where[1]], where, names["lead"], names["co"], unknown, term, result, spans, certain, doubts)


def _asking(raw: str, choices: tuple[str, ...]) -> str:
    if choices:
        return f"“{raw}”可指{'、'.join(choices)}，请选择"
    return f"“{raw}”对应不到单位，请选择"


def _term(
    written: str, simple: Plain, shaped: Shape, draft: Draft, spans: dict[str, list[list[int]]], certain: dict[str, bool], doubts: list[str]
) -> Term:
    if draft.due is None:
        return Term()
    due: Due = shaped.dues[draft.due]
    where = simple.span(due.start, due.end)
    raw = written[where[0] : where[1]]
    spans["due"].append(where)
    value = due.value
    if due.doubt or draft.is_doubtful_due:
        certain["due"] = False
        doubts.append(due.doubt or "有两个时限，请选择")
        value = None if draft.is_doubtful_due else value
    return Term(due.kind, value, raw)


def _result(written: str, simple: Plain, shaped: Shape, draft: Draft, spans: dict[str, list[list[int]]], certain: dict[str, bool]) -> str:
    found = deliverable(shaped.text, draft.actions)
    if draft.title is not None and (found is None or not found[2]):
        named = deliverable(shaped.text, [draft.title])
        found = named if named and (named[2] or found is None) else found
    if found is None:
        certain["deliverable"] = False
        return ""
    certain["deliverable"] = found[2]
    where = simple.span(shaped.starts[found[0]], shaped.ends[found[1] - 1])
    spans["deliverable"].append(where)
    return written[where[0] : where[1]]


def _whole(simple: Plain, shaped: Shape, draft: Draft) -> list[int]:
    start, end = draft.start, draft.end
    while start < end and shaped.text[start] in " \t，、：\n":
        start += 1
    while end > start and shaped.text[end - 1] in " \t，、；：\n":
        end -= 1
    return simple.span(shaped.starts[start], shaped.ends[end - 1]) if end > start else [0, 0]


__all__ = ["DUE", "Clause", "Entry", "Term", "read"]
