"""The public's forms."""

from collections.abc import Iterable

from wtforms import FileField, HiddenField
from wtforms.validators import StopValidation

from coordination.forms import Form, Line, OneOf, Paragraphs, Required, SomeOf, choices
from coordination.registry.applying import DECLARATIONS
from models import FeedbackKind
from models.business import read_uscc
from models.errors import BadInput

STARS = ((5, "5分 很满意"), (4, "4分 满意"), (3, "3分 一般"), (2, "2分 不满意"), (1, "1分 很不满意"))
PAPER_KINDS = ("营业执照", "许可证或备案证明", "放心消费承诺书", "门店照片", "其他材料")


class Code:
    """A 统一社会信用代码, put into its 18 characters; says what is wrong with it otherwise."""

    def __call__(self, form: Form, field: Line) -> None:
        """StopValidation with the words of ``read_uscc``."""
        try:
            field.data = read_uscc(field.data)
        except BadInput as wrong:
            raise StopValidation(wrong.message) from wrong


class FeedbackForm(Form):
    """监督反馈."""

    kind = OneOf("反馈类型")
    text = Paragraphs("情况说明", most=2000)
    contact = Line("联系方式", most=120, required=False)

    def offer(self, kinds: Iterable[FeedbackKind]) -> None:
        """The kinds to choose from."""
        self.kind.choices = choices((kind.value, kind.label) for kind in kinds)


class ObjectionForm(Form):
    """公示异议."""

    text = Paragraphs("异议内容", most=4000)
    contact = Line("联系方式", most=120, required=False)


class AppealForm(Form):
    """申诉."""

    certificate_no = Line("证书编号", most=60)
    uscc = Line("统一社会信用代码", most=40, checks=(Code(),))
    text = Paragraphs("申诉的事实和理由", most=4000)
    contact = Line("联系人和电话", most=120)


class ReviewForm(Form):
    """消费评价."""

    visit = HiddenField()
    stars = OneOf(
        "评分", coerce=int, choices=choices(((5, "5分 很满意"), (4, "4分 满意"), (3, "3分 一般"), (2, "2分 不满意"), (1, "1分 很不满意")))
    )
    text = Paragraphs("想说的话", most=500, required=False, rows=3)


class CodeForm(Form):
    """A code somebody kept."""

    code = Line("查询码", most=80)


class LaneForm(Form):
    """What the unit says of a complaint it was sent first."""

    settled = OneOf("是否已与投诉人和解", choices=choices((("yes", "已和解"), ("no", "未能和解"))))
    text = Paragraphs("和解结果或原因", most=2000, rows=5)


class ArrivalForm(Form):
    """Who is at the venue, and for which unit."""

    unit = OneOf("单位", coerce=int)
    name = Line("姓名", most=40)
    post = Line("职务", most=60)


class BusinessForm(Form):
    """申报: who applies, and for what."""

    version = HiddenField()
    category = OneOf("申报类别", coerce=int)
    name = Line("经营者名称", most=120)
    uscc = Line("统一社会信用代码", most=40, checks=(Code(),))
    address = Line("经营地址", most=200)
    street = Line("所在街道（乡镇）", most=40)
    contact = Line("联系人", most=40)
    phone = Line("联系电话", most=40)


class PaperForm(Form):
    """申报材料, one at a time."""

    kind = OneOf("材料名称", choices=choices((kind, kind) for kind in PAPER_KINDS))
    file = FileField("文件", [Required()])


class HandInForm(Form):
    """承诺 before an application is handed in."""

    declarations = SomeOf("承诺事项", required=True, choices=choices((words, words) for words in DECLARATIONS))
