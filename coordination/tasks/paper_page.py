"""What the pages of papers show: the list, and of one paper where it stands, what is next and for whom."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coordination.filters import moment
from coordination.notices import full_day
from coordination.permissions import Actor, Permission, can
from coordination.tasks import queries
from coordination.tasks.page import Step
from models import Task, TaskPaper, TaskPaperStatus
from models.calendar import local_date

PAGE = 30
S = TaskPaperStatus
STATES = {
    "open": (*TaskPaper.NOT_SENT, S.SENT),
    "out": (S.SENT, S.RECEIVED),
    "dropped": (S.DROPPED,),
    "all": tuple(S),
}


@dataclass(frozen=True)
class Listed:
    """A page of papers, newest first; ``older``: the id to go on from, None at the end."""

    rows: list[TaskPaper]
    older: int | None


class Stage(NamedTuple):
    """One step of a paper's way, as the stepper shows it."""

    label: str
    state: str


def listed(session: Session, actor: Actor, state: str, before: int | None) -> Listed:
    """The papers in this state that the person may see."""
    query = select(TaskPaper).where(queries.visible_papers(actor), TaskPaper.status.in_(STATES[state]))
    if before is not None:
        query = query.where(TaskPaper.id < min(before, queries.LARGEST_ID))
    query = query.options(joinedload(TaskPaper.task).joinedload(Task.lead), joinedload(TaskPaper.mechanism))
    rows = list(session.scalars(query.order_by(TaskPaper.id.desc()).limit(PAGE + 1)))
    return Listed(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def steps(paper: TaskPaper) -> list[Stage]:
    """拟稿→(报批→)批准编号→发出→签收."""
    order = [("拟稿", S.DRAFT), *([("报召集人批准", S.SUBMITTED)] if paper.needs_convenor else [])]
    order += [("批准编号" if paper.needs_convenor else "审定编号", S.APPROVED), ("发出", S.SENT), ("签收", S.RECEIVED)]
    reached = {
        S.DRAFT: True,
        S.SUBMITTED: paper.status in {S.SUBMITTED, S.REFUSED} or paper.approved_at is not None,
        S.APPROVED: paper.approved_at is not None,
        S.SENT: paper.sent_at is not None,
        S.RECEIVED: paper.received_at is not None,
    }
    current = next((at for at, (_, state) in enumerate(order) if not reached[state]), len(order))
    return [Stage(words, "done" if at < current else "current" if at == current else "todo") for at, (words, _) in enumerate(order)]


def next_step(actor: Actor, paper: TaskPaper) -> Step:
    """What this person is to do next with it, or whom it waits for."""
    office = can(actor, Permission.TASK_SUPERVISE, paper.scope)
    convenor = can(actor, Permission.TASK_APPROVE, paper.scope)
    way = {
        S.DRAFT: _drafted,
        S.REFUSED: _refused,
        S.SUBMITTED: _submitted,
        S.APPROVED: _approved,
        S.SENT: _sent,
    }.get(paper.status)
    return way(actor, paper, office, convenor) if way else Step(_ended(paper))


def _url(endpoint: str, paper: TaskPaper) -> str:
    return url_for(f"tasks.{endpoint}_paper", paper_id=paper.id)


def _drafted(actor: Actor, paper: TaskPaper, office: bool, convenor: bool) -> Step:
    if not office:
        return Step("等联席会议办公室审定。")
    edit = ("修改文字…", _url("edit", paper))
    if paper.needs_convenor:
        return Step(
            "请核对文字，需要的可修改；报召集人批准后编号、发出。", "报请召集人批准", _url("submit", paper), posts=True, others=(edit,)
        )
    return Step("请核对文字，需要的可修改；审定后编号，由您发出。", "审定…", _url("approve", paper), others=(edit,))


def _refused(actor: Actor, paper: TaskPaper, office: bool, convenor: bool) -> Step:
    why = f"召集人未批准，原因：{(paper.reason or '').rstrip('。')}。"
    if not office:
        return Step(f"{why}等联席会议办公室修改或不再发出。")
    others = (("修改文字…", _url("edit", paper)), ("不再发出…", _url("drop", paper)))
    return Step(f"{why}请修改后再报，或注明不再发出。", "再报请召集人批准", _url("submit", paper), posts=True, others=others)


def _submitted(actor: Actor, paper: TaskPaper, office: bool, convenor: bool) -> Step:
    if not convenor:
        return Step("已报请召集人批准。")
    return Step(
        "请审阅后批准；批准后编号，由办公室发出。", "审阅并批准…", _url("approve", paper), others=(("不予批准…", _url("refuse", paper)),)
    )


def _approved(actor: Actor, paper: TaskPaper, office: bool, convenor: bool) -> Step:
    return Step("已编号，可以发出。", "发出…", _url("send", paper)) if office else Step("已批准，等联席会议办公室发出。")


def _sent(actor: Actor, paper: TaskPaper, office: bool, convenor: bool) -> Step:
    if paper.goes_to_unit and queries.can_report(actor, paper.task):
        return Step("请签收，并按文书的要求办理任务。", "签收文书…", _url("receive", paper))
    if office:
        return Step(f"已发出，等{receiver(paper)}签收；收到回执的可代为登记。", "登记签收…", _url("receive", paper))
    return Step(f"已发出，等{receiver(paper)}签收。")


def receiver(paper: TaskPaper) -> str:
    """Whose receipt it waits for: of a 通报 to all members, the unit it speaks of."""
    return paper.task.lead.short_name if paper.goes_to_unit else paper.to


def _ended(paper: TaskPaper) -> str:
    if paper.status == S.DROPPED:
        return f"文书不再发出，原因：{(paper.reason or '').rstrip('。')}。"
    return f"{paper.received_by}已签收。"


def facts(actor: Actor, paper: TaskPaper) -> list[tuple[str, str]]:
    """要点."""
    today = local_date(paper.drafted_at)
    task = f"{paper.task.number}　{paper.task.title}"
    approved = f"{moment(paper.approved_at, today)} {paper.approved_by.name}" if paper.approved_by else ""
    return [
        ("任务", task),
        ("牵头单位", paper.task.lead.short_name),
        ("对应时限", full_day(paper.for_on)),
        ("主送", paper.to),
        ("拟稿", moment(paper.drafted_at, today)),
        ("批准" if paper.needs_convenor else "审定", approved),
        ("发出", moment(paper.sent_at, today) if paper.sent_at else ""),
        ("签收", f"{moment(paper.received_at, today)} {paper.received_by}" if paper.received_at else ""),
    ]


def more(actor: Actor, paper: TaskPaper) -> list[tuple[str, str]]:
    """Seldom done, folded away."""
    links = [("查看任务", url_for("tasks.show", task_id=paper.task_id))] if _sees_task(actor, paper) else []
    if paper.status in TaskPaper.NOT_SENT and can(actor, Permission.TASK_SUPERVISE, paper.scope):
        links.append(("不再发出…", _url("drop", paper)))
    return links


def _sees_task(actor: Actor, paper: TaskPaper) -> bool:
    overseen = actor.oversees(Permission.TASK_READ)
    return overseen is None or paper.mechanism_id in overseen or bool(paper.task.scope.unit_ids & actor.unit_ids)
