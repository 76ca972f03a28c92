"""Defaults come in once and leave alone what an office changed; calendars, rules and settings change under guard and on record."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from coordination import audit
from coordination.settings import arrangement, limits, queries, service
from coordination.settings.arrangement import BadArrangement
from coordination.settings.defaults import CALENDARS, RULES, days_of
from coordination.settings.limits import Limit
from coordination.transaction import transaction
from models import AuditEntry, AuditHead, CalendarDay, CalendarYear, LimitUnit, Rule, Setting
from models.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.world import NOW

TODAY = date(2026, 6, 18)


def told(session) -> str:
    """The newest sentence of the ledger."""
    return session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first().text


# Defaults


def test_defaults_come_in_once(session):
    with transaction() as writing:
        writing.delete(writing.get(AuditHead, 1))
        writing.delete(writing.get(CalendarYear, 2024))
    with transaction() as writing:
        assert service.load_defaults(writing, NOW) == 1 + len(RULES)
    with transaction() as writing:
        assert service.load_defaults(writing, NOW) == 0
    assert session.get(CalendarYear, 2024).days[0].name == "元旦"
    assert session.scalar(select(func.count(Rule.id))) == len(RULES)
    assert session.scalar(select(func.count(AuditEntry.number))) == 1
    assert audit.verify(session) == (1, None)


def test_defaults_never_overwrite_what_an_office_changed(session, office):
    rule = queries.rule_in_force(session, "TASK_ACCEPT", TODAY)
    with transaction() as writing:
        limits.change_rule(
            writing,
            actor=office,
            rule_id=rule.id,
            version=1,
            limit=Limit(4, LimitUnit.WORKING, "本县规定"),
            effective_from=TODAY,
            now=NOW,
        )
    days = len(queries.get_year(session, 2026).days)
    with transaction() as writing:
        assert service.load_defaults(writing, NOW) == 0
    assert queries.rule_in_force(session, "TASK_ACCEPT", TODAY).limit == 4
    assert len(queries.get_year(session, 2026).days) == days


IN_FORCE = [
    ("MEDIATE", date(2026, 4, 14), 45, "working", "总局令第20号第二十一条"),
    ("MEDIATE", date(2026, 4, 15), 60, "calendar", "总局令第121号第二十三条"),
    ("ACCEPT", date(2026, 4, 15), 7, "working", "总局令第121号第十五条"),
    ("INFORM", date(2026, 4, 14), 5, "working", "总局令第20号第三十一条"),
    ("REPORT", date(2026, 4, 14), 15, "working", "市场监督管理行政处罚程序规定第十八条"),
    ("CASE", TODAY, 90, "calendar", "市场监督管理行政处罚程序规定第六十四条"),
    ("CLAIM", TODAY, 3, "year", "总局令第121号第十六条第四项"),
    ("DEPARTMENT_MEDIATE", date(2024, 7, 1), 60, "calendar", "消费者权益保护法实施条例第四十六条"),
    ("LADDER_REMIND", TODAY, -3, "working", "平台默认，可修改"),
    ("LADDER_TOP", TODAY, 6, "working", "平台默认，可修改"),
]


def test_the_limit_is_that_of_the_day_the_clock_starts(session, office):
    found = []
    for code, on, *_ in IN_FORCE:
        rule = queries.rule_in_force(session, code, on)
        found.append((code, on, rule.limit, rule.unit.value, rule.clause))
    assert found == IN_FORCE


def test_a_limit_that_was_repealed_is_not_found(session, office):
    with pytest.raises(NotFound, match="没有生效的时限规则"):
        queries.rule_in_force(session, "INFORM", date(2026, 4, 15))


# The working calendar


def arranged(year: int, *days: tuple[str, str, bool], papers: tuple[str, ...] = ("https://www.gov.cn/notice",)) -> str:
    """An arrangement as a file."""
    listed = [{"name": name, "date": day, "isOffDay": off} for day, name, off in days]
    return json.dumps({"year": year, "papers": list(papers), "days": listed}, ensure_ascii=False)


NEW_YEAR = ("2027-01-01", "元旦", True)
FESTIVAL = ("2027-02-06", "春节", True)


def load(actor, content: str, seen: int = 0) -> None:
    with transaction() as session:
        service.import_calendar(session, actor=actor, content=content, seen_revision=seen, now=NOW)


def test_a_year_is_imported_and_can_be_counted_with(session, office):
    load(office, arranged(2027, NEW_YEAR, ("2027-01-03", "元旦", False)))
    year = queries.get_year(session, 2027)
    assert (year.revision, year.source, len(year.days)) == (1, "https://www.gov.cn/notice", 2)
    calendar = queries.calendar(session)
    assert calendar.shift(date(2026, 12, 31), 1) == date(2027, 1, 3)
    assert calendar.version.endswith("2027年第1版")
    assert told(session) == "导入2027年工作日历（第1版）：放假1日，调休上班1日"


def test_a_newer_file_raises_the_revision_and_changes_only_what_differs(session, office):
    load(office, arranged(2027, NEW_YEAR, FESTIVAL))
    load(office, arranged(2027, NEW_YEAR, ("2027-02-07", "春节", True), ("2027-02-20", "春节", False)), seen=1)
    year = queries.get_year(session, 2027)
    assert year.revision == 2
    assert [(str(day.day), day.is_off) for day in year.days] == [("2027-01-01", True), ("2027-02-07", True), ("2027-02-20", False)]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert entry.facts == {"days": ["2027-02-06", "2027-02-07", "2027-02-20"]}


def test_the_same_file_again_is_refused(session, office):
    load(office, arranged(2027, NEW_YEAR))
    with pytest.raises(BadArrangement, match="与现有的2027年工作日历相同，不必导入"):
        load(office, arranged(2027, NEW_YEAR), seen=1)


def test_who_compared_with_an_older_revision_is_told(session, office):
    load(office, arranged(2027, NEW_YEAR))
    with pytest.raises(Conflict, match="他人刚刚导入过2027年工作日历"):
        load(office, arranged(2027, NEW_YEAR, FESTIVAL), seen=0)


def test_the_next_years_notice_may_set_days_of_december_but_not_contradict(session, office):
    load(office, arranged(2027, ("2026-12-31", "元旦", True), NEW_YEAR))
    assert not queries.calendar(session).is_working(date(2026, 12, 31))
    with transaction() as writing:
        writing.add(CalendarDay(day=date(2027, 12, 31), year=2027, is_off=False, name="x"))
    with pytest.raises(BadArrangement, match="2027-12-31与2027年安排不一致"):
        load(office, arranged(2028, ("2027-12-31", "元旦", True), ("2028-01-01", "元旦", True)))
    assert session.get(CalendarYear, 2028) is None


def test_only_an_admin_imports(session, world, office):
    for username in ("auditor", "office", "convenor", "liaison-JYJ"):
        with pytest.raises(NotAllowed):
            load(world.actor(session, username), arranged(2027, NEW_YEAR))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "文件不是UTF-8编码的JSON，请用规定格式的文件"),
        ("{", "文件不是UTF-8编码的JSON，请用规定格式的文件"),
        ("[" * 100_000, "文件不是UTF-8编码的JSON，请用规定格式的文件"),
        ("[]", "文件内容应为含year和days的JSON对象"),
        ("{}", "year应为四位年份，如2027"),
        ('{"year": true, "days": []}', "year应为四位年份，如2027"),
        ('{"year": "2027", "days": []}', "year应为四位年份，如2027"),
        ('{"year": 2027, "days": []}', "days为空：2027年的安排可能尚未公布，不能导入"),
        ('{"year": 2027, "days": ["2027-01-01"]}', "第1条：应为含name、date、isOffDay的对象"),
        (arranged(2027, NEW_YEAR, NEW_YEAR), "第2条：2027-01-01重复"),
        (arranged(2027, ("2026-01-01", "元旦", True)), "第1条：2026-01-01不在2027年"),
        (arranged(2027, ("2027-02-30", "春节", True)), "第1条：date应为2027-01-01这样的日期"),
        (arranged(2027, ("20270101", "元旦", True)), "第1条：date应为2027-01-01这样的日期"),
        (arranged(2027, ("2027-01-04", "元旦", False)), "第1条：2027-01-04是周一，本来上班，不应列为调休上班"),
        (arranged(2027, ("2027-01-01", " ", True)), "第1条：name应为节日名称，1至40字"),
        (arranged(2027, ("2027-01-01", "节" * 41, True)), "第1条：name应为节日名称，1至40字"),
        (
            '{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": 1}]}',
            "第1条：isOffDay应为true（放假）或false（上班）",
        ),
        (" " * 300_000, "文件过大，不是节假日安排"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reasons(content, reason):
    with pytest.raises(BadArrangement) as refused:
        arrangement.read(content)
    assert refused.value.message == reason


def test_every_wrong_entry_is_named_and_nothing_is_loaded(session, office):
    with pytest.raises(BadArrangement) as refused:
        load(office, arranged(2027, ("2027-01-04", "元旦", False), NEW_YEAR, NEW_YEAR, *[("x", "元旦", True)] * 30))
    assert refused.value.reasons[:2] == ("第1条：2027-01-04是周一，本来上班，不应列为调休上班", "第3条：2027-01-01重复")
    assert len(refused.value.reasons) == 20
    assert refused.value.message.endswith("；另有12处")


def test_a_festival_that_is_not_named_is_a_doubt():
    assert arrangement.read(arranged(2027, NEW_YEAR, FESTIVAL)).doubts == [
        "文件中没有清明节、劳动节、端午节、中秋节、国庆节，请核对是否完整"
    ]
    whole = [(f"2027-03-0{n}", name, True) for n, name in enumerate(arrangement.FESTIVALS, 1)]
    assert arrangement.read(arranged(2027, *whole)).doubts == []


def test_differences_name_each_day_on_both_sides():
    loaded = {date(2027, 1, 1): (True, "元旦"), date(2027, 2, 6): (True, "春节")}
    found = arrangement.differences(arrangement.read(arranged(2027, NEW_YEAR, ("2027-02-07", "春节", True))), loaded)
    assert [(str(one.day), one.before, one.after) for one in found] == [
        ("2027-02-06", (True, "春节"), None),
        ("2027-02-07", None, (True, "春节")),
    ]


def test_every_seeded_year_names_all_festivals():
    for year in CALENDARS:
        days = [(str(day), name, off) for day, off, name in days_of(year)]
        assert arrangement.read(arranged(year, *days)).doubts == []


# Settings


def store(actor, values: dict, seen: dict | None = None) -> list[str]:
    with transaction() as session:
        seen = queries.versions(session, values) if seen is None else seen
        return service.change_settings(session, actor=actor, values=values, seen=seen, now=NOW)


def test_a_setting_is_its_default_until_an_office_changes_it(session, office):
    assert queries.setting(session, "county_name") == "示例县"
    assert store(office, {"county_name": "浦江县", "platform_name": "示例县消保联席会议平台"}) == ["本县名称"]
    assert queries.setting(session, "county_name") == "浦江县"
    assert session.get(Setting, "platform_name") is None
    assert told(session) == "本县名称改为“浦江县”"


def test_a_setting_somebody_else_changed_is_not_overwritten(session, office):
    store(office, {"county_name": "浦江县"})
    store(office, {"county_name": "义乌市"}, {"county_name": 1})
    with pytest.raises(Conflict, match="您写的内容没有丢失"):
        store(office, {"county_name": "兰溪市"}, {"county_name": 1})
    assert queries.setting(session, "county_name") == "义乌市"


UNUSABLE = [
    ({"platform_name": ""}, "请填写平台名称，最多60字"),
    ({"county_name": "县" * 61}, "请填写本县名称，最多60字"),
    ({"site_url": "lxhy.example.org"}, "平台地址应以http://或https://开头，不含空格、问号和井号"),
    ({"site_url": "javascript:alert(1)"}, "平台地址应以http://或https://开头，不含空格、问号和井号"),
    ({"office_hours": {"from": "17:30", "to": "08:30"}}, "结束时间应晚于开始时间"),
    ({"mail": {"host": "a b", "port": 25, "security": "none", "sender": "a@example.org"}}, "发信服务器地址有误，应为域名或IP地址"),
    ({"mail": {"host": "smtp", "port": 0, "security": "none", "sender": "a@example.org"}}, "端口应在1至65535之间"),
    ({"mail": {"host": "smtp", "port": 25, "security": "x", "sender": "a@example.org"}}, "请选择加密方式"),
    ({"mail": {"host": "smtp", "port": 25, "security": "none", "sender": "通知"}}, "发件人地址有误，应为完整的邮箱地址"),
]


def test_a_value_that_cannot_be_used_is_refused(session, office):
    for values, reason in UNUSABLE:
        with pytest.raises(BadInput) as refused:
            store(office, values)
        assert refused.value.message == reason
    assert session.scalar(select(func.count(Setting.key))) == 0


def set_mail(actor, **more) -> dict:
    server = service.MailServer(**{"host": "smtp.local", "sender": "notify@county.local", "username": "notify", **more})
    with transaction() as session:
        seen = queries.versions(session, ["mail"])["mail"]
        service.change_mail(session, actor=actor, server=server, seen=seen, now=NOW)
        return queries.setting(session, "mail")


def test_the_password_is_sealed_kept_while_nothing_changes_and_forgotten_for_another_host(session, office):
    first = set_mail(office, password="secret-1")
    assert "secret-1" not in json.dumps(first)
    assert set_mail(office, port=587)["password"] == first["password"]
    assert "password" not in set_mail(office, host="other.local")
    assert "secret-1" not in "".join(str(entry.facts) + entry.text for entry in session.scalars(select(AuditEntry)))
    assert told(session) == "发信服务器改为other.local:25"
    assert set_mail(office, host="") == {"host": ""}
    assert told(session) == "停用发信服务器"


def test_only_an_admin_changes_settings(session, world, office):
    for username in ("auditor", "office", "liaison-JYJ"):
        with pytest.raises(NotAllowed):
            store(world.actor(session, username), {"county_name": "浦江县"})
        with pytest.raises(NotAllowed):
            set_mail(world.actor(session, username))
