"""What the papers of the ladder say: a task's facts in, plain official sentences and the .docx out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coordination.documents.fonts import Fonts
from coordination.documents.paper import OfficialPaper
from coordination.documents.wording import official_date
from models import LadderStep, Mechanism, ProgressReport, Rung, Task, TaskPaperKind, TopRung
from models.calendar import local_date
from models.light import Light

UNNUMBERED = "（送审稿）"
# Inside one bureau criticism; between bureaus, who are peers, facts to the members and a request to the county government.
TOP = {
    TopRung.CRITICISM: (TaskPaperKind.CRITICISM,),
    TopRung.REPORT_UP: (TaskPaperKind.CIRCULAR, TaskPaperKind.REPORT_UP),
}


@dataclass(frozen=True)
class Facts:
    """Everything a paper speaks of, as it stands on ``today``. ``done_by``: the day the unit is given."""

    task: Task
    lead: str
    light: Light
    today: date
    done_by: date
    county: str
    steps: Sequence[LadderStep] = ()
    newest: ProgressReport | None = None


@dataclass(frozen=True)
class Draft:
    """A paper as the machine drafts it; a person may change every word."""

    to: str
    title: str
    text: str


def kinds_of(mechanism: Mechanism) -> tuple[TaskPaperKind, ...]:
    """The papers this mechanism's ladder knows."""
    return (TaskPaperKind.SUPERVISION, *TOP[mechanism.top_rung])


def draft(kind: TaskPaperKind, facts: Facts) -> Draft:
    """The paper of this kind in the words of official papers."""
    task = facts.task
    short = task.title if len(task.title) <= 40 else f"{task.title[:39]}…"
    members = "各成员股室" if task.mechanism.top_rung == TopRung.CRITICISM else "各成员单位"
    if kind == TaskPaperKind.SUPERVISION:
        return Draft(facts.lead, f"关于限期办结“{short}”的督办函", _supervision(facts))
    if kind == TaskPaperKind.CRITICISM:
        return Draft(members, f"关于“{short}”未按期完成的通报", _criticism(facts, members))
    if kind == TaskPaperKind.CIRCULAR:
        return Draft(members, f"关于“{short}”办理情况的通报", _circular(facts, members))
    return Draft(f"{facts.county}人民政府", f"关于对“{short}”予以督查的请示", _request(facts))


def paper(kind: TaskPaperKind, task: Task, said: Draft, *, number: str, day: date, fonts: Fonts, signer: str = "") -> bytes:
    """The .docx. ``signer``: who approved it; a request upward names him (签发人)."""
    from coordination.documents import official  # the .docx library is loaded for whoever writes one, not at every start

    issuer = task.mechanism.issuer
    given = OfficialPaper(
        issuer=issuer,
        number=number,
        title=said.title,
        to=said.to,
        opening=said.text,
        parts=(),
        day=day,
        signer=signer if kind == TaskPaperKind.REPORT_UP else None,
        author=issuer,
        subject="议定事项督办",
    )
    return official.letter(given, fonts) if kind == TaskPaperKind.SUPERVISION else official.document(given, fonts)


def _origin(facts: Facts) -> str:
    """Where the task comes from and by when it was to be done."""
    task = facts.task
    helpers = "、".join(unit.short_name for unit in task.co_units)
    with_ = f"、{helpers}配合" if helpers else ""
    first = f"（原为{official_date(task.first_due_on)}）" if task.first_due_on != task.due_on else ""
    source = f"，来源：{task.source}" if task.source else ""
    return f"“{task.title}”（{task.number}{source}）由{facts.lead}牵头{with_}，完成时限为{official_date(task.due_on)}{first}。"


def _standing(facts: Facts) -> str:
    """How far it is: late by how much, what was last reported, when it was urged."""
    newest = facts.newest
    last = f"最近一次填报进展为{official_date(local_date(newest.at))}，完成{newest.percent}%" if newest else "尚未填报进展"
    late = f"，已{facts.light.text}" if facts.light.kind == "bad" else ""
    return f"截至{official_date(facts.today)}，该任务尚未办结{late}；{last}。{_urged(facts)}"


def _urged(facts: Facts) -> str:
    words = {Rung.URGE: "催办", Rung.LETTER: "督办"}
    said = [f"{official_date(local_date(step.at))}已{words[Rung(step.rung)]}" for step in facts.steps if step.rung in set(words)]
    return f"{'，'.join(said)}。" if said else ""


def _deliverable(facts: Facts) -> str:
    return f"，并提交{facts.task.deliverable}" if facts.task.deliverable else ""


def _supervision(facts: Facts) -> str:
    return "\n".join(
        (
            _origin(facts),
            _standing(facts),
            f"请你单位抓紧办理，最迟{official_date(facts.done_by)}办结{_deliverable(facts)}；确有困难的，书面说明原因、已采取的措施和完成的时间。"
            "有关情况请在平台填报，并报联席会议办公室。",
        )
    )


def _criticism(facts: Facts, members: str) -> str:
    basis = f"根据{facts.task.mechanism.basis}，" if facts.task.mechanism.basis else ""
    return "\n".join(
        (
            f"{_origin(facts)}{_standing(facts)}",
            f"{basis}对{facts.lead}未按联席会议要求完成工作任务予以通报批评，并限最迟{official_date(facts.done_by)}完成{_deliverable(facts)}。",
            f"{members}要引以为戒，认真落实联席会议议定事项，按时填报进展，确保各项任务按期完成。",
        )
    )


def _circular(facts: Facts, members: str) -> str:
    return "\n".join(
        (
            "现将联席会议督办任务的办理情况通报如下：",
            f"{_origin(facts)}{_standing(facts)}",
            f"请{facts.lead}说明未按期办结的原因，最迟{official_date(facts.done_by)}办结{_deliverable(facts)}。"
            f"请{members}按照职责分工抓紧办理各自牵头和配合的任务，按时填报进展。",
        )
    )


def _request(facts: Facts) -> str:
    return "\n".join(
        (
            f"{_origin(facts)}{_standing(facts)}",
            "联席会议办公室已按规定提醒、催办、督办，该任务仍未办结。为推动联席会议议定事项落实，恳请县政府对该任务的办理情况予以督查。",
            "妥否，请批示。",
        )
    )
