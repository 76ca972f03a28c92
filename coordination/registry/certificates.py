"""Certificates: number, token and dates, given at the moment of recognition and never twice."""

import re
import secrets
from datetime import date

from sqlalchemy.orm import Session

from coordination.registry import limits
from coordination.settings.queries import rule_in_force
from models import Category, Scheme
from models.numbering import keep_clear, take_number

TOKEN_BYTES = 16  # 128 bits: nobody finds a plaque's address by guessing


def next_number(session: Session, scheme: Scheme, on: date) -> str:
    """示放消2026-0132: the scheme's prefix, the year, a serial that is never given again."""
    serial = take_number(session, f"certificate:{scheme.certificate_prefix}:{on.year}")
    return f"{scheme.certificate_prefix}{on.year}-{serial:04}"


def keep_clear_of(session: Session, scheme: Scheme, certificate_no: str) -> None:
    """A number given before the platform was there: the scheme's own series goes on behind it."""
    found = re.fullmatch(re.escape(scheme.certificate_prefix) + r"(\d{4})-(\d{1,9})", certificate_no)
    if found is not None:
        keep_clear(session, f"certificate:{scheme.certificate_prefix}:{found[1]}", int(found[2]))


def new_token() -> str:
    """What a plaque's QR code leads to, in 32 hexadecimal characters."""
    return secrets.token_hex(TOKEN_BYTES)


def valid_until(session: Session, category: Category, on: date) -> date:
    """The last day of a recognition of that day: the category's own validity, else the rule's."""
    if category.validity_months is not None:
        return limits.months_after(on, category.validity_months)
    return limits.last_day_of(rule_in_force(session, "REG_VALID", on, category.scheme.mechanism_id), on)


def next_check(session: Session, category: Category, on: date, *, ruled_on: date | None = None) -> date:
    """By when the unit is to be looked at again, looked at on ``on``. ``ruled_on``: the day whose rule holds, where ``on`` knew none."""
    if category.recheck_months is not None:
        return limits.months_after(on, category.recheck_months)
    return limits.last_day_of(rule_in_force(session, "REG_RECHECK", ruled_on or on, category.scheme.mechanism_id), on)
