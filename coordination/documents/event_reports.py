"""信息专报 as .docx: how a group complaint or an emergency is reported, first, further and at its end (S2 第二部分（二）).

The paper has a head like 简报 and four parts; its clock and its recipients are told to it. Equal papers give equal bytes.
"""

from coordination.documents import blanks, blocks, foot
from coordination.documents.complaint_paper import EventReport
from coordination.documents.fonts import Fonts
from coordination.documents.sheet import Properties, Sheet, new_sheet, to_bytes
from coordination.documents.wording import chinese_number, clean, official_date

MARK = "信息专报"
FIRST, FURTHER, FINAL = "首报", "续报", "终报"
_PARTS = {
    FIRST: ("基本情况", "已采取的措施", "风险研判", "下一步工作"),
    FURTHER: ("最新进展", "已采取的措施", "风险研判", "下一步工作"),
    FINAL: ("事件经过", "处置结果", "原因分析", "防范措施"),
}


def event_report(paper: EventReport, fonts: Fonts) -> bytes:
    """首报, 续报 or 终报. A part without words says that there is nothing yet, so that no reader takes it for forgotten.

    KeyError for a stage that there is not.
    """
    parts = _PARTS[paper.stage]
    title = f"关于{clean(paper.event) or '消费投诉事件'}的信息专报（{_stage(paper)}）"
    sheet = new_sheet(fonts, Properties(title=f"{MARK}（{paper.stage}）", author=paper.issuer, day=paper.day, subject=paper.stage))
    foot.page_numbers(sheet)
    blocks.red_mark(sheet, MARK)
    blocks.number_line(sheet, clean(paper.number) or f"第{blanks.LINE_TO_WRITE_ON * 2}期")
    blocks.issuer_line(sheet, paper.issuer, official_date(paper.signed_on or paper.day))
    blocks.red_rule(sheet)
    blocks.title(sheet, title)
    if clean(paper.recipients):
        blanks.addressee(sheet, paper.recipients)
    words = (paper.happened, paper.measures, paper.outlook, paper.plans)
    for at, (heading, said) in enumerate(zip(parts, words, strict=True), start=1):
        blocks.heading(sheet, 1, at, heading)
        blocks.text(sheet, said if said.strip() else "暂无。")
    _next(sheet, paper)
    _signed(sheet, paper)
    foot.imprint(
        sheet,
        printed_by=clean(paper.issuer) or "\u3000",
        printed_on=official_date(paper.signed_on or paper.day),
        copies_to=paper.copies_to,
    )
    return to_bytes(sheet)


def _stage(paper: EventReport) -> str:
    """续报 are counted from the second on: 续报二."""
    counted = paper.stage == FURTHER and paper.sequence > 1
    return f"{paper.stage}{chinese_number(paper.sequence)}" if counted else paper.stage


def _next(sheet: Sheet, paper: EventReport) -> None:
    if paper.stage == FINAL:
        blocks.text(sheet, "本专报为终报。")
    elif paper.next_by is not None or paper.next_on is not None:
        last = blanks.moment(paper.next_by) if paper.next_by is not None else blanks.day(paper.next_on)
        blocks.text(sheet, f"下次报告最迟于{last[0]}报送；情况有重大变化的，随时续报。")
    else:
        blocks.text(sheet, "情况有重大变化的，随时续报。")


def _signed(sheet: Sheet, paper: EventReport) -> None:
    parts = (("审核", paper.approved_by), ("联系人", paper.contact), ("联系电话", paper.phone))
    said = "；".join(f"{label}：{clean(words)}" for label, words in parts if clean(words))
    if said:
        sheet.paragraph("Body", *blanks.runs(sheet, (f"（{said}）",)), jc="left")
