"""The gates of an application: review, public notice, objections, recognition, refusal. (Inspection has a page of its own.)"""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.crypto import open_contact
from coordination.notices import full_day
from coordination.permissions import Permission, require
from coordination.registry import forms, lists, queries, service
from coordination.registry.actions import Action
from coordination.registry.routes import page
from coordination.registry.routes.blueprint import Answer, Did, about, act_page, bp, database, opened
from models import Objection, Recognition
from models.calendar import local_date
from models.errors import CalendarMissing, NotFound


def _home(recognition_id: int) -> str:
    return url_for("registry.show", recognition_id=recognition_id)


def _seen(recognition: Recognition) -> dict[str, Any]:
    """What whoever keeps a gate must have before their eyes, with the way to all the rest."""
    whole = lists.whole(database(), recognition)
    against = queries.obstacles(database(), recognition.business, recognition.category, clock.today(), itself=recognition.id)
    facts = page.brief(recognition, whole)
    facts.append(("材料", f"{len(whole.papers)}份" if whole.papers else "没有上传"))
    facts.append(("失信和限制", "；".join(against) or "没有"))
    return {"facts": facts, "more_link": ("查看材料、检查和办理过程", _home(recognition.id)), **about(recognition)}


@bp.route("/<int:recognition_id>/review", methods=["GET", "POST"])
@requires(Permission.REGISTRY_REVIEW)
def review(recognition_id: int) -> Answer:
    """审核通过."""
    recognition = opened(recognition_id, Action.REVIEW)
    form = forms.Opinion()

    def act(session: Session) -> Did:
        service.review(session, actor=actor(), recognition_id=recognition_id, opinion=form.opinion.data or "", now=clock.now())
        return "审核已通过，可以现场检查。", _home(recognition_id)

    what = "证照和材料已核对无误，没有已知的失信信息和再申报限制。审核通过后由责任单位现场检查。"
    return act_page(form, act, title=f"审核：{recognition.business.name}", verb="审核通过", what=what, **_seen(recognition))


@bp.route("/<int:recognition_id>/publish", methods=["GET", "POST"])
@requires(Permission.REGISTRY_PUBLISH)
def publish(recognition_id: int) -> Answer:
    """发布公示."""
    recognition = opened(recognition_id, Action.PUBLISH)
    form = forms.Confirm()

    def act(session: Session) -> Did:
        done = service.publish(session, actor=actor(), recognition_id=recognition_id, now=clock.now())
        assert done.notice_until is not None
        return f"已公示，至{full_day(done.notice_until)}。", _home(recognition_id)

    lines = (_period(recognition), "名称、地址、类别立即在公众端公示，期内任何人可提出异议", "公示期满且没有待核实的异议，由分管领导认定")
    title = f"发布公示：{recognition.business.name}"
    return act_page(form, act, title=title, verb="发布公示", consequences=lines, **_seen(recognition))


def _period(recognition: Recognition) -> str:
    """How long a notice published now would run."""
    try:
        days, until = service.notice_period(database(), recognition.category, clock.today())
    except CalendarMissing as missing:
        return missing.message
    return f"公示{days}个工作日，从明日起算，至{full_day(until)}"


@bp.route("/<int:recognition_id>/recognise", methods=["GET", "POST"])
@requires(Permission.REGISTRY_RECOGNISE)
def recognise(recognition_id: int) -> Answer:
    """认定 by the approver."""
    recognition = opened(recognition_id, Action.RECOGNISE)
    form = forms.ConfirmVersion(version=recognition.version)

    def act(session: Session) -> Did:
        done = service.recognise(session, actor=actor(), recognition_id=recognition_id, version=form.version.data, now=clock.now())
        return f"已认定，证书号{done.certificate_no}。可下载证书和标牌。", _home(recognition_id)

    lines = ("立即列入公开名录，可检索、可扫码核验", "生成证书号，编号不再给其他单位使用", "通知责任单位和联席会议办公室")
    title = f"认定：{recognition.business.name}"
    return act_page(form, act, title=title, verb=f"认定为{recognition.category.scheme.title}", consequences=lines, **_seen(recognition))


@bp.route("/<int:recognition_id>/refuse", methods=["GET", "POST"])
@requires(Permission.REGISTRY_READ)
def refuse(recognition_id: int) -> Answer:
    """不予认定, with the reason, at whichever gate it stands."""
    recognition = opened(recognition_id, Action.REFUSE)
    form = forms.Reason()

    def act(session: Session) -> Did:
        service.refuse(session, actor=actor(), recognition_id=recognition_id, reason=form.reason.data, now=clock.now())
        return "已记为不予认定。", _home(recognition_id)

    lines = ("申报就此结束，不能恢复；经营者可重新申报", "理由告知经营者（凭查询码可见）、责任单位和联席会议办公室")
    title = f"不予认定：{recognition.business.name}"
    return act_page(form, act, title=title, verb="不予认定", consequences=lines, **{"kind": "danger", **_seen(recognition)})


@bp.route("/objections/<int:objection_id>", methods=["GET", "POST"])
@requires(Permission.REGISTRY_PUBLISH)
def objection(objection_id: int) -> Answer:
    """核实一件异议."""
    found = _objection(objection_id)
    form = forms.ObjectionFinding()

    def act(session: Session) -> Did:
        upheld = bool(form.upheld.data)
        service.decide_objection(
            session, actor=actor(), objection_id=objection_id, upheld=upheld, finding=form.finding.data, now=clock.now()
        )
        return ("异议成立，已不予认定。" if upheld else "异议不成立，公示和认定继续。"), _home(found.recognition_id)

    facts = [
        ("收到", full_day(local_date(found.received_at))),
        ("最迟核实", full_day(found.due_on)),
        ("联系方式", open_contact(found.contact) or "未留"),
        ("异议内容", found.text),
    ]
    title = f"核实异议：{found.recognition.business.name}"
    return act_page(form, act, title=title, verb="提交核实结论", facts=facts, **about(found.recognition, found.status.label))


def _objection(objection_id: int) -> Objection:
    """The objection, if this person may see the unit and keeps the gate."""
    session = database()
    found = session.get(Objection, objection_id) if 0 < objection_id <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound("没有这件异议")
    recognition = queries.get_recognition(session, actor(), found.recognition_id)
    require(actor(), Permission.REGISTRY_PUBLISH, recognition.scope)
    return found
