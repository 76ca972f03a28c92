"""Businesses as the registry knows them: found by code or made, renamed, moved, closed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, search
from coordination.permissions import Actor, Permission, require
from coordination.registry import queries, trust
from models import Business, Recognition
from models.business import read_uscc
from models.calendar import ONE_DAY, local_date
from models.errors import BadInput, Conflict, NotFound
from models.registry import raise_list_version


@dataclass(frozen=True)
class BusinessFacts:
    """What an application, a form or a row says of a business."""

    uscc: str
    name: str
    address: str
    street: str = ""
    contact: str = ""
    phone: str = ""


def check(facts: BusinessFacts) -> str:
    """The 18 characters of the code; BadInput for a code or a name that cannot be."""
    code = read_uscc(facts.uscc)
    for word, text, most in (
        ("经营者名称", facts.name, 120),
        ("经营地址", facts.address, 200),
        ("街道", facts.street, 40),
        ("联系人", facts.contact, 40),
        ("联系电话", facts.phone, 40),
    ):
        if len(text) > most:
            raise BadInput(f"{word}最多{most}字")
    if not facts.name.strip():
        raise BadInput("请填写经营者名称")
    if not facts.address.strip():
        raise BadInput("请填写经营地址")
    return code


def find_or_make(session: Session, facts: BusinessFacts, now: datetime) -> Business:
    """The business with this code, or a new one; a new one gets the trust events that waited for it.

    A known business keeps its recorded name and place: an application changes neither (``change`` does). What was empty is filled in.
    """
    code = check(facts)
    business = queries.business_of(session, code)
    if business is None:
        more = {"address": facts.address, "street": facts.street, "contact": facts.contact, "phone": facts.phone}
        business = Business.named(facts.name.strip(), code, **more)
        session.add(business)
        session.flush()
        search.keep(session, business)
        trust.match_waiting(session, business, now)
        return business
    for field in ("address", "street", "contact", "phone"):
        if not getattr(business, field):
            setattr(business, field, getattr(facts, field))
    search.keep(session, business)
    return business


def get_business(session: Session, business_id: int) -> Business:
    """The business, or NotFound."""
    found = session.get(Business, business_id, populate_existing=True) if 0 < business_id <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound("没有这个经营主体")
    return found


def change(
    session: Session, *, actor: Actor, business_id: int, version: int, name: str, address: str, street: str, phone: str, now: datetime
) -> Business:
    """更名 or 迁址 by the office: certificate and token stay, the old name stays on record. Conflict when somebody was faster.

    The public list changes in the same transaction. Nothing here can touch a status.
    """
    audit.queue(session)
    require(actor, Permission.REGISTRY_EDIT)
    business = get_business(session, business_id)
    if business.version != version:
        mine, theirs = f"{name}\n{address}", f"{business.name}\n{business.address}"
        raise Conflict("他人刚刚也改了这个经营主体。您写的内容没有丢失", mine=mine, theirs=theirs, version=business.version)
    check(BusinessFacts(business.uscc or "", name, address, street, business.contact, phone))
    before = {"name": business.name, "address": business.address, "street": business.street}
    business.rename(name.strip(), local_date(now) - ONE_DAY)
    business.address, business.street, business.phone = address.strip(), street.strip(), phone.strip()
    for recognition in session.scalars(select(Recognition).where(Recognition.business_id == business.id)):
        recognition.street = business.street
    search.keep(session, business)
    raise_list_version(session, now)
    words = [word for word, key in (("名称", "name"), ("地址", "address"), ("街道", "street")) if before[key] != getattr(business, key)]
    text = f"更改经营主体{'、'.join(words) or '电话'}：原为{before['name']}，{before['address']}"
    audit.record(session, actor=actor, action="business:change", subject=business, at=now, text=text, before=before)
    trust.match_waiting(session, business, now)
    return business
