"""Group complaints and emergencies: flagged on a case, reported until they are over."""

from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.complaints import events, forms
from coordination.complaints.actions import Action
from coordination.complaints.routes.blueprint import act_on, bp, database, opened, tabs
from coordination.notices import full_day
from coordination.permissions import Permission
from coordination.settings.queries import calendar
from models import ComplaintEvent
from models.errors import NotFound
from models.light import light

READ = Permission.COMPLAINT_READ
ALARM = "登记后立即提醒联席会议办公室和分派员，不限工作时间；须在期限内报送信息专报首报。"


@bp.get("/events")
@requires(READ)
def event_list() -> str:
    """突发和群体事件 not over yet."""
    return render_template("complaints/events.html", rows=events.open_events(database(), actor()), lamp=_lamp(), subnav=tabs("event_list"))


@bp.get("/events/<int:event_id>")
@requires(READ)
def event(event_id: int) -> str:
    """One event and its reports."""
    found = events.get_event(database(), actor(), event_id)
    may = events.may_write(actor(), found.complaint)
    return render_template("complaints/event.html", event=found, lamp=_lamp(), may_write=may, title=_title(found))


@bp.route("/<int:complaint_id>/group", methods=["GET", "POST"])
@requires(READ)
def flag_group(complaint_id: int) -> Answer:
    """登记为群体投诉."""
    complaint = opened(complaint_id, Action.FLAG_GROUP)
    form = forms.Group()

    def act(session: Session) -> Did:
        chosen = [{key: form[f"{key}{n}"].data or "" for key in ("name", "phone", "paper")} for n in (1, 2)]
        told: dict[str, Any] = {"people": form.people.data, "representatives": chosen, "facts": form.facts.data or ""}
        made = events.flag_group(session, actor=actor(), complaint_id=complaint_id, level=form.level.data, now=clock.now(), **told)
        return "已登记为群体投诉，已提醒联席会议办公室。", url_for("complaints.event", event_id=made.id)

    hints = {f"paper{n}": "推选书的日期、份数或存放处" for n in (1, 2)} | {"facts": "不写投诉人姓名、电话"}
    options: dict[str, Any] = {f"{key}{n}": {"width": "medium"} for key in ("name", "phone") for n in (1, 2)}
    options["level"] = {"columns": True}
    more: dict[str, Any] = {"what": f"{ALARM}须书面推选两名代表人。", "hints": hints, "options": options, "back_label": "返回，不登记"}
    return act_on(complaint, Action.FLAG_GROUP, form, act, **more)


@bp.route("/<int:complaint_id>/emergency", methods=["GET", "POST"])
@requires(READ)
def flag_emergency(complaint_id: int) -> Answer:
    """登记为突发事件."""
    complaint = opened(complaint_id, Action.FLAG_EMERGENCY)
    form = forms.Emergency()

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"level": form.level.data, "facts": form.facts.data or "", "people": form.people.data or 0}
        made = events.flag_emergency(session, actor=actor(), complaint_id=complaint_id, now=clock.now(), **told)
        return "已登记为突发事件，已提醒联席会议办公室。", url_for("complaints.event", event_id=made.id)

    hints, options = {"facts": "写明时间、地点、起因、已采取的措施；不写当事人姓名、电话"}, {"level": {"columns": True}}
    more: dict[str, Any] = {"what": ALARM, "hints": hints, "options": options, "kind": "danger", "back_label": "返回，不登记"}
    return act_on(complaint, Action.FLAG_EMERGENCY, form, act, **more)


@bp.route("/events/<int:event_id>/report", methods=["GET", "POST"])
@requires(READ)
def write_report(event_id: int) -> Answer:
    """报送信息专报 that is owed."""
    found = events.get_event(database(), actor(), event_id)
    report = found.owed
    if report is None:
        raise NotFound("没有待报送的信息专报")
    form = forms.EventReporting(recipients="\n".join(report.recipients))

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"text": form.text.data or "", "recipients": (form.recipients.data or "").splitlines()}
        made = events.write_report(session, actor=actor(), report_id=report.id, number=form.number.data or "", now=clock.now(), **told)
        return f"已登记{made.kind.label}报送。", url_for("complaints.event", event_id=event_id)

    what = f"最迟{full_day(report.due_on)}报送{report.kind.label}。报送后，事件平息前须续报。"
    return _page(found, form, act, f"报送{report.kind.label}", what, {"recipients": "每行一个单位", "number": "如〔2026〕第3期，选填"})


@bp.route("/events/<int:event_id>/end", methods=["GET", "POST"])
@requires(READ)
def end_event(event_id: int) -> Answer:
    """登记事件平息."""
    found = events.get_event(database(), actor(), event_id)
    form = forms.EndEvent(on=clock.today())

    def act(session: Session) -> Did:
        told: dict[str, Any] = {"on": form.on.data, "outcome": form.outcome.data or ""}
        events.end_event(session, actor=actor(), event_id=event_id, now=clock.now(), **told)
        return "已登记平息，请报送终报。", url_for("complaints.event", event_id=event_id)

    return _page(found, form, act, "登记事件平息", "平息后须在期限内报送终报。", {})


def _page(found: ComplaintEvent, form: forms.Form, act: Any, verb: str, what: str, hints: dict[str, str]) -> Answer:
    here = url_for("complaints.event", event_id=found.id)
    crumbs = [("投诉举报", url_for("complaints.index")), ("突发和群体", url_for("complaints.event_list")), (_title(found), here)]
    facts = [("基本情况", found.facts), ("等级", found.level.label), ("涉及", f"{found.people}人")]
    more = {"crumbs": crumbs, "facts": facts, "hints": hints, "what": what}
    return act_page(form, act, title=f"{verb}：{found.complaint.number}", verb=verb, back=here, **more)


def _title(found: ComplaintEvent) -> str:
    return f"{found.kind.label}：{found.complaint.target_name or found.complaint.number}"


def _lamp() -> Any:
    today, working = clock.today(), calendar(database())
    return lambda day: light(day, today, working)
