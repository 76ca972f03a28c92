"""Sentences into tasks: which stretches belong to one task, who answers for it, and what carries over from one to the next."""

import re
from dataclasses import dataclass, field

from coordination.clauses.labels import FIRST_LEADS, Answer, Notes, answer_of, named_again
from coordination.clauses.periods import DAYS, IMMEDIATE, NONE, RECURRING
from coordination.clauses.roles import Part, Role, action_of, read_part
from coordination.clauses.shape import DUE, OVER, PERSON, TITLE, UNIT, Shape

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LEAD_WORDS = re.compile(
    rf"^(?:会议|联席会议|会上|经研究)[^，{UNIT}]{{0,6}}?(?:要求|强调|决定|议定|明确|确定|责成|指出|同意)[，：]?"
    rf"|^(?:其中|同时|此外|另外)，?|^(?:（[一二三四五六七八九十\d]{{1,2}}）|\d{{1,2}}[.、](?!\d)"
    rf"|[一二三四五六七八九十](?:是|要))|^[，、 \t：“]+"
)
# Those whom a rule binds and no meeting can task: what they must do by when is nobody's task here.
_OUTSIDE = (
    "商家|经营者|企业|平台|用户|消费者|业主|居民|群众|市民|家长|学员|商户|店铺|机构|旅行社|物业公司|申请人|当事人|持卡人|销售者|生产者"
    "|药店|网店|直播间|个人|公众|提供者|从业者|开发商|主办方"
)
_LEADS_IN = re.compile("(?:会议|联席会议|会上|经研究)[^，]{0,6}?(?:要求|强调|决定|议定|明确|确定|指出)[，：]?")
_AS_FOLLOWS = re.compile("(?:督办|要求|安排|通知|分工|议定|任务|明确|交办|部署)[^，]{0,4}如下：")
_REPORTS = re.compile(
    rf"^(?:回顾(?:20|过去|一年|上半年|去年)|有[一-龥]{{1,6}}(?:提出|建议|提议)(?!的)|[一-龥]{{0,4}}(?:检查|核查|巡查|走访|抽查|调研|督查|暗访|监测|排查|工作)中?发现(?!的)"
    rf"|经(?:查|核查|核实|调查|了解|排查)(?![^，])|据[^，]{{0,12}}?(?:介绍|反映|了解|统计|通报)|截[至止][^，{UNIT}]{{2,8}}(?=，|$)"
    rf"|{TITLE}[^，]{{0,16}}规定(?=[，：]|$)"
    rf"|[^，]{{0,20}}{PERSON}[^，]{{0,10}}(?:(?:表示|介绍|认为|透露|坦言|回应|建议|呼吁|提议|提出|提到)|[说称](?=，|：|$))"
    rf"|(?:根据|按照|依据)[^，{UNIT}]{{0,6}}(?:机构改革|三定)[^，]{{0,6}}(?=，|$)|上一?(?:轮|年度|阶段)[^，]{{0,6}}中?(?=，|$)"
    rf"|(?:[^，{UNIT}]{{0,10}}(?:去年|上年|前年)[^，]{{0,6}}|(?:今年|本年)?(?:第?[一二三四]季度|上半年)|上(?:周|个?月|季度)|(?:[^，{UNIT}]{{0,10}}：)?{OVER}|近日)(?=，|$)"
    rf"|(?:近年来|一年来|[^，{UNIT}]{{0,12}}以来)(?=，|$|{UNIT})|(?!会议)[^，{UNIT}]{{4,20}}(?:呼吁|提议)(?=，|$)"
    rf"|(?:有人|大家|[^，{UNIT}]{{0,4}}(?:成员|单位|部门|同志|委员|代表))[^，的]{{0,4}}(?:提出|提议|建议|认为|觉得|反映|讲)(?!的)"
    rf"|(?:提案人|您)[^，]{{0,6}}(?:提出|建议)|[^，{UNIT}]{{0,10}}(?:代表|委员)[^，的]{{0,10}}(?:提到|提出|建议|表示)(?!的)|{UNIT}(?:提出|建议|提议|觉得|希望)(?![^，]*的[^，]{{2}}(?=，|$))"
    rf"|{UNIT}[^，]{{0,3}}的同志[^，]{{0,6}}(?:说|讲|反映|表示|认为|觉得)|[^，]{{0,16}}讲(?:了|过|的)"
    rf"|[^，{UNIT}]{{0,4}}(?:县政府|县委|会议)召开[^，]{{0,12}}会议?(?=，|$))"
)
_BINDS = re.compile(
    rf"^会议认为$|^(?!会议|要求|对|向|督促|组织|引导|指导|推动|规范|加强)[^，{UNIT}]{{0,12}}(?:{_OUTSIDE})[^，的{UNIT}]{{0,10}}"
    r"(?:须|应当?|必须|要(?!求)|需|不得|可|请)"
)
_ONE_THING = re.compile(r"(?:该|此|本)项?(?:工作|任务|事项)")
_OF_ITS_OWN = re.compile(rf"[一-龥]{{2,}}由{UNIT}")  # 所需数据由县税务局提供
_NEXT_ITEM = re.compile(" *[二三四五六七八九]是")  # 一是修订告知书，二是编写手册，…
_CLOSES = re.compile(f"由{UNIT}[于在]?{DUE}?(?:全部)?(?:负责|牵头|完成|办理|落实)?")
_COUNTED = re.compile(f"[两三四五六]项[^，]{{0,4}}{DUE}")  # …，两项均于9月25日前完成
_IS_REQUESTED = re.compile(f" *请{UNIT}")
_IS_ASKED = re.compile(rf"^(?!目前|现|原|仍|一直|此前|过去)[^，{UNIT}]{{0,4}}由{UNIT}")
_BACKGROUND = re.compile(
    r"^[^，]{1,10}期间$|^(?:经[^，]{2,14}?(?:同意|批准|审定|审议通过)(?![^，])|为(?:了|进一步|切实|加强|深入|贯彻|做好|全面|推动|营造|规范|认真)?|根据|按照|依据|鉴于|围绕|针对|近年来|当前|目前|今年以来|去年|截至|截止|坚持|以.{2,20}为|遵循|参照|结合)"
)
_GOES_ON = re.compile(r"落实|实施|推进")
_ALL_BEFORE = re.compile(
    rf"^(?:均|都)(?=[于在须要应{DUE}])|^{DUE}(?:全部|均|都|一律|一并)(?![^，{UNIT}]*{UNIT})|^(?:以上|上述|前述|各项|所有|[两三四五六]项|[此该]项|[此该]事项?)[^，{UNIT}]{{0,12}}"
)
_CONDITION = re.compile(
    r"^(?:如果|假如|倘若)|^(?:并)?(?:对)?(?:逾期|到期|如|若|凡(?=[^，]*(?:逾期|未|不))|未按|未在|不按|未完成)[^，]*(?:的|时)$|^对[^，]*(?:逾期|未按|未完成|不力|不到位)[^，]*的$"
)
_TOGETHER_WITH = re.compile(rf"(?:会同|联合|协同)[{UNIT}、和与及]+$")
THESE = re.compile(rf"(?:以上|上述|前述)[^，{UNIT}]{{0,6}}由?{UNIT}")  # 以上两项由县商务局牵头
_IS_DONE = re.compile(f"{DUE}(?:全部|均)?(?:完成|办结|落实到位|到位)")
_ANSWERED = re.compile("负责|牵头")
_GOES_ON_WITH = re.compile("(?![的在是为和与及等未也没无有])[一-龥][^的，]+$")
_PARTING = re.compile(
    rf"，|（|、(?={UNIT}[^，、]{{0,3}}(?:负责|牵头))|、(?={DUE}[^，、。]{{2,}})|(?<=[\u4e00-\u9fff”])(?={UNIT}(?:负责|牵头)[\u4e00-\u9fff])"
    rf"|(?<=[\u4e00-\u9fff])并(?={DUE})|(?<=[\u4e00-\u9fff]) +(?={DUE}|{UNIT}[\u4e00-\u9fff])"
)


@dataclass
class Draft:
    """A task being read: its stretch of the shape, who answers, its limits, and the stretches that say what is to be done."""

    start: int
    end: int
    answer: Answer = field(default_factory=Answer)
    actions: list[tuple[int, int]] = field(default_factory=list)
    due: int | None = None
    is_doubtful_due: bool = False
    has_cue: bool = False
    is_ordered: bool = False
    is_heading: bool = False
    level: int = 0  # of its own numbering
    is_matter: bool = False  # a label calls it the matter (督办事项) that other lines say what to do about
    is_topic: bool = False  # it says what about, not yet what is to be done
    title: tuple[int, int] | None = None
    follows: "Draft | None" = None
    is_closed_late: bool = False
    is_dropped: bool = False
    spoken_to: list[int] = field(default_factory=list)  # whom the letter it stands in speaks to

    @property
    def is_open(self) -> bool:
        """Nobody answers for it yet."""
        return not self.answer.names_units


@dataclass
class Told:
    """What one sentence came to."""

    drafts: list[Draft] = field(default_factory=list)
    answer: Answer = field(default_factory=Answer)
    leading_due: int | None = None
    due_for_all_before: int | None = None
    heading_due: int | None = None


class SentenceReader:
    """Reads one sentence without labels, stretch by stretch."""

    def __init__(self, shaped: Shape, notes: Notes, start: int, end: int, leading_due: int | None, *, goes_on: bool) -> None:
        self.shaped, self.notes, self.start, self.end = shaped, notes, start, end
        self.told = Told(leading_due=leading_due)
        self.current: Draft | None = None
        self.is_telling = self.is_aside = self.is_report = self.is_resumed = self.is_decided = False
        self.goes_on = goes_on  # the sentence before ended in a semicolon, and asked something of somebody
        self.spoken_of: list[int] = []
        self.has_day = any(shaped.dues[at].kind in DAYS for at in shaped.dues_in(start, end))

    def read(self) -> Told:
        """The tasks of the sentence, in order."""
        notes, text = self.notes.within(self.start, self.end), self.notes.text
        for part_start, part_end in _parts(text, self.start, self.end, self.shaped):
            part = read_part(text, part_start, part_end, is_last=part_end == self.end)
            self._take(part, text)
        self._close_open_before()
        self._take_notes(notes)
        for draft in self.told.drafts:
            if draft.due is None and self.told.leading_due is not None:
                draft.due = self.told.leading_due
        return self.told

    # -- one stretch

    def _take(self, part: Part, text: str) -> None:
        whole = text[part.start : part.end]
        dues = self.shaped.dues_in(part.start, part.end)
        answer = answer_of(part)
        spoken = part.of(Role.SPOKEN_OF)
        if self._tells(part, whole, spoken, names_units=answer.names_units):
            return
        if _LEADS_IN.fullmatch(whole):
            self.is_decided = part.is_decided
            return
        has_action = self._has_action(part, whole)
        if FIRST_LEADS.search(whole) and self.current and not answer.names_units:
            self.current.answer.first_leads = True
            return
        if self._is_for_all(whole, dues, answer):
            return
        if not answer.names_units and self.current is None and not dues and _BACKGROUND.match(whole.lstrip(" ")):
            return
        is_silent = not answer.names_units and not self.current and not dues and not part.is_ordered
        if spoken and self.spoken_of and is_silent:
            self.is_aside = True
            return
        if self._is_parallel(part, text, spoken, has_action):
            answer.responsible = [part.start]
        self._join(part, text, answer, dues, has_action)

    def _tells(self, part: Part, whole: str, spoken: list[int], *, names_units: bool) -> bool:
        """Does the stretch belong to what the sentence tells, not to what it asks?"""
        if "如下：" in whole and _AS_FOLLOWS.search(whole):  # …，现督办如下：1.…
            self.is_report = self.is_telling = False
        is_order = part.is_ordered and (not self.is_report or UNIT in whole or whole.startswith("会议"))
        if is_order or (not self.is_report and _IS_ASKED.match(whole)):
            self.is_telling = False
        if not self.told.drafts and not part.is_ordered:  # whose telling it is, before the first task of the sentence
            self.is_report = self.is_report or bool(_REPORTS.match(whole))
            self.is_telling = self.is_telling or self.is_report or bool(_BINDS.match(whole))
        self.spoken_of = [place for place in spoken if place == part.start or whole[: place - part.start] == "由"] or self.spoken_of
        if part.is_told and not names_units:
            self.is_telling = self.is_telling or bool(spoken) or self.current is None
            return True
        if _CONDITION.search(whole):  # what follows from it in the sentence is a threat, not a task
            self.is_report = self.is_telling = True
        self.is_aside = self.is_aside and not part.is_ordered and not part.has_cue
        is_by_day = any(self.shaped.dues[at].kind in DAYS for at in self.shaped.dues_in(part.start, part.end))
        self.is_resumed = self.is_aside and is_by_day and bool(self.spoken_of)  # 城东街道选两个社区，8月底前报名单: it is theirs
        self.is_aside = self.is_aside and not self.is_resumed
        return self.is_telling or self.is_aside

    def _has_action(self, part: Part, whole: str) -> bool:
        """Does the stretch say what is to be done, beside who and by when?"""
        is_only_done = self.current is not None and not self.current.actions and _IS_DONE.fullmatch(whole)
        return len(_HAN.findall(part.action)) > 1 and not THESE.match(whole) and not _ONE_THING.match(whole) and not is_only_done

    def _is_parallel(self, part: Part, text: str, spoken: list[int], has_action: bool) -> bool:
        """由县住建局拿出方案，县市监局理出名单: a unit that goes on where another was asked, whatever the verb."""
        current = self.current
        is_asked = self.goes_on if current is None else self.has_day
        if current is not None and not current.is_open:
            is_asked = current.has_cue or current.due is not None or self.told.leading_due is not None
        return bool(is_asked and has_action and spoken == [part.start] and _GOES_ON_WITH.match(text, part.start + 1, part.end))

    def _is_for_all(self, whole: str, dues: list[int], answer: Answer) -> bool:
        """上述工作均于8月底前完成: a limit for all that went before."""
        if not dues or answer.names_units or not _ALL_BEFORE.match(whole) or (whole[0] == DUE and not self.told.drafts):
            return False
        if whole[0] not in f"均都此该{DUE}":
            self.told.due_for_all_before = dues[0]
        for draft in self.told.drafts[-1 if whole[0] in "此该" else 0 :]:
            draft.due = draft.due if draft.due is not None else dues[0]
        if self.current:
            self._reach(self.current, self._last_of(dues[0]))
        return True

    def _last_of(self, place: int) -> int:
        stop = re.compile(r"[，。；\n]|$").search(self.shaped.text, place, self.end)
        return stop.start() if stop else self.end

    def _join(self, part: Part, text: str, answer: Answer, dues: list[int], has_action: bool) -> None:
        current = self.current
        if answer.names_units:
            if current is not None and self._was_topic(part, text, current):
                current.answer = Answer()
            if current is None or self._is_new(part, text, answer, current, has_action):
                current = self._begin(part, text)
                self._give(current, answer, part)
            else:
                self._merge(current, answer, part, has_action)
            self._leading(part, text, dues)
        elif current is not None and current.is_open and current.actions and _NEXT_ITEM.match(text, part.start):
            current = self._begin(part, text)
        elif current is None and not has_action:
            self.told.leading_due = self._best(dues)[0] if dues else self.told.leading_due
            return
        elif current is None:
            current = self._begin_open(part, text)
        elif dues and has_action and current.due is not None and current.actions and not self._is_within(dues, current):
            current = self._begin(part, text)
            previous = self.told.drafts[-2]
            current.answer, current.has_cue = previous.answer.copy(), previous.has_cue
        self._reach(current, part.end)
        current.is_ordered = current.is_ordered or part.is_decided
        if has_action:
            current.is_topic = not current.actions and _is_topic(text[part.start : part.end])
            current.actions.append((part.start, part.end))
        self._limit(current, dues)

    def _begin_open(self, part: Part, text: str) -> Draft:
        """A task without units of its own; it is theirs whom the sentence spoke of, where it orders or sets a day."""
        draft = self._begin(part, text)
        if (part.is_ordered or self.is_resumed) and self.spoken_of:
            draft.answer.responsible += self.spoken_of
            draft.answer.is_doubtful = True
            draft.start = min(draft.start, self.spoken_of[0])
            draft.actions += [(self.spoken_of[0], part.start)] if self.is_resumed else []
        return draft

    def _was_topic(self, part: Part, text: str, current: Draft) -> bool:
        """县体育局移交的账目，由县商务局核对: the unit before is part of the matter."""
        is_plain = bool(current.answer.responsible) and not (current.has_cue or current.due is not None or current.answer.lead)
        return is_plain and bool(_IS_ASKED.match(text[part.start : part.end])) and "的" in text[current.start : current.end]

    def _is_within(self, dues: list[int], current: Draft) -> bool:
        """Is the limit the one the task has already: said more exactly, or its rhythm again (每月10日前汇总，形成月度简报)?"""
        known, new = self.shaped.dues[current.due or 0], self.shaped.dues[dues[0]]
        return (
            known.kind == NONE
            or self._overrides(dues, current)
            or (known.kind == new.kind == RECURRING and (known.value or "").startswith(new.value or "-"))
        )

    def _overrides(self, dues: list[int], current: Draft) -> bool:
        of = self.shaped.dues
        return current.due is not None and of[dues[0]].rank > 5 and of[current.due].rank <= 5

    def _leading(self, part: Part, text: str, dues: list[int]) -> None:
        """A limit that stands before the first unit governs the tasks that follow in the sentence."""
        first = min(part.of(*Role), default=part.end)
        if dues and dues[0] < first and len(self.told.drafts) == 1 and self.shaped.dues[dues[0]].kind != NONE:
            self.told.leading_due = dues[0]

    def _is_new(self, part: Part, text: str, answer: Answer, current: Draft, has_action: bool) -> bool:
        """Does this stretch begin a task of its own, beside the one before it?"""
        if not answer.has_subject and not (answer.soft and has_action and current.answer.has_subject and not current.answer.lead):
            return False
        if current.is_open and current.actions and current.due is not None and has_action and DUE in text[part.start : part.end]:
            return answer.has_subject
        if current.is_open or not current.actions or not (current.answer.has_subject or current.answer.soft):
            return False
        if part.is_support and current.has_cue and not answer.lead:
            is_request = current.due is not None and DUE in text[part.start : part.end] and _IS_REQUESTED.match(text, part.start)
            if is_request or _COUNTED.search(text, part.end, self.end):
                return True
            return not current.answer.lead and bool(_OF_ITS_OWN.match(text[part.start : part.end]))
        if not has_action and current.answer.lead:
            return False
        return has_action or bool(_GOES_ON.search(text[part.start : part.end]))

    def _begin(self, part: Part, text: str) -> Draft:
        start = part.start
        while True:
            found = _LEAD_WORDS.match(text[start : part.end])
            if found is None or not found[0]:
                break
            start += found.end()
        if self.current is None and self.told.leading_due is not None and self.start <= self.told.leading_due < start:
            start = self.told.leading_due
        self.current = Draft(start, part.end, is_ordered=part.is_decided or self.is_decided)
        self.told.drafts.append(self.current)
        return self.current

    def _give(self, draft: Draft, answer: Answer, part: Part) -> None:
        draft.answer.add(answer)
        draft.has_cue |= part.has_cue

    def _merge(self, draft: Draft, answer: Answer, part: Part, has_action: bool) -> None:
        """More units for the task at hand; those that only support one who answers co-operate."""
        if part.is_support and draft.answer.has_subject and not answer.lead and draft.has_cue:
            answer = Answer(co=[*answer.co, *answer.responsible, *answer.soft], is_doubtful=answer.is_doubtful)
        is_closing = not has_action or _CLOSES.fullmatch(self.shaped.text, part.start, part.end) is not None
        draft.is_closed_late = draft.is_closed_late or (draft.is_open and bool(draft.actions) and is_closing)
        self._give(draft, answer, part)

    def _limit(self, draft: Draft, dues: list[int]) -> None:
        if not dues:
            return
        best, is_doubtful = self._best(dues)
        if draft.due is None or self._overrides([best], draft):
            draft.due, draft.is_doubtful_due = best, is_doubtful
        elif self.shaped.dues[best].kind not in (NONE, IMMEDIATE) and self.shaped.dues[draft.due].kind in (NONE, IMMEDIATE):
            draft.due = best

    def _best(self, dues: list[int]) -> tuple[int, bool]:
        """The limit that counts of several; two that say different days are a doubt."""
        of = self.shaped.dues
        top = max(of[place].rank for place in dues)
        best = [place for place in dues if of[place].rank == top]
        return best[-1], len({of[place].value for place in best}) > 1

    def _reach(self, draft: Draft, end: int) -> None:
        draft.end = max(draft.end, end)

    # -- the whole sentence

    def _close_open_before(self) -> None:
        """由X牵头 at the end of a sentence answers for the tasks before it that nobody answers for."""
        drafts = self.told.drafts
        last = next((draft for draft in reversed(drafts) if not draft.is_open), None)
        waiting = [draft for draft in drafts if draft.is_open and last is not None and draft.start < last.start]
        for draft in waiting:
            if last is not None and (last.is_closed_late or not last.actions):
                draft.answer, draft.due = last.answer.copy(), last.due if draft.due is None else draft.due
        if waiting and last is not None and not last.actions and drafts[-1] is last:
            drafts.remove(last)

    def _take_notes(self, notes: list[tuple[int, int, Answer]]) -> None:
        """A bracket answers for the task it stands behind and for those before it that nobody answers for."""
        for first, last, answer in notes:
            drafts = [draft for draft in self.told.drafts if draft.start < first]
            if not drafts and answer.dues and not answer.names_units:
                self.told.heading_due = answer.dues[0]
                continue
            if drafts and answer.lead and not drafts[-1].is_open:
                drafts[-1].answer.lead += named_again(self.shaped, answer, drafts[-1].answer)
            for draft in drafts:
                if draft.is_open and answer.names_units:
                    draft.answer = answer.copy()
                    draft.has_cue = True
                elif draft is drafts[-1] and answer.names_units and not answer.has_subject:
                    draft.answer.add(answer)
                if draft.due is None and answer.dues:
                    draft.due, draft.is_doubtful_due = self._best(answer.dues)
            if drafts:
                self._reach(drafts[-1], last)
                if answer.dues and not answer.names_units:
                    self.told.heading_due = answer.dues[0]
            else:
                self.told.answer.add(answer)


def _is_topic(whole: str) -> bool:
    """预付卡退费难：县商务局主办: what about, and who; nothing yet to be done."""
    topic, colon, rest = whole.rpartition("：")
    return bool(topic and colon) and not _HAN.search(action_of(rest))


def _parts(text: str, start: int, end: int, shaped: Shape) -> list[tuple[int, int]]:
    """The stretches between commas outside brackets, and where a second responsible unit begins without one."""
    found, at, search = list[tuple[int, int]](), start, start
    while cut := _PARTING.search(text, search, end):
        place, mark = cut.start(), cut[0]
        if mark == "（" and place in shaped.closing and shaped.closing[place] < end:
            search = shaped.closing[place] + 1
            continue
        search = max(cut.end(), place + 1)
        if mark == "、" and (text[place - 1] == UNIT or _TOGETHER_WITH.search(text, at, place)):
            continue
        if mark == "" and (place == at or not _ANSWERED.search(text, at, place)):
            continue
        found.append((at, place))
        at = place if mark in ("", "并") else cut.end()
    return [(first, last) for first, last in [*found, (at, end)] if text[first:last].strip()]
