"""The main pages on a phone, in the largest type, by keyboard alone and without scripts."""

import pytest

from tests.browser.county import EXTRA_MEETING
from tests.browser.official import PHONE

EXTRA = "2026年第3次县联席会议"


class Visit:
    """What one person looks at: the way to each page, and what must be within reach there."""

    def __init__(self, person) -> None:
        self.person = person

    def finds(self, heading: str, role: str, name: str) -> None:
        """The page with this heading fits, and its main action can be pressed."""
        self.person.sees_heading(heading)
        self.person.fits()
        self.person.can_press(role, name)


def of_a_liaison(person) -> None:
    """Desk, reply, task, report, reminders, minutes."""
    visit = Visit(person)
    person.opens("/desk")
    visit.finds("我的待办", "button", "参加")
    person.follows(f"答复参会：{EXTRA}")
    visit.finds("答复参会", "button", "答复")
    person.opens("/tasks")
    person.follows("建立在营校外培训机构预收费台账")
    visit.finds("建立在营校外培训机构预收费台账", "link", "填报进展")
    person.follows("填报进展")
    visit.finds("填报进展", "button", "填报进展")
    person.opens("/reminders")
    visit.finds("提醒", "button", "已阅")
    person.opens("/meetings")
    person.page.get_by_role("row", name="2026年第1次县联席会议").get_by_role("link", name="2026年第1次县联席会议纪要").click()
    visit.finds("2026年第1次县联席会议纪要", "link", "下载Word")


def of_the_office(person) -> None:
    """Meeting, ledger and board."""
    visit = Visit(person)
    person.opens("/meetings")
    visit.finds("会议", "link", "筹备会议")
    person.follows(EXTRA)
    visit.finds(EXTRA, "link", "催请答复…")
    person.opens("/tasks")
    visit.finds("督办任务", "link", "新建任务")
    person.follows("看板")
    visit.finds("督办看板", "button", "查询")


def of_the_recorder(person) -> None:
    """Roll and room."""
    visit = Visit(person)
    person.opens("/meetings")
    person.follows(EXTRA)
    if person.page.get_by_role("button", name="开会，进入会中记录").count():
        person.presses("开会，进入会中记录")
    else:
        person.follows("进入会中记录")
        person.follows("签到")
    visit.finds("签到", "button", "保存出席情况")
    person.presses("保存出席情况")
    visit.finds("1. ", "button", "保存并到下一项")


def of_anybody(person) -> None:
    """Portal and log-in."""
    visit = Visit(person)
    person.opens("/")
    visit.finds("消费者权益保护工作联席会议", "link", "工作人员登录")
    person.follows("工作人员登录")
    visit.finds("登录", "button", "登录")


@pytest.mark.parametrize(
    ("username", "look"),
    [("liaison-JYJ", of_a_liaison), ("office", of_the_office), ("recorder", of_the_recorder), (None, of_anybody)],
    ids=["liaison", "office", "recorder", "public"],
)
def test_the_main_pages_fit_a_phone_also_in_the_largest_type(county, official, username, look):
    if username == "recorder":
        county.moves_to(EXTRA_MEETING)
    person = official(username, viewport=PHONE)
    person.page.set_viewport_size(PHONE)
    look(person)
    person.opens("/" if username is None else "/desk")
    person.chooses_largest_type()
    look(person)


def test_the_portal_and_the_room_have_no_barrier(county, official):
    county.moves_to(EXTRA_MEETING)
    visitor, recorder = official(None), official("recorder")
    visitor.opens("/")
    visitor.finds_no_barrier()
    recorder.follows(f"会中记录：{EXTRA}")
    recorder.presses("开会，进入会中记录")
    recorder.presses("保存出席情况")
    recorder.page.get_by_text("添加一条").first.click()
    recorder.finds_no_barrier()


def test_logging_in_and_asking_leave_by_keyboard_alone(official):
    liaison = official("liaison-WLJ", signs_in=False)
    liaison.opens("/login")
    liaison.tabs_to("用户名")
    liaison.types(liaison.username, "Tab", liaison.password, "Enter")
    liaison.sees_heading("我的待办")
    liaison.tabs_to(f"答复参会：{EXTRA}")
    liaison.types("Enter")
    liaison.sees_heading("答复参会")
    liaison.tabs_to("参加")
    liaison.types("Space", "ArrowDown", "ArrowDown")
    liaison.tabs_to("请假原因")
    liaison.types("参加省厅培训")
    liaison.tabs_to("答复")
    liaison.types("Enter")
    liaison.sees("已答复：请假")
    liaison.sees("参加省厅培训")


def test_the_room_records_without_scripts(county, official):
    county.moves_to(EXTRA_MEETING)
    recorder = official("recorder", java_script_enabled=False)
    recorder.follows(f"会中记录：{EXTRA}")
    recorder.presses("开会，进入会中记录")
    recorder.presses("保存出席情况")
    recorder.presses("保存并到下一项")
    recorder.sees_heading("2. 汛期消费提示")
    recorder.fills(讨论情况="会议认为，应提早发布提示。")
    recorder.chooses("本项结果", "议定")
    recorder.page.get_by_text("添加一条").first.click()
    recorder.fills(议定事项="发布汛期消费提示", 完成时限="2026-06-30")
    recorder.chooses("牵头单位", "县教育局")
    recorder.chooses("配合单位", "县文旅局")
    recorder.presses("保存")
    recorder.sees("已保存")
    recorder.sees("议定事项 1条")
    assert recorder.page.get_by_label("讨论情况").input_value() == "会议认为，应提早发布提示。"


def test_progress_is_reported_without_scripts(official):
    liaison = official("liaison-JYJ", java_script_enabled=False)
    liaison.follows("填报进展：建立在营校外培训机构预收费台账")
    liaison.fills(进展情况="已核对83家", 完成比例="90")
    liaison.presses("填报进展")
    liaison.sees("进展已填报")
    liaison.sees("已核对83家")
