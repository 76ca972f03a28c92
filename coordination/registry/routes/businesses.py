"""更名, 迁址, and the end of a business. None of these forms can touch a status of a recognition."""

from flask import url_for
from sqlalchemy.orm import Session

from coordination import clock
from coordination.access import actor, requires
from coordination.permissions import Permission
from coordination.registry import businesses, forms, life, queries
from coordination.registry.actions import Action
from coordination.registry.routes.blueprint import Answer, Did, about, act_page, bp, database, opened
from models import LegalStatus


@bp.route("/<int:recognition_id>/business", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def change_business(recognition_id: int) -> Answer:
    """更名或迁址; whoever is second sees both texts."""
    recognition = opened(recognition_id, Action.CHANGE)
    business = recognition.business
    form = forms.ChangeBusiness(obj=business)

    def act(session: Session) -> Did:
        given = {name: form[name].data or "" for name in ("name", "address", "street", "phone")}
        businesses.change(session, actor=actor(), business_id=business.id, version=form.version.data, now=clock.now(), **given)
        return "已更改，公开名录同时更新。证书号和核验码不变。", url_for("registry.show", recognition_id=recognition_id)

    lines = (
        "公开名录、核验页同时更新；证书号、核验码和有效期不变",
        "原名称留存，可查曾用名",
        "原标牌所印的名称、地址不再相符，请重新下载标牌更换",
    )
    hints = {"name": "与变更后的营业执照一致", "address": "挂标牌的经营场所，写到门牌号", "phone": "不对外公开"}
    more = {"hints": hints, **about(recognition)}
    return act_page(form, act, title=f"更名或迁址：{business.name}", verb="保存更改", consequences=lines, **more)


@bp.route("/<int:recognition_id>/close", methods=["GET", "POST"])
@requires(Permission.REGISTRY_EDIT)
def close_business(recognition_id: int) -> Answer:
    """主体停业或注销."""
    recognition = opened(recognition_id, Action.CLOSE)
    business = recognition.business
    form = forms.CloseBusiness()

    def act(session: Session) -> Did:
        given = {"status": form.status.data, "remark": form.remark.data}
        life.close_business(session, actor=actor(), business_id=business.id, now=clock.now(), **given)
        gone = form.status.data != LegalStatus.OPEN
        return ("已登记，该主体的认定和申报同时退出。" if gone else "已登记。"), url_for("registry.show", recognition_id=recognition_id)

    held = [f"{one.category.name}（{one.status.label}）" for one in queries.live_recognitions(database(), business.id)]
    facts = [("经营主体", business.name), ("现状态", business.legal_status.label), ("现有认定和申报", "、".join(held) or "没有")]
    hints = {"remark": "如登记机关的注销登记、停业公告，或现场检查记录"}
    lines = (f"改为停业、注销的，其全部认定和申报（{len(held)}件）同时退出，并下达摘除标牌任务", "被吊销的，请登记失信信息")
    title = f"主体停业或注销：{business.name}"
    more = {"facts": facts, "consequences": lines, "hints": hints, "kind": "danger", **about(recognition)}
    return act_page(form, act, title=title, verb="登记主体状态", **more)
