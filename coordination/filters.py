"""How dates, numbers and differences are written on a page (screens.md §5). Pure: told the day, never asking the clock."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wtforms.fields import FieldList, FormField
from wtforms.widgets import CheckboxInput, FileInput, HiddenInput, ListWidget, Select, TextArea

from models.calendar import SHANGHAI, local_date

WEEKDAYS = "一二三四五六日"
NOTHING = "—"


def date_long(value: date | None) -> str:
    """A date in running text: ``2026年6月30日（周二）``. None is a dash."""
    if value is None:
        return NOTHING
    day = _local_day(value)
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def date_short(value: date | None, today: date) -> str:
    """A date in a table: ``6月30日 周二``; in another year than ``today``'s in full, ``2025年6月30日 周一``."""
    if value is None:
        return NOTHING
    day = _local_day(value)
    return f"{_month_day(day, today)} 周{WEEKDAYS[day.weekday()]}"


def moment(value: datetime | None, today: date) -> str:
    """An instant as China's clocks show it: ``6月30日 9:00``; in another year than ``today``'s, ``2025年6月30日 9:00``."""
    if value is None:
        return NOTHING
    return f"{_month_day(_local_day(value), today)} {time(value)}"


def time(value: datetime | None) -> str:
    """The hour an instant has in China, without a leading zero: ``9:00``."""
    if value is None:
        return NOTHING
    if value.tzinfo is None:
        raise ValueError(f"naive datetime: {value!r}")
    local = value.astimezone(SHANGHAI)
    return f"{local.hour}:{local.minute:02}"


def number(value: float | Decimal | None) -> str:
    """A count or an amount with thousands: ``1,204``, ``6,800.5``. None is a dash, zero is ``0``."""
    if value is None:
        return NOTHING
    return f"{value:,}"


def percent(value: float | Decimal | None) -> str:
    """A share (0.961) as ``96.1%``; one decimal at most, and none when it is zero: ``95%``. None is a dash.

    What falls short of all, or is more than none, never reads ``100%`` or ``0%``.
    """
    if value is None:
        return NOTHING
    shown = round(float(value) * 100, 1)
    if 0 < value < 1:
        shown = min(max(shown, 0.1), 99.9)
    return f"{shown:.1f}".removesuffix(".0") + "%"


def dash(value: Any) -> Any:
    """The value, or a dash where there is none (None or empty text); zero stays ``0``."""
    return NOTHING if value is None or value == "" else value


def file_size(value: int | None) -> str:
    """A file's size in bytes as people say it: ``830KB``, ``1.2MB``. None is a dash."""
    if value is None:
        return NOTHING
    if value < 1024 * 1024:
        return f"{max(1, round(value / 1024))}KB"
    return f"{value / 1024 / 1024:.1f}".removesuffix(".0") + "MB"


def reading(value: date | None) -> str:
    """What was typed into a date or time field, read back: ``2026年7月9日（周四）``, ``2026年6月30日（周二）9:00``. None is empty text.

    A date-time without a zone is what a form shows: the clock on the wall in China.
    """
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return date_long(value)
    wall = value.astimezone(SHANGHAI) if value.tzinfo else value
    return f"{date_long(wall.date())}{wall.hour}:{wall.minute:02}"


def _local_day(value: date) -> date:
    """The day in China of a date or of an instant; ValueError for an instant without a zone, which says no day."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"naive datetime: {value!r}")
    return local_date(value)


def _month_day(day: date, today: date) -> str:
    """``6月30日``, with the year in front unless it is this year's."""
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


class Part(NamedTuple):
    """A stretch of two texts: what the old one says there and what the new one says; differences are numbered from 1, agreement is 0."""

    old: str
    new: str
    number: int = 0

    @property
    def same(self) -> bool:
        """Do both texts agree here?"""
        return self.old == self.new


def diff(old: str | None, new: str | None) -> list[Part]:
    """Two texts cut into stretches that agree and stretches that differ, in order.

    Joined again, the old sides give ``old`` and the new sides ``new`` (line ends as LF). Whole sentences are compared first, then the
    characters of those that changed, so that a long paper costs little and a changed date is marked as one piece.
    """
    before, after = _sentences(old), _sentences(new)
    parts: list[Part] = []
    for part in _aligned(before, after):
        if part.same or not part.old or not part.new or len(part.old) * len(part.new) > MOST_COMPARED:
            parts.append(part)
        else:
            parts.extend(_aligned(_words(part.old), _words(part.new)))
    places = count(1)
    return [part if part.same else part._replace(number=next(places)) for part in _calmed(parts)]


# Characters of one side times those of the other: above this, a changed passage is shown as a whole (comparing is quadratic).
MOST_COMPARED = 250_000
# Agreement shorter than this between two differences is noise to a reader ("于" between two rewritten phrases).
LEAST_AGREEMENT = 2


def _sentences(text: str | None) -> list[str]:
    """The text cut after each 。；！？ or line end."""
    return re.findall(r"[^。；！？\n]*[。；！？\n]|[^。；！？\n]+", (text or "").replace("\r\n", "\n"))


def _words(text: str) -> list[str]:
    """Each ideograph or mark on its own; a number or a Latin word as one."""
    return re.findall(r"[0-9A-Za-z]+|.", text, re.DOTALL)


def _aligned(before: list[str], after: list[str]) -> Iterator[Part]:
    """The two lists of pieces laid side by side."""
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        yield Part(old, old if kind == "equal" else new)


def _calmed(parts: list[Part]) -> list[Part]:
    """Neighbours of one sort joined, and agreement too short to help swallowed by the differences around it."""
    calm: list[Part] = []
    for index, part in enumerate(parts):
        if part.same and len(part.old) < LEAST_AGREEMENT and 0 < index < len(parts) - 1:
            differs = not calm[-1].same and not parts[index + 1].same
        else:
            differs = not part.same
        if calm and calm[-1].same is not differs:
            calm[-1] = Part(calm[-1].old + part.old, calm[-1].new + part.new)
        else:
            calm.append(part)
    return calm


class ErrorLine(NamedTuple):
    """One line of the error summary: the element to go to (None: the form as a whole) and the words."""

    target: str | None
    words: str


def error_lines(form: Any) -> list[ErrorLine]:
    """Every error of a WTForms form in the order of its fields, nested forms and lists included."""
    lines = [ErrorLine(None, str(words)) for words in getattr(form, "form_errors", [])]
    for field in form:
        lines.extend(_field_errors(field))
    return lines


def _field_errors(field: Any) -> Iterable[ErrorLine]:
    """The errors of one field, or of the fields inside it."""
    if isinstance(field, FormField | FieldList):
        own = [words for words in field.errors if isinstance(words, str)]
        inner = field.form if isinstance(field, FormField) else field.entries
        return [ErrorLine(field.id, words) for words in own if isinstance(field, FieldList)] + [
            line for part in inner for line in _field_errors(part)
        ]
    target = None if isinstance(field.widget, HiddenInput) else first_input(field)
    return [ErrorLine(target, str(words)) for words in field.errors]


def first_input(field: Any) -> str:
    """The id of the element that takes the cursor for a field: of a group of radios or checkboxes, the first one."""
    return f"{field.id}-0" if isinstance(field.widget, ListWidget) else field.id


def field_kind(field: Any) -> str:
    """How a WTForms field is shown: hidden, radios, checkboxes, check, file, select, textarea, or its input's type (text, date, …).

    AttributeError for a form within a form and for a list of fields: their fields are shown one by one.
    """
    widget = field.widget
    if isinstance(widget, ListWidget):
        return "checkboxes" if isinstance(field.option_widget, CheckboxInput) else "radios"
    for kind, name in ((CheckboxInput, "check"), (FileInput, "file"), (Select, "select"), (TextArea, "textarea")):
        if isinstance(widget, kind):
            return name
    return widget.input_type


def described_by(field: Any, hint: str | None = None, reading: bool = False) -> str | bool:
    """The ids of what describes a field (its hint, its error, the reading of a date) for aria-describedby, or False for none."""
    told = (("hint", hint), ("error", field.errors), ("reading", reading))
    return " ".join(f"{field.id}-{what}" for what, there in told if there) or False


def with_query(url: str, **changes: str | int | None) -> str:
    """The address with query parameters set, or taken out where the value is None: ``/tasks?year=2026`` → ``/tasks?view=print``."""
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in changes]
    added = [(key, str(value)) for key, value in changes.items() if value is not None]
    return urlunsplit(parts._replace(query=urlencode(kept + added)))


def once(macro: Callable[..., str], *values: Hashable) -> str:
    """What a macro prints for these values, printed once while the process runs (``register`` adds the memory): ``once(icon, "bell")``.

    Only for macros that rest on their values alone: none that asks the request, the session or the clock. A form's token is a value, too.
    """
    return macro(*values)


def register(app: Any, *, today: Callable[[], date]) -> None:
    """Give the application's templates these filters. ``today`` tells the day in China (pass ``clock.today``)."""
    app.jinja_env.globals["once"] = lru_cache(maxsize=1000)(once)
    app.jinja_env.filters.update(
        date_long=date_long,
        date_short=lambda value: date_short(value, today()),
        moment=lambda value: moment(value, today()),
        time=time,
        number=number,
        percent=percent,
        dash=dash,
        file_size=file_size,
        reading=reading,
        diff=diff,
        error_lines=error_lines,
        field_kind=field_kind,
        described_by=described_by,
        with_query=with_query,
    )
