"""An application in progress: its answers between form, draft and application, what it lacks, and where one handed in stands. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from coordination.registry.applying import PAPER_TYPES, Application
from coordination.registry.businesses import BusinessFacts
from models import Recognition, RecognitionStatus
from models.text import clean_text

FIELDS = {
    "name": "经营者名称",
    "uscc": "统一社会信用代码",
    "address": "经营地址",
    "street": "所在街道（乡镇）",
    "contact": "联系人",
    "phone": "联系电话",
}
MOST = 200  # characters of an answer in a draft, which may still be wrong
_S = RecognitionStatus
GATES = (
    ("提交申报", _S.APPLIED),
    ("审核材料", _S.APPLIED),
    ("现场检查", _S.REVIEWED),
    ("公示", _S.INSPECTED),
    ("认定", _S.ON_NOTICE),
)


def answers(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a form holds, as a draft keeps it."""
    kept: dict[str, Any] = {name: (data.get(name) or "")[:MOST] for name in FIELDS}
    kept["category_id"] = data.get("category")
    return kept


def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft keeps, as the form shows it."""
    return {**{name: kept.get(name, "") for name in FIELDS}, "category": kept.get("category_id")}


def as_facts(kept: Mapping[str, Any], categories: Mapping[int, str]) -> list[tuple[str, str]]:
    """Label and value of every answer, in the order of the form."""
    category = categories.get(kept.get("category_id") or 0, "")
    return [("申报类别", category), *((label, kept.get(name, "")) for name, label in FIELDS.items())]


def missing(kept: Mapping[str, Any], categories: Mapping[int, str]) -> list[str]:
    """The labels of what is not filled in."""
    return [label for label, value in as_facts(kept, categories) if not value]


def as_application(kept: Mapping[str, Any], declarations: tuple[str, ...]) -> Application:
    """The answers as an application."""
    return Application(kept["category_id"], BusinessFacts(**{name: kept.get(name, "") for name in FIELDS}), declarations)


def file_name(given: str | None) -> str:
    """The name a file was sent under, without folders, short enough to keep."""
    name = (clean_text(given) or "").replace("\\", "/").rpartition("/")[2]
    return name[-120:] or "未命名"


def media_type(content: bytes) -> str:
    """What a file is by its first bytes; phones are not to be trusted with this. Empty: none that is taken."""
    return next((kind for kind, start in PAPER_TYPES.items() if content.startswith(start)), "")


@dataclass(frozen=True)
class Step:
    """One gate on the way: ``state`` is done, current or todo."""

    label: str
    state: str


@dataclass(frozen=True)
class Stage:
    """Where an application stands, in words for whoever made it."""

    status: str
    what: str
    steps: list[Step]


def stage(recognition: Recognition) -> Stage:
    """Where it stands: its gates, and what happens next."""
    status = recognition.status
    unit = recognition.category.responsible.short_name
    words = {
        _S.APPLIED: f"{unit}正在审核申报材料。如需补充，会按所留电话联系。",
        _S.REVIEWED: f"材料已通过审核，{unit}将到店检查。",
        _S.INSPECTED: "现场检查已通过，即将向社会公示。",
        _S.ON_NOTICE: f"正在公示，至{_day(recognition.notice_until)}。公示期满没有异议的，报请认定。",
        _S.RECOGNISED: f"已认定，证书编号{recognition.certificate_no}，有效期至{_day(recognition.valid_until)}。证书和标牌由{unit}发放。",
        _S.RECTIFYING: f"在册，正在整改，最迟{_day(recognition.rectify_by)}改好。",
        _S.REFUSED: f"没有通过。原因：{recognition.reason}。改正后可重新申报。",
        _S.EXPIRED: "有效期已满，没有续期。可重新申报。",
        _S.WITHDRAWN: f"已退出。原因：{recognition.reason}。",
        _S.REMOVED: "已移出名录。对移出有异议的，可以申诉。",
    }
    return Stage(status.label, words[status], _steps(recognition))


def _steps(recognition: Recognition) -> list[Step]:
    waits_at = {gate.value: place for place, (_, gate) in enumerate(GATES)}
    place = waits_at.get(recognition.gate or recognition.status.value, len(GATES))
    states = ["done" if at < place else "current" if at == place else "todo" for at in range(len(GATES))]
    return [Step(label, state) for (label, _), state in zip(GATES, states, strict=True)]


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day is not None else ""
