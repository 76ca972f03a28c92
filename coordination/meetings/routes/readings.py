"""读作: a sentence read while it is typed, and what a person says of the reading: 确认, 不是议定事项, 拆成几条."""

from flask import flash, render_template, request

from coordination import clock
from coordination.access import actor, requires
from coordination.meetings import confirming, queries, room
from coordination.meetings.routes.blueprint import Page, bp, database, to
from coordination.permissions import Permission, require
from coordination.tasks import cases
from coordination.transaction import transaction
from models.errors import BadInput, Conflict
from models.text import clean_text

VERBS = {
    "confirm": (room.confirm_clause, "已确认这一条。"),
    "reject": (room.reject_clause, "这句话已移到讨论情况，不立为任务。"),
    "split": (room.split_clause, "已拆开。请逐条看过再确认。"),
}


@bp.post("/<int:meeting_id>/room/reading")
@requires(Permission.MEETING_RECORD)
def read_clause(meeting_id: int) -> Page:
    """读作 of a sentence that is just being typed, as a fragment of the room's page; writes nothing."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MEETING_RECORD, meeting.scope)
    typed = clean_text(request.form.get("clause_text")) or ""
    if len(typed) > cases.LONGEST:
        raise BadInput(f"议定事项最多{cases.LONGEST:,}字")
    read = confirming.readings_of(session, meeting, typed)
    return render_template("meetings/reading.html", typed=typed, read=read, seen=confirming.seen_of(typed, read))


@bp.post("/decisions/<int:decision_id>/reading")
@requires(Permission.MEETING_RECORD)
def judge_clause(decision_id: int) -> Page:
    """From the page of the minutes: 确认第N条, 不是议定事项, 拆成N条."""
    meeting_id = queries.get_decision(database(), actor(), decision_id).item.meeting_id
    verb = request.form.get("verb", "")
    if verb not in VERBS:
        raise BadInput("没有这样办理读法的，请回到纪要页重选")
    act(verb, decision_id, request.form.get("seen", ""))
    return to("minutes", anchor="clauses", meeting_id=meeting_id)


def act(verb: str, decision_id: int, seen: str) -> None:
    """Do it and say so; or say why it was not done, and leave the page to show how things stand."""
    do, said = VERBS[verb]
    try:
        with transaction() as session:
            do(session, actor=actor(), decision_id=decision_id, seen=seen, now=clock.now())
    except (Conflict, BadInput) as broken:
        flash(broken.message, "warning")
    else:
        flash(said)
