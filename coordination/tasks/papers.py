"""The papers of the ladder (督办文书): drafted, approved, numbered, sent, received, or dropped. Callers own the transaction.

The machine drafts and nothing more. A letter to the unit is the office's to approve, what stands at the top the convenor's; nothing is
sent by itself. What the task's own way has overtaken is dropped at once, with the reason.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import attachments, audit
from coordination.accounts.queries import people_in_role
from coordination.notices import full_day
from coordination.permissions import SYSTEM, Actor, Permission, require
from coordination.settings.queries import fonts, setting
from coordination.tasks import composing, letters, queries
from coordination.tasks.actions import Action
from coordination.tasks.composing import Draft, Facts
from coordination.tasks.guard import begin
from coordination.tasks.letters import LIAISONS, LIAISONS_AND_HEADS
from models import LadderStep, Person, Role, Rung, Task, TaskPaper, TaskPaperKind, TaskPaperStatus, TopRung
from models.calendar import local_date
from models.errors import BadInput, CalendarMissing, Conflict, IllegalMove, NotAllowed
from models.mechanism import LETTER_SIGN
from models.numbering import take_number

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
S = TaskPaperStatus


# Drafting


def facts_of(session: Session, task: Task, today: date) -> Facts:
    """What a paper about this task would say today."""
    calendar, limits = queries.calendar(session), queries.limits(session, today)
    given = limits.of("LADDER_ANSWER", task.mechanism_id)
    try:
        done_by = calendar.shift(today, given.days if given else 0)
    except CalendarMissing:
        done_by = today
    query = select(LadderStep).where(LadderStep.task_id == task.id, LadderStep.for_on == task.due_on).order_by(LadderStep.at)
    return Facts(
        task=task,
        lead=task.lead.heir(today).name,
        light=queries.lamp(task, today, calendar, limits),
        today=today,
        done_by=done_by,
        county=setting(session, "county_name"),
        steps=list(session.scalars(query)),
        newest=queries.newest_report(session, task, {task.lead_id, task.lead.heir(today).id}),
    )


def draft_for_rung(session: Session, task: Task, rung: Rung, now: datetime) -> list[TaskPaper]:
    """Draft what the task's coming to this rung asks for; what is there for this due date is left alone."""
    kinds = (TaskPaperKind.SUPERVISION,) if rung == Rung.LETTER else composing.TOP[task.mechanism.top_rung]
    return [made for kind in kinds if (made := _drafted(session, SYSTEM, task, kind, now)) is not None]


def draft(session: Session, *, actor: Actor, task_id: int, kind: TaskPaperKind, now: datetime) -> TaskPaper:
    """The office drafts one before its day: 重点、紧急任务可直接督办. IllegalMove when there is one for this due date."""
    task = begin(session, actor, task_id, Action.DRAFT)
    check_kind(task, kind)
    made = _drafted(session, actor, task, kind, now)
    if made is None:
        raise IllegalMove(f"这项任务按现时限已拟过{kind.label}，请在文书中办理")
    return made


def check_kind(task: Task, kind: TaskPaperKind) -> None:
    """BadInput for a paper that this mechanism may not write: between bureaus there is no criticism, inside one no request upward."""
    if kind not in composing.kinds_of(task.mechanism):
        peers = task.mechanism.top_rung == TopRung.REPORT_UP
        inside = "本机制在一个局内，逾期任务由联席会议办公室通报批评，不报请县政府督查"
        raise BadInput("部门之间是平级单位，不作通报批评，可通报情况并报请县政府督查" if peers else inside)


def _drafted(session: Session, actor: Actor, task: Task, kind: TaskPaperKind, now: datetime) -> TaskPaper | None:
    known = select(TaskPaper.id).where(TaskPaper.task_id == task.id, TaskPaper.kind == kind, TaskPaper.for_on == task.due_on)
    if session.scalar(known) is not None:
        return None
    said = composing.draft(kind, facts_of(session, task, local_date(now)))
    made = TaskPaper(
        mechanism_id=task.mechanism_id,
        task=task,
        kind=kind,
        for_on=task.due_on,
        to=said.to,
        title=said.title,
        text=said.text,
        drafted_at=now,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor=actor, action="task:paper_draft", subject=task, at=now, text=f"拟{kind.label}，待审定", paper=made.id)
    return made


# The office and the convenor


def edit(session: Session, *, actor: Actor, paper_id: int, version: int, to: str, title: str, text: str, now: datetime) -> TaskPaper:
    """The office changes the words of a draft. Conflict when somebody was faster; IllegalMove once it was handed up or approved."""
    paper = _held(session, actor, paper_id, Permission.TASK_SUPERVISE)
    if paper.status not in TaskPaper.OPEN_TO_CHANGE:
        raise IllegalMove(f"文书现为“{paper.status.label}”，不能再改文字")
    if paper.version != version:
        mine, theirs = ("\n".join(parts) for parts in ((to, title, text), (paper.to, paper.title, paper.text)))
        raise Conflict("他人刚刚也改了这份文书。您写的内容没有丢失", mine=mine, theirs=theirs, version=paper.version)
    paper.to, paper.title, paper.text = to, title, text
    _wrote(session, actor, paper, "task:paper_edit", f"修改{paper.kind.label}的文字", now)
    return paper


def submit(session: Session, *, actor: Actor, paper_id: int, now: datetime) -> TaskPaper:
    """报请召集人批准 what is not the office's own to approve."""
    paper = _held(session, actor, paper_id, Permission.TASK_SUPERVISE)
    if not paper.needs_convenor:
        raise IllegalMove("督办函由联席会议办公室审定，不需报请批准")
    _require_live(paper)
    paper.submit()
    _wrote(session, actor, paper, "task:paper_submit", "报请召集人批准", now)
    convenors = people_in_role(session, Role.CONVENOR, paper.mechanism_id)
    _tell(session, "task_paper_to_approve", paper, convenors, now)
    return paper


def approve(session: Session, *, actor: Actor, paper_id: int, version: int | None = None, now: datetime) -> TaskPaper:
    """批准: the number is given and the .docx stored as it stands. ``version``: the one on the page; Conflict when it was changed since."""
    paper = queries.get_paper(session, actor, paper_id, lock=True)
    require(actor, Permission.TASK_APPROVE if paper.needs_convenor else Permission.TASK_SUPERVISE, paper.scope)
    signer = session.get(Person, actor.person_id) if actor.person_id is not None else None
    if signer is None:
        raise NotAllowed("文书须由本人批准")
    if paper.status != (S.SUBMITTED if paper.needs_convenor else S.DRAFT):
        raise IllegalMove(f"文书现为“{paper.status.label}”，不能批准")
    if version is not None and version != paper.version:
        raise Conflict("文书在您审阅时被修改，没有批准。请看过新的文字再办", version=paper.version)
    _require_live(paper)
    prefix, year, serial = _number(session, paper, local_date(now).year)
    name, content = _file(session, paper, TaskPaper.number_of(prefix, year, serial), local_date(now), signer.name)
    paper.file = attachments.store(session, name=name, media_type=DOCX, content=content, now=now)
    paper.approve(prefix, year, serial, signer, now)
    _wrote(session, actor, paper, "task:paper_approve", f"批准{paper.kind.label}，编号{paper.number}", now, sha256=paper.file.sha256)
    if paper.needs_convenor:
        _tell(session, "task_paper_approved", paper, letters.office_of(session, paper.task), now)
    return paper


def refuse(session: Session, *, actor: Actor, paper_id: int, reason: str, now: datetime) -> TaskPaper:
    """不予批准 by the convenor, with the reason; the office mends it or drops it."""
    paper = _held(session, actor, paper_id, Permission.TASK_APPROVE)
    paper.refuse(reason)
    entry = _wrote(session, actor, paper, "task:paper_refuse", f"{paper.kind.label}未批准，原因：{reason}", now)
    _tell(session, "task_paper_refused", paper, letters.office_of(session, paper.task), now, slot=entry)
    return paper


def send(session: Session, *, actor: Actor, paper_id: int, now: datetime) -> TaskPaper:
    """发出: the unit is told and owes a receipt; a 通报 goes to every member. What leaves on paper is only noted as sent."""
    paper = _held(session, actor, paper_id, Permission.TASK_SUPERVISE)
    _require_live(paper)
    paper.send(now)
    _wrote(session, actor, paper, "task:paper_send", f"发出{named(paper)}，送{paper.to}", now)
    if paper.goes_to_unit:
        lead = letters.people_of(session, [paper.task.lead], LIAISONS_AND_HEADS, now)
        _tell(session, "task_paper_sent", paper, lead, now)
        members = queries.members(session, paper.mechanism_id, local_date(now)) if paper.needs_convenor else []
        others = [person for person in letters.people_of(session, members, LIAISONS, now) if person not in lead]
        _tell(session, "task_paper_circulated", paper, others, now)
    return paper


def receive(session: Session, *, actor: Actor, paper_id: int, who: str = "", now: datetime) -> TaskPaper:
    """签收 by the lead unit; the office notes who received it (``who``) where it went out on paper."""
    paper = queries.get_paper(session, actor, paper_id, lock=True)
    unit = paper.goes_to_unit and queries.can_report(actor, paper.task)
    require(actor, Permission.TASK_REPORT if unit else Permission.TASK_SUPERVISE, paper.scope)
    paper.receive(who or actor.name, now)
    _wrote(session, actor, paper, "task:paper_receive", f"{who or actor.name}签收{named(paper)}", now)
    return paper


def drop(session: Session, *, actor: Actor, paper_id: int, reason: str, now: datetime) -> TaskPaper:
    """不再发出 by the office, with the reason; a number it had stays used."""
    paper = _held(session, actor, paper_id, Permission.TASK_SUPERVISE)
    paper.drop(reason)
    _wrote(session, actor, paper, "task:paper_drop", f"{paper.kind.label}不再发出，原因：{reason}", now)
    return paper


def drop_overtaken(session: Session, task: Task, reason: str, now: datetime) -> None:
    """Whatever about this task was not sent is moot: it was reported, got a new date or a new lead, or ended."""
    query = select(TaskPaper).where(TaskPaper.task_id == task.id, TaskPaper.status.in_(TaskPaper.NOT_SENT))
    for paper in session.scalars(query.with_for_update(of=TaskPaper)):
        paper.drop(reason)
        _wrote(session, SYSTEM, paper, "task:paper_drop", f"{paper.kind.label}不再发出，原因：{reason}", now)


# Reading


def named(paper: TaskPaper) -> str:
    """What it is called in a line: 督办函（示市监消联函〔2026〕3号）, or 督办函（送审稿） before it has a number."""
    return f"{paper.kind.label}（{label(paper).strip('（）')}）"


def label(paper: TaskPaper) -> str:
    """Its number, or that it has none yet."""
    return paper.number or composing.UNNUMBERED


def document(session: Session, paper: TaskPaper, today: date) -> tuple[str, bytes]:
    """(file name, bytes): the stored file once approved, else the draft as it stands. Asks nobody's rights."""
    if paper.file is not None:
        return paper.file.name, attachments.read(paper.file)
    return _file(session, paper, composing.UNNUMBERED, today)


def document_of(session: Session, task: Task, kind: TaskPaperKind, today: date) -> tuple[str, bytes]:
    """The newest paper of this kind about the task, or a draft nobody has asked for yet. BadInput for one its mechanism may not write."""
    check_kind(task, kind)
    query = select(TaskPaper).where(TaskPaper.task_id == task.id, TaskPaper.kind == kind, TaskPaper.status != S.DROPPED)
    paper = session.scalars(query.order_by(TaskPaper.id.desc()).limit(1)).first()
    if paper is not None:
        return document(session, paper, today)
    said = composing.draft(kind, facts_of(session, task, today))
    content = composing.paper(kind, task, said, number=composing.UNNUMBERED, day=today, fonts=fonts(session))
    return f"{task.number}{kind.label}{composing.UNNUMBERED}.docx", content


def _number(session: Session, paper: TaskPaper, year: int) -> tuple[str, int, int]:
    """机关代字, year and serial. A letter has 函 behind the 机关代字 and counts with the other letters, the rest with the notices."""
    code = paper.mechanism.document_code
    if not code:
        return "", year, take_number(session, f"task_paper:{paper.mechanism.code}:{paper.kind}:{year}")
    prefix = f"{code}{LETTER_SIGN}" if paper.kind == TaskPaperKind.SUPERVISION else code
    return prefix, year, take_number(session, f"paper:{prefix}:{year}")


def _file(session: Session, paper: TaskPaper, number: str, day: date, signer: str = "") -> tuple[str, bytes]:
    said = Draft(paper.to, paper.title, paper.text)
    content = composing.paper(paper.kind, paper.task, said, number=number, day=day, fonts=fonts(session), signer=signer)
    return f"{paper.title}（{number.strip('（）')}）.docx", content


def _held(session: Session, actor: Actor, paper_id: int, permission: Permission) -> TaskPaper:
    paper = queries.get_paper(session, actor, paper_id, lock=True)
    require(actor, permission, paper.scope)
    return paper


def _require_live(paper: TaskPaper) -> None:
    """IllegalMove once the unit does not owe the task any more, or owes it by another day."""
    task = paper.task
    if task.status not in Task.WITH_UNIT:
        raise IllegalMove(f"任务现为“{task.status.label}”，文书不必再发，请注明不再发出")
    if task.due_on != paper.for_on:
        raise IllegalMove(f"任务时限已改为{full_day(task.due_on)}，文书不必再发，请注明不再发出")


def _wrote(session: Session, actor: Actor, paper: TaskPaper, action: str, said: str, now: datetime, **facts: str) -> int:
    """One line in the history of the task and of its paper, which are read together."""
    return audit.record(session, actor=actor, action=action, subject=paper.task, at=now, text=said, paper=paper.id, **facts).number


def _tell(session: Session, kind: str, paper: TaskPaper, people: list[Person], now: datetime, slot: object = "") -> None:
    facts = {"paper": paper, "label": label(paper)}
    letters.tell(session, kind=kind, task=paper.task, people=people, now=now, slot=f"{paper.id}:{slot}", path=path_of(paper), **facts)


def path_of(paper: TaskPaper) -> str:
    """Where it is dealt with."""
    return f"/tasks/papers/{paper.id}#do"
