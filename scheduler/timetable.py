"""Which job runs when. Weekdays would be written by name (mon-fri): the library counts them from Monday, cron from Sunday.

The times only say when a job looks; what it then owes follows from rules, dates and the calendar. So most look every few minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler import jobs
from scheduler.jobs import Job

EVERY_5_MINUTES = {"minute": "*/5", "second": "0"}


@dataclass(frozen=True)
class Entry:
    """One job: its name, what does it, when (fields of a cron expression, time in China; and in words), what it does, and in which queue.

    Jobs of one queue run one after the other. Mail has its own: it waits for other machines, and a silent server must not delay a 催办.
    So have messages to other platforms, and learning, which takes half a minute.
    """

    name: str
    job: Job
    cron: Mapping[str, str]
    when: str
    what: str
    queue: str = field(default="default")


# The order is that of `jobs run all`: what is owed first, then the mails that carry it; the anchor last, when all is written.
TIMETABLE: tuple[Entry, ...] = (
    Entry(
        "task_ladder",
        jobs.task_ladder,
        EVERY_5_MINUTES,
        "every 5 minutes; acts in working hours",
        "reminders, 催办, papers drafted (LADDER_* rules), tasks not accepted (TASK_ACCEPT), periodic reports missing, missing calendars",
    ),
    Entry(
        "task_recurring",
        jobs.task_recurring,
        EVERY_5_MINUTES,
        "every 5 minutes; acts in working hours",
        "the task of the present period for every recurring duty",
    ),
    Entry(
        "task_digest",
        jobs.task_digest,
        EVERY_5_MINUTES,
        "every 5 minutes; acts in working hours, once a day",
        "one notice to everybody for whom tasks wait",
    ),
    Entry(
        "minutes_reminders",
        jobs.minutes_reminders,
        EVERY_5_MINUTES,
        "every 5 minutes; acts in working hours",
        "issued minutes not read by their day (MINUTES_READ), drafts not countersigned on the last one (COUNTERSIGN)",
    ),
    Entry(
        "registry_life",
        jobs.registry_life,
        EVERY_5_MINUTES,
        "every 5 minutes",
        "units past their last day leave the register; rectification overdue is proposed for removal",
    ),
    Entry(
        "registry_reminders",
        jobs.registry_reminders,
        EVERY_5_MINUTES,
        "every 5 minutes; acts in working hours",
        "unanswered proposals of removal climb (REG_PROPOSAL); expiry (REG_EXPIRING) and re-checks are told",
    ),
    Entry(
        "complaint_deadlines",
        jobs.complaint_deadlines,
        EVERY_5_MINUTES,
        "every 5 minutes; acts in working hours",
        "clocks and queries near their last day or past it (COMPLAINT_* rules), cases not assigned (ROUTE) or not called about (CALL_BACK)",
    ),
    Entry(
        "complaint_events",
        jobs.complaint_events,
        EVERY_5_MINUTES,
        "every 5 minutes, at any hour",
        "fast lanes past their day end; reports on group complaints and emergencies that are due (EVENT_* rules)",
    ),
    Entry(
        "routing_auto",
        jobs.routing_auto,
        EVERY_5_MINUTES,
        "every 5 minutes; acts in working hours",
        "assigns as suggested what the office lets go by itself (自动分派; off by default)",
    ),
    Entry(
        "routing_train",
        jobs.routing_train,
        {"minute": "1-59/5", "second": "30"},
        "every 5 minutes; acts when asked to, or after 2:00 when something was confirmed since",
        "learns the suggestions anew, keeps the version and its figures",
        "learning",
    ),
    Entry("mail_failures", jobs.mail_failures, {"minute": "15"}, "hourly", "tells the admins which mails were given up", "mail"),
    Entry("deliver_mail", jobs.deliver_mail, {"second": "*/10"}, "every 10 seconds", "sends the mails that are due", "mail"),
    Entry(
        "deliver_webhooks",
        jobs.deliver_webhooks,
        {"second": "*/10"},
        "every 10 seconds",
        "tells other platforms of changes of status of the complaints they registered",
        "webhooks",
    ),
    Entry(
        "deliver_hooks",
        jobs.deliver_hooks,
        {"second": "*/10"},
        "every 10 seconds",
        "tells the groups the office has written down what the ladder did",
        "webhooks",
    ),
    Entry("purge_sessions", jobs.purge_sessions, {"hour": "3", "minute": "20"}, "daily 3:20", "deletes old log-in sessions and failures"),
    Entry(
        "purge_aside",
        jobs.purge_aside,
        {"hour": "3", "minute": "30"},
        "daily 3:30",
        "deletes tables looked at but not imported, and application drafts past their day (REG_DRAFT)",
    ),
    Entry(
        "purge_calls",
        jobs.purge_calls,
        {"hour": "3", "minute": "35"},
        "daily 3:35",
        "deletes answers kept for requests sent again (30 days), and messages to other platforms done with (180 days)",
    ),
    Entry("purge_runs", jobs.purge_runs, {"hour": "3", "minute": "40"}, "daily 3:40", "deletes old records of runs"),
    Entry("audit_anchor", jobs.audit_anchor, {"hour": "23", "minute": "50"}, "daily 23:50", "writes the head of the audit ledger down"),
)
