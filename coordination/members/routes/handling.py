"""谁来管 for those who work here, and what the register leaves open."""

from flask import render_template, request, url_for

from coordination import clock
from coordination.access import requires
from coordination.filters import with_query
from coordination.members import owners, queries
from coordination.members.routes.blueprint import Answer, asked_turn, asked_words, bp, may_edit_duties, row_id
from coordination.members.routes.subjects import subject_choices
from coordination.permissions import Permission
from models.base import db
from models.errors import BadInput


@bp.get("/who")
@requires(Permission.MEMBERS_READ)
def who() -> Answer:
    """谁来管: by class or by words, the unit, its duty with the clause, and whom to ring."""
    session, today, typed = db.session(), clock.today(), asked_words()
    subject_id = request.args.get("subject", type=row_id)
    found, wrong = None, ""
    try:
        if "q" in request.args and typed:
            found = owners.find(session, today, words=owners.read_words(typed), after=asked_turn()[0])
        elif subject_id is not None:
            found = owners.find(session, today, subject_id=queries.get_subject(session, subject_id).id, after=asked_turn()[0])
    except BadInput as short:
        wrong = short.message
    return render_template(
        "members/who.html",
        typed=typed,
        wrong=wrong,
        subject_id=subject_id if not typed else None,
        subjects=[("", "全部"), *subject_choices()],
        branches=owners.branches(session, today) if found is None else (),
        found=found,
        next_url=with_query(request.full_path, after=found.next) if found and found.next else None,
        here=url_for(".who"),
    ), 422 if wrong else 200


@bp.get("/duties/coverage")
@requires(Permission.MEMBERS_READ)
def coverage() -> str:
    """职责覆盖: subjects with no owner, with two, and owners without cases."""
    session, today = db.session(), clock.today()
    return render_template("members/coverage.html", coverage=owners.coverage(session, today), may_edit=may_edit_duties())
