"""Every state of a meeting × every role × every action: what is not in the table is refused, and says so."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from coordination.meetings import countersigning, drafting, invitation, issuing, room, service
from coordination.permissions import Actor
from models import Answer, CountersignAnswer, ItemOutcome, LimitUnit, Meeting, Minutes, Rule
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.meetings.steps import HOUR, STARTS_AT, TASK_DUE, Steps

MORNING = STARTS_AT - HOUR  # the day of the meeting, an hour before it
OFFICE, RECORDING, CONVENOR = {"office"}, {"office", "recorder"}, {"convenor"}
UNIT = {"liaison-JYJ", "head-JYJ"}
PEOPLE = ("office", "convenor", "deputy", "recorder", *sorted(UNIT), "liaison-GGG", "router", "approver", "auditor", "admin")


def planned(steps: Steps) -> Meeting:
    return steps.plan()


def liaison_held(steps: Steps) -> Meeting:
    meeting = steps.collecting()
    return service.hold_liaison_meeting(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=MORNING)


def postponed(steps: Steps) -> Meeting:
    meeting = steps.collecting()
    return service.postpone(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="另定", now=MORNING)


def cancelled(steps: Steps) -> Meeting:
    meeting = steps.collecting()
    return service.cancel(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, reason="不开", now=MORNING)


def in_countersigning(steps: Steps) -> Meeting:
    """The draft is with the one unit that attended, 县教育局."""
    steps.world.mechanisms["county"].has_countersign = True
    facts = {"title": "纪要会签", "limit": 3, "unit": LimitUnit.WORKING, "clause": "本平台", "effective_from": MORNING.date()}
    steps.session.add(Rule(code="COUNTERSIGN", changed_at=MORNING, **facts))
    meeting = steps.compiled().meeting
    countersigning.send(steps.session, actor=steps.actor("office"), meeting_id=meeting.id, now=MORNING)
    return meeting


SITUATIONS: dict[str, Callable[[Steps], Meeting]] = {
    "planned": planned,
    "collecting": lambda steps: steps.collecting(),
    "liaison_held": liaison_held,
    "notified": lambda steps: steps.notified(),
    "in_session": lambda steps: steps.recorded(),
    "held": lambda steps: steps.held(),
    "drafted": lambda steps: steps.compiled().meeting,
    "countersigning": in_countersigning,
    "signed": lambda steps: steps.signed().meeting,
    "issued": lambda steps: steps.issued().meeting,
    "postponed": postponed,
    "cancelled": cancelled,
}


@dataclass(frozen=True)
class Action:
    """A verb, who may do it and when, and what it needs of the meeting."""

    verb: Callable[..., Any]
    who: set[str]
    when: set[str]
    given: Callable[[Meeting], dict[str, Any]] = lambda meeting: {"meeting_id": meeting.id}


def plan_of(meeting: Meeting) -> dict[str, Any]:
    kept = {name: getattr(meeting, name) for name in ("kind", "title", "starts_at", "chair", "proposals_due_on")}
    return {"meeting_id": meeting.id, "version": meeting.version, "place": "县政府二楼", **kept}


def plus(**more: Any) -> Callable[[Meeting], dict[str, Any]]:
    return lambda meeting: {"meeting_id": meeting.id, **more}


def item_of(meeting: Meeting) -> dict[str, Any]:
    item = meeting.items[0]
    return {"item_id": item.id, "version": item.text_version, "discussion": "新的文字", "outcome": ItemOutcome.NOTED}


def clause_of(meeting: Meeting) -> dict[str, Any]:
    return {"item_id": meeting.items[-1].id, "clause": room.Clause("再办一件事。", meeting.mechanism.office_unit_id, frozenset(), TASK_DUE)}


def attendance_of(meeting: Meeting) -> dict[str, Any]:
    said = {reply.id: room.Attendance(None, "新名") for reply in meeting.replies}
    return {"meeting_id": meeting.id, "seen": {}, "said": said}


ACTIONS = {
    "change": Action(service.change, OFFICE, {"planned", "collecting", "liaison_held", "postponed"}, plan_of),
    "collect": Action(service.collect, OFFICE, {"planned", "postponed"}),
    "liaison": Action(service.hold_liaison_meeting, OFFICE, {"collecting"}),
    "notify": Action(invitation.send_notice, OFFICE, {"collecting", "liaison_held"}),
    "postpone": Action(service.postpone, OFFICE, {"planned", "collecting", "liaison_held", "notified"}, plus(reason="另定")),
    "cancel": Action(service.cancel, OFFICE, {"planned", "collecting", "liaison_held", "notified", "postponed"}, plus(reason="不开")),
    "urge": Action(invitation.urge, OFFICE, {"notified"}),
    "answer": Action(invitation.answer, UNIT, {"notified"}, plus(choice=Answer.LEAVE, reason="出差")),
    "open": Action(room.open_meeting, RECORDING, {"notified"}),
    "record": Action(room.record, RECORDING, {"in_session", "held", "drafted", "countersigning"}, item_of),
    "clause": Action(room.add_clause, RECORDING, {"in_session", "held", "drafted", "countersigning"}, clause_of),
    "sign_in": Action(room.sign_in, RECORDING, {"in_session", "held", "drafted", "countersigning"}, attendance_of),
    "end": Action(room.end_meeting, RECORDING, {"in_session"}),
    "compile": Action(drafting.compile_minutes, RECORDING, {"held", "drafted", "countersigning"}),
    "edit": Action(drafting.edit_opening, RECORDING, {"drafted", "countersigning"}, plus(version=0, opening="新导语")),
    "countersign": Action(countersigning.send, RECORDING, {"countersigning"}),  # anew; elsewhere the mechanism has none
    "urge_countersign": Action(countersigning.urge, RECORDING, {"countersigning"}),
    "answer_countersign": Action(countersigning.answer, UNIT, {"countersigning"}, plus(choice=CountersignAnswer.AGREE)),
    "submit": Action(issuing.submit, RECORDING, {"drafted"}),
    "sign": Action(issuing.sign, CONVENOR, {"drafted"}),
    "issue": Action(issuing.issue, OFFICE, {"signed"}),
    "acknowledge": Action(issuing.acknowledge, UNIT, {"issued"}),
}


def outcome(steps: Steps, action: Action, actor: Actor, meeting: Meeting) -> str:
    """What comes of it: done, or the kind of refusal; everything is undone again."""
    given = action.given(meeting)
    if action.verb is drafting.edit_opening:
        minutes = steps.session.query(Minutes).filter_by(meeting_id=meeting.id).one_or_none()
        given["version"] = minutes.version if minutes else 0
    try:
        with steps.session.begin_nested() as savepoint:
            action.verb(steps.session, actor=actor, now=MORNING, **given)
            steps.session.flush()
            savepoint.rollback()
    except (NotAllowed, NotFound):
        return "no right"
    except (IllegalMove, BadInput):
        return "not now"
    return "done"


def expected(situation: str, action: Action, username: str) -> set[str]:
    if username not in action.who:
        return {"no right"}
    if situation in action.when:
        return {"done"}
    # Without a reply row or minutes there is nothing the person could have found.
    return {"not now", "no right"}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_only_what_the_table_allows_is_done(steps, world, situation):
    world.mechanisms["county"].has_liaison_meeting = True
    meeting = SITUATIONS[situation](steps)
    steps.session.flush()
    actors = {username: steps.actor(username) for username in PEOPLE}
    wrong = [
        (name, username, came, should)
        for name, action in ACTIONS.items()
        for username in PEOPLE
        if (came := outcome(steps, action, actors[username], meeting)) not in (should := expected(situation, action, username))
    ]
    assert wrong == []


def test_the_table_names_every_role_that_may_do_something():
    assert set().union(*(action.who for action in ACTIONS.values())) == OFFICE | RECORDING | CONVENOR | UNIT
    assert all(replace(action).when <= set(SITUATIONS) for action in ACTIONS.values())
