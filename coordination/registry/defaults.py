"""The grounds of removal a new installation knows; the office may change them. What the law says stands in ``clause``."""

from dataclasses import dataclass

from models import Effect


@dataclass(frozen=True)
class DefaultGround:
    """One ground; ``standing``: a state that lasts; ``bar``: the code of the rule row with the length of the bar (empty: none)."""

    code: str
    name: str
    clause: str
    effect: Effect
    standing: bool
    bar: str


OURS = "平台默认，可修改"
_LISTS = "企业信息公示暂行条例第十九条"

GROUNDS: tuple[DefaultGround, ...] = (
    DefaultGround("SERIOUS", "列入严重违法失信名单", f"{_LISTS}；总局令第44号第十五条第四项", Effect.AT_ONCE, True, "BAR_SERIOUS"),
    DefaultGround("ABNORMAL", "列入经营异常名录", _LISTS, Effect.AT_ONCE, True, "BAR_MINOR"),
    DefaultGround("DEFAULTER", "列为失信被执行人", OURS, Effect.PROPOSAL, True, "BAR_GENERAL"),
    DefaultGround("PENALTY_SERIOUS", "消费领域严重违法受到行政处罚", OURS, Effect.PROPOSAL, False, "BAR_SERIOUS"),
    DefaultGround("PENALTY", "消费领域违法受到行政处罚", OURS, Effect.PROPOSAL, False, "BAR_GENERAL"),
    DefaultGround("PENALTY_MINOR", "消费领域轻微违法受到行政处罚", OURS, Effect.PROPOSAL, False, "BAR_MINOR"),
    DefaultGround("REVOKED", "被吊销营业执照或责令停业", OURS, Effect.PROPOSAL, True, "BAR_SERIOUS"),
    DefaultGround("FALSE_CLAIM", "申报造假", OURS, Effect.PROPOSAL, False, "BAR_GENERAL"),
    DefaultGround("BROKEN_PROMISE", "拒不履行公开承诺", "消费者权益保护法实施条例第十二条", Effect.PROPOSAL, False, "BAR_OTHER"),
    DefaultGround("UNMENDED", "整改逾期未改正", OURS, Effect.PROPOSAL, False, "BAR_OTHER"),
    DefaultGround("INCIDENT", "发生重大质量安全或群体性投诉事件", OURS, Effect.PROPOSAL, False, "BAR_GENERAL"),
    DefaultGround("SAMPLING", "抽查检验不合格且后处理不合格", OURS, Effect.PROPOSAL, False, "BAR_GENERAL"),
    DefaultGround("MARK_MISUSED", "买卖、转借标识或证书", OURS, Effect.PROPOSAL, False, "BAR_GENERAL"),
)
