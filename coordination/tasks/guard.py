"""The one guard before anything is done to a task: may this person do it, and does the task's state permit it?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import Actor
from coordination.tasks import queries
from coordination.tasks.actions import TERMS, Action, entitled
from models import AuditEntry, Task, TaskStatus
from models.calendar import SHANGHAI
from models.errors import Conflict, IllegalMove, NotAllowed

WORDS = {
    "task:assign": "下达任务",
    "task:edit": "更改任务内容",
    "task:accept": "签收",
    "task:report": "填报进展",
    "task:report_done": "报结",
    "task:close": "销号",
    "task:send_back": "退回重办",
    "task:cancel": "撤销",
    "task:ladder": "督办",
    "task:ask_more": "申请延期",
    "task:extend": "同意延期",
    "task:refuse_more": "不同意延期",
    "task:change_lead": "更换牵头单位",
    "task:cadence": "更改填报频次",
    "task:urge": "催办",
    "task:paper_draft": "拟督办文书",
    "task:paper_edit": "修改督办文书",
    "task:paper_submit": "报请批准文书",
    "task:paper_refuse": "不予批准文书",
    "task:paper_approve": "批准文书",
    "task:paper_send": "发出文书",
    "task:paper_receive": "签收文书",
    "task:paper_drop": "文书不再发出",
    "task:review": "填写落实情况",
    "task:post_support": "提请议定",
}
MOVES = ("task:accept", "task:report_done", "task:close", "task:send_back", "task:cancel", "task:change_lead")


def begin(session: Session, actor: Actor, task_id: int, action: Action, version: int | None = None) -> Task:
    """The task, held until the transaction ends, if this person may do this to it now."""
    task = queries.get_task(session, actor, task_id, lock=True)
    require_action(session, actor, task, action)
    if version is not None and version != task.version:
        raise Conflict("这项任务刚有变化，没有办理。您写的内容没有丢失，请看过新情况再办", version=task.version)
    return task


def require_action(session: Session, actor: Actor, task: Task, action: Action) -> None:
    """NotAllowed without the right, IllegalMove where the task's state does not permit it."""
    if not entitled(actor, task, action):
        raise NotAllowed(f"您没有{action.label}这项任务的权限，需要请联系联席会议办公室")
    if task.status not in TERMS[action].states:
        raise IllegalMove(refusal(session, task, action))


def refusal(session: Session, task: Task, action: Action) -> str:
    """Why the task's state does not permit this, in words: what stands in the way, and who did it when."""
    if action in {Action.CLOSE, Action.SEND_BACK} and task.status in Task.WITH_UNIT:
        return f"任务现为“{task.status.label}”，单位报结后方可{action.label}"
    if task.status == TaskStatus.ASSIGNED:
        return f"任务还没有签收，请先签收再{action.label}"
    query = select(AuditEntry).where(AuditEntry.subject == audit.subject_of(task), AuditEntry.action.in_(MOVES))
    last = session.scalars(query.order_by(AuditEntry.number.desc()).limit(1)).first()
    if last is None:
        return f"任务现为“{task.status.label}”，不能再{action.label}"
    at = last.at.astimezone(SHANGHAI)
    when = f"{at.month}月{at.day}日{at.hour}:{at.minute:02}"
    return f"任务已由{last.who}于{when}{WORDS[last.action]}，不能再{action.label}"
