"""Classes of subjects (事项分类): the list, and keeping it."""

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import acting, clock
from coordination.access import actor, requires
from coordination.members import forms, queries
from coordination.members import subjects as service
from coordination.members.routes.blueprint import Answer, bp, edited, may_edit_duties
from coordination.permissions import Permission
from models import Subject
from models.base import db


@bp.get("/subjects")
@requires(Permission.MEMBERS_READ)
def subjects() -> str:
    """The classes in force, as a tree; on demand with those that ended."""
    every = request.args.get("state") == "all"
    rows = queries.subjects(db.session(), None if every else clock.today())
    floors: dict[int, int] = {}
    for row in rows:
        floors[row.id] = floors.get(row.parent_id or 0, -1) + 1
    return render_template("members/subjects.html", rows=rows, floors=floors, every=every, may_edit=may_edit_duties())


@bp.route("/subjects/new", methods=["GET", "POST"])
@requires(Permission.DUTY_EDIT)
def new_subject() -> Answer:
    """Add a class."""
    form = forms.SubjectNew()
    form.parent_id.offer(subject_choices(), "无（最上级）")

    def act(session: Session) -> None:
        service.add_subject(session, actor=actor(), code=form.code.data or "", facts=form.facts(), now=clock.now())

    return edited(form, act, "新增事项分类", "新增分类", url_for(".subjects"), "已新增事项分类。")


@bp.route("/subjects/<int:subject_id>/edit", methods=["GET", "POST"])
@requires(Permission.DUTY_EDIT)
def edit_subject(subject_id: int) -> Answer:
    """Change a class, or end it."""
    subject = queries.get_subject(db.session(), subject_id)
    form = forms.SubjectEdit(obj=subject)
    form.parent_id.offer(subject_choices(but=subject_id, also=subject.parent), "无（最上级）")

    def act(session: Session) -> None:
        given = {"facts": form.facts(), "version": form.version.data}
        service.edit_subject(session, actor=actor(), subject_id=subject_id, now=clock.now(), **given)

    what = f"代码{subject.code}不变。改名后，已登记的职责随之改用新名称；停用前，须先停止用到它的职责和下级分类。"
    history = acting.history(db.session(), subject)
    return edited(form, act, f"更改事项分类：{subject.name}", "保存更改", url_for(".subjects"), "已更改事项分类。", what, history)


def subject_choices(but: int | None = None, also: Subject | None = None) -> list[tuple[int, str]]:
    """The classes in force, each under the one it belongs to, and the one chosen before (``also``), without the one edited (``but``)."""
    rows = queries.subjects(db.session(), clock.today())
    floors: dict[int, int] = {}
    found = []
    for row in rows:
        floors[row.id] = floors.get(row.parent_id or 0, -1) + 1
        found.append((row.id, "　" * floors[row.id] + row.name))
    if also is not None and also.id not in floors:
        found.append((also.id, f"{also.name}（已停用）"))
    return [pair for pair in found if pair[0] != but]
