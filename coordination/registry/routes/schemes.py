"""方案: schemes with their mark, categories, targets, and the grounds of removal."""

from io import BytesIO
from typing import Any

from flask import render_template, send_file, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import attachments, clock
from coordination.access import actor, requires
from coordination.forms import choices
from coordination.permissions import Actor, Permission, can, require
from coordination.registry import forms, queries, schemes
from coordination.registry.routes.blueprint import HOME, Answer, Did, act_page, bp, database, tabs
from coordination.registry.schemes import CategoryFacts
from models import Category, Ground, Mechanism, Rule, Scheme, Target, Unit
from models.errors import BadInput, NotFound
from models.text import clean_text

MARK_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
HINTS = {
    "title": "证书、标牌和公开名录上的称号，如放心消费示范单位、放心消费单位",
    "certificate_prefix": "如示放消，证书号为示放消2026-0001；两个方案不能相同",
    "code": "仅供导入和接口使用，建立后不变",
    "issuer": "证书落款；联席会议不刻章，一般为牵头部门或办公室",
    "subjects": "职责表中的事项，用顿号隔开；负有这些职责的成员单位在移出时收到协同惩戒事项",
    "notice_days": "不填的按时限规则",
    "validity_months": "不填的按时限规则",
    "recheck_months": "不填的按时限规则",
    "least_reviews": "不足此数的消费者评价不计均分",
    "unit_id": "不选为全县目标",
    "number": "到当年年底应有的家数",
    "basis": "如县联席会议放心消费行动方案及文号",
    "valid_from": "不填的，设立后即可申报",
    "valid_to": "到期后不再接受申报；已认定的到各自有效期止",
    "clause": "立即移出须有法律、行政法规、规章条款；其他的可写平台规则",
    "effect": "立即移出只用于官方名单、18位代码一致的信息",
}


@bp.get("/schemes", endpoint="schemes")
@requires(Permission.REGISTRY_READ)
def scheme_list() -> Answer:
    """方案 and 移出事由."""
    session, who = database(), actor()
    grounds = list(session.scalars(select(Ground).order_by(Ground.position, Ground.id)))
    bars = {rule.code: rule for rule in session.scalars(select(Rule).where(Rule.code.in_({g.bar_rule for g in grounds})))}
    return render_template(
        "registry/schemes.html",
        rows=queries.schemes(session, who),
        grounds=grounds,
        bars=bars,
        may_edit=can(who, Permission.REGISTRY_EDIT),
        subnav=tabs("schemes"),
    )


@bp.route("/schemes/new", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def new_scheme() -> Answer:
    """新设方案."""
    session, who = database(), actor()
    form = forms.SchemeFields()
    mechanisms = [m for m in session.scalars(select(Mechanism).order_by(Mechanism.id)) if can(who, Permission.REGISTRY_EDIT, m.scope)]
    form.mechanism_id.choices = choices((m.id, m.name) for m in mechanisms)

    def act(session: Session) -> Did:
        names = ("mechanism_id", "code", "name", "title", "certificate_prefix", "issuer", "valid_from", "valid_to")
        given = {name: form[name].data for name in names}
        made = schemes.create_scheme(session, actor=who, basis=form.basis.data or "", now=clock.now(), **given)
        return "方案已设立，请增加类别。", url_for("registry.scheme", scheme_id=made.id)

    home = url_for("registry.schemes")
    what = "方案设立后，再增加类别、起草并发布评分表，方可接受申报和认定。"
    return act_page(form, act, title="新设方案", verb="设立方案", what=what, hints=HINTS, back=home, crumbs=_crumbs())


@bp.get("/schemes/<int:scheme_id>")
@requires(Permission.REGISTRY_READ)
def scheme(scheme_id: int) -> Answer:
    """One scheme: its categories with targets and score sheets, its mark."""
    session, who, year = database(), actor(), clock.today().year
    found = queries.get_scheme(session, who, scheme_id)
    wanted = select(Target.category_id, Target.number).where(Target.year == year, Target.unit_id.is_(None))
    return render_template(
        "registry/scheme.html",
        scheme=found,
        targets={row.category_id: row.number for row in session.execute(wanted)},
        sheets={one.id: queries.score_sheet(session, one.id) for one in found.categories},
        year=year,
        may_edit=can(who, Permission.REGISTRY_EDIT, found.scope),
        crumbs=_crumbs(),
    )


@bp.route("/schemes/<int:scheme_id>/change", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def change_scheme(scheme_id: int) -> Answer:
    """更改方案."""
    found = _editable(scheme_id)
    form = forms.SchemeChange(obj=found)

    def act(session: Session) -> Did:
        given = {name: form[name].data for name in ("version", "name", "title", "issuer", "valid_from", "valid_to")}
        schemes.change_scheme(session, actor=actor(), scheme_id=scheme_id, basis=form.basis.data or "", now=clock.now(), **given)
        return "方案已更改。", url_for("registry.scheme", scheme_id=scheme_id)

    what = "公开名录、核验页和今后打印的证书、标牌随即用新的称号和发证单位。"
    kept = ("已认定单位的证书号、有效期、复查日期不变", "证书号前缀和代码已经使用，不能更改；需要换的，另设方案")
    more: dict[str, Any] = {"what": what, "consequences": kept, "hints": HINTS, **_about(found)}
    return act_page(form, act, title=f"更改方案：{found.name}", verb="保存方案", **more)


@bp.route("/schemes/<int:scheme_id>/mark", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def mark(scheme_id: int) -> Answer:
    """统一标识: the file the office has from the province."""
    found = _editable(scheme_id)
    form = forms.Mark()

    def act(session: Session) -> Did:
        sent, now = form.file.data, clock.now()
        stored = None
        if sent:
            content = sent.read()
            media_type = next((kind for start, kind in MARK_TYPES.items() if content.startswith(start)), "")
            if not media_type:
                raise BadInput("标识只接收PNG、JPG图片")
            name = (clean_text(sent.filename) or "标识")[-120:]
            stored = attachments.store(session, name=name, media_type=media_type, content=content, now=now)
        schemes.set_mark(session, actor=actor(), scheme_id=scheme_id, file=stored, now=now)
        return ("标识已更换。" if stored else "标识已撤下。"), url_for("registry.scheme", scheme_id=scheme_id)

    what = "印在证书、标牌上，并在公开名录显示。请用主管部门下发的统一标识原图；不选文件即撤下现有标识。"
    options = {"file": {"types": "PNG、JPG", "limit": "20MB"}}
    more: dict[str, Any] = {"what": what, "options": options, "files": True, **_about(found)}
    return act_page(form, act, title="更换统一标识", verb="更换标识", **more)


@bp.get("/schemes/<int:scheme_id>/mark.image")
@requires(Permission.REGISTRY_READ)
def mark_image(scheme_id: int) -> Response:
    """The mark as a picture."""
    found = queries.get_scheme(database(), actor(), scheme_id)
    if found.mark is None:
        raise NotFound("没有上传标识")
    return send_file(BytesIO(attachments.read(found.mark)), mimetype=found.mark.media_type, download_name=found.mark.name)


@bp.route("/schemes/<int:scheme_id>/categories/new", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def new_category(scheme_id: int) -> Answer:
    """增加类别."""
    found = _editable(scheme_id)
    form = forms.CategoryFields(is_open=True, least_reviews=5)
    return _category_page(form, found, None)


@bp.route("/categories/<int:category_id>", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def category(category_id: int) -> Answer:
    """更改类别."""
    found = _category(category_id)
    given = {"co_ids": [unit.id for unit in found.co_units], "subjects": "、".join(found.subjects)}
    names = ("name", "responsible_id", "excludes", "notice_days", "validity_months", "recheck_months", "least_reviews", "is_open")
    form = forms.CategoryFields(**given, version=found.version, **{name: getattr(found, name) for name in names})
    return _category_page(form, found.scheme, found)


def _category_page(form: forms.CategoryFields, scheme: Scheme, found: Category | None) -> Answer:
    units = _units()
    code = found.code if found is not None else ""
    if found is not None:
        del form.code
    form.responsible_id.offer(units)
    form.co_ids.choices = choices(units)
    form.excludes.choices = choices((one.id, one.name) for one in scheme.categories if one is not found)

    def act(session: Session) -> Did:
        names = ("name", "responsible_id", "notice_days", "validity_months", "recheck_months", "least_reviews", "is_open")
        subjects = tuple(part.strip() for part in (form.subjects.data or "").replace("，", "、").split("、") if part.strip())
        given = {name: form[name].data for name in names}
        given["code"] = code or form.code.data
        facts = CategoryFacts(co_ids=tuple(form.co_ids.data or ()), subjects=subjects, excludes=tuple(form.excludes.data or ()), **given)
        which = {"category_id": found.id, "version": form.version.data} if found is not None else {}
        schemes.save_category(session, actor=actor(), scheme_id=scheme.id, facts=facts, now=clock.now(), **which)
        return "类别已保存。", url_for("registry.scheme", scheme_id=scheme.id)

    columns = {"columns": True}
    more: dict[str, Any] = {"hints": HINTS, "options": {"co_ids": columns, "excludes": columns}, **_about(scheme)}
    return act_page(form, act, title=f"更改类别：{found.name}" if found else "增加类别", verb="保存类别", **more)


@bp.route("/categories/<int:category_id>/target", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def target(category_id: int) -> Answer:
    """年度目标."""
    found = _category(category_id)
    year = clock.today().year
    of_year = (Target.category_id == category_id, Target.year == year, Target.unit_id.is_(None))
    now_set = database().scalar(select(Target.number).where(*of_year))
    form = forms.TargetFields(year=year, number=now_set)
    form.unit_id.offer(_units(), "全县")

    def act(session: Session) -> Did:
        given = {"year": form.year.data, "number": form.number.data, "unit_id": form.unit_id.data}
        schemes.set_target(session, actor=actor(), category_id=category_id, now=clock.now(), **given)
        return f"{form.year.data}年目标已定为{form.number.data:,}家。", url_for("registry.scheme", scheme_id=found.scheme_id)

    set_to = f"{now_set:,}家" if now_set is not None else "未定"
    facts = [("责任单位", found.responsible.short_name), (f"{year}年全县目标", set_to)]
    lines = ("全县目标随即用于公开的创建进展，各单位目标只在平台内使用", "同一年度、同一单位再次保存的，以后一次为准")
    more: dict[str, Any] = {"facts": facts, "consequences": lines, "hints": HINTS, **_about(found.scheme)}
    return act_page(form, act, title=f"年度目标：{found.name}", verb="保存目标", **more)


@bp.route("/grounds/<int:ground_id>", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def ground(ground_id: int) -> Answer:
    """更改移出事由."""
    session = database()
    found = session.get(Ground, ground_id) if 0 < ground_id <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound("没有这项移出事由")
    form = forms.GroundFields(obj=found)
    bars = session.execute(select(Rule.code, Rule.title).where(Rule.code.startswith("BAR_")).distinct().order_by(Rule.code)).all()
    form.bar_rule.choices = choices([("", "不设再申报限制"), *((code, title) for code, title in bars)])

    def act(session: Session) -> Did:
        given = {name: form[name].data for name in ("name", "effect", "is_active", "version")}
        given |= {"clause": form.clause.data or "", "bar_rule": form.bar_rule.data or ""}
        schemes.change_ground(session, actor=actor(), ground_id=ground_id, now=clock.now(), **given)
        return "移出事由已更改，今后的移出按新的办理；已公示的移出不变。", url_for("registry.schemes")

    home = url_for("registry.schemes")
    return act_page(form, act, title=f"更改移出事由：{found.name}", verb="保存事由", hints=HINTS, back=home, crumbs=_crumbs())


# What these pages share


def _units() -> list[tuple[int, str]]:
    """(id, name) of the bureaus and others that may be responsible, in the order of the register."""
    session, today = database(), clock.today()
    found = session.scalars(select(Unit).order_by(Unit.position, Unit.id))
    return [(unit.id, unit.short_name) for unit in found if unit.stands(today) and unit.parent_id is None]


def _editable(scheme_id: int) -> Scheme:
    found = queries.get_scheme(database(), actor(), scheme_id)
    require(actor(), Permission.REGISTRY_EDIT, found.scope)
    return found


def _category(category_id: int) -> Category:
    """The category, if this person keeps its scheme."""
    found = queries.get_category(database(), category_id)
    _mine(actor(), found)
    return found


def _mine(who: Actor, found: Category) -> None:
    """NotFound for a category of a scheme this person cannot see; NotAllowed for one that is another office's."""
    queries.get_scheme(database(), who, found.scheme_id)
    require(who, Permission.REGISTRY_EDIT, found.scheme.scope)


def _about(found: Scheme) -> dict[str, Any]:
    here = url_for("registry.scheme", scheme_id=found.id)
    return {"crumbs": [*_crumbs(), (found.name, here)], "back": here}


def _crumbs() -> list[tuple[str, str]]:
    return [(HOME, url_for("registry.index")), ("方案", url_for("registry.schemes"))]
