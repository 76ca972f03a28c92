"""What may be done to a task, by whom and in which state: one table for services, which enforce it, and pages, which hide the rest."""

from dataclasses import dataclass

from coordination.permissions import Actor, Permission, can
from models import Task, TaskStatus
from models.states import Status

S = TaskStatus


class Action(Status):
    """Everything people do to a task, in the words of the buttons."""

    ACCEPT = "accept", "签收"
    REPORT = "report", "填报进展"
    REPORT_DONE = "report_done", "报结"
    HELP = "help", "填报配合进展"
    CLOSE = "close", "销号"
    SEND_BACK = "send_back", "退回重办"
    CANCEL = "cancel", "撤销"
    EDIT = "edit", "更改"
    ASK_MORE = "ask_more", "申请延期"
    DECIDE_MORE = "decide_more", "审核延期"
    CHANGE_LEAD = "change_lead", "更换牵头单位"
    DRAFT = "draft", "拟督办文书"


@dataclass(frozen=True)
class Terms:
    """Who may do it (the lead unit, a co-operating one, or the office) and in which states."""

    permission: Permission
    by: str
    states: frozenset[TaskStatus]


_WITH_LEAD = frozenset({S.ACCEPTED, S.IN_PROGRESS, S.RETURNED})
_OPEN = frozenset(TaskStatus) - Task.ENDED

TERMS: dict[Action, Terms] = {
    Action.ACCEPT: Terms(Permission.TASK_REPORT, "lead", frozenset({S.ASSIGNED})),
    Action.REPORT: Terms(Permission.TASK_REPORT, "lead", _WITH_LEAD),
    Action.REPORT_DONE: Terms(Permission.TASK_REPORT, "lead", _WITH_LEAD),
    Action.HELP: Terms(Permission.TASK_REPORT, "helper", Task.WITH_UNIT),
    Action.CLOSE: Terms(Permission.TASK_SUPERVISE, "office", frozenset({S.REPORTED})),
    Action.SEND_BACK: Terms(Permission.TASK_SUPERVISE, "office", frozenset({S.REPORTED})),
    Action.CANCEL: Terms(Permission.TASK_SUPERVISE, "office", _OPEN),
    Action.EDIT: Terms(Permission.TASK_SUPERVISE, "office", _OPEN),
    Action.ASK_MORE: Terms(Permission.TASK_REPORT, "lead", _WITH_LEAD),
    Action.DECIDE_MORE: Terms(Permission.TASK_SUPERVISE, "office", Task.WITH_UNIT),
    Action.CHANGE_LEAD: Terms(Permission.TASK_SUPERVISE, "office", Task.WITH_UNIT),
    Action.DRAFT: Terms(Permission.TASK_SUPERVISE, "office", Task.WITH_UNIT),
}


def entitled(actor: Actor, task: Task, action: Action) -> bool:
    """Has this person the right to do it to this task, whatever its state? A helper is a co-operating unit that does not lead as well."""
    terms = TERMS[action]
    if not can(actor, terms.permission, task.lead_scope if terms.by == "lead" else task.scope):
        return False
    return terms.by != "helper" or not can(actor, terms.permission, task.lead_scope)


def possible(actor: Actor, task: Task) -> frozenset[Action]:
    """What this person may do to the task now."""
    return frozenset(action for action, terms in TERMS.items() if task.status in terms.states and entitled(actor, task, action))
