"""Forms of the register: units, seats, mechanisms and duties."""

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from coordination.forms import Day, Form, Line, OneOf, Paragraphs, Required, choices
from coordination.members import wording
from coordination.members.duties import DutyFacts
from coordination.members.subjects import SubjectFacts
from models import DutyRole, TopRung, UnitKind


def _number_or_none(value: Any) -> int | None:
    return int(value) if value not in {"", None, "None"} else None


class Pick(SelectField):
    """One row of a long register, as a drop-down; the first choice is none."""

    def __init__(self, label: str, *, required: bool = True, **more: Any) -> None:
        checks = [Required() if required else Optional()]
        message = f"请重新选择{label}"
        super().__init__(label, checks, coerce=_number_or_none, invalid_choice_message=message, invalid_value_message=message, **more)

    def offer(self, pairs: Any, none: str = "请选择") -> None:
        """Set the choices: (id, words) pairs after the one that says none."""
        self.choices = [SelectChoice("", none), *choices(pairs)]


class Versioned(Form):
    """Parent of forms that change something: the version the editor saw."""

    version = IntegerField("版本", [Required()], widget=HiddenInput())

    def take_version(self, version: int) -> None:
        """Go on from this version: what is sent next has seen it."""
        self.version.process_data(version)
        self.version.raw_data = None


class UnitEdit(Versioned):
    """What the register says of a unit."""

    name = Line("全称", most=120)
    short_name = Line("简称", most=60)
    kind = OneOf("类别", coerce=UnitKind, choices=choices((kind, kind.label) for kind in UnitKind))
    parent_id = Pick("隶属", required=False)
    phone = Line("电话", most=40, required=False)
    complaint_way = Line("投诉渠道", most=200, required=False)
    valid_from = Day("存续自", required=False)
    releases_proposals = BooleanField("议题由本单位负责人审签后提交")


class UnitNew(Form):
    """A new unit."""

    code = Line("代码", most=32)
    name = Line("全称", most=120)
    short_name = Line("简称", most=60)
    kind = OneOf("类别", coerce=UnitKind, choices=choices((kind, kind.label) for kind in UnitKind))
    parent_id = Pick("隶属", required=False)
    phone = Line("电话", most=40, required=False)
    complaint_way = Line("投诉渠道", most=200, required=False)
    valid_from = Day("存续自", required=False)


class UnitEnd(Versioned):
    """撤并: the last day, and who answers from the next."""

    valid_to = Day("撤并日期（最后一天）")
    successor_id = Pick("承接单位", required=False)


class MechanismNew(Form):
    """A new mechanism."""

    code = Line("代码", most=32)
    name = Line("全称", most=120)
    short_name = Line("简称", most=60)
    issuer = Line("发文单位", most=120)
    document_code = Line("机关代字", most=20, required=False)
    office_unit_id = Pick("办公室设在")
    basis = Line("成立依据", most=200, required=False)
    top_rung = OneOf("督办最后一级", coerce=TopRung, choices=choices((rung, rung.label) for rung in TopRung))
    has_liaison_meeting = BooleanField("会前召开联络员会议")
    has_countersign = BooleanField("纪要签发前会签")


class MechanismEdit(Versioned):
    """What the register says of a mechanism."""

    name = Line("全称", most=120)
    short_name = Line("简称", most=60)
    issuer = Line("发文单位", most=120)
    document_code = Line("机关代字", most=20, required=False)
    office_unit_id = Pick("办公室设在")
    basis = Line("成立依据", most=200, required=False)
    top_rung = OneOf("督办最后一级", coerce=TopRung, choices=choices((rung, rung.label) for rung in TopRung))
    has_liaison_meeting = BooleanField("会前召开联络员会议")
    has_countersign = BooleanField("纪要签发前会签")


class SeatNew(Form):
    """A unit that enters."""

    unit_id = Pick("单位")
    from_on = Day("加入日期")


class SeatEnd(Versioned):
    """A unit that leaves."""

    to_on = Day("退出日期（最后一天）")


class DutyFields(Form):
    """A new duty."""

    subject_id = Pick("事项")
    text = Paragraphs("职责", most=2000, rows=4)
    role = OneOf("分工", coerce=DutyRole, choices=choices((role, role.label) for role in DutyRole), default=DutyRole.LEAD)
    clause = Line("依据条款", most=200)
    keywords = Line("关键词", most=600, required=False)
    exclusions = Line("排除词", most=400, required=False)
    territory = Line("地域", most=200, required=False)
    valid_from = Day("自何日起", required=False)

    def facts(self) -> DutyFacts:
        """What was typed, read; BadInput for keywords that are none."""
        return DutyFacts(
            subject_id=self.subject_id.data,
            text=self.text.data or "",
            clause=self.clause.data or "",
            keywords=wording.keywords(self.keywords.data or ""),
            exclusions=wording.words(self.exclusions.data or ""),
            territory=self.territory.data or "",
            role=self.role.data,
        )


class DutyEdit(Versioned, DutyFields):
    """A duty's wording from a day on."""


class DutyEnd(Versioned):
    """停止: the last day."""

    valid_to = Day("截止日期（最后一天）")


class SubjectFields(Form):
    """A class of subjects."""

    name = Line("名称", most=80)
    parent_id = Pick("上级分类", required=False)
    is_public = BooleanField("在“谁来管”中向公众公布", default=True)
    valid_from = Day("启用日期", required=False)
    valid_to = Day("停用日期（最后一天）", required=False)

    def facts(self) -> SubjectFacts:
        """What was typed."""
        return SubjectFacts(self.name.data or "", self.parent_id.data, self.is_public.data, self.valid_from.data, self.valid_to.data)


class SubjectNew(SubjectFields):
    """A new class."""

    code = Line("代码", most=32)


class SubjectEdit(Versioned, SubjectFields):
    """A class that is changed or ended."""
