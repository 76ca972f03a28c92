"""The life of a unit on the list: rectification, renewal, leaving, promises and breaches, third parties' assessments."""

from flask import url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.notices import full_day
from coordination.permissions import Permission, require
from coordination.registry import assessing, certificates, forms, life, queries
from coordination.registry.actions import Action
from coordination.registry.assessing import Assessed, Report
from coordination.registry.routes.blueprint import Answer, Did, about, act_page, bp, database, opened
from models import Promise, Recognition
from models.text import clean_text


def _home(recognition_id: int) -> str:
    return url_for("registry.show", recognition_id=recognition_id)


@bp.route("/<int:recognition_id>/rectify", methods=["GET", "POST"])
@requires(Permission.REGISTRY_INSPECT)
def rectify(recognition_id: int) -> Answer:
    """要求整改."""
    recognition = opened(recognition_id, Action.RECTIFY)
    form = forms.Rectify()

    def act(session: Session) -> Did:
        given = {"finding": form.finding.data, "by": form.by.data}
        done = life.order_rectification(session, actor=actor(), recognition_id=recognition_id, now=clock.now(), **given)
        assert done.rectify_by is not None
        return f"已要求整改，期限{full_day(done.rectify_by)}。", _home(recognition_id)

    lines = ("整改期间仍在名录上，公开页面注明整改中", "逾期未改正的，系统提出移出建议")
    due_on = life.rectification_due(database(), recognition.category, clock.today())
    hints = {"finding": "写明哪一项、怎样才算改好；复查时逐项对照", "by": f"不填的按时限规则，最迟{full_day(due_on)}"}
    title = f"要求整改：{recognition.business.name}"
    return act_page(form, act, title=title, verb="要求整改", consequences=lines, hints=hints, **about(recognition))


@bp.route("/<int:recognition_id>/renew", methods=["GET", "POST"])
@requires(Permission.REGISTRY_RECOGNISE)
def renew(recognition_id: int) -> Answer:
    """续期 by the approver."""
    recognition = opened(recognition_id, Action.RENEW)
    form = forms.Confirm()

    def act(session: Session) -> Did:
        done = life.renew(session, actor=actor(), recognition_id=recognition_id, now=clock.now())
        assert done.valid_until is not None
        return f"已续期，有效期至{full_day(done.valid_until)}。", _home(recognition_id)

    assert recognition.valid_until is not None
    until = certificates.valid_until(database(), recognition.category, recognition.valid_until)
    days = f"现有效期至{full_day(recognition.valid_until)}，续期后至{full_day(until)}，证书号不变"
    lines = (days, "近一个复查周期内须有合格的年度复查，且没有未修复的失信信息")
    return act_page(form, act, title=f"续期：{recognition.business.name}", verb="续期", consequences=lines, **about(recognition))


@bp.route("/<int:recognition_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def withdraw(recognition_id: int) -> Answer:
    """自愿退出, or an application taken back."""
    recognition = opened(recognition_id, Action.WITHDRAW)
    form = forms.Reason()
    form.reason.label.text = "原因"
    listed = recognition.status in Recognition.LISTED

    def act(session: Session) -> Did:
        life.withdraw(session, actor=actor(), recognition_id=recognition_id, reason=form.reason.data, now=clock.now())
        return ("已退出名录，摘除标牌的任务已下达。" if listed else "申报已撤回。"), _home(recognition_id)

    lines = ("立即移出公开名录，扫码核验显示已退出", "向责任单位下达摘除标牌的任务", "不设再申报限制") if listed else ("申报就此结束",)
    verb = "退出名录" if listed else "撤回申报"
    title = f"{verb}：{recognition.business.name}"
    return act_page(form, act, title=title, verb=verb, consequences=lines, **{"kind": "danger", **about(recognition)})


@bp.route("/<int:recognition_id>/promise", methods=["GET", "POST"])
@requires(Permission.REGISTRY_INSPECT)
def promise(recognition_id: int) -> Answer:
    """登记承诺."""
    recognition = opened(recognition_id, Action.PROMISE)
    form = forms.Promising()

    def act(session: Session) -> Did:
        given = {"kind": form.kind.data, "text": form.text.data}
        life.promise(session, actor=actor(), recognition_id=recognition_id, now=clock.now(), **given)
        return "承诺已登记，在该单位的公开页面显示。", _home(recognition_id)

    hints = {"text": "写明范围、条件和时限，如：除食品、定制商品外，凭小票7日内无理由退货"}
    lines = ("登记后立即在该单位的公开页面显示", "查实未兑现的，是一条失信信息，随即提出移出建议")
    title = f"登记承诺：{recognition.business.name}"
    return act_page(form, act, title=title, verb="登记承诺", hints=hints, consequences=lines, **about(recognition))


@bp.route("/promises/<int:promise_id>/breach", methods=["GET", "POST"])
@requires(Permission.REGISTRY_INSPECT)
def breach(promise_id: int) -> Answer:
    """登记未兑现."""
    found, recognition = _promise(promise_id)
    form = forms.Breach()

    def act(session: Session) -> Did:
        given = {"happened_on": form.happened_on.data, "proof": form.proof.data}
        life.record_breach(session, actor=actor(), promise_id=promise_id, now=clock.now(), **given)
        return "已登记为失信信息。仍在名录上的，已提出移出建议，由办公室确认。", _home(recognition.id)

    facts = [("承诺事项", found.kind.label), ("承诺内容", found.text), ("自", full_day(found.since))]
    lines = ("查实的未兑现是一条失信信息，随即提出移出建议，由人确认后才移出",)
    title = f"登记未兑现：{recognition.business.name}"
    return act_page(form, act, title=title, verb="登记未兑现", facts=facts, consequences=lines, **{"kind": "danger", **about(recognition)})


@bp.route("/promises/<int:promise_id>/end", methods=["GET", "POST"])
@requires(Permission.REGISTRY_INSPECT)
def end_promise(promise_id: int) -> Answer:
    """终止承诺."""
    found, recognition = _promise(promise_id)
    form = forms.Reason()

    def act(session: Session) -> Did:
        life.end_promise(session, actor=actor(), promise_id=promise_id, reason=form.reason.data, now=clock.now())
        return "承诺已终止，明日起不再公开。", _home(recognition.id)

    facts = [("承诺事项", found.kind.label), ("承诺内容", found.text)]
    title = f"终止承诺：{recognition.business.name}"
    return act_page(form, act, title=title, verb="终止承诺", facts=facts, what="今日之内的承诺仍须兑现。", **about(recognition))


@bp.route("/<int:recognition_id>/assess", methods=["GET", "POST"])
@requires(Permission.REGISTRY_INSPECT)
def assess(recognition_id: int) -> Answer:
    """登记第三方评估."""
    recognition = opened(recognition_id, Action.ASSESS)
    form = forms.Assess(assessed_on=clock.today())

    def act(session: Session) -> Did:
        sent = form.report.data
        report = None
        if sent:
            report = Report((clean_text(sent.filename) or "评估报告")[-120:], sent.mimetype or "", sent.read())
        said = Assessed(form.assessor.data, form.assessed_on.data, form.score.data, form.finding.data or "", report)
        assessing.record_assessment(session, actor=actor(), recognition_id=recognition_id, said=said, now=clock.now())
        return "第三方评估已登记，计入下次年度复查。", _home(recognition_id)

    what = "计入下次年度复查：折合得分低于评分表最低总分所占比例的，复查不合格。"
    hints = {"score": "百分制", "assessor": "机构全称"}
    options = {"report": {"types": "PDF、JPG、PNG", "limit": "20MB"}}
    title = f"登记第三方评估：{recognition.business.name}"
    return act_page(form, act, title=title, verb="登记评估", what=what, hints=hints, options=options, files=True, **about(recognition))


def _promise(promise_id: int) -> tuple[Promise, Recognition]:
    """The promise and its unit, if this person may see it and may act."""
    session = database()
    found = life.get_promise(session, promise_id)
    recognition = queries.get_recognition(session, actor(), found.recognition_id)
    require(actor(), Permission.REGISTRY_INSPECT, recognition.scope)
    return found, recognition
