"""The shape of a text: every unit, limit, title and person is one mark, so that rules about words stay short; and its sentences."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from coordination.clauses.names import Mention
from coordination.clauses.periods import PAST, Due

UNIT, DUE, TITLE, PERSON, OVER = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
LONGEST_BRACKET = 200
MAIN_LEVELS = 3  # a numbering 一、 （一） 1. begins a block; （1） ① 一是 go on within it
_TITLE = re.compile(r"《[^《》\n]{1,80}》(?!结束|期[内末间]|末)")
_PERSON = re.compile(
    r"(?:党组|党委|分管|主要|有关|相关|主管|各)?(?:党组书记|党委书记|负责同志|负责人(?!员)|领导|副?局长|副?主任|书记|副?科长|副?股长|副?所长|副?镇长|副?乡长|副?主席"
    r"|副?会长|秘书长|联络员|工作人员|执法人员|同志|民警|班子|代表)(?:同志)?(?:、局长)?"
)
_NUMBERING = re.compile(
    r"[ \t]*(?:(?P<one>[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百\d]{1,4}条[ ：]?"
    r"|第[一二三四五六七八九十]{1,3}[章节])|(?P<two>（[一二三四五六七八九十]{1,3}）)"
    r"|(?P<three>\d{1,3}(?:\.(?!\d)|\.(?=20\d\d年)|、|\t|(?= [^\d])"
    r"|(?=[一-龥])(?![年月日个家次件号起处项条类批期人名万元周天季份级届度岁]))|问题[\d一二三四五六七八九十]{0,3}：|序号\d{0,3} ?)"
    r"|(?P<four>（\d{1,3}）|\d{1,3}）)|(?P<five>[①-⑳⑴-⒇])|(?P<six>[一二三四五六七八九十](?:是|要)(?!求)"
    r"|第[一二三四五六七八九十][，、]|[●■★◆▪*]|--+))[ \t]*"
)
_STOP = re.compile(r"[。；！？\n]|(?<=[^\d\s]) (?= *\d{1,2}）)|$")  # a number typed behind a space begins the next item
_BRACKET = re.compile("[（）\n]")
_NOTE = re.compile(r"[ \t\n]{0,8}（")
_OPENS = re.compile(rf"{DUE}?[^，。：{UNIT}{DUE}]{{0,14}}：")
_LEVELS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


@dataclass
class Shape:
    """A text with marks. ``starts`` and ``ends`` lead each character back to the plain text; ``closing``: bracket to its end;
    ``is_bracketed``: 1 at each character within one."""

    text: str
    starts: list[int]
    ends: list[int]
    units: dict[int, Mention]
    dues: dict[int, Due]
    closing: dict[int, int] = field(default_factory=dict)
    is_bracketed: bytes = b""
    unit_at: list[int] = field(default_factory=list)
    due_at: list[int] = field(default_factory=list)

    def is_spoken_to(self, place: int) -> bool:
        """Is the unit the one a letter speaks to: 你单位, 贵局?"""
        return self.units[place].words.startswith(("你", "贵", "该"))

    def units_in(self, start: int, end: int) -> list[int]:
        """Where units stand in this stretch."""
        return _within(self.unit_at, start, end)

    def dues_in(self, start: int, end: int) -> list[int]:
        """Where limits stand in this stretch."""
        return _within(self.due_at, start, end)


@dataclass(frozen=True)
class Sentence:
    """A stretch [start, end) of a shape, without its stop. ``level`` of its numbering, 0 for none; ``stop``: what ended it."""

    start: int
    end: int
    level: int
    stop: str
    opens_line: bool
    is_note: bool = False


def shape(text: str, units: list[Mention], limits: list[Due]) -> Shape:
    """Put marks for what was found."""
    marks: list[tuple[int, int, str, Mention | Due | None]] = [(m.start(), m.end(), TITLE, None) for m in _TITLE.finditer(text)]
    for unit in units:
        person = _PERSON.match(text, unit.end)
        marks.append((unit.start, person.end() if person else unit.end, PERSON if person else UNIT, unit))
    marks += [(due.start, due.end, OVER if due.kind == PAST else DUE, due) for due in limits]
    marks.sort(key=lambda mark: (mark[0], -mark[1]))
    pieces, made, at = [], Shape("", [], [], {}, {}), 0
    for start, end, mark, thing in marks:
        if start < at:
            continue
        made.starts.extend([*range(at, start), start])
        made.ends.extend([*range(at + 1, start + 1), end])
        place = len(made.starts) - 1
        if mark == UNIT and isinstance(thing, Mention):
            made.units[place] = thing
            made.unit_at.append(place)
        elif mark == DUE and isinstance(thing, Due):
            made.dues[place] = thing
            made.due_at.append(place)
        pieces.append(text[at:start] + mark)
        at = end
    made.starts.extend(range(at, len(text)))
    made.ends.extend(range(at + 1, len(text) + 1))
    made.text = "".join([*pieces, text[at:]])
    made.closing = _brackets(made.text)
    inside = bytearray(len(made.text))
    for start, end in made.closing.items():
        inside[start:end] = b"\x01" * (end - start)
    made.is_bracketed = bytes(inside)
    return made


def _brackets(text: str) -> dict[int, int]:
    """Each bracket that is closed soon and in its line; one left open is no bracket."""
    opened: list[int] = []
    closing = {}
    for found in _BRACKET.finditer(text):
        if found[0] == "（":
            opened.append(found.start())
        elif found[0] == "\n":
            opened.clear()
        elif opened:
            start = opened.pop()
            if found.start() - start <= LONGEST_BRACKET:
                closing[start] = found.start()
    return closing


def sentences(shaped: Shape, rows: list[int]) -> list[Sentence]:
    """The sentences in order; a bracket behind a full stop is one of its own (``is_note``). ``rows``: where a line begins unmarked."""
    text, found, start, unmarked = shaped.text, list[Sentence](), 0, rows[::-1]
    for stop in _STOP.finditer(text):
        at = stop.start()
        while unmarked and unmarked[-1] <= at:
            found += _sentence(text, start, unmarked[-1], "\n")
            start = unmarked.pop()
        if at < start or shaped.is_bracketed[at : at + 1] == b"\x01":
            continue
        found += _sentence(text, start, at, "；" if stop[0] == " " else stop[0])
        start = at + 1
        note = _NOTE.match(text, start)
        if note and note.end() - 1 in shaped.closing and not _NUMBERING.match(text, note.end() - 1):
            end = shaped.closing[note.end() - 1]
            found.append(Sentence(note.end(), end, 0, "）", False, True))
            start = end + 1
    return found


def _sentence(text: str, start: int, end: int, stop: str) -> list[Sentence]:
    level, opens_line = 0, not start or text[start - 1] == "\n"
    opened = _OPENS.match(text, start, end)
    start = opened.end() if opened and _NUMBERING.match(text, opened.end(), end) else start
    while True:
        number = _NUMBERING.match(text, start, end)
        if number is None or number.end() == start:
            break
        start, level = number.end(), level or next(_LEVELS[name] for name, value in number.groupdict().items() if value)
    while start < end and text[start] in " \t，、”）-":
        start += 1
    while end > start and text[end - 1] in " \t，、-":
        end -= 1
    return [Sentence(start, end, level, stop, opens_line)] if end > start or level else []


def _within(places: list[int], start: int, end: int) -> list[int]:
    first = bisect_right(places, start - 1)
    return places[first : bisect_right(places, end - 1)]
