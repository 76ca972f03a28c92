"""What proves a task done: the thing it makes (方案, 台账, 名单), or else what it is about."""

import re

from coordination.clauses.shape import DUE, PERSON, UNIT
from coordination.clauses.verbs import VERBS

_THING = (
    "方案|台账|办法|清单|名单|报告|制度|机制|规范|标准|目录|预案|意见|指引|手册|平台|系统|情况表|总结|细则|规定|计划|文本"
    "|通报|专栏|条款|汇编|名录|公约|承诺书|台帐|协议|数据库|专班|预算|记录|表"
)
_STOP = rf"，。；：（）\n{UNIT}{DUE}{PERSON}"
_MADE = re.compile(
    rf"(?:制定|制订|出台|印发|建立健全|建立|健全|完善|编制|编印|编写|形成|拟定|拟订|起草|提交|报送|上报|补报|公布|公示|公开|发布|修订|梳理|汇总|提出|拿出|设立|搭建|建成|开发|出具|推送|提供|通报|整理|填报|完成|成立|组建|开设|确定|签订)"
    rf"(?P<thing>[^{_STOP}]{{0,40}}(?:{_THING}))"
)
_DONE = re.compile(
    rf"(?:(?:负责|牵头|组织|继续|共同|联合|认真|进一步|切实)(?:对|将)?)*(?:{VERBS})(?:好|了|对|健全|完善|组织实施)?(?P<thing>[^{_STOP}]{{1,60}})"
)
_BA = re.compile(rf"(?:将|把)(?P<thing>[^{_STOP}]{{2,40}}?)(?:书面)?(?:报|反馈|送|移交|移送|纳入|函复|印发|交)")
_TRIM = re.compile(r"(?:工作|等工作|任务|，|、|并|后|前|于|由|，并)+$")


def _from(text: str, start: int, end: int) -> int:
    """Where what is to be done begins: behind the event that a limit is counted from."""
    counted = text.rfind("之日起", start, end)
    return start if counted < 0 else counted + 3


def deliverable(text: str, stretches: list[tuple[int, int]]) -> tuple[int, int, bool] | None:
    """Where in the shape the result stands, and whether it is a thing that can be handed over; None when nothing is found."""
    for pattern, is_thing in ((_MADE, True), (_BA, True), (_DONE, False)):
        for start, end in stretches:
            found = pattern.search(text, max(start, _from(text, start, end)), end)
            if found:
                thing = _TRIM.sub("", found["thing"])
                begun = found.start("thing") + len(thing) - len(thing.lstrip("的各、"))
                if found.start("thing") + len(thing) - begun > 1:
                    return begun, found.start("thing") + len(thing), is_thing
    for start, end in stretches:
        found = re.compile(rf"[^{_STOP}]{{2,60}}").search(text, start, end)
        if found:
            return found.start(), found.end(), False
    return None
