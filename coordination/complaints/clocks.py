"""Every clock that runs for a complaint, side by side: the law's, the hotline's, the county's promise. Pure.

Which version of a rule holds goes by the day of receipt (rules.md §1.7: received from 2026-04-15 on, 总局令第121号), also where the
clock itself starts later.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from models.calendar import ONE_DAY, Calendar, deadline
from models.complaint import Channel, ComplaintKind, Sector
from models.errors import CalendarMissing
from models.rule import LimitUnit, Rule

RuleOf = Callable[[str, date], Rule | None]


@dataclass(frozen=True)
class Pause:
    """鉴定、检测: from the day it began to the day the result came (None: not yet)."""

    since: date
    until: date | None = None


@dataclass(frozen=True)
class Facts:
    """What the clocks of one case rest on. Days in China; None: has not happened.

    ``decided_on``: accepted or refused, and the complainant told; ``ended_on``: mediation over, with or without agreement;
    ``told_on``: the parties told that it was terminated; ``verdict_on``: 立案 or not. ``restarted_on``: handled anew, or the last of
    several reports (总局令第121号第三十五条): clocks of receipt start here. ``left_on``: withdrawn, handed over and the complainant told,
    or closed; whatever still ran is done then.
    """

    kind: ComplaintKind
    received_on: date
    channel: Channel = Channel.PLATFORM
    sector: Sector = Sector.MARKET
    is_small: bool = False
    is_named: bool = True
    decided_on: date | None = None
    accepted_on: date | None = None
    ended_on: date | None = None
    terminated_on: date | None = None
    told_on: date | None = None
    clue_on: date | None = None
    clue_checked_on: date | None = None
    clue_extended: bool = False
    verdict_on: date | None = None
    report_extended: bool = False
    filed_on: date | None = None
    case_ended_on: date | None = None
    case_extended: bool = False
    informed_on: date | None = None
    answered_on: date | None = None
    closed_on: date | None = None
    restarted_on: date | None = None
    left_on: date | None = None
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Card:
    """One clock as a person reads it. ``due_on`` None: not started, paused, or the calendar that would tell is missing."""

    code: str
    title: str
    clause: str
    words: str
    start: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    paused: bool = False
    provisional: bool = False
    steps: tuple[str, ...] = ()
    calendar: str = ""

    @property
    def is_running(self) -> bool:
        """Begun and not yet done."""
        return self.start is not None and self.done_on is None

    def is_late(self, today: date) -> bool:
        """Past its last day: still running then, or done after it."""
        return self.due_on is not None and (self.done_on or today) > self.due_on


@dataclass(frozen=True)
class _Clock:
    code: str
    runs: Callable[[Facts], bool]
    start: Callable[[Facts], date | None]
    done: Callable[[Facts], date | None]
    more: str = ""
    longer: Callable[[Facts], bool] = field(default=lambda _: False)
    pausable: bool = False


_COMPLAINTS = {ComplaintKind.COMPLAINT, ComplaintKind.MIXED}  # until it is split, a mixed one runs by both clocks
_REPORTS = {ComplaintKind.REPORT, ComplaintKind.MIXED}


def _complaint_of(*sectors: Sector) -> Callable[[Facts], bool]:
    return lambda facts: facts.kind in _COMPLAINTS and facts.sector in sectors


def _answer(facts: Facts) -> date | None:
    return facts.answered_on or facts.closed_on


def _result(facts: Facts) -> date | None:
    return facts.ended_on or facts.closed_on


def _received(facts: Facts) -> date:
    return facts.restarted_on or facts.received_on


_MARKET, _OTHERS = _complaint_of(Sector.MARKET), _complaint_of(Sector.DEPARTMENT)
_CLOCKS = (
    _Clock("ACCEPT", _MARKET, _received, lambda f: f.decided_on),
    _Clock("MEDIATE", _MARKET, lambda f: f.accepted_on, _result, pausable=True),
    _Clock("TERM_NOTICE", _MARKET, lambda f: f.terminated_on, lambda f: f.told_on),
    _Clock("DEPARTMENT", _OTHERS, _received, lambda f: f.decided_on),
    _Clock("DEPARTMENT_MEDIATE", _OTHERS, lambda f: f.accepted_on, _result, pausable=True),
    _Clock("GAS", _complaint_of(Sector.GAS), _received, _result),
    _Clock("TELECOM", _complaint_of(Sector.TELECOM), _received, _result),
    _Clock("POST", _complaint_of(Sector.POST), _received, _result),
    _Clock(
        "CLUE",
        lambda f: f.clue_on is not None,
        lambda f: f.clue_on,
        lambda f: f.clue_checked_on,
        "CLUE_MORE",
        lambda f: f.clue_extended,
    ),
    _Clock(
        "REPORT",
        lambda f: f.kind in _REPORTS and f.sector == Sector.MARKET,
        _received,
        lambda f: f.verdict_on,
        "REPORT_MORE",
        lambda f: f.report_extended,
    ),
    _Clock("INFORM", lambda f: f.kind in _REPORTS and f.is_named, lambda f: f.verdict_on, lambda f: f.informed_on),
    _Clock(
        "CASE", lambda f: f.filed_on is not None, lambda f: f.filed_on, lambda f: f.case_ended_on, "CASE_MORE", lambda f: f.case_extended
    ),
    _Clock("CITY_HOTLINE", lambda f: f.channel == Channel.CITY_HOTLINE, _received, lambda f: f.answered_on or f.ended_on or f.closed_on),
    _Clock("PROMISE_QUERY", lambda f: f.kind == ComplaintKind.QUERY, _received, _answer),
    _Clock("PROMISE_SMALL", lambda f: f.kind in _COMPLAINTS and f.is_small, _received, _result),
    _Clock("PROMISE", lambda f: f.kind in _COMPLAINTS and not f.is_small, _received, _result),
)


def cards(facts: Facts, rule_of: RuleOf, calendar: Calendar) -> list[Card]:
    """Every clock that applies, the nearest due first, then those paused or not begun. A code without a rule on that day has no clock."""
    found = []
    for clock in _CLOCKS:
        rule = rule_of(clock.code, facts.received_on) if clock.runs(facts) else None
        if rule is not None:
            found.append(_card(clock, rule, facts, rule_of, calendar))
    return sorted(found, key=lambda card: (card.done_on is not None, card.due_on or date.max))


def nearest(found: Iterable[Card]) -> date | None:
    """The first last day among the clocks that run; what queues are sorted by."""
    return min((card.due_on for card in found if card.is_running and card.due_on is not None), default=None)


def _card(clock: _Clock, rule: Rule, facts: Facts, rule_of: RuleOf, calendar: Calendar) -> Card:
    longer = rule_of(clock.more, facts.received_on) if clock.more and clock.longer(facts) else None
    length = rule.limit + (longer.limit if longer else 0)
    words = f"{rule.words}，经批准延长{longer.words}" if longer else rule.words
    start = clock.start(facts)
    done = clock.done(facts) or (facts.left_on if start is not None else None)
    card = Card(clock.code, rule.title, rule.clause, words, start, done_on=done)
    if start is None:
        return card
    pauses = facts.pauses if clock.pausable else ()
    try:
        pause = _Paused.of(start, length, rule.unit, pauses, calendar)
    except CalendarMissing as missing:
        return replace(card, provisional=True, steps=(f"{missing.year}年工作日历尚未导入，时限暂定",))
    if pause.is_open and done is None:
        return replace(card, paused=True, steps=(f"{_day(pause.since)}起鉴定、检测，期间不计",))
    counted = deadline(start, length + pause.length, rule.unit.value, calendar)
    steps = counted.steps
    if pause.length:
        steps = (*steps, f"其中鉴定、检测{pause.length}{_counter(rule.unit)}不计入{rule.words}")
    version = calendar.version_of(start, counted.raw or start)
    return replace(card, due_on=counted.due, provisional=counted.provisional, steps=steps, calendar=version)


@dataclass(frozen=True)
class _Paused:
    """How long a clock stood still, in its own unit; ``is_open``: it still does, since ``since``."""

    length: int = 0
    is_open: bool = False
    since: date = date.min

    @classmethod
    def of(cls, start: date, limit: int, unit: LimitUnit, pauses: tuple[Pause, ...], calendar: Calendar) -> "_Paused":
        """Pauses may overlap; one that began after the last day changes nothing. Its first day is not counted, as with any period."""
        length, reached = 0, start
        for pause in sorted(pauses, key=lambda one: (one.since, one.until or date.max)):
            since = max(pause.since, reached)
            last = deadline(start, limit + length, unit.value, calendar).raw
            if last is not None and since > last:
                break
            if pause.until is None:
                return cls(length, True, pause.since)
            if pause.until > since:
                length += _days(since, pause.until, unit, calendar)
                reached = pause.until
        return cls(length)


def _days(since: date, until: date, unit: LimitUnit, calendar: Calendar) -> int:
    if unit == LimitUnit.WORKING:
        return calendar.working_days_between(since, until)
    return (until - since) // ONE_DAY


def _counter(unit: LimitUnit) -> str:
    return "个工作日" if unit == LimitUnit.WORKING else "日"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
