"""Long titles broken by sense into lines that form a trapezoid or a diamond (GB/T 9704 §7.3.1)."""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

from coordination.documents.wording import paragraphs, widest

# Signs that may not begin or end a line, and words that a line break must not cut.
_NO_START = set("，。、；：？！）》”’】〕…—的了号年月日次届期个项")
_NO_END = set("（《“‘【〔第—")
_LEXICON = (
    "消费者权益保护工作联席会议|股室联席会议|联席会议办公室|联席会议|联络员会议|全体会议|会议纪要|会议|纪要|办公室|"
    "消费者权益保护工作|消费者权益保护|权益保护|消费者|放心消费示范单位|放心消费|示范单位|示范|消费|预付式|投诉|公示|督办|"
    "关于|印发|召开|做好|加强|进一步|开展|推进|落实|情况|通报|通知|通告|报告|方案|意见|办法|规定|清单|议程|议定事项|会前情况汇总|议题审核记录|会议记录|签到表|（节录）|"
    "专项行动|行动|工作|机制|制度|问题|市场监督管理局|市场监管|监督管理|人民政府|全县|全市|年度|季度"
)
_WORDS = _LEXICON.split("|")
_AFTER_WELL = set("，、：》）和与及对于的")
# What a line more, and a break inside a word, inside a phrase and between phrases cost; the cheapest way is taken.
_LINE, _CUT_WORD, _PLAIN, _BY_SENSE = 3.0, 12.0, 4.0, 0.0
_MOST_LINES = 4


def title_lines(title: str, per_line: int = 20) -> list[str]:
    """The lines of a title, none wider than ``per_line`` characters; line ends in ``title`` are kept as the writer set them."""
    return [line for given in paragraphs(title) for line in _broken(given, per_line)]


def _broken(title: str, per_line: int) -> list[str]:
    fewest = ceil(widest(title) / per_line)
    if 1 < fewest <= _MOST_LINES:
        measured = [widest(title[:at]) for at in range(len(title) + 1)]
        costs = {at: _break_cost(title, at) for at in range(1, len(title)) if not _forbidden(title, at)}
        counts = (fewest, fewest + 1) if fewest == 2 else (fewest,)
        ways = (way for count in counts for way in _ways(measured, list(costs), 0, count, per_line))
        best = min(ways, key=lambda way: _cost(measured, costs, way), default=None)
        if best:
            return [title[start:end] for start, end in pairwise(best)]
    return _filled(title, per_line)


def _ways(measured: list[float], breaks: list[int], start: int, count: int, per_line: int) -> Iterator[tuple[int, ...]]:
    """Every way to lay what begins at ``start`` in ``count`` lines: the places where lines begin and the end."""
    end = len(measured) - 1
    if count == 1:
        if measured[end] - measured[start] <= per_line:
            yield (start, end)
        return
    for at in breaks:
        if at > start and measured[at] - measured[start] <= per_line and measured[end] - measured[at] <= per_line * (count - 1):
            for rest in _ways(measured, breaks, at, count - 1, per_line):
                yield (start, *rest)


def _cost(measured: list[float], costs: dict[int, float], way: tuple[int, ...]) -> float:
    lines = [measured[end] - measured[start] for start, end in pairwise(way)]
    return _shape(lines) + _LINE * len(lines) + sum(costs[at] for at in way[1:-1])


def _forbidden(title: str, at: int) -> bool:
    before, after = title[at - 1], title[at]
    in_number = before.isascii() and before.isalnum() and (after.isascii() or after in "年月日次号期届")
    counted = before == "次" and title.startswith("会议", at)
    return after in _NO_START or before in _NO_END or in_number or counted


def _break_cost(title: str, at: int) -> float:
    if any(_cuts(title, at, word) for word in _WORDS):
        return _CUT_WORD
    begins = title[at].isdigit() or any(title.startswith(word, at) for word in _WORDS)
    ends = title[at - 1] in _AFTER_WELL or any(title.endswith(word, 0, at) for word in _WORDS)
    return _BY_SENSE if begins and ends else _PLAIN / 2 if begins or ends else _PLAIN


def _cuts(title: str, at: int, word: str) -> bool:
    start = title.find(word, max(0, at - len(word) + 1), at + len(word) - 1)
    return 0 <= start < at


def _shape(widths: list[float]) -> float:
    """How far the lines are from a trapezoid or diamond: rectangles, hourglasses and stumps of a line cost most."""
    steps = [second - first for first, second in pairwise(widths)]
    uneven = sum(max(0.0, 1.5 - abs(step)) * 2 + max(0.0, abs(step) - 7) for step in steps)
    hourglass = any(first < 0 < second for first, second in pairwise(steps))
    stump = max(0.0, 4 - min(widths)) * 3
    return uneven + stump + (10 if hourglass else 0)


def _filled(title: str, per_line: int) -> list[str]:
    """Lines filled one after another, for a title of more than four lines or one that cannot be broken well."""
    lines = [""]
    for sign in title:
        if widest(lines[-1] + sign) > per_line:
            lines.append("")
        lines[-1] += sign
    return lines
