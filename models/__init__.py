"""Tables and their own rules; no request, no clock."""

from models.access import AccessMark
from models.amendment import Amendment
from models.api_client import ApiCall, ApiClient, ApiComplaint, ApiScope, WebhookDelivery
from models.application import ApplicationDraft, ApplicationPaper, Objection, ObjectionStatus
from models.attachment import StoredFile
from models.audit import AuditEntry, AuditHead
from models.bulletin import Bulletin, BulletinKind, BulletinReceipt, BulletinStatus
from models.business import Business, LegalStatus
from models.calendar import Calendar, CalendarDay, CalendarYear
from models.complaint import (
    Assignment,
    Channel,
    Complaint,
    ComplaintKind,
    ComplaintStatus,
    RefusalGround,
    Sector,
    TerminationGround,
)
from models.complaint_event import ComplaintEvent, EventKind, EventLevel, EventReport, ReportKind
from models.complaint_import import ComplaintImport, ImportColumn
from models.complaint_link import ComplaintKey, ComplaintLink, ComplaintSlice, LinkKind
from models.complaint_paper import ComplaintPaper, PaperKind
from models.complaint_step import Appraisal, CallBack, DutyShift, HandlingRound, Inquiry, OnSite, RecipientKind, Transfer
from models.countersign import Countersign, CountersignAnswer, CountersignRound
from models.decision import Decision, DecisionCoUnit, ReadingCase, Verdict
from models.extra_meeting import ExtraRequest, ExtraRequestStatus
from models.fast_lane import FastLane, LaneStatus
from models.feedback import Feedback, FeedbackKind
from models.inspection import Assessment, ConsumerReview, Inspection, InspectionKind, InspectionPhoto, InspectionScore, Promise, PromiseKind
from models.job_run import JobRun, Lease
from models.mechanism import Mechanism, Membership, TopRung
from models.meeting import (
    AgendaItem,
    AgendaItemUnit,
    Answer,
    Guest,
    ItemAway,
    ItemHeard,
    ItemKind,
    ItemOutcome,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Presence,
    Reply,
)
from models.meeting_paper import MeetingPaper, MeetingPaperKind
from models.minutes import Minutes, MinutesPart, MinutesReceipt, MinutesStatus
from models.minutes_correction import MinutesCorrection
from models.minutes_revision import MinutesRevision, MinutesUpload
from models.notice import Mail, Notice
from models.numbering import NumberSeries
from models.people import LoginFailure, Person, Role, RoleGrant
from models.proposal import LiaisonOutcome, LiaisonWord, Opinion, Proposal, ProposalFile, ProposalStatus
from models.public_write import PublicWrite
from models.recurring import RecurringCoUnit, RecurringDuty
from models.registry import ListVersion, Origin, Recognition, RecognitionStatus
from models.removal import Appeal, AppealOrigin, AppealStatus, Removal, RemovalBasis, TradeMeasure
from models.review_note import ReviewNote
from models.routing import Advice, RoutingModel, RoutingPreference
from models.rule import LimitUnit, Rule
from models.saved_view import SavedView
from models.scheme import Category, CategoryCoUnit, Effect, Ground, Scheme, ScoreItem, ScorePart, ScoreSheet, Target
from models.search import SearchGram, SearchText
from models.session import AccountRules, LoginSession, PasswordProfile
from models.setting import Setting
from models.subject import Subject
from models.task import Cadence, LadderStep, Priority, ProgressReport, ReportFile, Rung, Task, TaskCoUnit, TaskStatus
from models.task_extension import Extension, ExtensionStatus
from models.task_feed import TaskFeed
from models.task_hook import HookFormat, HookMessage, TaskHook
from models.task_paper import TaskPaper, TaskPaperKind, TaskPaperStatus
from models.trust import EventSource, MatchedBy, RemovalProposal, RemovalProposalStatus, TrustEvent
from models.unit import Duty, DutyRole, Unit, UnitKind

__all__ = [
    "AccessMark",
    "AccountRules",
    "Advice",
    "AgendaItem",
    "AgendaItemUnit",
    "Amendment",
    "Answer",
    "ApiCall",
    "ApiClient",
    "ApiComplaint",
    "ApiScope",
    "Appeal",
    "AppealOrigin",
    "AppealStatus",
    "ApplicationDraft",
    "ApplicationPaper",
    "Appraisal",
    "Assessment",
    "Assignment",
    "AuditEntry",
    "AuditHead",
    "Bulletin",
    "BulletinKind",
    "BulletinReceipt",
    "BulletinStatus",
    "Business",
    "Cadence",
    "Calendar",
    "CalendarDay",
    "CalendarYear",
    "CallBack",
    "Category",
    "CategoryCoUnit",
    "Channel",
    "Complaint",
    "ComplaintEvent",
    "ComplaintImport",
    "ComplaintKey",
    "ComplaintKind",
    "ComplaintLink",
    "ComplaintPaper",
    "ComplaintSlice",
    "ComplaintStatus",
    "ConsumerReview",
    "Countersign",
    "CountersignAnswer",
    "CountersignRound",
    "Decision",
    "DecisionCoUnit",
    "Duty",
    "DutyRole",
    "DutyShift",
    "Effect",
    "EventKind",
    "EventLevel",
    "EventReport",
    "EventSource",
    "Extension",
    "ExtensionStatus",
    "ExtraRequest",
    "ExtraRequestStatus",
    "FastLane",
    "Feedback",
    "FeedbackKind",
    "Ground",
    "Guest",
    "HandlingRound",
    "HookFormat",
    "HookMessage",
    "ImportColumn",
    "Inquiry",
    "Inspection",
    "InspectionKind",
    "InspectionPhoto",
    "InspectionScore",
    "ItemAway",
    "ItemHeard",
    "ItemKind",
    "ItemOutcome",
    "JobRun",
    "LadderStep",
    "LaneStatus",
    "Lease",
    "LegalStatus",
    "LiaisonOutcome",
    "LiaisonWord",
    "LimitUnit",
    "LinkKind",
    "ListVersion",
    "LoginFailure",
    "LoginSession",
    "Mail",
    "MatchedBy",
    "Mechanism",
    "Meeting",
    "MeetingKind",
    "MeetingPaper",
    "MeetingPaperKind",
    "MeetingStatus",
    "Membership",
    "Minutes",
    "MinutesCorrection",
    "MinutesPart",
    "MinutesReceipt",
    "MinutesRevision",
    "MinutesStatus",
    "MinutesUpload",
    "Notice",
    "NumberSeries",
    "Objection",
    "ObjectionStatus",
    "OnSite",
    "Opinion",
    "Origin",
    "PaperKind",
    "PasswordProfile",
    "Person",
    "Presence",
    "Priority",
    "ProgressReport",
    "Promise",
    "PromiseKind",
    "Proposal",
    "ProposalFile",
    "ProposalStatus",
    "PublicWrite",
    "ReadingCase",
    "RecipientKind",
    "Recognition",
    "RecognitionStatus",
    "RecurringCoUnit",
    "RecurringDuty",
    "RefusalGround",
    "Removal",
    "RemovalBasis",
    "RemovalProposal",
    "RemovalProposalStatus",
    "Reply",
    "ReportFile",
    "ReportKind",
    "ReviewNote",
    "Role",
    "RoleGrant",
    "RoutingModel",
    "RoutingPreference",
    "Rule",
    "Rung",
    "SavedView",
    "Scheme",
    "ScoreItem",
    "ScorePart",
    "ScoreSheet",
    "SearchGram",
    "SearchText",
    "Sector",
    "Setting",
    "StoredFile",
    "Subject",
    "Target",
    "Task",
    "TaskCoUnit",
    "TaskFeed",
    "TaskHook",
    "TaskPaper",
    "TaskPaperKind",
    "TaskPaperStatus",
    "TaskStatus",
    "TerminationGround",
    "TopRung",
    "TradeMeasure",
    "Transfer",
    "TrustEvent",
    "Unit",
    "UnitKind",
    "Verdict",
    "WebhookDelivery",
]
