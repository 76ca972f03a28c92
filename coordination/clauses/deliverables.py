"""What proves a task done: the thing it makes (方案, 台账, 名单), or else what it is about."""

import re

from coordination.clauses.shape import DUE, PERSON, TITLE, UNIT
from coordination.clauses.verbs import VERBS

# What is written and can be handed over, what is set up, and the verbs that make either.
_PAPER = (
    "方案|台账|台帐|办法|清单|名单|报告|预案|意见|指引|指南|手册|情况表|总结(?:材料)?|细则|规定|计划|文本|通报|条款|汇编|名录|目录|公约|承诺书|协议|预算|记录"
    "|简报|清册|登记册|公示牌|告示牌|流程图|照片|告知书|倡议书|意见书|建议书|课件|工作要点|海报|宣传册|案例|纪要|规则|规程|公告|日志|稿|思路|材料|素材|回执|说明|函(?![送告复询])"
    "|书(?![面记])|图(?!书)|表(?![示现明彰])|册|单(?!位)"
    f"|{TITLE}"
)
_SET_UP = "制度|机制|规范|标准|平台|系统|专栏|数据库|专班|窗口|站点|联络站|服务站"
_MAKES = (
    "制定|制订|出台|印发|建立健全|建立|健全|完善|编制|编印|编写|撰写|草拟|形成|拟定|拟订|起草|提交|报送|上报|补报|公布|公示|公开|发布|修订|修改|梳理|汇总|提出"
    "|拿出|列出|排出|写出|开具|设立|增设|搭建|建成|开发|出具|推送|提供|通报|整理|填报|完成|成立|组建|开设|确定|签订|更换|更新|张贴|刊播|播出|发放|印制|反馈|移交|书面|出|交|报|送|回"
)
_STOP = rf"，。；：（）\n{UNIT}{DUE}{PERSON}"
_MADE = re.compile(rf"(?:{_MAKES})(?P<thing>[^{_STOP}]{{0,40}}(?:{_PAPER}))")
_SET = re.compile(rf"(?:{_MAKES})(?P<thing>[^{_STOP}]{{0,40}}(?:{_SET_UP}))")
_SENT = re.compile(
    rf"(?:报送|反馈|上报|报告|通报|提交|提出|补报|汇报|回复|公布|报)(?:一次)?(?P<thing>[^{_STOP}]{{0,30}}(?:结果|情况|进展|建议|数据|信息|名额|答复|节目))"
)
_KEPT = re.compile(
    rf"(?<![^，；：。\n\t）])(?P<thing>[^{_STOP}]{{0,20}}(?:{_PAPER}))(?:初稿|草案)?(?:书面)?(?:报|送|交|抄送|张贴|留存|留底|存档|备案|归档|录入|由|统一|于|经|[^{_STOP}]{{0,2}}{DUE})"
)
_FORM = re.compile(rf"(?:录入|纳入|以|列入)(?P<thing>[^{_STOP}]{{0,20}}(?:{_PAPER}))")
_DONE = re.compile(
    rf"(?:(?:负责|牵头|组织|继续|共同|联合|认真|进一步|切实)(?:对|将)?)*(?:{VERBS})(?:好|了|对|健全|完善|组织实施)?(?P<thing>[^{_STOP}]{{1,60}})"
)
_BA = re.compile(rf"(?:将|把)(?P<thing>[^{_STOP}]{{2,40}}?)(?:书面)?(?:报|反馈|送|交|移交|移送|推送|函复|函告|抄告|告知|回复|通报|印发|交)")
_WORDS = re.compile(rf"[^{_STOP}]{{2,60}}")
_BARE_VERB = re.compile(rf"(?:会议|由|均|全部|按时)*(?:{VERBS}|要求)+(?:到位)?")
_TRIM = re.compile(r"(?:工作|等工作|任务|，|、|并|后|前|于|由|，并)+$")


def _from(text: str, start: int, end: int) -> int:
    """Where what is to be done begins: behind the event that a limit is counted from."""
    counted = text.rfind("之日起", start, end)
    return start if counted < 0 else counted + 3


def deliverable(text: str, stretches: list[tuple[int, int]]) -> tuple[int, int, bool] | None:
    """Where in the shape the result stands, and whether it is a thing that can be handed over; None when nothing is found."""
    for pattern, is_thing in ((_MADE, True), (_BA, True), (_SENT, True), (_KEPT, True), (_FORM, True), (_SET, True), (_DONE, False)):
        for start, end in reversed(stretches) if is_thing else stretches:
            for found in reversed(list(pattern.finditer(text, max(start, _from(text, start, end)), end))):
                thing = _TRIM.sub("", found["thing"])
                begun = found.start("thing") + len(thing) - len(thing.lstrip("的各、"))
                if found.start("thing") + len(thing) - begun > 1:
                    return begun, found.start("thing") + len(thing), is_thing
    for start, end in stretches:
        words = _WORDS.search(text, start, end)
        if words and not _BARE_VERB.fullmatch(words[0]):
            return words.start(), words.end(), False
    return None
