"""The fields every form is made of."""

from datetime import date, datetime

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from coordination.forms import Day, Form, Line, Moment, Number, OneOf, Paragraphs, SomeOf, choices
from models.calendar import SHANGHAI

UNITS = choices(((1, "县教育局"), (2, "县商务局")))


class Sample(Form):
    title = Line("标题", most=5)
    body = Paragraphs("正文", required=False, most=10)
    due_on = Day("完成时限")
    starts_at = Moment("会议时间")
    minutes = Number("时长", least=1, most=90)
    lead = OneOf("牵头单位", coerce=int, choices=UNITS)
    co = SomeOf("配合单位", coerce=int, choices=UNITS)


GOOD = {
    "title": " 预付\u202e费 ",
    "due_on": "2026-06-30",
    "starts_at": "2026-06-30T09:00",
    "minutes": "15",
    "lead": "1",
    "co": "2",
}


def fill(**given: str) -> Sample:
    app = Flask("forms")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False, WTF_I18N_ENABLED=False)
    with app.test_request_context(method="POST", data=MultiDict(given)):
        form = Sample()
        form.validate()
        return form


def test_good_input_is_cleaned_and_read_as_china_means_it():
    form = fill(**GOOD)
    assert form.errors == {}
    assert form.title.data == "预付费"
    assert form.due_on.data == date(2026, 6, 30)
    assert form.starts_at.data == datetime(2026, 6, 30, 9, 0, tzinfo=SHANGHAI)
    assert (form.minutes.data, form.lead.data, form.co.data) == (15, 1, [2])


def test_an_empty_form_names_each_field_that_is_missing():
    assert fill().errors == {
        "title": ["请填写标题"],
        "due_on": ["请填写完成时限"],
        "starts_at": ["请填写会议时间"],
        "minutes": ["请填写时长"],
        "lead": ["请选择牵头单位"],
    }


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("title", "六个字的标题", "标题最多5字"),
        ("body", "十一个字十一个字十一个字", "正文最多10字"),
        ("due_on", "", "请填写完成时限"),
        ("starts_at", "", "请填写会议时间"),
        ("minutes", "", "请填写时长"),
        ("due_on", "2026-09-31", "完成时限不是有效日期，请按“2026-06-30”填写"),
        ("starts_at", "明天", "会议时间不是有效时间，请按“2026-06-30 09:00”填写"),
        ("minutes", "十五", "时长应为整数"),
        ("minutes", "0", "时长应在1至90之间"),
        ("lead", "9", "请重新选择牵头单位"),
        ("lead", "x", "请选择牵头单位"),
        ("co", "9", "请重新选择配合单位"),
    ],
)
def test_wrong_input_is_told_in_words(field, typed, message):
    assert fill(**{**GOOD, field: typed}).errors == {field: [message]}


class Shares(Form):
    share = Number("占比（%）", least=0, most=100)
    name = Line("名称（%s）", most=2)
    body = Paragraphs("说明（50%）", most=1000)


def test_a_label_may_hold_a_percent_sign():
    app = Flask("forms")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False, WTF_I18N_ENABLED=False)
    with app.test_request_context(method="POST", data={"share": "101", "name": "甲乙丙", "body": "长" * 1001}):
        form = Shares()
        assert not form.validate()
    assert form.errors == {"share": ["占比（%）应在0至100之间"], "name": ["名称（%s）最多2字"], "body": ["说明（50%）最多1,000字"]}
