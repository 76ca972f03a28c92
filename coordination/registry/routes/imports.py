"""Tables taken in: upload → 核对 (what each line would do, and why not) → import, all of it or none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import attachments, checked, clock
from coordination.access import actor, requires
from coordination.forms import choices
from coordination.permissions import Permission
from coordination.registry import former, forms, importing, queries
from coordination.registry.importing import APPLICATIONS, EVENTS
from coordination.registry.routes.blueprint import HOME, Answer, bp, database
from coordination.registry.routes.intake import own_unit
from coordination.sheets import Column, Preview
from coordination.transaction import transaction
from models import Effect, EventSource
from models.errors import BadInput, NotFound, RuleBroken
from models.text import clean_text


@dataclass(frozen=True)
class Kind:
    """One kind of table: what the pages call it, its columns, and where it is sent."""

    title: str
    unit: str
    endpoint: str
    columns: dict[str, Column]
    what: str
    list_endpoint: str


KINDS = {
    "applications": Kind(
        "导入申报", "条申报", "import_applications", APPLICATIONS, "每行一个经营主体。导入后为待审核，由责任单位审核、检查。", "index"
    ),
    "former": Kind(
        "导入历史认定",
        "家",
        "import_former",
        former.FORMER,
        "平台启用前已认定、仍在有效期内的单位。导入后立即列入公开名录，沿用原证书号；可下载带核验码的新标牌。",
        "index",
    ),
    "events": Kind(
        "导入失信信息",
        "条失信信息",
        "import_events",
        EVENTS,
        "异常名录、严重违法失信名单、失信被执行人、行政处罚等。法定事由且18位代码一致的，导入即移出名录；其他的提出移出建议。",
        "events",
    ),
}


@bp.route("/import/applications", methods=["GET", "POST"])
@requires(Permission.REGISTRY_APPLY)
def import_applications() -> Answer:
    """导入申报: the upload, then what it would do."""
    return _upload("applications", forms.Table(), lambda session, content: importing.preview_applications(session, **_by(content)))


@bp.post("/import/applications/confirmed")
@requires(Permission.REGISTRY_APPLY)
def applications_confirmed() -> Answer:
    """Take them in."""
    unit_id = own_unit(actor()) if actor().unit_ids else None
    return _take("applications", lambda session, content, _: importing.import_applications(session, unit_id=unit_id, **_by(content)))


@bp.route("/import/former", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def import_former() -> Answer:
    """导入历史认定: the upload, then what it would do."""
    return _upload("former", forms.Table(), lambda session, content: former.preview_former(session, **_by(content)))


@bp.post("/import/former/confirmed")
@requires(Permission.REGISTRY_EDIT)
def former_confirmed() -> Answer:
    """Take them in: they are on the public list at once."""
    return _take("former", lambda session, content, _: former.import_former(session, **_by(content)))


@bp.route("/events/import", methods=["GET", "POST"])
@requires(Permission.TRUST_WRITE)
def import_events() -> Answer:
    """导入失信信息: the upload, then which are new and which units would leave the list."""
    form = forms.EventTable()
    form.ground.choices = choices([("", "请选择"), *((ground.code, ground.name) for ground in queries.grounds(database()))])
    facts = lambda: {"ground": form.ground.data, "authority": form.authority.data or "", "source": form.source.data}  # noqa: E731
    return _upload("events", form, lambda session, content: importing.preview_events(session, **_by(content), **facts()), facts)


@bp.post("/events/import/confirmed")
@requires(Permission.TRUST_WRITE)
def events_confirmed() -> Answer:
    """Take them in: what must go is gone then."""

    return _take("events", lambda session, content, form: importing.import_events(session, **_by(content), **_event_facts(form)))


def _event_facts(form: forms.Checked) -> dict[str, Any]:
    """What the upload said of the whole list."""
    source = next((one for one in EventSource if one.value == form.source.data), None)
    if source is None:
        raise BadInput("来源不明，请重新上传")
    return {"ground": form.ground.data or "", "authority": clean_text(form.authority.data) or "", "source": source}


@bp.get("/import/<string:kind>.xlsx")
@requires(Permission.REGISTRY_READ)
def table_template(kind: str) -> Response:
    """An empty table with the columns of this kind."""
    if kind not in KINDS:
        raise NotFound("没有这种表格")
    return checked.blank(KINDS[kind].title, KINDS[kind].columns)


@bp.post("/import/applications/refused.xlsx")
@requires(Permission.REGISTRY_APPLY)
def applications_refused() -> Answer:
    """不能导入的行, each with its reason."""
    return _refused("applications", lambda content, _: importing.preview_applications(database(), **_by(content)))


@bp.post("/import/former/refused.xlsx")
@requires(Permission.REGISTRY_EDIT)
def former_refused() -> Answer:
    """不能导入的行, each with its reason."""
    return _refused("former", lambda content, _: former.preview_former(database(), **_by(content)))


@bp.post("/events/import/refused.xlsx")
@requires(Permission.TRUST_WRITE)
def events_refused() -> Answer:
    """不能导入的行, each with its reason."""
    return _refused("events", lambda content, form: importing.preview_events(database(), **_by(content), **_event_facts(form)))


def _refused(name: str, look: Callable[[bytes, forms.Checked], Preview]) -> Answer:
    form = forms.Checked()
    content = checked.kept(form) if form.validate_on_submit() else None
    return _gone(name) if content is None else checked.refused_rows(content, KINDS[name].columns, look(content, form))


def _by(content: bytes) -> dict[str, Any]:
    """Who brings which table when."""
    return {"actor": actor(), "content": content, "now": clock.now()}


def _upload(
    name: str, form: forms.Table, look: Callable[[Session, bytes], Preview], facts: Callable[[], dict[str, Any]] | None = None
) -> Answer:
    """The upload page; a table that can be read is shown on the page 核对, and nothing is written but its bytes."""
    kind = KINDS[name]
    if form.validate_on_submit():
        content = form.file.data.read()
        try:
            preview = look(database(), content)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
        else:
            return _review(name, preview, content, facts() if facts else {})
    names = [column.names[0] + ("" if column.required else "（可空）") for column in kind.columns.values()]
    page = render_template("registry/import.html", form=form, kind=kind, name=name, columns=names, crumbs=_crumbs(name))
    return page, 422 if form.errors else 200


def _review(name: str, preview: Preview, content: bytes, facts: dict[str, Any]) -> Answer:
    form = forms.Checked(formdata=None, data={**checked.set_aside(content, clock.now()), **facts})
    kind = KINDS[name]
    lines = checked.lines(preview)
    at_once = bool(facts) and _at_once(facts["ground"], facts["source"])
    more = {
        "removes": list(dict.fromkeys(preview.removes)),
        "at_once": at_once,
        "rows": lines[: checked.SHOWN],
        "unshown": max(0, len(lines) - checked.SHOWN),
    }
    action = url_for(f"registry.{name}_confirmed")
    more["refused_action"] = url_for(f"registry.{name}_refused")
    return render_template(
        "registry/review.html",
        form=form,
        kind=kind,
        preview=preview,
        action=action,
        crumbs=_crumbs(name, upload=True),
        refused=None,
        **more,
    )


def _at_once(ground: str, source: EventSource) -> bool:
    """Would these events remove without a person's judgement?"""
    return source == EventSource.OFFICIAL_LIST and queries.get_ground(database(), ground).effect == Effect.AT_ONCE


def _take(name: str, act: Callable[[Session, bytes, forms.Checked], Iterable[Any]]) -> Answer:
    """Import the table that was looked at; BadInput leaves everything as it was and says why."""
    form, kind = forms.Checked(), KINDS[name]
    content = checked.kept(form) if form.validate_on_submit() else None
    if content is None:
        return _gone(name)
    try:
        with transaction() as session:
            taken = len(list(act(session, content, form)))
    except RuleBroken as refused:
        if refused.status != 422:
            raise
        page = render_template(
            "registry/review.html", form=form, kind=kind, preview=None, rows=(), unshown=0, removes=(), at_once=False, action="",
            refused=refused.message, crumbs=_crumbs(name, upload=True),
        )  # fmt: skip
        return page, 422
    attachments.drop_aside(form.digest.data)
    flash(f"已导入{taken:,}{kind.unit}。" if taken else "表中都是已有的，没有导入新的。")
    return redirect(url_for(f"registry.{kind.list_endpoint}"))


def _gone(name: str) -> Answer:
    flash("表格已不在，请重新上传核对。", "warning")
    return redirect(url_for(f"registry.{KINDS[name].endpoint}"))


def _crumbs(name: str, upload: bool = False) -> list[tuple[str, str]]:
    kind = KINDS[name]
    found = [(HOME, url_for("registry.index"))]
    if name == "events":
        found.append(("失信信息", url_for("registry.events")))
    return [*found, (kind.title, url_for(f"registry.{kind.endpoint}"))] if upload else found
