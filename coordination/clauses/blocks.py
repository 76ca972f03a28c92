"""Tasks of a whole text: responsibility written behind its tasks, before them or in a heading, and whom a task left open falls to."""

import re
from dataclasses import replace
from itertools import pairwise

from coordination.clauses.accounts import Passages, has_day, is_account, is_letterhead, is_problem
from coordination.clauses.drafts import THESE, Draft, SentenceReader, Told
from coordination.clauses.frames import Frame
from coordination.clauses.labels import Answer, Labelled, Notes, glued_rows, labelled, named_again, note, row
from coordination.clauses.periods import NONE, RECURRING
from coordination.clauses.shape import DUE, MAIN_LEVELS, UNIT, Sentence, Shape, sentences
from coordination.clauses.works import is_aim, is_work

LONGEST_HEADING = 26
_ALL_AT_ONCE = re.compile(f"{DUE}(?:全部|均|一律|一并)[^{UNIT}]*$")  # for all that went before
# A heading without a number before it.
_HEADLINE = re.compile("(?:推动|提升|加强|强化|推进|优化|完善|规范|深化|健全|提高|改善|加快|保障)[一-龥“”]{4,12}")
_LASTS = re.compile("(?:长期|持续|常年|始终)(?:坚持|推进|开展)|常态化(?:推进|开展)?|全年|(?:并)?(?:抓好|认真)?落实|特此通知")
_ENUMERATES = re.compile(rf"{UNIT}[^，；]{{0,14}}：(?:一[是要]|1|一、|（[一1]）|①|（1）)")
_CONTACT = re.compile("联系人|联系电话|抄送|抄报|附件|备注")  # what stands before one of these still counts
_BY_WHEN = re.compile(f"[于在限]?{DUE}(?:全部)?(?:完成|办结|整改到位|落实到位|办理完毕)")
_AT_ONCE = re.compile("同期(?:报|提交|完成)")  # by the same day as the task before
_ALL_BELOW = re.compile(f"(?:以下|下列)[^，{UNIT}]{{0,12}}{DUE}[^，{UNIT}]{{0,8}}：$")


class BlockReader:
    """Walks the sentences of a text. ``block``: its tasks since the last numbering, ``waiting`` those of them that nobody answers for."""

    def __init__(self, shaped: Shape) -> None:
        self.shaped, self.notes = shaped, Notes(shaped)
        self.passages, self.frame = Passages(shaped), Frame(shaped)
        self.done: list[Draft] = []
        self.block: list[Draft] = []
        self.waiting: list[Draft] = []
        self.undated: list[Draft] = []  # every task so far without a limit, for 上述工作均于8月底前完成
        self.pending = Answer()  # responsibility that stood before its tasks
        self.carried = Answer()  # the subject of a list: 县教育局：一是…；二是…
        self.block_due: int | None = None
        self.due_below: int | None = None  # 以下事项均须于6月30日前办结：
        self.leading: int | None = None
        self.unanswered: list[Draft] = []  # items before this one that nobody answers for, for a line below them all
        self.owner: Draft | None = None  # a heading with units in the line below it: they answer for the tasks below both
        self.answered: list[Draft] = []  # those whom the line before gave units
        self.titling: Draft | None = None
        self.title_level = 0
        self.before = self.last_stop = ""

    def read(self) -> list[Draft]:
        """Every task in order."""
        for sentence in sentences(self.shaped, glued_rows(self.shaped.text)):
            if self.before != "；":
                self.carried, self.leading = Answer(), None
                if 0 < sentence.level <= MAIN_LEVELS:
                    self.block_due = None
                    if sentence.opens_line:
                        self._end_block(is_item=sentence.level == MAIN_LEVELS)
                        self.owner = self.owner if sentence.level == MAIN_LEVELS else None
            is_told = self.passages.tells(sentence)
            if sentence.end > sentence.start:
                if not is_told and sentence.stop != "？":
                    self._take(sentence)
                self.last_stop = sentence.stop
            self.before = sentence.stop
        self._end_block()
        for draft in self.done:
            draft.answer.first_leads |= self.frame.first_leads and not draft.answer.lead and len(draft.answer.responsible) > 1
            self._address(draft)
        return sorted((draft for draft in self.done if not draft.is_dropped), key=lambda draft: (draft.start, draft.end))

    # -- one sentence

    def _take(self, sentence: Sentence) -> None:
        text, start, end = self.shaped.text, sentence.start, sentence.end
        if self.frame.takes(sentence, is_awaited=bool(self.waiting or self.answered)):
            self.waiting = [] if self.frame.is_above_title else self.waiting
            return
        if sentence.is_note:
            self._close(note(self.shaped, start, end), is_below=text[max(0, start - 2) : start - 1] == "\n")
            return
        line = row(self.shaped, start, end, self.frame.head)
        if line is not None:
            self._keep(Draft(*line.task, answer=line.answer, actions=[line.task], due=next(iter(line.answer.dues), None)))
            return
        found = labelled(self.shaped, start, end, self.notes.text)
        if found is None:
            if not is_problem(self.shaped, sentence) or has_day(self.shaped, sentence):
                self._told(self._read(start, end), sentence)
        elif not found.is_told:
            self._labelled(found, sentence)
        elif _CONTACT.match(text, found.at):
            self._told(self._read(start, found.at), sentence)

    def _read(self, start: int, end: int) -> Told:
        goes_on = self.before == "；" and bool(self.block) and not self.block[-1].is_open
        return SentenceReader(self.shaped, self.notes, start, end, self.leading, goes_on=goes_on).read()

    def _labelled(self, found: Labelled, sentence: Sentence) -> None:
        """Body, then labels: the labels answer for the body, for the tasks before, or for those to come."""
        body = self.shaped.text[sentence.start : found.at].strip("，、 \t-：")
        before = sentence.start + len(self.shaped.text[sentence.start : found.at].rstrip())
        is_matter = is_letterhead(self.shaped, replace(sentence, end=before)) or (found.tasks and is_problem(self.shaped, sentence))
        if body and not is_matter:
            self._told(self._read(sentence.start, found.at), sentence)
        for start, end in found.tasks:
            end = start + len(self.shaped.text[start:end].rstrip(" \t，、-"))
            if end > start and _BY_WHEN.fullmatch(self.shaped.text, start, end) and self.block:
                self._date(self.block[-1:], self.shaped.dues_in(start, end)[0])
            elif end > start:
                told = self._read(start, end)
                told.drafts = told.drafts or [Draft(start, end, actions=[(start, end)])]  # the label says that it is one
                self._about(told.drafts)
                self._told(told, sentence)
        self._close(found.answer, is_label=True, is_below=sentence.opens_line and found.at == sentence.start)

    def _about(self, drafts: list[Draft]) -> None:
        """督办事项：…反复被投诉。办理要求：…: who answers for the matter answers for what is to be done about it."""
        before = next((draft for draft in reversed(self.block) if not draft.is_open), None)
        if before is not None and before.is_matter and all(draft.is_open and self._is_work(draft) for draft in drafts):
            before.is_dropped = True
            self.carried = before.answer.copy()
            self.carried.dues = [] if before.due is None else [before.due]
        drafts[-1].is_matter = not self._is_work(drafts[-1])

    def _told(self, told: Told, sentence: Sentence) -> None:
        drafts = [] if is_account(self.shaped, sentence) else [draft for draft in told.drafts if self._says_something(draft)]
        if _ALL_BELOW.match(self._text(sentence)) and told.drafts and told.drafts[0].due is not None:
            self.due_below = told.drafts[0].due
            return
        answered, self.answered = self.answered, []
        drafts = self._dated(told, drafts, sentence, answered)
        self._head_of(told, drafts, sentence)
        if not drafts or self._is_signature(drafts[0], sentence, len(drafts)) or self._answers_only(drafts, sentence, answered):
            return
        self._by_the_same_day(drafts)
        self._of_these(drafts[-1], sentence)
        self._titled(drafts, sentence)
        drafts[0].level = sentence.level
        if self._goes_on(drafts[0]):
            drafts = drafts[1:]
        for draft in drafts:
            if draft.is_open:
                draft.answer = (self.pending if self.pending.names_units else self.carried).copy()
        self._date(
            drafts, next(iter([*self.pending.dues, *self.carried.dues]), self.block_due if self.block_due is not None else self.due_below)
        )
        self.pending = Answer()
        if drafts and sentence.stop == "；" and _ENUMERATES.search(self._text(sentence)):
            self.carried = drafts[0].answer.copy()
            self.carried.dues = [] if drafts[0].due is None else [drafts[0].due]
        if drafts and self.before == "；" and not sentence.level and self.block:
            drafts[0].follows = self.block[-1]
        if drafts and not drafts[0].is_open and self.waiting and self.waiting[-1].is_heading and self.block[-1] is self.waiting[-1]:
            drafts[0].title = self._title(self.waiting.pop())
        for draft in drafts:
            self._keep(draft)

    def _says_something(self, draft: Draft) -> bool:
        """More than that work goes on (抓好落实), or a lead-in with nothing after it."""
        words = self._text(draft)
        return bool(words.strip(" \t，、；：")) and not (draft.is_open and _LASTS.fullmatch(words))

    def _of_these(self, last: Draft, sentence: Sentence) -> None:
        """…，以上两项由县商务局6月底前完成: it answers for the tasks of the sentences before, too."""
        if self.waiting and not last.is_open and THESE.search(self._text(sentence)):
            self._close(replace(last.answer.copy(), dues=[] if last.due is None else [last.due]))

    def _by_the_same_day(self, drafts: list[Draft]) -> None:
        for earlier, draft in pairwise([*self.block[-1:], *drafts]):
            if draft.due is None and _AT_ONCE.search(self._text(draft)):
                draft.due = earlier.due

    def _titled(self, drafts: list[Draft], sentence: Sentence) -> None:
        """A heading whose bracket names units (八、延时开放（县体育局牵头）): they answer for the tasks below it."""
        if self.title_level and 0 < sentence.level <= self.title_level:
            self.title_level = 0
        if self.title_level and self.titling is not None and all(draft.is_open for draft in drafts):
            for draft in drafts:
                draft.answer = self.titling.answer.copy()
            self.titling.is_dropped = True
        elif self.shaped.text[sentence.end - 1] == "）" and sentence.stop == "\n" and 0 < sentence.level < MAIN_LEVELS and len(drafts) == 1:
            self.titling, self.title_level = drafts[0], sentence.level

    def _dated(self, told: Told, drafts: list[Draft], sentence: Sentence, answered: list[Draft]) -> list[Draft]:
        """Limits for the tasks before, and for those to come; what is left of the sentence's own tasks."""
        self.leading = told.leading_due
        if not drafts and told.leading_due is not None and answered and sentence.stop in ("\n", ""):
            self._date(answered, told.leading_due)  # a column of its own line below that of the units
            self.leading = None
        due = told.due_for_all_before
        if len(drafts) == 1 and self.before == "；" and _ALL_AT_ONCE.match(self._text(drafts[0])):
            due, drafts = drafts[0].due, []
        if due is not None:
            self._date([draft for draft in self.undated if not draft.is_open or self._is_work(draft)], due)
            self.undated = []
        return drafts

    def _head_of(self, told: Told, drafts: list[Draft], sentence: Sentence) -> None:
        """A short numbered sentence may be a heading; a limit in its bracket is one for all tasks below."""
        if any(draft.answer.names_units for draft in drafts):
            return
        if not sentence.level:
            if len(drafts) == 1 and not self.block and sentence.stop == "。" and _HEADLINE.fullmatch(self._text(sentence)):
                drafts[0].is_heading = True
            return
        self.block_due = told.heading_due if told.heading_due is not None else self.block_due
        is_short = sentence.end - sentence.start <= LONGEST_HEADING and "，" not in self._text(sentence) and sentence.stop in "。\n："
        if drafts and is_short and drafts[0].due in (None, told.heading_due):
            drafts[0].is_heading = True

    def _is_signature(self, draft: Draft, sentence: Sentence, number: int) -> bool:
        """Units alone in a line, below a sentence that was ended: who signs, not who answers."""
        is_name = not draft.actions or is_letterhead(self.shaped, sentence)
        alone = number == 1 and is_name and not draft.has_cue and not draft.is_open
        return alone and sentence.stop in ("\n", "") and self.last_stop in ("。", "", "！")

    def _goes_on(self, draft: Draft) -> bool:
        """What is to be done about the matter that the sentence before named, and whom it gave it to."""
        before = self.block[-1] if self.block else None
        if before is None or before.is_open or not before.is_topic or before.due is not None or not draft.is_open or draft.due is None:
            return False
        before.end, before.due, before.is_topic = draft.end, draft.due, False
        before.actions += draft.actions
        return True

    def _answers_only(self, drafts: list[Draft], sentence: Sentence, answered: list[Draft]) -> bool:
        """A sentence that only says who answers (由县商务局牵头，县文旅局配合): for the tasks before it, else for those to come."""
        only = drafts[0]
        if len(drafts) > 1 or only.actions or only.is_open or not (self.waiting or only.due is None):
            return False
        if not self.waiting and answered and sentence.stop in ("\n", ""):  # a second column of units, each in its line
            for draft in answered:
                (draft.answer.co if self.frame.has_co_column else draft.answer.responsible).extend(only.answer.responsible)
            self.answered = answered
            return True
        if not self.waiting and not only.has_cue and only.due is None and sentence.stop in ("\n", ""):
            return True  # a name alone, as in a letterhead, above a list or below a paper
        only.answer.dues = [] if only.due is None else [only.due]
        if not only.answer.has_subject and self.block and not self.block[-1].is_open:
            self.block[-1].answer.add(only.answer)  # 县商务局6月底前…；县公安局予以配合
            return True
        self._close(only.answer, is_label=True)
        return True

    # -- a block

    def _keep(self, draft: Draft) -> None:
        draft.spoken_to = self.frame.addressed
        self.block.append(draft)
        if draft.is_open:
            self.waiting.append(draft)
        if draft.due is None:
            self.undated.append(draft)

    def _close(self, answer: Answer | None, *, is_label: bool = False, is_below: bool = False) -> None:
        """Responsibility behind its tasks: it answers for all that nobody answers for yet; with none there it waits for what follows.

        ``is_below``: it stands in a line of its own, so it answers for the items above the last too where nobody does.
        """
        if answer is not None and self.waiting:
            if is_below and answer.names_units:
                for draft in self.unanswered:
                    draft.is_dropped = not draft.actions
                self.waiting = [*self.unanswered, *self.waiting]
                self.unanswered = []
            self._close_waiting(answer)
            self.owner = self._heading(self.answered) if is_below else self.owner
        elif answer is not None:
            self._close_answered(answer, is_label)

    def _close_waiting(self, answer: Answer) -> None:
        self._drop_background()
        waiting = list(self.waiting)
        if answer.shares:
            for place, draft in enumerate(waiting, 1):
                draft.answer = next((share.copy() for items, share in answer.shares if place in items), Answer())
            self.waiting, self.answered = [], waiting
        elif answer.is_each and len(answer.lead) == len(waiting):
            for draft, place in zip(waiting, answer.lead, strict=True):
                draft.answer = Answer(lead=[place], co=list(answer.co))
            self.waiting, self.answered = [], waiting
        elif answer.names_units:
            for draft in waiting:
                draft.answer = answer.copy()
            self.waiting, self.answered = [], waiting
        for draft in waiting:
            if answer.dues and (draft.due is None or self.shaped.dues[draft.due].kind == NONE):
                draft.due = answer.dues[0]

    def _heading(self, answered: list[Draft]) -> Draft | None:
        """The only task that a line below answered for, where it stands in its line as a heading does."""
        only = answered[0] if len(answered) == 1 else None
        if only is None or only.due is not None or only.level >= MAIN_LEVELS or self.shaped.text[only.end : only.end + 1] != "\n":
            return None
        return only if not self._is_work(only) or (only.level and only.is_heading) else None

    def _own(self) -> None:
        """Tasks below a heading that had its units in the line below it."""
        owned = [draft for draft in self.block if draft.is_open and draft.actions and self._is_work(draft)]
        if self.owner is None or not owned or owned[0].start < self.owner.start or not (owned[0].level or len(owned) > 1):
            return
        for draft in owned:
            draft.answer = self.owner.answer.copy()
        self.owner.is_dropped = True

    def _drop_background(self) -> None:
        """Headings become titles; of prose, what only says how things stand is no task where something beside it is one."""
        for heading, first in pairwise(list(self.waiting)):
            if heading.is_heading and not first.is_heading:
                self.waiting.remove(heading)
                first.title = self._title(heading)
        if any(self._is_work(draft) for draft in self.waiting):
            for draft in self.waiting:
                draft.is_dropped = draft.is_dropped or not (draft.level or self._is_work(draft))
            self.waiting = [draft for draft in self.waiting if not draft.is_dropped]

    def _is_work(self, draft: Draft) -> bool:
        """Does it say that something be done, not how things stand (近年来投诉增多)?"""
        return draft.due is not None or draft.is_ordered or is_work(self._text(draft))

    def _close_answered(self, answer: Answer, is_label: bool) -> None:
        """All tasks before have somebody: more units join the last one, a limit goes to those without."""
        if answer.dues and self.block:
            self._date([draft for draft in self.block[-1:] if draft.due is None], answer.dues[-1])
        if is_label and answer.responsible and any(draft.answer.lead for draft in self.answered):
            for draft in self.answered:  # 牵头单位：… and, below it, 责任单位：…
                draft.answer.add(replace(answer, dues=[]))
        elif self.block and named_again(self.shaped, answer, self.block[-1].answer):
            self.block[-1].answer.add(replace(answer, dues=[]))  # …、县市场监管局组成检查组…。县市场监管局为牵头单位
        elif self.block and answer.names_units and not answer.has_subject:
            for draft in (is_label and self.answered) or self.block[-1:]:
                draft.answer.add(replace(answer, dues=[]))
        elif is_label and (answer.names_units or not self.block):
            self.pending.add(answer)

    def _title(self, heading: Draft) -> tuple[int, int]:
        heading.is_dropped = True
        return heading.start, heading.end

    def _date(self, drafts: list[Draft], due: int | None) -> None:
        for draft in drafts:
            draft.due = due if draft.due is None else draft.due

    def _end_block(self, *, is_item: bool = False) -> None:
        """What nobody answers for falls to whom the sentence before named, or is a task only where it has a limit or was decided."""
        if any(not draft.is_open for draft in self.block[1:]) and self.block[0].is_open and self.block[0].due is None:
            self.block[0].is_ordered = False  # 会议决定建立…机制。县司法局负责…: what was decided frames who does what
        self._own()
        for draft in self.block:
            before = draft.follows
            if draft.is_open and draft.actions and before is not None and before.answer.has_subject and self._is_work(draft):
                draft.answer = before.answer.copy()
                draft.answer.is_doubtful = True
        if not (is_item and all(draft.is_open for draft in self.block)):
            self.unanswered = []
        elif self.block:
            self.unanswered += [draft for draft in self.block if not (draft.is_heading or draft.is_dropped)]
        for draft in self.block:
            draft.is_dropped = draft.is_dropped or (draft.is_open and not self._stands_alone(draft))
        self.done += self.block
        self.block, self.waiting, self.block_due, self.pending = [], [], None, Answer()

    def _stands_alone(self, draft: Draft) -> bool:
        limit = self.shaped.dues[draft.due] if draft.due is not None else None
        is_limited = limit is not None and limit.kind != NONE and not limit.is_over
        is_title = draft.is_heading and len(self.block) > 1
        is_task = bool(draft.actions) and not is_title and (draft.is_ordered or is_limited)
        words, before = self._text(draft), self.shaped.text[max(0, draft.start - 4) : draft.start + 1]
        is_rhythm = limit is not None and limit.kind == RECURRING and not draft.is_ordered
        return is_task and not (is_aim(words, before) or (is_rhythm and not is_work(words)))

    def _text(self, stretch: Draft | Sentence) -> str:
        return self.shaped.text[stretch.start : stretch.end]

    def _address(self, draft: Draft) -> None:
        """你单位 is the one the letter speaks to, where it names one; and so is whom it asks without a name (请于6月底前报送)."""
        if len(draft.spoken_to) != 1:
            return
        if draft.is_open:
            draft.answer.responsible.append(draft.spoken_to[0])
            draft.answer.is_doubtful = True
            return
        for place in (*draft.answer.lead, *draft.answer.responsible, *draft.answer.co):
            if self.shaped.is_spoken_to(place):
                spoken_to = self.shaped.units[draft.spoken_to[0]]
                self.shaped.units[place] = replace(self.shaped.units[place], names=spoken_to.names, is_known=spoken_to.is_known)
                draft.answer.is_doubtful = True
