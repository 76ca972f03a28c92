"""Words that say that something be done, apart from those that say how things stand, what is aimed at and what somebody may do."""

import re

from coordination.clauses.shape import DUE
from coordination.clauses.verbs import VERBS

_WORK = re.compile(
    rf"(?:^|[，；：、]|月起)[“ ]*(?:(?:对|将|把|在|以|围绕|针对|依托|结合|按照|会同|联合)[^，；：]{{1,24}}?|{DUE}|到{DUE}"
    r"|继续|进一步|深入|大力|扎实|持续|积极|全面|不断|切实|着力|加快|稳步|认真|严格|充分|重点|逐步|统一|定期|及时|广泛|集中|全年|探索|全力"
    rf"|有序|分类|依法|每)*(?:{VERBS})"
)
_GOAL = re.compile(f"(?:(?:总体|工作)?目标：)?(?:力争|争取)?到{DUE}")
_UNTIL = re.compile(f"(?:^|[。；：\n])(?:力争|争取)?到{DUE}$")
_MATTER = re.compile("(?:情况|安排|分工|保障|背景|目标)$")  # what a heading speaks of
_STAYS = re.compile("(?:保持|稳定|维持)在|占[^，]{0,8}(?:成|%)")
_MAY = re.compile(r"(?<![不许认])可(?:以)?(?:于|在|凭|向|到|通过|拨打|登录|申请|要求|选择)")  # what somebody may do is nobody's task


def is_work(words: str) -> bool:
    """Does a stretch of it begin with what is to be done?"""
    return _WORK.search(words) is not None


def is_aim(words: str, before: str) -> bool:
    """Is it an aim, a matter, a state or leave given, and so no task where nobody is named?

    ``before``: the text up to its first character.
    """
    is_matter = _MATTER.search(words) is not None and not is_work(words)
    return is_matter or any(
        pattern is not None for pattern in (_GOAL.match(words), _UNTIL.search(before), _STAYS.search(words), _MAY.search(words))
    )
