"""Minutes (会议纪要): compile, edit, sign, issue, download, 已阅."""

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session

from coordination import access, clock
from coordination.access import actor, requires
from coordination.documents.wording import ordinal
from coordination.meetings import (
    audience,
    confirming,
    correcting,
    countersigning,
    drafting,
    issuing,
    paperwork,
    queries,
    reminding,
    restricted,
    revisions,
    stages,
    uploading,
)
from coordination.meetings import minutes as text
from coordination.meetings.forms import ActForm, OpeningForm, PartForm, SignForm
from coordination.meetings.routes.blueprint import Page, bp, conflict_page, database, to
from coordination.permissions import Actor, Permission, can, require
from coordination.transaction import transaction
from models import AgendaItem, Meeting, MeetingStatus, Minutes, MinutesPart, MinutesStatus
from models.errors import Conflict, IllegalMove, NotFound


@bp.get("/<int:meeting_id>/minutes")
@requires(Permission.MEETING_READ)
def minutes(meeting_id: int) -> Page:
    """纪要: the draft for those who make it, the issued text for members."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    found = queries.minutes_of(session, who, meeting)
    if found is None:
        return _none_yet(meeting)
    overseen = queries.oversees(who, meeting.mechanism_id)
    issued = found.file_id is not None
    items = queries.items_of(session, meeting) if found.is_open else []
    replies = queries.replies_of(session, meeting) if found.is_open else []
    differences = drafting.differences(session, meeting, found, items, replies) if found.is_open else drafting.Differences(None, {})
    situation = stages.Situation(
        actor=who,
        meeting=meeting,
        now=clock.now(),
        minutes=found,
        receipt=issuing.own_receipt(session, who, found) if issued else None,
        obstacles=drafting.told(items, found, differences) if found.is_open else [],
        round=(latest := countersigning.current(session, found)),
        unfinished=countersigning.unfinished(meeting, replies, latest, clock.today()) if found.is_open else [],
    )
    late_upload = uploading.unfinished(session, found) if found.is_open else []
    may_record = situation.may(Permission.MEETING_RECORD) and found.is_open
    return render_template(
        "meetings/minutes.html",
        meeting=meeting,
        minutes=found,
        steps=stages.steps(meeting, found),
        what=stages.minutes_told(situation, found),
        sections=_numbered(found, whole=not restricted.hides_from(session, who, meeting)),
        differences=differences,
        stale=found.is_open and drafting.stale(found, differences),
        obstacles=situation.obstacles or situation.unfinished or late_upload,
        late_upload=late_upload,
        uploaded=uploading.current(session, found) if overseen else None,
        wants_round=situation.wants_round,
        unfinished=situation.unfinished,
        round=situation.round if overseen else None,
        clauses=_clauses(session, meeting, items) if may_record else [],
        receipt=situation.receipt,
        corrections=correcting.listed(session, found, signed_only=not overseen) if issued else [],
        receipts=queries.receipts_of(session, found) if issued and overseen else [],
        excerpts=_excerpts(session, meeting, found) if issued else {},
        read_by=reminding.read_by(session, found),
        may_remind=situation.may(Permission.MINUTES_ISSUE) and issued,
        may_edit=situation.may(Permission.MINUTES_EDIT) and found.is_open,
        may_sign=situation.may(Permission.MINUTES_SIGN) and found.is_open,
        may_issue=situation.may(Permission.MINUTES_ISSUE) and found.status == MinutesStatus.SIGNED,
        overseen=overseen,
        history=queries.history(session, found) if overseen else [],
        newest=revisions.newest(session, found) if overseen else 0,
    )


@bp.post("/<int:meeting_id>/minutes/compile")
@requires(Permission.MINUTES_EDIT)
def compile_minutes(meeting_id: int) -> Page:
    """汇编纪要, or 重新汇编."""
    with transaction() as session:
        found = drafting.compile_minutes(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
        kept = any(part.edited for part in found.parts) or found.opening_edited
    flash("纪要已汇编，手工修改的段落没有改动。" if kept else "纪要已汇编。请逐段核对。")
    return to("minutes", meeting_id=meeting_id)


@bp.route("/<int:meeting_id>/minutes/opening", methods=["GET", "POST"])
@requires(Permission.MINUTES_EDIT)
def edit_opening(meeting_id: int) -> Page:
    """修改导语."""
    who = actor()
    found = _draft(meeting_id)
    form = OpeningForm(obj=found)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                drafting.edit_opening(
                    session,
                    actor=who,
                    meeting_id=meeting_id,
                    version=form.version.data or 0,
                    opening=form.opening.data or "",
                    now=clock.now(),
                )
        except Conflict as conflict:
            url = url_for("meetings.edit_opening", meeting_id=meeting_id)
            return conflict_page(conflict, _draft(meeting_id), label="导语", name="opening", theirs_url=url)
        flash("导语已修改，重新汇编不会覆盖。")
        return to("minutes", anchor="opening", meeting_id=meeting_id)
    return render_template("meetings/part.html", form=form, meeting=found.meeting, part=None), 422 if form.errors else 200


@bp.route("/minutes/parts/<int:part_id>", methods=["GET", "POST"])
@requires(Permission.MINUTES_EDIT)
def edit_part(part_id: int) -> Page:
    """修改纪要的一段."""
    who = actor()
    part = queries.get_part(database(), who, part_id)
    found = _draft(part.minutes.meeting_id)
    form = PartForm(obj=part)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                drafting.edit_part(
                    session,
                    actor=who,
                    part_id=part_id,
                    version=form.version.data or 0,
                    heading=form.heading.data or "",
                    body=form.body.data or "",
                    now=clock.now(),
                )
        except Conflict as conflict:
            url = url_for("meetings.edit_part", part_id=part_id)
            part = queries.get_part(database(), who, part_id)
            return conflict_page(conflict, part.minutes, label="本段", name="body", theirs_url=url)
        flash("本段已修改，重新汇编不会覆盖。")
        return to("minutes", anchor=f"part-{part_id}", meeting_id=part.minutes.meeting_id)
    return render_template("meetings/part.html", form=form, meeting=found.meeting, part=part), 422 if form.errors else 200


@bp.post("/minutes/parts/<int:part_id>/restore")
@requires(Permission.MINUTES_EDIT)
def restore_part(part_id: int) -> Page:
    """改回汇编稿 of one section."""
    form = PartForm()
    who = actor()
    queries.get_part(database(), who, part_id)
    with transaction() as session:
        part = drafting.restore_part(session, actor=who, part_id=part_id, version=form.version.data or 0, now=clock.now())
        meeting_id = part.minutes.meeting_id
    flash("本段已改回汇编稿。")
    return to("minutes", anchor=f"part-{part_id}", meeting_id=meeting_id)


@bp.post("/<int:meeting_id>/minutes/opening/restore")
@requires(Permission.MINUTES_EDIT)
def restore_opening(meeting_id: int) -> Page:
    """改回汇编稿 of the opening."""
    form = OpeningForm()
    with transaction() as session:
        drafting.restore_opening(session, actor=actor(), meeting_id=meeting_id, version=form.version.data or 0, now=clock.now())
    flash("导语已改回汇编稿。")
    return to("minutes", anchor="opening", meeting_id=meeting_id)


@bp.post("/<int:meeting_id>/minutes/submit")
@requires(Permission.MINUTES_EDIT)
def submit_minutes(meeting_id: int) -> Page:
    """报请签发."""
    with transaction() as session:
        issuing.submit(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
    flash("已报请召集人签发，召集人已收到告知。")
    return to("minutes", meeting_id=meeting_id)


@bp.route("/<int:meeting_id>/minutes/sign", methods=["GET", "POST"])
@requires(Permission.MINUTES_SIGN)
def sign_minutes(meeting_id: int) -> Page:
    """签发纪要: the text as it will be, what was checked, then the signature."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    found = queries.get_minutes(session, who, meeting)
    require(who, Permission.MINUTES_SIGN, found.scope)
    if not access.recently_confirmed(clock.now()):
        return access.confirm_first()
    form = SignForm()
    if form.validate_on_submit():
        with transaction() as session:
            signed = issuing.sign(session, actor=who, meeting_id=meeting_id, seen=form.seen.data or "", now=clock.now())
            label = signed.label
        flash(f"纪要已签发，编号{label}。可印发。")
        return to("minutes", meeting_id=meeting_id)
    if not found.is_open:
        raise IllegalMove(f"纪要{found.status.label}，编号{found.label}，不能再次签发")
    form.seen.data = uploading.seen_of(session, found)
    return render_template(
        "meetings/sign.html",
        form=form,
        meeting=meeting,
        minutes=found,
        sections=_numbered(found, whole=True),
        obstacles=issuing.obstacles(session, meeting, found, clock.today()),
        uploaded=uploading.current(session, found),
        round=countersigning.current(session, found),
        newest=revisions.newest(session, found),
        decisions=len(issuing.decisions_of(session, meeting)),
    )


@bp.route("/<int:meeting_id>/minutes/issue", methods=["GET", "POST"])
@requires(Permission.MINUTES_ISSUE)
def issue_minutes(meeting_id: int) -> Page:
    """印发纪要: the tasks it will make and who will be told, then the issue."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    found = queries.get_minutes(session, who, meeting)
    require(who, Permission.MINUTES_ISSUE, found.scope)
    form = ActForm()
    if form.validate_on_submit():
        with transaction() as session:
            issued = issuing.issue(session, actor=who, meeting_id=meeting_id, now=clock.now())
            label = issued.label
        flash(f"纪要{label}已印发，议定事项已立为任务。")
        return to("minutes", meeting_id=meeting_id)
    if found.is_open or found.file_id is not None:
        raise IllegalMove(f"纪要现为“{found.status.label}”，签发后、印发前方可印发")
    units = issuing.readers(session, meeting, clock.today())
    return render_template(
        "meetings/issue.html",
        form=form,
        meeting=meeting,
        minutes=found,
        decisions=issuing.decisions_of(session, meeting),
        told=audience.of_units(session, units, audience.LIAISONS_AND_HEADS, clock.today()),
    )


@bp.get("/<int:meeting_id>/minutes/file")
@requires(Permission.MEETING_READ)
def minutes_file(meeting_id: int) -> Page:
    """The .docx: the stored file once issued, before that the draft for those who make it. Once corrected, both in a .zip."""
    session, who = database(), actor()
    meeting = queries.get_meeting(session, who, meeting_id)
    found = queries.get_minutes(session, who, meeting)
    if found.status == MinutesStatus.SIGNED:
        name, content = uploading.final(session, meeting, found, clock.today())
    else:
        name, content = text.document(session, meeting, clock.today(), whole=not restricted.hides_from(session, who, meeting))
    corrected = correcting.with_corrections(session, found, name, content)
    if corrected is not None:
        name, content = corrected
        return send_file(BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name)
    return send_file(BytesIO(content), mimetype=text.DOCX, as_attachment=True, download_name=name)


@bp.post("/<int:meeting_id>/minutes/receipt")
@requires(Permission.MINUTES_RECEIVE)
def receive_minutes(meeting_id: int) -> Page:
    """已阅."""
    with transaction() as session:
        issuing.acknowledge(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
    flash("已记下本单位阅知。")
    return redirect(url_for("desk.index")) if request.form.get("back") == "desk" else to("minutes", meeting_id=meeting_id)


@bp.post("/<int:meeting_id>/minutes/remind")
@requires(Permission.MINUTES_ISSUE)
def remind_unread(meeting_id: int) -> Page:
    """提醒阅知: every unit that has not read."""
    with transaction() as session:
        count = reminding.remind_unread(session, actor=actor(), meeting_id=meeting_id, now=clock.now())
    flash(f"已提醒{count}人阅知。" if count else "今天已经提醒过，没有再发。")
    return to("minutes", anchor="receipts", meeting_id=meeting_id)


def _excerpts(session: Session, meeting: Meeting, found: Minutes) -> dict[int, str]:
    """The units whose excerpt this person may have: code by id."""
    who = actor()
    items = restricted.shown(session, who, meeting, queries.items_of(session, meeting))
    offered = paperwork.offered(session, who, meeting, found, items, clock.today())
    return {one.unit.id: one.unit.code for one in offered if one.kind == paperwork.Kind.EXCERPT and one.unit}


def _none_yet(meeting: Meeting) -> Page:
    """Before the first compile: the way to it for those who write minutes; for all others there are none."""
    who = actor()
    if not can(who, Permission.MINUTES_EDIT, meeting.scope) or meeting.status != MeetingStatus.HELD:
        raise NotFound("没有这次会议的纪要")
    situation = stages.Situation(actor=who, meeting=meeting, now=clock.now())
    return render_template("meetings/none_yet.html", meeting=meeting, steps=stages.steps(meeting, None), next=stages.next_step(situation))


def _clauses(session: Session, meeting: Meeting, items: list[AgendaItem]) -> list[tuple[str, confirming.Shown]]:
    """Every decision clause with its place on the agenda, and its reading while nobody has confirmed it."""
    return [
        (f"第{number}项第{at}条", confirming.shown(session, meeting, decision))
        for number, item in enumerate(items, start=1)
        for at, decision in enumerate(item.decisions, start=1)
    ]


def _numbered(found: Minutes, *, whole: bool) -> list[tuple[MinutesPart, str]]:
    """The sections with the number each has on paper: 一、; a single one has none."""
    parts = text.parts_of(found, whole=whole)
    return [(part, ordinal(1, n) if len(parts) > 1 else "") for n, part in enumerate(parts, start=1)]


def _draft(meeting_id: int) -> Minutes:
    """The minutes while they may be edited."""
    session: Session = database()
    who: Actor = actor()
    meeting: Meeting = queries.get_meeting(session, who, meeting_id)
    require(who, Permission.MINUTES_EDIT, meeting.scope)
    found = queries.get_minutes(session, who, meeting)
    if not found.is_open:
        raise IllegalMove(f"纪要{found.status.label}，文字已锁定，不再改动")
    return found
