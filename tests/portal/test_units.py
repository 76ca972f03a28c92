"""What the public reads of the registry."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from coordination.permissions import SYSTEM
from coordination.registry import appeals, businesses, life, proposals
from coordination.transaction import transaction
from models import Category, Feedback, Recognition, TrustEvent
from tests.portal.county import LATER, LONG_NAME, MORNING, NAMES
from tests.registry.county import strike
from tests.statements import statements

UNKNOWN = "f" * 32


def rows(page):
    return re.findall(r'<th scope="row">(?:<a [^>]*>)?([^<]+)', page)


def test_the_list_shows_who_is_on_it_newest_first(visitor):
    page = visitor.get("/units").text
    assert rows(page) == [LONG_NAME, NAMES[3], NAMES[2], NAMES[1]]
    assert "放心消费示范单位名录" in page
    assert "在册4家" in page
    assert "整改中" in page


def test_an_empty_installation_says_what_will_be_here(app):
    client = app.test_client()
    assert "尚未开展示范单位创建" in client.get("/units").text
    for path in ("/units/removed", "/units/notice", "/units/progress", "/units/wall", "/apply", "/open/units.csv", "/feeds/removals.atom"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=惠民", [LONG_NAME, NAMES[1]]),
        ("q=hmcs", [NAMES[1]]),
        ("q=示放消2026-0002", [NAMES[2]]),
        ("q=示放消2026－0002", [NAMES[2]]),
        ("q=金鼎", []),
        ("q=示放消2026-0005", []),
        ("street=城关街道", [LONG_NAME, NAMES[3], NAMES[2], NAMES[1]]),
        ("street=城关街道&q=启航", [NAMES[2]]),
        ("street=没有街道", []),
        ("category=999", []),
        ("category=abc&after=zz&on=yesterday", [LONG_NAME, NAMES[3], NAMES[2], NAMES[1]]),
        ("after=99999999999999999999", [LONG_NAME, NAMES[3], NAMES[2], NAMES[1]]),
    ],
)
def test_filters_narrow_the_list_and_mangled_ones_do_nothing(visitor, query, names):
    assert rows(visitor.get(f"/units?{query}").text) == names


def test_a_single_character_is_refused_in_words_and_kept(visitor):
    answer = visitor.get("/units?q=惠")
    assert answer.status_code == 422
    assert "请至少输入2个字或字母再查" in answer.text
    assert 'value="惠"' in answer.text
    assert "<title>出错：" in answer.text


def test_three_days_have_three_answers(visitor, places, world):
    with transaction() as session:
        removal = appeals.queries.get_removal(session, 1)
        appeal = appeals.lodge(session, actor=SYSTEM, removal_id=removal.id, text="误列", contact="", now=MORNING)
        given = {"appeal_id": appeal.id, "version": appeal.version, "upheld": True, "answer": "确系误列", "now": MORNING}
        for reversed_one in session.query(TrustEvent):
            proposals.reverse(session, actor=SYSTEM, event_id=reversed_one.id, on=MORNING.date(), remark="撤销", now=MORNING)
        appeals.decide(session, actor=SYSTEM, **given)
    seen = {day: NAMES[5] in rows(visitor.get(f"/units?on={day}").text) for day in ("2026-07-04", "2026-07-05", "2026-07-06")}
    assert seen == {"2026-07-04": True, "2026-07-05": False, "2026-07-06": True}
    assert "列入严重违法失信名单" not in visitor.get("/units/removed").text


def test_a_day_to_come_is_refused_in_words(visitor):
    answer = visitor.get("/units?on=2027-07-01")
    assert answer.status_code == 422
    assert "2027年7月1日尚未到" in answer.text


def test_an_earlier_day_shows_the_names_of_that_day(visitor, places):
    with transaction() as session:
        unit = session.get(Recognition, places.shop)
        given = {"address": "新街1号", "street": "城关街道", "phone": "", "now": LATER}
        businesses.change(session, actor=SYSTEM, business_id=unit.business_id, version=unit.business.version, name="新惠民", **given)
    assert NAMES[1] in rows(visitor.get("/units?on=2026-07-01").text)
    assert "新惠民" in rows(visitor.get("/units").text)
    assert "曾用名称" in visitor.get(f"/units/{places.shop}").text


def test_a_unit_shows_its_certificate_promises_and_score_but_nobodys_phone(visitor, places):
    page = visitor.get(f"/units/{places.shop}").text
    for words in ("示放消2026-0001", "2029年6月29日", "七日内凭小票无理由退货", "4.0", "6人评价", "县市场监督管理局"):
        assert words in page
    assert "0579-1234567" not in page
    assert "张某" not in page
    assert places.token not in page


def test_too_few_reviews_give_no_score(visitor, places):
    assert "满5人后公布平均分" in visitor.get(f"/units/{places.mending}").text


def test_a_removed_unit_answers_with_its_tombstone_and_a_repaired_one_like_none(visitor, places):
    gone = visitor.get(f"/units/{places.removed}")
    assert gone.status_code == 410
    assert "列入严重违法失信名单" in gone.text
    assert "起方可再申报" in gone.text
    with transaction() as session:
        for one in session.query(TrustEvent):
            proposals.repair(session, actor=SYSTEM, event_id=one.id, on=LATER.date(), remark="信用修复", now=LATER)
    assert visitor.get(f"/units/{places.removed}").status_code == 404
    for path in (
        "/units/removed",
        "/",
        "/units/wall",
        "/open/removed.csv",
        "/open/removed.json",
        "/feeds/removals.atom",
        "/units/progress",
    ):
        assert "列入严重违法失信名单" not in visitor.get(path).text, path
    answer = visitor.get(f"/verify/{places.removed_token}").text
    assert "已不在名录" in answer
    assert "列入严重违法失信名单" not in answer


@pytest.mark.parametrize("unit_id", ["0", "999999999", "99999999999999999999"])
def test_a_guessed_id_is_none(visitor, unit_id):
    assert visitor.get(f"/units/{unit_id}").status_code == 404
    assert visitor.get(f"/units/{unit_id}/feedback").status_code == 404
    assert visitor.get(f"/units/notice/{unit_id}/objection").status_code == 404


def test_an_application_in_hand_is_nobodys_business(visitor, places):
    assert visitor.get(f"/units/{places.noticed}").status_code == 404
    assert visitor.get(f"/units/{places.noticed}/feedback").status_code == 404
    assert "新开张百货" not in visitor.get("/units").text
    assert "新开张百货" in visitor.get("/units/notice").text


@pytest.mark.parametrize(("which", "words"), [("token", "有效"), ("removed_token", "已移出名录")])
def test_a_plaque_answers_at_once_and_is_kept_nowhere(visitor, places, which, words):
    answer = visitor.get(f"/verify/{getattr(places, which)}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert words in answer.text
    assert "10:05:" in answer.text


@pytest.mark.parametrize("token", [UNKNOWN, "x", "%00", "' OR 1=1", "a" * 4000, "０" * 32])
def test_a_guessed_code_is_grey(visitor, token):
    answer = visitor.get(f"/verify/{token}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "查无此码" in answer.text
    assert "verdict-unknown" in answer.text


def test_a_unit_past_its_last_day_is_off_the_list_by_itself(visitor, places, session):
    with time_machine.travel(datetime(2029, 6, 30, 4, tzinfo=UTC)):
        assert rows(visitor.get("/units").text) == []
        assert "在册0家" in visitor.get("/units").text
        assert "有效期已满" in visitor.get(f"/verify/{places.token}").text


def test_progress_counts_against_the_target(visitor):
    page = visitor.get("/units/progress").text
    assert "4%" in page
    assert "100家" in page
    assert "未设" in page
    assert "列入严重违法失信名单" in page


def test_pages_follow_each_other_by_key(visitor, monkeypatch):
    monkeypatch.setattr("coordination.registry.public.PAGE", 30)
    first = visitor.get("/units?after=3").text
    assert rows(first) == [NAMES[2], NAMES[1]]
    assert "回到第一页" in first


def test_a_category_renamed_shows_at_once(visitor, session):
    tag = visitor.get("/units").headers["ETag"]
    from coordination.registry import schemes

    with transaction() as writing:
        shop = writing.query(Category).filter_by(code="shop").one()
        facts = schemes.CategoryFacts(code="shop", name="放心门店", responsible_id=shop.responsible_id)
        schemes.save_category(
            writing, actor=SYSTEM, scheme_id=shop.scheme_id, facts=facts, now=LATER, category_id=shop.id, version=shop.version
        )
    answer = visitor.get("/units", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "放心门店" in answer.text


CACHED = ("/", "/units", "/units?q=惠民", "/units/1", "/units/removed", "/units/notice", "/units/progress", "/units/wall", "/open")
FILES = (
    "/open/units.csv",
    "/open/units.json",
    "/open/removed.csv",
    "/open/removed.json",
    "/feeds/additions.atom",
    "/feeds/removals.atom",
)


@pytest.mark.parametrize("path", CACHED + FILES)
def test_a_copy_is_confirmed_until_the_list_changes_or_the_day(visitor, places, path):
    first = visitor.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in first.headers
    tag = {"If-None-Match": first.headers["ETag"]}
    again = visitor.get(path, headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    with transaction() as session:
        strike(session, 2, now=LATER, name=NAMES[2])
    changed = visitor.get(path, headers=tag)
    assert changed.status_code == 200
    tag = {"If-None-Match": changed.headers["ETag"]}
    assert visitor.get(path, headers=tag).status_code == 304
    if path != "/":  # the first page's tag is of its content
        with time_machine.travel(MORNING + timedelta(days=1)):
            assert visitor.get(path, headers=tag).status_code == 200


def test_an_unchanged_page_costs_one_row(visitor, session):
    tag = {"If-None-Match": visitor.get("/units").headers["ETag"]}
    with statements() as asked:
        assert visitor.get("/units", headers=tag).status_code == 304
    assert len(asked) == 1


def test_a_page_asks_no_more_when_the_list_is_longer(visitor, places, session):
    visitor.get("/units")
    with statements() as asked:
        visitor.get("/units")
    assert len(asked) <= 4, asked


def test_staff_see_the_same_list_and_nothing_of_it_is_kept(app, places, sign_in):
    answer = sign_in("office").get("/units")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_first_page_counts_and_names_the_newest_removal(visitor):
    page = visitor.get("/").text
    assert "<strong>4</strong>家示范单位在册" in page
    assert NAMES[5] in page


def test_a_withdrawn_unit_leaves_every_page(visitor, places):
    with transaction() as session:
        life.withdraw(session, actor=SYSTEM, recognition_id=places.shop, reason="自愿退出", now=LATER)
    for path in ("/units", "/units?q=惠民超市", "/open/units.csv", "/open/units.json", "/feeds/additions.atom", "/units/wall"):
        assert f"{NAMES[1]}<" not in visitor.get(path).text.replace(LONG_NAME, ""), path
    assert visitor.get(f"/units/{places.shop}").status_code == 404
    assert "自愿退出" not in visitor.get(f"/verify/{places.token}").text


def test_dates_are_days_in_china(visitor, places, session):
    session.execute(update(Recognition).where(Recognition.id == places.shop).values(valid_until=date(2026, 7, 6)))
    session.commit()
    with time_machine.travel(datetime(2026, 7, 6, 15, 59, 59, tzinfo=UTC)):
        assert visitor.get(f"/units/{places.shop}").status_code == 200
    with time_machine.travel(datetime(2026, 7, 6, 16, 0, 1, tzinfo=UTC)):
        assert visitor.get(f"/units/{places.shop}").status_code == 404
    assert session.query(Feedback).count() == 0
