"""In the room (会中记录): item by item, with autosave."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from flask import flash, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.filters import time as clock_time
from coordination.forms import choices
from coordination.meetings import confirming, queries
from coordination.meetings import room as service
from coordination.meetings.forms import RecordForm
from coordination.meetings.routes.blueprint import Page, asked, bp, conflict_page, database, followed_up, to
from coordination.meetings.routes.readings import VERBS, act
from coordination.permissions import Actor, Permission, require
from coordination.tasks import cases
from coordination.tasks.readings import register
from coordination.transaction import transaction
from models import AgendaItem, ItemKind, ItemOutcome, Meeting, MeetingStatus, Presence, Task
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotFound
from models.light import Light

NO_LEAD = 0
RECORDABLE = frozenset({MeetingStatus.IN_SESSION, MeetingStatus.HELD})


@bp.post("/<int:meeting_id>/room/open")
@requires(Permission.MEETING_RECORD)
def open_room(meeting_id: int) -> Page:
    """开会."""
    with transaction() as session:
        service.open_meeting(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
    flash("会议开始。请先核对出席情况，再逐项记录。")
    return to("presence", meeting_id=meeting_id)


@bp.route("/<int:meeting_id>/room", methods=["GET", "POST"])
@requires(Permission.MEETING_RECORD)
def room(meeting_id: int) -> Page:
    """会中记录 of one item (``?item=``, else the first that lacks something); the clause ``?clause=`` is open for writing."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MEETING_RECORD, meeting.scope)
    if meeting.status == MeetingStatus.NOTIFIED and request.method == "GET":
        return to("show", anchor="do", meeting_id=meeting_id)
    if meeting.status not in RECORDABLE:
        raise IllegalMove(f"会议现为“{meeting.status.label}”，会中方可记录")
    items = queries.items_of(session, meeting)
    item = _chosen(items)
    form = _record_form(session, meeting, item)
    if form.is_submitted():
        return _save(meeting, items, item, form)
    return _room_page(session, meeting, items, item, form), 200


def _chosen(items: list[AgendaItem]) -> AgendaItem:
    wanted = asked("item")
    if "item" not in request.args:
        pending = [item for item in items if item.outcome == ItemOutcome.PENDING]
        incomplete = [item for item in items if any(decision.confirmed_at is None for decision in item.decisions)]
        return [*pending, *incomplete, *items][0]
    found = next((item for item in items if item.id == wanted), None)
    if found is None:
        raise NotFound("没有这项议程")
    return found


def _record_form(session: Session, meeting: Meeting, item: AgendaItem) -> RecordForm:
    form = RecordForm(data=_stored(session, meeting, item))
    on = local_date(meeting.starts_at)
    units = {unit.id: unit.short_name for unit in queries.members(session, meeting.mechanism_id, on)}
    used = [unit for decision in item.decisions for unit in [*([decision.lead] if decision.lead else []), *decision.co_units]]
    units |= {unit.id: unit.short_name for unit in used}
    given = {form.clause_lead_id.data, *(form.clause_co_ids.data or ())} - set(units)
    if given:  # a unit of the register that does not sit, as a sentence may name it
        known = register(session, meeting.mechanism_id, on).units.values()
        units |= {unit.id: unit.short_name for named in known for unit in named if unit.id in given}
    form.clause_lead_id.choices = choices([*units.items(), (NO_LEAD, "暂不写明")])
    form.clause_co_ids.choices = choices(units.items())
    for field, noted in ((form.heard_ids, item.heard), (form.away_ids, item.away)):
        field.choices = choices((units | {unit.id: unit.short_name for unit in noted}).items())
    return form


def _stored(session: Session, meeting: Meeting, item: AgendaItem) -> dict[str, Any]:
    """What the form starts with: the item as stored, and the clause that is asked for, with what is certain of its reading."""
    heard, away = [unit.id for unit in item.heard], [unit.id for unit in item.away]
    stored = {"version": item.text_version, "discussion": item.discussion, "outcome": item.outcome, "clause_lead_id": NO_LEAD}
    stored |= {"heard_ids": heard, "heard_seen": _as_words(heard), "away_ids": away, "away_seen": _as_words(away)}
    decision = next((decision for decision in item.decisions if decision.id == asked("clause")), None)
    if decision is None:
        return stored
    clause = confirming.said(decision)
    read = () if clause.is_filled else confirming.readings_of(session, meeting, clause.text)
    if len(read) == 1:
        clause = confirming.taken(clause.text, read[0], clause.reservation)
    return stored | {
        "clause_id": decision.id,
        "clause_version": decision.version,
        "clause_text": clause.text,
        "clause_lead_id": clause.lead_id or NO_LEAD,
        "clause_co_ids": list(clause.co_ids),
        "clause_due_on": clause.due_on,
        "clause_deliverable": clause.deliverable,
        "clause_reservation": clause.reservation,
    }


def _room_page(session: Session, meeting: Meeting, items: list[AgendaItem], item: AgendaItem, form: RecordForm) -> str:
    at = items.index(item)
    replies = queries.replies_of(session, meeting)
    typed = (form.clause_text.data or "")[: cases.LONGEST]
    read = confirming.readings_of(session, meeting, typed) if typed else []
    return render_template(
        "meetings/room.html",
        meeting=meeting,
        items=items,
        item=item,
        number=at + 1,
        is_last=at == len(items) - 1,
        form=form,
        clauses=[confirming.shown(session, meeting, decision) for decision in item.decisions],
        typed=typed,
        read=read,
        seen=confirming.seen_of(typed, read),
        there=sum(reply.presence in {Presence.PRESENT, Presence.LATE} for reply in replies),
        invited=len(replies),
        last=queries.last_change(session, item),
        still_open=_still_open(session, meeting) if item.kind == ItemKind.REVIEW else None,
    )


def _still_open(session: Session, meeting: Meeting) -> list[tuple[Task, Light]]:
    """What earlier meetings agreed and is not done yet, to be read beside the record of item 1."""
    rows = followed_up(session, meeting, clock.today())
    return [(task, light) for task, light in rows if task.ended_at is None and task.assigned_at < meeting.starts_at]


def _save(meeting: Meeting, items: list[AgendaItem], item: AgendaItem, form: RecordForm) -> Page:
    """Save the item and the open clause, each for itself: what one recorder's text clashes with does not cost the other part."""
    quiet = request.headers.get("X-Autosave") == "1"
    here: dict[str, Any] = {"meeting_id": meeting.id, "item": item.id}
    who, item_id, ids = actor(), item.id, [other.id for other in items]
    if not form.validate():
        return _refused(meeting, items, item, form, quiet)
    try:
        version = _save_item(who, item_id, form)
    except Conflict as conflict:
        return _clash(conflict, item_id, here, "讨论情况", "discussion", "version", quiet)
    except BadInput as bad:
        return _refused(meeting, items, item, form, quiet, bad.message)
    try:
        saved = _save_clause(who, item_id, form, pressed=not quiet)
    except Conflict as conflict:
        return _clash(conflict, item_id, here, "这一条议定事项", "clause_text", "clause_version", quiet)
    except BadInput as bad:
        return _refused(meeting, items, item, form, quiet, bad.message)
    if quiet:
        fields = {"version": version, "heard_seen": form.heard_seen.data, "away_seen": form.away_seen.data}
        fields |= {"clause_id": saved.id, "clause_version": saved.version} if saved else {}
        return _told(200, message=f"已自动保存{clock_time(clock.now())}", fields=fields)
    return _onward(here, ids, item_id, saved)


def _save_item(who: Actor, item_id: int, form: RecordForm) -> int:
    with transaction() as session:
        item = service.record(
            session,
            actor=who,
            item_id=item_id,
            version=form.version.data or 0,
            discussion=form.discussion.data or "",
            outcome=form.outcome.data,
            now=clock.now(),
        )
        _note(session, who, item_id, "heard", form.heard_ids, form.heard_seen)
        _note(session, who, item_id, "away", form.away_ids, form.away_seen)
        session.flush()
        form.version.data = item.text_version
        return item.text_version


def _note(session: Session, who: Actor, item_id: int, which: Literal["heard", "away"], ids: Any, seen: Any) -> None:
    """Write the difference between what the page showed and what it says; from now on it shows what it says."""
    said, was = frozenset(ids.data or ()), _as_ids(seen.data or "")
    service.note_units(session, actor=who, item_id=item_id, which=which, seen=was, said=said, now=clock.now())
    seen.data = _as_words(said)


def _as_words(ids: Iterable[int]) -> str:
    return ",".join(map(str, sorted(ids)))


def _as_ids(words: str) -> frozenset[int]:
    return frozenset(int(part) for part in words.split(",") if part.isdecimal())


class Saved(NamedTuple):
    """The open clause as it is stored now."""

    id: int
    version: int
    is_confirmed: bool


def _save_clause(who: Actor, item_id: int, form: RecordForm, *, pressed: bool) -> Saved | None:
    """Add or change the open clause; None when none is open. 保存并确认 insists on what is filled in; where nothing is, it confirms the
    reading that the page showed."""
    if not form.clause_text.data:
        return None
    clause = service.Clause(
        text=form.clause_text.data,
        lead_id=form.clause_lead_id.data or None,
        co_ids=frozenset(form.clause_co_ids.data or ()),
        due_on=form.clause_due_on.data,
        deliverable=form.clause_deliverable.data or "",
        reservation=form.clause_reservation.data or "",
    )
    given = str(form.clause_id.data or "")
    insists = pressed and request.form.get("go") == "confirm"
    with transaction() as session:
        if insists and not clause.is_filled:
            clause, insists = _as_read(session, who, item_id, clause)
        how: dict[str, Any] = {"actor": who, "clause": clause, "now": clock.now(), "pressed": pressed, "insists": insists}
        if given.isdecimal():
            decision = service.change_clause(session, decision_id=int(given), version=form.clause_version.data or 0, **how)
        else:
            decision = service.add_clause(session, item_id=item_id, **how)
        session.flush()
        return Saved(decision.id, decision.version, decision.confirmed_at is not None)


def _as_read(session: Session, who: Actor, item_id: int, clause: service.Clause) -> tuple[service.Clause, bool]:
    """The clause with the fields of its reading, if that is what the page showed and it leaves nothing open; else the clause as typed."""
    meeting = queries.get_item(session, who, item_id).meeting
    read = confirming.readings_of(session, meeting, clause.text)
    if len(read) == 1 and read[0].is_sure and request.form.get("reading_seen") == confirming.seen_of(clause.text, read):
        return confirming.taken(clause.text, read[0], clause.reservation), True
    return clause, False


def _clash(conflict: Conflict, item_id: int, here: dict[str, Any], label: str, name: str, version: str, quiet: bool) -> Page:
    """Two recorders on one text: both are shown. The page keeps everything else that was typed."""
    row = queries.get_item(database(), actor(), item_id)
    if quiet:
        last = queries.last_change(database(), row)
        who = f"{last.who}{clock_time(last.at)}" if last else "另一位记录员"
        told = {"message": f"{who}也改了{label}。您写的内容没有丢失。", "name": name, "theirs": conflict.theirs}
        return _told(409, **told, fields={version: conflict.version})
    url = url_for("meetings.room", **here)
    return conflict_page(conflict, row, label=label, name=name, version=version, theirs_url=url)


def _refused(meeting: Meeting, items: list[AgendaItem], item: AgendaItem, form: RecordForm, quiet: bool, message: str = "") -> Page:
    """The page again with everything typed, and what is wrong with it; for autosave the first of it in words."""
    if message:
        form.form_errors.append(message)
    if quiet:
        first = next((str(words) for errors in form.errors.values() for words in errors), "填写有误")
        return _told(422, message=f"还没有保存：{first}")
    return _room_page(database(), meeting, items, item, form), 422


def _told(status: int, **facts: Any) -> Page:
    """An answer to autosave."""
    response = jsonify(**facts)
    response.status_code = status
    return response


def _onward(here: dict[str, Any], ids: list[int], item_id: int, saved: Saved | None) -> Page:
    """Where the pressed button leads: the next item, the one before, another clause, or here again."""
    at, (go, _, target) = ids.index(item_id), request.form.get("go", "").partition("-")
    wanted = int(target) if target.isdecimal() else 0
    if go == "edit":
        return to("room", anchor="clause", **here, clause=wanted)
    if go == "remove":
        return to("remove_clause", decision_id=wanted)
    if go in VERBS and wanted:
        act(go, wanted, request.form.get(f"seen-{wanted}", ""))
        return to("room", anchor="clauses", **here)
    if go == "item" and wanted in ids:
        here["item"] = wanted
    elif go == "next" and at + 1 < len(ids):
        here["item"] = ids[at + 1]
    elif go == "previous" and at:
        here["item"] = ids[at - 1]
    elif go == "confirm" and saved:
        flash("已保存并确认。" if saved.is_confirmed else "已保存，还没有确认。请看过读法再确认。")
        return to("room", anchor="clauses", **here)
    else:
        flash("已保存。")
    return to("room", **here)
