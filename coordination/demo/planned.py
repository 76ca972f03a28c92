"""A yearly action plan in the demo, imported as a table, with each unit's own 工作方案; and a duty that comes round."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from coordination import sheets
from coordination.demo.stage import Stage, clock
from coordination.tasks import planning, recurring, service
from coordination.tasks.planning import Plan
from models import Cadence, Task, TaskStatus
from models.calendar import local_date

NAME = "放心消费行动实施方案（任务分解）"
IMPORTED, ACCEPTED, FIRST_REPORTS = -6, -5, -3
SCHEMES_DUE = 9
# Task, responsible units by code (the first leads), co-operating ones, target, due in working days.
LINES = (
    ("开展放心市场、放心商店、放心网店、放心餐饮店和放心A级景区示范建设", "SCJG SWJ WLJ", "", "建成示范单位100家", 44),
    ("开展家用电器、服装鞋帽、母婴用品等重点商品质量抽检", "SCJG", "", "全年抽检50批次以上", 40),
    ("推进“阳光厨房”提质扩面", "SCJG", "JYJ", "规模以上餐饮单位、学校“阳光厨房”建设率60%以上", 36),
    ("开展预付式消费、教育培训、网络购物等重点领域专项规范行动", "SWJ JYJ", "GAJ SCJG", "整治一批突出问题", 30),
)


class Planned:
    """The plan and the duty; every step is planned on the stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.session = stage, stage.session
        self.mechanism_id = stage.mechanisms["county"].id
        stage.plan(IMPORTED, "9:40", self.bring_in)
        stage.plan(IMPORTED, "10:20", self.repeat)
        stage.plan(ACCEPTED, "9:30", self.accept)

    def bring_in(self, now: datetime) -> None:
        """The table is imported."""
        rows = [(task, self._names(units), self._names(co), goal, self._due(due)) for task, units, co, goal, due in LINES]
        content = sheets.write("任务分解", [column.names[0] for column in planning.COLUMNS.values()], rows)
        plan = Plan(self.mechanism_id, NAME, self.stage.days.day(SCHEMES_DUE))
        planning.take(self.session, actor=self.stage.actor("office"), content=content, plan=plan, now=now)

    def repeat(self, now: datetime) -> None:
        """Every quarter the complaints are looked through."""
        recurring.add(
            self.session,
            actor=self.stage.actor("office"),
            mechanism_id=self.mechanism_id,
            source="联席会议工作规则",
            title="消费投诉情况分析",
            text="汇总本季度消费投诉，分析热点和趋势，提出工作建议。",
            deliverable="分析报告",
            lead_id=self.stage.units["SCJG"].id,
            co_ids=[],
            cadence=Cadence.QUARTER,
            from_on=local_date(now),
            to_on=None,
            now=now,
        )

    def accept(self, now: datetime) -> None:
        """Every unit accepts what it was given; some have begun."""
        codes = {unit.id: code for code, unit in self.stage.units.items()}
        for number, task in enumerate(self.session.scalars(select(Task).where(Task.source == NAME).order_by(Task.id)).all()):
            if task.status == TaskStatus.ASSIGNED:
                actor = self.stage.liaison(codes[task.lead_id])
                service.accept(self.session, actor=actor, task_id=task.id, now=now)
                if number < len(LINES):
                    self.stage.plan(FIRST_REPORTS, clock(number), self._report(task.id, codes[task.lead_id], number))

    def _report(self, task_id: int, code: str, number: int) -> Callable[[datetime], object]:
        words = (
            "已制定分类标准，正在组织申报。",
            "已确定抽检计划，第一批20个批次已送检。",
            "已摸底规模以上餐饮单位64家。",
            "已会同有关单位列出检查名单。",
        )
        facts: dict[str, Any] = {"text": words[number], "percent": 10 * (number + 1), "final": False}
        return lambda now: service.submit_report(self.session, actor=self.stage.liaison(code), task_id=task_id, now=now, **facts)

    def _names(self, codes: str) -> str:
        return "、".join(self.stage.units[code].short_name for code in codes.split())

    def _due(self, count: int) -> str:
        return self.stage.days.day(count).isoformat()
