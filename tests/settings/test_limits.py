"""A limit is never overwritten while it is in force: a new row takes over from a day on, under guard and on record."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination import audit
from coordination.settings import limits, queries
from coordination.settings.limits import Limit
from coordination.transaction import transaction
from models import AuditEntry, LimitUnit, Rule
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.world import NOW, TODAY


def told(session) -> str:
    """The newest sentence of the ledger."""
    return session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first().text


def change(actor, rule: Rule, limit: Limit, effective_from: date, version: int | None = None) -> Rule:
    with transaction() as session:
        return limits.change_rule(
            session,
            actor=actor,
            rule_id=rule.id,
            version=rule.version if version is None else version,
            limit=limit,
            effective_from=effective_from,
            now=NOW,
        )


FIVE_DAYS = Limit(5, LimitUnit.WORKING, "示政办〔2026〕8号", "县里提速")


def test_a_changed_limit_is_a_new_row_and_the_old_one_ends_the_day_before(session, office):
    old = queries.rule_in_force(session, "ACCEPT", TODAY)
    new = change(office, old, FIVE_DAYS, date(2026, 7, 1))
    assert (old.effective_to, new.effective_from, new.effective_to) == (date(2026, 6, 30), date(2026, 7, 1), None)
    assert queries.rule_in_force(session, "ACCEPT", date(2026, 6, 30)).words == "7个工作日"
    assert queries.rule_in_force(session, "ACCEPT", date(2026, 7, 1)).words == "5个工作日"
    assert told(session) == "时限规则“投诉受理决定并告知”自2026年7月1日起由7个工作日改为5个工作日（示政办〔2026〕8号）"
    assert [entry.action for entry in audit.history(session, new)] == ["rule:change"]


def test_a_change_inside_an_old_rows_time_ends_where_that_row_ended(session, office):
    old = session.scalars(select(Rule).where(Rule.code == "MEDIATE", Rule.effective_to.is_not(None))).one()
    new = change(office, old, FIVE_DAYS, date(2026, 1, 1))
    assert (old.effective_to, new.effective_to) == (date(2025, 12, 31), date(2026, 4, 14))
    assert queries.rule_in_force(session, "MEDIATE", TODAY).words == "60日"


def test_a_row_not_yet_in_force_is_changed_where_it_stands(session, office):
    coming = change(office, queries.rule_in_force(session, "ACCEPT", TODAY), FIVE_DAYS, date(2026, 7, 1))
    again = change(office, coming, Limit(6, LimitUnit.WORKING, "示政办〔2026〕9号"), date(2026, 7, 1))
    assert (again.id, again.limit, again.version) == (coming.id, 6, 2)


@pytest.mark.parametrize("day", [date(2026, 4, 15), date(2026, 4, 1)])
def test_a_change_cannot_start_before_what_it_changes(session, office, day):
    rule = queries.rule_in_force(session, "ACCEPT", TODAY)
    with pytest.raises(IllegalMove, match="新时限的生效日期须晚于原规则的生效日期（2026年4月15日）"):
        change(office, rule, FIVE_DAYS, day)


def test_a_row_that_has_ended_is_changed_in_the_one_after_it(session, office):
    old = session.scalars(select(Rule).where(Rule.code == "MEDIATE", Rule.effective_to.is_not(None))).one()
    with pytest.raises(IllegalMove, match="这条规则到2026年4月14日为止，请更改其后的一条"):
        change(office, old, FIVE_DAYS, TODAY)


def test_two_admins_do_not_overwrite_each_other(session, office):
    rule = queries.rule_in_force(session, "ACCEPT", TODAY)
    change(office, rule, FIVE_DAYS, date(2026, 7, 1))
    with pytest.raises(Conflict, match="他人刚刚把“投诉受理决定并告知”改为7个工作日，请看过再改"):
        change(office, rule, FIVE_DAYS, date(2026, 8, 1), version=1)


UNMEANT = [
    ("ACCEPT", Limit(-1, LimitUnit.WORKING, "x"), "时限不能为负数；只有督办各步可以填负数，表示到期之前"),
    ("ACCEPT", Limit(3651, LimitUnit.CALENDAR, "x"), "时限过长，最多3650"),
    ("ACCEPT", Limit(7, LimitUnit.WORKING, ""), "请写明依据的条款；没有法定依据的写“本县规定”及文号"),
]


def test_a_limit_nobody_can_mean_is_refused(session, office):
    for code, limit, reason in UNMEANT:
        with pytest.raises(BadInput) as refused:
            change(office, queries.rule_in_force(session, code, TODAY), limit, date(2026, 7, 1))
        assert refused.value.message == reason


def test_a_rung_of_the_ladder_may_lie_before_the_due_date(session, office):
    rule = change(office, queries.rule_in_force(session, "LADDER_REMIND", TODAY), Limit(-5, LimitUnit.WORKING, "本县规定"), TODAY)
    assert rule.words == "到期前5个工作日"


def add(actor, code: str, mechanism_id: int | None, day: date = TODAY) -> Rule:
    with transaction() as session:
        return limits.add_rule(session, actor=actor, code=code, mechanism_id=mechanism_id, limit=FIVE_DAYS, effective_from=day, now=NOW)


def test_a_mechanism_may_have_a_limit_of_its_own(session, world, office):
    sections = world.mechanisms["sections"].id
    rule = add(office, "TASK_ACCEPT", sections)
    assert queries.rule_in_force(session, "TASK_ACCEPT", TODAY, sections).id == rule.id
    assert queries.rule_in_force(session, "TASK_ACCEPT", TODAY, world.mechanisms["county"].id).words == "2个工作日"
    assert queries.rule_in_force(session, "TASK_ACCEPT", TODAY - timedelta(days=1), sections).words == "2个工作日"
    assert told(session) == "增加时限规则“任务签收”（股室联席会议）：5个工作日，自2026年6月18日起（示政办〔2026〕8号）"


def test_no_two_rows_hold_on_the_same_day(session, world, office):
    with pytest.raises(BadInput, match="自2024年1月1日起已有同类规则（2个工作日），请在该条上更改"):
        add(office, "TASK_ACCEPT", None)
    add(office, "TASK_ACCEPT", world.mechanisms["sections"].id, date(2026, 8, 1))
    with pytest.raises(BadInput, match="自2026年8月1日起已有同类规则"):
        add(office, "TASK_ACCEPT", world.mechanisms["sections"].id, TODAY)
    add(office, "INFORM", None)


def test_an_unknown_code_or_mechanism_is_refused(session, office):
    with pytest.raises(BadInput, match="没有这类时限规则"):
        add(office, "NO_SUCH", None)
    with pytest.raises(BadInput, match="没有这个机制"):
        add(office, "TASK_ACCEPT", 999)


def test_only_an_admin_changes_rules(session, world, office):
    rule = queries.rule_in_force(session, "ACCEPT", TODAY)
    for username in ("auditor", "office", "convenor", "head-JYJ"):
        with pytest.raises(NotAllowed):
            change(world.actor(session, username), rule, FIVE_DAYS, date(2026, 7, 1))
        with pytest.raises(NotAllowed):
            add(world.actor(session, username), "TASK_ACCEPT", None)


def test_rules_are_listed_by_what_they_limit_in_the_order_of_the_law(session, world, office):
    add(office, "TASK_ACCEPT", world.mechanisms["sections"].id)
    change(office, queries.rule_in_force(session, "ACCEPT", TODAY), FIVE_DAYS, date(2026, 7, 1))
    groups = queries.rule_groups(session, TODAY)
    assert [group.code for group in groups[:3]] == ["ACCEPT", "MEDIATE", "TERM_NOTICE"]
    assert [row.words for row in groups[0].rows] == ["5个工作日", "7个工作日", "7个工作日"]
    assert [row.effective_from for row in groups[0].coming] == [date(2026, 7, 1)]
    task = next(group for group in groups if group.code == "TASK_ACCEPT")
    assert (task.current.words, task.special) == ("2个工作日", 1)
    assert next(group for group in groups if group.code == "INFORM").current is None
    with pytest.raises(NotFound):
        queries.rule_groups(session, TODAY, "NO_SUCH")


@pytest.mark.parametrize("code", ["LADDER_REMIND", "LADDER_URGE", "LADDER_LETTER", "LADDER_TOP"])
@pytest.mark.parametrize("unit", LimitUnit)
def test_a_rung_of_the_ladder_counts_days_and_neither_months_nor_years(session, office, code, unit):
    rung = queries.rule_in_force(session, code, TODAY)
    if unit in {LimitUnit.WORKING, LimitUnit.CALENDAR}:
        assert change(office, rung, Limit(2, unit, "本县规定"), date(2026, 7, 1)).unit == unit
        return
    with pytest.raises(BadInput, match="督办各步按工作日或日计算，单位不能为月或年"):
        change(office, rung, Limit(2, unit, "本县规定"), date(2026, 7, 1))
