"""Signing in and out: one try is examined without writing, then settled in a transaction.

The slow hash is computed between the two, so that nobody waits for the database's one writer while it runs. What was found is checked
again under the lock: guesses sent side by side are counted one after the other.
"""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from coordination import audit, crypto
from coordination.accounts import lockout, passwords, queries, totp
from coordination.accounts.lockout import Tallies, Tally
from coordination.permissions import Actor
from models import LoginFailure, LoginSession, Person
from models.calendar import SHANGHAI
from models.session import token_hash
from models.text import clean_text

security_log = logging.getLogger("security")
WRONG = "用户名或密码不正确，或者账号已停用。请核对后再试"
WRONG_PASSWORD = "密码不正确，请核对后再试"
WRONG_CODE = "动态验证码不正确或已用过。请等应用中显示下一个再填"
CODE_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: its address, and the secret its browser keeps to be known again ("" for none)."""

    address: str
    device: str = ""


@dataclass(frozen=True)
class Attempt:
    """One try, as far as reading tells. ``account`` is what failures are counted under, ``place`` and ``known`` as in lockout.py;
    ``username`` is for the log: a dash when there is nobody of that name, for it may be a password typed into the wrong box."""

    account: str
    address: str
    place: str
    known: bool
    person_id: int | None = None
    username: str = "-"
    password_hash: str = ""
    proven: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a try: a new session's token, or the question for a one-time code, or a refusal in words."""

    token: str = ""
    wants_code: bool = False
    refusal: str = ""
    must_wait: bool = False


@dataclass(frozen=True)
class Pending:
    """A right password that waits for its one-time code; kept in the signed cookie between the two pages."""

    person_id: int
    mark: str
    at: int


def examine(session: Session, *, username: str, password: str, origin: Origin, now: datetime) -> Attempt:
    """Look at a try with a password. Nobody of that name costs the same time as a wrong password; during a wait nothing is compared."""
    name = clean_text(username) or ""
    person = queries.by_username(session, name)
    attempt = _attempt(session, name, person, origin, now)
    if _waits(session, attempt, now) is not None:
        return attempt
    return replace(attempt, proven=passwords.matches(person.password_hash if person else None, password))


def pending(attempt: Attempt, now: datetime) -> Pending:
    """What to keep of a proven try until the code is typed. Void once the password is changed."""
    mark = crypto.keyed_hash("pending", f"{attempt.person_id}:{attempt.password_hash}")
    return Pending(attempt.person_id or 0, mark, int(now.timestamp()))


def resume(session: Session, *, kept: Pending, origin: Origin, now: datetime) -> Attempt:
    """The try that waits for its code; not proven when the password has changed or five minutes are over."""
    person = session.get(Person, kept.person_id)
    attempt = _attempt(session, person.username if person else "", person, origin, now)
    fresh = now.timestamp() - kept.at <= CODE_WITHIN.total_seconds()
    return replace(attempt, proven=person is not None and fresh and pending(attempt, now).mark == kept.mark)


def log_in(session: Session, *, attempt: Attempt, code: str | None, origin: Origin, now: datetime, replaces: int | None = None) -> Outcome:
    """Open a session, or say why not; failures are recorded, so the caller commits either way.

    ``code``: the one-time code, None when none was asked for yet. ``replaces``: the session this browser had, which ends.
    """
    person = _locked(session, attempt)
    refusal = _settle(session, attempt, person, WRONG, now)
    if refusal or person is None:
        return refusal or Outcome(refusal=WRONG)
    step = None
    if person.totp_secret is not None:
        if code is None:
            return Outcome(wants_code=True)
        step = totp.step_of(person.totp_secret, code, now)
        if step is None or step <= queries.last_totp_step(session, person.id):
            return _failed(session, attempt, WRONG_CODE, now)
    _forget(session, attempt, now)
    if replaces is not None:
        end(session, [replaces], now)
    opened, token = open_session(session, person=person, origin=origin, now=now, step=step)
    audit.record(session, actor=_self(person), action="session:open", subject=opened, at=now, text="登录", address=origin.address)
    return Outcome(token=token)


def open_session(
    session: Session, *, person: Person, origin: Origin, now: datetime, step: int | None = None, expires_at: datetime | None = None
) -> tuple[LoginSession, str]:
    """A new session row and its token."""
    token = secrets.token_urlsafe(32)
    opened = LoginSession(
        token_hash=token_hash(token),
        person_id=person.id,
        created_at=now,
        confirmed_at=now,
        expires_at=expires_at or now + timedelta(hours=queries.rules(session).session_hours),
        address=origin.address[:64],
        device=token_hash(origin.device) if origin.device else "",
        totp_step=step,
    )
    session.add(opened)
    session.flush()
    return opened, token


def confirm(session: Session, *, actor: Actor, session_id: int, attempt: Attempt, now: datetime) -> Outcome:
    """The password was given once more, so this session may sign for the next 30 minutes; or a refusal, counted like a failed log-in."""
    person = _locked(session, attempt)
    refusal = _settle(session, attempt, person, WRONG_PASSWORD, now)
    if refusal:
        return refusal
    _forget(session, attempt, now)
    row = session.get_one(LoginSession, session_id)
    row.confirmed_at = now
    audit.record(session, actor=actor, action="session:confirm", subject=row, at=now, text="再次输入密码确认身份")
    return Outcome()


def check_again(session: Session, *, attempt: Attempt, now: datetime) -> Outcome | None:
    """Settle a try that is part of something else (a new password): None when right, else the refusal."""
    refusal = _settle(session, attempt, _locked(session, attempt), WRONG_PASSWORD, now)
    if refusal is None:
        _forget(session, attempt, now)
    return refusal


def log_out(session: Session, *, actor: Actor, session_id: int, now: datetime) -> None:
    """End this session at once."""
    row = session.get_one(LoginSession, session_id)
    if row.lives(now):
        row.ended_at = now
        audit.record(session, actor=actor, action="session:end", subject=row, at=now, text="退出")


def end_others(session: Session, *, actor: Actor, session_id: int, now: datetime) -> int:
    """End every other session of this person at once; how many there were."""
    row = session.get_one(LoginSession, session_id)
    others = [other.id for other in queries.living_sessions(session, row.person_id, now) if other.id != session_id]
    end(session, others, now)
    audit.record(session, actor=actor, action="session:end_others", subject=row, at=now, text=f"结束其他登录{len(others)}个")
    return len(others)


def end_all(session: Session, person_id: int, now: datetime) -> int:
    """End every session of this person at once; how many there were. Part of a write that is recorded by its caller."""
    living = [row.id for row in queries.living_sessions(session, person_id, now)]
    end(session, living, now)
    return len(living)


def end(session: Session, session_ids: Iterable[int], now: datetime) -> None:
    """End these sessions; those that have ended stay as they are."""
    ids = list(session_ids)
    session.execute(update(LoginSession).where(LoginSession.id.in_(ids), LoginSession.ended_at.is_(None)).values(ended_at=now))


def _attempt(session: Session, username: str, person: Person | None, origin: Origin, now: datetime) -> Attempt:
    since = now - lockout.KNOWN_FOR
    device = token_hash(origin.device) if origin.device else ""
    by_device, by_address = queries.known_places(session, person.id if person else 0, device, origin.address[:64], since)
    return Attempt(
        account=crypto.keyed_hash("login", username),
        address=origin.address,
        place=f"device:{device}" if by_device else lockout.place_of(origin.address),
        known=by_device or by_address,
        person_id=person.id if person else None,
        username=username if person else "-",
        password_hash=person.password_hash if person else "",
    )


def _locked(session: Session, attempt: Attempt) -> Person | None:
    """The person, with the row locked, so that the tries of one account are settled one after the other."""
    return session.get(Person, attempt.person_id, with_for_update=True) if attempt.person_id else None


def _settle(session: Session, attempt: Attempt, person: Person | None, wrong: str, now: datetime) -> Outcome | None:
    """The refusal of this try, recorded; None when the password was right and nothing speaks against it."""
    until = _waits(session, attempt, now)
    if until is not None:
        security_log.warning("log-in refused, must wait until %s: person=%s address=%s", until, attempt.username, attempt.address)
        return Outcome(refusal=_wait_words(until), must_wait=True)
    unchanged = person is not None and person.password_hash == attempt.password_hash and person.disabled_at is None
    return None if attempt.proven and unchanged else _failed(session, attempt, wrong, now)


def _failed(session: Session, attempt: Attempt, words: str, now: datetime) -> Outcome:
    session.add(LoginFailure(account=attempt.account, place=attempt.place, at=now))
    session.flush()
    until = _waits(session, attempt, now)
    outcome = f"locked until {until}" if until else "failed"
    security_log.warning("log-in %s: person=%s address=%s", outcome, attempt.username, attempt.address)
    return Outcome(refusal=_wait_words(until), must_wait=True) if until else Outcome(refusal=words)


def _forget(session: Session, attempt: Attempt, now: datetime) -> None:
    """Clear the failures of this account from here, and everybody's that no longer count."""
    mine = (LoginFailure.account == attempt.account) & (LoginFailure.place == attempt.place)
    session.execute(delete(LoginFailure).where(mine | (LoginFailure.at < now - lockout.COUNTED_FOR)))


def _waits(session: Session, attempt: Attempt, now: datetime) -> datetime | None:
    since = now - lockout.COUNTED_FOR
    here, account = LoginFailure.place == attempt.place, LoginFailure.account == attempt.account

    def tally(*where: Any) -> Tally:
        count, last = session.execute(select(func.count(), func.max(LoginFailure.at)).where(LoginFailure.at > since, *where)).one()
        return Tally(count, last)

    tallies = Tallies(pair=tally(here, account), place=tally(here), account=tally(account))
    return lockout.wait_until(tallies, known=attempt.known, rules=queries.rules(session), now=now)


def _wait_words(until: datetime) -> str:
    local = (until + timedelta(seconds=59)).astimezone(SHANGHAI)
    return f"连续多次不正确，为防他人猜测密码，请于{local.hour}:{local.minute:02}后再试。忘记密码请联系平台管理员"


def _self(person: Person) -> Actor:
    """The person as the ledger names them before there is a session to ask."""
    unit = f"（{person.unit.short_name}）" if person.unit else ""
    return Actor(name=f"{person.name}{unit}", person_id=person.id)
