"""Score sheets (评分表): one version of a category's, drafting the next, publishing it."""

import re
import unicodedata
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.permissions import Permission, can, require
from coordination.registry import forms, queries, schemes
from coordination.registry.routes.blueprint import HOME, Answer, Did, act_page, bp, database
from coordination.registry.schemes import Part
from models import Category, ScoreSheet
from models.errors import BadInput, NotFound

MOST_ITEMS = 200
_ITEM = re.compile(r"(.+?)[\s,，:：|]+(\d{1,4})\s*分?")
_PART = re.compile(r"[#＃【\[]\s*(.+?)(?:[\s,，:：|]+最低\s*(\d{1,4})\s*分?)?\s*[】\]]?")
HINTS = {
    "lines": "每部分一行，以#开头，可写最低分，如：# 商品质量 最低20。其下每行一项，末尾写分值，如：进货查验记录齐全 15。可从表格粘贴",
    "minimum": "达到最低总分和各部分最低分，才算通过",
}


@bp.get("/sheets/<int:sheet_id>")
@requires(Permission.REGISTRY_READ)
def sheet(sheet_id: int) -> Answer:
    """One version as inspectors will see it, and the other versions of its category."""
    session, who = database(), actor()
    found = _sheet(sheet_id)
    others = select(ScoreSheet).where(ScoreSheet.category_id == found.category_id).order_by(ScoreSheet.serial.desc())
    return render_template(
        "registry/sheet.html",
        sheet=found,
        versions=list(session.scalars(others)),
        may_edit=can(who, Permission.REGISTRY_EDIT, found.category.scheme.scope),
        crumbs=_crumbs(found.category),
    )


@bp.route("/categories/<int:category_id>/sheet", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def new_sheet(category_id: int) -> Answer:
    """起草评分表: the next version, beginning from the newest."""
    session, who = database(), actor()
    category = queries.get_category(session, category_id)
    queries.get_scheme(session, who, category.scheme_id)
    require(who, Permission.REGISTRY_EDIT, category.scheme.scope)
    form = forms.SheetFields()
    last = queries.score_sheet(session, category_id)
    if request.method == "GET":
        form.title.data = f"{category.name}评分表"
        if last is not None:
            form.minimum.data, form.lines.data = last.minimum, as_text(last)

    def act(session: Session) -> Did:
        given = {"title": form.title.data, "minimum": form.minimum.data, "parts": read_parts(form.lines.data or "")}
        made = schemes.draft_sheet(session, actor=who, category_id=category_id, now=clock.now(), **given)
        return "评分表已起草，请核对后发布。", url_for("registry.sheet", sheet_id=made.id)

    what = "保存为草稿，核对后发布。发布后新的检查用新表，已做的检查仍按原表。"
    home = url_for("registry.scheme", scheme_id=category.scheme_id)
    more: dict[str, Any] = {"what": what, "hints": HINTS, "back": home, "crumbs": _crumbs(category)}
    return act_page(form, act, title=f"起草评分表：{category.name}", verb="保存草稿", **more)


@bp.route("/sheets/<int:sheet_id>/publish", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def publish_sheet(sheet_id: int) -> Answer:
    """发布评分表."""
    found = _sheet(sheet_id)
    require(actor(), Permission.REGISTRY_EDIT, found.category.scheme.scope)
    form = forms.Confirm()
    here = url_for("registry.sheet", sheet_id=sheet_id)

    def act(session: Session) -> Did:
        schemes.publish_sheet(session, actor=actor(), sheet_id=sheet_id, now=clock.now())
        return "评分表已发布，新的检查用这一版。", here

    lines = (f"{len(found.items)}项，满分{found.most}分，最低{found.minimum}分", "发布后不能更改，需要更改请另立新版", "已做的检查仍按原表")
    title = f"发布评分表：{found.category.name}第{found.serial}版"
    more: dict[str, Any] = {"consequences": lines, "back": here, "crumbs": _crumbs(found.category)}
    return act_page(form, act, title=title, verb="发布评分表", **more)


def read_parts(text: str) -> list[Part]:
    """A score sheet as it was written, one item a line under its part. BadInput names the line that cannot be read."""
    parts: list[Part] = []
    items: list[tuple[str, int]] = []
    for number, typed in enumerate(text.splitlines(), 1):
        line = unicodedata.normalize("NFKC", typed).strip()
        if not line:
            continue
        if line[0] in "#【[":
            heading = _PART.fullmatch(line)
            assert heading is not None
            items = []
            parts.append(Part(heading[1].strip(), int(heading[2] or 0), items))
            continue
        found = _ITEM.fullmatch(line)
        if found is None:
            raise BadInput(f"第{number}行“{line[:20]}”末尾没有分值，请写成：评分内容 10")
        if not parts:
            parts.append(Part("评分项", 0, items))
        items.append((found[1].strip(), int(found[2])))
    if not any(part.items for part in parts):
        raise BadInput("请至少写一个评分项")
    if sum(len(part.items) for part in parts) > MOST_ITEMS:
        raise BadInput(f"评分项最多{MOST_ITEMS}项")
    empty = next((part.name for part in parts if not part.items), None)
    if empty is not None:
        raise BadInput(f"“{empty}”下面还没有评分项")
    return parts


def as_text(sheet: ScoreSheet) -> str:
    """A score sheet as it is written."""
    lines = []
    for part in sheet.parts:
        lines.append(f"# {part.name}" + (f" 最低{part.minimum}" if part.minimum else ""))
        lines += [f"{item.text} {item.weight}" for item in part.items]
    return "\n".join(lines)


def _sheet(sheet_id: int) -> ScoreSheet:
    """The sheet, if this person may see its scheme."""
    session = database()
    found = session.get(ScoreSheet, sheet_id) if 0 < sheet_id <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound("没有这份评分表")
    queries.get_scheme(session, actor(), found.category.scheme_id)
    return found


def _crumbs(category: Category) -> list[tuple[str, str]]:
    return [
        (HOME, url_for("registry.index")),
        ("方案", url_for("registry.schemes")),
        (category.scheme.name, url_for("registry.scheme", scheme_id=category.scheme_id)),
    ]
