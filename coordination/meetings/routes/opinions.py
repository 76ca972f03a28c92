"""Other units' opinions on a proposal: asking for them, answering."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.acting import Answer, Did, act_page
from coordination.forms import choices
from coordination.meetings import opinions, queries, words
from coordination.meetings.forms import AskOpinionsForm, OpinionForm
from coordination.meetings.routes.blueprint import bp, database
from coordination.permissions import Permission
from coordination.tasks.queries import calendar
from models import Proposal
from models.errors import IllegalMove
from models.light import light


@bp.route("/proposals/<int:proposal_id>/opinions", methods=["GET", "POST"])
@requires(Permission.MEETING_READ)
def ask_opinions(proposal_id: int) -> Answer:
    """征求意见: which units, what about, and by when they answer."""
    session, who, today = database(), actor(), clock.today()
    found = queries.get_proposal(session, who, proposal_id)
    if not opinions.may_ask(who, found):
        raise IllegalMove("议题的意见由提出单位或联席会议办公室在会前征求")
    form = AskOpinionsForm()
    units = opinions.still_to_ask(session, found, today)
    form.unit_ids.choices = choices((unit.id, unit.short_name) for unit in units)
    there = url_for("meetings.proposal", proposal_id=proposal_id, _anchor="opinions")

    def act(session: Session) -> Did:
        given: dict[str, Any] = {"unit_ids": form.unit_ids.data or [], "question": form.question.data or ""}
        made = opinions.ask(session, actor=who, proposal_id=proposal_id, now=clock.now(), **given)
        return f"已征求{len(made)}个单位意见。", there

    clock_ = opinions.clock_of(session, opinions.RULE, found.mechanism_id, today)
    due = "没有设定答复时限" if clock_ is None or clock_[1].due is None else f"最迟{words.full_day(clock_[1].due)}，{clock_[0].words}"
    facts = [("议题", found.title), ("答复时限", due)] + ([("怎样算出来的", "→".join(clock_[1].steps))] if clock_ else [])
    lines = ("所选单位的联络员和负责人会收到提醒，列入其待办", "他们可以看到议题全文和附件")
    more = {"facts": facts, "consequences": lines, "options": {"unit_ids": {"columns": True}}, "shows_form": bool(units)}
    more |= {"crumbs": _crumbs(found)}
    return act_page(form, act, title=f"征求意见：{found.title}", verb="征求意见", back=there, back_label="返回，不征求", **more)


@bp.route("/opinions/<int:opinion_id>", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_WRITE)
def opinion(opinion_id: int) -> Answer:
    """答复意见 in the name of one's unit."""
    session, today = database(), clock.today()
    asked = opinions.get(session, actor(), opinion_id)
    proposal = asked.proposal
    form = OpinionForm(obj=asked)
    there = url_for("meetings.proposal", proposal_id=proposal.id)

    def act(session: Session) -> Did:
        given: dict[str, Any] = {"opinion_id": opinion_id, "version": form.version.data or 0, "text": form.text.data or ""}
        opinions.answer(session, actor=actor(), now=clock.now(), **given)
        return f"已答复{proposal.unit.short_name}。议题讨论前可以更改。", there

    facts = [("议题", proposal.title), ("提出单位", proposal.unit.short_name)]
    facts += [("请重点研究", asked.question)] if asked.question else []
    facts += [("答复时限", words.full_day(asked.due_on) if asked.due_on else "没有设定")]
    more: dict[str, Any] = {
        "facts": facts,
        "more_link": ("看议题全文和附件", there),
        "hints": {"text": "同意的写明同意；有不同意见的写明理由和修改建议"},
        "back_label": "返回，不答复",
    }
    if asked.answered_at is None and asked.due_on:
        more["light"] = light(asked.due_on, today, calendar(session))
    verb = "更改意见" if asked.answered_at else "答复意见"
    return act_page(form, act, title=f"{verb}：{proposal.title}", verb=verb, back=there, crumbs=_crumbs(proposal), **more)


def _crumbs(proposal: Proposal) -> list[tuple[str, str]]:
    there = url_for("meetings.proposal", proposal_id=proposal.id)
    return [("会议", url_for("meetings.index")), ("议题", url_for("meetings.proposals")), (proposal.title, there)]
