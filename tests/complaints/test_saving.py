"""A queue narrowed the same way every morning is kept under a name; nobody else sees it, and no words of a search are kept."""

import pytest
import time_machine
from sqlalchemy import select

from coordination.complaints import saving
from coordination.transaction import transaction
from models import SavedView
from models.errors import BadInput, NotFound
from tests.world import NOW


def keep(cases, who="router", name="临期举报", query="kind=report&light=near"):
    return cases.do(who, saving.keep, name=name, query=query)


def test_only_filters_are_kept_in_one_order_and_a_name_is_taken_once(cases):
    one = keep(cases, query="q=张三丰&light=near&after=2026-06-18.3&kind=report&place=")
    assert cases.session.get(SavedView, one).query == "kind=report&light=near"
    assert keep(cases, name=" 临期举报 ", query="view=returned") == one
    cases.session.expire_all()
    assert cases.session.get(SavedView, one).query == "view=returned"
    assert [view.id for view in saving.saved(cases.session, cases.actor("router"))] == [one]


def test_each_persons_own(cases):
    one = keep(cases)
    assert keep(cases, who="liaison-JYJ") != one
    with pytest.raises(NotFound):
        cases.do("liaison-JYJ", saving.drop, view_id=one)
    assert cases.do("router", saving.drop, view_id=one) == "临期举报"
    assert saving.saved(cases.session, cases.actor("router")) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "请填写视图名称"),
        ({"name": "长" * 21}, "最多20字"),
        ({"query": "q=面包"}, "没有筛选条件"),
        ({"query": ""}, "没有筛选条件"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(cases, change, words):
    with pytest.raises(BadInput, match=words):
        keep(cases, **change)


def test_no_more_than_fit_above_a_queue(cases):
    with transaction() as writing:
        mine = {"person_id": cases.world.people["router"].id, "query": "kind=report", "saved_at": NOW}
        writing.add_all(SavedView(name=f"视图{number}", **mine) for number in range(saving.MOST_VIEWS))
    with pytest.raises(BadInput, match="最多保存20个"):
        keep(cases)
    keep(cases, name="视图3")


def test_from_the_queue_to_a_view_and_back(app, cases, sign_in):
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(NOW, tick=False):
        router = sign_in("router")
        assert "保存为视图" not in router.get("/complaints").text
        assert "/complaints/views?kind=report&amp;light=near" in router.get("/complaints?kind=report&light=near").text
        page = router.get("/complaints/views?kind=report&light=near").text
        assert "筛选条件：举报，临期" in page
        assert router.post("/complaints/views", data={"name": "", "query": "kind=report"}).status_code == 422
        answer = router.post("/complaints/views", data={"name": "临期举报", "query": "kind=report&light=near"})
        assert answer.location == "/complaints?kind=report&light=near"
        assert 'href="/complaints?kind=report&amp;light=near">临期举报</a>' in router.get("/complaints").text
        assert "还没有视图" in sign_in("liaison-JYJ").get("/complaints/views").text
        view = cases.session.scalars(select(SavedView)).one()
        assert sign_in("liaison-JYJ").post(f"/complaints/views/{view.id}/drop").status_code == 404
        assert "已移除视图" in router.post(f"/complaints/views/{view.id}/drop", follow_redirects=True).text
