"""The main job in a real browser: from planning a meeting to the overdue notice of one of its tasks, and to the end of that task.

Everything is done by the people who do it in a county, each at a browser of their own; only the clock is set, and the jobs are run when
their time has come.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.county import at
from tests.browser.office import opens_in_libreoffice

TITLE = "预付费停业预警"
CLAUSE = "建立预付费停业预警台账，逐月核对"
SAID, SAID_TOO = "会议认为，应先摸清底数，再建立预警。", "会议要求，预警名单逐月通报。"

DUE, NEW_DUE = "2026-06-30", "2026-07-03"
MORNING_OF_MEETING, AFTER_MEETING, MORNING_AFTER_DUE = at(6, 23, 8, 50), at(6, 24, 9), at(7, 6, 8, 30)


@dataclass(frozen=True)
class Mechanism:
    """Who does the job, and how its meeting differs."""

    name: str
    short_name: str
    convenor: str
    lead: tuple[str, str]
    helper: tuple[str, str]
    has_liaison_meeting: bool
    countersigners: tuple[str, ...] = ()  # those who attend beside the lead unit and are asked to countersign


COUNTY = Mechanism(
    name="示例县消费者权益保护工作联席会议",
    short_name="县联席会议",
    convenor="convenor",
    lead=("liaison-JYJ", "县教育局"),
    helper=("liaison-WLJ", "县文旅局"),
    has_liaison_meeting=True,
    countersigners=("liaison-JTJ", "liaison-SFJ"),
)
SECTIONS = Mechanism(
    name="示例县市场监督管理局消费者权益保护工作股室联席会议",
    short_name="股室联席会议",
    convenor="deputy",
    lead=("liaison-ZHZX", "12315指挥中心"),
    helper=("liaison-FGG", "法规股"),
    has_liaison_meeting=False,
)


def words_of(file: Path) -> str:
    """The paragraphs of a paper."""
    return "\n".join(paragraph.text for paragraph in Document(str(file)).paragraphs)


class MainJob:
    """The people of one mechanism and what they do, stage by stage."""

    def __init__(self, mechanism: Mechanism, county, official, folder: Path) -> None:
        self.mechanism, self.county, self.arrive, self.folder = mechanism, county, official, folder
        self.meeting = ""
        self.everybody_comes()

    def everybody_comes(self, instant=None) -> None:
        """Set the clock and let all of them sign in: a session does not last over night."""
        if instant is not None:
            self.county.moves_to(instant)
        m = self.mechanism
        self.office, self.lead, self.helper = (self.arrive(username) for username in ("office", m.lead[0], m.helper[0]))
        self.others = [self.arrive(username) for username in m.countersigners]

    def is_planned(self) -> None:
        """The office plans the meeting and opens it for proposals."""
        office = self.office
        office.goes("会议", "筹备会议")
        office.chooses("联席会议机制", self.mechanism.name)
        office.fills(会议时间="2026-06-23T09:00", 地点="县政府第三会议室", 议题截止日="2026-06-22")
        office.presses("列入筹备（不告知任何人）")
        office.sees("尚未告知任何人")
        self.meeting = office.page.get_by_role("heading", level=1).inner_text()
        office.finds_no_barrier()
        office.goes("开始征集议题…")
        office.sees("将告知的人员")
        office.sees(self.mechanism.lead[1])
        office.presses("开始征集并告知")
        office.sees("已开始征集议题")

    def gets_a_proposal(self) -> None:
        """The lead unit's liaison hands in a proposal, from the line on the desk."""
        lead = self.lead
        lead.goes_to_desk()
        lead.finds_no_barrier()
        lead.follows(f"提交议题：{self.meeting}")
        lead.chooses("提交到", *self._choice())
        lead.fills(议题=TITLE, 内容="停业前不告知的投诉增多，提请会议议定预警办法。")
        lead.presses("保存草稿（不通知任何人）")
        lead.presses("提交议题")
        lead.sees("已提交")

    def _choice(self) -> list[str]:
        group = self.lead.page.get_by_role("group", name="提交到")
        return [words for words in group.locator("label").all_inner_texts() if words.startswith(self.meeting)]

    def gets_its_agenda(self) -> None:
        """The office puts the proposal on the agenda, first of the members' items, and adds an item and a guest."""
        office = self.office
        office.goes_to_desk()
        office.sees_row(f"审议题：{TITLE}")
        self._opens_meeting(office)
        office.follows("审议议题1项")
        office.presses("列入议程", within=office.sees_row(TITLE))
        office.goes("增加其他事项")
        office.fills(议程="节前消费提示安排")
        office.presses("增加到议程")
        office.presses("上移", within=office.sees_row("节前消费提示安排"))
        office.sees("“节前消费提示安排”现为第")
        office.goes("邀请列席")
        office.fills(单位="县消费者权益保护委员会", 姓名="周某", 职务="秘书长")
        office.presses("列入列席人员")
        office.sees_row("周某")

    def is_announced(self) -> None:
        """The office sends the notice from the page that shows everyone who will be told."""
        office = self.office
        self._opens_meeting(office)
        if self.mechanism.has_liaison_meeting:
            office.goes("记联络员会议…")
            office.presses("记下联络员会议")
            office.sees("已记联络员会议")
        office.goes("发会议通知…")
        for _, unit in (self.mechanism.lead, self.mechanism.helper):
            office.sees_row(unit, "联络员")
        office.sees("列席人员不在平台内，请另行通知：县消费者权益保护委员会周某")
        office.presses("发出会议通知")
        office.sees("会议通知已发出")

    def is_answered(self) -> None:
        """One unit says yes with one click on the desk, the other asks leave and says why."""
        lead, helper, line = self.lead, self.helper, f"答复参会：{self.meeting}"
        for attending in (lead, *self.others):
            attending.goes_to_desk()
            attending.presses("参加", within=attending.sees_row(line))
            attending.sees("已答复：参加")
            attending.sees_no_row(line)
        helper.goes_to_desk()
        helper.follows(line)
        helper.chooses("答复", "请假")
        helper.fills(请假原因="参加省厅培训")
        helper.presses("答复")
        helper.sees("已答复：请假")
        self._opens_meeting(self.office)
        self.office.page.get_by_text("各单位答复", exact=True).first.click()
        self.office.sees_row(self.mechanism.lead[1], "参加")
        self.office.sees_row(self.mechanism.helper[1], "请假", "参加省厅培训")

    def is_held(self) -> None:
        """The recorder opens the room, takes the roll, writes and ends the meeting."""
        recorder = self.arrive("recorder")
        recorder.follows(f"会中记录：{self.meeting}")
        recorder.presses("开会，进入会中记录")
        recorder.sees_row(self.mechanism.helper[1], "请假")
        recorder.presses("保存出席情况")
        recorder.finds_no_barrier()
        self._writes_items(recorder)
        recorder.goes("结束会议…")
        recorder.sees("共记录议定事项1条")
        recorder.presses("结束会议")
        recorder.sees("会议已结束")
        recorder.presses("汇编纪要")
        recorder.sees("纪要已汇编")

    def _writes_items(self, recorder) -> None:
        """Item by item to the last; the proposal's gets a discussion and a clause, any other is noted."""
        for _ in range(recorder.page.get_by_role("navigation", name="议程").get_by_role("button").count()):
            recorder.sees_heading(". ")
            if TITLE in recorder.page.get_by_role("heading", level=1).inner_text():
                self._writes_clause(recorder)
                recorder.chooses("本项结果", "议定")
            else:
                recorder.chooses("本项结果", "已通报")
            here = recorder.page.url
            if recorder.page.get_by_role("button", name="保存并到下一项").count():
                recorder.presses("保存并到下一项")
                recorder.page.wait_for_url(lambda url, here=here: url != here)
        recorder.presses("保存")
        recorder.sees("已保存")

    def _writes_clause(self, recorder) -> None:
        self._writes_with_another(recorder)
        recorder.page.get_by_text("添加一条").first.click()
        recorder.page.get_by_label("议定事项").fill(CLAUSE)
        recorder.chooses("牵头单位", self.mechanism.lead[1])
        recorder.chooses("配合单位", self.mechanism.helper[1])
        recorder.fills(完成时限=DUE, 成果="预警台账")

    def _writes_with_another(self, recorder) -> None:
        """The office has the same item open and writes at the same time; neither loses a word."""
        here = recorder.page.url.removeprefix(self.county.address)
        office = self.office
        office.opens(here)
        saved = {person: person.page.locator("[data-autosave-status]") for person in (recorder, office)}
        recorder.fills(讨论情况=SAID)
        expect(saved[recorder]).to_contain_text("已自动保存")
        office.fills(讨论情况=SAID_TOO)
        expect(saved[office]).to_contain_text("您写的内容没有丢失")
        office.presses("两份接在一起")
        expect(saved[office]).to_contain_text("已自动保存")
        assert ["409" in complaint for complaint in office.complaints] == [True], "the browser calls the answer to the second text an error"
        office.complaints.clear()
        office.opens("/desk")  # the room has no menu
        recorder.opens(here)
        expect(recorder.page.get_by_label("讨论情况")).to_have_value(f"{SAID}\n{SAID_TOO}")

    def gets_its_minutes(self) -> str:
        """The office mends a part, the convenor signs, the office issues; returns the number."""
        office = self.office
        self._opens_minutes(office)
        office.goes_to_change("导语")
        opening = office.page.get_by_label("导语").input_value()
        office.fills(导语=opening.replace("现将会议情况", "现将会议有关情况"))
        office.presses("保存修改（不告知任何人）")
        office.sees("手工修改，重新汇编不覆盖")
        office.sees("现将会议有关情况")
        if self.mechanism.countersigners:
            self._is_countersigned()
        office.presses("报请召集人签发")
        office.sees("已报请召集人签发")
        convenor = self.arrive(self.mechanism.convenor)
        convenor.follows(f"签发纪要：{self.meeting}")
        convenor.goes("审阅并签发纪要…")
        convenor.sees(CLAUSE)
        convenor.presses("签发纪要")
        convenor.sees("纪要已签发，编号")
        number = convenor.page.locator(".page-count").inner_text()
        office.goes_to_desk()
        office.follows(f"印发纪要：{self.meeting}")
        office.goes("印发纪要…")
        office.sees_row(CLAUSE, *(unit for _, unit in (self.mechanism.lead, self.mechanism.helper)))
        office.presses("印发纪要")
        office.sees("印发，文字和文件已锁定")
        office.finds_no_barrier()
        return number

    def _is_countersigned(self) -> None:
        """Three units are asked: two agree, one wants other words; the office takes them in, says so, and goes back to the minutes."""
        office, (second, third) = self.office, self.others
        office.goes("发起会签…")
        office.sees("逾期视为同意")
        office.presses("发起会签")
        office.sees("已送3个单位会签")
        for agreeing in (self.lead, second):
            self._countersigns(agreeing, "同意")
        self._countersigns(third, "修改意见", "导语中“有关情况”建议改为“主要情况”。")
        office.goes_to_desk()
        office.follows("处理会签意见1条")
        office.finds_no_barrier()
        office.goes("修改纪要")
        office.goes_to_change("导语")
        opening = office.page.get_by_label("导语").input_value()
        office.fills(导语=opening.replace("现将会议有关情况", "现将会议主要情况"))
        office.presses("保存修改（不告知任何人）")
        office.goes("查看会签情况")
        office.sees("会签后文字有修改")
        office.follows("写明处理情况")
        office.fills(处理情况="已采纳，导语照改。")
        office.presses("写明处理情况")
        office.sees("会签已办结，可报请签发")
        office.goes("核对纪要并报请签发")

    def _countersigns(self, unit, answer: str, opinion: str = "") -> None:
        unit.goes_to_desk()
        unit.follows(f"会签纪要：{self.meeting}")
        unit.sees(CLAUSE)
        unit.chooses("会签意见", answer)
        if opinion:
            unit.fills(意见内容=opinion)
        unit.presses("答复会签")
        unit.sees(f"已答复：{answer}")

    def has_its_paper(self, number: str) -> None:
        """The .docx says what was decided, and a word processor opens it."""
        file = self._takes(self.office, "下载Word")
        text = words_of(file)
        for words in (number, TITLE, CLAUSE, SAID, SAID_TOO, "现将会议主要情况" if self.mechanism.countersigners else "现将会议有关情况"):
            assert words in text
        assert opens_in_libreoffice(file) in (None, True)

    def _takes(self, person, link: str) -> Path:
        with person.page.expect_download() as waiting:
            person.follows(link)
        file = self.folder / waiting.value.suggested_filename
        waiting.value.save_as(file)
        return file

    def is_read(self, number: str) -> None:
        """Both units read the minutes, one on the desk, one on the page, where it takes its excerpt."""
        line = f"阅知：{self.meeting}纪要"
        self.lead.goes_to_desk()
        self.lead.presses("已阅", within=self.lead.sees_row(line))
        self.lead.sees_no_row(line)
        self.helper.goes_to_desk()
        self.helper.follows(line)
        text = words_of(self._takes(self.helper, "下载本单位节录"))
        for words in (number, TITLE, CLAUSE, SAID, SAID_TOO):
            assert words in text
        sections = [line for line in text.split("\n") if line.endswith("节前消费提示安排")]
        assert sections == [], "an excerpt holds the items that concern the unit"
        self.helper.presses("已阅")
        self.helper.goes_to_desk()
        self.helper.sees_no_row(line)

    def becomes_a_task(self) -> None:
        """The lead unit accepts and reports, the helper reports its share, the lead reports it done; the office sends it back."""
        lead, helper, office = self.lead, self.helper, self.office
        lead.goes_to_desk()
        lead.presses("签收", within=lead.sees_row(f"签收：{CLAUSE}"))
        lead.sees("已签收任务〔2026〕")
        lead.follows(f"填报进展：{CLAUSE}")
        lead.fills(进展情况="已发核对表", 完成比例="30")
        lead.presses("填报进展")
        lead.sees("进展已填报")
        helper.goes("本单位任务")
        helper.follows(CLAUSE)
        helper.goes("填报配合进展")
        helper.fills(进展情况="已提供机构名单", 完成比例="100")
        helper.presses("填报配合进展")
        helper.sees("已提供机构名单")
        self._reports_done("台账已建立")
        lead.finds_no_barrier()
        office.goes_to_desk()
        office.follows(f"核验销号：{CLAUSE}")
        office.sees("已提供机构名单")
        office.goes("退回重办…")
        office.fills(退回原因="台账缺少6月数据", 新的完成时限=NEW_DUE)
        office.presses("退回重办")
        office.sees("已退回重办")
        lead.goes_to_desk()
        lead.sees_row(f"重新办理：{CLAUSE}", "7月3日")

    def _reports_done(self, words: str) -> None:
        lead = self.lead
        lead.goes_to_desk()
        lead.page.get_by_role("main").get_by_role("link", name=CLAUSE).first.click()
        lead.fills(进展情况=words, 完成比例="100")
        lead.page.get_by_label("任务已全部完成，报结").check()
        lead.presses("填报进展")
        lead.sees("已报结，等办公室核验")

    def is_overdue(self) -> None:
        """After the jobs of a later morning the unit has its 催办, the task is overdue, and the board shows it."""
        assert self.county.runs_jobs(MORNING_AFTER_DUE)["task_ladder"] > 0
        lead, office = self.lead, self.office
        lead.goes("提醒")
        lead.sees_row("催办", CLAUSE)
        lead.finds_no_barrier()
        lead.goes_to_desk()
        lead.sees_row(f"重新办理：{CLAUSE}", "逾期1个工作日")
        office.goes("督办", "看板")
        office.page.get_by_label("机制").select_option(label=self.mechanism.short_name)
        office.presses("查询")
        office.finds_no_barrier()
        row = office.sees_row(self.mechanism.lead[1])
        row.get_by_role("link").first.click()
        office.sees_row(CLAUSE, "逾期1个工作日")

    def is_done(self) -> None:
        """The lead unit reports again and the office closes."""
        self._reports_done("已补6月数据")
        office = self.office
        office.goes_to_desk()
        office.follows(f"核验销号：{CLAUSE}")
        office.goes("核验销号…")
        office.fills(核验意见="台账完整，予以销号")
        office.presses("销号")
        office.sees("已销号")
        office.finds_no_barrier()
        self.lead.goes_to_desk()
        self.lead.sees_no_row(CLAUSE)

    def _opens_meeting(self, person) -> None:
        person.goes("会议", self.meeting)

    def _opens_minutes(self, person) -> None:
        person.goes_to_desk()
        person.follows(f"编制纪要：{self.meeting}")


@pytest.mark.parametrize("mechanism", [COUNTY, SECTIONS], ids=["county", "sections"])
def test_the_main_job_from_planning_to_an_overdue_notice(mechanism, county, official, tmp_path):
    job = MainJob(mechanism, county, official, tmp_path)
    job.is_planned()
    job.gets_a_proposal()
    job.gets_its_agenda()
    job.is_announced()
    job.is_answered()
    job.everybody_comes(MORNING_OF_MEETING)
    job.is_held()
    number = job.gets_its_minutes()
    job.has_its_paper(number)
    job.is_read(number)
    job.becomes_a_task()
    job.everybody_comes(MORNING_AFTER_DUE)
    job.is_overdue()
    job.is_done()
