"""Shared by benchmarks: a county whose registry holds any number of units on the list, written past the services for their number's sake.

Names are made of common words of shops, so that pairs of characters are as frequent as in life: a trade's pair (超市) is in every tenth
name, a shop's own (惠民) in every two hundredth.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.orm import Session
from stdnum.cn import uscc as code_standard

from coordination import clock, search
from models import AccessMark, Business, Category, Recognition
from models.access import renew
from models.business import initials
from models.registry import raise_list_version
from tests.registry.county import found_scheme
from tests.world import build_world

OWN = [f"{a}{b}" for a, b in product("惠金万启华新永德利福兴泰祥瑞", "民鼎家航联世和隆源康盛安顺丰")]
PLACES = [f"{a}{b}" for a, b in product("城江东西南北浦中", "关滨街门湖苑阳山")]
TRADES = ("超市", "书店", "百货", "餐厅", "药房", "家电", "服饰", "生鲜", "宾馆", "眼镜")
BUSINESS = "id, uscc, name, plain_name, initials, former_names, address, street, contact, phone, legal_status, version"
RECOGNITION = (
    "id, business_id, category_id, street, origin, declarations, applied_on, status, gate, reason,"
    " recognised_on, certificate_no, token, valid_until, next_check_on, version"
)
GRAMS = """
INSERT INTO search_gram (gram, business_id)
WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < 30), size(k) AS (SELECT 2 UNION ALL SELECT 3)
SELECT substr(plain_name, n, k), id FROM business JOIN place ON n < length(plain_name) JOIN size ON n + k <= length(plain_name) + 1
UNION SELECT substr(address, n, k), id FROM business JOIN place ON n < length(address) JOIN size ON n + k <= length(address) + 1
UNION SELECT substr(initials, n, k), id FROM business JOIN place ON n < length(initials) JOIN size ON n + k <= length(initials) + 1
ORDER BY 1, 2
"""


def fill(engine: Engine, number: int) -> None:
    """A county with ``number`` units on the list, in an empty database of our structure."""
    with Session(engine) as session:
        build_world(session)
        found_scheme(session)
        if session.get(AccessMark, 1) is None:
            renew(session)
        raise_list_version(session, clock.now())
        session.commit()
        categories = session.scalars(select(Category.id).order_by(Category.id)).all()
        first = (session.scalar(select(func.max(Business.id))) or 0) + 1
    with engine.begin() as connection:
        _load(connection, "business", BUSINESS, (_business(n) for n in range(first, first + number)))
        _load(connection, "recognition", RECOGNITION, (_recognition(n, categories, clock.today()) for n in range(first, first + number)))
        _load(connection, "search_text", "business_id, words", ((n, _words(n)) for n in range(first, first + number)))
        _grams(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))


def name_of(n: int) -> str:
    """The name of the n-th shop."""
    own, place, trade = OWN[n * 7 % len(OWN)], PLACES[n // 11 % len(PLACES)], TRADES[n // 3 % len(TRADES)]
    return f"{own}{trade}{place}{n}号店"


def token_of(n: int) -> str:
    """The token of the n-th shop's plaque."""
    return f"{n:032x}"


def _business(n: int) -> tuple[Any, ...]:
    name, place = name_of(n), PLACES[n // 11 % len(PLACES)]
    return (n, _code(n), name, name, _initials(n), "[]", f"{place}路{n % 999}号", f"{PLACES[n % 12]}街道", "", "", "open", 1)


def _code(n: int) -> str:
    body = f"91330726{n:09}"
    return body + code_standard.calc_check_digit(body)


def _initials(n: int) -> str:
    own, place, trade = OWN[n * 7 % len(OWN)], PLACES[n // 11 % len(PLACES)], TRADES[n // 3 % len(TRADES)]
    return f"{LETTERS[own]}{LETTERS[trade]}{LETTERS[place]}{n}hd"


LETTERS = {word: initials(word) for word in (*OWN, *PLACES, *TRADES)}


def _words(n: int) -> str:
    business = _business(n)
    return "\n".join((business[3], business[6], business[4]))


def _recognition(n: int, categories: Iterable[int], today: date) -> tuple[Any, ...]:
    start, end = (today - timedelta(days=n % 700 + 1)).isoformat(), (today + timedelta(days=n % 300 + 1)).isoformat()
    number, street = f"示放消2026-{n:07}", f"{PLACES[n % 12]}街道"
    category = list(categories)[n % 2]
    return (n, n, category, street, "import", "[]", start, "recognised", "", "", start, number, token_of(n), end, end, 1)


def _load(connection: Connection, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Write rows as fast as the database takes them."""
    raw: Any = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        with raw.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" for _ in columns.split(","))
        raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _grams(connection: Connection) -> None:
    """Every gram, as ``search.keep`` would have written it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL work_mem = '256MB'"))
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        connection.execute(text("ALTER TABLE search_gram DROP CONSTRAINT pk_search_gram"))
        connection.execute(text(GRAMS))
        connection.execute(text("ALTER TABLE search_gram ADD CONSTRAINT pk_search_gram PRIMARY KEY (gram, business_id)"))
    else:
        connection.exec_driver_sql("PRAGMA cache_size=-200000")
        connection.execute(text(GRAMS))


def check(engine: Engine) -> None:
    """RuntimeError unless the rows are what the services would have written, looked at for one shop."""
    with Session(engine) as session:
        unit = session.scalars(select(Recognition).order_by(Recognition.id.desc()).limit(1)).one()
        wanted = search.grams(search.words_of(unit.business))
        kept = set(session.scalars(text("SELECT gram FROM search_gram WHERE business_id = :id"), {"id": unit.business_id}))
    if kept != wanted:
        raise RuntimeError(f"the grams are not those of coordination/search.py: {sorted(kept ^ wanted)}")
