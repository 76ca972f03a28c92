"""The demo's complaints on the stage: registered, assigned, handled, returned, in dispute, ended; all through the services."""

from collections.abc import Callable
from datetime import datetime, timedelta

from coordination.complaints import handling, registering, service
from coordination.complaints.registering import Registration
from coordination.demo.complaint_cases import CASES, Case
from coordination.demo.registry_units import SHOPS
from coordination.demo.stage import Stage
from models import Complaint, ComplaintKind, RefusalGround, TerminationGround
from models.calendar import local_date

# Nobody's: the area codes and exchanges do not exist.
PHONE = "1990000{:04}"
SIGNS = "子丑寅卯辰巳午未申酉戌亥甲乙丙丁戊己庚辛"


class Complaints:
    """The complaints' share of the story, planned on the stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.session = stage, stage.session
        self.made: dict[int, Complaint] = {}
        for number, case in enumerate(CASES):
            stage.plan(case.day, "8:45", self._register(number, case))
            for at, step in enumerate(case.steps):
                day, verb, *words = step.split()
                stage.plan(int(day), f"{9 + at}:{number * 7 % 60:02}", self._step(number, case, verb, words))

    def _register(self, number: int, case: Case) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            self.made[number] = registering.register(
                self.session, actor=self.stage.actor("router"), registration=self._facts(number, case, now), now=now
            )

        return act

    def _facts(self, number: int, case: Case, now: datetime) -> Registration:
        shop = SHOPS.get(case.target)
        person = {"name": f"{'投诉' if case.kind == ComplaintKind.COMPLAINT else '来电'}人{SIGNS[number % len(SIGNS)]}"}
        return Registration(
            kind=case.kind,
            channel=case.channel,
            received_at=now - timedelta(minutes=30),
            text=case.text,
            number=f"99{local_date(now):%Y%m%d}{number + 1:04}",
            request=case.request,
            sector=case.sector,
            target_name=case.target,
            target_uscc=shop.uscc if shop else "",
            target_address=shop.address if shop else case.place,
            problem=case.problem,
            category=case.category,
            place=case.place,
            amount=case.yuan * 100 if case.yuan is not None else None,
            is_small=case.small,
            consents_to_publication=number % 3 != 0 if case.kind == ComplaintKind.COMPLAINT else None,
            consents_to_delegation=number % 2 == 0 if case.kind == ComplaintKind.COMPLAINT else None,
            person={**person, "phone": PHONE.format(case.person)},
        )

    def _step(self, number: int, case: Case, verb: str, words: list[str]) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            STEPS[verb](self, case, self.made[number], words, now)

        return act

    def assign(self, case: Case, made: Complaint, words: list[str], now: datetime) -> None:
        """分派 to the unit with this code; who helps stands in the case, and helps the first unit only."""
        helps = [self.stage.units[code].id for code in case.co if code != words[0]]
        service.assign(
            self.session,
            actor=self.stage.actor("router"),
            complaint_id=made.id,
            lead_id=self.stage.units[words[0]].id,
            co_ids=helps,
            note="请依法办理，按期反馈结果。",
            now=now,
        )

    def by_unit(self, made: Complaint) -> dict[str, object]:
        """Who acts: the liaison of the handling unit."""
        assert made.lead is not None
        return {"actor": self.stage.liaison(made.lead.unit.code), "complaint_id": made.id}


def _send_back(play: Complaints, case: Case, made: Complaint, words: list[str], now: datetime) -> None:
    believed = play.stage.units[words[1]].id if len(words) > 1 else None
    service.send_back(play.session, reason=words[0], believed_id=believed, now=now, **play.by_unit(made))  # type: ignore[arg-type]


def _plainly(verb: Callable[..., Complaint], **names: int) -> Callable[[Complaints, Case, Complaint, list[str], datetime], None]:
    """A step of the handling unit; ``names``: which word of the script is which argument."""

    def act(play: Complaints, case: Case, made: Complaint, words: list[str], now: datetime) -> None:
        given = {name: words[at] for name, at in names.items()}
        verb(play.session, now=now, **play.by_unit(made), **given)

    return act


def _refuse(play: Complaints, case: Case, made: Complaint, words: list[str], now: datetime) -> None:
    ground = next(one for one in RefusalGround if one.value == words[0])
    handling.refuse(play.session, ground=ground, reason=words[1], now=now, **play.by_unit(made))  # type: ignore[arg-type]


def _terminate(play: Complaints, case: Case, made: Complaint, words: list[str], now: datetime) -> None:
    ground = next(one for one in TerminationGround if one.value == words[0])
    handling.terminate(play.session, ground=ground, reason=words[1], now=now, **play.by_unit(made))  # type: ignore[arg-type]


def _appraise(play: Complaints, case: Case, made: Complaint, words: list[str], now: datetime) -> None:
    handling.start_appraisal(play.session, body=words[0], since=local_date(now), now=now, **play.by_unit(made))  # type: ignore[arg-type]


STEPS: dict[str, Callable[[Complaints, Case, Complaint, list[str], datetime], None]] = {
    "分派": Complaints.assign,
    "签收": _plainly(service.receive),
    "退回": _send_back,
    "受理": _plainly(handling.accept),
    "不予": _refuse,
    "调解": _plainly(handling.mediate, place=0),
    "鉴定": _appraise,
    "达成": _plainly(handling.settle, result=0),
    "终止": _terminate,
    "告知": _plainly(handling.tell_ended),
    "核查": _plainly(handling.start_check),
    "立案": _plainly(handling.decide_report, case_number=0, result=1),
    "告知举报人": _plainly(handling.inform),
    "答复": _plainly(handling.answer, text=0),
    "办结": _plainly(handling.close),
}
