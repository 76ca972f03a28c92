"""The register of units: names, successors, seats and duties, guarded and kept."""

from datetime import date, timedelta

import pytest

from coordination import audit
from coordination.members import queries, seating, service
from coordination.permissions import OPERATOR
from models import TopRung, UnitKind
from models.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.world import NOW, TODAY

ONE_DAY = timedelta(days=1)


@pytest.fixture
def admin(session, world):
    return world.actor(session, "admin")


def make(session, code="NYJ", **more):
    given = {"name": f"示例县{code}局", "short_name": f"县{code}局", "kind": UnitKind.BUREAU, **more}
    return service.create_unit(session, actor=OPERATOR, code=code, now=NOW, **given)


def as_stored(unit, **changed):
    """The form of a unit as it stands, with some fields changed."""
    fields = ("name", "short_name", "kind", "parent_id", "phone", "valid_from")
    return {"unit_id": unit.id, "version": unit.version, "now": NOW, **{field: getattr(unit, field) for field in fields}, **changed}


def test_only_the_admin_keeps_the_register(session, world):
    for username in ("office", "convenor", "liaison-JYJ", "head-JYJ", "auditor"):
        with pytest.raises(NotAllowed):
            service.create_unit(
                session, actor=world.actor(session, username), code="XX", name="某局", short_name="某局", kind=UnitKind.BUREAU, now=NOW
            )


def test_a_new_unit_stands_last_and_its_entry_is_written_down(session, admin):
    unit = service.create_unit(
        session, actor=admin, code="nyj", name="示例县农业农村局", short_name="县农业农村局", kind=UnitKind.BUREAU, now=NOW
    )
    assert unit.code == "NYJ"
    assert queries.standing(session, TODAY)[-1] is unit
    assert audit.history(session, unit)[0].text == "新增单位：示例县农业农村局（NYJ）"


@pytest.mark.parametrize("code", ["", "局", "A", "A B", "A" * 33])
def test_a_code_is_short_and_plain(session, code):
    with pytest.raises(BadInput, match="代码由"):
        make(session, code, name="某局", short_name="某局")


def test_a_code_is_used_once_and_a_standing_name_too(session):
    make(session)
    with pytest.raises(BadInput, match="已用于示例县NYJ局"):
        make(session, "NYJ", name="另一局")
    with pytest.raises(BadInput, match="已有同名单位"):
        make(session, "NYJ2", name="示例县NYJ局")


def test_the_name_of_an_ended_unit_may_be_taken_by_a_new_one(session):
    old = make(session)
    service.end_unit(session, actor=OPERATOR, unit_id=old.id, version=old.version, valid_to=TODAY, successor_id=None, now=NOW)
    assert make(session, "NYJ2", name=old.name).name == old.name


def test_a_renamed_unit_keeps_its_former_names_and_is_found_by_them(session, world, admin):
    unit = world.units["JYJ"]
    service.edit_unit(session, actor=admin, **as_stored(unit, name="示例县教育和体育局", short_name="县教体局"))
    session.flush()
    assert unit.former_names == ["示例县教育局", "县教育局"]
    assert [found.code for found in queries.listed_units(session, words="县教育局").rows] == ["JYJ"]
    assert "名称由“示例县教育局”改为“示例县教育和体育局”" in audit.history(session, unit)[0].text


def test_a_second_editor_is_shown_both_texts(session, world, admin):
    unit = world.units["JYJ"]
    mine = as_stored(unit, phone="222")
    service.edit_unit(session, actor=admin, **as_stored(unit, phone="111"))
    with pytest.raises(Conflict) as refused:
        service.edit_unit(session, actor=admin, **mine)
    assert "电话：222" in refused.value.mine
    assert "电话：111" in refused.value.theirs
    assert refused.value.version == unit.version


def test_a_unit_cannot_be_placed_under_its_own_section(session, world, admin):
    with pytest.raises(BadInput, match="不能隶属于它自己的下级单位"):
        service.edit_unit(session, actor=admin, **as_stored(world.units["SCJG"], parent_id=world.units["XBG"].id))


def end(session, unit, heir, on=TODAY):
    return service.end_unit(
        session, actor=OPERATOR, unit_id=unit.id, version=unit.version, valid_to=on, successor_id=heir and heir.id, now=NOW
    )


def test_a_merged_unit_is_answered_for_by_its_successor_from_the_next_day(session, world):
    old, new = world.units["SWJ"], world.units["JYJ"]
    end(session, old, new)
    assert old.heir(TODAY) is old
    assert old.heir(TODAY + ONE_DAY) is new
    assert queries.heirs(session, TODAY + ONE_DAY) == {old.id: new}
    assert [unit.code for unit in world.mechanisms["county"].members(TODAY + ONE_DAY)] == ["SCJG", "JYJ", "WLJ", "GAJ"]


def test_successors_never_run_in_a_circle(session, world):
    a, b, c = (world.units[code] for code in ("SWJ", "JYJ", "WLJ"))
    end(session, a, b)
    end(session, b, c, TODAY + ONE_DAY)
    with pytest.raises(BadInput, match="不能再由它承接"):
        end(session, c, a, TODAY + 2 * ONE_DAY)
    with pytest.raises(BadInput, match="不能再由它承接"):
        end(session, c, c)


def test_a_successor_must_stand_when_it_takes_over(session, world):
    gone = make(session, "GONE")
    end(session, gone, None, TODAY - ONE_DAY)
    with pytest.raises(BadInput, match="不存续"):
        end(session, world.units["SWJ"], gone)


def test_an_end_entered_by_mistake_is_taken_back(session, world, admin):
    unit = world.units["SWJ"]
    end(session, unit, world.units["JYJ"])
    service.restore_unit(session, actor=admin, unit_id=unit.id, version=unit.version, now=NOW)
    assert (unit.valid_to, unit.successor, unit.heir(TODAY + ONE_DAY)) == (None, None, unit)
    with pytest.raises(BadInput, match="没有撤并"):
        service.restore_unit(session, actor=admin, unit_id=unit.id, version=unit.version, now=NOW)


def test_a_unit_does_not_end_before_it_began(session):
    unit = make(session, valid_from=TODAY)
    with pytest.raises(BadInput, match="不能早于存续起始"):
        end(session, unit, None, TODAY - ONE_DAY)


def enter(session, world, code, on, mechanism="county"):
    ids = {"mechanism_id": world.mechanisms[mechanism].id, "unit_id": world.units[code].id}
    return seating.enter(session, actor=OPERATOR, from_on=on, now=NOW, **ids)


def leave(session, seat, on):
    return seating.leave(session, actor=OPERATOR, membership_id=seat.id, version=seat.version, to_on=on, now=NOW)


def test_a_unit_sits_from_its_entry_to_its_exit_and_may_come_back(session, world):
    seat = enter(session, world, "XBG", TODAY)
    county = world.mechanisms["county"]
    assert world.units["XBG"] in county.members(TODAY)
    leave(session, seat, TODAY)
    assert world.units["XBG"] not in county.members(TODAY + ONE_DAY)
    enter(session, world, "XBG", TODAY + ONE_DAY)
    session.expire_all()
    assert world.units["XBG"] in county.members(TODAY + ONE_DAY)


def test_one_unit_never_sits_twice_at_once(session, world):
    with pytest.raises(BadInput, match="期间不能重复"):
        enter(session, world, "JYJ", TODAY)
    first = enter(session, world, "XBG", date(2026, 1, 1))
    leave(session, first, date(2026, 3, 31))
    with pytest.raises(BadInput, match="期间不能重复"):
        enter(session, world, "XBG", date(2026, 3, 31))
    enter(session, world, "XBG", date(2026, 4, 1))
    with pytest.raises(BadInput, match="期间不能重复"):
        leave(session, first, date(2026, 4, 1))


def test_a_unit_that_does_not_stand_cannot_enter(session, world):
    end(session, world.units["XBG"], None, TODAY)
    with pytest.raises(BadInput, match="不存续"):
        enter(session, world, "XBG", TODAY + ONE_DAY)


def test_a_seat_does_not_end_before_it_began(session, world):
    seat = enter(session, world, "XBG", TODAY)
    with pytest.raises(BadInput, match="不能早于加入日期"):
        leave(session, seat, TODAY - ONE_DAY)


def test_seats_are_put_in_the_order_officials_want(session, world):
    county = world.mechanisms["county"]
    third = next(seat for seat in county.memberships if seat.unit.code == "WLJ")
    for up in (True, True, True):  # once more than there is room: the first stays the first
        seating.move(session, actor=OPERATOR, membership_id=third.id, up=up, now=NOW)
    session.expire_all()
    assert [unit.code for unit in county.members(TODAY)] == ["WLJ", "SCJG", "JYJ", "SWJ", "GAJ"]


def test_a_mechanism_is_set_up_and_changed_with_its_history(session, world, admin):
    given = {
        "name": "示例县网络市场监管联席会议",
        "short_name": "网络联席会议",
        "issuer": "示例县市场监督管理局",
        "top_rung": TopRung.REPORT_UP,
    }
    ids = {"office_unit_id": world.units["SCJG"].id, "now": NOW}
    made = seating.create_mechanism(session, actor=admin, code="network", **given, **ids)
    given["short_name"] = "网监联席会议"
    seating.edit_mechanism(session, actor=admin, mechanism_id=made.id, version=made.version, **given, **ids)
    texts = [entry.text for entry in audit.history(session, made)]
    assert texts == ["简称由“网络联席会议”改为“网监联席会议”", "建立机制：示例县网络市场监管联席会议（network）"]
    with pytest.raises(BadInput, match="已经使用"):
        seating.create_mechanism(session, actor=admin, code="network", **given, **ids)


def test_what_is_not_in_the_register_is_not_found(session):
    for read in (queries.get_unit, queries.get_mechanism, queries.get_membership, queries.get_duty, queries.get_subject):
        with pytest.raises(NotFound):
            read(session, 999_999)


def test_a_long_list_turns_forth_and_back_without_loss(session):
    for number in range(120):
        make(session, f"T{number:03}")
    pages = [queries.listed_units(session, words="T")]
    while pages[-1].next:
        pages.append(queries.listed_units(session, words="T", after=pages[-1].next))
    codes = [unit.code for page in pages for unit in page.rows]
    assert [code for code in codes if code[0] == "T" and code[1:].isdigit()] == [f"T{number:03}" for number in range(120)]
    back = queries.listed_units(session, words="T", before=pages[-1].previous)
    assert [unit.id for unit in back.rows] == [unit.id for unit in pages[-2].rows]
    assert pages[0].previous is None


def test_the_people_of_a_merged_unit_answer_where_its_successor_sits(session, world):
    end(session, world.units["SWJ"], world.units["JYJ"], TODAY - ONE_DAY)
    seated = queries.seats(session, [world.mechanisms["county"]], TODAY)[world.mechanisms["county"].id]
    seat = next(seat for seat in seated if seat.unit.code == "JYJ")
    assert [unit.code for unit in seat.merged] == ["SWJ"]
    assert {person.username for person in seat.liaisons} == {"liaison-JYJ", "liaison-SWJ"}
    assert {person.username for person in seat.heads} == {"head-JYJ", "head-SWJ"}
