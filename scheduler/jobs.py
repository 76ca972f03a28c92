"""Each job asks what is owed, then does each thing in a transaction of its own; one failure is logged and counted and never stops the rest.

Run twice, a job finds nothing the second time; after missed runs the next one catches up.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from coordination import attachments, audit
from coordination.accounts import lockout
from coordination.api import webhooks
from coordination.complaints import automatic, deadlines, events, fast_lane, training
from coordination.meetings import reminding
from coordination.registry import applying, life, proposals
from coordination.settings import outbox
from coordination.tasks import digest, hooks, ladder, recurring, urging
from coordination.transaction import transaction
from models import ApiCall, HookMessage, JobRun, LoginFailure, LoginSession, WebhookDelivery
from models.base import db
from models.calendar import local_date

log = logging.getLogger(__name__)
Item = TypeVar("Item")

AT_ONCE = 1000  # rows deleted in one transaction, so that nobody waits long for the write lock
RUNS_KEPT = timedelta(days=180)
ASIDE_KEPT = timedelta(days=1)
CALLS_KEPT = timedelta(days=30)  # how long a request may be sent again and get the answer of before


@dataclass(frozen=True)
class Run:
    """One run: for which instant, where the instance keeps its files, and whether it should end after the item in hand."""

    now: datetime
    instance: Path
    stopping: Callable[[], bool] = lambda: False


@dataclass
class Tally:
    """What a run came to: things done, things that failed, and the words of the first failure."""

    done: int = 0
    failed: int = 0
    error: str = ""


Job = Callable[[Run, Tally], None]


def task_ladder(run: Run, tally: Tally) -> None:
    """Reminders, 催办 and the papers to draft, and tasks not accepted in time; in working hours only."""
    book = ladder.rulebook(db.session(), run.now)
    if book.opens():
        tasks = ladder.unaccepted(db.session(), book)
        _each(run, tally, tasks, lambda session, task_id: urging.ask_to_accept(session, task_id=task_id, book=book))
        tasks = ladder.unreported(db.session(), book)
        _each(run, tally, tasks, lambda session, task_id: urging.ask_to_report(session, task_id=task_id, book=book))
        tasks = ladder.climbing(db.session(), book)
        _each(run, tally, tasks, lambda session, task_id: urging.climb(session, task_id=task_id, book=book))
    missing = sorted(book.missing)
    _each(run, tally, missing, lambda session, year: urging.tell_missing_calendar(session, year=year, now=run.now))


def task_recurring(run: Run, tally: Tally) -> None:
    """The task of the present period for every recurring duty; in working hours only."""
    book = ladder.rulebook(db.session(), run.now)
    if book.opens():
        duties = recurring.due(db.session(), book.today)
        _each(run, tally, duties, lambda session, duty_id: recurring.make_task(session, recurring_id=duty_id, now=run.now))


def task_digest(run: Run, tally: Tally) -> None:
    """The morning digest to everybody for whom tasks wait; in working hours only, once a day."""
    book = ladder.rulebook(db.session(), run.now)
    if book.opens():
        people = digest.owed(db.session(), book)
        _each(run, tally, people.items(), lambda session, item: digest.send(session, person_id=item[0], owed=item[1], book=book))


def registry_life(run: Run, tally: Tally) -> None:
    """Units past their last day leave the register; what was not mended in time is proposed for removal."""
    today = local_date(run.now)
    ended = life.expired(db.session(), today)
    _each(run, tally, ended, lambda session, id_: life.expire(session, recognition_id=id_, now=run.now))
    unmended = life.rectification_overdue(db.session(), today)
    _each(run, tally, unmended, lambda session, id_: life.propose_unmended(session, recognition_id=id_, now=run.now))


def registry_reminders(run: Run, tally: Tally) -> None:
    """Proposals of removal left unanswered climb; expiry and re-checks are told; in working hours only."""
    if not ladder.rulebook(db.session(), run.now).opens():
        return
    today = local_date(run.now)
    waiting = proposals.unanswered(db.session(), today)
    _each(run, tally, waiting, lambda session, id_: proposals.climb(session, proposal_id=id_, now=run.now))
    ending = life.expiring(db.session(), today)
    _each(run, tally, ending, lambda session, id_: life.remind_expiring(session, recognition_id=id_, now=run.now))
    due = life.to_recheck(db.session(), today)
    _each(run, tally, due, lambda session, id_: life.remind_recheck(session, recognition_id=id_, now=run.now))


def minutes_reminders(run: Run, tally: Tally) -> None:
    """Units that have not read an issue by its day, or not countersigned on the last one, are told once; in working hours only."""
    if not ladder.rulebook(db.session(), run.now).opens():
        return
    today = local_date(run.now)
    unread = reminding.unread_due(db.session(), today)
    _each(run, tally, unread, lambda session, id_: reminding.tell_unread(session, receipt_id=id_, now=run.now))
    unanswered = reminding.countersigns_due(db.session(), today)
    _each(run, tally, unanswered, lambda session, id_: reminding.tell_countersign(session, countersign_id=id_, now=run.now))


def complaint_deadlines(run: Run, tally: Tally) -> None:
    """Units are told of clocks and queries near their last day or past it, routers of what waits too long; in working hours only."""
    if not deadlines.opens(db.session(), run.now):
        return
    owed = deadlines.near_or_overdue(db.session(), run.now)
    _each(run, tally, owed, lambda session, id_: deadlines.tell_deadline(session, complaint_id=id_, now=run.now))
    asked = deadlines.inquiries_due(db.session(), run.now)
    _each(run, tally, asked, lambda session, item: deadlines.tell_inquiry(session, inquiry_id=item[0], rung=item[1], now=run.now))
    for tell in (deadlines.tell_routers, deadlines.tell_uncalled):
        _each(run, tally, [tell], lambda session, act: act(session, now=run.now))


def complaint_events(run: Run, tally: Tally) -> None:
    """Offers to businesses that ran out go the normal way; reports on grave events that are due are told, at any hour."""
    ended = fast_lane.expired(db.session(), local_date(run.now))
    _each(run, tally, ended, lambda session, id_: fast_lane.expire(session, lane_id=id_, now=run.now))
    due = events.reports_due(db.session(), local_date(run.now))
    _each(run, tally, due, lambda session, id_: events.tell_due(session, report_id=id_, now=run.now))


def routing_auto(run: Run, tally: Tally) -> None:
    """What the office lets go by itself is assigned as suggested; in working hours only."""
    if deadlines.opens(db.session(), run.now):
        sure = automatic.sure(db.session(), run.now)
        _each(run, tally, sure, lambda session, id_: automatic.assign_alone(session, complaint_id=id_, now=run.now))


def routing_train(run: Run, tally: Tally) -> None:
    """Learn the routing anew, if that is due, and let go of old versions. Nobody is kept from writing while it learns."""
    if not training.is_due(db.session(), run.now):
        return
    trained = training.learn(db.session(), run.now)
    db.session.rollback()
    _each(run, tally, [trained], lambda session, it: training.keep(session, it, now=run.now) is not None)
    with transaction() as session:
        dropped = training.drop_old(session)
    attachments.clear(db.session(), dropped)


def deliver_mail(run: Run, tally: Tally) -> None:
    """Send the outbox: every mail that is due, each once in a run. A mail the server refuses is no failure of the job; its row says why."""
    tried: set[int] = set()
    while mails := [mail_id for mail_id in outbox.due(db.session(), run.now) if mail_id not in tried]:
        tried.update(mails)
        _each(run, tally, mails, lambda session, mail_id: outbox.deliver(session, mail_id=mail_id, now=run.now))
        if run.stopping():
            return


def deliver_webhooks(run: Run, tally: Tally) -> None:
    """Tell other platforms of changes of status: every message that is due, each once in a run. One not taken is no failure of the job."""
    tried: set[int] = set()
    while messages := [delivery_id for delivery_id in webhooks.due(db.session(), run.now) if delivery_id not in tried]:
        tried.update(messages)
        _each(run, tally, messages, lambda session, delivery_id: webhooks.deliver(session, delivery_id=delivery_id, now=run.now))
        if run.stopping():
            return


def deliver_hooks(run: Run, tally: Tally) -> None:
    """Send the group messages that are due, until none is left; a refusal waits for its next attempt and is no failure of the job."""
    tried: set[int] = set()
    while messages := [message_id for message_id in hooks.due(db.session(), run.now) if message_id not in tried]:
        tried.update(messages)
        _each(run, tally, messages, lambda session, message_id: hooks.deliver(session, message_id=message_id, now=run.now))
        if run.stopping():
            return


def mail_failures(run: Run, tally: Tally) -> None:
    """Tell the admins once a day which mails were given up, and why."""
    _each(run, tally, [run.now], lambda session, now: outbox.owe_failure_summary(session, now))


def audit_anchor(run: Run, tally: Tally) -> None:
    """Write the head of the audit ledger to a file outside the database, so that a cut tail shows."""
    file = run.instance / audit.ANCHORS
    _each(run, tally, [file], lambda session, path: audit.write_anchor(session, path, run.now))


def purge_sessions(run: Run, tally: Tally) -> None:
    """Delete log-in sessions nothing asks for any more (ended, and too old to vouch for a place or a code), and failures past counting."""
    ended = or_(LoginSession.ended_at.is_not(None), LoginSession.expires_at <= run.now)
    _purge(run, tally, LoginSession, and_(ended, LoginSession.created_at < run.now - lockout.KNOWN_FOR))
    _purge(run, tally, LoginFailure, LoginFailure.at < run.now - lockout.COUNTED_FOR)


def purge_aside(run: Run, tally: Tally) -> None:
    """Delete tables that were looked at and not imported, and application drafts past their day, with their papers."""
    _each(run, tally, [run.now - ASIDE_KEPT], lambda _, before: attachments.clear_aside(before))
    drafts = applying.expired_drafts(db.session(), local_date(run.now))
    _each(run, tally, drafts, lambda session, id_: applying.clear_draft(session, draft_id=id_, now=run.now))


def purge_calls(run: Run, tally: Tally) -> None:
    """Delete answers kept for requests sent again, and messages to other platforms that are done with."""
    _purge(run, tally, ApiCall, ApiCall.at < run.now - CALLS_KEPT)
    done = or_(WebhookDelivery.sent_at.is_not(None), WebhookDelivery.given_up_at.is_not(None))
    _purge(run, tally, WebhookDelivery, and_(done, WebhookDelivery.at < run.now - RUNS_KEPT))
    done = or_(HookMessage.sent_at.is_not(None), HookMessage.given_up_at.is_not(None))
    _purge(run, tally, HookMessage, and_(done, HookMessage.at < run.now - RUNS_KEPT))


def purge_runs(run: Run, tally: Tally) -> None:
    """Delete the records of old runs."""
    _purge(run, tally, JobRun, JobRun.started_at < run.now - RUNS_KEPT)


def perform(name: str, job: Job, run: Run, clock: Callable[[], datetime]) -> Tally:
    """Run ``job`` and keep a record of it (JobRun). Whatever goes wrong ends in the tally and the log, never in an exception.

    The record bears the moment the run acts for, which a run by hand may be told, and ends as much later as the run took.
    """
    tally, began = Tally(), clock()
    row_id = _attempt(lambda: _started(name, run.now), f"{name}: record", Tally())
    _attempt(lambda: job(run, tally), name, tally)
    _attempt(lambda: _finished(row_id, tally, run.now + (clock() - began)), f"{name}: record", Tally())
    return tally


def _each(run: Run, tally: Tally, items: Iterable[Item], act: Callable[[Session, Item], int]) -> None:
    """``act`` on every item in a transaction of its own, counting what was done; ends early when asked to stop."""

    def one(item: Item) -> int:
        with transaction() as session:
            return int(act(session, item))

    for item in list(items):
        if run.stopping():
            return
        tally.done += _attempt(lambda item=item: one(item), f"item {item}", tally) or 0  # type: ignore[misc]


def _purge(run: Run, tally: Tally, kind: type[Any], condition: Any) -> None:
    """Delete the rows of ``kind`` that meet the condition, some at a time."""

    def some(session: Session, _: int) -> int:
        ids = list(session.scalars(select(kind.id).where(condition).order_by(kind.id).limit(AT_ONCE)))
        session.execute(delete(kind).where(kind.id.in_(ids)))
        return len(ids)

    before = -1
    while before != tally.done and not run.stopping():
        before = tally.done
        _each(run, tally, [0], some)


def _attempt(act: Callable[[], Any], what: str, tally: Tally) -> Any:
    """What ``act`` returns; None when it fails, which is logged and counted: one bad row must not cost the others their notice."""
    try:
        return act()
    except Exception as failure:
        log.exception("failed: %s", what)
        db.session.remove()
        tally.failed += 1
        tally.error = tally.error or f"{what}: {type(failure).__name__}: {failure}"[:500]
        return None


def _started(name: str, at: datetime) -> int:
    with transaction() as session:
        row = JobRun(job=name, started_at=at)
        session.add(row)
        session.flush()
        return row.id


def _finished(row_id: int | None, tally: Tally, at: datetime) -> None:
    if row_id is None:
        return
    with transaction() as session:
        row = session.get_one(JobRun, row_id)
        row.finished_at, row.done, row.failed, row.error = at, tally.done, tally.failed, tally.error
        if not (tally.done or tally.failed):
            # Most runs find nothing: the newest of them tells all there is to tell.
            idle = and_(JobRun.done == 0, JobRun.failed == 0, JobRun.finished_at.is_not(None), JobRun.id < row_id)
            session.execute(delete(JobRun).where(JobRun.job == row.job, idle))
