"""The reasons of a suggestion in the words of the screens, and the words of the text they rest on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coordination.complaints.explaining import (
    ByCases,
    ByDuty,
    ByKeyword,
    ByRuling,
    BySubject,
    ByTerritory,
    DutyText,
    Reason,
    Ruling,
    RulingKind,
    Word,
)

MOST_WORDS = 4  # named in one reason
MOST_REFS = 3  # similar cases linked
MOST_DUTY = 60  # characters of a duty's piece


@dataclass(frozen=True)
class Line:
    """One reason: a sentence, and the numbers of the cases it rests on."""

    text: str
    refs: tuple[str, ...] = ()


def in_words(reason: Reason) -> Line:
    """The sentence of a reason."""
    match reason:
        case ByDuty(duty=duty, piece=piece, words=words):
            return Line(f"职责：{_short(piece)}{_clause(duty)}{_named(words)}")
        case ByKeyword(duty=duty, words=words):
            return Line(f"职责关键词：{_short(duty.subject or duty.text)}{_clause(duty)}{_named(words)}")
        case BySubject(duty=duty):
            return Line(f"事项分类：{duty.subject}由该单位主办{_clause(duty)}")
        case ByTerritory(duty=duty):
            return Line(f"属地：{duty.territory}由该单位管辖{_clause(duty)}")
        case ByCases(count=count, of=of, refs=refs):
            return Line(f"相似：已确认的相近投诉{of}件，{count}件由该单位办理", refs[:MOST_REFS])
        case ByRuling(ruling=ruling):
            return _ruling(ruling)
    raise AssertionError(reason)


def marked(text: str, reasons: Iterable[Reason]) -> list[tuple[str, bool]]:
    """The text in pieces, those that reasons rest on marked True."""
    found = (word for reason in reasons if isinstance(reason, ByDuty | ByKeyword) for word in reason.words if word.field == "detail")
    inside = bytearray(len(text))
    for word in found:
        inside[word.start : word.end] = b"\1" * (min(word.end, len(text)) - word.start)
    pieces: list[tuple[str, bool]] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or inside[at] != inside[start]:
            pieces.append((text[start:at], bool(inside[start])))
            start = at
    return pieces


def _ruling(ruling: Ruling) -> Line:
    said = {
        RulingKind.DESIGNATED: f"指定：{ruling.why}已指定该单位办理相同事项",
        RulingKind.NOT_OURS: f"该单位已退回：{ruling.why}",
        RulingKind.PREFERRED: f"指定去向：{ruling.why}",
    }
    return Line(said[ruling.kind], (ruling.ref,) if ruling.kind != RulingKind.PREFERRED and ruling.ref else ())


def _named(words: Sequence[Word]) -> str:
    """，正文有“培训”“学费”; words of the class, the problem and the demand are said to stand there."""
    places = (("正文", "detail"), ("类别或诉求", "title"))
    several = {place: list(dict.fromkeys(word.text for word in words if word.field == field))[:MOST_WORDS] for place, field in places}
    return "".join(f"，{place}有{''.join(f'“{word}”' for word in found)}" for place, found in several.items() if found)


def _clause(duty: DutyText) -> str:
    return f"（{duty.clause}）" if duty.clause else ""


def _short(text: str) -> str:
    return text if len(text) <= MOST_DUTY else f"{text[:MOST_DUTY]}……"
