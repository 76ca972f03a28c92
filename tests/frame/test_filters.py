"""Dates, numbers and differences as they stand on a page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from wtforms import FieldList, Form, FormField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields import DateField, MultipleFileField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from coordination import filters

TODAY = date(2026, 6, 18)
MORNING = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)


def test_a_date_in_text_is_whole_and_names_its_weekday():
    assert filters.date_long(date(2026, 6, 30)) == "2026年6月30日（周二）"


def test_a_date_in_a_table_has_no_year_unless_it_is_another_one():
    assert filters.date_short(date(2026, 6, 30), TODAY) == "6月30日 周二"
    assert filters.date_short(date(2025, 12, 31), TODAY) == "2025年12月31日 周三"


def test_an_instant_is_told_by_chinas_clocks():
    assert filters.moment(MORNING, TODAY) == "6月30日 9:00"
    assert filters.time(MORNING) == "9:00"
    assert filters.moment(datetime(2025, 12, 31, 16, 5, tzinfo=UTC), TODAY) == "1月1日 0:05"
    assert filters.moment(datetime(2025, 12, 31, 15, 59, tzinfo=UTC), TODAY) == "2025年12月31日 23:59"
    assert filters.date_long(datetime(2026, 6, 30, 16, 0, tzinfo=UTC)) == "2026年7月1日（周三）"


@pytest.mark.parametrize("say", [filters.date_long, filters.time, lambda value: filters.moment(value, TODAY)])
def test_an_instant_without_a_zone_is_refused_and_not_guessed(say):
    with pytest.raises(ValueError, match="naive"):
        say(datetime(2026, 6, 30, 9, 0))  # noqa: DTZ001 (the mistake under test)


def test_a_typed_time_is_read_back_as_typed():
    assert filters.reading(date(2026, 7, 9)) == "2026年7月9日（周四）"
    assert filters.reading(datetime(2026, 6, 30, 9, 5)) == "2026年6月30日（周二）9:05"  # noqa: DTZ001 (a form's wall clock)
    assert filters.reading(MORNING) == "2026年6月30日（周二）9:00"
    assert filters.reading(None) == ""


def test_numbers_have_thousands_and_zero_is_a_number():
    assert [filters.number(n) for n in (0, 999, 1204, Decimal("6800.50"), -1204)] == ["0", "999", "1,204", "6,800.50", "-1,204"]


def test_shares_keep_one_decimal_only_when_it_says_something():
    assert [filters.percent(n) for n in (0, 0.95, 0.961, 0.875, 1, 1.5)] == ["0%", "95%", "96.1%", "87.5%", "100%", "150%"]


def test_a_share_short_of_all_never_reads_as_all_nor_a_little_as_nothing():
    assert [filters.percent(n) for n in (0.9999, Decimal("0.0001"))] == ["99.9%", "0.1%"]


def test_sizes_are_told_in_kb_and_mb():
    assert [filters.file_size(n) for n in (1, 48211, 1024 * 1024, 20 * 1024 * 1024 + 300_000)] == ["1KB", "47KB", "1MB", "20.3MB"]


@pytest.mark.parametrize(
    "say",
    [filters.date_long, filters.time, filters.number, filters.percent, filters.dash, filters.file_size]
    + [lambda value, f=f: f(value, TODAY) for f in (filters.date_short, filters.moment)],
)
def test_nothing_is_a_dash(say):
    assert say(None) == "—"


def test_empty_text_is_a_dash_and_zero_is_not():
    assert [filters.dash(value) for value in ("", 0, "有")] == ["—", 0, "有"]


def test_a_changed_date_and_an_added_unit_are_marked_and_the_rest_is_not():
    old = "由县商务局牵头，县文旅局配合，于9月底前完成备案。其余不变。"
    new = "由县商务局牵头，县教育局、县文旅局配合，于10月底前完成备案。其余不变。"
    parts = filters.diff(old, new)
    assert [(part.old, part.new) for part in parts if not part.same] == [("", "教育局、县"), ("9", "10")]
    assert [part.number for part in parts] == [0, 1, 0, 2, 0]


def test_a_lone_agreeing_mark_between_two_rewritten_phrases_is_not_shown_as_agreement():
    changed = [part for part in filters.diff("甲乙丙，丁戊己", "子丑寅，卯辰巳") if not part.same]
    assert changed == [filters.Part("甲乙丙，丁戊己", "子丑寅，卯辰巳", 1)]


def test_texts_that_differ_only_in_their_line_ends_are_the_same():
    assert [part.same for part in filters.diff("一。\r\n二。", "一。\n二。")] == [True]
    assert filters.diff(None, "") == []


def test_a_long_passage_rewritten_throughout_is_compared_as_a_whole():
    old, new = "甲" * 600, "乙" * 600
    assert filters.diff(old, new) == [filters.Part(old, new, 1)]


words = st.text(alphabet="甲乙，。于9月\n", max_size=40)


@given(words, words)
def test_the_parts_joined_again_are_the_two_texts(old, new):
    parts = filters.diff(old, new)
    assert "".join(part.old for part in parts) == old
    assert "".join(part.new for part in parts) == new
    assert [part.number for part in parts if not part.same] == list(range(1, sum(not part.same for part in parts) + 1))


@pytest.mark.parametrize(
    ("url", "changes", "expected"),
    [
        ("/tasks?", {}, "/tasks"),
        ("/tasks?year=2026", {"view": "print"}, "/tasks?year=2026&view=print"),
        ("/tasks?year=2026&view=print", {"view": None}, "/tasks?year=2026"),
        ("/tasks?q=预付&q=卡", {"q": None}, "/tasks"),
        ("/tasks?after=3", {"after": 13}, "/tasks?after=13"),
    ],
)
def test_an_address_gains_and_loses_single_conditions(url, changes, expected):
    assert filters.with_query(url, **changes) == expected


class Person(Form):
    """A form within a form."""

    name = StringField("姓名", [InputRequired("请填写姓名")])


class Reply(Form):
    """Every place an error can stand."""

    token = HiddenField(validators=[InputRequired("页面停留过久，请刷新后再填")])
    attends = RadioField("参会", [InputRequired("请选择是否参会")], choices=[SelectChoice("yes", "参加")])
    reason = TextAreaField("说明", [InputRequired("请填写说明")])
    head = FormField(Person)
    others = FieldList(StringField("随员", [InputRequired("请填写随员姓名")]), min_entries=1)


def test_the_error_summary_leads_to_each_place_in_the_order_of_the_form():
    form = Reply()
    assert not form.validate()
    assert filters.error_lines(form) == [
        (None, "页面停留过久，请刷新后再填"),
        ("attends-0", "请选择是否参会"),
        ("reason", "请填写说明"),
        ("head-name", "请填写姓名"),
        ("others-0", "请填写随员姓名"),
    ]


def test_an_error_of_the_form_as_a_whole_comes_first_and_leads_nowhere():
    form = Reply()
    form.form_errors.append("该任务已销号")
    assert filters.error_lines(form)[0] == (None, "该任务已销号")


def test_fields_are_known_by_what_they_show():
    class Kinds(Form):
        password = PasswordField()
        due_on = DateField()
        files = MultipleFileField()

    reply = Reply()
    fields = [*Kinds(), reply.token, reply.attends, reply.reason, reply.head.form.name]
    assert [filters.field_kind(field) for field in fields] == ["password", "date", "file", "hidden", "radios", "textarea", "text"]


def test_a_field_is_described_by_its_hint_its_error_and_its_reading():
    form = Reply()
    assert filters.described_by(form.reason) is False
    form.validate()
    assert filters.described_by(form.reason, "一句话", reading=True) == "reason-hint reason-error reason-reading"


def test_templates_are_told_the_day_by_the_application():
    app = Flask(__name__)
    days = [date(2026, 1, 1), date(2027, 1, 1)]
    filters.register(app, today=lambda: days[0])
    with app.app_context():
        source = "{{ day|date_short }} {{ at|moment }}"
        assert render_template_string(source, day=date(2026, 6, 30), at=MORNING) == "6月30日 周二 6月30日 9:00"
        days.pop(0)
        assert render_template_string(source, day=date(2026, 6, 30), at=MORNING) == "2026年6月30日 周二 2026年6月30日 9:00"
