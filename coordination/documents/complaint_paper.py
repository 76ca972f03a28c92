"""What the papers of complaints print, as plain data. Empty words and None leave a line to write on, as the printed forms do."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody a form names. ``contact``: of a business, whom to speak to (联系人) or who represents it (法定代表人、负责人)."""

    name: str = ""
    phone: str = ""
    id_kind: str = ""
    id_no: str = ""
    address: str = ""
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class Register:
    """投诉登记表, 举报登记表 (文书式样一、二). ``number``: 登记编号. Consents: None where nobody was asked."""

    unit: str = ""
    number: str = ""
    person: Party = field(default_factory=Party)
    target: Party = field(default_factory=Party)
    facts: str = ""
    request: str = ""
    consents_to_publication: bool | None = None
    consents_to_delegation: bool | None = None
    day: date


@dataclass(frozen=True, kw_only=True)
class FormPaper:
    """What the notices and decisions of 市场监管 have in common (文书式样三 to 十).

    ``issuer``: the bureau in full; ``number``: 示市监投受〔2026〕第1号; ``to``: whom it is addressed to; ``about``: what stands after 关于.
    ``received_on``: when the complaint came in. ``signed_on``: the day it bears, None: to be written in. ``day`` stands in the file only.
    """

    issuer: str = ""
    number: str = ""
    to: str = ""
    about: str = ""
    received_on: date | None = None
    contact: str = ""
    phone: str = ""
    signed_on: date | None = None
    day: date


@dataclass(frozen=True, kw_only=True)
class Distribution(FormPaper):
    """投诉/举报分送通知书 (三). ``is_report``: which of the two, None: to be struck out by hand."""

    person: str = ""
    is_report: bool | None = None
    report_by: date | None = None
    copies: int | None = None
    pages: int | None = None


@dataclass(frozen=True, kw_only=True)
class IdentityRequest(FormPaper):
    """限期提供身份证明材料通知书 (四). ``address``: where the papers are to be sent."""

    until: date | None = None
    materials: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Refusal(FormPaper):
    """投诉不予受理决定书 (六). ``ground``: 1–7 (总局令第121号第十六条). ``reason``: the bureau's own, besides the printed ground."""

    ground: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class MediationNotice(FormPaper):
    """投诉调解通知书 (七). ``held_at``: in China's time. ``recusal_days``: within which a mediator may be objected to."""

    held_at: datetime | None = None
    place: str = ""
    materials: str = ""
    recusal_days: int | None = None
    mediators: str = ""


@dataclass(frozen=True, kw_only=True)
class Termination(FormPaper):
    """投诉终止调解决定书 (八). ``ground``: 1–8 (总局令第121号第二十三条). ``reason``: in the bureau's own words."""

    ground: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Agreement(FormPaper):
    """投诉调解书 (九). ``matter``: what was complained of and asked for; ``terms``: what both agreed."""

    person: Party = field(default_factory=Party)
    person_agent: Party = field(default_factory=Party)
    target: Party = field(default_factory=Party)
    target_agent: Party = field(default_factory=Party)
    matter: str = ""
    terms: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportResult(FormPaper):
    """举报处理结果告知书 (十). ``law`` and ``article``: the rule that asks for the notice, as 食品安全法 and 一百一十五."""

    law: str = ""
    article: str = ""
    result: str = ""


@dataclass(frozen=True, kw_only=True)
class BureauLetter(FormPaper):
    """A paper under a bureau's own heading (消费者权益保护法实施条例第四十六条); ``number``: 示教育投受〔2026〕1号.

    ``ground`` and ``reason``: of a refusal or an end of mediation; ``receiver``: the body a case is handed over to; ``is_report``: 举报.
    """

    ground: str = ""
    reason: str = ""
    receiver: str = ""
    is_report: bool = False
    person: Party = field(default_factory=Party)
    target: Party = field(default_factory=Party)
    facts: str = ""
    request: str = ""
    enclosures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EventReport:
    """信息专报 on a group complaint or an emergency. ``stage``: 首报, 续报 or 终报; ``sequence``: the how-manieth 续报.

    ``recipients``: to whom; ``next_by``, or ``next_on`` without an hour: until when the next report is due (none after 终报).
    ``happened``, ``measures``, ``outlook`` and ``plans`` are the four parts; 终报 reads ``measures`` as what came of it, ``outlook`` as
    causes and ``plans`` as what is to be done so that it does not come again.
    """

    issuer: str = ""
    number: str = ""
    stage: str = "首报"
    sequence: int = 1
    event: str = ""
    recipients: str = ""
    happened: str = ""
    measures: str = ""
    outlook: str = ""
    plans: str = ""
    contact: str = ""
    phone: str = ""
    approved_by: str = ""
    next_by: datetime | None = None
    next_on: date | None = None
    copies_to: str = ""
    signed_on: date | None = None
    day: date
