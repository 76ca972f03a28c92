"""What the admin, and management commands, may do to accounts. Callers own the transaction."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from coordination import audit
from coordination.accounts import own, passwords, queries, sessions
from coordination.permissions import MECHANISM_ROLES, OPERATOR, UNIT_ROLES, Actor, Grant, Permission, require
from models import AccountRules, Mechanism, Person, Role, RoleGrant, Setting, Unit
from models.errors import BadInput, Conflict, NotAllowed
from models.text import clean_text

USERNAME = re.compile(r"[\w.-]{2,64}")
# Who looks after accounts or looks over everybody's shoulder does nothing else (separation of duties).
ALONE = frozenset({Role.ADMIN, Role.AUDITOR})


def create_person(
    session: Session,
    *,
    actor: Actor,
    username: str,
    name: str,
    unit_id: int | None,
    grants: Iterable[Grant],
    now: datetime,
    email: str = "",
    password: str | None = None,
    password_hash: str | None = None,
    must_change: bool = True,
) -> tuple[Person, str]:
    """A new account and its password: a random one to be told once, unless given. A given one is the operator's own business and not
    held against the rules. BadInput when the name is taken or the roles do not fit.

    ``password_hash``: what is kept instead, where many accounts are given one password and hashing it for each would take long.
    """
    require(actor, Permission.ACCOUNTS_EDIT)
    username = clean_text(username) or ""
    if not USERNAME.fullmatch(username):
        raise BadInput("用户名须为2至64个字母、数字、汉字或 . _ - ，中间不留空格")
    if queries.username_taken(session, username):
        raise BadInput(f"用户名“{username}”已有人使用，请换一个")
    held = _checked(session, grants, unit_id)
    password = password or passwords.one_time_password()
    person = Person(
        username=username,
        name=name,
        email=email,
        unit_id=unit_id,
        password_hash=password_hash or passwords.hash_password(password),
        password_changed_at=now,
        must_change_password=must_change,
        grants=[RoleGrant(role=grant.role, mechanism_id=grant.mechanism_id) for grant in sorted(held, key=str)],
    )
    session.add(person)
    _flush_or_taken(session, f"用户名“{username}”已有人使用，请换一个")
    audit.record(session, actor=actor, action="account:create", subject=person, at=now, text=f"新建账号，角色：{person.role_words}")
    return person, password


def edit_person(
    session: Session,
    *,
    actor: Actor,
    person_id: int,
    version: int,
    name: str,
    email: str,
    unit_id: int | None,
    grants: Iterable[Grant],
    now: datetime,
) -> Person:
    """Change who somebody is; it counts from their next request on. Conflict when ``version`` is no longer the stored one."""
    require(actor, Permission.ACCOUNTS_EDIT)
    person = _to_change(session, person_id, version)
    held = _checked(session, grants, unit_id)
    had = {Grant(grant.role, grant.mechanism_id) for grant in person.grants}
    if person.id == actor.person_id and Grant(Role.ADMIN) in had - held:
        raise NotAllowed("不能撤去自己的管理员角色，需要请另一位管理员办理")
    before = _facts(person)
    person.name, person.email, person.unit_id = name, email, unit_id
    person.grants = [grant for grant in person.grants if Grant(grant.role, grant.mechanism_id) in held]
    person.grants += [RoleGrant(role=grant.role, mechanism_id=grant.mechanism_id) for grant in sorted(held - had, key=str)]
    flag_modified(person, "name")  # roles are rows of their own: the version must rise for them too
    session.flush()
    session.expire(person, ["unit"])
    changes = [f"{what}由{before[what]}改为{after}" for what, after in _facts(person).items() if before[what] != after]
    audit.record(session, actor=actor, action="account:edit", subject=person, at=now, text=f"修改账号：{'；'.join(changes) or '无变化'}")
    return person


def reset_password(session: Session, *, actor: Actor, person_id: int, version: int, now: datetime) -> str:
    """A new random password to be told once and changed at first use. Ends every session of the person at once."""
    require(actor, Permission.ACCOUNTS_EDIT)
    person = _to_change(session, person_id, version)
    password = passwords.one_time_password()
    own.give_password(person, password, now, must_change=True)
    ended = sessions.end_all(session, person.id, now)
    audit.record(session, actor=actor, action="account:reset_password", subject=person, at=now, text="重置密码", ended_sessions=ended)
    return password


def reset_totp(session: Session, *, actor: Actor, person_id: int, version: int, now: datetime) -> None:
    """Forget the person's authenticator (a lost phone). Ends every session at once; where the role demands codes, it is set up anew."""
    require(actor, Permission.ACCOUNTS_EDIT)
    person = _to_change(session, person_id, version)
    person.totp_secret = None
    ended = sessions.end_all(session, person.id, now)
    audit.record(session, actor=actor, action="account:reset_totp", subject=person, at=now, text="解除动态验证码", ended_sessions=ended)


def disable(session: Session, *, actor: Actor, person_id: int, version: int, now: datetime) -> int:
    """Keep the person out from now on and end every session at once; how many there were. What they did keeps their name."""
    require(actor, Permission.ACCOUNTS_EDIT)
    person = _to_change(session, person_id, version)
    if person.id == actor.person_id:
        raise NotAllowed("不能停用自己的账号，需要请另一位管理员办理")
    person.disabled_at = person.disabled_at or now
    ended = sessions.end_all(session, person.id, now)
    audit.record(session, actor=actor, action="account:disable", subject=person, at=now, text="停用账号", ended_sessions=ended)
    return ended


def enable(session: Session, *, actor: Actor, person_id: int, version: int, now: datetime) -> None:
    """Let the person in again, with the password they had."""
    require(actor, Permission.ACCOUNTS_EDIT)
    person = _to_change(session, person_id, version)
    person.disabled_at = None
    audit.record(session, actor=actor, action="account:enable", subject=person, at=now, text="启用账号")


def change_rules(session: Session, *, actor: Actor, rules: AccountRules, version: int, now: datetime) -> None:
    """New rules of log-in, in force from the next request on. Conflict when somebody changed them since ``version``."""
    require(actor, Permission.ACCOUNTS_EDIT)
    row = session.get(Setting, AccountRules.KEY)
    if (row.version if row else 0) != version:
        raise Conflict("登录规则刚由他人改过", version=row.version if row else 0)
    old, new = asdict(queries.rules(session)), asdict(rules)
    if row is None:
        row = Setting(key=AccountRules.KEY)
        session.add(row)
    row.value, row.changed_at = new, now
    _flush_or_taken(session, "登录规则刚由他人改过，请刷新后再改")
    changed = {key: [old[key], value] for key, value in new.items() if old[key] != value}
    audit.record(session, actor=actor, action="account:rules", subject="settings:accounts", at=now, text="修改登录规则", **changed)


def ensure_admin(session: Session, *, username: str, password: str, now: datetime) -> Person:
    """The admin of an installation without people: found by name, or made with this password, to be changed at first use. Operator's."""
    found = queries.by_username(session, username)
    if found is not None:
        return found
    admin, _ = create_person(
        session, actor=OPERATOR, username=username, name="平台管理员", unit_id=None, grants=[Grant(Role.ADMIN)], now=now, password=password
    )
    return admin


def set_password(session: Session, *, actor: Actor, username: str, password: str, now: datetime, must_change: bool = True) -> Person:
    """A given password for somebody, by a management command: the way back in when no admin is left. Ends every session at once."""
    require(actor, Permission.ACCOUNTS_EDIT)
    person = queries.by_username(session, username)
    if person is None:
        raise BadInput(f"没有用户名为“{username}”的账号")
    own.hold_to_rules(session, person, password)
    own.give_password(person, password, now, must_change=must_change)
    sessions.end_all(session, person.id, now)
    audit.record(session, actor=actor, action="account:set_password", subject=person, at=now, text="由管理命令设定密码")
    return person


def _to_change(session: Session, person_id: int, version: int) -> Person:
    person = queries.get_person(session, person_id)
    if person.version != version:
        raise Conflict("该账号刚由他人改过，请看过新内容再办", version=person.version)
    return person


def _checked(session: Session, grants: Iterable[Grant], unit_id: int | None) -> set[Grant]:
    """The roles, if they fit each other and the unit; BadInput in words otherwise."""
    held = set(grants)
    roles = {grant.role for grant in held}
    if not held:
        raise BadInput("请至少选择一个角色；暂不使用的账号请停用")
    if roles & ALONE and len(roles) > 1:
        raise BadInput("管理员、审计员须与其他角色分开，请另建账号")
    if roles & UNIT_ROLES and unit_id is None:
        raise BadInput("联络员、单位负责人须选择所属单位")
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise BadInput("没有这个单位，请重新选择")
    for grant in held:
        bound = grant.mechanism_id is not None
        if bound and (grant.role not in MECHANISM_ROLES or session.get(Mechanism, grant.mechanism_id) is None):
            raise BadInput("角色与联席会议不符，请重新选择")
    return held


def _facts(person: Person) -> dict[str, str]:
    """What the history tells of an account."""
    unit = person.unit.short_name if person.unit else "无"
    return {"姓名": person.name, "邮箱": person.email or "无", "单位": unit, "角色": person.role_words}


def _flush_or_taken(session: Session, words: str) -> None:
    """Two people at once chose the same key: the database lets only one have it."""
    try:
        session.flush()
    except IntegrityError as taken:
        raise BadInput(words) from taken
