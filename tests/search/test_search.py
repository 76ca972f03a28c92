"""Businesses are found by two or more characters of what they are called, on both databases, and only those on the list."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from coordination import search
from coordination.registry import businesses, public
from coordination.transaction import transaction
from models import SearchGram, SearchText
from models.calendar import local_date
from tests.registry.conftest import categories, shop  # noqa: F401  fixtures
from tests.registry.county import RECOGNISED, recognise, strike

TODAY = local_date(RECOGNISED)
NAMES = {1: "惠民超市", 2: "惠农超市", 3: "ＫＦＣ示例餐厅（人民路店）", 4: "民惠书店", 5: "100%纯棉_店"}


@pytest.fixture
def street(session, shop):  # noqa: F811
    """Five shops on the list."""
    return {serial: recognise(session, shop, serial, name=name) for serial, name in NAMES.items()}


def found(session, typed, **more):
    page = public.listed(session, TODAY, public.Filter(text=search.read(typed)), **more)
    return [row.name for row in page.rows]


@pytest.mark.parametrize(
    ("typed", "serials"),
    [
        ("超市", [2, 1]),
        ("惠民", [1]),
        ("惠民超市", [1]),
        ("民超", [1]),
        ("惠民书", []),
        ("KFC", [3]),
        ("kfc示例", [3]),
        ("ｋｆｃ", [3]),
        ("（人民路店）", [3]),
        ("人民 路店", [3]),
        ("hmcs", [1]),
        ("HNCS", [2]),
        ("人民路4号", [4]),
        ("路", []),
        ("", [5, 4, 3, 2, 1]),
        ("0%纯", [5]),
        ("棉_店", [5]),
        ("惠%超", []),
        ("'; drop", []),
    ],
)
def test_a_keyword_finds_names_addresses_and_initials(session, street, typed, serials):
    assert found(session, typed) == [NAMES[serial] for serial in serials]


def test_a_removed_unit_is_not_found_in_the_very_transaction(session, street):
    assert found(session, "惠民") == [NAMES[1]]
    strike(session, 1, name=NAMES[1])
    assert found(session, "惠民") == []


def test_a_new_name_is_found_at_once_and_the_old_one_still(session, street, world):
    business = street[1].business
    given = {"name": "江滨百货", "address": "建设路2号", "street": "", "phone": "", "now": RECOGNISED + timedelta(days=1)}
    session.flush()
    businesses.change(session, actor=world.actor(session, "office"), business_id=business.id, version=business.version, **given)
    assert found(session, "江滨") == found(session, "惠民") == found(session, "建设路") == ["江滨百货"]
    assert found(session, "人民路1号") == []
    kept = set(session.scalars(select(SearchGram.gram).where(SearchGram.business_id == business.id)))
    assert kept == search.grams(session.get(SearchText, business.id).words)


def test_pages_of_what_is_found_follow_each_other_without_gap_or_twice(session, shop):  # noqa: F811
    for serial in range(1, 8):
        recognise(session, shop, serial, name=f"惠民超市{serial}分店")
    seen, after = [], None
    while True:
        page = public.listed(session, TODAY, public.Filter(text="惠民"), after=after, limit=3)
        seen += [row.name for row in page.rows]
        if (after := page.next) is None:
            break
    assert seen == [f"惠民超市{serial}分店" for serial in range(7, 0, -1)]


def test_a_rare_gram_is_looked_along_and_a_common_one_is_not(session, shop):  # noqa: F811
    for serial, name in enumerate(("金鼎百货一店", "金鼎百货二店", "金鼎百惠"), start=1):
        recognise(session, shop, serial, name=name)
    assert search.seek(session, "金鼎百惠").rarest == "鼎百惠"
    assert search.seek(session, "金鼎").rarest == "金鼎"
    assert search.seek(session, "金鼎鼎店") is None
    assert search.seek(session, "金") is None


def test_what_is_kept_goes_with_a_transaction_that_failed(session, shop):  # noqa: F811
    session.commit()
    with pytest.raises(ZeroDivisionError), transaction() as writing:
        recognise(writing, shop, 9, name="从未有过的店")
        raise ZeroDivisionError
    assert session.scalar(select(func.count()).select_from(SearchGram)) == 0


def test_the_lists_use_their_partial_indexes(session, street):
    """A database takes a partial index only for its very words; without them a page would read the whole table."""
    asked = []
    hear = lambda _c, _cursor, sql, given, *_: asked.append((sql, given))  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", hear)
    public.listed(session, TODAY, public.Filter())
    event.remove(session.get_bind(), "before_cursor_execute", hear)
    sql, given = asked[-1]
    if session.get_bind().dialect.name == "sqlite":
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all()
        assert any("ix_recognition_listed" in step[3] for step in plan), plan
