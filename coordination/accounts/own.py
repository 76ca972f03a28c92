"""What people do to their own accounts: the password, and one-time codes. Callers own the transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from coordination import audit
from coordination.accounts import passwords, queries, sessions, totp
from coordination.accounts.sessions import Attempt, Origin, Outcome
from coordination.permissions import Actor
from models import LoginSession, Person
from models.errors import BadInput, NotAllowed


def change_password(session: Session, *, actor: Actor, attempt: Attempt, new: str, origin: Origin, now: datetime) -> Outcome:
    """The owner's new password. Ends all sessions at once, also this one, and opens a fresh one for this browser (``Outcome.token``).

    ``attempt``: the current password, examined. A wrong one is refused and counted; BadInput when the new one breaks the rules.
    """
    refusal = sessions.check_again(session, attempt=attempt, now=now)
    if refusal is not None:
        return refusal
    person = session.get_one(Person, actor.person_id)
    hold_to_rules(session, person, new)
    if passwords.matches(person.password_hash, new):
        raise BadInput("新密码与原密码相同，请换一个")
    give_password(person, new, now, must_change=False)
    sessions.end_all(session, person.id, now)
    _, token = sessions.open_session(session, person=person, origin=origin, now=now)
    audit.record(session, actor=actor, action="account:change_password", subject=person, at=now, text="修改密码")
    return Outcome(token=token)


def set_up_totp(session: Session, *, actor: Actor, session_id: int, offered: str, code: str, now: datetime) -> None:
    """From now on this person's log-in asks for a code. BadInput when ``code`` does not come from the secret offered."""
    person = session.get_one(Person, actor.person_id)
    if person.totp_secret is not None:
        raise BadInput("动态验证码已启用。更换手机请先停用")
    sealed = totp.seal(totp.accept(person.id, offered))
    step = totp.step_of(sealed, code, now)
    if step is None:
        raise BadInput("验证码不正确。请核对手机时间是否准确，再填应用中当前的6位数字")
    person.totp_secret = sealed
    session.get_one(LoginSession, session_id).totp_step = step
    audit.record(session, actor=actor, action="account:set_up_totp", subject=person, at=now, text="启用动态验证码")


def drop_totp(session: Session, *, actor: Actor, code: str, now: datetime) -> None:
    """The owner does without codes again, proving by one that they hold the device. NotAllowed where a role demands them."""
    person = session.get_one(Person, actor.person_id)
    if not actor.roles.isdisjoint(queries.rules(session).totp_roles):
        raise NotAllowed("您的角色须使用动态验证码，不能停用。更换手机请联系平台管理员")
    step = totp.step_of(person.totp_secret, code, now) if person.totp_secret else None
    if step is None or step <= queries.last_totp_step(session, person.id):
        raise BadInput(sessions.WRONG_CODE)
    person.totp_secret = None
    audit.record(session, actor=actor, action="account:drop_totp", subject=person, at=now, text="停用动态验证码")


def give_password(person: Person, password: str, now: datetime, *, must_change: bool) -> None:
    """Keep this as the person's password from now on; part of a write that is recorded by its caller."""
    person.password_hash, person.password_changed_at, person.must_change_password = passwords.hash_password(password), now, must_change


def hold_to_rules(session: Session, person: Person, password: str) -> None:
    """BadInput, naming everything that speaks against it, when the password breaks the rules in force."""
    found = passwords.problems(password, profile=queries.rules(session).password_profile, username=person.username, name=person.name)
    if found:
        raise BadInput("；".join(found))
