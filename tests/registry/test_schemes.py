"""Schemes are data of the office: what they are called may change, what units were given under them stays."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from coordination.demo.registry_schemes import mark_png
from coordination.registry import public
from models import AuditEntry, Recognition, Scheme
from models.base import db
from tests.registry.county import RECOGNISED, recognise
from tests.registry.pages import hidden, main, on

pytestmark = pytest.mark.usefixtures("no_tokens")

LATER = RECOGNISED + timedelta(days=1)


def scheme_of() -> Scheme:
    """The scheme as it stands now."""
    db.session.rollback()
    return db.session.scalars(select(Scheme).execution_options(populate_existing=True)).one()


def test_a_scheme_is_changed_by_its_office_and_its_units_keep_what_they_were_given(session, made, sign_in, app):
    id_ = made(recognise, 1)
    scheme_id, before = scheme_of().id, public.version(db.session())
    path = f"/registry/schemes/{scheme_id}/change"
    given = ("certificate_no", "token", "recognised_on", "valid_until", "next_check_on")
    kept = [getattr(db.session.get_one(Recognition, id_), name) for name in given]
    with on(LATER):
        assert sign_in("liaison-SCJG").get(path).status_code == 403
        office = sign_in("office")
        page = office.get(path)
        assert "证书号前缀和代码已经使用，不能更改" in main(page)
        new = {
            "name": "放心消费单位创建",
            "title": "放心消费单位",
            "issuer": "示例县市场监督管理局",
            "basis": "",
            "valid_from": "2024-01-01",
        }
        done = office.post(path, data={**hidden(page), **new, "valid_to": "2030-12-31", "certificate_prefix": "别"}, follow_redirects=True)
        assert "方案已更改" in main(done)
        assert "放心消费单位（放心商店）" in main(app.test_client().get(f"/units/{id_}"))
        late = office.post(path, data={**hidden(page), **new}, follow_redirects=True)
        assert (late.status_code, "他人" in main(late)) == (409, True)
        wrong = office.post(path, data={**hidden(office.get(path)), **new, "valid_to": "2023-12-31"})
        assert (wrong.status_code, "废止日期不能早于施行日期（2024年1月1日）" in main(wrong)) == (422, True)
    scheme = scheme_of()
    assert (scheme.title, scheme.certificate_prefix) == ("放心消费单位", "示放消")
    assert [getattr(db.session.get_one(Recognition, id_), name) for name in given] == kept
    assert public.version(db.session()) > before
    said = db.session.scalars(select(AuditEntry.text).where(AuditEntry.action == "scheme:change")).one()
    assert "称号由“放心消费示范单位”改为“放心消费单位”" in said
    assert "废止日期由“无”改为“2030年12月31日”" in said


def test_new_days_of_a_category_hold_for_new_units_only(session, made, shop, sign_in):
    old = made(recognise, 1)
    valid_until = db.session.get_one(Recognition, old).valid_until
    path = f"/registry/categories/{shop.id}"
    with on(RECOGNISED):
        office = sign_in("office")
        days = {"notice_days": "3", "validity_months": "12", "recheck_months": "6", "least_reviews": "3", "is_open": "y"}
        form = {**hidden(office.get(path)), "name": "放心商店", "responsible_id": str(shop.responsible_id), **days}
        assert "类别已保存" in main(office.post(path, data=form, follow_redirects=True))
    new = made(recognise, 2, now=LATER)
    db.session.rollback()
    fresh = db.session.get_one(Recognition, new)
    assert db.session.get_one(Recognition, old).valid_until == valid_until
    assert (fresh.valid_until - fresh.recognised_on).days == 365


def test_the_mark_is_shown_on_the_public_pages_and_leaves_them_when_it_is_taken_down(session, made, sign_in, app):
    id_ = made(recognise, 1)
    scheme_id, token = scheme_of().id, db.session.get_one(Recognition, id_).token
    places = (f"/units/{id_}", f"/verify/{token}")
    with on(LATER):
        office, visitor = sign_in("office"), app.test_client()
        assert visitor.get(f"/marks/{scheme_id}").status_code == 404
        assert all("unified-mark" not in visitor.get(place).get_data(as_text=True) for place in places)
        sent = {"file": (BytesIO(mark_png()), "../标识.png")}
        office.post(f"/registry/schemes/{scheme_id}/mark", data=sent, content_type="multipart/form-data")
        assert all(f'src="/marks/{scheme_id}"' in visitor.get(place).get_data(as_text=True) for place in places)
        shown = visitor.get(f"/marks/{scheme_id}")
        assert (shown.data, shown.mimetype, shown.headers["Cache-Control"]) == (mark_png(), "image/png", "no-cache")
        again = visitor.get(f"/marks/{scheme_id}", headers={"If-None-Match": shown.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        for other in ("999999", "99999999999999999999", "../../county.sqlite3", "..%2f..%2fcounty.sqlite3", "0"):
            assert visitor.get(f"/marks/{other}").status_code == 404
        office.post(f"/registry/schemes/{scheme_id}/mark", data={})
        assert visitor.get(f"/marks/{scheme_id}").status_code == 404
        assert all("unified-mark" not in visitor.get(place).get_data(as_text=True) for place in places)
