"""文书: what a paper asks for beside what is known, and the paper itself as .docx."""

from functools import lru_cache
from io import BytesIO
from typing import Any, get_type_hints

from flask import render_template, send_file, url_for
from wtforms import BooleanField

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer
from coordination.complaints import papers, queries
from coordination.complaints.composing import Asked
from coordination.complaints.papers import PaperKind
from coordination.complaints.routes.blueprint import bp, database, home
from coordination.forms import Day, Form, Line, Moment, Number, Paragraphs
from coordination.permissions import Permission
from coordination.transaction import transaction
from models.errors import BadInput, IllegalMove, NotFound

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LONG = frozenset({"materials", "text", "reason", "enclosures", "event", "measures", "outlook", "plans"})
TYPES = get_type_hints(Asked)


@bp.route("/<int:complaint_id>/papers/<string:kind>", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_UNMASK)
def paper(complaint_id: int, kind: str) -> Answer:
    """制作文书: posted, for it names who complained and is noted."""
    complaint = queries.get_complaint(database(), actor(), complaint_id)
    allowed = [one for one in papers.available(complaint) if papers.may_make(actor(), complaint, one)]
    asked = next((one for one in allowed if one.value == kind), None)
    if asked is None:
        raise NotFound(f"现为“{complaint.status.label}”，没有这种文书可制作")
    form, status = paper_form(asked)(), 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                given = {"complaint_id": complaint_id, "kind": asked, **_filled(form, asked)}
                name, content = papers.document(session, actor=actor(), now=clock.now(), **given)
        except (BadInput, IllegalMove) as broken:
            form.form_errors.append(broken.message)
            status = broken.status
        else:
            return send_file(BytesIO(content), mimetype=DOCX, as_attachment=True, download_name=name)
    elif form.errors:
        status = 422
    crumbs = [("投诉举报", url_for("complaints.index")), (complaint.number, home(complaint_id))]
    page = render_template("complaints/paper.html", form=form, kind=asked, complaint=complaint, crumbs=crumbs, long=LONG)
    return page, status


@lru_cache(maxsize=len(PaperKind))
def paper_form(kind: PaperKind) -> type[Form]:
    """A form of what this paper asks for; nothing is required, for what is left empty is a line to write on."""
    fields = {name: _field(name, label) for name, label in papers.asked_for(kind).items()}
    return type(f"Of{kind.name.title()}", (Form,), fields)


def _field(name: str, label: str) -> Any:
    words = str(TYPES[name])
    if "bool" in words:
        return BooleanField(label)
    if "datetime" in words:
        return Moment(label, required=False)
    if "date" in words:
        return Day(label, required=False)
    if "int" in words:
        return Number(label, least=0, most=9999, required=False)
    return Paragraphs(label, most=4000, required=False, rows=3) if name in LONG else Line(label, most=200, required=False)


def _filled(form: Form, kind: PaperKind) -> dict[str, Any]:
    """What was filled in; the rest keeps its default."""
    given = {name: form[name].data for name in papers.asked_for(kind)}
    return {name: value for name, value in given.items() if value not in (None, "")}
