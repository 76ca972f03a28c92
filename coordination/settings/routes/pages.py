"""Settings, jobs, the outbox and the audit ledger: pages for admin and auditor. Calendar and rules stand in calendar.py."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor, requires
from coordination.filters import with_query
from coordination.permissions import Permission
from coordination.settings import doctor, outbox, queries, service
from coordination.settings.defaults import SETTINGS, THINGS
from coordination.settings.forms import FontsForm, MailForm, NamesForm
from coordination.settings.routes.blueprint import Answer, bp, status, tried
from coordination.transaction import transaction
from models.base import db
from models.calendar import in_words
from models.errors import Conflict

NAMES = ("platform_name", "county_name", "site_url", "office_hours", *service.PERCENTS)
MAIL_TABS = (("waiting", "等待发送"), ("given_up", "已停止"), ("sent", "已发出"))


@bp.get("")
@requires(Permission.SETTINGS_READ)
def index() -> str:
    """运行状况: what the doctor finds."""
    found = doctor.checks(db.engine, current_app.config["CONFIG"].instance, clock.now())
    return render_template("settings/index.html", checks=found)


# Settings


@bp.get("/general")
@requires(Permission.SETTINGS_READ)
def general() -> str:
    """系统设置: names, hours, fonts and the mail server as they stand."""
    return render_template("settings/general.html", names=_names(), fonts=_fonts(), mail=queries.setting(db.session(), "mail"))


@bp.route("/general/edit", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def general_edit() -> Answer:
    """Change names, address and hours."""
    values = {key: queries.setting(db.session(), key) for key in NAMES}
    hours = values.pop("office_hours")
    form = NamesForm(
        data={**values, "start": time.fromisoformat(hours["from"]), "end": time.fromisoformat(hours["to"]), "version": _stamp()}
    )
    if form.validate_on_submit():
        hours = {"from": form.start.stored, "to": form.end.stored}
        wanted = {key: form[key].data or "" for key in values} | {"office_hours": hours}
        try:
            if tried(form, lambda: _store(wanted, form.version.data)):
                flash("已保存设置。")
                return redirect(url_for(".general"))
        except Conflict as conflict:
            form.version.data = _stamp()
            return render_template("settings/general_edit.html", form=form, conflict=conflict.message, theirs=_names()), 409
    return render_template("settings/general_edit.html", form=form, conflict=None, theirs=[]), status(form)


def _store(wanted: dict[str, Any], stamp: str | None) -> None:
    seen = dict(zip(NAMES, (int(part) for part in (stamp or "").split(".") if part.isdecimal()), strict=False))
    with transaction() as session:
        service.change_settings(session, actor=actor(), values=wanted, seen=seen, now=clock.now())


def _stamp() -> str:
    """The versions of all settings on the page, in one word."""
    return ".".join(str(version) for version in queries.versions(db.session(), NAMES).values())


def _names() -> list[tuple[str, str]]:
    """The settings of the first page as people read them."""
    values = {key: queries.setting(db.session(), key) for key in NAMES}
    values["office_hours"] = f"工作日{service.hours_in_words(values['office_hours'])}"
    values |= {key: f"{values[key]}%" for key in service.PERCENTS}
    return [(SETTINGS[key].title, values[key]) for key in NAMES]


@bp.route("/general/mail", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def mail_edit() -> Answer:
    """Change the mail server."""
    stored = queries.setting(db.session(), "mail")
    seen = queries.versions(db.session(), ["mail"])["mail"]
    form = MailForm(data={"port": 25, "security": "starttls", **stored, "password": None, "version": seen})
    has_password = "password" in stored
    if form.validate_on_submit():
        try:
            if tried(form, lambda: _store_mail(form)):
                flash("已保存发信服务器。" if form.host.data else "已停用发信服务器，只在平台内提醒。")
                return redirect(url_for(".general"))
        except Conflict as conflict:
            form.version.data = queries.versions(db.session(), ["mail"])["mail"]
            return render_template(
                "settings/mail_edit.html", form=form, conflict=conflict.message, theirs=stored, has_password=has_password
            ), 409
    return render_template("settings/mail_edit.html", form=form, conflict=None, theirs={}, has_password=has_password), status(form)


@bp.route("/general/fonts", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def fonts_edit() -> Answer:
    """Change the fonts of papers."""
    session = db.session()
    form = FontsForm(data=queries.setting(session, "fonts") | {"version": queries.versions(session, ["fonts"])["fonts"]})
    if form.validate_on_submit():
        try:
            if tried(form, lambda: _store_fonts(form)):
                flash("已保存文书字体。此后制作的文书采用，已编号的文书不变。")
                return redirect(url_for(".general"))
        except Conflict as conflict:
            form.version.data = queries.versions(db.session(), ["fonts"])["fonts"]
            return render_template("settings/fonts_edit.html", form=form, conflict=conflict.message, theirs=_fonts()), 409
    return render_template("settings/fonts_edit.html", form=form, conflict=None, theirs=[]), status(form)


def _store_fonts(form: FontsForm) -> None:
    wanted = {place: form[place].data for place in service.FONT_PLACES}
    with transaction() as session:
        service.change_settings(session, actor=actor(), values={"fonts": wanted}, seen={"fonts": form.version.data}, now=clock.now())


def _fonts() -> list[tuple[str, str]]:
    stored = queries.setting(db.session(), "fonts")
    return [(words, stored[place]) for place, words in service.FONT_PLACES.items()]


def _store_mail(form: MailForm) -> None:
    server = service.MailServer(
        host=form.host.data or "",
        port=form.port.data,
        security=form.security.data,
        sender=form.sender.data or "",
        username=form.username.data or "",
        password=form.password.data or None,
    )
    with transaction() as session:
        service.change_mail(session, actor=actor(), server=server, seen=form.version.data, now=clock.now())


@bp.post("/general/mail/test")
@requires(Permission.SETTINGS_EDIT)
def mail_test() -> Response:
    """Send the admin a mail, now, by the way every mail goes."""
    now = clock.now()
    with transaction() as session:
        mail_id = service.owe_test_mail(session, actor=actor(), now=now)
    with transaction() as session:
        sent = outbox.deliver(session, mail_id=mail_id, now=now)
    mail = queries.get_mail(db.session(), mail_id)
    if sent:
        flash(f"测试邮件已交给发信服务器，收件人{mail.address}。请到邮箱查看。")
    else:
        flash(f"测试邮件未能发出：{mail.last_error}。", "error")
    return redirect(url_for(".general"))


# Jobs and the outbox


@bp.get("/jobs")
@requires(Permission.SETTINGS_READ)
def jobs() -> str:
    """作业: who leads, how each job fares, and what failed."""
    session, now = db.session(), clock.now()
    facts = {"leases": queries.leases(session), "states": queries.job_states(session, now), "failed": queries.failed_runs(session)}
    return render_template("settings/jobs.html", now=now, beat=doctor.BEAT, job_title=queries.job_title, **facts)


@bp.get("/jobs/outbox", endpoint="outbox")
@requires(Permission.SETTINGS_READ)
def outbox_list() -> str:
    """发件箱: mails that wait, were given up, or were sent."""
    session = db.session()
    states = dict(MAIL_TABS)
    state = request.args.get("state", "waiting")
    state = state if state in states else "waiting"
    page = queries.mails(session, state, before=_place("before"), after=_place("after"))
    count = queries.outbox_count(session)
    configured = bool(queries.setting(session, "mail").get("host"))
    return render_template("settings/outbox.html", page=page, state=state, states=MAIL_TABS, count=count, configured=configured)


@bp.post("/jobs/outbox/<int:mail_id>/again")
@requires(Permission.SETTINGS_EDIT)
def mail_again(mail_id: int) -> Response:
    """Put one mail that was given up back in the queue."""
    return _again([mail_id])


@bp.post("/jobs/outbox/again")
@requires(Permission.SETTINGS_EDIT)
def mail_again_all() -> Response:
    """Put every mail that was given up back in the queue."""
    return _again(queries.given_up(db.session()))


def _again(mail_ids: list[int]) -> Response:
    with transaction() as session:
        count = service.send_again(session, actor=actor(), mail_ids=mail_ids, now=clock.now())
    flash(f"{count}封邮件已重新列入发送。" if count else "没有需要重新发送的邮件。")
    return redirect(url_for(".outbox"))


def _place(name: str) -> int | None:
    """Where a list goes on from, as its links say it; None for the beginning and for what no link of ours says."""
    place = request.args.get(name, type=int)
    return place if place is not None and 0 <= place <= queries.MOST_ID else None


# The audit ledger


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def audit() -> str:
    """审计记录: who did what, newest first."""
    asked, wrong = _asked()
    page = queries.ledger(db.session(), asked, before=_place("before"), after=_place("after"))
    return render_template("settings/audit.html", page=page, asked=asked, wrong=wrong, things=THINGS, about=_about, chips=_chips(asked))


def _about(subject: str) -> str:
    """What an entry is about, in words: 任务7, 系统设置：发信服务器."""
    kind, _, name = subject.partition(":")
    if kind == "setting" and name in SETTINGS:
        return f"{THINGS[kind]}：{SETTINGS[name].title}"
    return THINGS.get(kind, kind) + (name if name.replace("-", "").isdecimal() else "")


def _asked() -> tuple[queries.LedgerFilter, list[str]]:
    """The filter in the address, and what of it cannot be read."""
    wrong, days = [], {}
    for name, label in (("start", "起始日期"), ("end", "截止日期")):
        given = request.args.get(name, "")
        try:
            days[name] = _day(given) if given else None
        except ValueError:
            days[name] = None
            wrong.append(f"{label}“{given}”不是有效日期，未按此筛选")
    thing = request.args.get("thing", "")
    who = request.args.get("who", "").replace("\x00", "").strip()[:60]
    return queries.LedgerFilter(who, thing if thing in THINGS else "", days["start"], days["end"]), wrong


def _day(given: str) -> date:
    """The day in the address; ValueError for none, and for one no ledger reaches."""
    day = date.fromisoformat(given)
    if not 2000 <= day.year <= 2100:
        raise ValueError(given)
    return day


def _chips(asked: queries.LedgerFilter) -> list[tuple[str, str]]:
    """What is asked for, each with the address without it."""
    here = with_query(request.full_path, before=None, after=None)
    said: Iterable[tuple[str, str]] = (
        ("who", f"人员：{asked.who}" if asked.who else ""),
        ("thing", f"事项：{THINGS[asked.thing]}" if asked.thing else ""),
        ("start", f"自{in_words(asked.start)}起" if asked.start else ""),
        ("end", f"至{in_words(asked.end)}" if asked.end else ""),
    )
    return [(words, with_query(here, **{name: None})) for name, words in said if words]
