"""Responsibility that is written apart from its task: 责任单位：…, a bracket after it, the columns of a table."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from coordination.clauses.numerals import number
from coordination.clauses.roles import Part, Role, groups, read_part
from coordination.clauses.shape import DUE, OVER, UNIT, Shape

MOST_ITEMS = 100
_SHARE = re.compile(r" *第([\d一二三四五六七八九十、和至到-]{1,20})(?:项|条|款|件)")
_OFFICE = "(?:单位|部门|科室|股室|处室)"
_LEAD = rf"牵头(?:责任)?{_OFFICE}|主(?:办|责|要责任){_OFFICE}|承办{_OFFICE}|第一责任单位"
_CO = rf"(?:配合|协办|协助|参与|参加|协同|协作|会办|会同){_OFFICE}"
_RESPONSIBLE = r"(?:责任|落实|实施|完成|负责|主管)(?:单位|部门|科室|股室|处室|主体)|责任主体"
_DUE = (
    r"(?:计划|预计|拟)?(?:完成|整改|办理|办结|工作|时间|落实|反馈|报送|任务)?(?:时限|期限|时间节点|截止时间|完成时间"
    r"|时间要求|时限要求|办结要求|时间安排|进度安排|时间)"
)
_TASK = (
    r"(?:工作|主要|重点|目标|具体|整改)?(?:任务|措施|事项|举措)(?:内容|名称)?|具体要求|工作内容|议定事项|办理要求|要求|事项"
    r"|任务分解|整改事项|督办事项|内容"
)
_RESULT = r"成果(?:形式|要求)?|工作成果|预期成果|完成标准|标志性成果|目标要求|整改目标|工作目标"
_TELLS = (
    r"(?:参会|参加|出席|列席|与会)(?:单位|股室|科室|部门|人员)|(?:本期)?发|印送|分送|发送|出席|列席|参加人员|参会人员|请假|缺席|主持人?|记录人?|地点|会议时间|会议地点|抄送|抄报|主送|联系人|联系电话|责任人|责任领导|分管领导|牵头领导|包联领导|存在问题|问题描述|反馈问题|反映问题|议题"
    r"|问题\d{0,3}|备注|附件"
)
LABEL = re.compile(
    rf"(?:(?P<lead>{_LEAD})|(?P<co>{_CO})|(?P<responsible>{_RESPONSIBLE})|(?P<due>{_DUE})|(?P<task>{_TASK})|(?P<result>{_RESULT})|(?P<tells>{_TELLS}))"
    rf" *(?:（[^（）]{{1,8}}）)?(?:[：为是](?!{DUE}?前)|[ \t]+(?=[{UNIT}{DUE}])|(?=[{UNIT}]))[ \t]*"
    rf"|(?:(?P<lead2>牵头|主办|承办|主责)|(?P<co2>配合|协办|协助|参与)|(?P<responsible2>责任|负责))：[ \t]*"
)
FIRST_LEADS = re.compile(
    r"(?:排|列|位列|排名|排序)?(?:在|居)?(?:第一|首列|首)(?:个|位|家)?(?:位)?(?:的|者)?(?:单位|部门)?(?:为|是|作为)?(?:总)?(?:牵头|主办|主责)|前者(?:为|是|作为)(?:总)?(?:牵头|主办)"
)
_MAY_LABEL = re.compile(rf"：|(?:单位|部门|[科股处]室|主体|[时期]限|时间|节点|任务|内容|措施|事项|举措|）)[ \t为是{UNIT}]")
_MARKS_ONE = re.compile(r"（(?:牵头|主办|承办|主责|配合|协办)(?:单位|部门)?）")
_LEADS_HERE = re.compile("（(?:牵头|主办|承办|主责)")
_SUPPORTS = re.compile("提供[^，；]{0,8}(?:支持|保障|协助)")
EVERYWHERE = re.compile(r"^注：|括号内|责任单位中|下同|均|各项|以下|以上|所列")
_HEADING = re.compile(rf"(?:序号|备注|{_LEAD}|{_CO}|{_RESPONSIBLE}|{_DUE}|{_TASK}|{_RESULT})")
_GLUED_HEAD = re.compile(rf"(?:序号)?(?:(?:{_LEAD}|{_CO}|{_RESPONSIBLE}|{_TASK}|{_RESULT}|完成时间|完成时限|时限|备注)){{2,}}")
_ASIDE = re.compile("（[^）]*）")
_GLUED_ROW = re.compile(rf"(?<=[{UNIT}{DUE}])(\d{{1,2}})(?=[一-龥“])")
_GLUED_LINE = re.compile("^序号[^\n]+", re.MULTILINE)
_HEAD = re.compile(r"序号|问题|任务|措施|事项|内容|单位|部门|[科股处]室|时限|时间|期限|备注")
_OTHER_CELL = re.compile("姓名|职务|电话|手机|联络员|件数|办结率|地点|参会")
_ROLE_CELL = re.compile("牵头|承办|主办|责任|配合|协办|时限|期限")
_RESULT_CELL = re.compile("(?:完成|办理|落实|整改)(?:情况|结果)")
_TASK_CELL = re.compile("任务|措施|事项|内容|工作|项目|举措|要求")
_BARE_CELL = re.compile(rf"[{DUE}\d、.前内]*")
_PLAIN_CELL = re.compile(f"[一-龥（）/\\d{DUE}{OVER}]{{1,8}}")
_CELL = re.compile(r"[ ]*\t[ \t]*| +|--+")


@dataclass
class Answer:
    """Who answers, as places in the shape, and by when; what stood apart from its task."""

    lead: list[int] = field(default_factory=list)
    co: list[int] = field(default_factory=list)
    responsible: list[int] = field(default_factory=list)
    helped: list[int] = field(default_factory=list)
    soft: list[int] = field(default_factory=list)
    dues: list[int] = field(default_factory=list)
    is_doubtful: bool = False
    first_leads: bool = False
    shares: list[tuple[set[int], "Answer"]] = field(default_factory=list)  # 第1、2项由…负责，第3项由…负责
    is_each: bool = False  # 分别牵头: the first unit the first task, the second the second

    @property
    def names_units(self) -> bool:
        """Does it name any unit?"""
        return bool(self.lead or self.co or self.responsible or self.helped or self.soft)

    @property
    def has_subject(self) -> bool:
        """Does it name somebody who answers, not only who helps?"""
        return bool(self.lead or self.responsible or self.helped)

    @property
    def _lists(self) -> tuple[list[int], ...]:
        return self.lead, self.co, self.responsible, self.helped, self.soft, self.dues

    def add(self, other: "Answer") -> None:
        """Both together."""
        for mine, more in zip(self._lists, other._lists, strict=True):
            known = set(mine) if more else ()
            mine.extend(place for place in more if place not in known)
        self.is_doubtful |= other.is_doubtful
        self.first_leads |= other.first_leads
        self.is_each |= other.is_each

    def copy(self) -> "Answer":
        """The same units, to be added to apart."""
        made = Answer(first_leads=self.first_leads, is_doubtful=self.is_doubtful)
        made.add(self)
        return made


@dataclass
class Labelled:
    """What the labels of a sentence say: who answers, and what is to be done where that has a label too."""

    answer: Answer = field(default_factory=Answer)
    tasks: list[tuple[int, int]] = field(default_factory=list)
    at: int = 0
    is_told: bool = False


def labelled(shaped: Shape, start: int, end: int, text: str = "") -> Labelled | None:
    """The labelled stretch of a sentence, from its first label on; None when it has none. ``text``: the shape, its brackets blank."""
    text = text or shaped.text
    if _MAY_LABEL.search(text, start, end) is None:
        return None
    found = [one for one in LABEL.finditer(text, start, end) if _is_label(text, one, start)]
    if not found:
        return None
    made = Labelled(at=found[0].start())
    for one, after in zip(found, [*(next_.start() for next_ in found[1:]), end], strict=True):
        name = next(name for name, value in one.groupdict().items() if value).rstrip("2")
        if name == "task":
            made.tasks.append((one.end(), after))
        elif name == "tells":
            made.is_told = made.is_told or one is found[0]
        elif name == "due":
            made.answer.dues += shaped.dues_in(one.end(), after)
        elif name != "result":
            made.is_told = False
            made.answer.add(_valued(shaped, one.end(), after, name))
    return made


def _is_label(text: str, found: re.Match[str], start: int) -> bool:
    """A word such as 责任单位 is a label at the start of something, not within a sentence about one."""
    before = text[max(start, found.start() - 1) : found.start()]
    name = next(value for value in found.groupdict().values() if value)
    if (
        re.match(r"[\u4e00-\u9fff]", before)
        and (found[0].rstrip()[-1:] in "为是" or len(name) < 4)
        and not found[0].rstrip().endswith("：")
    ):
        return False
    return not (re.match(rf"[\u4e00-\u9fff{UNIT}]", before) and len(name) == 2 and name not in ("牵头", "配合", "责任", "时限"))


def _valued(shaped: Shape, start: int, end: int, name: str) -> Answer:
    """The units behind a label: its own, but for those a word among them gives another role."""
    text, answer = shaped.text, Answer()
    part = read_part(text, start, end, is_last=True)
    answer.first_leads = bool(FIRST_LEADS.search(text, start, end))
    cued = {place: role for role in (Role.LEAD, Role.CO, Role.SOFT_CO) for place in part.of(role)}
    for first, last in groups(text, start, end):
        for place in (at for at in range(first, last) if text[at] == UNIT):
            role = cued.get(place)
            if role is Role.LEAD and not answer.first_leads:
                answer.lead.append(place)
            elif role in (Role.CO, Role.SOFT_CO) or _SUPPORTS.match(text, last, end):
                answer.co.append(place)
            else:
                getattr(answer, name).append(place)
    answer.dues += shaped.dues_in(start, end)
    return answer


def note(shaped: Shape, start: int, end: int) -> Answer | None:
    """What a bracket says of who answers and by when; None when it says neither."""
    text = shaped.text
    found = labelled(shaped, start, end)
    if found is not None:
        if found.is_told:
            return None
        answer = found.answer
        answer.first_leads |= bool(FIRST_LEADS.search(text, start, end))
        before = running(shaped, start, found.at)
        answer.add(before)
        return answer if answer.names_units or answer.dues else None
    answer = running(shaped, start, end)
    if re.search(r"联系|电话|简称|以下|地址|邮箱", text[start:end]) and "下同" not in text[start:end]:
        return None
    return answer if answer.names_units or answer.dues else None


class Notes:
    """The brackets of a text that say who answers or by when, and ``text``: the shape with blanks in their place."""

    def __init__(self, shaped: Shape) -> None:
        self.found: list[tuple[int, int, Answer]] = []
        pieces, at, last = [], 0, 0
        for start, close in sorted(shaped.closing.items()):
            if start < last or _MARKS_ONE.match(shaped.text, start):
                continue
            last = close + 1
            answer = note(shaped, start + 1, close)
            if answer is not None:
                self.found.append((start, close + 1, answer))
                pieces += [shaped.text[at:start], " " * (close + 1 - start)]
                at = close + 1
        self.text = "".join([*pieces, shaped.text[at:]])
        self.starts = [start for start, _, _ in self.found]

    def within(self, start: int, end: int) -> list[tuple[int, int, Answer]]:
        """Those that lie in this stretch."""
        return [one for one in self.found[bisect_left(self.starts, start) : bisect_left(self.starts, end)] if one[1] <= end]


def running(shaped: Shape, start: int, end: int) -> Answer:
    """Who answers by what a bracket says without labels: 县商务局牵头，县文旅局配合，6月底前."""
    text, answer = shaped.text, Answer()
    answer.first_leads = bool(FIRST_LEADS.search(text, start, end))
    at, share = start, answer
    for cut in [*(found.start() for found in re.finditer("[，；]", text[start:end])), end - start]:
        part = read_part(text, at, start + cut, is_last=True)
        which = _SHARE.match(text, at, start + cut)
        if which:
            share = Answer()
            answer.shares.append((_ordinals(which[1]), share))
        for one in (answer, share) if share is not answer else (answer,):
            one.add(answer_of(part))
        at = start + cut + 1
    answer.dues += [place for place in shaped.dues_in(start, end) if place not in answer.dues]
    return answer


def _ordinals(written: str) -> set[int]:
    """The numbers of 1、2 or 三至五."""
    found: set[int] = set()
    for one in re.split("[、和]", written):
        ends = [number(end) or 0 for end in re.split("[至到-]", one)]
        found.update(range(ends[0], ends[-1] + 1) if ends[-1] - ends[0] < MOST_ITEMS else ())
    return found


def answer_of(part: Part) -> Answer:
    """The units of a stretch by their roles."""
    if not part.places:
        return Answer(is_doubtful=part.is_doubtful)
    of = part.of
    return Answer(
        lead=of(Role.LEAD),
        co=of(Role.CO),
        responsible=of(Role.RESPONSIBLE),
        helped=of(Role.HELPED),
        soft=of(Role.SOFT_CO),
        is_doubtful=part.is_doubtful,
        is_each=part.is_each,
    )


def named_again(shaped: Shape, answer: Answer, known: Answer) -> list[int]:
    """Those of a task's units, none of them leading yet, that are told again to lead: 县公安局、县商务局…（县商务局牵头）"""
    leading = {shaped.units[place].names for place in answer.lead}
    return [] if known.lead else [place for place in known.responsible if shaped.units[place].names in leading]


@dataclass
class Row:
    """A line of a table: its task, who answers, by when."""

    task: tuple[int, int]
    answer: Answer


def is_head(text: str, start: int, end: int) -> bool:
    """Is the line the head of a table, or of one of its columns?"""
    if _HEADING.fullmatch(text, start, end) or _GLUED_HEAD.fullmatch(text, start, end):
        return True
    if UNIT in text[start:end] or _CELL.search(text, start, end) is None:
        return False
    cells = _CELL.split(text[start:end].strip())
    known = sum(bool(_HEAD.search(cell)) for cell in cells)
    is_short = all(len(_ASIDE.sub("", cell)) <= 10 for cell in cells)
    return is_short and len(cells) >= 2 and (known == len(cells) or known == len(cells) - 1 > 2)


def glued_rows(text: str) -> list[int]:
    """Where the rows begin of a table that a copy has made one line of: 序号任务责任股室时限1修订…消保股6月底前2编发…"""
    found: list[int] = []
    for line in _GLUED_LINE.finditer(text):
        at = _GLUED_HEAD.match(text, line.start())
        if at is None:
            continue
        rows, last = [at.end()], line.end()
        for begun in _GLUED_ROW.finditer(text, at.end(), last):
            if int(begun[1]) == len(rows) + 1:
                rows.append(begun.start())
        found += rows if text.startswith("1", at.end()) else []
    return found


def is_other_head(text: str, start: int, end: int) -> bool:
    """Is the line the head of a table that gives no tasks: one of numbers, of meetings, of people?"""
    cells = _CELL.split(text[start:end].strip())
    if len(cells) < 3 or "\t" not in text[start:end]:
        return False
    if UNIT not in text[start:end] and any(cell.startswith("已") for cell in cells):
        return True
    if any(_RESULT_CELL.search(cell) for cell in cells) and not any(re.search("时限|期限|时间", cell) for cell in cells):
        return True
    if sum(bool(_OTHER_CELL.search(cell)) for cell in cells) > 1:
        return True
    return all(_PLAIN_CELL.fullmatch(cell) for cell in cells) and not any(
        _TASK_CELL.search(cell) or _ROLE_CELL.search(cell) for cell in cells
    )


def row(shaped: Shape, start: int, end: int, head: str) -> Row | None:
    """The line read as a table's row: columns parted by tabs, spaces or dashes; None when it is none.

    Two columns of units are lead and co-operating ones; one is the responsible ones, or the leading one where the head says so.
    """
    text = shaped.text
    if _CELL.search(text, start, end) is None:
        return None
    cells = _cells(text, start, end)
    units = [cell for cell in cells if text[cell[0] : cell[1]].strip() and _is_units(text[cell[0] : cell[1]])]
    if (
        len(cells) < 3
        or not units
        or any(_is_label(text, one, start) for one in LABEL.finditer(text, start, end))
        or "。" in text[start:end]
    ):
        return None
    of_units = set(units)
    others = [cell for cell in cells if cell not in of_units and not _BARE_CELL.fullmatch(text[cell[0] : cell[1]].strip())]
    tasks = [cell for cell in others if not groups(text, *cell) and not text.startswith("已", cell[0])]
    if not tasks:
        return None
    task = _task_cell(cells, tasks, head)
    dues = [place for place in shaped.dues_in(start, end) if not task[0] <= place < task[1]]
    answer = Answer(dues=dues or shaped.dues_in(*task), first_leads=bool(FIRST_LEADS.search(head) or FIRST_LEADS.search(text, start, end)))
    for column, cell in enumerate(units):
        places = [at for at in range(*cell) if text[at] == UNIT]
        marked = [at for at in places if _LEADS_HERE.match(text, at + 1)]
        if marked:
            answer.lead += marked
            answer.co += [at for at in places if at not in marked]
            continue
        is_lead = column == 0 and (len(units) > 1 or "牵头" in _ASIDE.sub("", head))
        (answer.lead if is_lead else answer.co if column else answer.responsible).extend(places)
    for cell in others:
        if groups(text, *cell):
            answer.add(answer_of(read_part(text, *cell, is_last=True)))
    answer.is_doubtful = not head and len(units) > 1
    return Row(task, answer)


def _task_cell(cells: list[tuple[int, int]], tasks: list[tuple[int, int]], head: str) -> tuple[int, int]:
    """The column that the head calls the measures or tasks; else the longest that may be one."""
    columns = _CELL.split(head.strip())
    for word in ("措施", "任务", "事项", "内容"):
        found = [cell for cell, column in zip(cells, columns, strict=False) if word in column and cell in tasks]
        if found and len(columns) == len(cells):
            return found[0]
    return max(tasks, key=lambda cell: cell[1] - cell[0])


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found, at = [], start
    for gap in _CELL.finditer(text, start, end):
        if gap.start() > at:
            found.append((at, gap.start()))
        at = gap.end()
    if end > at:
        found.append((at, end))
    return found


def _is_units(cell: str) -> bool:
    """Nothing but units."""
    return UNIT in cell and not re.sub(rf"（[^（）]*牵头[^（）]*）|[{UNIT}、，和与及等 （）]|部门|单位|牵头|主办", "", cell)
