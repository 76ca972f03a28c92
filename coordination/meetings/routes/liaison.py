"""联络员会议: one page on which the office says what became of each proposal."""

from typing import Any

from flask import flash, render_template

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import liaison, queries
from coordination.meetings.forms import NOT_STUDIED, LiaisonForm
from coordination.meetings.routes.blueprint import Page, bp, database, to
from coordination.permissions import Permission, require
from coordination.transaction import transaction
from models import LiaisonWord, Meeting, MeetingStatus
from models.errors import BadInput, IllegalMove


@bp.route("/<int:meeting_id>/liaison-meeting", methods=["GET", "POST"])
@requires(Permission.MEETING_PLAN)
def liaison_meeting(meeting_id: int) -> Page:
    """记联络员会议: an outcome and a word for every proposal that waits; the agenda follows from it."""
    session = database()
    meeting = _meeting(meeting_id)
    waiting = queries.waiting(session, meeting)
    given = {"chair": liaison.director(session, meeting), "held_at": clock.now().replace(second=0, microsecond=0)}
    form = LiaisonForm(data={**given, "lines": [{"proposal_id": proposal.id} for proposal in waiting]})
    if form.validate_on_submit():
        assert form.held_at.data is not None
        plan: dict[str, Any] = {"chair": form.chair.data or "", "held_at": form.held_at.data, "verdicts": _verdicts(form)}
        try:
            with transaction() as session:
                liaison.hold(session, actor=actor(), meeting_id=meeting_id, now=clock.now(), **plan)
        except (BadInput, IllegalMove) as bad:
            form.form_errors.append(bad.message)
        else:
            flash(f"已记联络员会议：{liaison.in_words(plan['verdicts']) or '没有研究议题'}。可发会议通知。")
            return to("show", anchor="agenda", meeting_id=meeting_id)
    by_id = {proposal.id: proposal for proposal in waiting}
    lines = [(by_id[line.proposal_id.data], line) for line in form.lines if line.proposal_id.data in by_id]
    return render_template("meetings/liaison.html", form=form, meeting=meeting, lines=lines), 422 if form.errors else 200


def _verdicts(form: LiaisonForm) -> dict[int, liaison.Verdict]:
    known = {word.value: word for word in LiaisonWord}
    said = [(line.proposal_id.data or 0, known.get(line.outcome.data or NOT_STUDIED), line.words.data or "") for line in form.lines]
    return {proposal_id: liaison.Verdict(word, text) for proposal_id, word, text in said if word is not None}


def _meeting(meeting_id: int) -> Meeting:
    meeting = queries.get_meeting(database(), actor(), meeting_id)
    require(actor(), Permission.MEETING_PLAN, meeting.scope)
    if not meeting.mechanism.has_liaison_meeting:
        raise IllegalMove("本机制不设联络员会议")
    if meeting.status != MeetingStatus.COLLECTING:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，不能记联络员会议")
    return meeting
