"""A unit puts a business forward."""

from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.forms import choices
from coordination.members.queries import heirs
from coordination.permissions import Actor, Permission, can
from coordination.registry import applying, forms, queries
from coordination.registry.applying import Application
from coordination.registry.businesses import BusinessFacts
from coordination.registry.routes.blueprint import HOME, Answer, Did, act_page, bp, database
from models import Category, Unit
from models.errors import NotAllowed

HINTS = {
    "uscc": "营业执照上的18位代码，可带空格或全角",
    "name": "与营业执照一致；已登记的经营主体以登记名称为准",
    "address": "实际经营场所，将印在证书上并公开",
    "street": "公众按街道查询时使用",
}


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.REGISTRY_APPLY)
def new() -> Answer:
    """推荐申报."""
    who = actor()
    offered = may_apply_in(who)
    form = forms.Apply()
    form.category_id.choices = choices((c.id, f"{c.name}（{c.responsible.short_name}）") for c in offered)
    if request.method == "GET" and len(offered) == 1:
        form.category_id.data = offered[0].id

    def act(session: Session) -> Did:
        given = {name: form[name].data or "" for name in ("uscc", "name", "address", "street", "contact", "phone")}
        application = Application(form.category_id.data, BusinessFacts(**given), applying.DECLARATIONS)
        made = applying.apply_for(session, actor=who, application=application, unit_id=own_unit(who), now=clock.now())
        return f"已申报，请{made.category.responsible.short_name}审核。", url_for("registry.show", recognition_id=made.id)

    what = "经营者自愿申报、由本单位推荐。" + "；".join(applying.DECLARATIONS) + "。提交即表示经营者已作出以上承诺。"
    home = url_for("registry.index")
    more: dict[str, Any] = {"what": what, "hints": HINTS, "crumbs": [(HOME, home)], "back": home, "back_label": "返回，不申报"}
    return act_page(form, act, title="推荐申报", verb="提交申报", options={"category_id": {"columns": True}}, **more)


def may_apply_in(who: Actor) -> list[Category]:
    """The categories that take applications from this person's units."""
    found = queries.categories(database(), clock.today())
    return [category for category in found if can(who, Permission.REGISTRY_APPLY, category.scheme.scope)]


def own_unit(who: Actor) -> int:
    """The unit this person puts businesses forward for. NotAllowed for one who belongs to none."""
    if not who.unit_ids:
        raise NotAllowed("您的账号没有所属单位，不能推荐申报。需要请联系管理员")
    session, today = database(), clock.today()
    answering = heirs(session, today)
    mine = [id_ for id_ in sorted(who.unit_ids) if id_ not in answering and session.get_one(Unit, id_).stands(today)]
    return mine[0] if mine else min(who.unit_ids)
