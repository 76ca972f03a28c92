"""Tables and their own rules; no request, no clock."""

from models.access import AccessMark
from models.attachment import StoredFile
from models.audit import AuditEntry, AuditHead
from models.calendar import Calendar, CalendarDay, CalendarYear
from models.job_run import JobRun, Lease
from models.mechanism import Mechanism, Membership, TopRung
from models.meeting import (
    AgendaItem,
    Answer,
    Decision,
    DecisionCoUnit,
    Guest,
    ItemKind,
    ItemOutcome,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Presence,
    Proposal,
    ProposalStatus,
    Reply,
)
from models.minutes import Minutes, MinutesPart, MinutesReceipt, MinutesStatus
from models.notice import Mail, Notice
from models.numbering import NumberSeries
from models.people import LoginFailure, Person, Role, RoleGrant
from models.rule import LimitUnit, Rule
from models.session import AccountRules, LoginSession, PasswordProfile
from models.setting import Setting
from models.task import LadderStep, ProgressReport, Rung, Task, TaskCoUnit, TaskStatus
from models.unit import Duty, DutyRole, Unit, UnitKind

__all__ = [
    "AccessMark",
    "AccountRules",
    "AgendaItem",
    "Answer",
    "AuditEntry",
    "AuditHead",
    "Calendar",
    "CalendarDay",
    "CalendarYear",
    "Decision",
    "DecisionCoUnit",
    "Duty",
    "DutyRole",
    "Guest",
    "ItemKind",
    "ItemOutcome",
    "JobRun",
    "LadderStep",
    "Lease",
    "LimitUnit",
    "LoginFailure",
    "LoginSession",
    "Mail",
    "Mechanism",
    "Meeting",
    "MeetingKind",
    "MeetingStatus",
    "Membership",
    "Minutes",
    "MinutesPart",
    "MinutesReceipt",
    "MinutesStatus",
    "Notice",
    "NumberSeries",
    "PasswordProfile",
    "Person",
    "Presence",
    "ProgressReport",
    "Proposal",
    "ProposalStatus",
    "Reply",
    "Role",
    "RoleGrant",
    "Rule",
    "Rung",
    "Setting",
    "StoredFile",
    "Task",
    "TaskCoUnit",
    "TaskStatus",
    "TopRung",
    "Unit",
    "UnitKind",
]
