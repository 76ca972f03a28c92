"""投诉登记表 and 举报登记表 as .docx (市场监督管理部门处理投诉举报文书式样, 2026年4月, 一 and 二). Equal papers give equal bytes."""

from dataclasses import dataclass

from docx.oxml.xmlchemy import BaseOxmlElement

from coordination.documents import blanks
from coordination.documents.complaint_paper import Register
from coordination.documents.fonts import Fonts
from coordination.documents.markup import element, ordered
from coordination.documents.sheet import Sheet, paragraph, run, to_bytes
from coordination.documents.styles import LINE, TYPE_WIDTH, cell_margins, exact, size
from coordination.documents.wording import clean, paragraphs, widest, width

_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_SPACE = "\u3000"
_LOW, _SIGNED = 560, 1100  # least heights of rows in twips
_PER_LINE = 35  # characters of 小四 in the type area, less a gap
_MANY = 300  # characters, from which the label of a long text stands at its head, not half-way down
_COMPLAINT_NOTES = (
    "本表格适用于市场监督管理部门对消费者通过电话、信函、上门等方式提起投诉的登记。",
    "消费者通过非现场方式提起投诉的，无须在投诉人一栏签字。",
    "消费者权益争议事实依据应当包括：消费者购买、使用商品或者接受服务的时间、地点、内容、涉及金额、消费者权益争议情况等具体事实及相应证明材料。",
    "投诉请求应当包括：消费者主张修理、重作、更换、退货、补足商品数量、退还货款和服务费用、赔偿损失等具体请求。",
)
_REPORT_NOTES = (
    "本表格适用于市场监督管理部门对举报人通过电话、信函、上门等方式提起举报的登记。",
    "举报人可以匿名举报，但应当提供具体涉嫌违法线索和相应的事实依据，并对举报内容的真实性负责。举报人实名举报的，还应当提供真实的身份信息。",
    "通过非现场方式提出举报的，无须在举报人一栏签字。",
)


@dataclass(frozen=True)
class _Cell:
    """One cell: its lines, how many columns it spans, whether it begins or goes on a merged one, and how it is set."""

    lines: tuple[str, ...] = ()
    span: int = 1
    merge: str = ""
    is_label: bool = False
    is_long: bool = False
    last_right: bool = False


@dataclass(frozen=True)
class _Row:
    cells: tuple[_Cell, ...]
    height: int = _LOW
    may_split: bool = False


def complaint_register(paper: Register, fonts: Fonts) -> bytes:
    """投诉登记表."""
    person, target = paper.person, paper.target
    rows = [
        _Row((_label("投", "诉", "人", merge="restart"), *_said("姓名", person.name, span=2), *_said("联系电话", person.phone))),
        _Row((_GOES_ON, *_said("证件类型", person.id_kind, span=2), *_said("证件号码", person.id_no))),
        _Row((_GOES_ON, *_said("联系地址", person.address, span=4))),
        _Row((_GOES_ON, *_asked(("是否同意公", "示投诉信息"), paper.consents_to_publication, span=2), *_delegation(paper)), height=860),
        _Row(
            (_label("被", "投", "诉", "人", merge="restart"), *_said("名称（姓名）", target.name, span=2), *_said("联系人", target.contact))
        ),
        _Row((_GOES_ON, *_said("地址", target.address, span=2), *_said("联系电话", target.phone))),
        _long(("消费者", "权益", "争议", "事实", "依据"), paper.facts, 5, 2000),
        _long(("投诉", "请求"), paper.request, 5, 900),
        _signed("投诉人", (3, 3)),
    ]
    return _form(paper, fonts, "投诉登记表", "文书式样一", [940, 1640, 1842, 758, 1200], rows, _COMPLAINT_NOTES)


def report_register(paper: Register, fonts: Fonts) -> bytes:
    """举报登记表."""
    person, target = paper.person, paper.target
    rows = [
        _Row(
            (_label("举", "报", "人", merge="restart"), *_said("姓名", person.name, span=2), *_said("联系电话", person.phone)), height=700
        ),
        _Row((_GOES_ON, *_said("联系地址", person.address, span=2), *_said(("身份证", "件号码"), person.id_no)), height=700),
        _Row((_label("被", "举报", "人", merge="restart"), *_said("名称（姓名）", target.name, span=4)), height=700),
        _Row((_GOES_ON, *_said("地址", target.address, span=4)), height=700),
        _long(
            ("涉嫌违反", "市场监督", "管理法律、", "法规、规章", "的具体线索", "和相应的", "事实依据"),
            paper.facts,
            5,
            4000,
        ),
        _signed("举报人", (3, 3)),
    ]
    return _form(paper, fonts, "举报登记表", "文书式样二", [1380, 1640, 1402, 758, 1130], rows, _REPORT_NOTES)


def _form(paper: Register, fonts: Fonts, title: str, sample: str, widths: list[int], rows: list[_Row], notes: tuple[str, ...]) -> bytes:
    sheet = blanks.new_form(title, paper.unit, paper.day, sample, fonts)
    blanks.head(sheet, title)
    _whose(sheet, paper)
    sheet.add(_table(sheet, [*widths, TYPE_WIDTH - sum(widths)], rows))
    blanks.notes(sheet, *notes, before=120)
    return to_bytes(sheet)


def _whose(sheet: Sheet, paper: Register) -> None:
    """Who registered it and under which number, at both ends of a line above the table; on two lines when both are long."""
    left, right = f"登记单位：{clean(paper.unit)}", f"编号：{clean(paper.number)}"
    room = exact(20, before=LINE // 3, after=60)
    if width(left) + widest(right) > _PER_LINE:
        sheet.paragraph("Cell", _small(sheet, left), spacing=exact(20, before=LINE // 3))
        sheet.paragraph("Cell", _small(sheet, right), spacing=exact(20, after=60))
        return
    side, at = ("right", TYPE_WIDTH) if clean(paper.number) else ("left", TYPE_WIDTH * 6 // 10)
    tab = element("tabs", element("tab", val=side, pos=at))
    sheet.paragraph("Cell", _small(sheet, left), element("r", element("tab")), _small(sheet, right), tabs=tab, spacing=room)


_GOES_ON = _Cell(merge="continue")


def _label(*lines: str, merge: str = "", is_long: bool = False) -> _Cell:
    return _Cell(lines, merge=merge, is_label=True, is_long=is_long)


def _said(label: str | tuple[str, ...], words: str, span: int = 1) -> tuple[_Cell, _Cell]:
    return _label(*([label] if isinstance(label, str) else label)), _Cell((clean(words),), span=span)


def _delegation(paper: Register) -> tuple[_Cell, _Cell]:
    return _asked(("是否同意", "委托调解"), paper.consents_to_delegation)


def _asked(label: tuple[str, ...], answer: bool | None, span: int = 1) -> tuple[_Cell, _Cell]:
    yes, no = "☑" if answer is True else "□", "☑" if answer is False else "□"
    return _label(*label), _Cell((f"{yes}是{_SPACE}{no}否",), span=span, is_label=True)


def _long(label: tuple[str, ...], words: str, span: int, height: int) -> _Row:
    said = tuple(paragraphs(words))
    is_long = sum(map(len, said)) > _MANY
    return _Row((_label(*label, is_long=is_long), _Cell(said, span=span, is_long=True)), height, may_split=True)


def _signed(who: str, spans: tuple[int, int]) -> _Row:
    day = f"年{_SPACE * 2}月{_SPACE * 2}日"
    cells = ((who, spans[0]), ("经办人", spans[1]))
    return _Row(tuple(_Cell((f"{one}（签字）：", "", day), span=span, last_right=True) for one, span in cells), _SIGNED)


def _table(sheet: Sheet, widths: list[int], rows: list[_Row]) -> BaseOxmlElement:
    borders = element("tblBorders", *(element(side, val="single", sz=6, space=0, color="000000") for side in _SIDES))
    look = ordered(
        "tblPr",
        tblW={"w": TYPE_WIDTH, "type": "dxa"},
        tblBorders=borders,
        tblLayout={"type": "fixed"},
        tblCellMar=cell_margins(top=40, sides=85, bottom=60),
    )
    made = element("tbl", look, element("tblGrid", *(element("gridCol", w=width) for width in widths)))
    made.extend(_row(sheet, row, widths) for row in rows)
    return made


def _row(sheet: Sheet, row: _Row, widths: list[int]) -> BaseOxmlElement:
    properties: dict = {"trHeight": {"val": row.height, "hRule": "atLeast"}}
    properties |= {} if row.may_split else {"cantSplit": True}
    cells, at = [], 0
    for cell in row.cells:
        cells.append(_cell(sheet, cell, sum(widths[at : at + cell.span])))
        at += cell.span
    return element("tr", ordered("trPr", None, **properties), *cells)


def _cell(sheet: Sheet, cell: _Cell, width: int) -> BaseOxmlElement:
    parts: dict = {"tcW": {"w": width, "type": "dxa"}, "vAlign": "top" if cell.is_long else "center"}
    parts |= {"gridSpan": cell.span} if cell.span > 1 else {}
    parts |= {"vMerge": cell.merge} if cell.merge else {}
    lines = [_line(sheet, cell, at) for at in range(len(cell.lines))] or [paragraph("Cell")]
    return element("tc", ordered("tcPr", **parts), *lines)


def _line(sheet: Sheet, cell: _Cell, at: int) -> BaseOxmlElement:
    look = {"jc": "center"} if cell.is_label else {}
    if cell.last_right and at == len(cell.lines) - 1:
        look = {"jc": "right"}
    return paragraph("Cell", _small(sheet, cell.lines[at]), **look)


def _small(sheet: Sheet, words: str) -> BaseOxmlElement:
    """Words of a form in 小四: the run says it too, for text pasted elsewhere."""
    return run(words, sheet.fonts.body, spacing=0, **size(12))
