"""Papers of the ladder: drafted by the machine, approved by a person, numbered, sent, received, refused or dropped."""

from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from coordination.tasks import papers
from models import Notice, TaskPaper, TaskPaperKind, TaskPaperStatus, TaskStatus
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from models.numbering import take_number
from tests.tasks.conftest import china, told, words
from tests.tasks.test_urging import run
from tests.world import TODAY

pytestmark = pytest.mark.usefixtures("rules")
K, S = TaskPaperKind, TaskPaperStatus


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)


def drafted(session, *days: str) -> list[TaskPaper]:
    for day in days:
        run(china(day))
    session.rollback()
    return list(session.scalars(select(TaskPaper).order_by(TaskPaper.id)))


@pytest.fixture
def letter(session, story) -> TaskPaper:
    """The 督办函 the ladder drafts on 3 July."""
    story.in_state(TaskStatus.IN_PROGRESS)
    (paper,) = drafted(session, "2026-07-01", "2026-07-03")
    return paper


@pytest.fixture
def top(session, story) -> list[TaskPaper]:
    """What the ladder drafts at the top between bureaus."""
    story.in_state(TaskStatus.IN_PROGRESS)
    return drafted(session, "2026-07-08")


def act(story, verb, actor, paper, now="2026-07-03", **facts):
    return story.act(lambda session, **given: verb(session, **given, **facts), actor, paper_id=paper.id, now=china(now))


def test_the_letter_says_what_whom_by_when_and_what_was_done_so_far(session, letter):
    assert (letter.kind, letter.status, letter.to) == (K.SUPERVISION, S.DRAFT, "示例县教育局")
    name, content = papers.document(session, letter, TODAY)
    said = text_of(content)
    for part in (
        "“在营培训机构备案清单”（任务〔2026〕临-1，来源：县政府交办）由示例县教育局牵头、县文旅局配合，完成时限为2026年6月30日",
        "尚未办结，已逾期3个工作日；最近一次填报进展为2026年6月18日，完成60%",
        "2026年7月1日已催办",
        "请你单位抓紧办理，最迟2026年7月10日办结，并提交清单",
        "（送审稿）",
    ):
        assert part in said
    assert name.endswith("（送审稿）.docx")


def test_between_bureaus_nobody_is_criticised_and_inside_one_the_top_is_criticism(session, story):
    story.in_state(TaskStatus.ACCEPTED)
    task = story.task(mechanism="sections", lead="GGG", helpers=())
    story.accept(task, who="liaison-GGG")
    found = drafted(session, "2026-07-08")
    assert sorted((paper.mechanism.code, paper.kind.value) for paper in found) == [
        ("county", "circular"),
        ("county", "report_up"),
        ("sections", "criticism"),
    ]
    texts = {paper.kind: paper for paper in found}
    assert "批评" not in texts[K.CIRCULAR].text + texts[K.REPORT_UP].text
    assert texts[K.REPORT_UP].to == "示例县人民政府"
    assert texts[K.REPORT_UP].text.endswith("妥否，请批示。")
    assert "予以通报批评，并限最迟2026年7月15日完成" in texts[K.CRITICISM].text


def test_the_office_approves_a_letter_sends_it_and_the_unit_receives_it(session, story, letter):
    act(story, papers.approve, "office", letter)
    session.refresh(letter)
    assert (papers.label(letter), letter.status) == ("〔2026〕1号", S.APPROVED)
    assert "〔2026〕1号" in text_of(papers.document(session, letter, TODAY)[1])
    with pytest.raises(NotFound):
        act(story, papers.receive, "liaison-JYJ", letter)
    act(story, papers.send, "office", letter)
    assert told(session, "task_paper_sent") == ["head-JYJ", "liaison-JYJ"]
    assert told(session, "task_paper_circulated") == []
    act(story, papers.receive, "liaison-JYJ", letter)
    session.refresh(letter)
    assert (letter.status, letter.received_by) == (S.RECEIVED, "县教育局联络员（县教育局）")


def test_the_top_is_the_convenors_to_approve_and_who_refuses_says_why(session, story, top):
    circular, request = top
    with pytest.raises(IllegalMove, match="待审定"):
        act(story, papers.approve, "convenor", circular)
    for paper in top:
        act(story, papers.submit, "office", paper)
    with pytest.raises(NotAllowed):
        act(story, papers.approve, "office", circular)
    act(story, papers.refuse, "convenor", request, reason="先约谈一次")
    assert told(session, "task_paper_refused") == ["office"]
    act(story, papers.approve, "convenor", circular)
    session.expire_all()
    assert "签发人" not in text_of(papers.document(session, circular, TODAY)[1])
    assert (circular.status, request.status, request.reason) == (S.APPROVED, S.REFUSED, "先约谈一次")
    act(story, papers.edit, "office", request, version=request.version, to=request.to, title=request.title, text="已约谈，仍未办结。")
    act(story, papers.submit, "office", request)
    act(story, papers.approve, "convenor", request)
    session.refresh(request)
    signed = f"〔2026〕1号\t签发人：{story.world.people['convenor'].name}"
    assert signed in text_of(papers.document(session, request, TODAY)[1]), "what goes upward names who signed it"
    act(story, papers.send, "office", circular)
    assert told(session, "task_paper_sent") == ["head-JYJ", "liaison-JYJ"]
    assert told(session, "task_paper_circulated") == ["liaison-GAJ", "liaison-SCJG", "liaison-SWJ", "liaison-WLJ"]
    act(story, papers.send, "office", request)
    act(story, papers.receive, "office", request, who="县政府办公室")
    session.refresh(request)
    assert request.received_by == "县政府办公室"


def test_numbers_count_by_kind_and_have_no_gap(session, story, letter):
    other = story.in_state(TaskStatus.ACCEPTED)
    second = story.act(papers.draft, "office", task_id=other.id, kind=K.SUPERVISION)
    act(story, papers.approve, "office", second)
    act(story, papers.approve, "office", letter)
    session.expire_all()
    assert (papers.label(second), papers.label(letter)) == ("〔2026〕1号", "〔2026〕2号")


def test_what_was_changed_while_it_was_read_is_not_approved(session, story, letter):
    version = letter.version
    act(story, papers.edit, "office", letter, version=version, to=letter.to, title=letter.title, text="改过的正文。")
    with pytest.raises(Conflict):
        act(story, papers.edit, "office", letter, version=version, to=letter.to, title=letter.title, text="另一份正文。")
    with pytest.raises(Conflict, match="被修改，没有批准"):
        act(story, papers.approve, "office", letter, version=version)
    act(story, papers.approve, "office", letter)
    with pytest.raises(IllegalMove, match="不能再改文字"):
        act(story, papers.edit, "office", letter, version=letter.version, to="", title="", text="")


def test_a_draft_is_dropped_with_a_reason_and_made_once_for_a_due_date(session, story, letter):
    with pytest.raises(IllegalMove, match="已拟过督办函"):
        story.act(papers.draft, "office", task_id=letter.task_id, kind=K.SUPERVISION, now=china("2026-07-03"))
    act(story, papers.drop, "office", letter, reason="已电话督促")
    session.refresh(letter)
    assert (letter.status, letter.reason) == (S.DROPPED, "已电话督促")
    assert [paper.kind for paper in drafted(session, "2026-07-06", "2026-07-07")] == [K.SUPERVISION]


@pytest.mark.parametrize(("mechanism", "kind"), [("county", K.CRITICISM), ("sections", K.REPORT_UP), ("sections", K.CIRCULAR)])
def test_a_paper_this_mechanism_may_not_write_is_refused(story, mechanism, kind):
    more = {"lead": "GGG", "helpers": (), "mechanism": mechanism} if mechanism == "sections" else {}
    with pytest.raises(BadInput):
        story.act(papers.draft, "office", task_id=story.task(**more).id, kind=kind)


def test_a_paper_overtaken_after_its_approval_is_not_sent(session, story, letter):
    act(story, papers.approve, "office", letter)
    story.report(letter.task, percent=100, final=True, now=china("2026-07-03"))
    session.refresh(letter)
    assert (letter.status, letter.reason) == (S.DROPPED, "任务已报结")
    with pytest.raises(IllegalMove):
        act(story, papers.send, "office", letter)


def test_other_units_see_a_circular_once_it_was_sent_and_never_a_letter(session, story, sign_in, letter, on_the_day):
    (_, circular, request) = drafted(session, "2026-07-08")
    for paper in (letter, circular, request):
        assert sign_in("liaison-SWJ").get(f"/tasks/papers/{paper.id}").status_code == 404
        assert sign_in("liaison-JYJ").get(f"/tasks/papers/{paper.id}").status_code == 404, "nothing of a draft is for the unit"
    for paper in (circular, request):
        act(story, papers.submit, "office", paper)
        act(story, papers.approve, "convenor", paper)
        act(story, papers.send, "office", paper)
    answers = {paper.kind: sign_in("liaison-SWJ").get(f"/tasks/papers/{paper.id}").status_code for paper in (letter, circular, request)}
    assert answers == {K.SUPERVISION: 404, K.CIRCULAR: 200, K.REPORT_UP: 404}
    assert sign_in("liaison-JYJ").get(f"/tasks/papers/{request.id}").status_code == 404


def test_on_the_pages_the_office_finds_it_on_the_desk_and_takes_it_through(session, sign_in, letter, on_the_day):
    on_the_day.move_to(china("2026-07-06"))
    office, title = sign_in("office"), letter.task.title
    assert f"审定督办函：{title}" in words(office.get("/desk"))
    here = f"/tasks/papers/{letter.id}"
    for page in (office.get(here), office.get("/tasks/papers"), office.get(f"/tasks/{letter.task_id}")):
        assert "督办函" in words(page)
    assert office.get(f"{here}/file").mimetype == papers.DOCX
    draft = {"to": "示例县教育局", "title": letter.title, "text": "请速办。", "version": str(letter.version)}
    assert "文书已修改" in words(office.post(f"{here}/edit", data=draft, follow_redirects=True))
    assert "请速办。" in words(office.get(f"{here}/approve"))
    assert "督办函已审定，编号〔2026〕1号" in words(office.post(f"{here}/approve", data={"version": letter.version}, follow_redirects=True))
    assert "平台内送达县教育局：县教育局联络员、县教育局单位负责人" in words(office.get(f"{here}/send"))
    assert "已发出" in words(office.post(f"{here}/send", data={"version": "0"}, follow_redirects=True))
    unit = sign_in("liaison-JYJ")
    assert f"签收督办函：{title}" in words(unit.get("/desk"))
    assert "已签收督办函（〔2026〕1号）" in words(unit.post(f"{here}/receive", data={"version": "0"}, follow_redirects=True))
    assert session.scalars(select(Notice).where(Notice.kind == "task_paper_sent")).first().path == f"{here}#do"


def test_the_convenor_finds_what_waits_for_approval_and_refuses_with_a_reason(sign_in, story, top, on_the_day):
    on_the_day.move_to(china("2026-07-08"))
    paper = top[1]
    office, convenor, here = sign_in("office"), sign_in("convenor"), f"/tasks/papers/{paper.id}"
    assert "已报请召集人批准" in words(office.post(f"{here}/submit", follow_redirects=True))
    assert f"批准{paper.kind.label}：{paper.task.title}" in words(convenor.get("/desk"))
    assert "请填写不予批准的原因" in words(convenor.post(f"{here}/refuse", data={"reason": ""}))
    assert "未批准，已告知办公室" in words(convenor.post(f"{here}/refuse", data={"reason": "先约谈"}, follow_redirects=True))
    assert "先约谈" in words(office.get(here))
    assert convenor.get(f"{here}/approve").status_code == 409
    assert office.get(f"{here}/refuse").status_code == 403


def test_a_letter_counts_with_the_letters_of_its_mechanism_and_what_goes_higher_with_its_other_papers(session, story, letter):
    letter.mechanism.document_code = "示市监消联"
    take_number(session, "paper:示市监消联函:2026")  # a letter that handed a unit its decisions
    session.commit()
    (circular,) = [paper for paper in drafted(session, "2026-07-08") if paper.kind == K.CIRCULAR]
    act(story, papers.submit, "office", circular)
    act(story, papers.approve, "office", letter)
    act(story, papers.approve, "convenor", circular, now="2026-07-08")
    session.expire_all()
    assert papers.named(letter) == "督办函（示市监消联函〔2026〕2号）"
    assert papers.named(circular) == "情况通报（示市监消联〔2026〕1号）"
