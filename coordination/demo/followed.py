"""What became of the tasks: accepted, reported on, returned, closed, cancelled, each step on its own day."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from coordination.demo.stage import Stage, clock
from coordination.demo.story import Clause, Extra, Step, step
from coordination.tasks import service
from models import Decision, Task

ON_THE_LAST_DAY = -1


def follow(stage: Stage, decision: Decision, clause: Clause) -> None:
    """Plan the steps of the task that was made from this decision."""
    task_id = stage.session.scalars(select(Task.id).where(Task.decision_id == decision.id)).one()
    for number, line in enumerate(clause.steps):
        told = step(line)
        stage.plan(told.day, clock(task_id + number), _step(stage, task_id, clause, told))


def _step(stage: Stage, task_id: int, clause: Clause, told: Step) -> Callable[[datetime], Any]:
    """One step, done by the lead unit's liaison, by that of the first unit that helps, or by the office."""
    lead, helper = clause.lead, clause.co.partition(" ")[0]
    done: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
        "签收": (f"liaison-{lead}", service.accept, {}),
        "进展": (f"liaison-{lead}", service.submit_report, {"text": told.text, "percent": told.number, "final": False}),
        "配合": (f"liaison-{helper}", service.submit_report, {"text": told.text, "percent": told.number, "final": False}),
        "报结": (f"liaison-{lead}", service.submit_report, {"text": told.text, "percent": 100, "final": True}),
        "销号": ("office", service.close, {"finding": told.text}),
        "退回": ("office", service.send_back, {"reason": told.text, "due_on": stage.days.day(told.number)}),
        "撤销": ("office", service.cancel, {"reason": told.text}),
    }
    username, verb, given = done[told.verb]
    return lambda now: verb(stage.session, actor=stage.actor(username), task_id=task_id, now=now, **given)


def give(stage: Stage, mechanism: str, extra: Extra) -> None:
    """Plan a task without a meeting, given on the last working day."""

    def create(now: datetime) -> None:
        service.create(
            stage.session,
            actor=stage.actor("office"),
            mechanism_id=stage.mechanisms[mechanism].id,
            title=extra.title,
            text=extra.text,
            deliverable=extra.deliverable,
            lead_id=stage.units[extra.lead].id,
            co_ids=[stage.units[code].id for code in extra.co.split()],
            due_on=stage.days.day(extra.due),
            source=extra.source,
            now=now,
        )

    stage.plan(ON_THE_LAST_DAY, "16:40", create)
