"""文书: the papers of the ladder, and what is done to each."""

from collections.abc import Callable
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Did, act_page
from coordination.filters import with_query
from coordination.forms import choices
from coordination.permissions import Permission, require
from coordination.tasks import composing, forms, letters, paper_page, papers, queries
from coordination.tasks.actions import Action
from coordination.tasks.letters import LIAISONS_AND_HEADS
from coordination.tasks.routes.blueprint import Answer, bp, head_of, opened, tabs
from coordination.transaction import transaction
from models import TaskPaper, TaskPaperKind, TaskPaperStatus
from models.base import db
from models.errors import IllegalMove

STATES = (("open", "待办理"), ("out", "已发出"), ("dropped", "不再发出"), ("all", "全部"))


@bp.get("/papers", endpoint="papers")
@requires(Permission.TASK_READ)
def index() -> str:
    """The papers this person may see, newest first."""
    state = request.args.get("state", "open")
    state = state if state in dict(STATES) else "open"
    session, me = db.session(), actor()
    found = paper_page.listed(session, me, state, request.args.get("before", type=int))
    return render_template(
        "tasks/papers.html",
        rows=found.rows,
        states=STATES,
        state=state,
        label=papers.label,
        oversees=bool(queries.overseen(session, me)),
        next_url=with_query(request.full_path, before=found.older) if found.older else None,
        subnav=tabs("papers"),
    )


@bp.get("/papers/<int:paper_id>", endpoint="paper")
@requires(Permission.TASK_READ)
def show(paper_id: int) -> str:
    """One paper: what it says, where it stands, what is next and for whom."""
    session, me = db.session(), actor()
    paper = queries.get_paper(session, me, paper_id)
    return render_template(
        "tasks/paper.html",
        paper=paper,
        label=papers.named(paper),
        step=paper_page.next_step(me, paper),
        steps=paper_page.steps(paper),
        facts=paper_page.facts(me, paper),
        more=paper_page.more(me, paper),
    )


@bp.get("/papers/<int:paper_id>/file", endpoint="paper_file")
@requires(Permission.TASK_READ)
def file(paper_id: int) -> Response:
    """The .docx: the stored one once approved, else the draft as it stands."""
    session = db.session()
    name, content = papers.document(session, queries.get_paper(session, actor(), paper_id), clock.today())
    return send_file(BytesIO(content), mimetype=papers.DOCX, as_attachment=True, download_name=name)


@bp.route("/<int:task_id>/draft", methods=["GET", "POST"], endpoint="draft_paper")
@requires(Permission.TASK_SUPERVISE)
def draft(task_id: int) -> Answer:
    """拟督办文书 before the ladder comes to it."""
    task = opened(task_id, Action.DRAFT)
    form = forms.DraftPaper(version=task.version)
    form.kind.choices = choices((kind.value, kind.label) for kind in composing.kinds_of(task.mechanism))

    def act(session: Session) -> Did:
        kind = TaskPaperKind(form.kind.data)  # type: ignore[call-arg]
        made = papers.draft(session, actor=actor(), task_id=task_id, kind=kind, now=clock.now())
        return f"{made.kind.label}已拟好，请审定。", url_for(".paper", paper_id=made.id)

    lines = ("拟好后可改文字，审定后才发出；不会自动发出", "同一时限同一种文书只拟一次")
    return act_page(
        form, act, title=f"拟督办文书：{task.title}", verb="拟文书", consequences=lines, back_label="返回，不拟", **head_of(task)
    )


@bp.route("/papers/<int:paper_id>/edit", methods=["GET", "POST"], endpoint="edit_paper")
@requires(Permission.TASK_SUPERVISE)
def edit(paper_id: int) -> Answer:
    """修改文书."""
    paper = _opened(paper_id, Permission.TASK_SUPERVISE, TaskPaper.OPEN_TO_CHANGE)
    form = forms.Paper(obj=paper)

    def act(session: Session) -> Did:
        given = {"to": form.to.data, "title": form.title.data, "text": form.text.data, "version": form.version.data}
        papers.edit(session, actor=actor(), paper_id=paper_id, now=clock.now(), **given)
        return "文书已修改。", _home(paper_id)

    hints = {"text": "一行为一段；版头、编号、落款和日期由系统排版"}
    return act_page(form, act, title=f"修改{paper.kind.label}", verb="保存文书", hints=hints, back_label="返回，不修改", **_about(paper))


@bp.post("/papers/<int:paper_id>/submit", endpoint="submit_paper")
@requires(Permission.TASK_SUPERVISE)
def submit(paper_id: int) -> Response:
    """报请召集人批准."""
    return _done(paper_id, papers.submit, "已报请召集人批准，召集人会收到提醒。")


@bp.route("/papers/<int:paper_id>/approve", methods=["GET", "POST"], endpoint="approve_paper")
@requires(Permission.TASK_READ)
def approve(paper_id: int) -> Answer:
    """批准 (or, for a letter, 审定): the whole text is on the page, and the number is given."""
    paper = queries.get_paper(db.session(), actor(), paper_id)
    permission = Permission.TASK_APPROVE if paper.needs_convenor else Permission.TASK_SUPERVISE
    state = TaskPaperStatus.SUBMITTED if paper.needs_convenor else TaskPaperStatus.DRAFT
    paper = _opened(paper_id, permission, frozenset({state}))
    form = forms.TaskForm(version=paper.version)
    verb = "批准" if paper.needs_convenor else "审定"

    def act(session: Session) -> Did:
        done = papers.approve(session, actor=actor(), paper_id=paper_id, version=form.version.data, now=clock.now())
        return f"{done.kind.label}已{verb}，编号{papers.label(done)}。可以发出。", _home(paper_id)

    lines = ("编号并存档，文字不能再改", "不会自动发出，由办公室发出")
    about = {**_about(paper), "paper": paper, "template": "tasks/approve.html", "back_label": f"返回，不{verb}"}
    return act_page(form, act, title=f"{verb}{paper.kind.label}", verb=f"{verb}并编号", consequences=lines, **about)


@bp.route("/papers/<int:paper_id>/refuse", methods=["GET", "POST"], endpoint="refuse_paper")
@requires(Permission.TASK_APPROVE)
def refuse(paper_id: int) -> Answer:
    """不予批准, with the reason."""
    paper = _opened(paper_id, Permission.TASK_APPROVE, frozenset({TaskPaperStatus.SUBMITTED}))
    form = forms.Why()
    form.reason.label.text = "不予批准的原因"

    def act(session: Session) -> Did:
        papers.refuse(session, actor=actor(), paper_id=paper_id, reason=form.reason.data, now=clock.now())
        return "未批准，已告知办公室。", _home(paper_id)

    lines = ("文书不发出，退给办公室", "办公室修改后可再报请批准，或注明不再发出")
    return act_page(
        form, act, title=f"不予批准：{paper.title}", verb="不予批准", consequences=lines, back_label="返回，暂不答复", **_about(paper)
    )


@bp.route("/papers/<int:paper_id>/send", methods=["GET", "POST"], endpoint="send_paper")
@requires(Permission.TASK_SUPERVISE)
def send(paper_id: int) -> Answer:
    """发出, after it is shown whom it reaches."""
    paper = _opened(paper_id, Permission.TASK_SUPERVISE, frozenset({TaskPaperStatus.APPROVED}))
    form = forms.TaskForm(version=paper.version)

    def act(session: Session) -> Did:
        done = papers.send(session, actor=actor(), paper_id=paper_id, now=clock.now())
        return f"{papers.label(done)}已发出，等{paper_page.receiver(done)}签收。", _home(paper_id)

    people = letters.people_of(db.session(), [paper.task.lead], LIAISONS_AND_HEADS, clock.now()) if paper.goes_to_unit else []
    told = "、".join(f"{person.name}" for person in people)
    lines = [f"平台内送达{paper.task.lead.short_name}：{told}" if told else f"送{paper.to}，请另行送达纸质文书，签收后回此登记"]
    lines += ["同时通知本机制各成员单位联络员"] if paper.goes_to_unit and paper.needs_convenor else []
    return act_page(
        form, act, title=f"发出{papers.label(paper)}", verb="发出文书", consequences=lines, back_label="返回，不发出", **_about(paper)
    )


@bp.route("/papers/<int:paper_id>/receive", methods=["GET", "POST"], endpoint="receive_paper")
@requires(Permission.TASK_READ)
def receive(paper_id: int) -> Answer:
    """签收 by the unit, or noted by the office for what went out on paper."""
    paper = queries.get_paper(db.session(), actor(), paper_id)
    own = paper.goes_to_unit and queries.can_report(actor(), paper.task)
    paper = _opened(paper_id, Permission.TASK_REPORT if own else Permission.TASK_SUPERVISE, frozenset({TaskPaperStatus.SENT}))
    form = forms.TaskForm(version=paper.version) if own else forms.Received(version=paper.version)

    def act(session: Session) -> Did:
        who = "" if own else form.who.data
        done = papers.receive(session, actor=actor(), paper_id=paper_id, who=who, now=clock.now())
        return f"已签收{papers.label(done)}。", _home(paper_id)

    verb = "签收文书" if own else "登记签收"
    what = "签收即告知办公室本单位已收到；请按文书的要求办理任务。" if own else "登记对方收到纸质文书的人，登记后不能更改。"
    more = {"what": what, "back_label": "返回，不签收" if own else "返回，不登记", **_about(paper)}
    return act_page(form, act, title=f"{verb}：{papers.label(paper)}", verb=verb, **more)


@bp.route("/papers/<int:paper_id>/drop", methods=["GET", "POST"], endpoint="drop_paper")
@requires(Permission.TASK_SUPERVISE)
def drop(paper_id: int) -> Answer:
    """不再发出, with the reason."""
    paper = _opened(paper_id, Permission.TASK_SUPERVISE, TaskPaper.NOT_SENT)
    form = forms.Why()
    form.reason.label.text = "不再发出的原因"

    def act(session: Session) -> Did:
        papers.drop(session, actor=actor(), paper_id=paper_id, reason=form.reason.data, now=clock.now())
        return "文书不再发出，原因已记入办理过程。", _home(paper_id)

    lines = ("文书保留备查，编号不再使用", "任务照常督办")
    return act_page(
        form,
        act,
        title=f"不再发出：{paper.title}",
        verb="不再发出",
        consequences=lines,
        kind="danger",
        back_label="返回，仍保留",
        **_about(paper),
    )


def _opened(paper_id: int, permission: Permission, states: frozenset[TaskPaperStatus]) -> TaskPaper:
    """The paper if this person may do this to it (404, 403); a page that is only opened also needs the state for it (409)."""
    paper = queries.get_paper(db.session(), actor(), paper_id)
    require(actor(), permission, paper.scope)
    if request.method == "GET" and paper.status not in states:
        raise IllegalMove(f"文书现为“{paper.status.label}”，不能这样办理")
    return paper


def _done(paper_id: int, verb: Callable[..., TaskPaper], said: str) -> Response:
    with transaction() as session:
        verb(session, actor=actor(), paper_id=paper_id, now=clock.now())
    flash(said)
    return redirect(_home(paper_id))


def _home(paper_id: int) -> str:
    return url_for("tasks.paper", paper_id=paper_id)


def _about(paper: TaskPaper) -> dict:
    """What every page about one paper shows."""
    facts = [("任务", f"{paper.task.number}　{paper.task.title}"), ("主送", paper.to), ("标题", paper.title)]
    crumbs = [("督办文书", url_for("tasks.papers")), (papers.named(paper), _home(paper.id))]
    return {"back": _home(paper.id), "crumbs": crumbs, "badge": paper.status.label, "facts": facts}
