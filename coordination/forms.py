"""What every form shares: Chinese messages that name the field, text cleaned at the door, days and moments as China writes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeLocalField, Field, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, RadioInput

from coordination import evidence
from coordination.evidence import Evidence
from models.calendar import SHANGHAI
from models.text import clean_text


class Form(FlaskForm):
    """Parent of every form; WTForms' own messages come in Chinese too."""

    class Meta(FlaskForm.Meta):
        """Language of the messages WTForms brings itself."""

        locales = ("zh_CN", "zh")


class Required:
    """The field must be filled; the message says which one and what to do (请填写牵头单位)."""

    field_flags = {"required": True}  # noqa: RUF012  read by WTForms

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """StopValidation when nothing was given, or when what was given could not be read (that message stands already)."""
        if field.process_errors:
            raise StopValidation
        if field.data is None or field.data == [] or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(f"请{'选择' if isinstance(field, SelectField) else '填写'}{field.label.text}")


class Line(StringField):
    """One line of text, cleaned, at most ``most`` characters."""

    def __init__(self, label: str, *, most: int = 200, required: bool = True, **more: Any) -> None:
        checks = [Required() if required else Optional(), Length(max=most, message=_verbatim(f"{label}最多{most}字"))]
        more.setdefault("filters", (_one_line,))
        more["render_kw"] = {"maxlength": most, **more.get("render_kw", {})}
        super().__init__(label, [*checks, *more.pop("checks", ())], **more)


class Paragraphs(TextAreaField):
    """Running text, cleaned, at most ``most`` characters."""

    def __init__(self, label: str, *, most: int = 50_000, required: bool = True, rows: int = 6, **more: Any) -> None:
        checks = [Required() if required else Optional(), Length(max=most, message=_verbatim(f"{label}最多{most:,}字"))]
        more["render_kw"] = {"rows": rows, **more.get("render_kw", {})}
        super().__init__(label, [*checks, *more.pop("checks", ())], filters=(clean_text,), **more)


class Day(DateField):
    """A day; shown and read as 2026-06-30 by the browser's own date control."""

    data: Any  # a date, or None when it is not required

    def __init__(self, label: str, *, required: bool = True, **more: Any) -> None:
        super().__init__(label, [Required() if required else Optional(), *more.pop("checks", ())], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in words what is wrong with a date that is none."""
        if valuelist == [""]:
            self.data = None  # left empty: ``Required`` says so
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(f"{self.label.text}不是有效日期，请按“2026-06-30”填写") from wrong


class Moment(DateTimeLocalField):
    """A day and time in China; ``data`` is aware."""

    data: datetime | None

    def __init__(self, label: str, *, required: bool = True, **more: Any) -> None:
        super().__init__(label, [Required() if required else Optional(), *more.pop("checks", ())], **more)

    def process_data(self, value: datetime | None) -> None:
        """Show an instant as the clock in China shows it."""
        super().process_data(value.astimezone(SHANGHAI).replace(tzinfo=None) if value and value.tzinfo else value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed as time in China."""
        if valuelist == [""]:
            self.data = None  # left empty: ``Required`` says so
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(f"{self.label.text}不是有效时间，请按“2026-06-30 09:00”填写") from wrong
        self.data = self.data and self.data.replace(tzinfo=SHANGHAI)


class Number(IntegerField):
    """A whole number between ``least`` and ``most``."""

    data: Any  # an int, or None when it is not required

    def __init__(self, label: str, *, least: int, most: int, required: bool = True, **more: Any) -> None:
        limits = NumberRange(min=least, max=most, message=_verbatim(f"{label}应在{least}至{most}之间"))
        more["render_kw"] = {"min": least, "max": most, "inputmode": "numeric", **more.get("render_kw", {})}
        super().__init__(label, [Required() if required else Optional(), limits], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in words what is wrong with a number that is none."""
        if valuelist == [""]:
            self.data = None  # left empty: ``Required`` says so
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(f"{self.label.text}应为整数") from wrong


class OneOf(SelectField):
    """One of a few choices, shown as radios; ``choices`` are SelectChoice objects, often set by the route."""

    widget = ListWidget(prefix_label=False)
    option_widget = RadioInput()

    def __init__(self, label: str, *, required: bool = True, **more: Any) -> None:
        checks = [Required() if required else Optional()]
        super().__init__(label, checks, invalid_choice_message=f"请重新选择{label}", invalid_value_message=f"请选择{label}", **more)

    def pre_validate(self, form: FlaskForm) -> None:
        """Nothing chosen is ``Required``'s business, not a wrong choice."""
        if self.data is not None:
            super().pre_validate(form)


class SomeOf(SelectMultipleField):
    """Any number of choices, shown as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, *, required: bool = False, **more: Any) -> None:
        checks = [Required() if required else Optional()]
        super().__init__(label, checks, invalid_choice_message=f"请重新选择{label}", invalid_value_message=f"请重新选择{label}", **more)


def uploaded(field: Any) -> list[Evidence]:
    """The files of an upload that may be kept; BadInput says which may not. An empty field gives none."""
    return evidence.examined((one.filename, one.read()) for one in field.data or [] if getattr(one, "filename", ""))


def choices(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """(value, label) pairs as WTForms wants them, e.g. ``choices((unit.id, unit.short_name) for unit in units)``."""
    return [SelectChoice(value, label) for value, label in pairs]


def _verbatim(message: str) -> str:
    """The message as it stands, for validators that put numbers into theirs with ``%``: a label may hold that sign itself."""
    return message.replace("%", "%%")


def _one_line(text: str | None) -> str | None:
    cleaned = clean_text(text)
    return None if cleaned is None else " ".join(cleaned.split("\n"))
