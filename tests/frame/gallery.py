"""A small application that shows every component with the longest, the emptiest and the wrong things they will ever hold.

It gives templates what the product gives them (names and endpoints), under the product's Content-Security-Policy, and nothing else.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

from flask import Flask, abort, flash, render_template, request
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import BooleanField, DateField, PasswordField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField, MultipleFileField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from coordination import filters

ROOT = Path(__file__).resolve().parents[2]
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TODAY = date(2026, 6, 18)
NOW = datetime(2026, 6, 18, 1, 41, tzinfo=UTC)
LONG_NAME = "示例县人民政府办公室行政审批服务管理与公共资源交易监督管理委员会驻县市民服务中心综合窗口管理协调办公室（县营商环境建设局）"
ENDPOINTS = {
    "desk.index": "/desk",
    "desk.reminders": "/desk/reminders",
    "desk.menu": "/menu",
    "desk.help": "/help",
    "desk.accessibility": "/accessibility",
    "desk.type_size": "/type-size",
    "portal.units": "/units",
    "portal.who": "/who",
    "portal.apply": "/apply",
    "portal.feedback_on_plaque": "/feedback",
    "portal.open_data": "/open",
    "accounts.account": "/account",
    "accounts.login": "/login",
    "accounts.logout": "/logout",
    "accounts.password": "/password",
    "portal.index": "/",
}
UNITS = ["县市场监管局", "县教育局", "县商务局", "县文化和旅游局", "县交通运输局", "县住房和城乡建设局", "县卫生健康局", LONG_NAME]
OVERDUE = Thing(kind="bad", text="逾期2个工作日")
TODAY_DUE = Thing(kind="warn", text="今天到期")
SOON = Thing(kind="warn", text="剩2个工作日")
FINE = Thing(kind="ok", text="剩6个工作日")
OPEN_ENDED = Thing(kind="idle", text="不限期")


class Everything(FlaskForm):
    """One field of each kind."""

    title = StringField("标题", [DataRequired("请填写标题")])
    text = TextAreaField("进展情况", [DataRequired("请填写进展情况")])
    due_on = DateField("完成时限", [InputRequired("请填写完成时限")])
    starts_at = DateTimeLocalField("会议时间", [Optional()], format="%Y-%m-%dT%H:%M")
    lead = RadioField("牵头单位", [InputRequired("请选择牵头单位")], choices=[SelectChoice(str(n), name) for n, name in enumerate(UNITS)])
    helpers = SelectMultipleField(
        "配合单位",
        choices=[SelectChoice(str(n), name) for n, name in enumerate(UNITS)],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    kind = SelectField("种类", choices=[SelectChoice("regular", "例会"), SelectChoice("extra", "临时会议")])
    evidence = MultipleFileField("附件")
    told = BooleanField("已告知配合单位")


class Login(FlaskForm):
    """The fields of the sign-in page."""

    username = StringField("账号", [DataRequired("请填写账号")])
    password = PasswordField("密码", [DataRequired("请填写密码")])


def todo(count: int) -> list[Thing]:
    """``count`` rows of 我的待办, the first ten as drawn in the design."""
    drawn = [
        (OVERDUE, date(2026, 6, 16), "填报进展：在营学科类培训机构备案清单", "任务〔2026〕1-3·县联席会议", None),
        (Thing(kind="bad", text="逾期1个工作日"), date(2026, 6, 17), "受理或不予受理：培训机构停业不退费", "投诉 330726…0123", None),
        (TODAY_DUE, TODAY, "签收：投诉分派3件", "12315指挥中心", "签收"),
        (SOON, date(2026, 6, 22), "提交议题：2026年第2次联席会议", "县联席会议", None),
        (FINE, date(2026, 6, 29), "答复参会：2026年第2次联席会议（6月30日9:00）", "会议通知", "参加"),
        (Thing(kind="ok", text="剩8个工作日"), date(2026, 7, 1), "报送：二季度宣传情况", "信息报送", None),
        (OPEN_ENDED, None, "阅知：会议纪要第2期摘录", "〔2026〕2号", "已阅"),
    ]
    filler = [
        (
            Thing(kind="ok", text=f"剩{n + 9}个工作日"),
            date(2026, 7, 2) + timedelta(days=n),
            f"填报进展：预付卡清查第{n + 1}项",
            LONG_NAME,
            None,
        )
        for n in range(max(0, count - len(drawn)))
    ]
    return [
        Thing(id=n, light=light, due_on=due_on, title=title, source=source, act=act)
        for n, (light, due_on, title, source, act) in enumerate((drawn + filler)[:count])
    ]


def _frame() -> dict[str, Any]:
    """What the product gives every template."""
    labels = ["我的待办", "会议", "本单位任务", "本单位投诉", "信息报送", "示范单位", "成员单位", "资料库"]
    size = request.args.get("size", "standard")
    unit = None if "unitless" in request.args else LONG_NAME if "long" in request.args else "县教育局"
    return {
        "current_user": Thing(is_authenticated="anonymous" not in request.args, name="联络员甲", unit_name=unit),
        "menu": [Thing(label=label, url=f"/menu/{n}", current=n == 0, count=7 if n == 0 else None) for n, label in enumerate(labels)],
        "platform_name": "示例县消保联席会议平台",
        "reminders": 3,
        "type_size": size,
        "version": "0.1.0",
        "today": TODAY,
        "print_view": request.args.get("view") == "print",
        "printed": Thing(by="联络员甲", at=NOW, number="20260618-0007"),
    }


def _page(name: str) -> tuple[str, int]:
    """A gallery page; a posted form comes back with its errors."""
    form = Everything()
    if request.method == "POST":
        form.validate()
    elif "filled" in request.args:
        form.due_on.data, form.starts_at.data, form.lead.data = date(2026, 7, 9), datetime(2026, 6, 30, 9, 0), "1"  # noqa: DTZ001 (typed into a form)
    if "flash" in request.args:
        flash("已签收3件。最迟6月30日作出受理决定。")
        flash("任务〔2026〕1-3已逾期。", "warning")
        flash("该任务已由办公室戊于10:31销号，不能再报进展。", "error")
    rows = todo(int(request.args.get("rows", 10)))
    page = render_template(
        f"gallery/{name}.html",
        form=form,
        rows=rows,
        long_name=LONG_NAME,
        now=NOW,
        units=UNITS,
        Thing=Thing,
        lights=[OVERDUE, SOON, FINE, OPEN_ENDED],
    )
    return page, 422 if form.errors else 200


def _error(code: int) -> tuple[str, int]:
    """The page of an error, as the product's handler shows it."""
    told: dict[str, Any] = {}
    if "told" in request.args:
        conflict = Thing(mine="于10月底前完成。", theirs="于9月底前完成。") if code == 409 else None
        told = {"message": f"甲{code}", "number": "8F3K", "contact": "联席会议办公室 0000-0000000", "conflict": conflict}
    return render_template(f"errors/{code}.html", **told), code


def _stand_in(**_: Any) -> str:
    """An address the frame links to; nothing is shown there."""
    abort(404)


def create_app() -> Flask:
    """The gallery, with StrictUndefined so that a name a template forgets is an error and not a blank."""
    app = Flask("gallery", static_folder=str(ROOT / "coordination/static"), static_url_path="/static")
    app.config.update(SECRET_KEY="gallery", BOOTSTRAP_SERVE_LOCAL=True, WTF_I18N_ENABLED=False, TESTING=True)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent / "templates")])
    Bootstrap5(app)
    CSRFProtect(app)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    filters.register(app, today=lambda: TODAY)
    app.context_processor(_frame)
    for endpoint, path in ENDPOINTS.items():
        app.add_url_rule(path, endpoint, _stand_in, methods=["GET", "POST"])
    app.add_url_rule("/<path:anywhere>", "elsewhere", lambda anywhere: "")
    app.add_url_rule("/gallery/<name>", "gallery", _page, methods=["GET", "POST"])
    app.add_url_rule("/error/<int:code>", "error", _error)
    app.add_url_rule("/sign-in", "sign_in", lambda: render_template("accounts/login.html", form=Login()))
    app.add_url_rule("/whole-menu", "whole_menu", lambda: render_template("menu.html"))
    app.after_request(_guarded)
    return app


def _guarded(response: Any) -> Any:
    """Every answer carries the product's policy."""
    response.headers["Content-Security-Policy"] = CSP
    return response
