"""失信信息: the list, one event, entering, matching, and the end of one (修复, 撤销)."""

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import history
from coordination.forms import choices
from coordination.notices import full_day
from coordination.permissions import Permission, can
from coordination.registry import forms, lists, proposals, queries, trust
from coordination.registry.lists import EVENT_VIEWS
from coordination.registry.routes.blueprint import HOME, Answer, Did, act_page, asked, bp, database, neighbours, tabs, turn
from coordination.registry.trust import EventFacts
from models import EventSource, MatchedBy, TrustEvent
from models.errors import NotFound
from models.text import clean_text

HINTS = {
    "uscc": "有代码的务必填写；仅凭名称的只提出建议，不会自动移出",
    "source": "官方名单且18位代码一致、事由为法定立即移出的，保存即移出名录",
    "counts_until": "如公示截止日期；不填的按事由的规则计算",
    "document_no": "决定书或名单的文号；官方名单须填文号或机关",
}


@bp.get("/events")
@requires(Permission.REGISTRY_READ)
def events() -> Answer:
    """失信信息, newest first."""
    session, who = database(), actor()
    view = request.args.get("view", "") if request.args.get("view") in EVENT_VIEWS else ""
    words = (clean_text(request.args.get("q", "")) or "").strip()[:120]
    found = lists.events(session, who, view, words, clock.today(), turn())
    return render_template(
        "registry/events.html",
        rows=found.rows,
        views=list(EVENT_VIEWS.items()),
        view=view,
        words=words,
        may_write=can(who, Permission.TRUST_WRITE),
        subnav=tabs("events"),
        **neighbours(found),
    )


@bp.get("/events/<int:event_id>")
@requires(Permission.REGISTRY_READ)
def event(event_id: int) -> Answer:
    """One event: what it says, whose it is, what came of it."""
    session, who = database(), actor()
    found = queries.get_event(session, who, event_id)
    pending, removed, held = lists.after_event(session, who, found)
    may = can(who, Permission.REMOVAL_CONFIRM)
    return render_template(
        "registry/event.html",
        event=found,
        proposals=pending,
        removals=removed,
        held=held,
        may_match=may and found.matched_by not in {MatchedBy.CODE, MatchedBy.PERSON},
        may_end=may and not found.ended_word,
        history=history(session, found),
        crumbs=_crumbs(),
        today=clock.today(),
    )


@bp.route("/events/new", methods=["GET", "POST"])
@requires(Permission.TRUST_WRITE)
def new_event() -> Answer:
    """登记失信信息."""
    session, who = database(), actor()
    form = forms.Event()
    form.ground.choices = choices([("", "请选择"), *((ground.code, ground.name) for ground in queries.grounds(session))])
    if not can(who, Permission.REMOVAL_CONFIRM):  # an official list removes without anybody's judgement: the office alone enters it
        form.source.choices = [one for one in form.source.choices if one.value != EventSource.OFFICIAL_LIST.value]
    unit_id = asked("recognition")
    if request.method == "GET" and unit_id is not None:
        unit = queries.get_recognition(session, who, unit_id)
        form.name.data, form.uscc.data = unit.business.name, unit.business.uscc

    def act(session: Session) -> Did:
        words: dict[str, Any] = {name: form[name].data or "" for name in ("name", "uscc", "authority", "document_no", "text")}
        facts = EventFacts(
            ground=form.ground.data,
            source=form.source.data,
            happened_on=form.happened_on.data,
            counts_until=form.counts_until.data,
            **words,
        )
        made = trust.record_event(session, actor=who, facts=facts, now=clock.now())
        return f"失信信息已登记。{_followed(session, made)}", url_for("registry.event", event_id=made.id)

    home = url_for("registry.events")
    return act_page(form, act, title="登记失信信息", verb="登记", hints=HINTS, crumbs=_crumbs(), back=home, back_label="返回，不登记")


def _followed(session: Session, made: TrustEvent) -> str:
    """What came of it at once, in words."""
    pending, removed, _ = lists.after_event(session, actor(), made)
    if removed:
        return f"已移出名录：{'、'.join(one.name for one in removed)}。"
    if pending:
        return "已提出移出建议，待办公室确认。"
    return "未匹配到经营主体，先留存，主体登记后自动匹配。" if made.business is None else "该主体没有在册的认定。"


@bp.route("/events/<int:event_id>/match", methods=["GET", "POST"])
@requires(Permission.REMOVAL_CONFIRM)
def match_event(event_id: int) -> Answer:
    """匹配: a person says whose it is."""
    found = queries.get_event(database(), actor(), event_id)
    words = (clean_text(request.args.get("q", "")) or "").strip()[:120]
    offered = lists.namesakes(database(), found, words)
    form = forms.Match()
    form.business_id.choices = choices((b.id, f"{b.name}（{b.uscc or '无代码'}，{b.address or '无地址'}）") for b in offered)

    def act(session: Session) -> Did:
        given = {"business_id": form.business_id.data, "reason": form.reason.data}
        made = trust.match_event(session, actor=actor(), event_id=event_id, now=clock.now(), **given)
        return f"已匹配。{_followed(session, made)}", url_for("registry.event", event_id=event_id)

    what = None if offered else "没有名称相近的经营主体。可在上面换名称或代码查找；没有的，待其申报后自动匹配。"
    more: dict[str, Any] = {"search": words, "what": what, "facts": _facts(found), "template": "registry/match.html"}
    return act_page(form, act, title=f"匹配经营主体：{found.name}", verb="确认匹配", **more, **_about(found))


@bp.route("/events/<int:event_id>/<string:how>", methods=["GET", "POST"])
@requires(Permission.REMOVAL_CONFIRM)
def end_event(event_id: int, how: str) -> Answer:
    """信用修复 (repair) or 撤销 (reverse)."""
    found = queries.get_event(database(), actor(), event_id)
    if how not in {"repair", "reverse"}:
        raise NotFound("没有这一页")
    verb, do = ("登记修复", proposals.repair) if how == "repair" else ("登记撤销", proposals.reverse)
    form = forms.EndEvent(on=clock.today())

    def act(session: Session) -> Did:
        do(session, actor=actor(), event_id=event_id, on=form.on.data, remark=form.remark.data, now=clock.now())
        return "已登记。只依据这条信息的再申报限制已解除，事由已从公开页面撤下。", url_for("registry.event", event_id=event_id)

    lines = ["只依据这条信息的再申报限制随即解除", "这条事由从公开页面、开放数据和历史名录中撤下", "因它提出的移出建议不再需要"]
    if how == "reverse":
        lines.append("移出不再有依据的，转分管领导决定是否恢复")
    hints = {"on": "决定修复、移出名单或撤销的日期", "remark": "文号或来源，如信用修复决定书文号"}
    title = f"{verb}：{found.name}"
    return act_page(form, act, title=title, verb=verb, consequences=lines, hints=hints, facts=_facts(found), **_about(found))


def _facts(found: TrustEvent) -> list[tuple[str, Any]]:
    return [
        ("名称", found.name),
        ("信用代码", found.uscc),
        ("事由", found.ground.name),
        ("日期", full_day(found.happened_on)),
        ("来源", f"{found.source.label}，{found.origin}"),
    ]


def _about(found: TrustEvent) -> dict[str, Any]:
    here = url_for("registry.event", event_id=found.id)
    return {"crumbs": [*_crumbs(), (found.name, here)], "back": here}


def _crumbs() -> list[tuple[str, str]]:
    return [(HOME, url_for("registry.index")), ("失信信息", url_for("registry.events"))]
