"""Who may do what: permissions, the grant table, and the one question ``can``.

A permission reads ``resource:action``. A role holds it in the whole product; where the thing has a scope (models/scope.py) the role holds
it only over that scope: unit roles over what concerns their unit, mechanism roles over their mechanism. Admin and auditor hold no
business rights (separation of duties).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from models.errors import NotAllowed
from models.people import Role
from models.scope import Scope


class Permission(StrEnum):
    """Everything that can be asked for."""

    DESK = "desk:read"
    OWN_ACCOUNT = "account:own"
    MEMBERS_READ = "members:read"
    MEMBERS_EDIT = "members:edit"
    DUTY_EDIT = "duty:edit"
    ACCOUNTS_EDIT = "accounts:edit"
    SETTINGS_READ = "settings:read"
    SETTINGS_EDIT = "settings:edit"
    AUDIT_READ = "audit:read"
    LIBRARY_READ = "library:read"
    MEETING_READ = "meeting:read"
    MEETING_PLAN = "meeting:plan"
    MEETING_RECORD = "meeting:record"
    MEETING_CONVENE = "meeting:convene"
    PROPOSAL_WRITE = "proposal:write"
    PROPOSAL_RELEASE = "proposal:release"
    PROPOSAL_POST = "proposal:post"
    REPLY_WRITE = "reply:write"
    MINUTES_EDIT = "minutes:edit"
    MINUTES_SIGN = "minutes:sign"
    MINUTES_ISSUE = "minutes:issue"
    MINUTES_RECEIVE = "minutes:receive"
    MINUTES_COUNTERSIGN = "minutes:countersign"
    TASK_READ = "task:read"
    TASK_REPORT = "task:report"
    TASK_SUPERVISE = "task:supervise"
    TASK_APPROVE = "task:approve"
    REGISTRY_READ = "registry:read"
    REGISTRY_APPLY = "registry:apply"
    REGISTRY_REVIEW = "registry:review"
    REGISTRY_INSPECT = "registry:inspect"
    REGISTRY_PUBLISH = "registry:publish"
    REGISTRY_RECOGNISE = "registry:recognise"
    REGISTRY_EDIT = "registry:edit"
    TRUST_WRITE = "trust:write"
    REMOVAL_CONFIRM = "removal:confirm"
    MEASURE_WRITE = "measure:write"
    APPEAL_DECIDE = "appeal:decide"
    FEEDBACK_ANSWER = "feedback:answer"
    COMPLAINT_IMPORT = "complaint:import"
    COMPLAINT_READ = "complaint:read"
    COMPLAINT_REGISTER = "complaint:register"
    COMPLAINT_ROUTE = "complaint:route"
    COMPLAINT_HANDLE = "complaint:handle"
    COMPLAINT_UNMASK = "complaint:unmask"
    ROUTING_READ = "routing:read"
    ROUTING_EDIT = "routing:edit"


_P = Permission
_EVERYONE = {_P.DESK, _P.OWN_ACCOUNT, _P.MEMBERS_READ}
_REGISTRY_UNIT = {
    _P.REGISTRY_READ,
    _P.REGISTRY_APPLY,
    _P.REGISTRY_REVIEW,
    _P.REGISTRY_INSPECT,
    _P.TRUST_WRITE,
    _P.MEASURE_WRITE,
    _P.FEEDBACK_ANSWER,
}
_REGISTRY_OFFICE = {
    _P.REGISTRY_READ,
    _P.REGISTRY_APPLY,
    _P.REGISTRY_REVIEW,
    _P.REGISTRY_INSPECT,
    _P.REGISTRY_PUBLISH,
    _P.REGISTRY_EDIT,
    _P.TRUST_WRITE,
    _P.REMOVAL_CONFIRM,
}
_CASES = {_P.COMPLAINT_READ, _P.COMPLAINT_HANDLE, _P.COMPLAINT_UNMASK}
_UNIT = (
    _EVERYONE
    | {_P.LIBRARY_READ, _P.MEETING_READ, _P.PROPOSAL_WRITE, _P.REPLY_WRITE, _P.MINUTES_RECEIVE, _P.MINUTES_COUNTERSIGN}
    | {_P.TASK_READ, _P.TASK_REPORT}
    | _REGISTRY_UNIT
    | _CASES
)
_HEAD = _EVERYONE | {_P.LIBRARY_READ, _P.MEETING_READ, _P.TASK_READ, _P.TASK_APPROVE, _P.MINUTES_SIGN, _P.REGISTRY_READ}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CONVENOR: frozenset(_HEAD | {_P.MEETING_CONVENE}),
    Role.DEPUTY: frozenset(_HEAD - {_P.MINUTES_SIGN, _P.TASK_APPROVE}),
    Role.OFFICE: frozenset(
        _EVERYONE
        | {_P.LIBRARY_READ, _P.MEETING_READ, _P.MEETING_PLAN, _P.MEETING_RECORD, _P.MINUTES_EDIT, _P.MINUTES_ISSUE, _P.DUTY_EDIT}
        | {_P.TASK_READ, _P.TASK_SUPERVISE}
        | _REGISTRY_OFFICE
        | {_P.COMPLAINT_READ, _P.PROPOSAL_POST, _P.ROUTING_READ, _P.ROUTING_EDIT}
    ),
    Role.RECORDER: frozenset(_EVERYONE | {_P.LIBRARY_READ, _P.MEETING_READ, _P.MEETING_RECORD, _P.MINUTES_EDIT}),
    Role.LIAISON: frozenset(_UNIT),
    Role.UNIT_HEAD: frozenset(_UNIT | {_P.PROPOSAL_RELEASE}),
    Role.ROUTER: frozenset(
        _EVERYONE
        | {_P.COMPLAINT_IMPORT, _P.COMPLAINT_READ, _P.COMPLAINT_REGISTER, _P.COMPLAINT_ROUTE, _P.COMPLAINT_UNMASK, _P.PROPOSAL_POST}
        | {_P.ROUTING_READ, _P.ROUTING_EDIT}
    ),
    Role.APPROVER: frozenset(_EVERYONE | {_P.LIBRARY_READ, _P.REGISTRY_READ, _P.REGISTRY_RECOGNISE, _P.APPEAL_DECIDE}),
    Role.AUDITOR: frozenset(
        _EVERYONE
        | {_P.LIBRARY_READ, _P.MEETING_READ, _P.TASK_READ, _P.REGISTRY_READ, _P.COMPLAINT_READ, _P.ROUTING_READ}
        | {_P.AUDIT_READ, _P.SETTINGS_READ}
    ),
    Role.ADMIN: frozenset(_EVERYONE | {_P.MEMBERS_EDIT, _P.DUTY_EDIT, _P.ACCOUNTS_EDIT, _P.SETTINGS_READ, _P.SETTINGS_EDIT}),
}

UNIT_ROLES = frozenset({Role.LIAISON, Role.UNIT_HEAD})
MECHANISM_ROLES = frozenset({Role.CONVENOR, Role.DEPUTY, Role.OFFICE, Role.RECORDER})


@dataclass(frozen=True)
class Grant:
    """A role as held: over one mechanism, or (None) not bound to one."""

    role: Role
    mechanism_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts. ``unit_ids``: the units this person answers for today (the own one and those merged into it);
    ``mechanism_ids``: those in which one of these units sits; ``holds``: what a program without a role may (接口账号)."""

    name: str
    person_id: int | None = None
    unit_ids: frozenset[int] = field(default_factory=frozenset)
    mechanism_ids: frozenset[int] = field(default_factory=frozenset)
    grants: frozenset[Grant] = field(default_factory=frozenset)
    is_operator: bool = False
    holds: frozenset[Permission] = field(default_factory=frozenset)

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held."""
        return frozenset(grant.role for grant in self.grants)

    def oversees(self, permission: Permission) -> frozenset[int] | None:
        """The mechanisms whose every thing this permission covers (None: all of them); a unit role covers its own unit's only."""
        wide = {g for g in self.grants if g.role not in UNIT_ROLES and permission in GRANTS[g.role]}
        if self.is_operator or any(grant.mechanism_id is None for grant in wide):
            return None
        return frozenset(grant.mechanism_id for grant in wide if grant.mechanism_id is not None)


SYSTEM = Actor(name="系统", is_operator=True)
OPERATOR = Actor(name="系统管理命令", is_operator=True)
PUBLIC = Actor(name="公众")


def can(actor: Actor, permission: Permission, subject: Scope | None = None) -> bool:
    """May ``actor`` do this at all (no subject: opens the page), or to what this scope says?"""
    if actor.is_operator or permission in actor.holds:
        return True
    return any(permission in GRANTS[grant.role] and _covers(actor, grant, subject) for grant in actor.grants)


def require(actor: Actor, permission: Permission, subject: Scope | None = None) -> None:
    """NotAllowed unless ``can``."""
    if not can(actor, permission, subject):
        raise NotAllowed("您没有办理这件事的权限，需要请联系联席会议办公室")


def _covers(actor: Actor, grant: Grant, subject: Scope | None) -> bool:
    if subject is None:
        return True
    if grant.role in UNIT_ROLES:
        if subject.unit_ids:
            return bool(subject.unit_ids & actor.unit_ids)
        return subject.mechanism_id is None or subject.mechanism_id in actor.mechanism_ids
    return grant.mechanism_id is None or subject.mechanism_id is None or subject.mechanism_id == grant.mechanism_id
