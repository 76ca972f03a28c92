"""What may be done to calendars, rules and settings, and by whom. Callers own the transaction."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, crypto, notices
from coordination.permissions import OPERATOR, Actor, Permission, require
from coordination.settings import arrangement, queries
from coordination.settings.arrangement import Arrangement, BadArrangement
from coordination.settings.defaults import CALENDARS, RULES, SETTINGS, days_of
from models import AuditHead, CalendarDay, CalendarYear, Mail, Notice, Person, Rule, Setting
from models.errors import BadInput, Conflict, IllegalMove

HOST = re.compile(r"[0-9A-Za-z.:\-]{1,253}")
# An intranet's own domains (notify@county.local) are addresses too, which validators for the Internet refuse.
ADDRESS = re.compile(r"[0-9A-Za-z._%+\-]{1,64}@[0-9A-Za-z](?:[0-9A-Za-z.\-]{0,251}[0-9A-Za-z])?")

FONT = re.compile(r"(?! )[\w .\-]{1,31}(?<! )")  # 31 is what Windows allows a font's name
# What each of the fonts sets (GB/T 9704-2012 §5.2, §7).
FONT_PLACES = {
    "title": "标题和发文机关标志",
    "body": "正文",
    "heading1": "一级标题",
    "heading2": "二级标题",
    "number": "页码",
}

PERCENTS = ("handling_goal", "routing_threshold")


def load_defaults(session: Session, now: datetime) -> int:
    """Bring in what a new installation starts with; returns how many years and rules were new.

    Years and codes that are there already are left as the office has them, so that it may run at every start.
    """
    if session.get(AuditHead, 1) is None:
        session.add(AuditHead(id=1))
        session.flush()
    years = set(CALENDARS) - set(session.scalars(select(CalendarYear.year)))
    for year in years:
        days = [CalendarDay(day=day, is_off=is_off, name=name) for day, is_off, name in days_of(year)]
        session.add(CalendarYear(year=year, source=CALENDARS[year].source, imported_at=now, days=days))
    known = set(session.scalars(select(Rule.code).distinct()))
    fresh = [rule for rule in RULES if rule.code not in known]
    for rule in fresh:
        session.add(
            Rule(
                code=rule.code,
                title=rule.title,
                limit=rule.limit,
                unit=rule.unit,
                clause=rule.clause,
                note=rule.note,
                effective_from=rule.since,
                effective_to=rule.until,
                changed_at=now,
            )
        )
    if years or fresh:
        text = f"载入默认工作日历{len(years)}年、时限规则{len(fresh)}条"
        audit.record(session, actor=OPERATOR, action="settings:defaults", subject="settings:defaults", at=now, text=text)
    return len(years) + len(fresh)


def import_calendar(session: Session, *, actor: Actor, content: bytes | str, seen_revision: int, now: datetime) -> CalendarYear:
    """Load one year's arrangement, or a newer revision of it; ``seen_revision``: the one the admin compared with (0: none).

    NotAllowed, BadArrangement (also when nothing differs), Conflict when somebody imported meanwhile. Dates already fixed are not moved.
    """
    require(actor, Permission.SETTINGS_EDIT)
    audit.queue(session)
    wanted = arrangement.read(content)
    row = session.get(CalendarYear, wanted.year)
    if (row.revision if row else 0) != seen_revision:
        raise Conflict(f"他人刚刚导入过{wanted.year}年工作日历，请重新上传核对")
    changed = arrangement.differences(wanted, said(row))
    if row is not None and not changed:
        raise BadArrangement(f"与现有的{wanted.year}年工作日历相同，不必导入")
    if row is None:
        row = CalendarYear(year=wanted.year, imported_at=now)
        session.add(row)
    else:
        row.revision, row.imported_at = row.revision + 1, now
    row.source = wanted.source
    _set_days(session, row, wanted)
    text = f"导入{row.year}年工作日历（第{row.revision}版）：放假{wanted.off}日，调休上班{wanted.made_up}日"
    audit.record(session, actor=actor, action="calendar:import", subject=row, at=now, text=text, days=[str(one.day) for one in changed])
    return row


def said(year: CalendarYear | None) -> dict[date, arrangement.Said]:
    """What a loaded year says of its days; nothing for None."""
    return {day.day: (day.is_off, day.name) for day in year.days} if year is not None else {}


def _set_days(session: Session, row: CalendarYear, wanted: Arrangement) -> None:
    """Make the year's days those of the file, row by row. A day of another year's arrangement must agree with it and stays there."""
    others = session.scalars(select(CalendarDay).where(CalendarDay.day.in_(list(wanted.days)), CalendarDay.year != wanted.year))
    elsewhere = {day.day: day for day in others}
    clash = [f"{day.day}与{day.year}年安排不一致" for day in elsewhere.values() if day.is_off != wanted.days[day.day][0]]
    if clash:
        raise BadArrangement(*clash)
    kept = {day.day: day for day in row.days if day.day in wanted.days}
    row.days = list(kept.values())
    for day, (is_off, name) in wanted.days.items():
        if day in kept:
            kept[day].is_off, kept[day].name = is_off, name
        elif day not in elsewhere:
            row.days.append(CalendarDay(day=day, is_off=is_off, name=name))
    session.flush()


def change_settings(session: Session, *, actor: Actor, values: dict[str, Any], seen: dict[str, int], now: datetime) -> list[str]:
    """Store these settings; ``seen`` holds the version of each the admin saw (0: default). Returns the names of those that changed.

    BadInput for a value that cannot be used, Conflict when somebody else stored one of them meanwhile.
    """
    require(actor, Permission.SETTINGS_EDIT)
    audit.queue(session)
    stored = queries.versions(session, values)
    if any(stored[key] != seen.get(key, 0) for key in values):
        raise Conflict("他人刚刚改过这些设置，您写的内容没有丢失。请对照后再保存")
    changed = []
    for key, value in values.items():
        _check_setting(key, value)
        if value == queries.setting(session, key):
            continue
        row = session.get(Setting, key)
        if row is None:
            session.add(Setting(key=key, value=value, changed_at=now))
        else:
            row.value, row.changed_at = value, now
        changed.append(SETTINGS[key].title)
        audit.record(session, actor=actor, action="settings:change", subject=f"setting:{key}", at=now, text=_told(key, value))
    return changed


@dataclass(frozen=True)
class MailServer:
    """A mail server as an admin writes it; an empty host switches mail off. ``password`` None: the one stored."""

    host: str
    port: int = 25
    security: str = "none"
    sender: str = ""
    username: str = ""
    password: str | None = None


def change_mail(session: Session, *, actor: Actor, server: MailServer, seen: int, now: datetime) -> list[str]:
    """Store the mail server. The password is sealed, never shown, and forgotten when host or user name change without a new one."""
    require(actor, Permission.SETTINGS_EDIT)
    old = queries.setting(session, "mail")
    value: dict[str, Any] = {"host": server.host}
    if server.host:
        value |= {"port": server.port, "security": server.security, "sender": server.sender, "username": server.username}
        if server.password:
            value["password"] = crypto.encrypt("mail", server.password)
        elif "password" in old and (old["host"], old["username"]) == (server.host, server.username):
            value["password"] = old["password"]
    return change_settings(session, actor=actor, values={"mail": value}, seen={"mail": seen}, now=now)


def owe_test_mail(session: Session, *, actor: Actor, now: datetime) -> int:
    """Owe the admin a test mail through the outbox; returns its id there. IllegalMove when it has nowhere to go."""
    require(actor, Permission.SETTINGS_EDIT)
    person = session.get(Person, actor.person_id) if actor.person_id is not None else None
    if person is None or not person.email:
        raise IllegalMove("您的账号没有邮箱地址，请先在账号中补录")
    if notices.mail_settings(session) is None:
        raise IllegalMove("尚未配置发信服务器，请先保存设置")
    slot, text = uuid4().hex, "收到本邮件，说明发信服务器设置正确。"
    notices.owe(session, kind="mail_test", subject="setting:mail", people=[person], title="测试邮件", text=text, now=now, slot=slot)
    audit.record(session, actor=actor, action="mail:test", subject="setting:mail", at=now, text="发送测试邮件")
    return session.scalars(select(Mail.id).join(Notice).where(Notice.kind == "mail_test", Notice.slot == slot)).one()


def send_again(session: Session, *, actor: Actor, mail_ids: list[int], now: datetime) -> int:
    """Put mails that were given up back in the queue; returns how many. IllegalMove when one was not given up."""
    require(actor, Permission.SETTINGS_EDIT)
    for mail_id in mail_ids:
        mail = queries.get_mail(session, mail_id)
        if mail.given_up_at is None:
            raise IllegalMove("这封邮件已发出或仍在等待发送，不必重新发送")
        mail.attempts, mail.given_up_at, mail.next_try_at = 0, None, now
        audit.record(session, actor=actor, action="mail:again", subject=mail, at=now, text=f"重新发送邮件：{mail.notice.title}")
    return len(mail_ids)


def _check_setting(key: str, value: Any) -> None:
    """BadInput for a value this setting cannot have."""
    if key in {"platform_name", "county_name"}:
        if not value or len(value) > 60:
            raise BadInput(f"请填写{SETTINGS[key].title}，最多60字")
    elif key == "site_url":
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise BadInput("平台地址应以http://或https://开头，不含空格、问号和井号")
    elif key == "office_hours":
        if time.fromisoformat(value["from"]) >= time.fromisoformat(value["to"]):
            raise BadInput("结束时间应晚于开始时间")
    elif key in PERCENTS:
        if not 1 <= value <= 100:
            raise BadInput(f"{SETTINGS[key].title}应在1至100之间")
    elif key in _CHECKS:
        _CHECKS[key](value)


def _check_fonts(fonts: dict[str, str]) -> None:
    """BadInput for a name that no font can have."""
    wrong = [FONT_PLACES[place] for place, name in fonts.items() if not FONT.fullmatch(name)]
    if wrong:
        raise BadInput(f"{'、'.join(wrong)}的字体名称应为1至31个汉字、字母或数字，可含空格、下划线、点和连字符")


def _check_mail(value: dict[str, Any]) -> None:
    """BadInput for a mail server that cannot be used as written."""
    if not value["host"]:
        return
    if not HOST.fullmatch(value["host"]):
        raise BadInput("发信服务器地址有误，应为域名或IP地址")
    if not 1 <= value["port"] <= 65535:
        raise BadInput("端口应在1至65535之间")
    if value["security"] not in {"none", "starttls", "ssl"}:
        raise BadInput("请选择加密方式")
    if not ADDRESS.fullmatch(value["sender"]):
        raise BadInput("发件人地址有误，应为完整的邮箱地址")


_CHECKS = {"fonts": _check_fonts, "mail": _check_mail}


def hours_in_words(hours: dict[str, str]) -> str:
    """The office hours as people read them: 8:30至17:30."""
    return f"{hours['from'].removeprefix('0')}至{hours['to'].removeprefix('0')}"


def fonts_in_words(fonts: dict[str, str]) -> str:
    """The fonts as people read them: 标题和发文机关标志方正小标宋简体，正文仿宋…."""
    return "，".join(f"{place}{fonts[name]}" for name, place in FONT_PLACES.items())


def _told(key: str, value: Any) -> str:
    """The change as the ledger tells it; of the mail server only where it stands."""
    if key == "mail":
        return f"发信服务器改为{value['host']}:{value['port']}" if value["host"] else "停用发信服务器"
    if key == "fonts":
        return f"{SETTINGS[key].title}改为{fonts_in_words(value)}"
    if key == "office_hours":
        return f"{SETTINGS[key].title}改为{hours_in_words(value)}"
    if key in PERCENTS:
        return f"{SETTINGS[key].title}改为{value}%"
    return f"{SETTINGS[key].title}改为“{value}”"
