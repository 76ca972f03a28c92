"""Group messages (群消息): what the ladder does, told to the addresses the office has written down for its mechanism.

The message is owed in the transaction of the rung; a job sends it: row → send → mark, as the outbox does. Nothing leaves where no address
was written down. A message names the task, its unit and its due date, and nothing about people.
"""

import json
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from coordination import audit, crypto
from coordination.outgoing import AT_ONCE, MOST_TRIES, WAITS, post, read_url, sign
from coordination.permissions import Actor, Permission, require
from coordination.settings.queries import setting
from coordination.tasks import queries
from models import HookFormat, HookMessage, Mechanism, Task, TaskHook
from models.calendar import SHANGHAI
from models.errors import BadInput, NotFound
from models.scope import Scope

SEAL = "task_hook"
LONGEST = 2000  # bytes of a text that a robot takes


def add(
    session: Session, *, actor: Actor, mechanism_id: int, name: str, kind: HookFormat, url: str, secret: str, now: datetime
) -> TaskHook:
    """Write an address down. BadInput for one that is none, and for a generic one without a secret to sign with."""
    require(actor, Permission.TASK_SUPERVISE, Scope(mechanism_id))
    address = read_url(url)
    if not address:
        raise BadInput("请填写推送地址")
    if kind == HookFormat.GENERIC and len(secret) < 16:
        raise BadInput("通用格式须填写签名密钥，至少16个字符")
    if session.get(Mechanism, mechanism_id) is None:
        raise NotFound("没有这个联席会议机制")
    hook = TaskHook(
        mechanism_id=mechanism_id,
        name=name,
        format=kind,
        host=urlsplit(address).hostname or "",
        url=crypto.encrypt(SEAL, address),
        secret=crypto.encrypt(SEAL, secret) if secret else "",
        made_at=now,
    )
    session.add(hook)
    session.flush()
    text = f"登记群消息地址“{name}”（{kind.label}，{hook.host}）"
    audit.record(session, actor=actor, action="task_hook:add", subject=hook, at=now, text=text)
    return hook


def disable(session: Session, *, actor: Actor, hook_id: int, now: datetime) -> TaskHook:
    """Nothing is sent there any more; what waits is not sent."""
    hook = get_hook(session, actor, hook_id)
    hook.disabled_at = hook.disabled_at or now
    audit.record(session, actor=actor, action="task_hook:disable", subject=hook, at=now, text=f"停用群消息地址“{hook.name}”")
    return hook


def get_hook(session: Session, actor: Actor, hook_id: int) -> TaskHook:
    """The address, for who supervises its mechanism; otherwise NotFound."""
    hook = session.get(TaskHook, hook_id) if 0 < hook_id <= queries.LARGEST_ID else None
    overseen = actor.oversees(Permission.TASK_SUPERVISE)
    if hook is None or (overseen is not None and hook.mechanism_id not in overseen):
        raise NotFound("没有这个群消息地址")
    return hook


def listed(session: Session, actor: Actor) -> list[TaskHook]:
    """The addresses of the mechanisms supervised, those in use first; an office has a handful."""
    overseen = actor.oversees(Permission.TASK_SUPERVISE)
    query = select(TaskHook).options(joinedload(TaskHook.mechanism)).order_by(TaskHook.disabled_at.is_not(None), TaskHook.id).limit(100)
    return list(session.scalars(query if overseen is None else query.where(TaskHook.mechanism_id.in_(overseen))))


def last_error(session: Session, hook: TaskHook) -> str:
    """Why the newest message that did not go did not go; empty when all went."""
    query = select(HookMessage.last_error).where(HookMessage.hook_id == hook.id, HookMessage.sent_at.is_(None))
    return session.scalars(query.order_by(HookMessage.id.desc()).limit(1)).first() or ""


def owe(session: Session, task: Task, *, event: str, text: str, now: datetime) -> None:
    """Owe every address of the task's mechanism this message, once for ``event``."""
    hooks = select(TaskHook.id).where(TaskHook.mechanism_id == task.mechanism_id, TaskHook.disabled_at.is_(None))
    for hook_id in session.scalars(hooks):
        session.add(HookMessage(hook_id=hook_id, event=event, text=text, path=f"/tasks/{task.id}", at=now, next_at=now))


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the messages to be tried now, the longest waiting first."""
    waiting = (HookMessage.sent_at.is_(None), HookMessage.given_up_at.is_(None), HookMessage.next_at <= now)
    query = select(HookMessage.id).join(TaskHook).where(*waiting, TaskHook.disabled_at.is_(None))
    return list(session.scalars(query.order_by(HookMessage.next_at, HookMessage.id).limit(AT_ONCE)))


def deliver(session: Session, *, message_id: int, now: datetime) -> bool:
    """Try to send one message that is due; True when the other side took it. Commits in between, as the outbox does."""
    message = _claim(session, message_id, now)
    if message is None:
        return False
    url, body, headers = _request(session, message, now)
    session.commit()
    refusal = post(url, body, headers)
    session.connection(execution_options={"writes": True})
    message = session.get_one(HookMessage, message_id)
    if refusal is None:
        message.sent_at, message.last_error = now, ""
        return True
    message.last_error = refusal[:500]
    if message.tries >= MOST_TRIES:
        message.given_up_at = now
    else:
        _hold_back(session, message)
    return False


def _claim(session: Session, message_id: int, now: datetime) -> HookMessage | None:
    query = select(HookMessage).where(HookMessage.id == message_id)
    message = session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if message is None or message.sent_at is not None or message.given_up_at is not None or message.next_at > now:
        return None
    if message.hook.disabled_at is not None:
        return None
    message.next_at = now + WAITS[min(message.tries, len(WAITS) - 1)]
    message.tries += 1
    return message


def _hold_back(session: Session, failed: HookMessage) -> None:
    """What else waits for an address that does not answer waits as long."""
    waiting = (HookMessage.hook_id == failed.hook_id, HookMessage.sent_at.is_(None), HookMessage.given_up_at.is_(None))
    statement = update(HookMessage).where(*waiting, HookMessage.next_at < failed.next_at).values(next_at=failed.next_at)
    session.execute(statement.execution_options(synchronize_session=False))


def _request(session: Session, message: HookMessage, now: datetime) -> tuple[str, bytes, dict[str, str]]:
    """Address, body and headers of one message in the format of its address."""
    site = setting(session, "site_url").rstrip("/")
    link = f"{site}{message.path}" if site else ""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "coordination-webhook"}
    if message.hook.format == HookFormat.WECOM:
        text = f"{message.text}\n{link}".strip().encode()[:LONGEST].decode(errors="ignore")
        said: dict[str, object] = {"msgtype": "text", "text": {"content": text}}
    else:
        at = message.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
        said = {"event": message.event, "text": message.text, "url": link, "at": at}
    body = json.dumps(said, ensure_ascii=False).encode()
    if message.hook.secret:
        headers |= {"X-Event": message.event, "X-Timestamp": str(int(now.timestamp()))}
        headers["X-Signature"] = f"sha256={sign(crypto.decrypt(SEAL, message.hook.secret), body)}"
    return crypto.decrypt(SEAL, message.hook.url), body, headers
